"""The jobs whose world's side runs on Apache Spark: stage a lake, and refresh a topic from one."""

import logging
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from corepath.warehouse.build import builder as build
from corepath.warehouse.build.border import contents, crossing, world_side
from corepath.warehouse.build.graph import Table, discover, fingerprints, head_of
from corepath.warehouse.build.incremental import Changes
from corepath.warehouse.build.inputs import read_reference
from corepath.warehouse.build.parallel import RunParts
from corepath.warehouse.database import connect, explained
from corepath.warehouse.errors import Refused, UsageError
from corepath.warehouse.lake.lake import Lake, State
from corepath.warehouse.lake.load import Brought, bring_in, write_ledger
from corepath.warehouse.lake.session import opened
from corepath.warehouse.lake.shapes import make_empty
from corepath.warehouse.lake.stage import World, engine, raw_marks
from corepath.warehouse.plan import Run, identity, read_inputs, truth_of
from corepath.warehouse.refresh import (
    FAMILIES,
    Build,
    Outcome,
    Step,
    nothing_to_do,
    open_warehouse,
    parts_in_threads,
    plain,
    require_valid,
)
from corepath.warehouse.release.repository import at as releases_at
from corepath.warehouse.settings import Cluster, Settings
from corepath.warehouse.sources import Source, named
from corepath.warehouse.topic.files import read as read_topic
from corepath.warehouse.validate.bare import evaluate
from corepath.warehouse.validate.suites import Suite, known, suites_of
from corepath.warehouse.validate.validator import Result

log = logging.getLogger("corepath.lake")

_STAGING = "staging"


@dataclass(frozen=True)
class Staged:
    """How a lake was staged: rows of its tables, results of validation, and folders removed."""

    place: str
    rows: dict[str, int]
    results: list[Result]
    removed: int


def stage(settings: Settings, cluster: Cluster, step: Step[Any] = plain) -> Staged:
    """Bring a lake up to date with the dumps: load, sources, staging, validation.

    Parameters
    ----------
    settings
        The sources and their dumps, and the share of rows that may be rejected.
    cluster
        Where; and dumps that lie in object stores.
    step
        How to run each step: an orchestrator passes its own.

    Raises
    ------
    UsageError
        No source is given, or pyspark is not installed.
    BadInput, Unavailable
        A dump cannot be read.
    Refused
        Validation failed: the lake stays what it was.
    Busy
        Another run holds the lake.
    """
    if twice := settings.sources.keys() & cluster.dumps.keys():
        raise UsageError(f"--source {min(twice)}: given twice; put its files into one place")
    dumps: dict[str, Path | str] = {**settings.sources, **cluster.dumps}
    if not dumps:
        raise UsageError("name at least one source, such as --source ppubs=samples/ppubs")
    sources = {name: named(name) for name in sorted(dumps)}
    lake = Lake(cluster.lake)
    with lake.held(), _aside(settings) as connection:
        before = lake.state()
        tables = {key: t for key, t in discover(sources).items() if _is_of_world(t)}
        given = read_reference(connection)
        make_empty(connection, tables, sources)
        with opened(cluster.spark, cluster.options) as spark:
            world = World(spark, lake, connection, tables, sources, {})
            world.prepare(tables)
            files = step("load", partial(_load, world, dumps, settings.reject_share, before), 2)
            world.marks = fingerprints(tables, given | raw_marks(files, sources))
            world.show_raw(files)
            results = _validate_raw(settings, files, before, sources)
            rows = {key: step(key, partial(world.make, key), 0) for key in tables}
            results += step("validate staging", partial(_validate, world), 0)
            require_valid(results, "what was staged")
            for name, sql in build.source_counts(sources).items():
                world.keep(f"meta.{name}", sql)
        after = State(
            engine=engine(),
            tables={**before.tables, _STAGING: world.made},
            files=files,
            files_before=before.files if files != before.files else before.files_before,
            contents=before.contents,
            results=[asdict(result) for result in results],
        )
        lake.point(after)
        removed = lake.clean(after)
    return Staged(lake.place, rows, results, removed)


def _is_of_world(table: Table) -> bool:
    return table.in_warehouse or table.schema == "sources"


def _load(world: World, dumps: Mapping[str, Path | str], reject_share: float, before: State) -> list[Brought]:
    return bring_in(world.spark, world.lake, world.sources, dumps, before.files, reject_share)


