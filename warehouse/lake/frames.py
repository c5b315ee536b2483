"""Tables as Spark finds them: `schema.name` of the SQL files is the view `schema__name` of a session."""

from typing import TYPE_CHECKING

import pyarrow as pa

# pyspark is an extra, installed in .venv-spark only.
# pyright: reportMissingImports=false

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType


def view_of(schema: str, name: str) -> str:
    """Name the view that a table is: a session has views, and no schemas for them.

    Examples
    --------
    >>> view_of("staging", "stg_party")
    'staging__stg_party'
    """
    return f"{schema}__{name}"


def spark_type(shape: pa.Schema) -> "StructType":
    """Write the columns of a table as Spark does."""
    from pyspark.sql.pandas.types import from_arrow_schema

    return from_arrow_schema(shape)


def frame_of(spark: "SparkSession", rows: pa.Table) -> "DataFrame":
    """Give rows that fit into memory to Spark."""
    if not rows.num_rows:  # Spark tells no types from chunks that are not there
        return spark.createDataFrame([], spark_type(rows.schema))
    return spark.createDataFrame(rows)


def show(spark: "SparkSession", key: str, rows: "pa.Table | DataFrame") -> None:
    """Let SQL find rows as the table `schema.name`."""
    frame = frame_of(spark, rows) if isinstance(rows, pa.Table) else rows
    frame.createOrReplaceTempView(view_of(*key.split(".")))


def shaped(frame: "DataFrame", shape: pa.Schema) -> "DataFrame":
    """Take the columns of a table in their order, each cast to its type; those it lacks are null."""
    from pyspark.sql import functions as f

    given = {name.lower() for name in frame.columns}
    columns = [
        (f.col(f"`{field.name}`") if field.name.lower() in given else f.lit(None)).cast(field.dataType)
        .alias(field.name)
        for field in spark_type(shape).fields
    ]  # fmt: skip
    return frame.select(columns)
