"""A refresh that tells where its time went: `python -m benchmarks.phases FILE [--plain]`.

Settings come from the environment (COREPATH_SOURCES, COREPATH_WAREHOUSE, ...). It runs the flow as
`corepath refresh` does, or with `--plain` the same steps without Prefect, and writes to FILE, in
seconds: `steps`, each step's own work; `core`, all of `warehouse.refresh.refresh`; `in_tasks`, what
tasks took beyond their work; `flow`, what the flow took beyond `core`, starting Prefect's server
included; `import`, importing Prefect.
"""

import json
import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

from corepath.warehouse import refresh as core
from corepath.warehouse.settings import Settings


def main(file: str, plain: bool) -> None:
    """Refresh, and write down the seconds."""
    Path(file).write_text(json.dumps(tell(Settings(), plain), indent=1))
    if not plain:
        # As the command does: threads of Prefect outlive its runs.
        import atexit

        atexit._run_exitfuncs()
        sys.stdout.flush()
        os._exit(0)


def tell(settings: Settings, plain: bool) -> dict[str, Any]:
    """Refresh, and give the seconds; from then on `warehouse.refresh.refresh` counts them."""
    steps: dict[str, list[float]] = {}
    seconds = {"core": 0.0, "in_tasks": 0.0, "flow": 0.0, "import": 0.0}

    def timed(name: str, work: Callable[[], Any]) -> Callable[[], Any]:
        def do() -> Any:
            started, used = perf_counter(), _cpu()
            try:
                return work()
            finally:
                steps[name] = [perf_counter() - started, _cpu() - used]

        return do

    def stepping(run: core.Step[Any]) -> core.Step[Any]:
        def step(name: str, work: Callable[[], Any], retries: int) -> Any:
            started = perf_counter()
            try:
                return run(name, timed(name, work), retries)
            finally:
                seconds["in_tasks"] += perf_counter() - started - steps[name][0]

        return step

    def refresh(settings: Settings, step: core.Step[Any] = core.plain, *others: Any) -> core.Outcome:
        started = perf_counter()
        outcome = inner(settings, stepping(step), *others)
        seconds["core"] = perf_counter() - started
        return outcome

    inner, core.refresh = core.refresh, refresh
    if plain:
        outcome = core.refresh(settings)
    else:
        started = perf_counter()
        from prefect.logging.handlers import APILogHandler

        from corepath.flows.refresh import refresh as flow

        seconds["import"] = perf_counter() - started
        started = perf_counter()
        try:
            outcome = flow(settings)
        finally:
            APILogHandler().flush()
        seconds["flow"] = perf_counter() - started - seconds["core"]
    families = outcome.rows.get("fct_patent")  # of the topic
    return seconds | {"status": outcome.status, "families": families, "steps": steps}


def _cpu() -> float:
    own, below = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + below.ru_utime + below.ru_stime


# What each step belongs to; all others build.
PHASES = {"load": "loading", "validate": "validating", "publish": "publishing"}


def shares(wall: float, told: dict[str, Any]) -> dict[str, float]:
    """Divide the wall time of a run by what it was spent on.

    Parameters
    ----------
    wall
        Seconds of the whole process.
    told
        What `main` wrote.

    Returns
    -------
    dict of str to float
        Seconds by phase; they add up to `wall`.

    Examples
    --------
    >>> told = {"core": 8.0, "in_tasks": 0.5, "flow": 2.0, "import": 1.0,
    ...         "steps": {"load uspto": [3.0, 3.0], "marts.fct_patent": [2.0, 4.0]}}
    >>> phases = shares(12.0, told)
    >>> phases["loading"], phases["building"], phases["orchestrating"], phases["starting up"]
    (3.0, 2.0, 3.5, 1.0)
    """
    kinds = ["starting up", "loading", "building", "validating", "publishing", "orchestrating"]
    found = dict.fromkeys(kinds, 0.0)
    for name, (seconds, _) in told["steps"].items():
        found[PHASES.get(name.split()[0], "building")] += seconds
    found["orchestrating"] = told["import"] + told["flow"] + told["in_tasks"]
    found["starting up"] = wall - told["import"] - told["flow"] - told["core"]
    # Settings, the graph, locks, comments, closing files.
    found["the rest"] = wall - sum(found.values())
    return found


if __name__ == "__main__":
    main(sys.argv[1], "--plain" in sys.argv)
