"""Read what needs a parser of its own: `warehouse/load/parsers/<source>.py`, one process a file."""

from pathlib import Path

import duckdb
import pyarrow as pa

from corepath.warehouse.database import file_pattern, identifier
from corepath.warehouse.load.readers import Count, Part
from corepath.warehouse.load.readers.nested import FIRST_DAY, LAST_DAY, day
from corepath.warehouse.settings import ROOT
from corepath.warehouse.sources import Source

PARSERS = ROOT / "warehouse" / "load" / "parsers"

_TYPES = {"VARCHAR": pa.string(), "BIGINT": pa.int64(), "BOOLEAN": pa.bool_(), "DATE": pa.string()}


def has_parser(source: Source) -> bool:
    """Tell whether a source's files are documents for a parser."""
    return (PARSERS / f"{source.name}.py").exists()


def schemas(source: Source) -> dict[str, pa.Schema]:
    """Give the columns of each table as a parser fills them."""
    return {
        name: pa.schema([(column, _TYPES[kind]) for column, kind in table.columns.items()])
        for name, table in source.tables.items()
    }


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
    loaded = 0
    for place, (member, _) in enumerate(members):
        name = f"{file}!{member}" if file.lower().endswith(".zip") else file
        for table, declared in source.tables.items():
            parsed = folder / f"{place}-{table}.parquet"
            values = ", ".join(
                _read_day(identifier(c)) if kind == "DATE" else f"{identifier(c)}::{kind}"
                for c, kind in declared.columns.items()
            )
            ((rows,),) = warehouse.execute(
                f"insert into {source.raw(table)} select ?, file_row_number + 1, {values} "
                "from read_parquet(?, file_row_number = true)",
                [name, file_pattern(parsed)],
            ).fetchall()
            loaded += rows if table == next(iter(source.tables)) else 0
            _note_days(warehouse, Part(source, table, name, parsed))
        warehouse.execute(
            "insert into raw.rejects select ?, ?, position, reason, raw from read_parquet(?)",
            [source.name, name, file_pattern(folder / f"{place}-rejects.parquet")],
        )
    return Count(sum(documents for _, documents in members), loaded)


def _read_day(name: str) -> str:
    """Write SQL that gives the day of a text, nearly always ISO's; what is none is null."""
    return f"coalesce(try_cast({name} as date), {day(name)})"


def _note_days(warehouse: duckdb.DuckDBPyConnection, part: Part) -> None:
    """Count what is no day, and the days of a table that no patent can have."""
    for column in [c for c, kind in part.declared.columns.items() if kind == "DATE"]:
        given, none, early, late, example = warehouse.execute(
            "select count(given), count(given) - count(day), "
            f"count(*) filter (day < {FIRST_DAY}), count(*) filter (day > {LAST_DAY}), "
            f"min(given) filter (not coalesce(day between {FIRST_DAY} and {LAST_DAY}, false)) "
            f"from (select {identifier(column)} as given, {_read_day('given')} as day from read_parquet(?))",
            [file_pattern(part.path)],
        ).fetchall()[0]
        reasons = {"no DATE": none, "before 1790": early, "after tomorrow": late}
        part.note_unread(warehouse, column, "DATE", given, reasons, 0, example)
