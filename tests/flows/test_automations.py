"""What the server does by itself about runs whose process is gone."""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import StateType
from prefect.states import Cancelling, Completed, Pending, Running

from corepath.flows import automations
from corepath.flows.worker import POOL, CorepathWorker
from tests.flows.conftest import create_run

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("live_server")]

WITHIN = 12  # seconds; Prefect takes 10 at least


def state_of(run: UUID) -> StateType | None:
    with get_client(sync_client=True) as client:
        return client.read_flow_run(run).state_type


def until(probe: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not probe():
        assert time.monotonic() < deadline, f"nothing after {seconds} s"
        time.sleep(0.5)


async def synchronize(*alive: UUID) -> None:
    """What a worker does at its start and every 30 s; of some runs it sees the processes."""
    async with CorepathWorker(work_pool_name=POOL, create_pool_if_not_found=False) as worker:
        worker._alive = set(alive)
        await worker.sync_with_backend()


def test_a_run_whose_events_the_server_lost_ends_once_a_worker_named_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(automations, "SILENT_SECONDS", WITHIN)
    monkeypatch.setattr(automations, "PENDING_SECONDS", WITHIN)
    # Their events come before there are automations: as for a server that is killed before it handles them.
    running, pending = create_run(Running()), create_run(Pending())
    cancelling, over = create_run(Running(), Cancelling()), create_run(Running())
    time.sleep(3)
    automations.apply()
    time.sleep(WITHIN + 5)
    assert [state_of(run) for run in (running, pending, cancelling)] == [
        StateType.RUNNING,
        StateType.PENDING,
        StateType.CANCELLING,
    ], "nobody else ends them"

    asyncio.run(synchronize())
    # It ended before it was named, and says so only now: it told a server that was away.
    with get_client(sync_client=True) as client:
        state = Completed()
        state.timestamp -= timedelta(seconds=60)
        client.set_flow_run_state(over, state, force=True)
    until(lambda: state_of(running) == StateType.CRASHED, 60)
    until(lambda: state_of(pending) == StateType.CRASHED, 60)
    until(lambda: state_of(cancelling) == StateType.CANCELLED, 60)
    assert state_of(over) == StateType.COMPLETED


def test_a_run_whose_process_the_worker_sees_alive_is_not_ended_however_slow_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(automations, "SILENT_SECONDS", 2 * WITHIN)
    monkeypatch.setattr(automations, "PENDING_SECONDS", 2 * WITHIN)
    automations.apply()
    starting, running = create_run(Pending()), create_run(Running())
    others = create_run(Pending()), create_run(Running())

    def others_are_over() -> bool:
        asyncio.run(synchronize(starting, running))
        return [state_of(run) for run in others] == [StateType.CRASHED] * 2

    until(others_are_over, 180)
    assert [state_of(run) for run in (starting, running)] == [StateType.PENDING, StateType.RUNNING]
