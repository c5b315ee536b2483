"""The whole job, without an orchestrator: load, build, validate, publish."""

import hashlib
import importlib.metadata
import json
import logging
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import duckdb

from warehouse import build, release
from warehouse.database import attach, connect, exclusive, identifier, literal
from warehouse.errors import Refused, UsageError
from warehouse.graph import Table, discover, fingerprints
from warehouse.load import fingerprint, load
from warehouse.release import SCHEMA_VERSION, Releases
from warehouse.settings import Settings
from warehouse.sources import Source, named
from warehouse.topic import Topic, read
from warehouse.validate import Job, Result, Validator, suites_for

log = logging.getLogger("corepath.refresh")

T = TypeVar("T")

# How a step is run: the flow wraps each in a task of its name, retried so often.
Step = Callable[[str, Callable[[], T], int], T]


def plain(name: str, work: Callable[[], T], retries: int) -> T:
    """Run a step as it is."""
    del name, retries
    return work()


@dataclass(frozen=True)
class Outcome:
    """How a refresh ended: a new release, or the one that was there already."""

    status: str  # published or unchanged
    topic: str
    version: str
    path: Path
    rows: dict[str, int]
    results: list[Result] = field(default_factory=list)


def refresh(settings: Settings, step: Step = plain) -> Outcome:
    """Bring the releases of a topic up to date with the dumps.

    Parameters
    ----------
    settings
        What to read and where to write.
    step
        How to run each step: an orchestrator passes its own.

    Returns
    -------
    Outcome
        The new release; or the latest, if nothing changed.

    Raises
    ------
    UsageError
        A source, a topic or a country is unknown, or no source is given.
    BadInput
        A dump or the topic file cannot be read.
    Refused
        The topic selects too little, or validation failed. `latest` stays what it was.
    Busy
        Another run holds the warehouse or the releases.
    """
    if not settings.sources:
        raise UsageError("name at least one source, such as --source ppubs=samples/ppubs")
    topic = read(settings.topic)
    sources = {name: named(name) for name in sorted(settings.sources)}
    tables = discover(sources)
    releases = Releases(settings.releases, topic.name)
    with (
        exclusive(settings.warehouse),
        exclusive(releases.folder),
        _open_warehouse(settings) as connection,
    ):
        reference = build.read_reference(connection)
        topic_marks = build.write_topic(connection, topic, settings.countries)
        _check_countries(connection)
        _load(connection, settings, sources, step)
        marks = fingerprints(
            tables,
            reference
            | topic_marks
            | {f"raw.{s.name}_{t}": fingerprint(connection, s)
               for s in sources.values() for t in s.tables},
        )  # fmt: skip
        identity = _identity(tables, marks)
        latest = releases.latest()
        if latest and latest.version and latest.identity == identity:
            log.info("%s %s is up to date: nothing changed", topic.name, latest.version)
            return Outcome("unchanged", topic.name, latest.version, releases.path(), latest.rows)
        with Validator() as validator:
            try:
                return _renew(
                    connection, settings, topic, sources, tables, marks, identity, releases,
                    validator, step,
                )  # fmt: skip
            except Refused as refused:
                releases.refuse(identity, str(refused))
                raise


@contextmanager
def _open_warehouse(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = connect(settings)
    try:
        attach(connection, settings.warehouse, "warehouse")
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
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    sources: Mapping[str, Source],
    step: Step[Any],
) -> None:
    connection.execute("use warehouse")
    for name, source in sources.items():
        path = settings.sources[name]
        step(f"load {name}", lambda s=source, p=path: load(connection, s, p), 2)
    connection.execute("use memory")
    _find_tables(connection)


def _check_countries(connection: duckdb.DuckDBPyConnection) -> None:
    strange = connection.sql(
        "select string_agg(country, ', ') from topic.topic_country "
        "where country not in (select country from reference.country)"
    ).fetchall()[0][0]
    if strange:
        raise UsageError(f"no such country: {strange}; use ISO 3166 alpha-2 codes such as JP")


