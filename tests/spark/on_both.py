"""A plugin of pytest: every SQL table that the small world of a test makes, Spark makes too.

`pytest -p tests.spark.on_both tests/sql/sources` runs the tests of DuckDB's SQL as they are; a test
fails where Spark's rows are others.
"""

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


@pytest.fixture(scope="session", autouse=True)
def on_both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Compare the tables that are made until the tests end."""
    make = builder.make
    folder = str(tmp_path_factory.mktemp("spark"))

    with (
        opened("local[2]", SMALL | {"spark.sql.warehouse.dir": folder}) as spark,
        pytest.MonkeyPatch.context() as patch,
    ):

        def both(connection: duckdb.DuckDBPyConnection, table: Table, *rest: Any) -> int:
            rows = make(connection, table, *rest)
            if table.path.suffix == ".sql" and table.in_warehouse:
                for parent in table.parents:
                    if parent != "reference.publication_number":  # a function there, not a table
                        show(spark, parent, connection.sql(f"from {parent}").to_arrow_table())
                found = spark.sql(translate(table.text, view_of)).toArrow()
                assert against(connection, table.key, found) == ([], []), table.path
            return rows

        patch.setattr(builder, "make", both)
        yield
