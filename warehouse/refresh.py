"""The whole job, without an orchestrator: load, build, validate, publish."""

import importlib.metadata
import json
import logging
import shutil
import time
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import duckdb

from corepath.warehouse.build import builder as build
from corepath.warehouse.build.border import contents, remember, same_as, world_side
from corepath.warehouse.build.graph import Table, fingerprints, head_of
from corepath.warehouse.build.incremental import Changes
from corepath.warehouse.build.parallel import Helpers, Made, RunParts, in_threads, in_turn, one_by_one
from corepath.warehouse.database import (
    KEPT_SHARE,
    SCHEMA_VERSION,
    WAREHOUSE_STORAGE_VERSION,
    attach,
    clear_spilled,
    connect,
    exclusive,
    explained,
    giving_up,
    literal,
    memory_limit,
)
from corepath.warehouse.errors import Refused, Unavailable
from corepath.warehouse.explore.selection import ancestors, funnel
from corepath.warehouse.load.loader import base_fingerprint, clear_other_form, fingerprint, load, settle
from corepath.warehouse.plan import Run, foresee, identity, read_inputs, resolve, truth_of
from corepath.warehouse.release.assemble import Content, complete
from corepath.warehouse.release.history import withdrawn
from corepath.warehouse.release.recipe import recipe_of
from corepath.warehouse.release.repository import now
from corepath.warehouse.settings import Settings
from corepath.warehouse.sources import Source
from corepath.warehouse.topic.files import source_of
from corepath.warehouse.validate.bare import evaluate
from corepath.warehouse.validate.results import store_results, stored_results
from corepath.warehouse.validate.suites import Suite, known, suites_of
from corepath.warehouse.validate.validator import Job, Result, Validator

log = logging.getLogger("corepath.refresh")

T = TypeVar("T")

# The table that says which families the topic has.
FAMILIES = "intermediate.int_family"

# Settings beside topic, countries and sources that a release may depend on, for its metadata.
_PARAMETERS = {"reject_share", "allowed_drop", "memory", "threads", "task_runner"}

# How a step is run: the flow wraps each in a task of its name, retried so often.
Step = Callable[[str, Callable[[], T], int], T]


RETRY_SECONDS = 2  # a network share may be back by then


def plain(name: str, work: Callable[[], T], retries: int) -> T:
    """Run a step, and again what the system refused to read."""
    for _ in range(retries):
        try:
            return work()
        except Unavailable as error:
            log.warning("%s: %s; once more", name, error)
            time.sleep(RETRY_SECONDS)
    return work()


def parts_in_threads(settings: Settings) -> RunParts:
    """Run parts of a step in as many threads as settings say, or in turn."""
    is_sequential = settings.task_runner == "sequential"
    return one_by_one if is_sequential else partial(in_threads, settings.threads)


# Of the memory of a run, what a process may take that makes tables beside it, with what it imports;
# and of how many families they are worth the two seconds that this takes it.
_MEMORY_OF_A_HELPER = 1e9
_FAMILIES_FOR_HELPERS = 1000


def helpers(settings: Settings, families: int, tables: Iterable[Table]) -> Helpers:
    """Give the processes that make tables of Python beside this one, as many as there is use for.

    Parameters
    ----------
    settings
        Threads, memory, and whether all runs in turn.
    families
        Of the topic.
    tables
        What is made with them.
    """
    modules = [f"corepath.transforms.{table.name}" for table in tables if table.path.suffix == ".py"]
    most = min(settings.threads - 1, int(settings.memory_bytes / _MEMORY_OF_A_HELPER), len(modules))
    is_worth = settings.task_runner == "threads" and families >= _FAMILIES_FOR_HELPERS
    return Helpers(most if is_worth else 0, modules)


@dataclass(frozen=True)
class Outcome:
    """How a refresh ended: a new release, or the one that was there already."""

    status: str  # published, unchanged, or withdrawn: what it would be was rolled back
    topic: str
    version: str
    path: Path
    rows: dict[str, int]
    results: list[Result] = field(default_factory=list)


