"""What a run would do is said before it does it, and nothing is changed by saying so."""

from pathlib import Path

import pytest

from corepath.warehouse.errors import UsageError
from corepath.warehouse.plan import as_text, foresee, identity, resolve, truth_of
from corepath.warehouse.release.repository import Releases
from corepath.warehouse.settings import Settings
from tests.conftest import SOURCES

TOPIC = "information_technology"


def test_without_a_warehouse_everything_is_new_and_nothing_is_made(tmp_path: Path) -> None:
    settings = Settings(
        topic=TOPIC, sources=SOURCES, warehouse=tmp_path / "w.duckdb", releases=tmp_path / "releases"
    )
    plan = foresee(resolve(settings))
    assert {name: (len(p.new), p.changed, p.gone) for name, p in plan.files.items()} == {
        "ppubs": (1, [], []),
        "uspto": (9, [], []),
    }
    assert plan.builds["staging.stg_document"] == "is not there yet"
    assert plan.builds["marts.fct_patent"] == "made anew for each topic"
    assert plan.version is None
    assert "build  publish: information_technology 20" in as_text(plan)
    assert list(tmp_path.iterdir()) == []


def test_what_was_planted_is_part_of_a_build(tmp_path: Path) -> None:
    truth = tmp_path / "truth.toml"
    truth.write_text("[country.JP]\nlag = 1.0\n")
    with_truth = truth_of(Settings(truth=truth))
    truth.write_text("[country.JP]\nlag = 2.0\n")
    made = {
        identity({}, {}, one) for one in (truth_of(Settings()), with_truth, truth_of(Settings(truth=truth)))
    }
    assert len(made) == 3
    assert identity({}, {}, None) == identity({}, {})


@pytest.mark.whole
def test_a_run_does_what_its_plan_said(own_sample, topic_file, monkeypatch) -> None:
    version = Releases(own_sample.releases, TOPIC).latest().version
    plan = foresee(resolve(own_sample))
    assert plan.version == version
    assert as_text(plan).endswith(f"skip   publish: {TOPIC} {version} is up to date")
    # Another topic shares the warehouse: only its own tables would be built.
    other = foresee(resolve(own_sample.model_copy(update={"topic": topic_file("chips", "H01L")})))
    assert {key.split(".")[0] for key, reason in other.builds.items() if reason} == {"intermediate", "marts"}
    assert not any(files.changes for files in other.files.values())


def test_what_changes_in_a_dump_is_followed_to_the_tables_that_read_it(own_sample, tmp_path: Path) -> None:
    dump = tmp_path / "ppubs"
    dump.mkdir()
    (dump / "ppubs.jsonl.gz").symlink_to(SOURCES["ppubs"] / "ppubs.jsonl.gz")
    (dump / "more.jsonl").write_text("{}\n")
    plan = foresee(resolve(own_sample.model_copy(update={"sources": {**own_sample.sources, "ppubs": dump}})))
    assert (plan.files["ppubs"].new, plan.files["ppubs"].gone) == (["more.jsonl"], [])
    assert plan.builds["uspto.stg_document"] is None
    assert plan.builds["ppubs.record"] == "raw.ppubs_publication changed"
    assert plan.builds["ppubs.publication"] == "ppubs.record changed"
    assert plan.builds["staging.stg_document"] == "sources.stg_document changed"


def test_a_plan_needs_a_source() -> None:
    with pytest.raises(UsageError, match="name at least one source"):
        resolve(Settings())
