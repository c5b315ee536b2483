"""Who is notified when a run fails, a release is rejected, a run is late or nothing new comes.

Prefect's server sends the messages, by itself, when its automations meet such an event: it finds this module
by the entry point in pyproject.toml.
"""

import logging
from datetime import timedelta
from typing import Any
from uuid import UUID

from prefect.automations import EventTrigger, Posture
from prefect.blocks.notifications import AppriseNotificationBlock
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.events.actions import SendNotification
from prefect.events.schemas.automations import AutomationCore
from prefect.events.schemas.events import ResourceSpecification
from prefect.exceptions import ObjectNotFound
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from corepath.warehouse.errors import Unavailable, UsageError

_BLOCK = "corepath-notify-{}"
# All deployments of prefect.yaml have this tag; flows within a run have not: a failure is reported once.
_TAGGED = ResourceSpecification({"prefect.resource.id": "prefect.tag.corepath"})
_RUNS = ResourceSpecification({"prefect.resource.id": "prefect.flow-run.*"})
# A run whose release was rejected fails, too: that is reported once, with the reason.
_NOT_REJECTED = ResourceSpecification(
    {"prefect.resource.id": "prefect.flow-run.*", "prefect.state-message": "!*exception: Refused: *"}
)
_RELEASES = ResourceSpecification({"prefect.resource.id": "corepath.release.*"})
_BEGUN = {
    f"prefect.flow-run.{state}"
    for state in ("Pending", "Running", "Completed", "Failed", "Crashed", "Cancelled")
}

_RUN = "{{ flow_run.name }} of {{ deployment.name }}: {{ flow_run.state.message }}\n{{ flow_run|ui_url }}"
_TOPIC = "{{ event.resource['corepath.topic'] }}"


class Notification(AppriseNotificationBlock):
    """Where a message goes: any address that Apprise knows, or the URL of a webhook that takes JSON."""

    _block_type_name = "Corepath Notification"
    _block_type_slug = "corepath-notification"

    url: SecretStr = Field(
        title="Address",
        description="A URL of Apprise, such as mailtos://user:password@example.org?to=me@example.org or "
        "https://hooks.slack.com/services/...; another http or https URL gets a message as JSON.",
    )

    def block_initialization(self) -> None:
        """Open the address."""
        from apprise import Apprise

        address = self.url.get_secret_value()
        log = logging.getLogger("apprise")
        log.disabled = True  # it would report as an error that it does not know a URL
        if address.startswith("http") and Apprise.instantiate(address) is None:
            address = address.replace("http", "json", 1)
        log.disabled = False
        self._start_apprise_client(SecretStr(address))
        if not len(self._apprise_client):
            raise ValueError("this address is of no service that Apprise knows")


class ServiceSettings(BaseSettings):
    """Whom a service notifies of what, from its environment."""

    model_config = SettingsConfigDict(env_prefix="COREPATH_", extra="ignore", hide_input_in_errors=True)

    notify: list[SecretStr] = Field(
        default_factory=list,
        description="Who is notified, as JSON: addresses (mailtos://..., a Slack webhook, any https URL), or "
        "`block:TYPE/NAME` for a notification block that is kept in Prefect.",
    )
    late_minutes: float = Field(
        default=60, gt=0, description="A run that has not begun so many minutes after its time is late."
    )
    stale_days: float = Field(
        default=14,
        gt=0,
        description="A topic without a new release for so many days is reported, once until there is one.",
    )


def settings() -> ServiceSettings:
    """Read the settings.

    Raises
    ------
    UsageError
        One is wrong; the message does not repeat it, for it may hold a secret.
    """
    try:
        return ServiceSettings()
    except (ValidationError, ValueError) as error:
        what = error.errors()[0]["msg"] if isinstance(error, ValidationError) else "it is no JSON"
        raise UsageError(f"COREPATH_NOTIFY, COREPATH_LATE_MINUTES or COREPATH_STALE_DAYS: {what}") from None


def save(wanted: ServiceSettings) -> list[UUID]:
    """Keep every address as a block on the server, its secrets encrypted; remove those of earlier settings.

    Parameters
    ----------
    wanted
        Who is notified.

    Returns
    -------
    list of UUID
        Of their blocks.

    Raises
    ------
    UsageError
        An address is of no known service, or a named block is not there.
    """
    found = []
    with get_client(sync_client=True) as client:
        for number, address in enumerate(wanted.notify, start=1):
            text = address.get_secret_value()
            if text.startswith("block:"):
                found.append(_named(client, text))
            else:
                saved: Any = _block(number, address).save(_BLOCK.format(number), overwrite=True)
                found.append(saved)
        number = len(wanted.notify) + 1
        while old := _saved(client, number):
            client.delete_block_document(old)
            number += 1
    return found


