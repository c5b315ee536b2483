"""Read what needs a parser of its own: `warehouse/parsers/<source>.py`, one process a file."""

import gc
import importlib
import logging
import sys
from collections.abc import Callable, Iterator
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import BinaryIO

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.archive import open_members
from warehouse.database import identifier
from warehouse.errors import BadInput
from warehouse.readers import Count
from warehouse.settings import ROOT
from warehouse.sources import Source

BATCH = 20_000  # rows of a table that a process holds before they go to disk

PARSERS = ROOT / "warehouse" / "parsers"

log = logging.getLogger("corepath.load")

Parse = Callable[[BinaryIO], Iterator[tuple[str, dict[str, object]]]]

_ENDINGS = (".xml", ".sgml", ".sgm")
_REJECTS = pa.schema({"position": pa.int64(), "reason": pa.string(), "raw": pa.string()})
_TYPES = {
    "VARCHAR": pa.string(),
    "BIGINT": pa.int64(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.string(),
}


def has_parser(source: Source) -> bool:
    """Tell whether a source's files are documents for a parser."""
    return (PARSERS / f"{source.name}.py").exists()


def prepare() -> None:
    """Make a process that only parses lighter."""
    # Rows hold no cycles: there is nothing to look for every 700 objects.
    gc.set_threshold(100_000)
    sys.meta_path.insert(0, _WithoutPandas())


class _WithoutPandas(MetaPathFinder):
    """pyarrow imports pandas to ask if a list is one of its own; parsing 40 MB takes as long."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        if fullname == "pandas":
            raise ImportError("not needed here", name=fullname)


def convert(source: Source, path: Path, folder: Path) -> list[tuple[str, int]]:
    """Parse a file of documents into Parquet, a file a table and member, in bounded memory.

    Parameters
    ----------
    source
        Whose parser to use.
    path
        The file, compressed or not.
    folder
        An empty folder for `<member's place>-<table>.parquet`.

    Returns
    -------
    list of (str, int)
        Names of its members, each with its number of documents.

    Raises
    ------
    BadInput
        The file cannot be opened.
    """
    parse: Parse = importlib.import_module(f"warehouse.parsers.{source.name}").parse
    members = []
    try:
        for name, stream in open_members(path, _is_document):
            writers = {
                table: _Writer(folder / f"{len(members)}-{table}.parquet", schema)
                for table, schema in _schemas(source).items()
            }
            first = next(iter(source.tables))
            documents = 0
            try:
                for table, row in parse(stream):
                    documents += table in (first, "rejects")
                    writers[table].add(row)
            finally:
                for writer in writers.values():
                    writer.close()
            members.append((name, documents))
    except OSError as error:
        raise BadInput(f"{path}: cannot be opened ({error}); fetch it again") from error
    return members


def read(
    warehouse: duckdb.DuckDBPyConnection,
    source: Source,
    file: str,
    members: list[tuple[str, int]],
    folder: Path,
) -> Count:
    """Load what `convert` made of a file into the raw tables.

    Returns
    -------
    Count
        Documents; each one loaded is a row of the first table.
    """
    if not members:
        log.warning("%s: %s holds no document", source.name, file)
    loaded = 0
    for place, (member, _) in enumerate(members):
        name = f"{file}!{member}" if file.lower().endswith(".zip") else file
        for table, declared in source.tables.items():
            values = ", ".join(f"{identifier(c)}::{kind}" for c, kind in declared.columns.items())
            ((rows,),) = warehouse.execute(
                f"insert into {source.raw(table)} select ?, file_row_number + 1, {values} "
                "from read_parquet(?, file_row_number = true)",
                [name, str(folder / f"{place}-{table}.parquet")],
            ).fetchall()
            loaded += rows if table == next(iter(source.tables)) else 0
        warehouse.execute(
            "insert into raw.rejects select ?, ?, position, reason, raw from read_parquet(?)",
            [source.name, name, str(folder / f"{place}-rejects.parquet")],
        )
    return Count(sum(documents for _, documents in members), loaded)


def _is_document(name: str) -> bool:
    return name.lower().endswith(_ENDINGS)


def _schemas(source: Source) -> dict[str, pa.Schema]:
    return {"rejects": _REJECTS} | {
        name: pa.schema([(column, _TYPES[kind]) for column, kind in table.columns.items()])
        for name, table in source.tables.items()
    }


class _Writer:
    """Rows on their way to a Parquet file, a batch at a time."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._row = pa.struct(list(schema))
        self._file = pq.ParquetWriter(path, schema)
        self._rows: list[dict[str, object]] = []

    def add(self, row: dict[str, object]) -> None:
        self._rows.append(row)
        if len(self._rows) == BATCH:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._file.close()

    def _flush(self) -> None:
        rows = pa.array(self._rows, self._row)
        self._file.write_batch(pa.RecordBatch.from_struct_array(rows))
        self._rows.clear()
