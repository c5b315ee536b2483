"""The queries of the pages find every column that they name, in the schema that the docs tell."""

import re

import duckdb
import pytest

from corepath.warehouse.release.frames import EXPLORER, QUERIES
from corepath.warehouse.settings import ROOT

META = {
    "release": "topic, title, version, schema_version, published_at, code_version, run_id, countries",
    "source": "source, title, files, rows, rejected, publications, licence, credit, url, rank",
    "source_count": "source, office, what, count bigint",
    "unread": "source, column_name, unread bigint, given bigint, reason, example",
    "calibration": "position, inference, claim, says, least, most, rate, error, worst, holds",
    "validation_result": "table_name, expectation, column_name, severity, outcome, observed, why",
}


@pytest.fixture(scope="module")
def empty_release():
    """A release without a row: tables and columns as docs/schema.md has them."""
    connection = duckdb.connect()
    connection.execute("create schema marts; create schema meta")
    text = (ROOT / "docs" / "schema.md").read_text(encoding="utf-8")
    for section in re.split("^## ", text, flags=re.MULTILINE)[1:]:
        columns = re.findall(r"^\| (\w+) \| (BIGINT|DOUBLE|VARCHAR|BOOLEAN|DATE) \|", section, re.MULTILINE)
        declared = ", ".join(f'"{name}" {kind}' for name, kind in columns)
        connection.execute(f"create table marts.{section.split()[0]} ({declared})")
    for name, columns in META.items():
        named = [column if " " in column else f"{column} varchar" for column in columns.split(", ")]
        declared = ", ".join(named)
        connection.execute(f"create table meta.{name} ({declared})")
    return connection


@pytest.mark.parametrize("name", QUERIES | EXPLORER)
def test_a_query_finds_its_columns(name, empty_release):
    query = (QUERIES | EXPLORER)[name]
    assert empty_release.sql(query).columns
