"""A plugin of pytest: the SQL tables that the small world of a test makes, Spark makes too.

`pytest -p tests.spark.on_both tests/sql/sources tests/sql/staging` runs the tests of DuckDB's SQL as they
are; a test fails where Spark's rows are others. Of each table the first worlds are compared, and every one
with more rows than those before; with ON_BOTH=all in the environment all that differ, which takes an hour.
"""

import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from corepath.warehouse.build import builder
from corepath.warehouse.build.graph import Table
from corepath.warehouse.lake.dialect import translate
from corepath.warehouse.lake.frames import show, view_of
from corepath.warehouse.lake.session import opened
from tests.spark.both import against
from tests.spark.conftest import SMALL

FIRST = 3


@pytest.fixture(scope="session", autouse=True)
def on_both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Compare the tables that are made until the tests end."""
    make = builder.make
    folder = str(tmp_path_factory.mktemp("spark"))
    seen: set[tuple[Any, ...]] = set()
    compared: Counter[str] = Counter()
    most: Counter[str] = Counter()

    def is_new(connection: duckdb.DuckDBPyConnection, table: Table, parents: list[str]) -> bool:
        """Tell whether a table has not been compared on these rows, and is to be."""
        rows = [
            connection.sql(f"select count(*), sum(hash(row)::hugeint) from {parent} as row").fetchall()[0]
            for parent in parents
        ]
        world = (table.key, *rows)
        size = sum(count for count, _ in rows)
        is_wanted = (
            compared[table.key] < FIRST or size > most[table.key] or os.environ.get("ON_BOTH") == "all"
        )
        if world in seen or not is_wanted:
            return False
        seen.add(world)
        compared[table.key] += 1
        most[table.key] = max(size, most[table.key])
        return True

    with (
        opened("local[2]", SMALL | {"spark.sql.warehouse.dir": folder}) as spark,
        pytest.MonkeyPatch.context() as patch,
    ):

        def both(connection: duckdb.DuckDBPyConnection, table: Table, *rest: Any) -> int:
            rows = make(connection, table, *rest)
            # One look-up is a function there, and no table.
            parents = [parent for parent in table.parents if parent != "reference.publication_number"]
            is_staging = table.path.suffix == ".sql" and table.in_warehouse
            if is_staging and is_new(connection, table, parents):
                for parent in parents:
                    show(spark, parent, connection.sql(f"from {parent}").to_arrow_table())
                found = spark.sql(translate(table.text, view_of)).toArrow()
                assert against(connection, table.key, found) == ([], []), table.path
            return rows

        patch.setattr(builder, "make", both)
        yield
    assert sum(compared.values()) > len(compared) > 0
