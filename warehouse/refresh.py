"""The whole job, without an orchestrator: load, build, validate, publish."""

import hashlib
import importlib.metadata
import json
import logging
import shutil
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from math import inf
from pathlib import Path
from typing import Any, TypeVar

import duckdb

from corepath.warehouse.build import builder as build
from corepath.warehouse.build import inputs
from corepath.warehouse.build.graph import Table, discover, fingerprints
from corepath.warehouse.database import (
    KEPT_SHARE,
    LEAST_MEMORY,
    WAREHOUSE_STORAGE_VERSION,
    attach,
    connect,
    exclusive,
    explained,
    giving_up,
    identifier,
    literal,
    memory_limit,
)
from corepath.warehouse.errors import BadInput, Refused, Unavailable, UsageError
from corepath.warehouse.load.loader import fingerprint, load
from corepath.warehouse.release import check as gate
from corepath.warehouse.release import diff, package, pages
from corepath.warehouse.release import repository as release
from corepath.warehouse.release.croissant import as_croissant
from corepath.warehouse.release.history import withdrawn
from corepath.warehouse.release.repository import SCHEMA_VERSION, Releases
from corepath.warehouse.settings import Settings
from corepath.warehouse.sources import Source, named
from corepath.warehouse.topic.files import Topic, read
from corepath.warehouse.validate.validator import (
    Job,
    Result,
    Validator,
    keep_verdicts,
    kept_verdicts,
    suites_for,
    verdict_mark,
)

log = logging.getLogger("corepath.refresh")

T = TypeVar("T")

# Settings beside topic, countries and sources that a release may depend on, for its metadata.
_PARAMETERS = {"reject_share", "allowed_drop", "memory", "threads", "task_runner"}

# Files of a release that are neither marts nor pages.
_DOCUMENTS = {
    "corepath.duckdb": "All marts, and meta about the release, for DuckDB 1.2 and newer",
    "validation.json": "Every verdict of validation",
    "changes.json": "What changed since the release before",
    "changes.md": "What changed since the release before",
}

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


@dataclass(frozen=True)
class Outcome:
    """How a refresh ended: a new release, or the one that was there already."""

    status: str  # published, unchanged, or withdrawn: what it would be was rolled back
    topic: str
    version: str
    path: Path
    rows: dict[str, int]
    results: list[Result] = field(default_factory=list)


def prepare(settings: Settings) -> tuple[Topic, dict[str, Source]]:
    """Read the topic and the sources' declarations, and see that the dumps are there.

    Raises
    ------
    UsageError
        No source is given, or one or the topic is unknown.
    BadInput
        The topic file cannot be read, or a path holds no file of its source.
    """
    if settings.memory_bytes < LEAST_MEMORY:
        raise UsageError(
            f"--memory {settings.memory} is too little to run at all: give at least "
            f"{LEAST_MEMORY / 1e6:.0f}MB"
        )
    if not settings.sources:
        raise UsageError("name at least one source, such as --source ppubs=samples/ppubs")
    topic = read(settings.topic)
    sources = {name: named(name) for name in sorted(settings.sources)}
    for name, source in sources.items():
        source.find(settings.sources[name])
    return topic, sources


