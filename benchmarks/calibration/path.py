"""Paths: no label where nothing is planted, hardly a wrong one where something is."""

import duckdb

from benchmarks.calibration.inference import Claim, Counts, Inference, World
from benchmarks.paths import CORE_SHARE, DIMENSIONS, PLAN, TOPIC_SHARE, families_for
from corepath.synthetic.world import read_plan

# Seeds below 10 were used to make the rules and the share of draws that must agree.
FIRST_SEED = 300
METHOD = (("core_share", CORE_SHARE), ("samples", 100))
OTHERS = {"one mix for all": (), "growth only": (("growth", (0.0, 0.04, 0.08, 0.12)),)}


def worlds(size: str) -> list[World]:
    """Worlds of 300 to 3,000 core families a country, with paths and without; and of another maker."""
    is_full = size == "full"
    sizes = {300: 20, 1_000: 5, 3_000: 3} if is_full else {300: 1}
    found = []
    for core_families, seeds in sizes.items():
        for what, is_null in (("nothing planted", True), ("planted paths", False)):
            options = (("null", is_null), ("topic_share", TOPIC_SHARE), ("plan", PLAN))
            kind = f"{what}, {core_families:,} core families a country"
            found += [
                World(kind, FIRST_SEED + number, families_for(core_families), options=options, method=METHOD)
                for number in range(seeds)
            ]
    for layout in ("patstat", "patentsview") if is_full else ():
        options = (("null", False), ("topic_share", TOPIC_SHARE), ("plan", PLAN), ("layout", layout))
        found.append(
            World(f"planted paths, {layout}", FIRST_SEED, families_for(1_000), options=options, method=METHOD)
        )
    method = (*METHOD, ("minimum_coverage", 0.2))
    for name, options in OTHERS.items():
        kind = f"nothing planted, another maker, {name}"
        found += [
            World(kind, FIRST_SEED + number, 4_000, "other", options, method, everything=True)
            for number in range(10 if is_full else 1)
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
    rows = connection.sql("select country, dimension, label from intermediate.int_pathway").fetchall()
    labels = [(planted.get((country, dimension), "none"), label) for country, dimension, label in rows]
    firm = [(truth, label) for truth, label in labels if label != "indeterminate"]
    nothing = sum(truth == "none" for truth, _ in labels)
    return {
        "fires": (sum(truth == "none" for truth, _ in firm), nothing),
        "wrong": (sum(truth not in {"none", label} for truth, label in firm), len(labels) - nothing),
        "finds": (sum(truth == label for truth, label in firm), len(labels) - nothing),
    }


INFERENCE = Inference(
    name="path",
    column="fct_pathway.industry_path, technology_path, collaboration_path",
    claims=(
        Claim("fires", "labels where no path is planted", most=0.05),
        Claim("wrong", "labels other than the planted one", most=0.02),
        Claim("finds", "planted labels that are given"),
    ),
    tables=("intermediate.int_pathway",),
    worlds=worlds,
    count=count,
    about="""A country and a dimension are a case: twelve a world. What is neither found nor wrong is
`indeterminate`.""",
)