@contextmanager
def _aside(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a DuckDB that leaves nothing behind."""
    with tempfile.TemporaryDirectory(prefix="corepath-") as folder:
        connection = connect(settings.model_copy(update={"warehouse": Path(folder) / "lake.duckdb"}))
        try:
            yield connection
        finally:
            connection.close()


def _validate_raw(
    settings: Settings, files: list[Brought], before: State, sources: Mapping[str, Source]
) -> list[Result]:
    """Validate what was loaded, before anything is made of it."""
    with _aside(settings) as connection:
        connection.execute("attach ':memory:' as warehouse; attach ':memory:' as build; use warehouse")
        write_ledger(connection, files, before.files)
        connection.execute("create schema build.meta")
        build.describe_files(connection, sources)
        connection.execute("use build")
        results = [
            result
            for name in ("source_file", "source_table")
            for result in evaluate(connection, Suite("meta", name, known(name)))
        ]
    require_valid(results, "what was staged")
    return results


def _validate(world: World) -> list[Result]:
    staging = [t for t in world.tables.values() if t.schema == "staging" and not t.is_view]
    heads = {t.name: head_of(t) for t in staging}
    suites = suites_of(world.connection, "staging", heads)
    return [result for suite in suites for result in world.validate(suite)]


def refresh(
    settings: Settings,
    cluster: Cluster,
    step: Step[Any] = plain,
    run_parts: RunParts | None = None,
    run_id: str | None = None,
) -> Outcome:
    """Bring the releases of a topic up to date with a lake: the world's side on Spark, the rest here.

    Parameters
    ----------
    settings
        The topic, and where the releases go; sources are those that the lake was staged from.
    cluster
        Where the world's side is made.
    step, run_parts, run_id
        As `warehouse.refresh.refresh` takes them.

    Raises
    ------
    UsageError
        The lake was not staged, or by another version; or the topic asks for what a lake cannot give.
    Refused, Busy
        As `warehouse.refresh.refresh`; another run holds the lake, too.
    """
    lake = Lake(cluster.lake)
    state = lake.state()
    if not state.files:
        raise UsageError(
            f"{lake.place} holds nothing yet: corepath stage --lake ... --source NAME=PATH first"
        )
    sources = {name: named(name) for name in sorted({file["source"] for file in state.files})}
    with tempfile.TemporaryDirectory(prefix="corepath-") as folder:
        aside = settings.model_copy(update={"warehouse": Path(folder) / "lake.duckdb", "sources": {}})
        topic = read_topic(settings.topic)
        run = Run(aside, topic, sources, discover(sources), releases_at(settings.releases, topic.name))
        with lake.held(), run.releases.held(), explained(aside), open_warehouse(run) as connection:
            inputs = read_inputs(connection, run)
            given = inputs | raw_marks(state.files, sources)
            marks = fingerprints(run.tables, given)
            stale = [key for key, mark in state.tables[_STAGING].items() if marks.get(key, mark) != mark]
            if state.engine != engine() or stale:
                raise UsageError(
                    f"{lake.place} was staged by {state.engine} and other code or look-up tables "
                    f"({', '.join(stale[:3])}): corepath stage it again"
                )
            connection.execute("use warehouse")
            write_ledger(connection, state.files, state.files_before)
            connection.execute("use memory")
            made = identity(run.tables, marks, truth_of(aside))
            if outcome := nothing_to_do(run, {made}):
                return outcome
            job = _OnLake(
                run,
                connection,
                marks,
                given,
                Changes(connection, run.tables, run.sources, {}, {}),
                made,
                step,
                run_parts or parts_in_threads(settings),
                run_id or str(uuid.uuid4()),
                lake,
                cluster,
                state,
            )
            try:
                outcome = job.renew()
            except Refused as refused:
                run.releases.refuse(made, str(refused))
                raise
            lake.clean(state)
            return outcome


@dataclass(frozen=True)
class _OnLake(Build):
    """A build whose world's side is made in a lake, and crosses to here."""

    lake: Lake
    cluster: Cluster
    state: State

    @property
    def engine(self) -> str:
        """Name what made it."""
        return f"{self.state.engine} and {super().engine}"

    def follow(self, raw: list[Result]) -> list[Result]:
        """Take the results of staging: it was validated when it was staged."""
        build.create_schemas(self.connection, self.run.tables.values())
        staged = [Result(**result) for result in self.state.results if result["table"].startswith("stg_")]
        return raw + staged

    def build_world(self) -> dict[str, int]:
        """Make what reads staging in the lake, and take what crosses the border."""
        tables, ours = self.run.tables, world_side(self.run.tables)
        with _aside(self.run.settings) as shapes:
            read_inputs(shapes, self.run)
            make_empty(
                shapes, {k: t for k, t in tables.items() if k in ours or _is_of_world(t)}, self.run.sources
            )
            with opened(self.cluster.spark, self.cluster.options) as spark:
                world = World(spark, self.lake, shapes, tables, self.run.sources, self.fingerprints)
                wanted = [table.key for table in self.families_first() if table.key in ours]
                staging = [key for key, table in tables.items() if table.schema == "staging"]
                world.prepare([*staging, *wanted])
                for key in staging:  # found, if it is no view
                    world.make(key)
                rows = {}
                for key in wanted:
                    made = self.step(key, partial(world.make, key), 0)
                    if key == FAMILIES:
                        self.enough(made)
        kept = f"topic {self.run.topic.name}"
        self.state.tables[kept] = {k: self.fingerprints[k] for k in wanted if not tables[k].is_view}
        self.lake.point(self.state)
        for key in crossing(tables):
            found = self.lake.read(key, self.fingerprints[key])
            count = build.take(self.connection, tables[key], found)
            if tables[key].schema == "marts":
                rows[tables[key].name] = count
        return rows

    def same_content(self) -> Outcome | None:
        """Give the latest release where the topic reads what that was made of; the lake remembers it."""
        found = contents(self.connection, self.run.tables, self.given)
        content = identity(self.run.tables, found, truth_of(self.run.settings))
        same = {made for made, other in self.state.contents.items() if other == content} | {self.identity}
        self.state.contents[self.identity] = content
        self.lake.point(self.state)
        return nothing_to_do(self.run, same, "nothing that the topic reads changed")

    def enough(self, families: int) -> None:
        """Reject a topic that selects too little; the steps of the selection are in the lake only."""
        minimum = self.run.topic.method.minimum_families
        if families < minimum:
            raise Refused(
                f"the topic {self.run.topic.name} selects {families} patent families of this lake, too few "
                f"to analyse (at least {minimum}, minimum_families in the topic file); nothing is published"
            )

    def describe_sources(self) -> None:
        """Write what the lake counted of its sources."""
        counted = {
            name: self.lake.read(f"meta.{name}", self.state.tables[_STAGING][f"meta.{name}"])
            for name in build.source_counts(self.run.sources)
        }
        build.describe_sources(self.connection, self.run.sources, counted)
