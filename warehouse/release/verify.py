"""Whether a release is still what was published."""

import json
import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from corepath.warehouse.database import file_pattern, identifier, literal, require_only_tables
from corepath.warehouse.errors import BadInput
from corepath.warehouse.release.repository import sha256

log = logging.getLogger("corepath.verify")

_SUMS = "SHA256SUMS"
_PACKAGE = "datapackage.json"
_DATABASE = "corepath.duckdb"


@dataclass(frozen=True)
class Checked:
    """What was found of one file: its rows, if it is a mart, and all that is wrong with it."""

    file: str
    rows: int | None
    problems: tuple[str, ...]


@dataclass(frozen=True)
class _Content:
    """What a table holds: columns and types, rows, and a sum over the hashes of the rows."""

    columns: tuple[tuple[str, str], ...]
    rows: int
    digest: int


def verify(connection: duckdb.DuckDBPyConnection, folder: Path, sums: str | None) -> list[Checked]:
    """Compute every hash of a release again, and open every file of it.

    SHA256SUMS is wrong if its hash is not the one that versions.json has, as if the release were
    replaced as a whole. A file is wrong if it is missing, is not listed, or has another hash than
    SHA256SUMS or datapackage.json say; a Parquet file, if it cannot be read or has other rows than
    datapackage.json says; the DuckDB file, if a mart in it does not hold what its Parquet file
    holds.

    Parameters
    ----------
    connection
        What reads the files (`warehouse.database.reading`).
    folder
        The release.
    sums
        The sha256 of its SHA256SUMS, as its line in versions.json has it; older lines have none.

    Returns
    -------
    list of Checked
        One a file, by name.
    """
    problems: defaultdict[str, list[str]] = defaultdict(list)
    contents: dict[str, _Content] = {}
    found = {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if path.is_symlink() or not path.is_dir()
    }
    for name in [name for name, path in found.items() if not path.is_file() or path.is_symlink()]:
        problems[name].append("is no plain file")
        del found[name]
    digests = {name: sha256(path) for name, path in found.items()}
    if sums is None:
        log.warning(
            "%s: versions.json has no hash of its %s, which came later: whether the release was "
            "replaced as a whole cannot be determined",
            folder,
            _SUMS,
        )
    elif digests.get(_SUMS, sums) != sums:
        problems[_SUMS].append("is not the one that was published, as versions.json has its hash")
    for name, problem in _against_sums(folder, digests):
        problems[name].append(problem)
    try:
        package = _read_package(folder)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        problems[_PACKAGE].append(f"does not describe a release: {error!r}")
    else:
        for name, problem in _against_package(folder, digests, package):
            problems[name].append(problem)
        for table, rows in package.rows.items():
            name = f"{table}.parquet"
            if name not in found:
                problems[name].append("is missing")
                continue
            try:
                contents[table] = _content(connection, f"read_parquet({literal(file_pattern(found[name]))})")
            except duckdb.Error as error:
                problems[name].append(f"cannot be read: {_first_line(error)}")
            else:
                if contents[table].rows != rows:
                    problems[name].append(f"has {contents[table].rows:,} rows instead of {rows:,}")
        if _DATABASE in found:
            problems[_DATABASE].extend(_database_problems(connection, found[_DATABASE], package, contents))
    return [
        Checked(
            name,
            contents[table].rows if (table := name.removesuffix(".parquet")) in contents else None,
            tuple(dict.fromkeys(problems[name])),
        )
        for name in sorted({*found, *problems})
    ]


def must_be_whole(
    connection: duckdb.DuckDBPyConnection, folder: Path, sums: str | None, place: str | None = None
) -> None:
    """Refuse a release that is not what was published, by itself and by versions.json.

    Parameters
    ----------
    connection
        What reads the files.
    folder
        The release.
    sums
        As for `verify`.
    place
        Where it is, if the folder is a copy.

    Raises
    ------
    BadInput
        A file of it is missing, damaged or too many; the message names them.
    """
    wrong = [f"{c.file} {', '.join(c.problems)}" for c in verify(connection, folder, sums) if c.problems]
    if wrong:
        raise BadInput(f"{place or folder} is not whole: {'; '.join(wrong)}")


@dataclass(frozen=True)
class _Package:
    """What datapackage.json says: the version, rows a mart and hash a file."""

    version: str
    rows: Mapping[str, int]
    hashes: Mapping[str, str]


def _read_package(folder: Path) -> _Package:
    told: dict[str, Any] = json.loads((folder / _PACKAGE).read_text(encoding="utf-8"))
    return _Package(
        told["version"],
        {str(table): int(rows) for table, rows in json.loads(told["corepath"]["rows"]).items()},
        {r["path"]: r["hash"] for r in told["resources"]},
    )


def _against_sums(folder: Path, digests: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Compare the files with SHA256SUMS. What it lists is never opened, only what was found."""
    sums = {}
    try:
        for line in (folder / _SUMS).read_text(encoding="utf-8").splitlines():
            digest, _, name = line.partition("  ")
            sums[name] = digest
    except (OSError, ValueError) as error:
        yield _SUMS, f"cannot be read: {error!r}"
        return
    for name in sums.keys() - digests.keys():
        yield name, "is missing"
    for name, digest in digests.items():
        if name == _SUMS:
            continue
        if name not in sums:
            yield name, f"is not listed in {_SUMS}"
        elif digest != sums[name]:
            yield name, f"has another hash than {_SUMS} says"


def _against_package(
    folder: Path, digests: Mapping[str, str], package: _Package
) -> Iterator[tuple[str, str]]:
    if package.version != folder.name:
        yield _PACKAGE, f"is of version {package.version}"
    for name, digest in package.hashes.items():
        if name not in digests:
            yield name, "is missing"
        elif f"sha256:{digests[name]}" != digest:
            yield name, f"is not what {_PACKAGE} describes"


def _database_problems(
    connection: duckdb.DuckDBPyConnection, path: Path, package: _Package, contents: Mapping[str, _Content]
) -> Iterator[str]:
    """Compare the DuckDB file with the Parquet files that could be read."""
    try:
        connection.execute(f"attach {literal(path)} as verified (read_only)")
    except duckdb.Error as error:
        yield f"cannot be opened: {_first_line(error)}"
        return
    try:
        require_only_tables(connection, path, "verified")
        [(version,)] = connection.sql("select version from verified.meta.release").fetchall()
        if version != package.version:
            yield f"is of version {version}"
        tables = connection.sql(
            "select table_name from duckdb_tables() "
            "where database_name = 'verified' and schema_name = 'marts'"
        ).fetchall()
        names = {name for (name,) in tables}
        for name in sorted(names ^ package.rows.keys()):
            yield f"{'has' if name in names else 'lacks'} marts.{name}"
        for name in sorted(names & contents.keys()):
            held = _content(connection, f"verified.marts.{identifier(name)}")
            if held != contents[name]:
                yield f"marts.{name} does not hold what {name}.parquet holds"
    except BadInput as error:
        yield str(error)
    except (duckdb.Error, ValueError) as error:
        yield f"cannot be read: {_first_line(error)}"
    finally:
        connection.execute("detach verified")


def _content(connection: duckdb.DuckDBPyConnection, source: str) -> _Content:
    described = connection.sql(f"describe from {source}").fetchall()
    # A sum does not depend on the order of rows, and unlike xor it sees a row that is there twice.
    [(rows, digest)] = connection.sql(
        f"select count(*), coalesce(sum(hash(t)::hugeint), 0) from {source} as t"
    ).fetchall()
    return _Content(tuple((name, kind) for name, kind, *_ in described), rows, digest)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
