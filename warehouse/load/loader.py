"""Bring raw dumps into the warehouse: each file once, every row loaded or rejected."""

import hashlib
import json
import logging
import shutil
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path, PurePosixPath
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar

import duckdb

from corepath.warehouse import numbers
from corepath.warehouse.database import SEALED, identifier
from corepath.warehouse.errors import BadInput, reading
from corepath.warehouse.load.archive import BrokenDownloadError, as_utf8, copy_to_disk, open_members
from corepath.warehouse.load.parsers.convert import convert, prepare
from corepath.warehouse.load.readers import (
    Count,
    DoubtfulError,
    Part,
    delimited,
    documents,
    json_lines,
    parquet,
)
from corepath.warehouse.load.readers.documents import PARSERS
from corepath.warehouse.settings import ROOT
from corepath.warehouse.sources import EXAMPLES, JSON_LINES, PARQUET, Source, bare_name

if TYPE_CHECKING:
    from io import BufferedReader

log = logging.getLogger("corepath.load")

T = TypeVar("T")

TOGETHER = 256 * 2**20  # bytes of files that are loaded in one transaction
POOL_PAYS = 64 * 2**20  # bytes to parse before more processes are worth their start

# Of a file, or of a member of the archive that it is.
_OF_FILE = "{0} = $file or ({0} >= $file || '!' and {0} < $file || '\"')"

_LEDGER = """
create schema if not exists raw;
create table if not exists raw.source_file (
    source varchar, file varchar, bytes bigint, sha256 varchar, reader varchar,
    rows bigint, loaded bigint, rejected bigint, loaded_at timestamp, primary key (source, file)
);
create table if not exists raw.rejects (
    source varchar, file varchar, position bigint, reason varchar, raw varchar
);
create table if not exists raw.unread (
    source varchar, file varchar, table_name varchar, column_name varchar, reason varchar, given bigint,
    unread bigint, example varchar
);
create table if not exists raw.source_table (
    source varchar, name varchar, is_needed boolean, is_counted boolean, rows bigint,
    newest_publication date, newest_before date, mark varchar, primary key (source, name)
);
create schema if not exists removed;
create table if not exists raw.base_file (
    source varchar, file varchar, sha256 varchar, reader varchar, primary key (source, file)
);
"""

# Of a source's rows, how many may be replaced until it is simpler to build all that is made of them.
_REPLACED_SHARE = 0.2


@dataclass(frozen=True)
class Loaded:
    """How a source's files were brought in: counts of files and of rows."""

    files: int
    read: int
    removed: int
    rows: int
    rejected: int


@dataclass(frozen=True)
class Pending:
    """What loading would do to a source's files, by name, and how its tables would be identified."""

    fingerprint: str
    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)

    @property
    def changes(self) -> bool:
        """Whether it would change anything."""
        return bool(self.new or self.changed or self.gone)


@dataclass(frozen=True)
class _File:
    name: str
    path: Path
    size: int
    changed_at: int
    # Computed aside: a file that the ledger does not know is read meanwhile.
    sha256: Future[str]


class _TooManyRejectsError(BadInput):
    """More of a file is damaged than may be."""


def of_another_form(connection: duckdb.DuckDBPyConnection) -> str | None:
    """Name the first table of the ledger that has other columns than this version of corepath writes.

    Parameters
    ----------
    connection
        Where the warehouse is attached as `warehouse`.
    """
    columns = (
        "select table_name, list(column_name || ' ' || data_type order by column_index) "
        "from duckdb_columns() where database_name = '{}' and schema_name = 'raw' group by all order by all"
    )
    with duckdb.connect(config=SEALED) as model:
        model.execute(_LEDGER)
        written = model.sql(columns.format("memory")).fetchall()
    there = dict(connection.sql(columns.format("warehouse")).fetchall())
    return next((table for table, form in written if there.get(table, form) != form), None)


