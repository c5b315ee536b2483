"""Functions of single rows, run where the rows are: what they read besides goes along with them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa

from corepath.warehouse.build.graph import Table
from corepath.warehouse.lake.frames import spark_type

# pyspark is an extra, installed in .venv-spark only.
# pyright: reportMissingImports=false

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

Batches = Iterable[pa.RecordBatch]


def run_by_rows(
    table: Table, rows: "DataFrame", others: Mapping[str, pa.Table], shape: pa.Schema
) -> "DataFrame":
    """Make a table whose function sees single rows of one parent, as its module says (ROW_BY_ROW).

    Parameters
    ----------
    table
        The table.
    rows
        That parent.
    others
        Its other parents by name; they fit into memory.
    shape
        Its columns.
    """
    function, parent = table.function(), table.row_by_row or ""
    # Frames of Polars do not travel; Arrow's do.
    given = dict(others)

    def run(batch: pl.LazyFrame) -> pl.LazyFrame | pl.DataFrame:
        frames = {name: pl.DataFrame(other).lazy() for name, other in given.items()}
        return function(**{parent: batch}, **frames)

    return map_rows(rows, run, shape)


def map_rows(
    rows: "DataFrame", run: Callable[[pl.LazyFrame], pl.LazyFrame | pl.DataFrame], shape: pa.Schema
) -> "DataFrame":
    """Run a function of Polars over rows, some thousands at a time, on the machines that have them."""

    def each(batches: Batches) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            found = run(pl.DataFrame(pa.Table.from_batches([batch])).lazy()).lazy().collect()
            yield from found.select(shape.names).to_arrow().cast(shape).to_batches()

    return rows.mapInArrow(each, spark_type(shape))
