"""The server on a real PostgreSQL: two workers, schedules, and as many task runs as come."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
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
    FlowRunFilterId,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.client.schemas.schedules import IntervalSchedule
from prefect.runtime import flow_run

from corepath.warehouse.release.repository import Releases
from corepath.warehouse.settings import ROOT
from tests.flows.conftest import LiveServer, live
from tests.releases import families, publish

# Where Debian keeps what is not for everyone's path.
PROGRAMS = [*Path("/usr/lib/postgresql").glob("*/bin"), *map(Path, os.get_exec_path())]
FOUND = [folder for folder in PROGRAMS if (folder / "initdb").exists()]

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not FOUND, reason="needs PostgreSQL")]


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """A cluster of its own; gives its URL. It does not run as root, who has the user postgres for it."""
    own = {"user": "postgres", "group": "postgres"} if os.getuid() == 0 else {}
    home = Path(tempfile.mkdtemp(prefix="corepath-postgres-"))
    if own:
        shutil.chown(home, **own)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    data = str(home / "data")
    initdb = [FOUND[0] / "initdb", "-D", data, "-U", "corepath", "--auth", "trust", "-E", "UTF8"]
    subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, cwd="/", **own)
    listens = [
        "-c",
        f"port={port}",
        "-c",
        "listen_addresses=127.0.0.1",
        "-c",
        f"unix_socket_directories={home}",
    ]
    with (home / "log").open("wb") as said:
        server = subprocess.Popen(
            [FOUND[0] / "postgres", "-D", data, *listens], stdout=said, stderr=said, cwd="/", **own
        )
    try:
        deadline = time.monotonic() + 60
        while "ready to accept" not in (home / "log").read_text():
            assert server.poll() is None, (home / "log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.2)
        yield f"postgresql+asyncpg://corepath@127.0.0.1:{port}/postgres"
    finally:
        server.send_signal(signal.SIGINT)  # ends it without waiting for clients
        server.wait(30)
        shutil.rmtree(home)


@pytest.fixture(scope="module")
def on_postgres(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    home = tmp_path_factory.mktemp("on_postgres")
    with live(home, PREFECT_SERVER_DATABASE_CONNECTION_URL=database) as server:
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
    """How many a second, is printed: docs/service.md has what was measured."""
    del on_postgres
    count, began = 300, time.monotonic()
    run = many(count)
    done = time.monotonic() - began
    with get_client(sync_client=True) as client:
        of_run = FlowRunFilter(id=FlowRunFilterId(any_=[run]))
        noted: set[str] = set()
        while len(noted) < count:
            assert time.monotonic() < began + 300, f"{len(noted)} of {count}"
            found = [
                each
                for page in (0, 200)
                for each in client.read_task_runs(flow_run_filter=of_run, limit=200, offset=page)
            ]
            noted = {str(each.id) for each in found if each.state_type == StateType.COMPLETED}
            time.sleep(0.2)
    noted_after = time.monotonic() - began
    print(f"{count} task runs: {count / done:.0f} a second run, {count / noted_after:.0f} a second noted")
