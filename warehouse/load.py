"""Bring raw dumps into the warehouse: each file once, every row loaded or rejected."""

import hashlib
import json
import logging
import tempfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.database import identifier
from warehouse.errors import BadInput
from warehouse.parsers import uspto
from warehouse.settings import ROOT
from warehouse.sources import SOURCES, RawTable, Source, lines

log = logging.getLogger("corepath.load")

RAW_LIMIT = 2000  # characters of a rejected row that are kept as evidence
BATCH = 50_000  # rows of a parser that are held before they go to disk

_LEDGER = """
create schema if not exists raw;
create table if not exists raw.source_file (
    source varchar, file varchar, bytes bigint, sha256 varchar, reader varchar,
    rows bigint, loaded bigint, rejected bigint, loaded_at timestamp, primary key (source, file)
);
create table if not exists raw.rejects (
    source varchar, file varchar, position bigint, reason varchar, raw varchar
);
"""

_TYPES = {
    "VARCHAR": pa.string(),
    "VARCHAR[]": pa.list_(pa.string()),
    "BIGINT": pa.int64(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.string(),
}


@dataclass(frozen=True)
class Loaded:
    """How a source's files were brought in: counts of files and of rows."""

    files: int
    read: int
    removed: int
    rows: int
    rejected: int


@dataclass(frozen=True)
class _File:
    name: str
    path: Path
    size: int
    sha256: str


def load(warehouse: duckdb.DuckDBPyConnection, source: Source, path: Path) -> Loaded:
    """Make the raw tables of a source hold what its files hold, reading only what changed.

    Parameters
    ----------
    warehouse
        A connection whose current catalog is the warehouse.
    source
        What to expect.
    path
        The dump: a file or a folder.

    Returns
    -------
    Loaded
        Files found, read and removed; rows of the whole source.

    Raises
    ------
    BadInput
        A file is missing or unreadable, none of its rows can be loaded, or rows went missing.
    """
    warehouse.execute(_LEDGER)
    for name, table in source.tables.items():
        columns = ", ".join(f"{identifier(c)} {kind}" for c, kind in table.columns.items())
        warehouse.execute(
            f"create table if not exists raw.{_table(source, name)} "
            f"(_file varchar, _row bigint, {columns})"
        )
    reader = _reader_fingerprint(source)
    known = {
        file: (sha256, made_by)
        for file, sha256, made_by in warehouse.execute(
            "select file, sha256, reader from raw.source_file where source = ?", [source.name]
        ).fetchall()
    }
    found = [
        _File(name, file, file.stat().st_size, _sha256(file)) for name, file in source.find(path)
    ]
    gone = set(known) - {file.name for file in found}
    for name in sorted(gone):
        _in_transaction(warehouse, lambda name=name: _forget(warehouse, source, name))
        log.info("%s: %s is gone, its rows are removed", source.name, name)
    changed = [file for file in found if known.get(file.name) != (file.sha256, reader)]
    for file in changed:
        _in_transaction(warehouse, lambda file=file: _read(warehouse, source, file, reader))
    rows, rejected = warehouse.execute(
        "select coalesce(sum(loaded), 0)::bigint, coalesce(sum(rejected), 0)::bigint "
        "from raw.source_file where source = ?",
        [source.name],
    ).fetchall()[0]
    return Loaded(len(found), len(changed), len(gone), rows, rejected)


def fingerprint(warehouse: duckdb.DuckDBPyConnection, source: Source) -> str:
    """Identify the content of a source's raw tables.

    Returns
    -------
    str
        A sha256 over the files' own and over what read them.
    """
    ledger = warehouse.execute(
        "select file, sha256, reader from raw.source_file where source = ? order by file",
        [source.name],
    ).fetchall()
    return hashlib.sha256(json.dumps([source.name, ledger]).encode()).hexdigest()


def _in_transaction(warehouse: duckdb.DuckDBPyConnection, work: Callable[[], None]) -> None:
    warehouse.begin()
    try:
        work()
        warehouse.commit()
    except BaseException:
        warehouse.rollback()
        raise


def _forget(warehouse: duckdb.DuckDBPyConnection, source: Source, file: str) -> None:
    for name in source.tables:
        warehouse.execute(f"delete from raw.{_table(source, name)} where _file = ?", [file])
    for table in ("rejects", "source_file"):
        warehouse.execute(
            f"delete from raw.{table} where source = ? and file = ?", [source.name, file]
        )


def _read(warehouse: duckdb.DuckDBPyConnection, source: Source, file: _File, reader: str) -> None:
    _forget(warehouse, source, file.name)
    rows = _READERS[source.reader](warehouse, source, file)
    # Every file fills the source's first table with one row a document; the others hang on it.
    main = _table(source, next(iter(source.tables)))
    loaded, rejected = warehouse.execute(
        f"select (select count(*) from raw.{main} where _file = $file), (select count(*) "
        "from raw.rejects where source = $source and file = $file)",
        {"source": source.name, "file": file.name},
    ).fetchall()[0]
    if rows != loaded + rejected:
        raise BadInput(
            f"{file.path}: {rows} rows in the file, but {loaded} loaded and {rejected} rejected"
        )
    if rows and not loaded:
        position, reason = warehouse.execute(
            "select position, reason from raw.rejects where source = ? and file = ? "
            "order by position",
            [source.name, file.name],
        ).fetchall()[0]
        raise BadInput(
            f"{file.path}: none of its {rows} rows can be read as source {source.name}; "
            f"the first, at {position}: {reason}"
        )
    warehouse.execute(
        "insert into raw.source_file values (?, ?, ?, ?, ?, ?, ?, ?, now()::timestamp)",
        [source.name, file.name, file.size, file.sha256, reader, rows, loaded, rejected],
    )
    log.info("%s: %s, %s rows loaded, %s rejected", source.name, file.name, f"{loaded:,}", rejected)


def _read_jsonl(warehouse: duckdb.DuckDBPyConnection, source: Source, file: _File) -> int:
    """Read one JSON object a line; what DuckDB cannot parse, Python explains."""
    ((name, table),) = source.tables.items()
    try:
        rows = sum(not line.isspace() for line in lines(file.path))
    except (OSError, EOFError, zlib.error) as error:
        raise BadInput(f"{file.path}: cannot be decompressed ({error}); fetch it again") from error
    if not rows:
        return 0
    try:
        warehouse.execute(
            "create or replace temp table incoming as select row_number() over () as row, json "
            "from read_json_objects(?, format = 'newline_delimited', ignore_errors = true)",
            [str(file.path)],
        )
    except duckdb.InvalidInputException as error:  # a line of many megabytes is no record
        raise BadInput(f"{file.path}: cannot be read as one JSON object a line: {error}") from error
    structure = json.dumps(table.columns)
    wrong = " ".join(f"when {check} then {reason}" for check, reason in _jsonl_checks(table))
    warehouse.execute(
        "create or replace temp table judged as select *, case when json is null then '' "
        f"{wrong} end as reason from (select row, json, json_transform(json, ?) as record "
        "from incoming)",
        [structure],
    )
    warehouse.execute(
        f"insert into raw.{_table(source, name)} "
        "select ?, row, unnest(record) from judged where reason is null",
        [file.name],
    )
    rejected = dict(
        warehouse.execute("select row, reason from judged where reason is not null").fetchall()
    )
    if rejected:
        _reject_lines(warehouse, source, file, rejected)
    warehouse.execute("drop table judged; drop table incoming")
    return rows


def _jsonl_checks(table: RawTable) -> list[tuple[str, str]]:
    """Pairs of SQL: what is wrong with `json`, and the words for it."""
    checks = [("json_type(json) <> 'OBJECT'", "'not a JSON object'")]
    for column, kind in table.columns.items():
        path = f"json -> '$.\"{column}\"'"
        if column in table.required:
            checks.append((f"record.{identifier(column)} is null", f"'{column} is missing'"))
        if kind == "VARCHAR[]":
            checks.append((f"json_type({path}) not in ('ARRAY', 'NULL')", f"'{column}: no list'"))
    return checks


def _reject_lines(
    warehouse: duckdb.DuckDBPyConnection, source: Source, file: _File, rejected: dict[int, str]
) -> None:
    """Keep rejected lines as evidence, each with its line in the file and the reason."""
    row = 0
    for number, line in enumerate(lines(file.path), start=1):
        row += not line.isspace()
        if line.isspace() or row not in rejected:
            continue
        reason = rejected[row]
        if not reason:
            try:
                json.loads(line)
                reason = "not JSON as DuckDB reads it"
            except (ValueError, RecursionError) as error:
                reason = f"not JSON: {error}"
        text = line.decode("utf-8", errors="replace")[:RAW_LIMIT]
        warehouse.execute(
            "insert into raw.rejects values (?, ?, ?, ?, ?)",
            [source.name, file.name, number, reason, text],
        )


def _read_uspto(warehouse: duckdb.DuckDBPyConnection, source: Source, file: _File) -> int:
    """Stream XML into Parquet, then Parquet into the raw tables; memory does not grow with it."""
    tables = {name: list(table.columns) for name, table in source.tables.items()}
    schemas = {
        name: pa.schema([(column, _TYPES[kind]) for column, kind in table.columns.items()])
        for name, table in source.tables.items()
    } | {
        "rejects": pa.schema(
            [("position", pa.int64()), ("reason", pa.string()), ("raw", pa.string())]
        )
    }
    rows = 0
    with tempfile.TemporaryDirectory(prefix="corepath-") as folder:
        paths = {name: Path(folder) / f"{name}.parquet" for name in schemas}
        writers = {name: pq.ParquetWriter(paths[name], schema) for name, schema in schemas.items()}
        waiting: dict[str, list[dict[str, object]]] = {name: [] for name in schemas}

        def flush(name: str) -> None:
            writers[name].write_table(pa.Table.from_pylist(waiting[name], schemas[name]))
            waiting[name].clear()

        try:
            for _, stream in uspto.open_members(file.path):
                for name, row in uspto.parse(stream):
                    rows += name in ("document", "rejects")
                    waiting[name].append(row)
                    if len(waiting[name]) == BATCH:
                        flush(name)
        except (OSError, EOFError) as error:
            raise BadInput(f"{file.path}: cannot be opened ({error}); fetch it again") from error
        finally:
            for name, writer in writers.items():
                flush(name)
                writer.close()
        for name, columns in tables.items():
            chosen = ", ".join(
                f"{identifier(c)}::{source.tables[name].columns[c]} as {identifier(c)}"
                for c in columns
            )
            warehouse.execute(
                f"insert into raw.{_table(source, name)} select ?, "
                f"row_number() over (), {chosen} from read_parquet(?)",
                [file.name, str(paths[name])],
            )
        warehouse.execute(
            "insert into raw.rejects select ?, ?, position, reason, raw from read_parquet(?)",
            [source.name, file.name, str(paths["rejects"])],
        )
    return rows


_READERS: dict[str, Callable[[duckdb.DuckDBPyConnection, Source, _File], int]] = {
    "jsonl": _read_jsonl,
    "uspto": _read_uspto,
}


def _table(source: Source, name: str) -> str:
    return identifier(f"{source.name}_{name}")


def _reader_fingerprint(source: Source) -> str:
    """Change whenever the declaration or the code that reads a source does."""
    code = [SOURCES / source.name / "source.toml", Path(__file__)]
    code += sorted((ROOT / "warehouse" / "parsers").glob(f"{source.reader}.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in code)).hexdigest()


def _sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
