"""Read what needs a parser of its own: `warehouse/load/parsers/<source>.py`, one process a file."""

from pathlib import Path

import duckdb
import pyarrow as pa

from corepath.warehouse.database import file_pattern, identifier
from corepath.warehouse.load.readers import Count, Part
from corepath.warehouse.load.readers.nested import FIRST_DAY, LAST_DAY
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
            values = ", ".join(f"{identifier(c)}::{kind}" for c, kind in declared.columns.items())
            ((rows,),) = warehouse.execute(
                f"insert into {source.raw(table)} select ?, file_row_number + 1, {values} "
                "from read_parquet(?, file_row_number = true)",
                [name, file_pattern(folder / f"{place}-{table}.parquet")],
            ).fetchall()
            loaded += rows if table == next(iter(source.tables)) else 0
            _note_days(warehouse, Part(source, table, name, folder))
        warehouse.execute(
            "insert into raw.rejects select ?, ?, position, reason, raw from read_parquet(?)",
            [source.name, name, file_pattern(folder / f"{place}-rejects.parquet")],
        )
    return Count(sum(documents for _, documents in members), loaded)


def _note_days(warehouse: duckdb.DuckDBPyConnection, part: Part) -> None:
    """Count the days of a table that no patent can have."""
    for column in [c for c, kind in part.declared.columns.items() if kind == "DATE"]:
        name = identifier(column)
        given, early, late, example = warehouse.execute(
            f"select count({name}), count(*) filter ({name} < {FIRST_DAY}), "
            f"count(*) filter ({name} > {LAST_DAY}), "
            f"min({name}) filter ({name} < {FIRST_DAY} or {name} > {LAST_DAY})::varchar "
            f"from {part.target} where _file = ?",
            [part.name],
        ).fetchall()[0]
        reasons = {"before 1790": early, "after tomorrow": late}
        part.note_unread(warehouse, column, "DATE", given, reasons, 0, example)
