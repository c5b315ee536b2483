"""The published file, read by the DuckDBs that BI tools still carry.

`make test` has the oldest of them, `make test-clients` all.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from corepath.warehouse.database import STORAGE_VERSION
from corepath.warehouse.settings import ROOT

OLDEST, *LATER = ("1.2", "1.3", "1.4", "1.5")
VERSIONS = [OLDEST, *(pytest.param(version, marks=pytest.mark.slow) for version in LATER)]

# Run by the old DuckDB: everything it sees of a release.
READ = """
import datetime, json, sys, duckdb
db = duckdb.connect(sys.argv[1], read_only=True)
tables = db.execute(
    "select schema_name, table_name, comment from duckdb_tables() order by all"
).fetchall()
columns = db.execute(
    "select schema_name, table_name, column_name, data_type, comment from duckdb_columns() "
    "where schema_name in ('marts', 'meta') order by all"
).fetchall()
print(json.dumps({
    "duckdb": duckdb.__version__,
    "shown": db.execute("show all tables").fetchall(),
    "information_schema": db.execute(
        "select distinct table_schema, table_name from information_schema.columns"
    ).fetchall(),
    "tables": tables,
    "columns": columns,
    "rows": {f"{s}.{t}": db.execute(f'select count(*) from {s}.{t}').fetchone()[0]
             for s, t, _ in tables},
    "sums": {f"{s}.{t}.{c}": db.execute(f'select round(sum("{c}"), 6) from {s}.{t}').fetchone()[0]
             for s, t, c, kind, _ in columns if kind in ("BIGINT", "DOUBLE")},
    "core": db.execute(
        "select rank, technology, is_core_technology, title from marts.fct_core_technology "
        "order by level, rank limit 20"
    ).fetchall(),
}))
"""


@pytest.fixture(scope="module", params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    """The minor version of the old DuckDB."""
    return request.param


@pytest.fixture(scope="module")
def seen(version: str, sample_release) -> dict[str, Any]:
    """What the old DuckDB sees of the sample's release."""
    environment = ROOT / f".venv-duckdb-{version}"
    python = environment / "bin" / "python"
    if not python.exists():
        target = "test" if version == OLDEST else "test-clients"
        say = f"{environment.name} is not there: `make {target}` makes it"
        if os.environ.get("CI") == "true":
            pytest.fail(say)
        pytest.skip(say)
    answer = subprocess.run(
        [python, "-c", READ, sample_release.database],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


@pytest.fixture(scope="module")
def today(sample_release) -> Iterator[duckdb.DuckDBPyConnection]:
    """The same file in the DuckDB that wrote it."""
    with duckdb.connect(str(sample_release.database), read_only=True) as db:
        yield db


def test_the_readers_are_those_that_are_promised_from_the_oldest_on(version, seen) -> None:
    assert STORAGE_VERSION.startswith(f"v{OLDEST}.")
    assert seen["duckdb"].startswith(f"{version}.")
    pin = (ROOT / f"requirements-duckdb-{version}.lock").read_text().split()[0]
    assert pin == f"duckdb=={seen['duckdb']}"
    assert duckdb.__version__.split(".")[0] != "1", "the writer is newer"


def test_an_old_duckdb_lists_the_marts_and_counts_their_rows(seen, sample_release) -> None:
    marts = {
        name.removeprefix("marts."): rows for name, rows in seen["rows"].items() if name.startswith("marts.")
    }
    assert marts == sample_release.outcome.rows
    assert {"meta.release", "meta.source_file", "meta.data_dictionary"} <= seen["rows"].keys()
    listed = {f"{schema}.{table}" for schema, table in seen["information_schema"]}
    assert listed == seen["rows"].keys()
    assert {f"{schema}.{table}" for _, schema, table, *_ in seen["shown"]} == seen["rows"].keys()


def test_an_old_duckdb_reads_the_same_numbers(seen, today) -> None:
    for column, total in seen["sums"].items():
        schema, table, name = column.split(".")
        ((expected,),) = today.sql(f'select sum("{name}") from {schema}.{table}').fetchall()
        if expected is None:  # a column that is null throughout, or an empty mart
            assert total is None, column
        else:
            assert total == pytest.approx(expected, rel=1e-9, abs=1e-5), column
    core = today.sql(
        "select rank, technology, is_core_technology, title from marts.fct_core_technology "
        "order by level, rank limit 20"
    ).fetchall()
    assert [tuple(row) for row in seen["core"]] == core


def test_an_old_duckdb_reads_the_comments(seen, today) -> None:
    dictionary = today.sql(
        "select 'marts', table_name, column_name, comment from meta.data_dictionary order by all"
    ).fetchall()
    marts = [(s, t, c, comment) for s, t, c, _, comment in seen["columns"] if s == "marts"]
    assert sorted(marts) == dictionary
    assert all(comment for schema, _, comment in seen["tables"] if schema == "marts")


def test_an_old_duckdb_leaves_the_file_as_it_is(seen, sample_release) -> None:
    del seen
    assert not Path(f"{sample_release.database}.wal").exists()