def refresh(
    settings: Settings, step: Step[Any] = plain, run_parts: RunParts | None = None, run_id: str | None = None
) -> Outcome:
    """Bring the releases of a topic up to date with the dumps.

    Parameters
    ----------
    settings
        What to read and where to write.
    step
        How to run each step: an orchestrator passes its own.
    run_parts
        How to run the parts of a step that has parts; by default in threads, or in turn where
        `settings` say so.
    run_id
        By what an orchestrator knows the run; one is made up by default.

    Returns
    -------
    Outcome
        The new release; or the latest, if nothing changed, or what comes of this was rolled back.

    Raises
    ------
    UsageError
        A source, a topic or a country is unknown, or no source is given.
    BadInput
        A dump or the topic file cannot be read.
    Refused
        The topic selects too little, validation failed, or the release must not follow the one
        before. `latest` stays what it was.
    Busy
        Another run holds the warehouse or the releases.
    """
    run = resolve(settings)
    with (
        exclusive(settings.warehouse),
        run.releases.held(),
        explained(settings),
        open_warehouse(run) as connection,
    ):
        inputs = read_inputs(connection, run)
        loaded = load_sources(connection, run, step)
        settled = raw_fingerprints(connection, run, base_fingerprint)
        marks = fingerprints(run.tables, inputs | loaded)
        made = identity(run.tables, marks, truth_of(settings))
        if outcome := nothing_to_do(run, same_as(connection, made)):
            return outcome
        before = inputs | settled | fingerprints(run.tables, inputs | settled)
        changes = Changes(connection, run.tables, run.sources, before, inputs | loaded | marks)
        job = Build(
            run,
            connection,
            marks,
            inputs | loaded,
            changes,
            made,
            step,
            run_parts or parts_in_threads(settings),
            run_id or str(uuid.uuid4()),
        )
        try:
            return job.renew()
        except Refused as refused:
            run.releases.refuse(made, str(refused))
            raise


def up_to_date(run: Run) -> Outcome | None:
    """Give the latest release where a refresh would find that nothing changed; nothing is written.

    Raises
    ------
    UsageError, BadInput, Busy
        As `foresee`; Busy also where another run holds the warehouse, whatever it makes of it.
    """
    if not run.settings.warehouse.exists():
        return None
    with exclusive(run.settings.warehouse):
        plan = foresee(run)
    latest = run.releases.latest()
    if plan.version is None or plan.withdrawn or latest is None:
        return None
    path = run.releases.folder / plan.version
    return Outcome("unchanged", run.topic.name, plan.version, path, latest.rows)


def nothing_to_do(run: Run, same: Collection[str], why: str = "nothing changed") -> Outcome | None:
    """Give the latest release where it holds this already, or where this was rolled back.

    Any of the identities is that of this build.
    """
    latest = run.releases.latest()
    if latest is None or latest.version is None:
        return None
    topic, path = run.topic.name, run.releases.folder / latest.version
    if latest.identity in same:
        damage = run.releases.damage(latest.version)
        if not damage:
            log.info("%s %s is up to date: %s", topic, latest.version, why)
            return Outcome("unchanged", topic, latest.version, path, latest.rows)
        log.warning(
            "%s %s is damaged (%s): it is built again as a new version",
            topic,
            latest.version,
            "; ".join(damage),
        )
    if gone := withdrawn(run.releases, same):
        log.warning(
            "%s %s was made of the same and then rolled back: %s stays the latest; "
            "`corepath rollback %s` takes it again",
            topic,
            gone,
            latest.version,
            gone,
        )
        return Outcome("withdrawn", topic, latest.version, path, latest.rows)
    return None


