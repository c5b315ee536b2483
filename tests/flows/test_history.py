"""Going back and pruning by a flow: what the core does, and what Prefect's server is told of it."""

import shutil
from typing import Any

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey

from corepath.flows import history
from corepath.warehouse.errors import UsageError
from corepath.warehouse.release.repository import Attempt, Releases, now
from corepath.warehouse.settings import Settings

pytestmark = pytest.mark.usefixtures("server")

TOPIC = "information_technology"


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The events that flows emit."""
    events: list[dict[str, Any]] = []
    monkeypatch.setattr("corepath.flows.refresh.emit_event", lambda **event: events.append(event))
    return events


@pytest.fixture
def releases(own_sample: Settings) -> Releases:
    """The sample's release, and the same once more as a newer version, the latest."""
    releases = Releases(own_sample.releases, TOPIC)
    shutil.copytree(releases.path(), releases.folder / "2099.1.0")
    releases.note(Attempt("published", "other", now(), "2099.1.0", rows={"fct_patent": 1}))
    releases.point_to("2099.1.0")
    return releases


def reports() -> list[str | None]:
    """The versions of which release reports were made."""
    with get_client(sync_client=True) as client:
        found = client.read_artifacts(
            artifact_filter=ArtifactFilter(key=ArtifactFilterKey(any_=["release-report"]))
        )
    return [artifact.description for artifact in found]


@pytest.mark.whole
def test_a_rollback_moves_latest_reports_it_and_emits_an_event(
    own_sample: Settings, releases: Releases, told: list[dict[str, Any]]
) -> None:
    older = next(iter(releases.published()))
    history.rollback(own_sample, older, "wrong countries")
    assert releases.path().name == older
    last = releases.attempts()[-1]
    assert (last.status, last.reason) == ("rolled back", "instead of 2099.1.0: wrong countries")
    assert older in reports()
    (event,) = told
    assert event["event"] == "corepath.release.rolled-back"
    assert event["resource"] == {
        "prefect.resource.id": f"corepath.release.{TOPIC}.{older}",
        "corepath.topic": TOPIC,
    }
    with pytest.raises(UsageError, match="is the latest already"):
        history.rollback(own_sample, older)
    assert len(told) == 1


@pytest.mark.whole
def test_a_prune_removes_and_emits_an_event_for_each_that_is_gone(
    own_sample: Settings, releases: Releases, told: list[dict[str, Any]]
) -> None:
    older = next(iter(releases.published()))
    (gone,) = history.prune(own_sample, keep=1)
    assert gone.version == older
    assert list(releases.published()) == ["2099.1.0"]
    (event,) = told
    assert event["event"] == "corepath.release.pruned"
    assert event["resource"]["prefect.resource.id"].endswith(f".{older}")
    assert history.prune(own_sample, keep=1) == []
    assert len(told) == 1
