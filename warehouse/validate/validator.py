"""Validate tables by Great Expectations, in a process of its own.

Great Expectations takes seconds to import and keeps files open, so that the pipeline starts
this module as a process early on, and hands it jobs once there is something to validate: a line of
JSON each time, answered by a line of JSON. Most of the time is its own, not the queries', and Python
runs on one core: so the process forks, once all is imported, into some that share the tables.
"""

import importlib
import importlib.metadata
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stdout, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import IO, Any, Literal, Self, cast

from corepath.warehouse.database import SEALED
from corepath.warehouse.errors import CorepathError
from corepath.warehouse.settings import ROOT
from corepath.warehouse.validate.suites import Suite

Severity = Literal["critical", "warning", "info"]

# Each process takes memory that no limit of DuckDB counts; one table alone is a sixth of the work.
_MOST_PROCESSES = 4


@dataclass(frozen=True)
class Result:
    """The result of one expectation."""

    table: str
    expectation: str
    column: str | None
    severity: Severity
    outcome: Literal["passed", "failed", "errored"]
    observed: str
    why: str
    # When it was evaluated: results of a table that did not change are of an earlier run.
    validated_at: str = ""

    @property
    def rejects(self) -> bool:
        """Whether it stops the release; an expectation that could not be evaluated does, too."""
        return self.outcome == "errored" or (self.outcome == "failed" and self.severity == "critical")


@dataclass(frozen=True)
class Job:
    """What to validate: tables of a database file."""

    database: str
    suites: list[Suite]


class Validator:
    """A process that loads Great Expectations while others work, then validates whenever asked.

    Parameters
    ----------
    memory
        Bytes that DuckDB may hold, in all of its processes.
    threads
        Of DuckDB; as many processes, up to a few: the queries of a large table take several threads.
    """

    def __init__(self, memory: float = 4e9, threads: int = 1) -> None:
        self._processes = min(threads, _MOST_PROCESSES)
        of_each = f"{memory / self._processes:.0f}B"
        self._limits = SEALED | {"memory_limit": of_each, "threads": threads}

    def __enter__(self) -> Self:
        # A program may close its standard output; what Great Expectations prints goes the way of
        # errors, the results alone to standard output. A pipe for errors could fill up unread.
        self._errors = tempfile.TemporaryFile("w+")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "corepath.warehouse.validate.validator"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()
        self._errors.close()

    def validate(self, jobs: list[Job]) -> list[Result]:
        """Validate every table of the jobs.

        Returns
        -------
        list of Result
            One an expectation.

        Raises
        ------
        CorepathError
            The process died; the message holds the end of what it said.
        """
        # The process works in the project's folder: its paths must not depend on ours.
        work = [Job(str(Path(job.database).absolute()), job.suites) for job in jobs]
        asked = {"processes": self._processes, "limits": self._limits, "jobs": [asdict(job) for job in work]}
        answer = ""
        with suppress(BrokenPipeError):  # it is dead; what it said is told below
            print(json.dumps(asked), file=self._process.stdin, flush=True)
            answer = cast("IO[str]", self._process.stdout).readline()
        if not answer:
            self._process.wait()
            self._errors.seek(0)
            raise CorepathError(f"validation could not run:\n{self._errors.read()[-2000:]}")
        return [Result(**result) for result in json.loads(answer)]


def _validate(database: str, limits: dict[str, Any], suite: Suite) -> list[Result]:
    """Validate a table."""
    import great_expectations as gx

    expectations = gx.ExpectationSuite(name=suite.name, expectations=suite.expectations)
    source, _ = _opened(database, json.dumps(limits))
    asset = source.add_table_asset(name=suite.name, table_name=suite.name, schema_name=suite.schema)
    batch = asset.add_batch_definition_whole_table("whole").get_batch()
    results = [_result(suite.name, item) for item in batch.validate(expectations).results]
    source.delete_asset(suite.name)
    return results


@lru_cache(maxsize=1)
def _opened(database: str, limits: str) -> tuple[Any, Any]:
    """Open a database for Great Expectations, once for all its tables that a process validates."""
    import great_expectations as gx
    from sqlalchemy import event
    from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy
    from sqlalchemy.pool import NullPool

    context: Any = gx.get_context(mode="ephemeral")  # its types hide what it takes
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_sql(
        name="release",
        connection_string=f"duckdb:///{database}",
        kwargs={"poolclass": NullPool, "connect_args": {"read_only": True, "config": json.loads(limits)}},
    )
    engine = source.get_execution_engine().engine

    # Great Expectations closes the connection before it fetches: keep the rows.
    @event.listens_for(engine, "after_cursor_execute")
    def buffer(_c: Any, cursor: Any, _s: Any, _p: Any, execution: Any, _m: Any) -> None:
        if cursor.description:
            execution.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(
                cursor, initial_buffer=cursor.fetchall()
            )

    # While one connection stays open, the hundreds of others need not open the file again.
    return source, engine.connect()


def _result(table: str, item: Any) -> Result:
    config = item.expectation_config
    errored = any(e.get("exception_message") for e in _exceptions(item.exception_info))
    observed = item.result.get("observed_value", item.result.get("unexpected_count"))
    if errored:
        observed = "; ".join(
            e["exception_message"] for e in _exceptions(item.exception_info) if e["exception_message"]
        )
    columns = config.kwargs.get("column") or config.kwargs.get("column_list")
    return Result(
        table=table,
        expectation=config.meta.get("name", config.type),
        column=", ".join(columns) if isinstance(columns, list) else columns,
        severity=config.severity or "critical",
        outcome="passed" if item.success else "errored" if errored else "failed",
        observed=str(observed)[:500],
        why=config.meta["why"],
        validated_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _exceptions(info: dict[str, Any]) -> list[dict[str, Any]]:
    """Exceptions come as one record, or as one a metric."""
    return [info] if "exception_message" in info else list(info.values())


def _main() -> None:
    """Answer each line of jobs on standard input with a line of results on standard output.

    The process ends without taking the interpreter apart: DuckDB would print a page about leaks
    over the words that matter.
    """
    code = 0
    _stay_with(os.getppid())
    try:
        with redirect_stdout(sys.stderr):  # whatever a library prints is no result
            # Import first, while the pipeline still loads; jobs come after.
            importlib.import_module("great_expectations")
        for line in sys.stdin:
            with redirect_stdout(sys.stderr):
                asked = json.loads(line)
                work = [(job["database"], Suite(**suite)) for job in asked["jobs"] for suite in job["suites"]]
                fork = get_context("fork")
                with ProcessPoolExecutor(asked["processes"], fork, _stay_with, (os.getpid(),)) as processes:
                    found = processes.map(
                        _validate,
                        [database for database, _ in work],
                        [asked["limits"]] * len(work),
                        [suite for _, suite in work],
                    )
                    results = [asdict(result) for of_table in found for result in of_table]
            print(json.dumps(results), flush=True)
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _stay_with(parent: int) -> None:
    """End with the process that asked: were it killed, the next could not open what is being validated."""
    threading.Thread(target=_end_with, args=[parent], daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.1)
    os._exit(1)


if __name__ == "__main__":
    _main()
