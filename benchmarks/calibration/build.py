"""Build some tables of a world in memory, with all that they need and nothing else."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from benchmarks.calibration import other_maker
from benchmarks.calibration.inference import World
from corepath.synthetic import topic as topics
from corepath.synthetic import world as generator
from corepath.warehouse.build import builder, inputs
from corepath.warehouse.build.graph import Table, discover
from corepath.warehouse.database import connect
from corepath.warehouse.load.loader import load
from corepath.warehouse.settings import Settings
from corepath.warehouse.sources import named
from corepath.warehouse.topic.files import read

# The method that a topic has unless it asks for another: that is what users rely on.
METHOD = "recommended"


def build(world: World, tables: Iterable[str], folder: Path) -> duckdb.DuckDBPyConnection:
    """Make a world and the tables that are to be looked at.

    Parameters
    ----------
    world
        Which.
    tables
        Which, schema.name; their parents are made, too.
    folder
        An empty one, for what is on disk meanwhile; nothing is needed of it later.

    Returns
    -------
    duckdb.DuckDBPyConnection
        One thread, in memory. The generator's truth is the file world.truth.toml in `folder`.
    """
    connection = connect(Settings(warehouse=folder / "warehouse", threads=1, memory="4GB"))
    method = {"preset": METHOD} | dict(world.method)
    topic = topics.write(folder / "topic.toml", everything=world.everything, **method)
    inputs.read_reference(connection)
    inputs.write_topic(connection, read(str(topic)), None)
    if world.maker == "other":
        other_maker.make(connection, world.families, world.seed, other_maker.Making(**dict(world.options)))
        make(connection, discover([]), tables)
        return connection
    options = dict(world.options)
    source = named(options.get("layout", "google_patents"))
    dump = generate(world, folder)
    connection.execute("create schema raw")
    load(connection, source, dump, 0.1)
    all_tables = discover([source.name])
    for table in all_tables.values():
        if table.schema == source.name:
            builder.make(connection, table, "memory")
        elif table.schema == "sources":
            builder.unite_sources(connection, table, {source.name: source})
    make(connection, all_tables, tables)
    return connection


def in_layouts(
    world: World, layouts: Iterable[str], tables: Iterable[str]
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Build the same families as other sources show them, one after the other.

    Parameters
    ----------
    world
        Of the generator.
    layouts
        Names of sources.
    tables
        As `build` takes them.

    Yields
    ------
    duckdb.DuckDBPyConnection
        What `build` gives.
    """
    for layout in layouts:
        other = replace(world, options=(*world.options, ("layout", layout)))
        with TemporaryDirectory() as folder, build(other, tables, Path(folder)) as connection:
            yield connection


def generate(world: World, folder: Path) -> Path:
    """Let the generator write a dump.

    Returns
    -------
    pathlib.Path
        Its folder; the truth is beside it.
    """
    options: dict[str, Any] = {
        "layout": "google_patents",
        "null": False,
        "topic_share": 0.9,
        "plan": "",
    } | dict(world.options)
    plan, dump = folder / "plan.toml", folder / "world"
    plan.write_text(options["plan"], encoding="utf-8")
    arguments = ["--families", str(world.families), "--seed", str(world.seed), "--threads", "1"]
    arguments += ["--layout", options["layout"], "--plan", str(plan), "--out", str(dump)]
    arguments += ["--topic-share", str(options["topic_share"])]
    generator.main(arguments + ["--null"] * options["null"])
    return dump


def make(connection: duckdb.DuckDBPyConnection, known: Mapping[str, Table], wanted: Iterable[str]) -> None:
    """Make tables, parents first, as far as they are not there."""
    found = connection.sql(
        "select schema_name || '.' || table_name from duckdb_tables() "
        "union all select schema_name || '.' || view_name from duckdb_views()"
    ).fetchall()
    there = {name for (name,) in found}

    def need(key: str) -> None:
        if key in there or key not in known:
            return
        there.add(key)
        for parent in known[key].parents:
            need(parent)
        builder.make(connection, known[key], "memory")

    for key in wanted:
        need(key)