def require_valid(
    results: Iterable[Result], what: str = "the release", earlier: Iterable[Result] = ()
) -> None:
    """Log what did not pass, and raise Refused if one of the results rejects what was validated."""
    results = list(results)
    for r in results:
        if r.outcome != "passed":
            how = r.outcome if r.rejects else "does not hold, which rejects no release"
            log.warning("%s: %s %s: %s (%s)", r.table, r.expectation, how, r.observed, r.why)
    rejecting = [f"{r.table}: {r.expectation} {r.outcome}, {r.why}" for r in results if r.rejects]
    if rejecting:
        raise Refused(f"validation rejects {what}: {'; '.join(rejecting)}", [*earlier, *results])


@contextmanager
def open_warehouse(run: Run) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the warehouse of a run for writing; only the holder of its lock may."""
    connection = connect(run.settings)
    try:
        attach(connection, run.settings.warehouse, "warehouse", WAREHOUSE_STORAGE_VERSION)
        clear_other_form(connection)
        connection.execute("create schema if not exists warehouse.raw")
        build.create_schemas(connection, [t for t in run.tables.values() if t.schema != "marts"])
        yield connection
    finally:
        connection.close()
        clear_spilled(run.settings.warehouse)


def load_sources(connection: duckdb.DuckDBPyConnection, run: Run, step: Step[Any]) -> dict[str, str]:
    """Load every source; give the fingerprint of each raw table."""
    settings = run.settings
    (path,) = connection.sql("select current_setting('search_path')").fetchall()[0]
    connection.execute("use warehouse")
    for name, source in run.sources.items():
        dump = settings.sources[name]
        work = partial(load, connection, source, dump, settings.reject_share, processes=settings.threads)
        step(f"load {name}", work, 2)
    connection.execute(f"set search_path = {literal(path)}")
    return raw_fingerprints(connection, run, fingerprint)


def raw_fingerprints(
    connection: duckdb.DuckDBPyConnection,
    run: Run,
    identify: Callable[[duckdb.DuckDBPyConnection, Source], str],
) -> dict[str, str]:
    """Give the fingerprint of each raw table, as a function of the loader identifies its source."""
    (path,) = connection.sql("select current_setting('search_path')").fetchall()[0]
    connection.execute("use warehouse")
    marks = {
        f"raw.{source.name}_{table}": mark
        for source in run.sources.values()
        for mark in [identify(connection, source)]
        for table in source.tables
    }
    connection.execute(f"set search_path = {literal(path)}")
    return marks


def _absolute(topic: str) -> str:
    """Write a topic file's path in full; names and variants of shipped topics stay as they are."""
    file, _, variant = topic.rpartition(".toml")
    return f"{Path(f'{file}.toml').resolve()}{variant}" if file else topic


