"""Automations that the server carries out by itself: runs whose process is gone do not block the next.

`make serve` applies them; elsewhere `python -m corepath.flows.automations` does, against the server of
PREFECT_API_URL.
"""

from datetime import timedelta
from typing import Any

from prefect.automations import EventTrigger, Posture
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import AutomationCore
from prefect.events.schemas.events import ResourceSpecification

import corepath.flows  # noqa: F401  sets how often a run says that it is alive
from corepath.flows import notification

_OURS = "corepath: "  # begins the names of all
_ENDED = {f"prefect.flow-run.{state}" for state in ("Completed", "Failed", "Crashed", "Cancelled")}
_HEARTBEAT = "prefect.flow-run.heartbeat"
_STARTED = "prefect.flow-run.Running"
# What the worker says of runs again and again: a server that died forgot events that it had not handled.
SEEN = {
    state: f"corepath.flow-run.seen-{state.value.lower()}"
    for state in (StateType.PENDING, StateType.RUNNING, StateType.CANCELLING)
}
# What it says instead of those whose process it started and sees alive: on a busy machine a process may take
# minutes to begin, and its own signs of life may be late.
ALIVE = {
    state: f"corepath.flow-run.alive-{state.value.lower()}"
    for state in (StateType.PENDING, StateType.RUNNING)
}
# A run says every 30 s that it is alive (PREFECT_FLOWS_HEARTBEAT_FREQUENCY): two may be late.
SILENT_SECONDS = 75
PENDING_SECONDS = 90


def automations() -> list[AutomationCore]:
    """Declare them.

    Returns
    -------
    list of AutomationCore
        One for runs that fell silent, one for runs that a worker took and never started, one for
        runs that were to be cancelled by a worker that is gone.
    """
    return [
        _end(
            "corepath: a run that fell silent",
            "Its process was killed or its machine went down.",
            # It may die before its first sign of life.
            after={_STARTED, _HEARTBEAT, SEEN[StateType.RUNNING], ALIVE[StateType.RUNNING]},
            expect={_HEARTBEAT, ALIVE[StateType.RUNNING], *_ENDED},
            seconds=SILENT_SECONDS,
        ),
        _end(
            "corepath: a run that was never started",
            "A worker took it and was gone before it ran.",
            after={"prefect.flow-run.Pending", SEEN[StateType.PENDING], ALIVE[StateType.PENDING]},
            expect={_STARTED, _HEARTBEAT, ALIVE[StateType.PENDING], *_ENDED},
            seconds=PENDING_SECONDS,
        ),
        _end(
            "corepath: a cancelled run that nobody ended",
            "It was to be cancelled, and the worker that would do so is gone.",
            after={"prefect.flow-run.Cancelling", SEEN[StateType.CANCELLING]},
            expect=_ENDED,
            seconds=PENDING_SECONDS,
            # The one state that Prefect lets a run go to from there.
            state=StateType.CANCELLED,
        ),
    ]


def _end(
    name: str, why: str, after: set[str], expect: set[str], seconds: int, state: StateType = StateType.CRASHED
) -> AutomationCore:
    return AutomationCore(
        name=name,
        description=f"{why} Its slot of the work pool is freed, and the next run can start.",
        trigger=EventTrigger(
            posture=Posture.Proactive,
            match=ResourceSpecification({"prefect.resource.id": "prefect.flow-run.*"}),
            for_each={"prefect.resource.id"},
            after=after,
            expect=expect,
            threshold=1,
            within=timedelta(seconds=seconds),
        ),
        # Not by force: a run that ended meanwhile stays as it is.
        actions=[ChangeFlowRunState(name=None, state=state, message=why, force=False)],
    )


def apply() -> None:
    """Create them on the server, with those that notify people; replace or remove those that were changed.

    One that is as declared stays: it remembers the runs that it watches, among them those that died
    with the server.

    Raises
    ------
    UsageError
        COREPATH_NOTIFY names somebody who cannot be notified.
    """
    from prefect.client.orchestration import get_client

    wanted = notification.settings()
    declared = [*automations(), *notification.automations(wanted, notification.save(wanted))]
    names = {automation.name for automation in declared}
    with get_client(sync_client=True) as client:
        for known in client.read_automations():
            if known.name.startswith(_OURS) and known.name not in names:
                client.delete_automation(known.id)
        for automation in declared:
            known = client.read_automations_by_name(automation.name)
            if [_content(each) for each in known] == [_content(automation)]:
                continue
            for each in known:
                client.delete_automation(each.id)
            client.create_automation(automation)


def _content(automation: AutomationCore) -> dict[str, Any]:
    """Give what an automation does, without the numbers and times that the server adds."""
    return automation.model_dump(include={"description", "trigger", "actions"})


if __name__ == "__main__":
    apply()
