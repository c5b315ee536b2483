"""The flow that brings a topic's releases up to date: one task a table, one artifact a report."""

import importlib
import logging
import time
import uuid
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, cast

import polars as pl
from prefect import flow, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.events import emit_event
from prefect.runtime import flow_run
from prefect.settings import PREFECT_API_URL
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from corepath.flows.form import with_form
from corepath.flows.logs import run_log
from corepath.flows.metrics import Measure, measured
from corepath.flows.progress import REPORT, stepping, watched
from corepath.flows.turns import in_turn
from corepath.warehouse import refresh as core
from corepath.warehouse.errors import CorepathError, Refused, Unavailable, UsageError
from corepath.warehouse.markdown import escaped
from corepath.warehouse.place import is_uri, shown
from corepath.warehouse.release.repository import asked
from corepath.warehouse.release.summary import brief, summarise
from corepath.warehouse.settings import Settings
from corepath.warehouse.topic.files import read
from corepath.warehouse.validate.results import Result

log = logging.getLogger("corepath.flow")

T = TypeVar("T")


def as_task(name: str, work: Callable[[], T], retries: int) -> T:
    """Run a step as a task of its name. The warehouse knows what is fresh: nothing is cached."""
    as_task = task(
        name=name,
        task_run_name=name,
        retries=retries,
        retry_delay_seconds=core.RETRY_SECONDS,
        retry_condition_fn=_may_pass,
        cache_policy=NO_CACHE,
        persist_result=False,
    )
    return as_task(work)()


def _runner(settings: Settings) -> Callable[[], TaskRunner[Any]] | None:
    """Find what runs parts at once; None where they run one after the other.

    Raises
    ------
    UsageError
        Prefect's package for it is not installed.
    """
    if settings.task_runner == "sequential":
        return None
    if settings.task_runner == "threads":
        return partial(ThreadPoolTaskRunner, max_workers=settings.threads)
    package = f"prefect_{settings.task_runner}"
    try:
        module = importlib.import_module(package)
    except ImportError as error:
        raise UsageError(
            f"the task runner {settings.task_runner} needs prefect-{settings.task_runner}: "
            "install it, or take another task runner"
        ) from error
    return getattr(module, f"{settings.task_runner.title()}TaskRunner")


def _run_parts(
    runner: Callable[[], TaskRunner[Any]] | None,
    threads: int,
    name: str,
    works: Sequence[Callable[[], pl.DataFrame]],
    at_once: int,
) -> list[pl.DataFrame]:
    """Run the parts of a step as tasks of a runner; in turn where memory is short for that."""
    tasks = [
        task(
            name=f"{name} {part}", task_run_name=f"{name} {part}", cache_policy=NO_CACHE, persist_result=False
        )(work)
        for part, work in enumerate(works)
    ]
    if runner is None or at_once < min(threads, len(works)):
        return [part() for part in tasks]
    with runner() as running:
        futures = [running.submit(part, parameters={}) for part in tasks]
        return [future.result() for future in futures]


def _may_pass(_task: object, _run: object, failed: State[Any]) -> bool:
    """Try again what the disk or a network share refused; bad data stay bad."""
    return isinstance(failed.data, Unavailable)


# What the runs of this process came to, also where Prefect cannot be determined.
outcomes: list[core.Outcome] = []


def require_server() -> None:
    """See that the server that PREFECT_API_URL or a profile names answers; without one all is well.

    Raises
    ------
    Unavailable
        It does not.
    """
    url = PREFECT_API_URL.value()
    if not url:
        return
    with get_client(sync_client=True) as client:
        error = client.api_healthcheck()
    if error:
        raise Unavailable(
            f"Prefect's server at {url} cannot be reached: start it, or unset PREFECT_API_URL, in the "
            f"environment or in Prefect's profile, to run without one ({error})"
        )


@flow(name="refresh", validate_parameters=True, persist_result=False)
@with_form
def refresh(settings: Settings) -> core.Outcome:
    """Load what is new, build, validate and publish a release of a topic.

    Parameters
    ----------
    settings
        What to read and where to write.

    Returns
    -------
    Outcome
        The new release; or the latest, if nothing changed.
    """
    run_id = flow_run.get_id() or str(uuid.uuid4())
    with run_log(settings, run_id), measured(settings) as measure:
        measure.outcome = published_by(core.refresh, settings, measure, run_id)
    return measure.outcome


