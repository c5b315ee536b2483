"""Planted paths and lags beside the found ones: `python -m benchmarks.paths`.

It makes worlds with paths and worlds without, builds `fct_pathway` and `fct_technology_lag` of
each, and writes what was planted and what was found to a file of results.
"""

import argparse
import json
import tempfile
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb

from benchmarks import world
from benchmarks.run import RESULTS, ROOT, say
from warehouse import build
from warehouse.database import connect
from warehouse.graph import Table, discover
from warehouse.load import load
from warehouse.settings import Settings
from warehouse.sources import named
from warehouse.topic import read

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
DIMENSIONS = ("industry", "technology", "collaboration")


def families_for(core_families: int) -> int:
    """Say how many families a world needs for so many core families in each of COUNTRIES."""
    return round(core_families / (LEAST * TOPIC_SHARE * CORE_SHARE))


def find(families: int, seed: int, folder: Path, *, null: bool, samples: int) -> Found:
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
    topic.write_text(f"{text}\n[method]\nsamples = {samples}\ncore_share = {CORE_SHARE}\n")
    truth = tomllib.loads(dump.with_name("world.truth.toml").read_text(encoding="utf-8"))
    with _marts(dump, topic, "fct_pathway", "fct_technology_lag") as connection:
        paths = _rows(connection, "from marts.fct_pathway")
        lags = _rows(
            connection,
            "from marts.fct_technology_lag where subfield = 'all' and reference = 'US' "
            "order by country",
        )
    return {
        "families": families, "seed": seed, "null": null,
        "paths": list(_paths(paths, truth["country"])),
        "lags": [
            {
                "country": row["country"], "reference": row["reference"],
                "planted": truth["country"][row["country"]]["lag"] - truth["country"]["US"]["lag"],
                "found": row["lag"], "low": row["lag_low"], "high": row["lag_high"],
            }
            for row in lags
        ],
    }  # fmt: skip


def _paths(found: list[Found], truth: dict[str, Any]) -> Iterable[Found]:
    """Hold labels against the planted ones; without any, none or a weak one is right."""
    for row in sorted(found, key=lambda row: row["country"]):
        for dimension in DIMENSIONS:
            planted = truth[row["country"]].get(f"{dimension}_path", "")
            label, support = row[f"{dimension}_path"], row[f"{dimension}_support"]
            is_none = label == "indeterminate" or support < 0.6
            yield {
                "country": row["country"], "core_families": row["families"],
                "dimension": dimension, "planted": planted, "found": label, "support": support,
                "as_planted": label == planted if planted else is_none,
            }  # fmt: skip


def _marts(dump: Path, topic: Path, *marts: str) -> duckdb.DuckDBPyConnection:
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
    connection = connect(Settings(warehouse=dump.with_name("warehouse")))
    connection.execute("create schema raw")
    build.read_reference(connection)
    build.write_topic(connection, read(str(topic)), None)
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


def main() -> None:
    """Make the worlds, and write what was found."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.paths", description=__doc__)
    parser.add_argument("--core-families", type=int, default=3_000, help="a country, at least")
    # Not those with which the rules were made.
    parser.add_argument("--seeds", type=int, nargs="+", default=[11, 12, 13])
    parser.add_argument("--samples", type=int, default=500)
    parser.add_argument("--results", type=Path, default=RESULTS)
    options = parser.parse_args()
    worlds = []
    for seed in options.seeds:
        for null in (False, True):
            with tempfile.TemporaryDirectory() as folder:
                families = families_for(options.core_families)
                worlds.append(
                    find(families, seed, Path(folder), null=null, samples=options.samples)
                )
            hits = [path["as_planted"] for path in worlds[-1]["paths"]]
            say(f"seed {seed}, {'nothing' if null else 'paths'} planted: "
                f"{sum(hits)} of {len(hits)} as planted")  # fmt: skip
    options.results.mkdir(parents=True, exist_ok=True)
    (options.results / "paths.json").write_text(json.dumps({"worlds": worlds}, indent=1) + "\n")


if __name__ == "__main__":
    main()
