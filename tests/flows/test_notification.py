"""Everyone who is to be notified is, once, of what went wrong, and of nothing else."""

import json
import time

import pytest
from prefect.blocks.notifications import CustomWebhookNotificationBlock
from prefect.client.orchestration import get_client
from prefect.states import Completed, Crashed, Failed, Late, Running, State

from corepath.flows import automations, notification
from corepath.flows.refresh import emit
from corepath.warehouse.errors import Unavailable, UsageError
from tests.flows.conftest import LiveServer, create_run
from tests.flows.receivers import mail_server, webhook

SECONDS = 12  # until a run is late and a topic stale; Prefect takes 10 at least
ADDRESS = "mailto://{}/?from=corepath@example.org&to=ops@example.org&mode=insecure"


@pytest.fixture
def notify(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("COREPATH_LATE_MINUTES", str(SECONDS / 60))
    monkeypatch.setenv("COREPATH_STALE_DAYS", str(SECONDS / 86_400))
    return monkeypatch


@pytest.mark.slow
def test_each_event_is_told_once_to_a_webhook_by_mail_and_by_a_block(
    live_server: LiveServer, notify: pytest.MonkeyPatch
) -> None:
    with webhook() as (url, posts), mail_server() as (host, mails), webhook() as (other, by_block):
        content = {"title": "{{subject}}", "message": "{{body}}"}
        CustomWebhookNotificationBlock(name="ops", url=other, json_data=content).save("ops")
        notify.setenv("COREPATH_NOTIFY", json.dumps([url, ADDRESS.format(host), "block:custom-webhook/ops"]))
        automations.apply()
        time.sleep(3)  # until the server knows of them

        def ended(state: State, *tags: str) -> None:
            create_run(Running(), state, tags=tags)

        ended(Failed(message="exception: BadInput: line 7"), "corepath")
        ended(Failed(message="Flow run encountered an exception: Refused: too few"), "corepath")
        ended(Failed(message="exception: BadInput: of somebody else's flow"))
        ended(Crashed(message="Its process was killed"), "corepath")
        ended(Completed(), "corepath")
        create_run(Late(), tags=["corepath"])
        create_run(Late(), Running(), tags=["corepath"])  # it began in time
        emit("refused", "chips", {"reason": "too few families"})
        emit("published", "chips.2026.11.0", {"path": "releases/chips/2026.11.0"})

        wanted = {
            "corepath: a run failed": "exception: BadInput: line 7",
            "corepath: a run crashed": "Its process was killed",
            "corepath: a release was rejected": "chips: too few families",
            "corepath: a run is late": "It has not begun",
            "corepath: no new data": "chips has had no new release",
        }
        deadline = time.monotonic() + 120
        while min(map(len, (posts, mails, by_block))) < len(wanted) and time.monotonic() < deadline:
            time.sleep(0.5)
        time.sleep(SECONDS)  # nothing more comes
        told = {
            "webhook": [(post["title"], post["message"]) for post in posts],
            "block": [(post["title"], post["message"]) for post in by_block],
            "mail": [(mail["subject"], str(mail.get_body(("plain", "html")))) for mail in mails],
        }
        for way, messages in told.items():
            assert sorted(subject for subject, _ in messages) == sorted(wanted), way
            for subject, body in messages:
                assert wanted[subject] in body, way

        # Who is no longer named is notified of nothing, and what was kept of them goes.
        notify.setenv("COREPATH_NOTIFY", "[]")
        automations.apply()
        with get_client(sync_client=True) as client:
            kept = {automation.name for automation in client.read_automations()}
            blocks = [block.name for block in client.read_block_documents()]
        assert kept == {automation.name for automation in automations.automations()}
        assert blocks == ["ops"]


def test_a_message_goes_to_everyone_and_who_was_not_reached_is_told(notify: pytest.MonkeyPatch) -> None:
    with webhook() as (url, posts), mail_server() as (host, mails):
        notify.setenv("COREPATH_NOTIFY", json.dumps([url, ADDRESS.format(host)]))
        assert notification.send(notification.settings(), "a test") == 2
        notify.setenv("COREPATH_NOTIFY", json.dumps(["http://127.0.0.1:9/gone", url]))
        with pytest.raises(Unavailable, match="1 of 2 were not reached: address 1"):
            notification.send(notification.settings(), "a test")
    assert [post["message"] for post in posts] == ["a test", "a test"]
    (mail,) = mails
    assert mail["to"] == "ops@example.org"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mailto://me:hidden@example.org", "no JSON|not valid|list"),
        ('["secret-of-no-service"]', "address 1 is of no service"),
        ('{"url": "hidden"}', "valid list"),
    ],
)
def test_a_wrong_setting_is_told_without_its_secret(text: str, said: str, notify: pytest.MonkeyPatch) -> None:
    notify.setenv("COREPATH_NOTIFY", text)
    with pytest.raises(UsageError, match=said) as error:
        notification.send(notification.settings(), "a test")
    assert "hidden" not in str(error.value)
    assert "secret" not in str(error.value)


def test_a_slack_webhook_is_known_by_its_url() -> None:
    address = "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
    (service,) = notification.Notification(url=address)._apprise_client
    assert service.service_name == "Slack"