def clear_other_form(connection: duckdb.DuckDBPyConnection) -> None:
    """Empty a warehouse whose ledger has another form: all that it holds comes from the raw files.

    Parameters
    ----------
    connection
        Where it is attached as `warehouse`, for writing.
    """
    table = of_another_form(connection)
    if table is None:
        return
    log.warning(
        "the warehouse is of another version of corepath (raw.%s has other columns): it is emptied, and the "
        "raw files are read again",
        table,
    )
    schemas = connection.sql(
        "select schema_name from duckdb_schemas() where database_name = 'warehouse' and not internal "
        "and schema_name <> 'main'"
    ).fetchall()
    for (schema,) in schemas:
        connection.execute(f"drop schema warehouse.{identifier(schema)} cascade")


def load(
    warehouse: duckdb.DuckDBPyConnection,
    source: Source,
    path: Path,
    reject_share: float = 0.1,
    processes: int = 1,
) -> Loaded:
    """Make the raw tables of a source hold what its files hold, reading only what changed.

    Parameters
    ----------
    warehouse
        A connection whose current catalog is the warehouse.
    source
        What to expect.
    path
        The dump: a file or a folder.
    reject_share
        The share of a file's rows that may be rejected, 0 to 1; more refuse the file.
    processes
        How many files of documents are parsed at once.

    Returns
    -------
    Loaded
        Files found, read and removed; rows of the whole source.

    Raises
    ------
    BadInput
        A file is missing or damaged, too many of its rows are, its columns are not those declared,
        or the dump lacks what the source cannot do without.
    Unavailable
        The system does not give the bytes of a file or folder; what it held before stays loaded.
    """
    make_ledger(warehouse)
    _make_tables(warehouse, source)
    reader = reader_of(source)
    known = {
        file: (sha256, made_by)
        for file, sha256, made_by in warehouse.execute(
            "select file, sha256, reader from raw.source_file where source = ?", [source.name]
        ).fetchall()
    }
    with ThreadPoolExecutor(1) as hashing:
        found = [_look(name, file, hashing) for name, file in source.find(path, tell=True)]
        gone = sorted(set(known) - {file.name for file in found})
        changed = [
            file
            for file in found
            if file.name not in known or known[file.name] != (file.sha256.result(), reader)
        ]
        _limit_journal(warehouse, source, [*gone, *(file.name for file in changed)])
        for name in gone:
            with _transaction(warehouse):
                _forget(warehouse, source, name)
            log.info("%s: %s is gone, its rows are removed", source.name, name)
        ledger = _Ledger(warehouse, source, reader, reject_share)
        try:
            _read_files(warehouse, source, changed, ledger, processes)
        except BaseException:
            hashing.shutdown(wait=False, cancel_futures=True)
            raise
    if not _is_noted(warehouse, source):
        _check_tables(warehouse, source, path)
        _note_tables(warehouse, source)
    rows, rejected = warehouse.execute(
        "select coalesce(sum(loaded), 0)::bigint, coalesce(sum(rejected), 0)::bigint "
        "from raw.source_file where source = ?",
        [source.name],
    ).fetchall()[0]
    return Loaded(len(found), len(changed), len(gone), rows, rejected)


def load_alone(
    warehouse: duckdb.DuckDBPyConnection, source: Source, name: str, path: Path, reject_share: float = 0.1
) -> None:
    """Load one file of a dump into a database of its own, as `load` would; what others hold is not asked.

    Parameters
    ----------
    warehouse
        A connection whose current catalog is an empty database; its ledger tells what was read.
    source
        What to expect.
    name
        The file's name in the dump.
    path
        Where it is.
    reject_share
        As of `load`.

    Raises
    ------
    BadInput, Unavailable
        As `load` does of a file.
    """
    make_ledger(warehouse)
    _make_tables(warehouse, source)
    with ThreadPoolExecutor(1) as hashing:
        file = _look(name, path, hashing)
        _read_files(warehouse, source, [file], _Ledger(warehouse, source, reader_of(source), reject_share), 1)
    _note_tables(warehouse, source)


def _read_files(
    warehouse: duckdb.DuckDBPyConnection,
    source: Source,
    files: list[_File],
    ledger: "_Ledger",
    processes: int,
) -> None:
    """Replace the rows of files by what they hold now."""
    if documents.has_parser(source):
        for file, made in _converted(source, files, processes):
            if not made[0]:
                _tell_passed_over(source, file, _members_of(file.path))
            fill = partial(documents.read, warehouse, source, file.name, *made)
            with reading(file.path):
                ledger.keep([file], lambda fill=fill: [fill()])
    else:
        for together in _together(files):
            _read_texts(warehouse, source, together, ledger)


