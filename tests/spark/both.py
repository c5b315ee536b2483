"""One SELECT, and a whole staging, on both engines."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from corepath.warehouse import numbers
from corepath.warehouse.build import builder as build
from corepath.warehouse.build.graph import discover
from corepath.warehouse.build.inputs import read_reference
from corepath.warehouse.lake.dialect import translate
from corepath.warehouse.lake.frames import show
from corepath.warehouse.lake.lake import Lake
from corepath.warehouse.load.loader import load
from corepath.warehouse.sources import named

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


def on_duckdb(dumps: dict[str, Path]) -> duckdb.DuckDBPyConnection:
    """Make staging as one machine does."""
    connection = duckdb.connect(config={"threads": 2})
    connection.execute("attach ':memory:' as warehouse; create schema warehouse.raw; use warehouse")
    sources = {name: named(name) for name in sorted(dumps)}
    for name, source in sources.items():
        load(connection, source, dumps[name], 1.0)
    connection.execute("use memory")
    read_reference(connection)
    tables = {k: t for k, t in discover(sources).items() if t.in_warehouse or t.schema == "sources"}
    build.create_schemas(connection, tables.values())
    for table in tables.values():
        if table.schema == "sources":
            build.unite_sources(connection, table, sources)
        else:
            build.make(connection, table, "warehouse")
    return connection


def differing(connection: duckdb.DuckDBPyConnection, lake: Lake) -> dict[str, tuple[int, int, list, list]]:
    """Compare every table of staging; of those that differ, how many rows only each has, and some."""
    found = {}
    for key, mark in lake.state().tables["staging"].items():
        if key.startswith("staging."):
            ours, theirs = against(connection, key, lake.read(key, mark))
            if ours or theirs:
                found[key] = (len(ours), len(theirs), ours[:3], theirs[:3])
    return found
