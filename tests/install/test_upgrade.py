"""What earlier versions of corepath left: a warehouse is carried on or made again, a release can be read.

`earlier/` has warehouses and releases as the first and the last version of schema 1.0.0 and the first one of
schema 2.0.0 wrote them, of 70 records of samples/ppubs, with fewer rows of ipc_title.csv than ship. At a
change of the schema, or of what the warehouse keeps in `raw`, one of the version before is added.
"""

import gzip
import json
import tarfile
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from corepath.flows.cli import app
from corepath.warehouse.database import SCHEMA_VERSION
from corepath.warehouse.plan import foresee, resolve
from corepath.warehouse.refresh import load_sources, open_warehouse, plain, refresh
from corepath.warehouse.release.repository import Releases
from corepath.warehouse.settings import Settings

EARLIER = Path(__file__).with_name("earlier")
# With and without releases.
WAREHOUSES = sorted(path.name.removesuffix(".tar.xz") for path in EARLIER.glob("*.tar.xz"))
RELEASES = ["1.0.0-first", "1.0.0-last"]


def unpacked(name: str, folder: Path) -> Settings:
    """What that version left, and the settings of a refresh that goes on with it."""
    with tarfile.open(EARLIER / f"{name}.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    (folder / "dump").mkdir()
    (folder / "dump" / "ppubs.jsonl").write_bytes(gzip.decompress((EARLIER / "ppubs.jsonl.gz").read_bytes()))
    (folder / "any.toml").write_text(
        'name = "any"\ntitle = "Any"\nclasses = ["A", "B", "C", "D", "E", "F", "G", "H"]\n[method]\n'
        "minimum_families = 10\nsamples = 10\nnull_draws = 100\nrarefaction_draws = 20\n"
        "permutations = 99\ncommunities = 2\n"
    )
    return Settings(
        topic=str(folder / "any.toml"),
        sources={"ppubs": folder / "dump"},
        warehouse=folder / "warehouse.duckdb",
        releases=folder / "releases",
        threads=2,
    )


# How a command that reads takes a release of the first and of the last version of schema 1.0.0: its exit
# code, and a part of what it says.
READ = {
    "versions": ((0, "2026.11.0"), (0, "2026.11.0")),
    "verify": ((0, "ok     corepath.duckdb"), (0, "ok     report.html")),
    "schema": ((0, "# Schema 1.0.0"), (0, "# Schema 1.0.0")),
    "sql select(count(*))from(fct_patent)": ((0, "70"), (0, "70")),
    "show": ((3, "has schema 1.0.0 and lacks something"), (3, "has schema 1.0.0 and lacks something")),
    "open": ((3, "was made before releases had a report.html"), (0, "report.html")),
    "export networks": ((3, "has schema 1.0.0 and lacks something"), (0, "")),
    "diff 2026.11.0": ((2, "none is before it"), (2, "none is before it")),
    "doctor": ((0, "all is sound"), (0, "all is sound")),
    "pin 2026.11.0": ((0, "is pinned"), (0, "is pinned")),
    "prune --keep 1": ((0, "nothing to remove"), (0, "nothing to remove")),
    "reproduce": ((2, "before there was a recipe.json"), (2, "before there was a recipe.json")),
}


@pytest.mark.whole
@pytest.mark.parametrize("name", RELEASES)
def test_a_release_of_an_earlier_schema_is_read_or_said_to_lack_something(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unpacked(name, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BROWSER", "true")
    ended = {}
    for command, expected in READ.items():
        words = command.split()
        topic = [] if words[0] == "doctor" else ["--topic", "any"]
        done = CliRunner().invoke(app, [*words, *topic])
        code, part = expected[RELEASES.index(name)]
        if done.exit_code != code or part not in done.output:
            ended[command] = (done.exit_code, done.output[-500:], done.exception)
    assert not ended


@pytest.mark.slow
@pytest.mark.parametrize("name", WAREHOUSES)
def test_a_refresh_goes_on_from_what_an_earlier_version_left(name: str, tmp_path: Path) -> None:
    settings = unpacked(name, tmp_path)
    outcome = refresh(settings)
    assert outcome.status == "published"
    assert outcome.rows["fct_patent"] == 70
    fresh = settings.model_copy(
        update={"warehouse": tmp_path / "fresh.duckdb", "releases": tmp_path / "fresh"}
    )
    again = refresh(fresh)
    # What went before shows in no table, to the byte.
    marts = {path.name: path.read_bytes() for path in again.path.glob("*.parquet")}
    assert {path.name: path.read_bytes() for path in outcome.path.glob("*.parquet")} == marts
    assert refresh(settings).status == "unchanged"
    if name in RELEASES:
        about = json.loads((outcome.path / "datapackage.json").read_text())["corepath"]
        assert about["schema_version"] == SCHEMA_VERSION
        changes = json.loads((outcome.path / "changes.json").read_text())
        assert changes["schema"], "what readers must know of the new schema"
        assert list(Releases(settings.releases, "any").published()) == ["2026.11.0", outcome.version]


@pytest.mark.whole
def test_a_warehouse_of_another_form_is_emptied_and_read_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = unpacked("2.0.0-first", tmp_path)
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute("alter table raw.source_file rename column sha256 to blake3")
    assert len(foresee(resolve(settings)).files["ppubs"].new) == 1, "the plan tells that all is loaded"
    with open_warehouse(resolve(settings)) as connection, caplog.at_level("WARNING", "corepath"):
        loaded = load_sources(connection, resolve(settings), plain)
        rows = connection.sql("select count(*) from warehouse.raw.ppubs_publication").fetchall()
    assert loaded
    assert rows == [(70,)]
    assert "raw.source_file has other columns): it is emptied" in caplog.text
