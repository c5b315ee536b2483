"""In which order Prefect's server lets its automations see events.

The server finds this module by PREFECT_SERVER_EVENTS_CAUSAL_ORDERING.
"""

import time
from uuid import UUID

from prefect.server.events.ordering import memory
from prefect.server.events.schemas.events import ReceivedEvent

_STARTED = time.time()


class CausalOrdering(memory.CausalOrdering):
    """Prefect's order, without waiting for events of before the server's start.

    A server remembers in memory alone which events it has seen. After a restart an event that follows an
    earlier one would be held back for 15 minutes: so late would a run that crashed with the machine be
    reported.
    """

    async def wait_for_leader(self, event: ReceivedEvent) -> None:
        """Let an event pass if the one that it follows is older than the server; else as Prefect does.

        Parameters
        ----------
        event
            What the automations are to see.

        Raises
        ------
        EventArrivedEarly
            The one that it follows is still to come.
        """
        if event.follows is None or not _is_older(event.follows):
            await super().wait_for_leader(event)


def _is_older(event: UUID) -> bool:
    """Tell whether an event was made before the server's start: UUIDs of version 7 begin with the time."""
    return event.version == 7 and (event.int >> 80) / 1000 < _STARTED
