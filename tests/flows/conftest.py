"""What tests of flows share: a server of Prefect's."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.objects import State
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.testing.utilities import prefect_test_harness

from corepath.flows.worker import POOL, CorepathWorker


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Prefect's own server, for one module: tests of the command start without one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PREFECT_HOME", str(tmp_path_factory.mktemp("prefect")))
        with prefect_test_harness(server_startup_timeout=120):
            yield


@dataclass(frozen=True)
class LiveServer:
    """Prefect's server as a service runs it: with schedules, late runs and automations."""

    api: str
    home: Path


@contextmanager
def live(home: Path, **environment: str) -> Iterator[LiveServer]:
    """Start a server of its own, and let Prefect's clients of this process speak to it."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    settings = {
        "PREFECT_HOME": str(home),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        # Automations look for what did not happen every 5 s by default.
        "PREFECT_SERVER_EVENTS_PROACTIVE_GRANULARITY": "PT1S",
    }
    own = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    said = home / "server.log"
    with said.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)],
            env=own | settings | environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    server = LiveServer(f"http://127.0.0.1:{port}/api", home)
    try:
        with temporary_settings({PREFECT_API_URL: server.api}), get_client(sync_client=True) as client:
            deadline = time.monotonic() + 900
            while client.api_healthcheck() is not None:
                assert process.poll() is None, said.read_text()
                assert time.monotonic() < deadline, said.read_text()
                time.sleep(0.5)
            yield server
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def create_run(*states: State, tags: Sequence[str] = ()) -> UUID:
    """A run of a deployment of our pool, in states that no worker gave it."""
    with get_client(sync_client=True) as client:
        pool = WorkPoolCreate(name=POOL, type=CorepathWorker.type, base_job_template={})
        client.create_work_pool(pool, overwrite=True)
        flow_id = client.create_flow(flow(name="any")(lambda: None))
        deployment = client.create_deployment(flow_id, "any", work_pool_name=POOL)
        run = client.create_flow_run_from_deployment(deployment, tags=tags)
        for state in states:
            client.set_flow_run_state(run.id, state, force=True)
        return run.id


@pytest.fixture(scope="module")
def live_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server that carries out automations, for one module."""
    with live(tmp_path_factory.mktemp("live")) as server:
        yield server
