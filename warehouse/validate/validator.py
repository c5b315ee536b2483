"""Validate tables by Great Expectations, in a process of its own.

Great Expectations takes seconds to import and keeps files open, so that the pipeline starts
its process early on, and hands it jobs once there is something to validate. Most of the time is its
own, not the queries', and Python runs on one core: so the process forks, once all is imported, into
some that share the tables.
"""

import json
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Literal

from corepath.warehouse.database import SEALED
from corepath.warehouse.helper import Helper, stay_with
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


class Validator(Helper):
    """A process that loads Great Expectations while others work, then validates whenever asked.

    Parameters
    ----------
    memory
        Bytes that DuckDB may hold, in all of its processes.
    threads
        Of DuckDB; as many processes, up to a few: the queries of a large table take several threads.
    """

    def __init__(self, memory: float = 4e9, threads: int = 1) -> None:
        super().__init__(__name__, "great_expectations")
        self._processes = min(threads, _MOST_PROCESSES)
        of_each = f"{memory / self._processes:.0f}B"
        self._limits = SEALED | {"memory_limit": of_each, "threads": threads}

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
        work = [(str(Path(job.database).absolute()), suite) for job in jobs for suite in job.suites]
        return self.do(partial(_validate_all, work, self._limits, self._processes))


def _validate_all(work: list[tuple[str, Suite]], limits: dict[str, Any], processes: int) -> list[Result]:
    """Validate tables of databases in so many processes, which share what is imported."""
    with ProcessPoolExecutor(processes, get_context("fork"), stay_with, (os.getpid(),)) as pool:
        found = pool.map(partial(_validate, limits), *zip(*work, strict=True)) if work else []
        return [result for of_table in found for result in of_table]


def _validate(limits: dict[str, Any], database: str, suite: Suite) -> list[Result]:
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
        # Plain text: who gets an enumeration of Great Expectations would import it all.
        severity=getattr(config.severity, "value", config.severity) or "critical",
        outcome="passed" if item.success else "errored" if errored else "failed",
        observed=str(observed)[:500],
        why=config.meta["why"],
        validated_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _exceptions(info: dict[str, Any]) -> list[dict[str, Any]]:
    """Exceptions come as one record, or as one a metric."""
    return [info] if "exception_message" in info else list(info.values())