def pending(connection: duckdb.DuckDBPyConnection, source: Source, path: Path) -> Pending:
    """Find what loading would do, by hashing the files; nothing is loaded or checked.

    Parameters
    ----------
    connection
        Where the warehouse is attached as `warehouse`; it may hold nothing yet.
    source
        What to expect.
    path
        The dump: a file or a folder.
    """
    ledger = connection.execute(
        "select 1 from duckdb_tables() where database_name = 'warehouse' and table_name = 'source_file'"
    ).fetchall()
    known = (
        connection.execute(
            "select file, sha256, reader from warehouse.raw.source_file where source = ?", [source.name]
        ).fetchall()
        if ledger
        else []
    )
    before = {file: (sha256, reader) for file, sha256, reader in known}
    reader = reader_of(source)
    files = source.find(path)
    with ThreadPoolExecutor() as hashing:
        hashes = hashing.map(sha256_of, [file for _, file in files])
        now = {name: (sha256, reader) for (name, _), sha256 in zip(files, hashes, strict=True)}
    return Pending(
        identify(source, sorted((name, *made) for name, made in now.items())),
        [name for name in now if name not in before],
        [name for name in now if name in before and now[name] != before[name]],
        [name for name in before if name not in now],
        [name for name in now if now[name] == before.get(name)],
    )


def fingerprint(warehouse: duckdb.DuckDBPyConnection, source: Source) -> str:
    """Identify the content of a source's raw tables.

    Returns
    -------
    str
        A sha256 over the files' own and over what read them.
    """
    ledger = warehouse.execute(
        "select file, sha256, reader from raw.source_file where source = ? order by file", [source.name]
    ).fetchall()
    return identify(source, ledger)


def identify(source: Source, ledger: Sequence[tuple[str, str, str]]) -> str:
    """Identify what a ledger of a source's files tells: name, sha256 and reader of each, by name."""
    return hashlib.sha256(json.dumps([source.name, ledger]).encode()).hexdigest()


