"""Turn files of documents into Parquet, in processes of their own, which import this and no more.

What else corepath consists of takes several times as long to import.
"""

import gc
import importlib
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from corepath.warehouse.errors import BadInput, reading, writing_temporary
from corepath.warehouse.load.archive import BrokenDownloadError, as_utf8, open_members

BATCH = 20_000  # rows of a table that a process holds before they go to disk

Parse = Callable[[BinaryIO], Iterator[tuple[str, dict[str, object]]]]

_ENDINGS = (".xml", ".sgml", ".sgm")
_REJECTS = pa.schema({"position": pa.int64(), "reason": pa.string(), "raw": pa.string()})


def prepare() -> None:
    """Make a process that only parses lighter."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started it ends it
    # Rows hold no cycles: there is nothing to look for every 700 objects.
    gc.set_threshold(100_000)
    sys.meta_path.insert(0, _WithoutPandas())


class _WithoutPandas(MetaPathFinder):
    """pyarrow imports pandas to ask if a list is one of its own; parsing 40 MB takes as long."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        if fullname == "pandas":
            raise ImportError("not needed here", name=fullname)


def convert(parser: str, tables: Mapping[str, pa.Schema], path: Path, folder: Path) -> list[tuple[str, int]]:
    """Parse a file of documents into Parquet, a file a table and member, in bounded memory.

    Parameters
    ----------
    parser
        The module of `corepath.warehouse.load.parsers` to use.
    tables
        The columns of each table; a document is a row of the first.
    path
        The file, compressed or not.
    folder
        An empty folder for `<member's place>-<table>.parquet`, the table `rejects` among them.

    Returns
    -------
    list of (str, int)
        Names of its members, each with its number of documents.

    Raises
    ------
    BadInput
        The file is cut short, or its archive is damaged.
    Unavailable
        The system does not give its bytes, or the temporary folder is full.
    """
    parse: Parse = importlib.import_module(f"corepath.warehouse.load.parsers.{parser}").parse
    first = next(iter(tables))
    members = []
    try:
        with reading(path):
            for name, stream in open_members(path, _is_document):
                writers = {
                    table: _Writer(folder / f"{len(members)}-{table}.parquet", schema)
                    for table, schema in {**tables, "rejects": _REJECTS}.items()
                }
                documents = 0
                with as_utf8(stream) as plain:
                    for table, row in parse(plain):
                        documents += table in (first, "rejects")
                        writers[table].add(row)
                for writer in writers.values():
                    writer.close()
                members.append((name, documents))
    except BrokenDownloadError as error:
        raise BadInput(
            f"{path}: is cut short or damaged ({error}); nothing of it is loaded: fetch it again"
        ) from error
    return members


def _is_document(name: str) -> bool:
    return name.lower().endswith(_ENDINGS)


class _Writer:
    """Rows on their way to a Parquet file, a batch at a time."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._row = pa.struct(list(schema))
        with writing_temporary():
            self._file = pq.ParquetWriter(path, schema)
        self._rows: list[dict[str, object]] = []

    def add(self, row: dict[str, object]) -> None:
        self._rows.append(row)
        if len(self._rows) == BATCH:
            self._flush()

    def close(self) -> None:
        self._flush()
        with writing_temporary():
            self._file.close()

    def _flush(self) -> None:
        rows = pa.array(self._rows, self._row)
        with writing_temporary():
            self._file.write_batch(pa.RecordBatch.from_struct_array(rows))
        self._rows.clear()
