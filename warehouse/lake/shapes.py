"""The columns and types of every table, as DuckDB makes them of nothing: what Spark's are cast to.

Spark counts in narrower integers, and divides decimals. In the lake each column has the type that it
has on one machine.
"""

from collections.abc import Mapping

import duckdb
import pyarrow as pa

from corepath.warehouse.build import builder as build
from corepath.warehouse.build.graph import Table
from corepath.warehouse.database import identifier
from corepath.warehouse.sources import Source


def make_empty(
    connection: duckdb.DuckDBPyConnection, tables: Mapping[str, Table], sources: Mapping[str, Source]
) -> None:
    """Make the tables of a graph of raw tables without a row.

    Parameters
    ----------
    connection
        That has the look-up tables and, if tables of one are among them, the topic; the catalogs
        `warehouse` and `build` are attached in memory.
    tables
        What to make, parents first.
    sources
        The sources by name.
    """
    for catalog in ("warehouse", "build"):
        connection.execute(f"attach ':memory:' as {catalog}")
    connection.execute("create schema warehouse.raw")
    for source in sources.values():
        for name, declared in source.tables.items():
            columns = ", ".join(f"{identifier(c)} {kind}" for c, kind in declared.stored.items())
            connection.execute(f"create table warehouse.{source.raw(name)} ({columns})")
    build.create_schemas(connection, tables.values())
    for table in tables.values():
        if table.schema == "sources":
            build.unite_sources(connection, table, sources)
        else:
            build.make(connection, table, build.catalog_of(table))


def shape_of(connection: duckdb.DuckDBPyConnection, key: str) -> pa.Schema:
    """Give the columns of a table, with the types by which Arrow, Spark and Parquet know them."""
    schema = connection.sql(f"from {key} limit 0").to_arrow_table().schema
    # Sums of integers are wider in DuckDB than any of ours grows.
    return pa.schema([(f.name, _plain(f.type)) for f in schema])


def _plain(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_decimal(kind) and kind.scale == 0:
        return pa.int64()
    return kind
