"""Metrics of runs and releases, as Prometheus' own parser reads them."""

import base64
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from corepath.flows.metrics import measured
from corepath.warehouse.errors import BadInput, Refused
from corepath.warehouse.metrics import Sample, as_text
from corepath.warehouse.settings import ROOT, Settings
from tests.flows.conftest import live

Values = dict[str, dict[tuple[str, ...], float]]


def parsed(text: str) -> Values:
    """Values by metric, and by the values of their labels."""
    found = {}
    for family in text_string_to_metric_families(text):
        assert family.type == "gauge"
        assert family.documentation
        found[family.name] = {tuple(s.labels.values()): s.value for s in family.samples}
    return found


def check_release(found: Values, sample_release) -> None:
    topic, version, rows = (getattr(sample_release.outcome, name) for name in ("topic", "version", "rows"))
    assert found["corepath_release_info"] == {(topic, version): 1}
    published = found["corepath_release_published_timestamp_seconds"][topic,]
    assert 0 <= time.time() - published < 86_400
    assert found["corepath_release_rows"] == {(topic, table): count for table, count in rows.items()}
    read, rejected = found["corepath_source_rows"], found["corepath_source_rejected_rows"]
    assert set(read) == set(rejected) == {(topic, "ppubs"), (topic, "uspto")}
    assert all(0 <= rejected[of] < read[of] for of in read)
    total, linked = found["corepath_source_references"], found["corepath_source_linked_references"]
    assert all(0 <= linked[of] < total[of] for of in total)
    assert sum(linked.values()) > 0


def test_a_run_that_ended_well_leaves_metrics_of_itself_and_of_its_release(
    sample_release, tmp_path: Path
) -> None:
    settings = Settings(topic="information_technology", metrics=tmp_path / "textfile")
    with measured(settings) as measure:
        step = measure.timed(lambda _name, work, _retries: work())
        for name in ("load uspto", "staging.x", "marts.y", "publish"):
            step(name, lambda: time.sleep(0.01), 0)
        measure.outcome = sample_release.outcome
    run, release = (
        parsed((tmp_path / "textfile" / f"corepath-information_technology{part}.prom").read_text())
        for part in ("-run", "")
    )
    topic = "information_technology"
    assert run["corepath_run_info"] == {(topic, "published"): 1}
    assert run["corepath_run_success"] == {(topic,): 1}
    seconds = run["corepath_run_phase_seconds"]
    assert set(seconds) == {(topic, phase) for phase in ("load", "build", "publish")}
    assert seconds[topic, "build"] >= 0.02
    check_release(release, sample_release)
    assert time.time() - release["corepath_last_success_timestamp_seconds"][topic,] < 60


@pytest.mark.parametrize(("error", "status"), [(Refused("few"), "refused"), (BadInput("cut"), "failed")])
def test_a_run_that_fails_says_so_and_leaves_the_last_success_as_it_was(
    error: Exception, status: str, tmp_path: Path
) -> None:
    before = tmp_path / "corepath-ai_chips.prom"
    before.write_text("the last success\n")
    with pytest.raises(type(error)), measured(Settings(topic="ai_chips", metrics=tmp_path)):
        raise error
    found = parsed((tmp_path / "corepath-ai_chips-run.prom").read_text())
    assert found["corepath_run_info"] == {("ai_chips", status): 1}
    assert found["corepath_run_success"] == {("ai_chips",): 0}
    assert before.read_text() == "the last success\n"
    assert len(list(tmp_path.iterdir())) == 2, "nothing is left aside"


def test_metrics_that_cannot_be_written_do_not_fail_a_run(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    with measured(Settings(topic="ai_chips", metrics=tmp_path / "file")):
        pass
    assert "the metrics of this run could not be written" in caplog.text


def test_any_text_is_one_label() -> None:
    hostile = 'a"} 1\nother{x="\\'
    text = as_text([Sample("corepath_run_success", {"topic": hostile}, 1)])
    assert parsed(text) == {"corepath_run_success": {(hostile,): 1}}


def test_the_command_tells_of_the_latest_release_of_each_topic(sample_release) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "corepath.flows.cli", "metrics", "--releases", str(sample_release.releases)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    check_release(parsed(done.stdout), sample_release)


@pytest.mark.slow
def test_prefects_own_metrics_are_where_the_page_says(tmp_path: Path) -> None:
    settings = {"PREFECT_SERVER_METRICS_ENABLED": "true", "PREFECT_SERVER_API_AUTH_STRING": "corepath:secret"}
    with live(tmp_path, **settings) as server:
        url = f"{server.api}/metrics"
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(url)
        secret = base64.b64encode(b"corepath:secret").decode()
        request = urllib.request.Request(url, headers={"authorization": f"Basic {secret}"})
        with urllib.request.urlopen(request) as answer:
            families = list(text_string_to_metric_families(answer.read().decode()))
    assert any(family.samples for family in families)
