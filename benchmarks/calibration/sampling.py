"""Sampling intervals: do they hold the truth of a large world, seen through samples of it?"""

from collections import Counter
from collections.abc import Iterator

import duckdb

from benchmarks.calibration.build import make
from benchmarks.calibration.inference import Claim, Counts, Inference, World
from corepath.warehouse.build.graph import discover

# Seeds below 300 were used to make the intervals.
FIRST_SEED = 300
# What is known of families, whoever else is there; all other tables are made anew for each sample.
OF_FAMILIES = ("int_indicator", "int_cohort", "int_family_country", "int_family_technology")
FAMILIES = 5_000
WANTED = (
    "intermediate.int_country_interval",
    "intermediate.int_indicator_stability",
    "intermediate.int_family_rank",
    "intermediate.int_family_stability",
    "intermediate.int_indicator_weight",
)
Cases = Iterator[tuple[str, bool]]


def worlds(size: str) -> list[World]:
    """Large worlds, one of each maker; of each as many samples as `_samples` says."""
    is_full = size == "full"
    method = (("samples", 100 if is_full else 30), ("minimum_coverage", 0.2))
    families = 200_000 if is_full else 15_000
    kind = f"samples of {FAMILIES:,} of {families:,} families"
    growth = (("growth", (0.0, 0.03, 0.06, 0.04)), ("sizes", (0.4, 0.3, 0.2, 0.1)))
    found = [World(f"{kind}, another maker", FIRST_SEED, families, "other", growth, method, everything=True)]
    if is_full:
        found.append(World(f"{kind}, planted", FIRST_SEED, families, method=method))
    return found


def count(connection: duckdb.DuckDBPyConnection, world: World) -> list[Counts]:
    """Draw samples within years, and see which intervals hold what the whole world has."""
    samples = 50 if world.families > 100_000 else 3
    known = discover([])
    connection.execute("create schema world")
    for name in connection.sql(
        "select table_name from duckdb_tables() where schema_name = 'intermediate'"
    ).fetchall():
        connection.execute(f"create table world.{name[0]} as from intermediate.{name[0]}")
    found = []
    for sample in range(samples):
        draw(connection, world.seed * 1000 + sample)
        make(connection, known, ["intermediate.int_stability_part"])
        # Methods are another question, and take time.
        connection.execute(
            "create table intermediate.int_specification_part as "
            "select * exclude (ranks) from intermediate.int_stability_part where false"
        )
        make(connection, known, WANTED)
        hits: Counter[str] = Counter()
        cases: Counter[str] = Counter()
        for claim, holds in observe(connection, world.families / FAMILIES):
            hits[claim] += holds
            cases[claim] += 1
        found.append({claim: (hits[claim], cases[claim]) for claim in cases})
    return found


def draw(connection: duckdb.DuckDBPyConnection, seed: int) -> None:
    """Put a sample of the world's families, as many of each year as its share, in its place."""
    connection.execute("drop schema intermediate cascade; create schema intermediate")
    connection.execute(
        """
        create or replace temp table chosen as
        select family
        from (
            select
                family,
                row_number() over (partition by year order by hash(family, $seed)) as place,
                count(*) over (partition by year) as families,
                count(*) over () as everyone
            from world.int_cohort
        )
        where place <= round(families * $size / everyone)
        """,
        {"seed": seed, "size": FAMILIES},
    )
    for name in OF_FAMILIES:
        connection.execute(
            f"create table intermediate.{name} as from world.{name} "
            "where family in (select family from chosen) order by all"
        )
    connection.execute("create table intermediate.int_indicator_choice as from world.int_indicator_choice")


def observe(connection: duckdb.DuckDBPyConnection, scale: float) -> Cases:
    """Tell for each interval of a sample whether it holds what the world has."""
    for claim, query in QUERIES.items():
        for (holds,) in connection.execute(query, {"scale": scale} if "$scale" in query else None).fetchall():
            yield claim, holds


QUERIES = {
    "weights": """
        select s.weight_low <= w.weight and w.weight <= s.weight_high
        from intermediate.int_indicator_stability as s
        inner join world.int_indicator_weight as w using (indicator) where w.is_used
    """,
    "core families": """
        select s.core_families_low <= c.core_families / $scale
            and c.core_families / $scale <= s.core_families_high
        from intermediate.int_country_interval as s
        inner join world.int_country_core as c using (country)
        inner join world.int_threshold as h on c.rule = h.rule and c.threshold = h.threshold
        where h.is_default and c.core_families / $scale >= 5
    """,
    "ranks of countries": """
        with truth as (
            select country, rank() over (order by core_families desc) as rank
            from world.int_country_core as c
            inner join world.int_threshold as h on c.rule = h.rule and c.threshold = h.threshold
            where h.is_default
        )
        select s.rank_core_low <= rank and rank <= s.rank_core_high
        from intermediate.int_country_interval as s inner join truth using (country)
    """,
    "ranks of families": """
        select s.rank_low <= w.rank / $scale + 0.5 and w.rank / $scale - 0.5 <= s.rank_high
        from intermediate.int_family_rank as s
        inner join intermediate.int_score_rank as r using (family)
        inner join world.int_score_rank as w using (family) where r.is_core
    """,
    "stable core": """
        select w.is_core
        from intermediate.int_family_stability as s
        inner join world.int_score_rank as w using (family) where s.is_stable_core
    """,
    "core rates": """
        with rates as (
            select country, c.core_families / c.families as rate, c.families,
                3.841458820694124 / c.families as z
            from intermediate.int_country_core as c
            inner join intermediate.int_threshold as h on c.rule = h.rule and c.threshold = h.threshold
            where h.is_default and c.families >= 30
        ), truth as (
            select country, c.core_families / c.families as true_rate
            from world.int_country_core as c
            inner join world.int_threshold as h on c.rule = h.rule and c.threshold = h.threshold
            where h.is_default
        )
        select abs(true_rate - (rate + z / 2) / (1 + z))
            <= sqrt(z * (rate * (1 - rate) + z / 4)) / (1 + z)
        from rates inner join truth using (country)
    """,
}


INFERENCE = Inference(
    name="sampling interval",
    column="fct_indicator_weight.weight_low and others",
    claims=(
        Claim("weights", "weights of indicators in their 90 % interval (fct_indicator_weight)", 0.87, 0.93),
        Claim(
            "core families",
            "core families of countries in their 90 % interval (fct_country_ranking)",
            0.87,
            0.93,
        ),
        Claim("ranks of countries", "ranks of countries in their 90 % interval (fct_country_ranking)", 0.87),
        Claim("ranks of families", "ranks of core families in their 90 % interval (fct_patent)", 0.87, 0.93),
        Claim("stable core", "stable core families that are core in the world (fct_patent)", 0.8),
        Claim("core rates", "core rates of countries in their 95 % interval (fct_country_ranking)", 0.92),
    ),
    tables=tuple(
        f"intermediate.{name}"
        for name in (*OF_FAMILIES, "int_country_core", "int_indicator_weight", "int_score_rank")
    ),
    worlds=worlds,
    count=count,
    about="""The truth is a world of many families. Samples of it, as many families of each year as their
share, are weighed, scored, cut and drawn anew as a release is; what is known of a family, its indicators
too, is as in the whole world. Counts are compared with the world's, scaled to the sample. Intervals of
ranks are of whole ranks, so that more than nine in ten may hold the truth. Cohorts are finer in a larger
world, so that weights and scores mean something else there than in a sample: no interval from the sample
alone can hold that.""",
)
