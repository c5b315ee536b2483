"""Tables as Spark finds them: `schema.name` of the SQL files is the view `schema__name` of a session."""

# pyspark is an extra, installed in .venv-spark only.
# pyright: reportMissingImports=false

from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


def view_of(schema: str, name: str) -> str:
    """Name the view that a table is: a session has views, and no schemas for them.

    Examples
    --------
    >>> view_of("staging", "stg_party")
    'staging__stg_party'
    """
    return f"{schema}__{name}"


def frame_of(spark: "SparkSession", rows: pa.Table) -> "DataFrame":
    """Give rows that fit into memory to Spark."""
    from pyspark.sql.pandas.types import from_arrow_schema

    if not rows.num_rows:  # Spark tells no types from chunks that are not there
        return spark.createDataFrame([], from_arrow_schema(rows.schema))
    return spark.createDataFrame(rows)


def show(spark: "SparkSession", key: str, rows: pa.Table) -> None:
    """Let SQL find rows that fit into memory as the table `schema.name`."""
    frame_of(spark, rows).createOrReplaceTempView(view_of(*key.split(".")))