def _block(number: int, address: SecretStr) -> Notification:
    try:
        return Notification(url=address)
    except ValueError:
        raise UsageError(f"COREPATH_NOTIFY: address {number} is of no service that Apprise knows") from None


def _named(client: SyncPrefectClient, text: str) -> UUID:
    kind, _, name = text.removeprefix("block:").partition("/")
    try:
        return client.read_block_document_by_name(name, kind).id
    except ObjectNotFound:
        raise UsageError(f"COREPATH_NOTIFY: Prefect has no block {kind}/{name}") from None


def _saved(client: SyncPrefectClient, number: int) -> UUID | None:
    try:
        name = _BLOCK.format(number)
        return client.read_block_document_by_name(name, Notification.get_block_type_slug()).id
    except ObjectNotFound:
        return None


def automations(wanted: ServiceSettings, blocks: list[UUID]) -> list[AutomationCore]:
    """Declare of what people are notified.

    Parameters
    ----------
    wanted
        When a run is late, and a topic stale.
    blocks
        Who is notified; without them nobody is.

    Returns
    -------
    list of AutomationCore
        For runs that failed, that crashed and that are late, for rejected releases and stale topics.
    """
    if not blocks:
        return []
    stale, late = timedelta(days=wanted.stale_days), timedelta(minutes=wanted.late_minutes)
    failed, crashed = ({f"prefect.flow-run.{state}"} for state in ("Failed", "Crashed"))
    published = {"corepath.release.published"}
    return [
        _notifying(blocks, "a run failed", _RUN, _reactive(failed, _NOT_REJECTED)),
        _notifying(blocks, "a run crashed", _RUN, _reactive(crashed, _RUNS)),
        _notifying(
            blocks,
            "a release was rejected",
            f"{_TOPIC}: {{{{ event.payload['reason'] }}}}",
            EventTrigger(
                expect={"corepath.release.refused"}, match=_RELEASES, posture=Posture.Reactive, threshold=1
            ),
        ),
        _notifying(
            blocks,
            "a run is late",
            f"{_RUN}\nIt has not begun {wanted.late_minutes:g} minutes after its time: is a worker running?",
            EventTrigger(
                match=_RUNS,
                match_related=_TAGGED,
                for_each={"prefect.resource.id"},
                after={"prefect.flow-run.Late"},
                expect=_BEGUN,
                posture=Posture.Proactive,
                threshold=1,
                within=late,
            ),
        ),
        _notifying(
            blocks,
            "no new data",
            f"{_TOPIC} has had no new release for {wanted.stale_days:g} days.",
            EventTrigger(
                match=_RELEASES,
                for_each={"corepath.topic"},
                after=published,
                expect=published,
                posture=Posture.Proactive,
                threshold=1,
                within=stale,
            ),
        ),
    ]


def _reactive(events: set[str], match: ResourceSpecification) -> EventTrigger:
    return EventTrigger(
        expect=events,
        match=match,
        match_related=_TAGGED,
        for_each={"prefect.resource.id"},
        posture=Posture.Reactive,
        threshold=1,
    )


def _notifying(blocks: list[UUID], what: str, body: str, trigger: EventTrigger) -> AutomationCore:
    return AutomationCore(
        name=f"corepath: notify: {what}",
        description=f"Notifies whom COREPATH_NOTIFY names: {what}.",
        trigger=trigger,
        actions=[
            SendNotification(block_document_id=block, subject=f"corepath: {what}", body=body)
            for block in blocks
        ],
    )


def send(wanted: ServiceSettings, text: str) -> int:
    """Send a message to everyone who is notified, without the help of automations.

    Parameters
    ----------
    wanted
        Who is notified. Blocks are read from the server of PREFECT_API_URL.
    text
        The message.

    Returns
    -------
    int
        To how many it went.

    Raises
    ------
    Unavailable
        One of them did not take it; the others did.
    """
    from prefect.blocks.core import Block

    failed = []
    for number, address in enumerate(wanted.notify, start=1):
        name = address.get_secret_value().partition("block:")[2]
        block: Any = Block.load(name) if name else _block(number, address)
        try:
            with block.raise_on_failure():
                block.notify(subject="corepath: a test", body=text)
        except Exception as error:  # of any library that speaks to a service
            failed.append(f"address {number}: {error}")
    if failed:
        raise Unavailable(f"{len(failed)} of {len(wanted.notify)} were not reached: {'; '.join(failed)}")
    return len(wanted.notify)
