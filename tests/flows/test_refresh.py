"""How the flow runs the parts of a step."""

import sys
import threading
from functools import partial
from typing import Any

import polars as pl
import pytest
from prefect import flow

from corepath.flows import refresh
from corepath.flows.refresh import _run_parts, _runner, backfill
from corepath.warehouse.errors import CorepathError, UsageError
from corepath.warehouse.release.repository import Releases
from corepath.warehouse.settings import Settings

pytestmark = pytest.mark.usefixtures("server")

TOPIC = "information_technology"


def part(number: int) -> pl.DataFrame:
    return pl.DataFrame({"part": [number], "thread": [threading.current_thread().name]})


def spread(task_runner: str, at_once: int = 4) -> pl.DataFrame:
    @flow
    def any_flow() -> list[pl.DataFrame]:
        works = [partial(part, number) for number in range(4)]
        runner = _runner(Settings(task_runner=task_runner, threads=2))
        return _run_parts(runner, 2, "any", works, at_once)

    return pl.concat(any_flow())


@pytest.mark.parametrize("task_runner", ["sequential", "threads"])
def test_parts_come_back_in_order_whatever_runs_them(task_runner):
    assert spread(task_runner)["part"].to_list() == [0, 1, 2, 3]


def test_parts_run_in_turn_where_memory_holds_only_one():
    assert spread("threads")["thread"].n_unique() > 1
    assert spread("threads", at_once=1)["thread"].n_unique() == 1


@pytest.mark.parametrize("task_runner", ["dask", "ray"])
def test_a_runner_that_is_not_installed_is_told_before_anything_runs(task_runner, monkeypatch):
    monkeypatch.setitem(sys.modules, f"prefect_{task_runner}", None)
    with pytest.raises(UsageError, match=f"needs prefect-{task_runner}: install it"):
        _runner(Settings(task_runner=task_runner))


@pytest.mark.whole
@pytest.mark.usefixtures("unvalidated")
def test_a_backfill_refreshes_each_topic_and_one_that_is_refused_stops_no_other(
    own_sample, topic_file, monkeypatch
):
    published = Releases(own_sample.releases, TOPIC)
    before = published.latest()
    shown: list[dict[str, Any]] = []
    monkeypatch.setattr(refresh, "create_table_artifact", lambda table, **_: shown.extend(table))
    coatings = topic_file("coatings", "C23C")
    with pytest.raises(CorepathError, match=r"(?s)1 of 2 topics failed: .*too few to analyse"):
        backfill(own_sample, topics=[own_sample.topic, coatings])
    # What failed stands first.
    assert [(row["topic"], row["result"]) for row in shown if "result" in row] == [
        (coatings, "rejected"),
        (own_sample.topic, "unchanged"),
    ]
    assert "too few to analyse" in shown[-2]["what"]
    assert published.latest() == before
    assert [a.status for a in Releases(own_sample.releases, "coatings").attempts()] == ["refused"]
    # By default it takes what has a release.
    (outcome,) = backfill(own_sample)
    assert (outcome.topic, outcome.status) == (TOPIC, "unchanged")


@pytest.mark.whole
def test_a_backfill_tells_what_is_wrong_before_it_begins(own_sample):
    missing = own_sample.model_copy(update={"sources": {"ppubs": own_sample.releases / "absent"}})
    with pytest.raises(CorepathError, match="absent: no such file or folder"):
        backfill(missing)