def _identity(tables: Mapping[str, Table], marks: Mapping[str, str]) -> str:
    """Identify a build by all that decides its content."""
    parts = [SCHEMA_VERSION] + [marks[key] for key, t in tables.items() if t.schema == "marts"]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _renew(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    topic: Topic,
    sources: Mapping[str, Source],
    tables: Mapping[str, Table],
    marks: Mapping[str, str],
    identity: str,
    releases: Releases,
    validator: Validator,
    step: Step[Any],
) -> Outcome:
    draft = releases.draft()
    try:
        file = draft / "corepath.duckdb"
        attach(connection, file, "build")
        connection.execute("create schema build.meta; create schema build.marts")
        _find_tables(connection)
        rows = _build(connection, topic, sources, tables, marks, step)
        build.copy_ledger(connection, sources)
        build.describe_marts(connection, tables, "build")
        connection.execute("use memory; detach build; detach warehouse")
        results = step(
            "validate", lambda: _validate(validator, settings.warehouse, file, tables), 0
        )
        version = releases.next_version()
        attach(connection, settings.warehouse, "warehouse", read_only=True)
        attach(connection, file, "build")
        about = _about(settings, topic, version, identity, rows)

        def publish() -> Path:
            release.write_validation(connection, results)
            _write_about(connection, about)
            release.write_files(connection, draft, tables, sources, about, results)
            connection.execute("detach build")
            release.write_sums(draft)
            return releases.publish(draft, identity, rows, version)

        path = step("publish", publish, 0)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    log.info("%s %s is published: %s", topic.name, version, path)
    return Outcome("published", topic.name, version, path, rows, results)


def _build(
    connection: duckdb.DuckDBPyConnection,
    topic: Topic,
    sources: Mapping[str, Source],
    tables: Mapping[str, Table],
    marks: Mapping[str, str],
    step: Step[Any],
) -> dict[str, int]:
    rows = {}
    for key, table in tables.items():
        if table.schema == "sources":
            build.unite_sources(connection, table, sources)
        elif not table.in_warehouse:
            catalog = "build" if table.schema == "marts" else "memory"
            made = step(key, lambda t=table, c=catalog: build.make(connection, t, c), 0)
            if table.schema == "marts":
                rows[table.name] = made
            if key == "intermediate.int_family":
                _enough(made, topic)
        elif build.is_kept(connection, table, marks[key]):
            log.info("%s: kept", key)
        else:
            step(key, lambda t=table: build.keep(connection, t, marks[t.key]), 0)
        _find_tables(connection)
    return rows


def _enough(families: int, topic: Topic) -> None:
    if families < topic.method.minimum_families:
        raise Refused(
            f"the topic {topic.name} selects {families} patent families in these sources, too few "
            f"to analyse (at least {topic.method.minimum_families}, minimum_families in the topic "
            "file): widen the topic or load more documents; nothing is published"
        )


def _validate(
    validator: Validator, warehouse: Path, file: Path, tables: Mapping[str, Table]
) -> list[Result]:
    judged = {
        schema: suites_for((t.schema, t.name) for t in tables.values() if t.schema == schema)
        for schema in ("staging", "marts")
    }
    results = validator.judge(
        [Job(str(warehouse), judged["staging"]), Job(str(file), judged["marts"])]
    )
    for result in results:
        if result.outcome != "passed":
            log.warning("%s: %s %s: %s (%s)", result.table, result.expectation,
                        result.outcome, result.observed, result.why)  # fmt: skip
    refusing = [result for result in results if result.refuses]
    if refusing:
        raise Refused(
            "validation refuses the release: "
            + "; ".join(f"{r.table}: {r.expectation} {r.outcome}, {r.why}" for r in refusing)
        )
    return results


def _about(
    settings: Settings, topic: Topic, version: str, identity: str, rows: Mapping[str, int]
) -> dict[str, Any]:
    return {
        "topic": topic.name,
        "title": topic.title,
        "version": version,
        "schema_version": SCHEMA_VERSION,
        "published_at": release.now(),
        "identity": identity,
        "code_version": importlib.metadata.version("corepath"),
        "countries": ",".join(settings.countries or topic.countries),
        "sources": ",".join(sorted(settings.sources)),
        "method": topic.method.model_dump_json(),
        "rows": json.dumps(rows),
    }


def _write_about(connection: duckdb.DuckDBPyConnection, about: Mapping[str, Any]) -> None:
    connection.execute(
        "create table build.meta.release as select "
        + ", ".join(f"?::varchar as {identifier(name)}" for name in about),
        list(about.values()),
    )
