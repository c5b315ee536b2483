"""Single tables and what they need, built into a file of their own; nothing is validated or published."""

import importlib.metadata
import logging
import os
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from corepath.warehouse.build import builder as build
from corepath.warehouse.build.border import world_side
from corepath.warehouse.build.graph import Table, fingerprints
from corepath.warehouse.build.parallel import in_turn
from corepath.warehouse.database import (
    SEALED,
    attach,
    clear_spilled,
    exclusive,
    explained,
    find_tables,
    identifier,
)
from corepath.warehouse.errors import UsageError, meant
from corepath.warehouse.plan import Run, read_inputs
from corepath.warehouse.refresh import (
    FAMILIES,
    Step,
    helpers,
    load_sources,
    open_warehouse,
    parts_in_threads,
    plain,
)
from corepath.warehouse.release.repository import now

log = logging.getLogger("corepath.scratch")


@dataclass(frozen=True)
class Built:
    """A table that was built, or was up to date: its rows, and how long it took."""

    table: str
    rows: int
    seconds: float


def named(run: Run, names: Iterable[str]) -> list[str]:
    """Find tables of the graph by their names, with or without their schema.

    Raises
    ------
    UsageError
        There is none of that name.
    """
    keys = {table.name: key for key, table in run.tables.items() if table.schema != "sources"}
    found = []
    for name in names:
        key = name if name in run.tables else keys.get(name.rpartition(".")[2])
        if key is None:
            raise UsageError(f"no table {name!r}{meant(name, keys)}; corepath graph lists them")
        found.append(key)
    return found


def needed(run: Run, wanted: Iterable[str]) -> list[str]:
    """Name tables and all that they are made from, parents first."""
    found: set[str] = set()
    waiting = list(wanted)
    while waiting:
        key = waiting.pop()
        if key in run.tables and key not in found:
            found.add(key)
            waiting += run.tables[key].parents
    return [key for key in run.tables if key in found]


def build_tables(run: Run, names: Iterable[str], file: Path, step: Step[Any] = plain) -> list[Built]:
    """Build tables and what they need into a DuckDB file, in place of what an earlier call left there.

    What no topic changes is brought up to date in the warehouse, as far as these tables need it, and
    copied if it is asked for. What the topic decides is built anew.

    Parameters
    ----------
    run
        What to read.
    names
        Tables, with or without their schema.
    file
        Where to put them.
    step
        How to run each step.

    Returns
    -------
    list of Built
        One a table, in order.

    Raises
    ------
    UsageError
        There is no such table, or the file is something else.
    BadInput
        A dump cannot be read.
    Busy
        Another run holds the warehouse.
    """
    wanted = named(run, names)
    _require_ours(file)
    aside = file.with_name(f".{file.name}-{os.getpid()}")
    found: dict[str, Built] = {}
    try:
        with exclusive(run.settings.warehouse), explained(run.settings), open_warehouse(run) as connection:
            given = read_inputs(connection, run) | load_sources(connection, run, step)
            marks = fingerprints(run.tables, given)
            attach(connection, aside, "build")
            _note(connection, run, wanted)
            for schema in ("staging", "intermediate", "marts"):
                connection.execute(f"create schema build.{schema}")
            find_tables(connection)
            present = build.materialized(connection)
            tables = [run.tables[key] for key in needed(run, wanted)]
            first = world_side(run.tables)
            of_topic = [
                t for t in tables if t.schema != "sources" and not t.in_warehouse and t.key not in first
            ]

            def built(table: Table, make: Callable[[], int]) -> None:
                began = time.perf_counter()
                rows = make()
                if table.key in wanted:
                    rows = _keep(connection, table)
                found[table.key] = Built(table.key, rows, time.perf_counter() - began)

            for table in tables:
                if table not in of_topic:
                    is_fresh = present.get(table.key) == marks[table.key]
                    built(table, partial(_make, connection, run, table, is_fresh, marks[table.key], step))
            families = found[FAMILIES].rows if FAMILIES in found else 0
            with (
                helpers(run.settings, families, of_topic) as beside,
                closing(in_turn(connection, of_topic, beside)) as turns,
            ):
                run_parts = beside.sharing(parts_in_threads(run.settings))
                for table, begun in turns:
                    make = partial(build.make, connection, table, "build", run_parts, begun)
                    built(table, partial(step, table.key, make, 0))
            _drop_views(connection)
        aside.replace(file)
    finally:
        aside.unlink(missing_ok=True)
        clear_spilled(aside)
    return [found[table.key] for table in tables]


def _make(
    connection: duckdb.DuckDBPyConnection, run: Run, table: Table, is_fresh: bool, mark: str, step: Step[Any]
) -> int:
    if table.schema == "sources":
        build.unite_sources(connection, table, run.sources)
        return 0
    if not table.in_warehouse:
        return step(table.key, lambda: build.make(connection, table, "build"), 0)
    if not is_fresh:
        return step(table.key, lambda: build.materialize(connection, table, mark), 0)
    log.info("%s: up to date", table.key)
    return 0


def _keep(connection: duckdb.DuckDBPyConnection, table: Table) -> int:
    """Have a table that was asked for in the file, one of the warehouse and a view too; give its rows."""
    schema = "staging" if table.in_warehouse else table.schema
    target = f"build.{schema}.{identifier(table.name)}"
    if table.in_warehouse or table.is_view:
        connection.execute(f"create temp table kept as from {table.key}")
        if not table.in_warehouse:
            connection.execute(f"drop view {target}")
        connection.execute(f"create table {target} as from temp.kept; drop table temp.kept")
    return connection.sql(f"select count(*) from {target}").fetchall()[0][0]


def _drop_views(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop views, which read files that are not attached where this one is opened alone."""
    views = connection.sql(
        "select schema_name, view_name from duckdb_views() where database_name = 'build' and not internal"
    ).fetchall()
    for schema, view in views:
        connection.execute(f"drop view build.{identifier(schema)}.{identifier(view)}")


def _note(connection: duckdb.DuckDBPyConnection, run: Run, wanted: list[str]) -> None:
    """Write meta.scratch: what was built; by it an older file is known as ours."""
    connection.execute("create schema build.meta")
    connection.execute(
        "create table build.meta.scratch as select ? as topic, ? as tables, ? as sources, "
        "? as code_version, ? as built_at",
        [
            run.topic.name,
            ",".join(wanted),
            ",".join(run.sources),
            importlib.metadata.version("corepath"),
            now(),
        ],
    )


def _require_ours(file: Path) -> None:
    """Reject a file that `build_tables` did not write: it would be replaced."""
    if not file.parent.is_dir():
        raise UsageError(f"there is no folder {file.parent} for {file.name}: make it, or name another file")
    if not file.exists():
        return
    try:
        with duckdb.connect(str(file), read_only=True, config=SEALED) as connection:
            connection.sql("select tables from meta.scratch limit 0")
    except duckdb.Error:
        raise UsageError(
            f"{file} was not written by corepath build, which would replace it: name another file by --out"
        ) from None
