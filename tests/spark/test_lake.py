"""A lake on Spark against a warehouse of DuckDB: the same staging, and a release of it."""

import json
import shutil
from pathlib import Path
from unittest.mock import patch

import duckdb
import pytest

from corepath.synthetic import topic, world
from corepath.warehouse import cluster
from corepath.warehouse.build import builder as build
from corepath.warehouse.build.graph import discover
from corepath.warehouse.build.inputs import read_reference
from corepath.warehouse.errors import BadInput, Busy, Refused, UsageError
from corepath.warehouse.lake.lake import Lake
from corepath.warehouse.load.loader import load
from corepath.warehouse.refresh import refresh
from corepath.warehouse.settings import Cluster, Settings
from corepath.warehouse.sources import named
from tests.conftest import SOURCES
from tests.spark.conftest import SMALL

FAMILIES = 1_500


@pytest.fixture(scope="session")
def dumps(tmp_path_factory) -> dict[str, dict[str, Path]]:
    """The sample, and worlds in every layout, one row in fifty damaged."""
    folder = tmp_path_factory.mktemp("dumps")
    found = {"sample": dict(SOURCES)}
    for layout in ("google_patents", "patstat", "patentsview"):
        given = ["--families", str(FAMILIES), "--layout", layout, "--corrupt", "0.02", "--shards", "2"]
        world.main([*given, "--out", str(folder / layout)])
        found[layout] = {layout: folder / layout}
    # No loader reads an empty file as Parquet.
    (folder / "google_patents" / "publications_999999999999.parquet").unlink()
    return found


def on_duckdb(dumps: dict[str, Path], folder: Path) -> duckdb.DuckDBPyConnection:
    """Make staging as one machine does."""
    connection = duckdb.connect(config={"threads": 2})
    connection.execute("attach ':memory:' as warehouse; create schema warehouse.raw; use warehouse")
    sources = {name: named(name) for name in sorted(dumps)}
    for name, source in sources.items():
        load(connection, source, dumps[name], 0.5)
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


