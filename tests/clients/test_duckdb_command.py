"""A release in the hands of somebody who has the `duckdb` command and nothing else."""

import csv
import io
import subprocess
from pathlib import Path

import duckdb
import pytest

from corepath.warehouse.settings import ROOT

# The package duckdb-cli brings the command as its project publishes it.
COMMAND = ROOT / ".venv-duckdb-1.5" / "bin" / "duckdb"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not COMMAND.exists(), reason="`make test-clients` installs the command"),
]


def ask(folder: Path, *arguments: str) -> list[list[str]]:
    """Let the command answer as CSV, from within a folder and without any configuration."""
    done = subprocess.run(
        [COMMAND, "-csv", "-noheader", "-init", "/dev/null", *arguments],
        cwd=folder,
        env={},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return list(csv.reader(io.StringIO(done.stdout)))


def test_the_command_lists_describes_and_reads_a_release(sample_release) -> None:
    latest = sample_release.releases / sample_release.outcome.topic / "latest"
    file = ["-readonly", "corepath.duckdb"]
    rows = sample_release.outcome.rows

    listed = ask(latest, *file, "select table_name from duckdb_tables() where schema_name='marts'")
    assert {name for (name,) in listed} == rows.keys()
    for mart, count in rows.items():
        assert ask(latest, *file, f"select count(*) from marts.{mart}") == [[str(count)]]
        assert ask(latest, ":memory:", f"select count(*) from '{mart}.parquet'") == [[str(count)]]

    columns = (
        "select column_name, comment from duckdb_columns() "
        "where schema_name = 'marts' and table_name = 'fct_patent' order by column_index"
    )
    with duckdb.connect(str(sample_release.database), read_only=True) as db:
        assert ask(latest, *file, columns) == [list(row) for row in db.sql(columns).fetchall()]
    version = ask(latest, *file, "select version from meta.release")
    assert version == [[sample_release.outcome.version]]
