"""The server on a real PostgreSQL: two workers, schedules, and as many task runs as come."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from prefect import flow, task
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import DeploymentUpdate
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.client.schemas.schedules import IntervalSchedule
from prefect.runtime import flow_run

from corepath.warehouse.release.repository import Releases
from corepath.warehouse.settings import ROOT
from tests.flows.conftest import LiveServer, live
from tests.flows.postgres import PROGRAMS, postgres
from tests.releases import families, publish

# As compose.yaml has it.
BATCHES = {
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "50",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "50",
}

pytestmark = [pytest.mark.slow, pytest.mark.skipif(PROGRAMS is None, reason="needs PostgreSQL")]


@pytest.fixture(scope="module")
def on_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    home = tmp_path_factory.mktemp("on_postgres")
    with (
        postgres() as database,
        live(home, PREFECT_SERVER_DATABASE_CONNECTION_URL=database.url, **BATCHES) as server,
    ):
        assert not (home / "prefect.db").exists(), "nothing is in SQLite"
        yield server


@contextlib.contextmanager
def worker(server: LiveServer, said: Path) -> Iterator[subprocess.Popen[bytes]]:
    environment = os.environ | {"PREFECT_API_URL": server.api, "PREFECT_HOME": str(server.home)}
    with said.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "corepath.flows.worker"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_two_workers_share_what_a_schedule_starts_and_one_goes_on_without_the_other(
    on_postgres: LiveServer, tmp_path: Path
) -> None:
    releases = Releases(tmp_path / "releases", "information_technology")
    publish(releases, {"fct_patent": families(3)})
    subprocess.run(
        [sys.executable, "-m", "corepath.flows.serve", "--only-deploy"],
        cwd=ROOT,
        env=os.environ | {"PREFECT_API_URL": on_postgres.api, "PREFECT_HOME": str(on_postgres.home)},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    logs = [tmp_path / "one.log", tmp_path / "two.log"]
    with get_client(sync_client=True) as client:
        deployment = client.read_deployment_by_name("prune/prune-sample")
        settings = {"releases": str(tmp_path / "releases"), "warehouse": str(tmp_path / "warehouse.duckdb")}
        client.update_deployment(
            deployment.id, DeploymentUpdate(parameters={"settings": settings, "keep": 1})
        )
        every = IntervalSchedule(interval=timedelta(seconds=5))
        client.create_deployment_schedules(deployment.id, [(every, True)])

        of_deployment = DeploymentFilter(id=DeploymentFilterId(any_=[deployment.id]))

        def ended(*states: StateType) -> int:
            state = FlowRunFilterState(type=FlowRunFilterStateType(any_=list(states)))
            found = client.read_flow_runs(
                deployment_filter=of_deployment, flow_run_filter=FlowRunFilter(state=state)
            )
            return len(found)

        def wait_for(count: int) -> None:
            deadline = time.monotonic() + 300
            while ended(StateType.COMPLETED) < count:
                assert time.monotonic() < deadline, "\n".join(log.read_text() for log in logs)
                time.sleep(1)

        with worker(on_postgres, logs[0]) as first, worker(on_postgres, logs[1]):
            while not all(re.search("submitting flow run", log.read_text()) for log in logs):
                wait_for(ended(StateType.COMPLETED) + 1)
            os.kill(first.pid, signal.SIGKILL)
            wait_for(ended(StateType.COMPLETED) + 2)
        assert ended(StateType.FAILED) == 0, "who finds another at work waits for its turn"


@task
def nothing(number: int) -> int:
    return number


@flow
def many(count: int) -> str:
    nothing.map(range(count)).wait()
    return str(flow_run.get_id())


def test_every_one_of_many_task_runs_is_noted(on_postgres: LiveServer) -> None:
    """How many a second, is printed: docs/operations.md has what was measured."""
    del on_postgres
    count, began = 1000, time.monotonic()
    run = many(count)
    done = time.monotonic() - began
    noted_runs = {
        "flow_runs": {"id": {"any_": [run]}},
        "task_runs": {"state": {"type": {"any_": [StateType.COMPLETED.value]}}},
    }
    with get_client(sync_client=True) as client:
        while (noted := client.request("POST", "/task_runs/count", json=noted_runs).json()) < count:
            assert time.monotonic() < began + 600, f"{noted} of {count}"
            time.sleep(0.5)
    noted_after = time.monotonic() - began
    assert noted == count
    print(f"{count} task runs: {count / done:.0f} a second run, {count / noted_after:.0f} a second noted")
