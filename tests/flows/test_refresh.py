"""How the flow runs the parts of a step."""

import sys
import threading
from collections.abc import Iterator
from functools import partial

import polars as pl
import pytest
from prefect import flow
from prefect.testing.utilities import prefect_test_harness

from flows.refresh import _runner, _spread
from warehouse.errors import UsageError
from warehouse.settings import Settings


@pytest.fixture(scope="module", autouse=True)
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Prefect's own server, with its files in a folder of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PREFECT_HOME", str(tmp_path_factory.mktemp("prefect")))
        with prefect_test_harness():
            yield


def part(number: int) -> pl.DataFrame:
    return pl.DataFrame({"part": [number], "thread": [threading.current_thread().name]})


def spread(task_runner: str, at_once: int = 4) -> pl.DataFrame:
    @flow
    def any_flow() -> list[pl.DataFrame]:
        works = [partial(part, number) for number in range(4)]
        runner = _runner(Settings(task_runner=task_runner, threads=2))
        return _spread(runner, 2, "any", works, at_once)

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