def refresh(
    settings: Settings, step: Step = plain, spread: build.Spread = build.one_by_one, run_id: str | None = None
) -> Outcome:
    """Bring the releases of a topic up to date with the dumps.

    Parameters
    ----------
    settings
        What to read and where to write.
    step
        How to run each step: an orchestrator passes its own.
    spread
        How to run the parts of a step that has parts.
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
    topic, sources = prepare(settings)
    tables = discover(sources)
    releases = release.at(settings.releases, topic.name)
    with (
        exclusive(settings.warehouse),
        releases.held(),
        explained(settings),
        _open_warehouse(settings) as connection,
        # Of the memory, what this process gives up while that one judges.
        Validator(f"{(1 - KEPT_SHARE) * memory_limit(connection):.0f}B", settings.threads) as validator,
    ):
        given = inputs.read_reference(connection)
        given |= inputs.write_topic(connection, topic, settings.countries)
        _check_countries(connection)
        given |= _load(connection, settings, sources, step)
        marks = fingerprints(tables, given)
        identity = _identity(tables, marks)
        latest = releases.latest()
        if latest and latest.version and latest.identity == identity:
            damage = releases.damage(latest.version)
            if not damage:
                log.info("%s %s is up to date: nothing changed", topic.name, latest.version)
                path = releases.folder / latest.version
                return Outcome("unchanged", topic.name, latest.version, path, latest.rows)
            log.warning(
                "%s %s is damaged (%s): it is built again as a new version",
                topic.name,
                latest.version,
                "; ".join(damage),
            )
        if latest and latest.version and (gone := withdrawn(releases, identity)):
            log.warning(
                "%s %s was made of the same and then rolled back: %s stays the latest; "
                "`corepath rollback %s` takes it again",
                topic.name,
                gone,
                latest.version,
                gone,
            )
            path = releases.folder / latest.version
            return Outcome("withdrawn", topic.name, latest.version, path, latest.rows)
        run = _Run(
            connection,
            validator,
            settings,
            topic,
            sources,
            tables,
            marks,
            identity,
            releases,
            step,
            spread,
            run_id or str(uuid.uuid4()),
        )
        try:
            return run.renew()
        except Refused as refused:
            releases.refuse(identity, str(refused))
            raise


@contextmanager
def _open_warehouse(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = connect(settings)
    try:
        attach(connection, settings.warehouse, "warehouse", WAREHOUSE_STORAGE_VERSION)
        connection.execute("create schema if not exists warehouse.raw")
        _find_tables(connection)
        yield connection
    finally:
        connection.close()
        shutil.rmtree(f"{settings.warehouse}.tmp", ignore_errors=True)


def _find_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Let `schema.table` find tables in every attached file, as the SQL files name them."""
    schemas = connection.sql(
        "select distinct database_name, schema_name from duckdb_schemas() "
        "where not internal or schema_name = 'main'"
    ).fetchall()
    path = ",".join(
        f"{identifier(catalog)}.{identifier(schema)}"
        for catalog, schema in sorted(schemas)
        if catalog in ("memory", "warehouse", "build")
    )
    connection.execute(f"set search_path = {literal(path)}")


def _load(
    connection: duckdb.DuckDBPyConnection, settings: Settings, sources: Mapping[str, Source], step: Step[Any]
) -> dict[str, str]:
    """Load every source; give the fingerprint of each raw table."""
    connection.execute("use warehouse")
    for name, source in sources.items():
        path = settings.sources[name]
        work = partial(load, connection, source, path, settings.reject_share, processes=settings.threads)
        step(f"load {name}", work, 2)
    marks = {
        f"raw.{source.name}_{table}": fingerprint(connection, source)
        for source in sources.values()
        for table in source.tables
    }
    connection.execute("use memory")
    _find_tables(connection)
    return marks


def _check_countries(connection: duckdb.DuckDBPyConnection) -> None:
    named = (
        "select country from topic.topic_country union select country from topic.topic_count_as "
        "union select counted_as from topic.topic_count_as"
    )
    strange = connection.sql(
        f"select string_agg(country, ', ' order by country) from ({named}) "
        "where country not in (select country from reference.country)"
    ).fetchall()[0][0]
    if strange:
        raise UsageError(f"no such country: {strange}; use ISO 3166 alpha-2 codes such as JP")
    emptied = connection.sql(
        "select country, counted_as from topic.topic_country "
        "inner join topic.topic_count_as using (country) order by country"
    ).fetchall()
    for country, counted_as in emptied:
        raise UsageError(
            f"{country} is to be compared, but count_as counts it as {counted_as}: leave it out "
            "of the countries, or out of count_as"
        )


def _absolute(topic: str) -> str:
    """Write a topic file's path in full; names and variants of shipped topics stay as they are."""
    file, _, variant = topic.rpartition(".toml")
    return f"{Path(f'{file}.toml').resolve()}{variant}" if file else topic


