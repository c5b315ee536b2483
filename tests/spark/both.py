"""One SELECT on both engines."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from corepath.warehouse import numbers
from corepath.warehouse.lake.dialect import translate
from corepath.warehouse.lake.frames import show

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def differences(
    spark: "SparkSession", sql: str, tables: Mapping[str, pa.Table]
) -> tuple[list[tuple], list[tuple]]:
    """Run a SELECT over tables (schema.name) on both; give the rows that only DuckDB, only Spark found."""
    with duckdb.connect(config={"threads": 1}) as connection:
        numbers.define(connection)
        for name, rows in tables.items():
            connection.execute(f"create schema if not exists {name.split('.')[0]}")
            connection.register("given", rows)
            connection.execute(f"create table {name} as from given")
            show(spark, name, rows)
        connection.execute(f"create table ours as {sql}")
        return against(connection, "ours", spark.sql(translate(sql, "{}__{}".format)).toArrow())


def against(
    connection: duckdb.DuckDBPyConnection, name: str, found: pa.Table
) -> tuple[list[tuple], list[tuple]]:
    """Compare a table of DuckDB with rows, as the table's types; give what only each of them has."""
    columns = connection.sql(f"describe {name}").fetchall()
    connection.register("found", found)
    ours = "select " + ", ".join(f'"{column}"' for column, *_ in columns) + f" from {name}"
    theirs = "select " + ", ".join(f'"{c}"::{kind} as "{c}"' for c, kind, *_ in columns) + " from found"
    only = [connection.sql(f"{a} except all {b}").fetchall() for a, b in ((ours, theirs), (theirs, ours))]
    connection.unregister("found")
    return only[0], only[1]
