"""Single tables in a file of their own: the same rows as in a release, and nothing published."""

from pathlib import Path

import duckdb
import pytest

from corepath.warehouse.errors import UsageError
from corepath.warehouse.plan import resolve
from corepath.warehouse.scratch import build_tables, needed
from corepath.warehouse.settings import Settings


@pytest.mark.whole
def test_tables_and_what_they_need_hold_what_the_release_holds(
    own_sample: Settings, sample_release, tmp_path: Path
) -> None:
    run = resolve(own_sample)
    releases = sorted(own_sample.releases.rglob("*"))
    file = tmp_path / "scratch.duckdb"
    built = build_tables(run, ["fct_patent_subfield", "marts.fct_main_path", "stg_family"], file)
    keys = [each.table for each in built]
    assert keys == needed(run, ["marts.fct_patent_subfield", "marts.fct_main_path", "staging.stg_family"])
    assert "intermediate.int_score" not in keys, "no other table is built"
    with duckdb.connect(str(file), read_only=True) as scratch:  # alone, without the warehouse
        for mart in ("fct_patent_subfield", "fct_main_path"):
            rows = scratch.sql(f"from marts.{mart} order by all").fetchall()
            with duckdb.connect(str(sample_release.database), read_only=True) as release:
                assert rows == release.sql(f"from marts.{mart} order by all").fetchall()
        families = {each.table: each.rows for each in built}["staging.stg_family"]
        assert scratch.sql("select count(*) from staging.stg_family").fetchall() == [(families,)]
        assert scratch.sql("select tables from meta.scratch").fetchall() == [
            ("marts.fct_patent_subfield,marts.fct_main_path,staging.stg_family",)
        ]
        assert scratch.sql("select count(*) from duckdb_views() where not internal").fetchall() == [(0,)]
    assert sorted(own_sample.releases.rglob("*")) == releases

    build_tables(run, ["int_family"], file)  # in place of the first
    with duckdb.connect(str(file), read_only=True) as scratch:
        assert scratch.sql("select tables from meta.scratch").fetchall() == [("intermediate.int_family",)]
    assert [path.name for path in tmp_path.iterdir() if "scratch" in path.name] == ["scratch.duckdb"]


def test_a_view_that_is_asked_for_is_kept_as_a_table(own_sample: Settings, tmp_path: Path) -> None:
    run = resolve(own_sample)
    views = [key for key, table in run.tables.items() if table.is_view and not table.in_warehouse]
    file = tmp_path / "scratch.duckdb"
    build_tables(run, views[:1], file)
    with duckdb.connect(str(file), read_only=True) as scratch:
        scratch.sql(f"from {views[0]} limit 1").fetchall()


def test_a_misspelt_table_and_a_file_of_somebody_else_are_errors(
    own_sample: Settings, tmp_path: Path
) -> None:
    run = resolve(own_sample)
    with pytest.raises(UsageError, match=r"no table 'fct_patents' \(did you mean fct_patent\?\)"):
        build_tables(run, ["fct_patents"], tmp_path / "scratch.duckdb")
    theirs = tmp_path / "theirs.duckdb"
    duckdb.connect(str(theirs)).close()
    with pytest.raises(UsageError, match="was not written by corepath build"):
        build_tables(run, ["int_family"], theirs)
    with pytest.raises(UsageError, match="there is no folder"):
        build_tables(run, ["int_family"], tmp_path / "no" / "scratch.duckdb")
