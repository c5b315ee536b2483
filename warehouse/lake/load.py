"""Load raw files into the lake: the loader of one machine, mapped over the files.

A task reads a whole file into a DuckDB of its own, so that every row is loaded or rejected as ever,
and writes what it read as Parquet. An unchanged file costs a hash.
"""

import hashlib
import json
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl
import pyarrow as pa

from corepath.warehouse.database import attach, connect
from corepath.warehouse.errors import BadInput, CorepathError, Unavailable
from corepath.warehouse.lake.lake import Lake
from corepath.warehouse.load.loader import check_filled, load_alone, make_ledger, reader_of, sha256_of
from corepath.warehouse.place import is_uri, shown
from corepath.warehouse.release.store import Store
from corepath.warehouse.settings import Settings
from corepath.warehouse.sources import Source, named

# pyspark is an extra, installed in .venv-spark only.
# pyright: reportMissingImports=false

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

log = logging.getLogger("corepath.load")

# A raw file as the pointer tells of it: source, name, sha256, reader, written (of an object: when),
# key (of its folders), tables (schema.name and key), and its rows of the ledger's tables.
Brought = dict[str, Any]

LEDGER = ("source_file", "unread", "source_table")
_DAYS = pl.col(pl.Datetime, pl.Date)
_LONG = 2 * 2**30  # bytes of a file that is one task's work