@dataclass(frozen=True)
class Build:
    """One build of a run, step by step, and what the steps share."""

    run: Run
    connection: duckdb.DuckDBPyConnection
    fingerprints: Mapping[str, str]
    given: Mapping[str, str]  # fingerprints of what the graph starts from
    changes: Changes
    identity: str
    step: Step[Any]
    run_parts: RunParts
    run_id: str

    @property
    def engine(self) -> str:
        """Name what computes the tables, with its version."""
        return f"DuckDB {duckdb.__version__}"

    def renew(self) -> Outcome:
        """Build aside, validate, publish; leave nothing behind if one of them fails."""
        releases, topic = self.run.releases, self.run.topic.name
        draft = releases.draft()
        file = draft / "corepath.duckdb"
        try:
            self._begin(file)
            loaded = self.follow(self.step("validate raw", self._validate_raw, 0))
            rows = self.build_world()
            if outcome := self.same_content():
                return outcome
            # It starts while the topic is built. Of the memory it takes what this process gives up then.
            memory = (1 - KEPT_SHARE) * memory_limit(self.connection)
            with Validator(memory, self.run.settings.threads) as validator:
                rows, suites = self._build_topic(rows)
                job = Job(str(file.resolve()), suites)
                results = self.step("validate", lambda: self._validate(validator, job, loaded), 0)
            version = releases.next_version()
            path = self.step("publish", lambda: self._publish(draft, version, rows, results), 0)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        log.info("%s %s is published in %s", topic, version, releases.place)
        return Outcome("published", topic, version, path, rows, results)

    def _begin(self, file: Path) -> None:
        """Make the file of the build, and tell in it what was loaded."""
        attach(self.connection, file, "build")
        self.connection.execute("create schema build.meta")
        build.describe_files(self.connection, self.run.sources)

    def follow(self, raw: list[Result]) -> list[Result]:
        """Bring the warehouse's tables up to date with the files; validate staging, beside raw."""
        tables = self.run.tables.values()
        build.create_schemas(self.connection, tables)
        present = build.materialized(self.connection)
        for table in tables:
            if table.in_warehouse or table.schema == "sources":
                self._bring_up_to_date(table, present.get(table.key))
        results = self.step("validate staging", lambda: self._validate_staging(raw), 0)
        self._settle()
        return results

    def build_world(self) -> dict[str, int]:
        """Build what reads staging, for the topic; give the rows of the marts among it."""
        ours = world_side(self.run.tables)
        tables = ((table, None) for table in self.families_first() if table.key in ours)
        return self._build(tables, self.run_parts)

    def same_content(self) -> Outcome | None:
        """Give the latest release, or the one rolled back, where the topic reads what that was made of."""
        found = contents(self.connection, self.run.tables, self.given)
        truth = truth_of(self.run.settings)
        remember(self.connection, self.identity, identity(self.run.tables, found, truth))
        same = same_as(self.connection, self.identity)
        return nothing_to_do(self.run, same, "nothing that the topic reads changed")

    def _build_topic(self, rows: dict[str, int]) -> tuple[dict[str, int], list[Suite]]:
        """Build what is left, and close the files; give the rows and the suites of all marts."""
        ours = world_side(self.run.tables)
        tables = [table for table in self.families_first() if table.key not in ours]
        ((families,),) = self.connection.sql(f"select count(*) from {FAMILIES}").fetchall()
        with (
            helpers(self.run.settings, families, tables) as beside,
            closing(in_turn(self.connection, tables, beside)) as turns,
        ):
            rows = rows | self._build(turns, beside.sharing(self.run_parts))
        self.describe_sources()
        build.describe_marts(self.connection, self.run.tables, "build")
        build.describe_calibration(self.connection, "build")
        suites = self._suites("marts")
        # What is done with makes room for the process that validates.
        self.connection.execute(
            "use memory; detach build; detach warehouse; drop schema memory.intermediate cascade"
        )
        in_order = [t.name for t in self.run.tables.values() if t.schema == "marts"]
        return {name: rows[name] for name in in_order}, suites

    def describe_sources(self) -> None:
        """Tell in the file of the build what each source gave."""
        build.describe_sources(self.connection, self.run.sources)

    def _build(
        self, tables: Iterable[tuple[Table, Future[Made] | None]], run_parts: RunParts
    ) -> dict[str, int]:
        """Build per-topic tables, or take what is made already; give the rows of the marts among them."""
        rows = {}
        for table, begun in tables:
            work = partial(build.make, self.connection, table, build.catalog_of(table), run_parts, begun)
            made = self.step(table.key, work, 0)
            if table.schema == "marts":
                rows[table.name] = made
            if table.key == FAMILIES:
                self.enough(made)
        return rows

    def _suites(self, schema: str) -> list[Suite]:
        tables = [t for t in self.run.tables.values() if t.schema == schema and not t.is_view]
        heads = {t.name: head_of(t) for t in tables}
        return suites_of(self.connection, schema, heads)

    def families_first(self) -> list[Table]:
        """Put what selects the topic's families before all else that is built for the topic."""
        first = ancestors(self.run.tables, FAMILIES)
        tables = [t for t in self.run.tables.values() if not (t.in_warehouse or t.schema == "sources")]
        return sorted(tables, key=lambda table: table.key not in first)

    def _bring_up_to_date(self, table: Table, present: str | None) -> None:
        if table.schema == "sources":
            build.unite_sources(self.connection, table, self.run.sources)
        elif present == self.fingerprints[table.key]:
            log.info("%s: up to date", table.key)
        else:
            self.step(table.key, lambda: self.changes.materialize(table, present), 0)

    def enough(self, families: int) -> None:
        """Reject a topic that selects too few families to analyse."""
        minimum = self.run.topic.method.minimum_families
        if families < minimum:
            raise Refused(
                f"the topic {self.run.topic.name} selects {families} patent families in these "
                f"sources, too few to analyse (at least {minimum}, minimum_families in the topic "
                "file): widen the topic or load more documents; nothing is published. What each step of the "
                f"selection leaves:\n{funnel(self.connection).as_text()}"
            )

    def _validate_raw(self) -> list[Result]:
        """Validate what was loaded, before anything is built of it."""
        self.connection.execute("use build")
        suites = [Suite("meta", name, known(name)) for name in ("source_file", "source_table")]
        results = [result for suite in suites for result in evaluate(self.connection, suite)]
        require_valid(results)
        return results

    def _validate_staging(self, raw: list[Result]) -> list[Result]:
        """Validate tables of staging that changed, and of these the rows that did where that is enough."""
        before, now = self.changes.before, self.fingerprints
        results = []
        for suite in self._suites("staging"):
            name, mark = suite.name, suite.fingerprint(now)
            stored = stored_results(self.connection, {name: mark})
            if name not in stored:
                earlier = stored_results(self.connection, {name: suite.fingerprint(before)}).get(name, [])
                if earlier and all(map(self.changes.is_same, suite.reads)):
                    found = earlier
                else:
                    moved = {key: self.changes.moved(key) for key in suite.reads}
                    known_moved = {key: rows for key, rows in moved.items() if rows is not None}
                    found = evaluate(self.connection, suite, known_moved, earlier)
                store_results(self.connection, {name: mark}, found)
                stored = {name: found}
            results += stored[name]
        require_valid(results, earlier=raw)
        return raw + results

    def _validate(self, validator: Validator, job: Job, loaded: list[Result]) -> list[Result]:
        """Validate the marts; give the results of what was loaded along."""
        with giving_up(self.connection, memory_limit(self.connection)):
            results = validator.validate([job])
        require_valid(results, earlier=loaded)
        return loaded + results

    def _settle(self) -> None:
        """Note that all that is made of the files is up to date with them, and valid."""
        (path,) = self.connection.sql("select current_setting('search_path')").fetchall()[0]
        self.connection.execute("use warehouse")
        with build.transaction(self.connection):
            for source in self.run.sources.values():
                settle(self.connection, source)
            self.changes.forget()
        self.changes.close()
        self.connection.execute(f"set search_path = {literal(path)}")

    def _publish(self, draft: Path, version: str, rows: dict[str, int], results: list[Result]) -> Path:
        topic, settings = self.run.topic, self.run.settings
        about = {
            "topic": topic.name,
            "title": topic.title,
            "version": version,
            "schema_version": SCHEMA_VERSION,
            "published_at": now(),
            "identity": self.identity,
            "code_version": importlib.metadata.version("corepath"),
            "run_id": self.run_id,
            "countries": ",".join(settings.countries or topic.countries),
            "sources": ",".join(self.run.sources),
            "method": topic.method.model_dump_json(),
            "parameters": settings.model_dump_json(include=_PARAMETERS),
            "rows": json.dumps(rows),
            "engine": self.engine,
            "truth": truth_of(settings),
        }
        attach(self.connection, draft / "corepath.duckdb", "build")
        text, variant = source_of(settings.topic)
        recipe = recipe_of(settings, variant, self.run.tables, self.given)
        content = Content(about, self.run.tables, self.run.sources, results, text, recipe, settings.truth)
        complete(self.connection, draft, content, self.run.releases, settings.allowed_drop)
        asked = _absolute(settings.topic)
        return self.run.releases.publish(draft, self.identity, rows, version, asked)
