"""Fetch, then refresh: the flow and the command."""

import pytest

from corepath.flows import fetch as module
from corepath.warehouse.fetch import Fetched, Wanted
from corepath.warehouse.settings import Settings


@pytest.fixture
def asked(monkeypatch):
    """Stand in for the portal; tell what it was asked."""
    told = {}

    def list_uspto(since, until, key):
        told["listed"] = (since.isoformat(), until, key)
        return [Wanted("ipg240102.zip", "https://example.org/ipg240102.zip")]

    def bring(wanted, folder, key):
        told["fetched"] = ([w.name for w in wanted], str(folder), key)
        return Fetched(["ipg240102.zip"], [])

    monkeypatch.setattr(module, "list_uspto", list_uspto)
    monkeypatch.setattr(module, "bring", bring)
    monkeypatch.setattr(module, "refresh", lambda settings: told.update(refreshed=settings.topic))
    return told


def test_new_files_are_fetched_by_the_key_of_the_environment_and_then_refreshed(asked, monkeypatch):
    monkeypatch.setenv(module.KEY, "k")
    monkeypatch.setattr(module, "task", lambda **_: lambda work: work)
    found = module.fetch.fn("data", module.date(2024, 1, 1), settings=Settings(topic="ai_chips"))
    assert found.came == ["ipg240102.zip"]
    assert asked == {
        "listed": ("2024-01-01", None, "k"),
        "fetched": (["ipg240102.zip"], "data", "k"),
        "refreshed": "ai_chips",
    }


def test_a_secret_block_holds_the_key_where_it_is_named(asked, monkeypatch):
    class Secret:
        @staticmethod
        def load(name):
            assert name == "uspto"
            return Secret()

        def get(self):
            return "hidden"

    monkeypatch.setattr(module, "Secret", Secret)
    monkeypatch.setattr(module, "task", lambda **_: lambda work: work)
    module.fetch.fn("data", module.date(2024, 1, 1), key_block="uspto")
    assert asked["listed"][2] == "hidden"
    assert "refreshed" not in asked