def bring_in(
    spark: "SparkSession",
    lake: Lake,
    sources: Mapping[str, Source],
    dumps: Mapping[str, Path | str],
    before: Sequence[Brought],
    reject_share: float,
) -> list[Brought]:
    """Load the files that changed, each as one task.

    Parameters
    ----------
    spark
        The session; its executors find the dumps and the lake under the same names.
    lake
        Where to.
    sources, dumps
        What to expect, and the folder or URI where it is, by the source's name.
    before
        What the lake holds.
    reject_share
        The share of a file's rows that may be rejected, 0 to 1.

    Returns
    -------
    list of dict
        One a file that the dumps hold now, in order of source and name.

    Raises
    ------
    BadInput, Unavailable
        A file cannot be read, or too much of it is damaged; or a dump lacks what its source needs.
    """
    known = {(file["source"], file["name"]): file for file in before}
    rows = []
    for source in sources.values():
        reader = reader_of(source)
        for name, where, written in find_files(source, dumps[source.name]):
            old = known.get((source.name, name))
            same = old if old and old["reader"] == reader else {}
            as_written = written is not None and written == same.get("written")
            rows.append((source.name, name, where, reader, written, same.get("sha256"), as_written))
    place = lake.uri

    def load(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            found = [json.dumps(load_one(place, reject_share, **row)) for row in batch.to_pylist()]
            yield pa.RecordBatch.from_arrays([pa.array(found, pa.string())], ["found"])

    asked = (
        "source string, name string, where string, reader string, written string, same string, "
        "is_as_written boolean"
    )
    told = (
        spark.createDataFrame(rows, asked).repartition(len(rows)).mapInArrow(load, "found string").collect()
    )
    found: dict[tuple[str, str], Brought] = {}
    for answer in (json.loads(row["found"]) for row in told):
        key = (answer["source"], answer["name"])
        if "error" in answer:
            raise (Unavailable if answer["may_pass"] else BadInput)(answer["error"])
        found[key] = known[key] if answer["same"] else answer
    for key in sorted(key for key in found if found[key] is not known.get(key)):
        (noted,) = found[key]["ledger"]["source_file"]
        level = logging.WARNING if noted["rejected"] else logging.INFO
        log.log(level, "%s: %s, %s rows loaded, %s rejected", *key, noted["loaded"], noted["rejected"])
    files = [found[key] for key in sorted(found)]
    for source in sources.values():
        raw = {name: f"raw.{source.name}_{name}" for name in source.tables}
        there = {table for file in files if file["source"] == source.name for table in file["tables"]}
        check_filled(source, shown(dumps[source.name]), {name: table in there for name, table in raw.items()})
    return files


def find_files(source: Source, dump: Path | str) -> list[tuple[str, str, str | None]]:
    """List the files of a dump.

    Parameters
    ----------
    source
        What to expect.
    dump
        A file, a folder, or the URI of one in an object store.

    Returns
    -------
    list of (str, str, str or None)
        Name; path, or URI of the dump; and of an object when it was written.

    Raises
    ------
    BadInput, Unavailable
        Nothing is there that the source reads, or it cannot be reached.
    """
    if not is_uri(dump):
        found = source.find(Path(dump), tell=True)
        for name, path in found:
            if path.stat().st_size > _LONG:
                log.warning(
                    "%s: %s: %.1f GB are one task's work, for the file cannot be split: others wait for it",
                    source.name, name, path.stat().st_size / 1e9,
                )  # fmt: skip
        return [(name, str(path.absolute()), None) for name, path in found]
    objects = Store(str(dump)).objects()
    files = [name for name in sorted(objects) if source.reads(name.rpartition("/")[2])]
    if not files:
        raise BadInput(
            f"{shown(dump)}: holds no file that source {source.name} reads ({', '.join(source.files)})"
        )
    return [(name, str(dump), objects[name].isoformat()) for name in files]


def load_one(
    place: str,
    reject_share: float,
    source: str,
    name: str,
    where: str,
    reader: str,
    written: str | None,
    same: str | None,
    is_as_written: bool,
) -> Brought:
    """Load a file into a database of its own, and write that into the lake; on an executor.

    Parameters
    ----------
    place
        Of the lake.
    reject_share
        The share of the rows that may be rejected, 0 to 1.
    source, name, where, written
        The file, as `find_files` gives it.
    reader
        What reads the source: see `loader.reader_of`.
    same
        The hash of the file that the lake has by this name, if what reads it is the same.
    is_as_written
        Whether that is an object that was not written since: it is not fetched.

    Returns
    -------
    dict
        As `Brought`; or of what is there already `same`, and of what cannot be read the `error`.
    """
    answer: Brought = {"source": source, "name": name, "reader": reader, "same": False}
    if is_as_written:  # an object is replaced, never changed
        return answer | {"same": True}
    try:
        with TemporaryDirectory(prefix="corepath-") as folder:
            path = Path(where)
            if is_uri(where):
                path = Path(folder, name.rpartition("/")[2])
                Store(where).fetch(name, path)
            answer["sha256"] = sha256_of(path)
            if answer["sha256"] == same and not is_uri(where):
                return answer | {"same": True}
            key = hashlib.sha256(json.dumps(answer).encode()).hexdigest()
            with _alone(Path(folder)) as own:
                load_alone(own, named(source), name, path, reject_share)
                tables = _write(own, Lake(place), named(source), key)
                ledger = {
                    table: own.sql(f"from raw.{table}").pl().with_columns(_DAYS.cast(str)).to_dicts()
                    for table in LEDGER
                }
        return answer | {"written": written, "key": key, "tables": tables, "ledger": ledger}
    except CorepathError as error:
        return answer | {"error": str(error), "may_pass": isinstance(error, Unavailable)}


def _alone(folder: Path) -> duckdb.DuckDBPyConnection:
    """Open a database of one thread in a folder, as a run opens its warehouse."""
    settings = Settings(warehouse=folder / "file.duckdb", threads=1)
    own = connect(settings)
    attach(own, settings.warehouse, "own")
    own.execute("use own")
    return own


def _write(own: duckdb.DuckDBPyConnection, lake: Lake, source: Source, key: str) -> dict[str, str]:
    """Write what was read of a file: its raw tables and its rejects; those without a row are left out."""
    written = {}
    for table in [f"raw.{source.name}_{name}" for name in source.tables] + ["raw.rejects"]:
        schema, name = table.split(".")
        rows = own.sql(f'from {schema}."{name}"')
        if rows.limit(1).fetchall():
            lake.bring(table, key, rows.to_arrow_reader(100_000))
            written[table] = key
    return written


def write_ledger(
    connection: duckdb.DuckDBPyConnection, files: Sequence[Brought], before: Sequence[Brought]
) -> None:
    """Write what was loaded as the ledger of a warehouse tells it, summed over files where it sums.

    Parameters
    ----------
    connection
        Whose current catalog is an empty warehouse.
    files
        What the lake holds.
    before
        What it held at the stage before, which tells how new that was.
    """
    make_ledger(connection)
    for table in ("source_file", "unread"):
        rows = [row for file in files for row in file["ledger"][table]]
        _insert(connection, table, rows)
    earlier = {(row["source"], row["name"]): row["newest_publication"] for row in _summed(before)}
    told = [row | {"newest_before": earlier.get((row["source"], row["name"]))} for row in _summed(files)]
    _insert(connection, "source_table", told)


def _summed(files: Sequence[Brought]) -> list[dict[str, Any]]:
    """Put together what the files tell of each raw table: its rows, and its newest publication."""
    tables: dict[tuple[str, str], dict[str, Any]] = {}
    for row in (row for file in files for row in file["ledger"]["source_table"]):
        other = tables.setdefault((row["source"], row["name"]), row | {"rows": 0, "newest_publication": None})
        other["rows"] += row["rows"]
        days = filter(None, (other["newest_publication"], row["newest_publication"]))
        other["newest_publication"] = max(days, default=None)
    return list(tables.values())


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[dict[str, Any]]) -> None:
    for row in rows:
        columns, values = ", ".join(row), ", ".join("?" * len(row))
        connection.execute(f"insert into raw.{table} ({columns}) values ({values})", list(row.values()))
