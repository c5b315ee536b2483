"""A refresh tells where its time went, with Prefect and without."""

from collections.abc import Iterator

import pytest
from prefect.testing.utilities import prefect_test_harness

from benchmarks.phases import shares, tell
from corepath.warehouse import refresh as core
from corepath.warehouse.settings import Settings


@pytest.fixture
def server(tmp_path, monkeypatch) -> Iterator[None]:
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))
    with prefect_test_harness(server_startup_timeout=120):
        yield


@pytest.mark.whole
@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("plain", [True, False])
def test_every_second_of_a_refresh_belongs_to_a_phase(own_sample: Settings, plain, monkeypatch):
    monkeypatch.setattr(core, "refresh", core.refresh)  # put back what is wrapped
    told = tell(own_sample, plain)
    assert told["status"] == "unchanged"
    assert set(told["steps"]) == {"load ppubs", "load uspto"}
    wall = told["core"] + told["flow"] + told["import"] + 1.5
    phases = shares(wall, told)
    assert sum(phases.values()) == pytest.approx(wall)
    assert phases["starting up"] == pytest.approx(1.5)
    assert min(phases.values()) >= 0
    assert (told["import"] == 0) is plain
