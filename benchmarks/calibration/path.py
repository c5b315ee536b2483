"""Paths: no label where nothing is planted, hardly a wrong one where something is."""

from collections.abc import Iterable

import duckdb

from benchmarks.calibration.build import in_layouts
from benchmarks.calibration.inference import Claim, Counts, Inference, World
from benchmarks.paths import CORE_SHARE, DIMENSIONS, PLAN, TOPIC_SHARE, families_for
from corepath.synthetic.world import read_plan

# Seeds below 10 were used to make the rules and the share of draws that must agree.
FIRST_SEED = 300
METHOD = (("core_share", CORE_SHARE), ("samples", 100))
LAYOUTS = ("patstat", "patentsview")
OTHERS = {"one mix for all": (), "growth only": (("growth", (0.0, 0.04, 0.08, 0.12)),)}


def worlds(size: str) -> list[World]:
    """Worlds of 300 to 3,000 core families a country, with paths and without; and of another maker."""
    is_full = size == "full"
    sizes = {300: 20, 1_000: 3, 3_000: 2} if is_full else {300: 1}
    found = []
    for core_families, seeds in sizes.items():
        for what, is_null in (("nothing planted", True), ("planted paths", False)):
            options = (("null", is_null), ("topic_share", TOPIC_SHARE), ("plan", PLAN))
            kind = f"{what}, {core_families:,} core families a country"
            found += [
                World(kind, FIRST_SEED + number, families_for(core_families), options=options, method=METHOD)
                for number in range(seeds)
            ]
    for number in range(3 if is_full else 0):
        options = (("null", False), ("topic_share", TOPIC_SHARE), ("plan", PLAN), ("layouts", LAYOUTS))
        kind = "planted paths in three layouts, 300 core families a country"
        seed, families = FIRST_SEED + 100 + number, families_for(300)
        found.append(World(kind, seed, families, options=options, method=METHOD))
    method = (*METHOD, ("minimum_coverage", 0.2))
    for name, options in OTHERS.items():
        kind = f"nothing planted, another maker, {name}"
        found += [
            World(kind, FIRST_SEED + number, 4_000, "other", options, method, everything=True)
            for number in range(20 if is_full else 1)
        ]
    return found


def count(connection: duckdb.DuckDBPyConnection, world: World) -> Counts:
    """Hold each label against the planted one."""
    if world.maker == "other" or dict(world.options)["null"]:
        planted = {}
    else:
        countries = read_plan()["country"]
        planted = {
            (name, dimension): label
            for name, country in countries.items()
            for dimension, label in zip(DIMENSIONS, country["paths"], strict=True)
        }
    found = _labels(connection)
    if layouts := dict(world.options).get("layouts"):
        return {"layouts": _differ(world, found, layouts)}
    labels = [(planted.get(case, "none"), label) for case, label in found.items()]
    firm = [(truth, label) for truth, label in labels if label != "indeterminate"]
    nothing = sum(truth == "none" for truth, _ in labels)
    return {
        "fires": (sum(truth == "none" for truth, _ in firm), nothing),
        "wrong": (sum(truth not in {"none", label} for truth, label in firm), len(labels) - nothing),
        "finds": (sum(truth == label for truth, label in firm), len(labels) - nothing),
    }


def _labels(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], str]:
    rows = connection.sql("select country, dimension, label from intermediate.int_pathway").fetchall()
    return {(country, dimension): label for country, dimension, label in rows}


def _differ(world: World, found: dict[tuple[str, str], str], layouts: Iterable[str]) -> tuple[int, int]:
    """Count the cases in which the same families, in other layouts, get two labels or more."""
    every = [found, *(_labels(connection) for connection in in_layouts(world, layouts, INFERENCE.tables))]
    several = [{labels.get(case, "none") for labels in every} - {"indeterminate", "none"} for case in found]
    return sum(len(labels) > 1 for labels in several), len(found)


INFERENCE = Inference(
    name="path",
    column="fct_pathway.industry_path, technology_path, collaboration_path",
    claims=(
        Claim("fires", "labels where no path is planted", most=0.05),
        Claim("wrong", "labels other than the planted one", most=0.02),
        Claim("finds", "planted labels that are given"),
        Claim("layouts", "labels that are others in another layout of the same families", most=0.05),
    ),
    tables=("intermediate.int_pathway",),
    worlds=worlds,
    count=count,
    about="""A country and a dimension are a case: twelve a world. What is neither found nor wrong is
`indeterminate`.""",
)
