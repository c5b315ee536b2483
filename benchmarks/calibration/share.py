"""Intervals of shares, advantages and likeness: do they hold a large world's, seen through samples?"""

import duckdb
import polars as pl

from benchmarks.calibration import sampling
from benchmarks.calibration.build import make
from benchmarks.calibration.inference import Claim, Counts, Inference, World
from corepath.warehouse.build.graph import discover

FIRST_SEED = 700
# What is known of families; scores, too: that they are drawn is another question.
OF_FAMILIES = (
    "int_cohort",
    "int_family_country",
    "int_score_rank",
    "int_family_industry",
    "int_family_organisation",
    "int_co_application",
    "int_convergence_code",
    "int_network_family",
)
WANTED = (
    "intermediate.int_industry_profile",
    "intermediate.int_collaboration_profile",
    "intermediate.int_network_similarity",
)


def worlds(size: str) -> list[World]:
    """Large worlds of each maker, of which samples are drawn."""
    method = (("samples", 200), ("rarefaction_draws", 100), ("permutations", 100), ("minimum_coverage", 0.2))
    return sampling.worlds_of_60_000(size, FIRST_SEED, method, (("alike", False),))


def count(connection: duckdb.DuckDBPyConnection, world: World) -> list[Counts]:
    """Draw samples within years, and see which intervals hold what the whole world has."""
    known = discover([])
    found, likenesses = [], []
    for scale in sampling.samples(connection, world, OF_FAMILIES, []):
        # What countries are used to is a sample, too, as large as its share.
        connection.execute(
            """
            create table intermediate.int_co_application_base as
            select
                country,
                round(families / $scale) as families,
                (
                    select count(*) from range(round(families / $scale)::bigint) as each(number)
                    where hash(number, country, $seed) % 1000000 < 1000000 * co_applications / families
                )::double as co_applications
            from world.int_co_application_base
            """,
            {"scale": scale, "seed": len(found)},
        )
        make(connection, known, WANTED)
        found.append(sampling.observe(connection, QUERIES, scale))
        likenesses.append(connection.sql(LIKENESS).pl())
    return [counts | alike for counts, alike in zip(found, _likeness(likenesses), strict=True)]


def _likeness(samples: list[pl.DataFrame]) -> list[Counts]:
    """See in each sample which intervals hold the mean over samples of as many families."""
    key = ["measure", "country_a", "country_b"]
    holds = (
        pl.concat(samples, how="vertical")
        .with_columns(sample=pl.concat([pl.repeat(i, len(s), eager=True) for i, s in enumerate(samples)]))
        .with_columns(mean=pl.col("value").mean().over(key))
        .with_columns(holds=pl.col("mean").is_between("lower", "upper"))
    )
    return [
        {
            measure: (int(own["holds"].sum()), len(own))
            for (measure,), own in of_sample.group_by("measure", maintain_order=True)
        }
        for _, of_sample in holds.group_by("sample", maintain_order=True)
    ]


def _rates(names: list[str], cases: str) -> str:
    """Ask of each share whether its interval holds the world's, where there are enough cases."""
    return " union all ".join(
        f"""
        select own.{name}_low <= whole.{name} and whole.{name} <= own.{name}_high
        from intermediate.int_collaboration_profile as own
        inner join world.int_collaboration_profile as whole using (population, country)
        where population = 'core' and country <> 'WORLD' and {cases} / $scale >= 20
            and own.{name}_low is not null and whole.{name} > 0
        """
        for name in names
    )


def _advantages(population: str) -> str:
    return f"""
        select own.rsca_low <= whole.rsca and whole.rsca <= own.rsca_high
        from intermediate.int_industry_profile as own
        inner join world.int_industry_profile as whole
            using (population, scheme, industry, country)
        where scheme = 'WIPO' and population = '{population}' and industry <> 'none'
            and whole.families / $scale >= 5 and own.rsca_low is not null
    """


LIKENESS = " union all ".join(
    f"""
    select '{measure}' || case population when 'core' then ' of the core' else '' end as measure,
        country_a, country_b, {measure} as value, {measure}_lower as lower, {measure}_upper as upper
    from intermediate.int_network_similarity where level = 'subclass' and {measure}_lower is not null
    """
    for measure in ("pearson", "spearman", "weighted_jaccard")
)
QUERIES = {
    "rsca": _advantages("all"),
    "rsca of the core": _advantages("core"),
    "rates": _rates(["co_application_rate"], "whole.families"),
    "kinds": _rates(
        ["industry_research", "firm_firm", "leader_involvement"], "whole.families * whole.co_application_rate"
    ),
    "rate ratio": _rates(["rate_ratio"], "whole.families"),
}


INFERENCE = Inference(
    name="interval of a share",
    column="fct_industry_profile.rsca_low, fct_collaboration_profile and fct_network_similarity",
    claims=(
        Claim("rsca", "advantages of all families in their 90 % interval (fct_industry_profile)", 0.87),
        Claim("rsca of the core", "advantages of the core in their 90 % interval", 0.87),
        Claim("rates", "rates of co-application in their 90 % interval (fct_collaboration_profile)", 0.87),
        Claim("kinds", "shares of kinds of co-applications in their 90 % interval", 0.87),
        Claim("rate ratio", "ratios to the usual rate in their 90 % interval", 0.87),
        Claim("pearson", "likeness by Pearson in its 90 % interval (fct_network_similarity)", 0.87),
        Claim("spearman", "likeness by Spearman in its 90 % interval", 0.87),
        Claim("weighted_jaccard", "likeness by weighted Jaccard in its 90 % interval", 0.87),
        Claim("pearson of the core", "likeness of the core by Pearson in its 90 % interval", 0.87),
        Claim("spearman of the core", "likeness of the core by Spearman in its 90 % interval", 0.87),
        Claim("weighted_jaccard of the core", "likeness of the core by weighted Jaccard in it", 0.87),
    ),
    tables=tuple(
        f"intermediate.{name}"
        for name in (*OF_FAMILIES, "int_co_application_base", *(name.split(".")[1] for name in WANTED))
    ),
    worlds=worlds,
    count=count,
    about="""The truth is a world of many families, and samples are drawn from it as for the sampling
intervals; which families are core is as in the whole world. Advantages are counted of fields in which the
country has five families or more in such a sample on average, rates and shares where twenty families make
them. Likeness grows with the number of families, so that a large world's networks are more alike.""",
)