def published_by(
    job: Callable[..., core.Outcome], settings: Settings, measure: Measure, run_id: str
) -> core.Outcome:
    """Run a job that brings a topic up to date, its steps as tasks, and report what it came to.

    Parameters
    ----------
    job
        `warehouse.refresh.refresh`, or what takes the same.
    settings, measure, run_id
        Of the run.
    """
    try:
        outcome = in_turn(
            lambda: job(
                settings,
                watched(measure.timed(as_task)),
                partial(_run_parts, _runner(settings), settings.threads),
                run_id,
            )
        )
    except Refused as refused:
        topic = read(settings.topic).name
        create_markdown_artifact(
            key="release-report",
            markdown=f"# {topic}: refused\n\n{escaped(str(refused))}",
            description="Refused",
        )
        _show_results(cast("Sequence[Result]", refused.results), topic)
        emit("refused", topic, {"reason": str(refused)})
        raise
    outcomes.append(outcome)
    if outcome.status == "published":
        where = f"{shown(settings.releases)}/{outcome.topic}/{outcome.version}"
        try:
            with stepping(REPORT):
                _report(outcome, where)
            emit("published", f"{outcome.topic}.{outcome.version}", {"path": where})
        except Exception as error:  # the release is there, and stays, whether Prefect shows it or not
            log.warning("%s is published, but Prefect could not be notified: %s", outcome.version, error)
    return outcome


@flow(name="backfill", validate_parameters=True, persist_result=False)
@with_form
def backfill(settings: Settings, topics: list[str] | None = None) -> list[core.Outcome]:
    """Bring the releases of several topics up to date, after code, method or sources changed.

    Each topic is refreshed by a flow of its own, one after the other: the first loads, the others
    share what it loaded. A topic whose release would come out the same is left as it is.

    Parameters
    ----------
    settings
        What to read and where to write; its topic does not count.
    topics
        Their names, variants or files; by default every topic that has releases, as it was asked for.

    Returns
    -------
    list of Outcome
        One a topic.

    Raises
    ------
    CorepathError
        Topics failed; the message names each with its reason. Every other was refreshed.
    """
    names = topics or list(asked(settings.releases))
    outcomes, failures, rows = [], [], []
    for name in names:
        began = time.monotonic()
        try:
            outcome = refresh(settings.model_copy(update={"topic": name}))
            outcomes.append(outcome)
            row = {"result": outcome.status, "version": outcome.version, "what": _news(outcome)}
        except Exception as error:  # whatever it is, the other topics are tried
            failures.append(f"{name}: {error}")
            result = "rejected" if isinstance(error, Refused) else "failed"
            row = {"result": result, "version": "", "what": escaped(str(error))}
        rows.append({"topic": name} | row | {"seconds": round(time.monotonic() - began, 1)})
    create_table_artifact(
        key="refreshed-topics",
        table=sorted(rows, key=lambda row: row["result"] not in ("rejected", "failed")),
        description=f"{len(outcomes)} of {len(names)} topics are up to date",
    )
    if failures:
        raise CorepathError(f"{len(failures)} of {len(names)} topics failed: {'; '.join(failures)}")
    return outcomes


def _news(outcome: core.Outcome) -> str:
    """Tell in a line what a new release holds and what changed."""
    if outcome.status != "published":
        return ""
    lines = dict(brief(outcome.path))
    return f"{lines['data']}; {lines['changed']}"


def linked(where: str) -> str:
    """Link the page of a release, for artifacts.

    Parameters
    ----------
    where
        The release's folder, or its URI without options.

    Examples
    --------
    >>> linked("s3://bucket/releases/ai_chips/2026.11.0")
    'Figures: [report.html](s3://bucket/releases/ai_chips/2026.11.0/report.html)'
    """
    place = where if is_uri(where) else Path(where).resolve().as_uri()
    return f"Figures: [report.html]({place}/report.html)"


def _report(outcome: core.Outcome, where: str) -> None:
    create_markdown_artifact(
        key="release-report",
        markdown=f"{linked(where)}\n\n{summarise(outcome.path, where)}",
        description=outcome.version,
    )
    create_markdown_artifact(
        key="release-changes",
        markdown=(outcome.path / "changes.md").read_text(encoding="utf-8"),
        description=outcome.version,
    )
    create_table_artifact(
        key="row-counts",
        table=[{"table": table, "rows": rows} for table, rows in outcome.rows.items()],
        description=f"Rows of {outcome.topic} {outcome.version}",
    )
    _show_results(outcome.results, f"{outcome.topic} {outcome.version}")


def _show_results(results: Sequence[Result], what: str) -> None:
    """Show the results of validation: what rejects the release first, then other failures, then the rest."""
    ordered = sorted(results, key=lambda result: (not result.rejects, result.outcome == "passed"))
    create_table_artifact(
        key="validation", table=[vars(result) for result in ordered], description=f"Validation of {what}"
    )


def emit(what: str, name: str, payload: dict[str, Any]) -> None:
    """Tell Prefect's automations what became of a release.

    Parameters
    ----------
    what
        The event's name after `corepath.release.`.
    name
        The topic, and the version if there is one: `ai_chips.2026.11.0`.
    payload
        What else is to be known.
    """
    emit_event(
        event=f"corepath.release.{what}",
        resource={
            "prefect.resource.id": f"corepath.release.{name}",
            "corepath.topic": name.partition(".")[0],
        },
        payload=payload,
    )