@pytest.fixture(scope="session")
def options(tmp_path_factory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("options")
    return SMALL | {"spark.sql.warehouse.dir": str(folder)}


@pytest.fixture(scope="session")
def lake(tmp_path_factory, spark, options):
    """Stage dumps into a lake of their own, in the one session of all tests."""
    made = {}

    def stage(name, dumps):
        if name not in made:
            folder = tmp_path_factory.mktemp(name) / "lake"
            where = Cluster(lake=str(folder), spark="local[2]", options=options)
            settings = Settings(sources=dumps, reject_share=0.5, threads=2)
            made[name] = (where, cluster.stage(settings, where))
        return made[name]

    return stage


@pytest.fixture(autouse=True)
def one_session(spark):
    """Let every job use the session of the tests, which costs seconds to open."""
    with patch("corepath.warehouse.cluster.opened") as opened:
        opened.return_value.__enter__.return_value = spark
        yield


@pytest.mark.parametrize("name", ["sample", "google_patents", "patstat", "patentsview"])
def test_staging_is_equal_row_by_row(name, dumps, lake, tmp_path):
    where, staged = lake(name, dumps[name])
    connection = on_duckdb(dumps[name], tmp_path)
    found, state = Lake(where.lake), Lake(where.lake).state()
    compared = 0
    for key in state.tables["staging"]:
        if not key.startswith("staging."):
            continue
        columns = connection.sql(f"describe {key}").fetchall()
        connection.register("found", found.read(key, state.tables["staging"][key]))
        listed = ", ".join(f'"{column}"' for column, *_ in columns)
        ours = f"select {listed} from {key}"
        theirs = "select " + ", ".join(f'"{c}"::{kind} as "{c}"' for c, kind, *_ in columns) + " from found"
        only_ours = connection.sql(f"{ours} except all {theirs}").fetchall()
        only_theirs = connection.sql(f"{theirs} except all {ours}").fetchall()
        assert (only_ours[:3], only_theirs[:3]) == ([], []), key
        compared += staged.rows[key]
        connection.unregister("found")
    assert compared > FAMILIES


@pytest.mark.parametrize("name", ["sample", "google_patents"])
def test_the_balance_of_each_file_is_that_of_one_machine(name, dumps, lake, tmp_path):
    where, _ = lake(name, dumps[name])
    connection = on_duckdb(dumps[name], tmp_path)
    ledger = [row for file in Lake(where.lake).state().files for row in file["ledger"]["source_file"]]
    ours = connection.sql(
        "select source, file, sha256, rows, loaded, rejected from warehouse.raw.source_file"
    )
    theirs = [
        tuple(row[c] for c in ("source", "file", "sha256", "rows", "loaded", "rejected")) for row in ledger
    ]
    assert sorted(theirs) == sorted(ours.fetchall())
    assert sum(row["rejected"] for row in ledger) > 0


def test_a_release_of_a_lake_is_that_of_one_machine(dumps, lake, tmp_path):
    where, _ = lake("google_patents", dumps["google_patents"])
    asked = str(topic.write(tmp_path / "topic.toml", **topic.FEW_DRAWS))
    of_lake = cluster.refresh(Settings(topic=asked, releases=tmp_path / "lake", threads=2), where)
    again = cluster.refresh(Settings(topic=asked, releases=tmp_path / "lake", threads=2), where)
    assert (of_lake.status, again.status) == ("published", "unchanged")
    one = refresh(
        Settings(
            topic=asked,
            sources=dumps["google_patents"],
            reject_share=0.5,
            threads=2,
            warehouse=tmp_path / "warehouse.duckdb",
            releases=tmp_path / "one",
        )
    )
    assert one.rows == of_lake.rows
    with duckdb.connect() as connection:
        for side, outcome in (("one", one), ("other", of_lake)):
            connection.execute(f"attach '{outcome.path / 'corepath.duckdb'}' as {side} (read_only)")
        engines = connection.sql(
            "select one.engine, other.engine from one.meta.release as one, other.meta.release as other"
        ).fetchall()
        assert engines == [
            (f"DuckDB {duckdb.__version__}", f"{cluster.engine()} and DuckDB {duckdb.__version__}")
        ]
        for name in one.rows:
            columns = connection.sql(f"describe one.marts.{name}").fetchall()
            # Figures agree to 1e-9: ten digits, and nothing but noise around zero.
            rounded = ", ".join(
                f'round("{c}", 9 - greatest(0, ceil(log10(abs("{c}") + 1e-300))::int)) + 0 as "{c}"'
                if kind == "DOUBLE" else f'"{c}"'
                for c, kind, *_ in columns
            )  # fmt: skip
            sides = [f"select {rounded} from {side}.marts.{name}" for side in ("one", "other")]
            different = connection.sql(f"{sides[0]} except all {sides[1]}").fetchall()
            assert different == [], name


def test_what_changed_is_loaded_and_the_rest_is_found(dumps, lake, tmp_path, options, caplog):
    folder = tmp_path / "dump"
    shutil.copytree(dumps["google_patents"]["google_patents"], folder)
    where = Cluster(lake=str(tmp_path / "lake"), spark="local[2]", options=options)
    settings = Settings(sources={"google_patents": folder}, reject_share=0.5, threads=2)
    first = cluster.stage(settings, where)
    caplog.set_level("INFO", logger="corepath")
    again = cluster.stage(settings, where)
    assert again.rows == first.rows
    assert "rows loaded" not in caplog.text
    assert caplog.text.count(": up to date") > 8
    # Without one file, its rows are gone, and so is its folder.
    sorted(folder.glob("*.parquet"))[0].unlink()
    less = cluster.stage(settings, where)
    assert 0 < less.rows["staging.stg_document"] < first.rows["staging.stg_document"]
    assert less.removed > 0
    state = Lake(where.lake).state()
    assert len(state.files) == 1
    assert len(list(Path(where.lake, "raw", "google_patents_publication").iterdir())) == 1


def test_a_stage_that_is_rejected_leaves_the_last_good_one(dumps, lake, tmp_path, options):
    where, _ = lake("google_patents", dumps["google_patents"])
    pointer = Path(where.lake, "lake.json").read_bytes()
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "a.jsonl").write_text('{"publication_number": "no number"}\n' * 3)
    with pytest.raises(BadInput, match="none of its 3 rows"):
        cluster.stage(Settings(sources={"google_patents": tmp_path / "bad"}), where)
    with (
        patch("corepath.warehouse.cluster._validate", side_effect=Refused("not valid")),
        pytest.raises(Refused, match="not valid"),
    ):
        cluster.stage(Settings(sources=dumps["google_patents"], reject_share=0.4), where)
    assert Path(where.lake, "lake.json").read_bytes() == pointer


def test_two_runs_do_not_write_one_lake(dumps, lake):
    where, _ = lake("google_patents", dumps["google_patents"])
    with Lake(where.lake).held(), pytest.raises(Busy):
        cluster.stage(Settings(sources=dumps["google_patents"]), where)


def test_what_a_lake_cannot_give_is_said(dumps, lake, tmp_path):
    where, _ = lake("google_patents", dumps["google_patents"])
    asked = topic.write(tmp_path / "topic.toml", **topic.FEW_DRAWS, indicators=["fc5", "pr"])
    settings = Settings(topic=str(asked), releases=tmp_path / "releases")
    with pytest.raises(UsageError, match="PageRank"):
        cluster.refresh(settings, where)
    with pytest.raises(UsageError, match="holds nothing yet"):
        cluster.refresh(settings, where.model_copy(update={"lake": str(tmp_path / "none")}))
    pointer = Path(where.lake, "lake.json")
    content = pointer.read_text()
    try:
        pointer.write_text(json.dumps(json.loads(content) | {"engine": "Apache Spark 3"}))
        with pytest.raises(UsageError, match="stage it again"):
            cluster.refresh(settings, where)
    finally:
        pointer.write_text(content)
