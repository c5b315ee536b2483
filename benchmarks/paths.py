"""Planted paths and lags beside the found ones: `python -m benchmarks paths`.

It makes worlds with paths and worlds without, builds `fct_pathway` and `fct_technology_lag` of
each, and writes what was planted and what was found to a file of results.
"""

import tempfile
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.run import ROOT, resume, say, write
from corepath.synthetic import world
from corepath.warehouse.build import builder as build
from corepath.warehouse.build import inputs
from corepath.warehouse.build.graph import Table, discover
from corepath.warehouse.database import connect
from corepath.warehouse.load.loader import load
from corepath.warehouse.settings import Settings
from corepath.warehouse.sources import named
from corepath.warehouse.topic.files import read

Found = dict[str, Any]

# Four countries of about as many core families, so that each has its own in a world that is not too
# large, and enough families outside the topic to tell what it is used to. Who comes later has more
# families whose citations are not all in yet, and so fewer core ones among as many.
COUNTRIES = {"US": 0.2, "JP": 0.2, "KR": 0.22, "CN": 0.36}
WEIGHTS = COUNTRIES | dict.fromkeys(("DE", "TW", "GB", "FR", "NL"), 0.04)
PLAN = "\n".join(f"[country.{name}]\nweight = {w}\ncore = 0.5" for name, w in WEIGHTS.items())
TOPIC_SHARE, CORE_SHARE = 0.6, 0.5
# Of all core families those of each of COUNTRIES, at least.
LEAST = 0.16
SAMPLES = 500
# Not the seeds with which the rules were made.
FIRST_SEED = 11
DIMENSIONS = ("industry", "technology", "collaboration")


def families_for(core_families: int) -> int:
    """Say how many families a world needs for so many core families in each of COUNTRIES."""
    return round(core_families / (LEAST * TOPIC_SHARE * CORE_SHARE))


def measure(families: int, rounds: int, limits: Mapping[str, Any], work: Path, file: Path) -> None:
    """Find the paths of a world with and of a world without any, in every round from a new seed.

    Parameters
    ----------
    families
        How many each world has.
    rounds
        How many seeds, from FIRST_SEED.
    limits
        Of DuckDB: memory, threads.
    work
        Where worlds are put while they are looked at.
    file
        The results; a measurement that was stopped goes on.
    """
    report = resume(file, "paths", {"families": families, "samples": SAMPLES, **limits})
    for number in range(len(report["rounds"]), rounds):
        found = {}
        for what, null in (("planted", False), ("nothing", True)):
            with tempfile.TemporaryDirectory(dir=work) as folder:
                found[what] = find(
                    families, FIRST_SEED + number, Path(folder), null=null, samples=SAMPLES, **limits
                )
            hits = [path["as_planted"] for path in found[what]["paths"]]
            say(f"paths {number + 1}/{rounds}: {what} planted, {sum(hits)} of {len(hits)} found so")
        report["rounds"].append(found)
        write(file, report)


def find(families: int, seed: int, folder: Path, *, null: bool, samples: int, **limits: Any) -> Found:
    """Make a world, and find its paths and lags.

    Parameters
    ----------
    families
        How many the world has.
    seed
        Of the world.
    folder
        Where to put it.
    null
        Plant nothing.
    samples
        Draws for paths and lags.
    limits
        Of DuckDB: memory, threads.

    Returns
    -------
    dict
        families, seed, null; paths: a list of country, core_families, dimension, planted, found,
        support, as_planted; lags: a list of country, reference, planted, found, low, high.
    """
    plan = folder / "plan.toml"
    plan.write_text(PLAN)
    dump = folder / "world"
    arguments = ["--families", str(families), "--seed", str(seed), "--layout", "google_patents"]
    arguments += ["--plan", str(plan), "--topic-share", str(TOPIC_SHARE), "--out", str(dump)]
    world.main(arguments + ["--null"] * null)
    topic = folder / "information_technology.toml"
    text = (ROOT / "topics" / "information_technology.toml").read_text(encoding="utf-8")
    method = f'preset = "study"\nsamples = {samples}\ncore_share = {CORE_SHARE}\n'
    topic.write_text(f"{text}\n[method]\n{method}")
    truth = tomllib.loads(dump.with_name("world.truth.toml").read_text(encoding="utf-8"))
    with _marts(dump, topic, limits, "fct_pathway", "fct_technology_lag") as connection:
        paths = _rows(connection, "from marts.fct_pathway")
        lags = _rows(
            connection,
            "from marts.fct_technology_lag where subfield = 'all' and reference = 'US' order by country",
        )
    return {
        "families": families,
        "seed": seed,
        "null": null,
        "paths": list(_paths(paths, truth["country"])),
        "lags": [
            {
                "country": row["country"],
                "reference": row["reference"],
                "planted": truth["country"][row["country"]]["lag"] - truth["country"]["US"]["lag"],
                "found": row["lag"],
                "low": row["lag_low"],
                "high": row["lag_high"],
            }
            for row in lags
        ],
    }


def _paths(found: list[Found], truth: dict[str, Any]) -> Iterable[Found]:
    """Hold labels against the planted ones; without any, none is right."""
    for row in sorted(found, key=lambda row: row["country"]):
        for dimension in DIMENSIONS:
            planted = truth[row["country"]].get(f"{dimension}_path", "")
            label, support = row[f"{dimension}_path"], row[f"{dimension}_support"]
            yield {
                "country": row["country"],
                "core_families": row["families"],
                "dimension": dimension,
                "planted": planted,
                "found": label,
                "support": support,
                "as_planted": label == (planted or "indeterminate"),
            }


def _marts(dump: Path, topic: Path, limits: Mapping[str, Any], *marts: str) -> duckdb.DuckDBPyConnection:
    """Build some marts of a dump in memory, with all that they need and nothing else."""
    source = named("google_patents")
    tables = discover([source.name])
    needed: dict[str, Table] = {}

    def need(key: str) -> None:
        if key in tables and key not in needed:
            for parent in tables[key].parents:
                need(parent)
            needed[key] = tables[key]

    for mart in marts:
        need(f"marts.{mart}")
    connection = connect(Settings(warehouse=dump.with_name("warehouse"), **limits))
    connection.execute("create schema raw")
    inputs.read_reference(connection)
    inputs.write_topic(connection, read(str(topic)), None)
    load(connection, source, dump, 0.1)
    for table in needed.values():
        if table.schema == "sources":
            build.unite_sources(connection, table, {source.name: source})
        else:
            build.make(connection, table, "memory")
    return connection


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[Found]:
    relation = connection.sql(query)
    return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]
