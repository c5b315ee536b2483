"""Key core technologies: none where nothing is planted, those that are where something is."""

import json
from itertools import product

import duckdb

from benchmarks.calibration import other_maker
from benchmarks.calibration.build import in_layouts
from benchmarks.calibration.inference import Claim, Counts, Inference, World

# Seeds below 100 were used to make the rule.
FIRST_SEED = 100
# Citations count although they are not all in yet: growth would leave them out of some worlds.
METHOD = (("minimum_coverage", 0.2),)
# The core is a tenth: of so many families as many tenths.
PLANTED = {"small": (3_000,), "full": (3_000, 12_000)}
LAYOUTS = ("google_patents", "patstat", "patentsview")
# The generator's worlds have paths planted, but technologies only where a plan names them.
TECHNOLOGIES = ("G06N", "H03K", "H04L", "G06Q")
PLAN = f"[core]\ntechnologies = {json.dumps(TECHNOLOGIES)}\ntechnology_share = 0.7\n"


def worlds(size: str) -> list[World]:
    """Worlds with nothing, in three layouts; with planted technologies; and of another maker."""
    is_full = size == "full"
    found = []
    seeds = range(FIRST_SEED, FIRST_SEED + (100 if is_full else 1))
    for layout in LAYOUTS if is_full else LAYOUTS[:1]:
        options = (("null", True), ("layout", layout))
        families = 4_000 if is_full else 2_500
        found += [World(f"nothing planted, {layout}", seed, families, options=options) for seed in seeds]
    for seed in range(FIRST_SEED, FIRST_SEED + (10 if is_full else 0)):
        kind = "4 technologies with seven tenths of their industries' core, in three layouts, 8,000 families"
        found.append(World(kind, seed, 8_000, options=(("layouts", LAYOUTS[1:]), ("plan", PLAN))))
    seeds = range(FIRST_SEED, FIRST_SEED + (10 if is_full else 1))
    for name, options in others().items():
        if not is_full and name not in ("growth only", "many bare symbols"):
            continue
        kind, families = f"nothing planted, another maker, {name}", 3_000 if is_full else 2_000
        found += [World(kind, seed, families, "other", options, METHOD, everything=True) for seed in seeds]
    for families, pull in product(PLANTED[size], (3, 8) if is_full else (8,)):
        kind = f"4 of 30 subclasses cited {pull} times as often, {families:,} families"
        options = (("pulled", 4), ("pull", float(pull)))
        found += [World(kind, seed, families, "other", options, METHOD, everything=True) for seed in seeds]
    return found


def others() -> dict[str, tuple[tuple[str, object], ...]]:
    """Name worlds of another maker in which no technology is better than another."""
    return {
        "one mix for all": (),
        "growth only": (("growth", (0.0, 0.04, 0.08, 0.12)),),
        "exact delay": (("drifts", True), ("lags", (0.0, 1.0, 2.0, 4.0))),
        "skewed sizes": (("sizes", (0.7, 0.2, 0.08, 0.02)),),
        "one giant applicant": (("giant", 0.5),),
        "no citations": (("has_citations", False),),
        "many bare symbols": (("bare", 0.6),),
        "one office": (("offices", 1),),
    }


def count(connection: duckdb.DuckDBPyConnection, world: World) -> list[Counts]:
    """Count what is called key core, at both levels, among what is and what is not."""
    options = dict(world.options)
    if layouts := options.get("layouts"):
        every = [_called(connection), *map(_called, in_layouts(world, layouts, INFERENCE.tables))]
        names = [{technology for _, technology, is_core in rows if is_core} for rows in every]
        some, all_of_them = set.union(*names), set.intersection(*names)
        apart = {"layouts": (len(some - all_of_them), len(some))}
        return [*(_against(set(TECHNOLOGIES), rows) for rows in every), apart]
    planted = other_maker.planted(other_maker.Making(**options)) if world.maker == "other" else ()
    return [_against(set(planted), _called(connection))]


def _called(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str, bool]]:
    return connection.sql(
        "select level, technology, is_core_technology from intermediate.int_core_technology"
    ).fetchall()


def _against(planted: set[str], rows: list[tuple[str, str, bool]]) -> Counts:
    """Hold what is called key core against the planted subclasses."""
    found = {}
    for level in ("subclass", "main_group"):
        of_level = [(technology[:4] in planted, is_core) for at, technology, is_core in rows if at == level]
        false = sum(is_core for is_true, is_core in of_level if not is_true)
        true = sum(is_core for is_true, is_core in of_level if is_true)
        # The share of false ones among all that are called so; none called is no false one.
        found[f"false {level}"] = (false / max(1, false + true), 1)
        found[f"finds {level}"] = (true, sum(is_true for is_true, _ in of_level))
    return found


INFERENCE = Inference(
    name="key core technology",
    column="fct_core_technology.is_core_technology",
    claims=(
        Claim("false subclass", "subclasses called key core that are not", most=0.05),
        Claim("false main_group", "main groups called key core that are not", most=0.05),
        Claim("finds subclass", "planted subclasses that are called key core"),
        Claim("finds main_group", "main groups of planted subclasses that are called key core"),
        Claim("layouts", "key core technologies of a layout that another of the same families lacks"),
    ),
    tables=("intermediate.int_core_technology",),
    worlds=worlds,
    count=count,
    about="""Where nothing is planted every key core technology is a false one, so that the rate is
the share of worlds that have any. A planted technology is one whose families are cited more often:
by how much, the kind of world says. The score makes of three times as many citations a core ratio of
about 1.3, and of eight times as many one of about 1.6, the families' other indicators being alike. A
subclass of a planted technology is cited more through all of its main groups. Where the same families are
in three layouts, what one lacks is mostly what it has too little to find: its indicators are fewer.""",
)