def make_ledger(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Make the tables that tell what was read, if absent, in the current catalog."""
    warehouse.execute(_LEDGER)


# --- The ledger ----------------------------------------------------------------------------------


def _make_tables(warehouse: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Make the source's raw tables; those of another declaration go, and what they held."""
    stored = {f"{source.name}_{name}": table.stored for name, table in source.tables.items()}
    kept: dict[str, dict[str, str]] = {}
    for name, column, kind in warehouse.execute(
        "select table_name, column_name, data_type from duckdb_columns() "
        "where database_name = current_database() and schema_name = 'raw' order by column_index"
    ).fetchall():
        kept.setdefault(name, {})[column] = kind
    present = {n: {c: str(duckdb.type(k)) for c, k in columns.items()} for n, columns in stored.items()}
    with _transaction(warehouse):
        if any(name in kept and kept[name] != columns for name, columns in present.items()):
            log.info("%s: the declaration changed, its files are read again", source.name)
            for name in stored:
                warehouse.execute(f"drop table if exists raw.{identifier(name)}")
            warehouse.execute("delete from raw.source_file where source = ?", [source.name])
            _drop_journal(warehouse, source)
        for name, columns in stored.items():
            required = source.tables[name.removeprefix(f"{source.name}_")].required
            declared = ", ".join(
                f"{identifier(c)} {kind}{' not null' if c in required else ''}" for c, kind in columns.items()
            )
            warehouse.execute(f"create table if not exists raw.{identifier(name)} ({declared})")


@dataclass(frozen=True)
class _Ledger:
    """Replaces files' rows and notes it, all or nothing."""

    warehouse: duckdb.DuckDBPyConnection
    source: Source
    reader: str
    reject_share: float

    def keep(self, files: Sequence[_File], fill: Callable[[], Sequence[Count]]) -> None:
        """Replace the rows of files by what `fill` loads of each, in one transaction."""
        try:
            with _transaction(self.warehouse):
                for file in files:
                    _forget(self.warehouse, self.source, file.name)
                counts = fill()
                for file, (rows, loaded) in zip(files, counts, strict=True):
                    self._note(file, rows, loaded)
        except _TooManyRejectsError as error:
            (message, evidence) = error.args
            self.warehouse.register("evidence", evidence)
            self.warehouse.execute("insert into raw.rejects from evidence")
            self.warehouse.unregister("evidence")
            raise BadInput(message) from None
        for file, (rows, loaded) in zip(files, counts, strict=True):
            level = logging.WARNING if rows > loaded else logging.INFO
            what = (self.source.name, file.name, f"{loaded:,}", f"{rows - loaded:,}")
            log.log(level, "%s: %s, %s rows loaded, %s rejected", *what)

    def _note(self, file: _File, rows: int, loaded: int) -> None:
        sha256 = file.sha256.result()
        _account(self.warehouse, self.source, file, rows, loaded, self.reject_share)
        self.warehouse.execute(
            "insert into raw.source_file values (?, ?, ?, ?, ?, ?, ?, ?, now()::timestamp)",
            [self.source.name, file.name, file.size, sha256, self.reader, rows, loaded, rows - loaded],
        )


def _account(
    warehouse: duckdb.DuckDBPyConnection,
    source: Source,
    file: _File,
    rows: int,
    loaded: int,
    reject_share: float,
) -> None:
    """Refuse a file if rows of it are unaccounted for, or too many are rejected."""
    evidence = warehouse.sql(
        f"select * from raw.rejects where source = $source and ({_OF_FILE.format('file')}) order by position",
        params={"source": source.name, "file": file.name},
    ).to_arrow_table()
    rejected = evidence.num_rows
    if rows != loaded + rejected:
        raise BadInput(f"{file.path}: {rows} rows in the file, but {loaded} loaded and {rejected} rejected")
    if rejected and (rejected > reject_share * rows or not loaded):
        first = evidence.slice(0, 1).to_pylist()[0]
        why = (
            f"none of its {rows} rows can be read as source {source.name}"
            if not loaded
            else f"{rejected} of its {rows} rows are rejected, more than the share of "
            f"{reject_share:g} that may be (--reject-share)"
        )
        message = (
            f"{file.path}: {why}; the first, at {first['position']}: {first['reason']}. "
            "raw.rejects of the warehouse keeps them"
        )
        raise _TooManyRejectsError(message, evidence)
    if file.size != file.path.stat().st_size or file.changed_at != file.path.stat().st_mtime_ns:
        raise BadInput(f"{file.path}: was changed while it was read; run again when it is whole")


def _forget(warehouse: duckdb.DuckDBPyConnection, source: Source, file: str) -> None:
    """Remove a file's rows. Raw tables are searched only if the ledger says they hold any."""
    of_file = {"file": file}
    of_source = {"source": source.name, "file": file}
    ((known,),) = warehouse.execute(
        "select count(*) from raw.source_file where source = $source and file = $file", of_source
    ).fetchall()
    is_journalled = bool(
        warehouse.execute(
            "select 1 from raw.base_file where source = $source and file = $file", of_source
        ).fetchall()
    )
    for name in source.tables if known else ():
        rows = f"from {source.raw(name)} where {_OF_FILE.format('_file')}"
        if is_journalled:  # tables made of these rows are still to follow
            journal = journal_of(source, name)
            warehouse.execute(f"create table if not exists {journal} as from {source.raw(name)} limit 0")
            warehouse.execute(f"insert into {journal} select * {rows}", of_file)
        warehouse.execute(f"delete {rows}", of_file)
    for noted in ("rejects", "unread"):
        warehouse.execute(
            f"delete from raw.{noted} where source = $source and ({_OF_FILE.format('file')})", of_source
        )
    warehouse.execute("delete from raw.source_file where source = $source and file = $file", of_source)


def journal_of(source: Source, table: str) -> str:
    """Name the table that holds what was removed of a raw table since `settle`."""
    return f"removed.{identifier(f'raw_{source.name}_{table}')}"


def _limit_journal(warehouse: duckdb.DuckDBPyConnection, source: Source, files: Sequence[str]) -> None:
    """Keep no journal where many rows are replaced: what is made of them is built whole then."""
    replaced, rows = warehouse.execute(
        "select coalesce(sum(loaded) filter (where list_contains($files, file)), 0)::bigint, "
        "coalesce(sum(loaded), 0)::bigint from raw.source_file where source = $source",
        {"files": list(files), "source": source.name},
    ).fetchall()[0]
    if replaced > _REPLACED_SHARE * rows:
        with _transaction(warehouse):
            _drop_journal(warehouse, source)


def _drop_journal(warehouse: duckdb.DuckDBPyConnection, source: Source) -> None:
    for name in source.tables:
        warehouse.execute(f"drop table if exists {journal_of(source, name)}")
    warehouse.execute("delete from raw.base_file where source = ?", [source.name])


def settle(warehouse: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Note that everything made of a source has followed its files: the journal begins anew.

    Parameters
    ----------
    warehouse
        A connection whose current catalog is the warehouse, within a transaction.
    source
        Whose files.
    """
    _drop_journal(warehouse, source)
    warehouse.execute(
        "insert into raw.base_file select source, file, sha256, reader from raw.source_file where source = ?",
        [source.name],
    )


def base_fingerprint(warehouse: duckdb.DuckDBPyConnection, source: Source) -> str:
    """Identify the content that a source's raw tables had at the last `settle`."""
    files = warehouse.execute(
        "select file, sha256, reader from raw.base_file where source = ? order by file", [source.name]
    ).fetchall()
    return identify(source, files)


def _check_tables(warehouse: duckdb.DuckDBPyConnection, source: Source, path: Path) -> None:
    check_filled(
        source,
        path,
        {
            name: bool(warehouse.execute(f"select 1 from {source.raw(name)} limit 1").fetchall())
            for name in source.tables
        },
    )


def check_filled(source: Source, path: Path | str, filled: Mapping[str, bool]) -> None:
    """Reject a dump without what the source needs; say what the absence of a table costs.

    Parameters
    ----------
    source
        What the dump is.
    path
        Where it is, for messages.
    filled
        Whether each raw table has a row.

    Raises
    ------
    BadInput
        No file holds a row, or none of a table that the source cannot do without.
    """
    if not any(filled.values()):
        raise BadInput(f"{path}: no file of source {source.name} holds a row")
    needed = [name for name, table in source.tables.items() if table.needed]
    if needed and not any(filled[name] for name in needed):
        files = ", ".join(pattern for name in needed for pattern in source.tables[name].files)
        raise BadInput(
            f"{path}: source {source.name} needs the table {' or '.join(needed)} ({files}), and no "
            "file there has a row of it"
        )
    for name, table in source.tables.items():
        if table.gives and not filled[name]:
            log.warning("%s: no table %s here; unknown: %s", source.name, name, table.gives)


def _is_noted(warehouse: duckdb.DuckDBPyConnection, source: Source) -> bool:
    """Tell whether raw.source_table tells of these files: a run may have been killed before."""
    marks = warehouse.execute(
        "select distinct mark from raw.source_table where source = ?", [source.name]
    ).fetchall()
    return marks == [(fingerprint(warehouse, source),)]


def _note_tables(warehouse: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Note what the raw tables hold, and how new it is: it is validated before the build.

    A date that lies ahead is no sign of news, but a slip or a stand-in such as 9999-12-31.
    """
    mark, has_parser = fingerprint(warehouse, source), documents.has_parser(source)
    before = dict(
        warehouse.execute(
            "select name, newest_publication from raw.source_table where source = ?", [source.name]
        ).fetchall()
    )
    noted = []
    for place, (name, table) in enumerate(source.tables.items()):
        published = table.published or "null::date"
        told = warehouse.execute(
            f"select count(*), max({published}) filter ({published} <= current_date) from {source.raw(name)}"
        ).fetchall()[0]
        is_counted = place == 0 or not has_parser  # a parser's documents are rows of the first
        noted.append([source.name, name, table.needed, is_counted, *told, before.get(name), mark])
    with _transaction(warehouse):
        warehouse.execute("delete from raw.source_table where source = ?", [source.name])
        warehouse.executemany("insert into raw.source_table values (?, ?, ?, ?, ?, ?, ?, ?)", noted)


@contextmanager
def _transaction(warehouse: duckdb.DuckDBPyConnection) -> Iterator[None]:
    warehouse.begin()
    try:
        yield
        warehouse.commit()
    except BaseException:
        warehouse.rollback()
        raise


# --- The files -----------------------------------------------------------------------------------


def _read_texts(
    warehouse: duckdb.DuckDBPyConnection, source: Source, files: list[_File], ledger: _Ledger
) -> None:
    """Read files together: rows of many small ones are written as those of a large one are.

    If anything is wrong with one, each is read in a transaction of its own.
    """
    again = _Once()
    log.addFilter(again)
    try:
        if len(files) > 1:
            try:
                ledger.keep(files, partial(_read_together, warehouse, source, files))
                return
            except (BadInput, DoubtfulError, OSError, duckdb.IOException):
                log.info("%s: a file is not clean, they are read one by one", source.name)
        for file in files:
            exactly: set[str] = set()
            while True:
                try:
                    read = partial(_read_members, warehouse, source, file, exactly)
                    with reading(file.path):
                        ledger.keep([file], lambda read=read: [read()])
                    break
                except DoubtfulError as doubt:  # that member again, line by line
                    exactly.add(doubt.name)
    finally:
        log.removeFilter(again)


class _Once(logging.Filter):
    """Let each message through once: a file that is not clean is read up to three times."""

    def __init__(self) -> None:
        super().__init__()
        self._said: set[str] = set()

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        is_new = said not in self._said
        self._said.add(said)
        return is_new


def _read_together(warehouse: duckdb.DuckDBPyConnection, source: Source, files: list[_File]) -> list[Count]:
    """Read files, shards of one table in one statement, so that every thread has work."""
    tables = {source.table_of(file.name) for file in files}
    (table, *others) = tables
    if table and not others and all(file.name.lower().endswith(PARQUET) for file in files):
        return parquet.read(warehouse, [Part(source, table, f.name, f.path) for f in files])
    return [_read_members(warehouse, source, file, ()) for file in files]


def _together(files: list[_File]) -> Iterator[list[_File]]:
    """Take files in runs of at most TOGETHER bytes."""
    run: list[_File] = []
    size = 0
    for file in files:
        if run and size + file.size > TOGETHER:
            yield run
            run, size = [], 0
        run.append(file)
        size += file.size
    if run:
        yield run


def _read_members(
    warehouse: duckdb.DuckDBPyConnection, source: Source, file: _File, exactly: Collection[str]
) -> Count:
    rows = loaded = members = 0
    is_zip = file.name.lower().endswith(".zip")
    passed_over: list[str] = []

    def is_wanted(member: str) -> bool:
        is_read = source.table_of(member) is not None
        if not is_read:
            passed_over.append(member)
        return is_read

    with tempfile.TemporaryDirectory(prefix="corepath-") as folder:
        for member, stream in open_members(file.path, is_wanted):
            name = f"{file.name}!{member}" if is_zip else file.name
            path = _on_disk(file, member, stream, Path(folder))
            table = source.table_of(member)
            if not table:
                expected = [pattern for t in source.tables.values() for pattern in t.files]
                raise BadInput(
                    f"{file.path}: which table of source {source.name} it fills is told by its "
                    f"name, one of {', '.join(expected)}"
                )
            if not member.lower().endswith(PARQUET):
                source.refuse_lookalike(f"{file.path}", path)
            count = _read_part(warehouse, Part(source, table, name, path), member, name in exactly)
            rows += count.rows
            loaded += count.loaded
            if path != file.path:
                path.unlink()
            members += 1
    if passed_over or not members:
        _tell_passed_over(source, file, passed_over)
    return Count(rows, loaded)


def _tell_passed_over(source: Source, file: _File, members: list[str]) -> None:
    """Name what an archive holds and nobody reads."""
    names = ", ".join(members[:EXAMPLES]) + ", ..." * (len(members) > EXAMPLES)
    what = (source.name, file.name, len(members), names or "none")
    log.warning("%s: %s: %s members fill no table and are not read: %s", *what)


def _members_of(path: Path) -> list[str]:
    names: list[str] = []

    def note(name: str) -> bool:
        names.append(name)
        return False

    deque(open_members(path, note), maxlen=0)
    return names


def _read_part(warehouse: duckdb.DuckDBPyConnection, part: Part, member: str, exactly: bool) -> Count:
    suffix = PurePosixPath(member.lower()).suffix
    if suffix in PARQUET:
        return parquet.read(warehouse, [part])[0]
    if suffix in JSON_LINES:
        return json_lines.read(warehouse, part)
    return delimited.read(warehouse, part, exactly=exactly)


def _on_disk(file: _File, member: str, stream: "BufferedReader[Any]", folder: Path) -> Path:
    """Give a place where the bytes lie plain: the file itself, unless it is packed or UTF-16."""
    is_text = not member.lower().endswith(PARQUET)
    try:
        with as_utf8(stream) if is_text else nullcontext(stream) as plain:
            if plain is stream and file.path.name == member == bare_name(member):
                return file.path
            with open(folder / "member", "wb") as copy:
                copy_to_disk(plain, copy)
    except BrokenDownloadError as error:
        raise BadInput(f"{file.path}: cannot be decompressed ({error}); fetch it again") from error
    return folder / "member"


def _converted(
    source: Source, files: list[_File], processes: int
) -> Iterator[tuple[_File, tuple[list[tuple[str, int]], Path]]]:
    """Parse files of documents, several at once where that pays, and give them in order."""
    tables = documents.schemas(source)
    with tempfile.TemporaryDirectory(prefix="corepath-") as scratch, ExitStack() as stack:
        pool: Executor | None = None
        if processes > 1 and sum(file.size for file in files) > POOL_PAYS:
            context = get_context("spawn")  # a fork would copy DuckDB's threads half-way
            pool = stack.enter_context(ProcessPoolExecutor(processes, context, prepare))
        waiting: deque[tuple[_File, Path, Callable[[], list[tuple[str, int]]]]] = deque()
        for number, file in enumerate([*files, *[None] * processes]):
            if file:
                folder = Path(scratch) / str(number)
                folder.mkdir()
                work = partial(convert, source.name, tables, file.path, folder)
                waiting.append((file, folder, _begun(pool, work) if pool else work))
            # As many files as processes are under way or wait for their turn, and no more on disk.
            if waiting and (len(waiting) > processes or not file):
                ready, folder, result = waiting.popleft()
                yield ready, (result(), folder)
                shutil.rmtree(folder)


def _begun(pool: Executor, work: Callable[[], T]) -> Callable[[], T]:
    """Begin a work in a pool, whose processes would otherwise import the program that runs."""
    program = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        return pool.submit(work).result
    finally:
        sys.modules["__main__"] = program


def _look(name: str, path: Path, hashing: Executor) -> _File:
    with reading(path):
        about = path.stat()
    return _File(name, path, about.st_size, about.st_mtime_ns, hashing.submit(sha256_of, path))


def sha256_of(path: Path) -> str:
    """Identify the content of a file; it is read once in a process as long as it stays as it is."""
    about = path.stat()
    return _hash(path, about.st_size, about.st_mtime_ns, about.st_ino)


@cache
def _hash(path: Path, *about: int) -> str:
    del about
    with reading(path), open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def reader_of(source: Source) -> str:
    """Identify what reads a source: it changes whenever the declaration or the code does."""
    here = ROOT / "warehouse" / "load"
    code = [here / "loader.py", here / "archive.py"]
    code += sorted((here / "readers").glob("*.py"))
    if documents.has_parser(source):
        code += [PARSERS / f"{name}.py" for name in ("convert", "elements", source.name)]
        code += [Path(numbers.__file__), numbers.RULES]
    read = b"".join(file.read_bytes() for file in code)
    return hashlib.sha256(source.model_dump_json().encode() + read).hexdigest()
