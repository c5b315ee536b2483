"""The order in which automations see events."""

import asyncio
import contextlib
import time
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
import yaml
from prefect.server.events.ordering import EventArrivedEarly
from prefect.server.events.schemas.events import ReceivedEvent

from corepath.flows.ordering import CausalOrdering
from corepath.warehouse.settings import ROOT

VARIABLE = "PREFECT_SERVER_EVENTS_CAUSAL_ORDERING"


def version_7(seconds: float) -> UUID:
    return UUID(int=(int(seconds * 1000) << 80) | (uuid4().int & ((1 << 80) - 1)) & ~(0xF << 76) | (7 << 76))


def following(leader: UUID) -> ReceivedEvent:
    return ReceivedEvent.model_validate(
        {
            "occurred": datetime.now(UTC),
            "event": "prefect.flow-run.Crashed",
            "resource": {"prefect.resource.id": f"prefect.flow-run.{uuid4()}"},
            "id": uuid4(),
            "follows": leader,
        }
    )


def handled(leader: UUID) -> bool:
    """Whether an event that follows another one is handled at once."""
    seen = []

    async def handle(event: ReceivedEvent, depth: int = 0) -> None:
        async with CausalOrdering(scope=str(uuid4())).preceding_event_confirmed(handle, event, depth):
            seen.append(event)

    with contextlib.suppress(EventArrivedEarly):
        asyncio.run(handle(following(leader)))
    return bool(seen)


def test_what_an_earlier_server_has_seen_is_not_waited_for():
    assert handled(version_7(time.time() - 3600))


@pytest.mark.parametrize("leader", [version_7(time.time() + 60), uuid4()], ids=["later", "of no time"])
def test_what_is_still_to_come_is_waited_for(leader: UUID):
    assert not handled(leader)


def test_every_way_to_start_a_server_sets_it():
    deploy = ROOT / "docs" / "deploy"
    composed = yaml.safe_load((deploy / "compose.yaml").read_text())["services"]["server"]["environment"]
    assert composed[VARIABLE] == CausalOrdering.__module__
    line = f"{VARIABLE}={CausalOrdering.__module__}"
    assert line in (deploy / "environment").read_text().splitlines()
    assert f"| `{VARIABLE}` | `{CausalOrdering.__module__}`" in (ROOT / "docs" / "service.md").read_text()
