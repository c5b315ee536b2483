"""What a run is, resolved once before anything happens: what it reads, makes and leaves."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import duckdb

from corepath.warehouse.build import builder as build
from corepath.warehouse.build import inputs
from corepath.warehouse.build.border import crossing, same_as
from corepath.warehouse.build.graph import Table, discover, fingerprints
from corepath.warehouse.database import LEAST_MEMORY, SCHEMA_VERSION, attach, reading
from corepath.warehouse.errors import UsageError
from corepath.warehouse.load.loader import Pending, of_another_form, pending
from corepath.warehouse.release import repository as release
from corepath.warehouse.release.history import withdrawn
from corepath.warehouse.release.pages import read_truth
from corepath.warehouse.release.repository import Releases
from corepath.warehouse.settings import Settings
from corepath.warehouse.sources import Source, named
from corepath.warehouse.topic.files import Topic, read


@dataclass(frozen=True)
class Run:
    """What a run reads, what it makes of that, and where the result goes."""

    settings: Settings
    topic: Topic
    sources: Mapping[str, Source]
    tables: Mapping[str, Table]
    releases: Releases


@dataclass(frozen=True)
class Plan:
    """What a run would do if it started now.

    Attributes
    ----------
    files
        What loading would do to the files of each source, by source.
    builds
        Why a table would be built, by schema.name; None where it is up to date.
    version
        Of the release that would stay the latest, so that nothing would be built or published.
    withdrawn
        The release that was made of the same and rolled back, where that is why.
    damage
        What is wrong with the latest release, where it would be built again for that.
    """

    run: Run
    files: Mapping[str, Pending]
    builds: Mapping[str, str | None]
    version: str | None
    withdrawn: str | None = None
    damage: tuple[str, ...] = ()


def resolve(settings: Settings) -> Run:
    """Read the topic, the declarations of the sources and the graph; check that the dumps are there.

    Raises
    ------
    UsageError
        No source is given, one or the topic is unknown, or memory is too little.
    BadInput
        The topic file or what was planted cannot be read, or a path holds no file of its source.
    """
    if settings.memory_bytes < LEAST_MEMORY:
        raise UsageError(
            f"--memory {settings.memory} is too little to run at all: give at least "
            f"{LEAST_MEMORY / 1e6:.0f}MB"
        )
    if not settings.sources:
        raise UsageError("name at least one source, such as --source ppubs=samples/ppubs")
    if not settings.warehouse.parent.is_dir():
        raise UsageError(
            f"there is no folder {settings.warehouse.parent} for the warehouse: make it, or name another "
            "--warehouse"
        )
    topic = read(settings.topic)
    sources = {name: named(name) for name in sorted(settings.sources)}
    for name, source in sources.items():
        source.find(settings.sources[name])
    if settings.truth:
        read_truth(settings.truth)
    return Run(settings, topic, sources, discover(sources), release.at(settings.releases, topic.name))


def read_inputs(connection: duckdb.DuckDBPyConnection, run: Run) -> dict[str, str]:
    """Read the look-up tables and the topic into memory.

    Returns
    -------
    dict of str to str
        A fingerprint for each table, by schema.name.

    Raises
    ------
    UsageError
        A country is unknown, or to be compared and counted as another at once.
    """
    given = inputs.read_reference(connection) | inputs.write_topic(
        connection, run.topic, run.settings.countries
    )
    _check_countries(connection)
    return given


def truth_of(settings: Settings) -> str | None:
    """Fingerprint what was planted in a generated world; nothing for real patents."""
    return hashlib.sha256(settings.truth.read_bytes()).hexdigest() if settings.truth else None


def identity(tables: Mapping[str, Table], marts: Mapping[str, str], truth: str | None = None) -> str:
    """Identify a build by everything that decides its content.

    Parameters
    ----------
    tables
        The graph.
    marts
        Fingerprints by schema.name, those of the marts among them.
    truth
        Of a generated world, the fingerprint of what was planted: the pages show it.

    Returns
    -------
    str
        A sha256: the same for the same content.
    """
    parts = [SCHEMA_VERSION] + [marts[key] for key, t in tables.items() if t.schema == "marts"]
    parts += [truth] if truth else []
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def foresee(run: Run) -> Plan:
    """Find what a run would load, build and publish, and change nothing.

    Files are hashed, and neither loaded nor checked.

    Raises
    ------
    UsageError, BadInput
        As `read_inputs`.
    Busy
        A run has the warehouse open.
    """
    settings = run.settings
    with reading(settings) as connection:
        attach(connection, settings.warehouse, "warehouse", read_only=True)
        if of_another_form(connection):  # the run empties it
            connection.execute("detach warehouse")
            connection.execute("attach ':memory:' as warehouse")
        given = read_inputs(connection, run)
        files = {
            name: pending(connection, source, settings.sources[name]) for name, source in run.sources.items()
        }
        for name, source in run.sources.items():
            given |= {f"raw.{name}_{table}": files[name].fingerprint for table in source.tables}
        now = fingerprints(run.tables, given)
        before = build.materialized(connection)
        made = identity(run.tables, now, truth_of(settings))
        same = same_as(connection, made)
    latest = run.releases.latest()
    damage: list[str] = []
    if latest and latest.version:
        is_same = latest.identity in same
        damage = run.releases.damage(latest.version) if is_same else []
        gone = withdrawn(run.releases, same)
        if (is_same and not damage) or gone:
            return Plan(run, files, dict.fromkeys(run.tables), latest.version, gone)
    changed = {
        f"raw.{name}_{table}" for name in files if files[name].changes for table in run.sources[name].tables
    }
    builds: dict[str, str | None] = {}
    for key, table in run.tables.items():
        if table.schema == "sources":  # a view, made in each run
            builds[key] = None
            if any(parent in changed for parent in table.parents):
                changed.add(key)
            continue
        builds[key] = _reason(table, before.get(key), now[key], changed)
        if builds[key]:
            changed.add(key)
    return Plan(run, files, builds, None, damage=tuple(damage))


def _reason(table: Table, before: str | None, now: str, changed: set[str]) -> str | None:
    """Tell why a table is to be built; None if it is up to date."""
    if not table.in_warehouse:
        return "made anew for each topic"
    if before == now:
        return None
    if before is None:
        return "is not there yet"
    parents = [parent for parent in table.parents if parent in changed]
    return f"{', '.join(parents)} changed" if parents else "its code or a look-up table changed"


def as_text(plan: Plan) -> str:
    """Write a plan for people: a line for each source, table and release."""
    lines = [
        f"{'load' if files.changes else 'skip':6} {name}: {len(files.new)} new, "
        f"{len(files.changed)} changed, {len(files.gone)} gone, {len(files.unchanged)} unchanged"
        for name, files in plan.files.items()
    ]
    topic = plan.run.topic.name
    if plan.withdrawn:
        said = f"{plan.withdrawn} was made of the same and rolled back, {plan.version} stays the latest"
        return "\n".join([*lines, f"skip   publish: {topic} {said}"])
    if plan.version:
        return "\n".join([*lines, f"skip   publish: {topic} {plan.version} is up to date"])
    tables = plan.run.tables
    kept = [key for key, reason in plan.builds.items() if tables[key].schema != "sources" and not reason]
    if kept:
        lines.append(f"skip   {len(kept)} tables of the warehouse: up to date")
    lines += [f"build  {key}: {why}" for key, why in plan.builds.items() if why and tables[key].in_warehouse]
    for schema in ("intermediate", "marts"):
        whys = [why for key, why in plan.builds.items() if tables[key].schema == schema]
        lines.append(f"build  {len(whys)} tables of {schema}: {whys[0]}")
    lines += [f"build  {topic} again: of its latest release, {what}" for what in plan.damage]
    version, latest = plan.run.releases.next_version(), plan.run.releases.latest()
    condition = f"if the {len(crossing(tables))} tables that it reads of all patents changed, and "
    return "\n".join(
        [*lines, f"build  publish: {topic} {version}, {condition if latest else 'if '}validation passes"]
    )


def as_dict(plan: Plan) -> dict[str, Any]:
    """Write a plan for programs."""
    return {
        "topic": plan.run.topic.name,
        "files": {name: asdict(files) for name, files in plan.files.items()},
        "builds": {k: reason for k, reason in plan.builds.items() if plan.run.tables[k].schema != "sources"},
        "up_to_date": None if plan.withdrawn else plan.version,
        "rolled_back": plan.withdrawn,
        "damage": plan.damage,
        "next_version": None if plan.version else plan.run.releases.next_version(),
    }


def _check_countries(connection: duckdb.DuckDBPyConnection) -> None:
    named = (
        "select country from topic.topic_country union select country from topic.topic_count_as "
        "union select counted_as from topic.topic_count_as"
    )
    unknown = connection.sql(
        f"select string_agg(country, ', ' order by country) from ({named}) "
        "where country not in (select country from reference.country)"
    ).fetchall()[0][0]
    if unknown:
        raise UsageError(f"no such country: {unknown}; use ISO 3166 alpha-2 codes such as JP")
    emptied = connection.sql(
        "select country, counted_as from topic.topic_country "
        "inner join topic.topic_count_as using (country) order by country"
    ).fetchall()
    for country, counted_as in emptied:
        raise UsageError(
            f"{country} is to be compared, but count_as counts it as {counted_as}: leave it out "
            "of the countries, or out of count_as"
        )
