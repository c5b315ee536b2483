"""What DBeaver and others that speak JDBC or ODBC ask a database about itself, before any data.

They list catalogs, schemas and tables, then the columns of each with type, order and comment. The
driver of DuckDB answers from `information_schema` and from `duckdb_tables`, `duckdb_columns` and
`duckdb_constraints`, and so do these queries.
"""

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from corepath.warehouse.build.builder import MART_TYPES


@pytest.fixture(scope="module")
def ask(sample_release) -> Iterator[Any]:
    path = str(sample_release.path.parent / "latest" / "corepath.duckdb")
    with duckdb.connect(path, read_only=True) as db:
        yield lambda query, *values: db.execute(query, values).fetchall()


def test_the_navigator_finds_one_catalog_with_marts_and_meta(ask) -> None:
    assert ask("select catalog_name from information_schema.schemata where schema_name='marts'") == [
        ("corepath",)
    ]
    schemas = ask(
        "select schema_name from information_schema.schemata where catalog_name = 'corepath' order by 1"
    )
    assert schemas == [("main",), ("marts",), ("meta",)]
    assert ask("select count(*) from information_schema.tables where table_schema='main'") == [(0,)]


def test_the_navigator_lists_marts_as_tables_with_comments_and_no_views(ask, sample_release) -> None:
    listed = ask(
        r"select table_name, table_type, table_comment from information_schema.tables "
        r"where table_catalog = ? and table_schema like ? escape '\' and table_name like ? "
        r"escape '\' and table_type in ('BASE TABLE', 'LOCAL TEMPORARY', 'VIEW')",
        "corepath",
        "marts",
        "%",
    )
    assert {name for name, _, _ in listed} == sample_release.outcome.rows.keys()
    assert {kind for _, kind, _ in listed} == {"BASE TABLE"}
    assert all(comment and "Key:" in comment for _, _, comment in listed)
    found = ask(
        "select table_name, comment from duckdb_tables() where database_name = 'corepath' "
        "and schema_name = 'marts' and not internal and not temporary"
    )
    assert sorted(found) == sorted((name, comment) for name, _, comment in listed)
    assert ask("select count(*) from duckdb_views() where not internal") == [(0,)]


def test_each_column_has_its_place_its_type_and_its_comment(ask) -> None:
    columns = ask(
        r"select table_name, column_name, column_index, data_type, comment from duckdb_columns() "
        r"where database_name = ? and schema_name like ? escape '\' and table_name like ? "
        r"escape '\' order by table_name, column_index",
        "corepath",
        "marts",
        "%",
    )
    assert columns == ask(
        "select table_name, column_name, ordinal_position, data_type, column_comment "
        "from information_schema.columns where table_schema = 'marts' "
        "order by table_name, ordinal_position"
    )
    assert {kind for *_, kind, _ in columns} <= set(MART_TYPES)
    assert [(t, c, comment) for t, c, _, _, comment in columns] == ask(
        "select table_name, column_name, comment from meta.data_dictionary order by table_name, position"
    )


def test_what_a_release_does_not_have_is_an_empty_answer_and_no_error(ask) -> None:
    constraint = "select constraint_column_names from duckdb_constraints() where schema_name='marts'"
    assert ask(f"{constraint} and constraint_type in ('PRIMARY KEY', 'FOREIGN KEY')") == []
    assert ask("select index_name from duckdb_indexes()") == []
    assert ask("select * from information_schema.referential_constraints") == []
