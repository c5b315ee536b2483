"""Sampling intervals: do they hold the truth of a large world, seen through samples of it?"""

from collections.abc import Iterable, Iterator, Mapping

import duckdb

from benchmarks.calibration.build import make
from benchmarks.calibration.inference import Claim, Counts, Inference, World
from corepath.warehouse.build.graph import discover

# Seeds below 302 were used to make the intervals.
FIRST_SEED = 302
# What is known of families, whoever else is there; all other tables are made anew for each sample.
OF_FAMILIES = ("int_indicator", "int_cohort", "int_family_country", "int_family_technology")
FAMILIES = 5_000
WANTED = (
    "intermediate.int_country_interval",
    "intermediate.int_indicator_stability",
    "intermediate.int_family_rank",
    "intermediate.int_family_stability",
    "intermediate.int_indicator_weight",
    "marts.fct_country_ranking",
)


def worlds(size: str) -> list[World]:
    """Large worlds of each maker; of each as many samples as `samples` draws."""
    is_full = size == "full"
    method = (("samples", 100 if is_full else 30), ("minimum_coverage", 0.2))
    families = 200_000 if is_full else 15_000
    kind = f"samples of {FAMILIES:,} of"
    growth = (("growth", (0.0, 0.03, 0.06, 0.04)), ("sizes", (0.4, 0.3, 0.2, 0.1)))
    seeds = range(FIRST_SEED, FIRST_SEED + (2 if is_full else 1))
    found = [
        World(f"{kind} {families:,} families, another maker", seed, families, "other", growth, method, True)
        for seed in seeds
    ]
    if is_full:
        found += [World(f"{kind} 100,000 families, planted", seed, 100_000, method=method) for seed in seeds]
    return found


def worlds_of_60_000(
    size: str,
    first_seed: int,
    method: tuple[tuple[str, object], ...],
    other: tuple[tuple[str, object], ...] = (),
) -> list[World]:
    """Worlds of each maker whose samples take longer: of 60,000 families, or one of 15,000 if small.

    Parameters
    ----------
    size
        "small" or "full".
    first_seed
        Of the inference's own.
    method
        Choices of method.
    other
        What is asked of the other maker.
    """
    is_full = size == "full"
    families = 60_000 if is_full else 15_000
    kind = f"samples of {FAMILIES:,} of {families:,} families"
    seeds = range(first_seed, first_seed + (2 if is_full else 1))
    found = [
        World(f"{kind}, another maker", seed, families, "other", other, method, everything=True)
        for seed in seeds
    ]
    if is_full:
        found += [World(f"{kind}, planted", seed, families, method=method) for seed in seeds]
    return found


def count(connection: duckdb.DuckDBPyConnection, world: World) -> list[Counts]:
    """Draw samples within years, and see which intervals hold what the whole world has."""
    known = discover([])
    found = []
    for scale in samples(connection, world, OF_FAMILIES, ["int_indicator_choice"]):
        make(connection, known, ["intermediate.int_stability_part"])
        # Methods are another question, and take time.
        connection.execute(
            "create table intermediate.int_specification_part as "
            "select * exclude (ranks) from intermediate.int_stability_part where false"
        )
        connection.execute("drop schema if exists marts cascade")
        make(connection, known, WANTED)
        found.append(observe(connection, QUERIES, scale))
    return found


def samples(
    connection: duckdb.DuckDBPyConnection, world: World, of_families: Iterable[str], whole: Iterable[str]
) -> Iterator[float]:
    """Put samples of a world in its place, one after the other: as many families of each year as its share.

    Parameters
    ----------
    connection
        Where the world's tables are in `intermediate`; they are in the schema `world` from then on.
    world
        Which.
    of_families
        Tables of which a sample has the rows of its families.
    whole
        Tables that are in the sample as they are in the world.

    Yields
    ------
    float
        How many times as many families as in the sample are in the world.
    """
    connection.execute("create schema world")
    for (name,) in connection.sql(
        "select table_name from duckdb_tables() where schema_name = 'intermediate'"
    ).fetchall():
        connection.execute(f"create table world.{name} as from intermediate.{name}")
    everyone = connection.sql("select count(*) from world.int_cohort").fetchall()[0][0]
    for sample in range(20 if world.families > 15_000 else 3):
        seed = world.seed * 1000 + sample
        connection.execute("drop schema intermediate cascade; create schema intermediate")
        connection.execute(
            """
            create or replace temp table chosen as
            select family
            from (
                select
                    family,
                    row_number() over (partition by year order by hash(family, $seed)) as place,
                    count(*) over (partition by year) as families
                from world.int_cohort
            )
            where place <= round(families * $share)
            """,
            {"seed": seed, "share": FAMILIES / everyone},
        )
        for name in of_families:
            connection.execute(
                f"create table intermediate.{name} as from world.{name} "
                "where family in (select family from chosen) order by all"
            )
        for name in whole:
            connection.execute(f"create table intermediate.{name} as from world.{name}")
        yield everyone / FAMILIES


def observe(connection: duckdb.DuckDBPyConnection, queries: Mapping[str, str], scale: float) -> Counts:
    """Count which intervals of a sample hold what the world has: one boolean a row of a query."""
    found = {}
    for claim, query in queries.items():
        rows = connection.execute(query, {"scale": scale} if "$scale" in query else None).fetchall()
        found[claim] = (sum(holds for (holds,) in rows), len(rows))
    return found


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
        with truth as (
            select country, c.core_families / c.families as rate
            from world.int_country_core as c
            inner join world.int_threshold as h on c.rule = h.rule and c.threshold = h.threshold
            where h.is_default
        )
        select s.core_rate_lower <= rate and rate <= s.core_rate_upper
        from marts.fct_country_ranking as s inner join truth using (country)
        where s.is_default and s.families >= 30
    """,
}


INFERENCE = Inference(
    name="sampling interval",
    column="fct_indicator_weight.weight_low and others",
    claims=(
        Claim("weights", "weights of indicators in their 90 % interval (fct_indicator_weight)", 0.87),
        Claim(
            "core families", "core families of countries in their 90 % interval (fct_country_ranking)", 0.87
        ),
        Claim("ranks of countries", "countries' ranks in their 90 % interval (fct_country_ranking)", 0.87),
        Claim("ranks of families", "ranks of core families in their 90 % interval (fct_patent)", 0.87),
        Claim("stable core", "stable core families that are core in the world (fct_patent)"),
        Claim("core rates", "countries' core rates in their 95 % interval (fct_country_ranking)", 0.92),
    ),
    tables=tuple(
        f"intermediate.{name}"
        for name in (*OF_FAMILIES, "int_country_core", "int_indicator_weight", "int_score_rank")
    ),
    worlds=worlds,
    count=count,
    about="""The truth is a world of many families. Samples of it, as many families of each year as their
share, are weighed, scored, cut and drawn anew as a release is; what is known of a family, its indicators
too, is as in the whole world. Counts are compared with the world's, scaled to the sample. A larger world
has finer cohorts, and surer ones, so that weights and scores mean something else there than in a sample;
how far intervals reach is found in other worlds of these makers, by whether small cohorts are shrunken or
widened. Ranks of four to nine countries are whole numbers: their intervals hold more than they say.""",
)