def _identity(tables: Mapping[str, Table], marks: Mapping[str, str]) -> str:
    """Identify a build by all that decides its content."""
    parts = [SCHEMA_VERSION] + [marks[key] for key, t in tables.items() if t.schema == "marts"]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@dataclass(frozen=True)
class _Run:
    """What the steps of one build share."""

    connection: duckdb.DuckDBPyConnection
    validator: Validator
    settings: Settings
    topic: Topic
    sources: Mapping[str, Source]
    tables: Mapping[str, Table]
    marks: Mapping[str, str]
    identity: str
    releases: Releases
    step: Step[Any]
    spread: build.Spread
    run_id: str

    def renew(self) -> Outcome:
        """Build aside, validate, publish; leave nothing behind if one of them fails."""
        draft = self.releases.draft()
        file = draft / "corepath.duckdb"
        try:
            self._begin(file)
            raw = self.step("validate raw", lambda: self._validate_raw(file), 0)
            rows = self._build(file)
            results = self.step("validate", lambda: self._validate(file, raw), 0)
            version = self.releases.next_version()
            path = self.step("publish", lambda: self._publish(draft, version, rows, results), 0)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        log.info("%s %s is published in %s", self.topic.name, version, self.releases.place)
        return Outcome("published", self.topic.name, version, path, rows, results)

    def _begin(self, file: Path) -> None:
        """Make the file of the build, and tell in it what was loaded; close it."""
        attach(self.connection, file, "build")
        self.connection.execute("create schema build.meta; create schema build.marts")
        build.describe_files(self.connection, self.sources)
        self.connection.execute("use memory; detach build")

    def _build(self, file: Path) -> dict[str, int]:
        """Build what is not kept into the warehouse and the file; close both."""
        attach(self.connection, file, "build")
        _find_tables(self.connection)
        rows = {}
        for table in self.tables.values():
            made = self._make(table)
            _find_tables(self.connection)
            if table.schema == "marts":
                rows[table.name] = made
            if table.key == "intermediate.int_family":
                self._enough(made)
        build.describe_sources(self.connection, self.sources)
        build.describe_marts(self.connection, self.tables, "build")
        build.describe_calibration(self.connection, "build")
        # What is done with makes room for the process that judges.
        self.connection.execute(
            "use memory; detach build; detach warehouse; drop schema memory.intermediate cascade"
        )
        return rows

    def _make(self, table: Table) -> int:
        connection, mark = self.connection, self.marks[table.key]
        if table.schema == "sources":
            build.unite_sources(connection, table, self.sources)
            return 0
        if not table.in_warehouse:
            catalog = "build" if table.schema == "marts" else "memory"
            return self.step(table.key, lambda: build.make(connection, table, catalog, self.spread), 0)
        if build.is_kept(connection, table, mark):
            log.info("%s: kept", table.key)
            return 0
        return self.step(table.key, lambda: build.keep(connection, table, mark), 0)

    def _enough(self, families: int) -> None:
        minimum = self.topic.method.minimum_families
        if families < minimum:
            raise Refused(
                f"the topic {self.topic.name} selects {families} patent families in these "
                f"sources, too few to analyse (at least {minimum}, minimum_families in the topic "
                "file): widen the topic or load more documents; nothing is published"
            )

    def _validate_raw(self, file: Path) -> list[Result]:
        """Judge what was loaded, before anything is built of it."""
        tables = suites_for([("meta", "source_file"), ("meta", "source_table")])
        results = self.validator.judge([Job(str(file.resolve()), tables)])
        self._decide(results)
        return results

    def _validate(self, file: Path, raw: list[Result]) -> list[Result]:
        """Judge staging and marts; give the verdicts on raw along."""
        staging, marts = (
            suites_for((t.schema, t.name) for t in self.tables.values() if t.schema == schema)
            for schema in ("staging", "marts")
        )
        warehouse = self.settings.warehouse
        verdict_marks = {name: verdict_mark(f"{schema}.{name}", self.marks) for schema, name in staging}
        with self._warehouse():
            kept = kept_verdicts(self.connection, verdict_marks)
        anew = [(schema, name) for schema, name in staging if name not in kept]
        with giving_up(self.connection, inf):
            judged = self.validator.judge(
                [Job(str(warehouse.resolve()), anew), Job(str(file.resolve()), marts)]
            )
        with self._warehouse():
            keep_verdicts(self.connection, {n: verdict_marks[n] for _, n in anew}, judged)
        results = [r for verdicts in kept.values() for r in verdicts] + judged
        self._decide(results, raw)
        return raw + results

    def _decide(self, results: list[Result], earlier: Sequence[Result] = ()) -> None:
        """Tell what did not pass; refuse the release if one of it must."""
        for r in results:
            if r.outcome != "passed":
                what = (r.table, r.expectation, r.outcome, r.observed, r.why)
                log.warning("%s: %s %s: %s (%s)", *what)
        refusing = [f"{r.table}: {r.expectation} {r.outcome}, {r.why}" for r in results if r.refuses]
        if refusing:
            raise Refused(f"validation refuses the release: {'; '.join(refusing)}", [*earlier, *results])

    @contextmanager
    def _warehouse(self) -> Iterator[None]:
        """Attach the warehouse while nobody else reads its file."""
        attach(self.connection, self.settings.warehouse, "warehouse", WAREHOUSE_STORAGE_VERSION)
        try:
            yield
        finally:
            self.connection.execute("detach warehouse")

    def _publish(self, draft: Path, version: str, rows: dict[str, int], results: list[Result]) -> Path:
        about = {
            "topic": self.topic.name,
            "title": self.topic.title,
            "version": version,
            "schema_version": SCHEMA_VERSION,
            "published_at": release.now(),
            "identity": self.identity,
            "code_version": importlib.metadata.version("corepath"),
            "run_id": self.run_id,
            "countries": ",".join(self.settings.countries or self.topic.countries),
            "sources": ",".join(self.sources),
            "method": self.topic.method.model_dump_json(),
            "parameters": self.settings.model_dump_json(include=_PARAMETERS),
            "rows": json.dumps(rows),
        }
        attach(self.connection, draft / "corepath.duckdb", "build")
        release.write_meta(self.connection, about, results)
        resources = release.write_marts(self.connection, draft, self.tables)
        if reasons := gate.dangling(self.connection, resources):
            raise Refused("; ".join(reasons), results)
        credits = package.credits(self.connection, self.sources)
        release.write_json(draft / "validation.json", [asdict(result) for result in results])
        change = self._compare(diff.Side.of(draft, about, resources), results)
        diff.write(change, draft)
        self.connection.execute("detach build")
        resources += pages.write_pages(draft, f"{self.topic.title} {version}", results, diff.as_dict(change))
        for name, what in _DOCUMENTS.items():
            resources.append(package.document(draft / name, what))
        described = package.describe_release(resources, credits, about)
        release.write_json(draft / "datapackage.json", described)
        release.write_json(draft / "croissant.json", as_croissant(described))
        release.write_sums(draft)
        asked = _absolute(self.settings.topic)
        return self.releases.publish(draft, self.identity, rows, version, asked)

    def _compare(self, new: diff.Side, results: list[Result]) -> diff.Change:
        """Compare with the latest release; refuse what must not follow it."""
        latest = self.releases.latest()
        if latest is None:
            return diff.Change(None, new.version)
        try:
            before = diff.read(self.releases.path(latest.version))
            change = diff.compare(self.connection, before, new)
        except BadInput as error:
            raise Refused(f"what cannot be compared is not published: {error}", results) from error
        if reasons := gate.refusals(change, before, new, self.settings.allowed_drop):
            raise Refused("; ".join(reasons), results)
        warnings = gate.warnings(change, self.settings.allowed_drop)
        for warning in warnings:
            log.warning("%s", warning)
        return replace(change, warnings=warnings)
