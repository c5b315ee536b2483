"""A lake on Spark against a warehouse of DuckDB: the same staging, and a release of it."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import duckdb
import pytest

from corepath.synthetic import topic, world
from corepath.warehouse import cluster
from corepath.warehouse.build.graph import discover, head_of
from corepath.warehouse.errors import BadInput, Busy, Refused, UsageError
from corepath.warehouse.lake.lake import Lake
from corepath.warehouse.refresh import refresh
from corepath.warehouse.settings import ROOT, Cluster, Settings
from corepath.warehouse.sources import named
from corepath.warehouse.validate.bare import evaluate
from corepath.warehouse.validate.suites import suites_of
from tests.conftest import SOURCES
from tests.sources.damaged import DUMPS
from tests.spark.both import against, differing, on_duckdb

SEVEN = {"docdb", "google_patents", "lens", "patentsview", "patstat", "ppubs", "uspto"}


@pytest.fixture(scope="session")
def every_dump(tmp_path_factory) -> dict[str, Path]:
    """All seven sources: what is shipped of them, made-up worlds of them, and damage of every kind."""
    home = tmp_path_factory.mktemp("every")
    for name, damaged in DUMPS.items():
        found = damaged()
        found.written(home / found.source / name)
    for layout in ("patstat", "patentsview"):
        given = ["--families", "300", "--layout", layout, "--corrupt", "0.02", "--shards", "2"]
        world.main([*given, "--out", str(home / layout / "world")])
    for source, folder in {**SOURCES, "google_patents": ROOT / "samples" / "google_patents"}.items():
        shutil.copytree(folder, home / source / "sample")
    return {folder.name: folder for folder in home.iterdir()}


@pytest.fixture(autouse=True)
def one_session(spark) -> Iterator[None]:
    """Let every job use the session of the tests, which costs seconds to open."""
    with patch("corepath.warehouse.cluster.opened") as opened:
        opened.return_value.__enter__.return_value = spark
        yield


@pytest.fixture(scope="session")
def everything(tmp_path_factory, spark, every_dump):
    """The lake of all seven sources, whatever their damage, and the same on one machine."""
    where = Cluster(lake=str(tmp_path_factory.mktemp("lake") / "every"), spark="local[2]")
    with (
        patch("corepath.warehouse.cluster.opened") as opened,
        patch("corepath.warehouse.cluster.require_valid"),
    ):
        opened.return_value.__enter__.return_value = spark
        staged = cluster.stage(Settings(sources=every_dump, reject_share=1.0, threads=2), where)
    return where, staged, on_duckdb(every_dump)


def test_staging_of_all_seven_sources_is_equal_row_by_row(everything):
    where, staged, connection = everything
    sources = connection.sql("select distinct source from sources.stg_document").fetchall()
    assert {source for (source,) in sources} == SEVEN
    assert differing(connection, Lake(where.lake)) == {}
    assert {key for key, rows in staged.rows.items() if key.startswith("staging.") and not rows} <= {
        "staging.stg_applicant",
        "staging.stg_inventor",
    }


def test_each_table_of_a_source_is_equal_row_by_row(everything):
    where, _, connection = everything
    lake = Lake(where.lake)
    made = {k: m for k, m in lake.state().tables["staging"].items() if k.split(".")[0] in SEVEN}
    assert {key.split(".")[0] for key in made} == SEVEN
    differ = {key: against(connection, key, lake.read(key, mark)) for key, mark in made.items()}
    assert {key: (one[:3], other[:3]) for key, (one, other) in differ.items() if one or other} == {}


def test_the_balance_of_each_file_is_that_of_one_machine(everything):
    where, _, connection = everything
    files = Lake(where.lake).state().files
    columns = ("source", "file", "sha256", "rows", "loaded", "rejected")
    ours = connection.sql(f"select {', '.join(columns)} from warehouse.raw.source_file").fetchall()
    ledger = [row for file in files for row in file["ledger"]["source_file"]]
    assert sorted(tuple(row[c] for c in columns) for row in ledger) == sorted(ours)
    rejects = [
        Lake(where.lake).read(k, m) for f in files for k, m in f["tables"].items() if k == "raw.rejects"
    ]
    theirs = [row for table in rejects for row in zip(*table.to_pydict().values(), strict=True)]
    assert sorted(theirs) == sorted(connection.sql("from warehouse.raw.rejects").fetchall())
    assert len(theirs) > 50


def test_validation_says_what_it_says_on_one_machine(everything):
    _, staged, connection = everything
    tables = discover({name: named(name) for name in SEVEN}).values()
    heads = {t.name: head_of(t) for t in tables if t.schema == "staging" and not t.is_view}
    said = [
        (r.table, r.expectation, r.column, r.severity, r.outcome, r.observed, r.why)
        for suite in suites_of(connection, "staging", heads)
        for r in evaluate(connection, suite)
    ]
    theirs = [r for r in staged.results if r.table.startswith("stg_")]
    assert said == [
        (r.table, r.expectation, r.column, r.severity, r.outcome, r.observed, r.why) for r in theirs
    ]
    assert {r.outcome for r in theirs} == {"passed", "failed"}


@pytest.fixture(scope="session")
def releases(tmp_path_factory, spark, dump, lake):
    """A release of one machine, the next one from the lake, and what another run of that came to."""
    folder = tmp_path_factory.mktemp("release")
    settings = Settings(
        topic=str(topic.write(folder / "topic.toml", **topic.FEW_DRAWS)),
        sources={"google_patents": dump},
        reject_share=0.5,
        threads=2,
        warehouse=folder / "warehouse.duckdb",
        releases=folder / "releases",
    )
    one = refresh(settings)
    settings = settings.model_copy(update={"sources": {}})
    with patch("corepath.warehouse.cluster.opened") as opened:
        opened.return_value.__enter__.return_value = spark
        return settings, one, *(cluster.refresh(settings, lake.where) for _ in range(2))


def test_a_release_of_a_lake_is_that_of_one_machine(releases):
    _, one, of_lake, again = releases
    assert (one.status, of_lake.status, again.status) == ("published", "published", "unchanged")
    assert one.rows == of_lake.rows
    # As `corepath diff` compares them: nothing but last digits.
    change = json.loads((of_lake.path / "changes.json").read_text())
    assert (change["before"], change["after"]) == (one.path.name, of_lake.path.name)
    assert change["schema"] == []
    for table in change["tables"]:
        assert (table["added"], table["removed"], table["changed"]) == (0, 0, 0), table


def test_a_release_names_what_made_it(releases):
    _, one, of_lake, _ = releases
    ours = f"DuckDB {duckdb.__version__}"
    for outcome, engine in ((one, ours), (of_lake, f"{cluster.engine()} and {ours}")):
        with duckdb.connect(outcome.path / "corepath.duckdb", read_only=True) as connection:
            assert connection.sql("select engine from meta.release").fetchall() == [(engine,)]


def test_a_second_topic_uses_the_same_staging(lake, releases, tmp_path, caplog):
    settings, *_ = releases
    before = Lake(lake.where.lake).state()
    asked = topic.write(tmp_path / "topic.toml", everything=True, **topic.FEW_DRAWS)
    caplog.set_level("INFO", logger="corepath")
    other = cluster.refresh(settings.model_copy(update={"topic": str(asked)}), lake.where)
    assert (other.status, other.path.parent.name) == ("published", "everything")
    # Not made again, and the first topic's tables are there as they were.
    after = Lake(lake.where.lake).state()
    assert before.tables.items() <= after.tables.items()
    for key in after.tables["staging"]:
        assert f"{key}: up to date" in caplog.messages or not key.startswith("staging."), key


def test_what_changed_is_loaded_and_the_rest_is_found(dump, lake, tmp_path, caplog):
    folder = tmp_path / "dump"
    shutil.copytree(dump, folder)
    shutil.copytree(lake.where.lake, tmp_path / "lake")
    where = lake.where.model_copy(update={"lake": str(tmp_path / "lake")})
    settings = Settings(sources={"google_patents": folder}, reject_share=0.5, threads=2)
    caplog.set_level("INFO", logger="corepath")
    again = cluster.stage(settings, where)
    assert again.rows == lake.staged.rows
    assert "rows loaded" not in caplog.text
    assert caplog.text.count(": up to date") > 8
    # Without one file, its rows are gone, and so is its folder.
    gone = sorted(folder.glob("*.parquet"))[0]
    gone.unlink()
    less = cluster.stage(settings, where)
    assert 0 < less.rows["staging.stg_document"] < lake.staged.rows["staging.stg_document"]
    assert less.removed > 0
    state = Lake(where.lake).state()
    assert gone.name not in {file["name"] for file in state.files}
    assert len(state.files) == len(list(Path(where.lake, "raw", "google_patents_publication").iterdir()))
    assert differing(on_duckdb({"google_patents": folder}), Lake(where.lake)) == {}


def test_a_stage_that_is_rejected_leaves_the_last_good_one(dump, lake, tmp_path):
    pointer = Path(lake.where.lake, "lake.json").read_bytes()
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "a.jsonl").write_text('{"publication_number": "no number"}\n' * 3)
    with pytest.raises(BadInput, match="none of its 3 rows"):
        cluster.stage(Settings(sources={"google_patents": tmp_path / "bad"}), lake.where)
    with (
        patch("corepath.warehouse.cluster._validate", side_effect=Refused("not valid")),
        pytest.raises(Refused, match="not valid"),
    ):
        cluster.stage(Settings(sources={"google_patents": dump}, reject_share=0.4), lake.where)
    assert Path(lake.where.lake, "lake.json").read_bytes() == pointer


def test_two_runs_do_not_write_one_lake(dump, lake):
    with Lake(lake.where.lake).held(), pytest.raises(Busy):
        cluster.stage(Settings(sources={"google_patents": dump}), lake.where)


def test_what_a_lake_cannot_give_is_said(lake, tmp_path):
    asked = topic.write(tmp_path / "topic.toml", **topic.FEW_DRAWS, indicators=["fc_5", "pr"])
    settings = Settings(topic=str(asked), releases=tmp_path / "releases")
    with pytest.raises(UsageError, match="PageRank"):
        cluster.refresh(settings, lake.where)
    with pytest.raises(UsageError, match="holds nothing yet"):
        cluster.refresh(settings, lake.where.model_copy(update={"lake": str(tmp_path / "none")}))
    twice = lake.where.model_copy(update={"dumps": {"google_patents": "s3://bucket/dump"}})
    with pytest.raises(UsageError, match="given twice"):
        cluster.stage(Settings(sources={"google_patents": tmp_path}), twice)
    pointer = Path(lake.where.lake, "lake.json")
    content = pointer.read_text()
    try:
        pointer.write_text(json.dumps(json.loads(content) | {"engine": "Apache Spark 3"}))
        with pytest.raises(UsageError, match="stage it again"):
            cluster.refresh(settings, lake.where)
    finally:
        pointer.write_text(content)
