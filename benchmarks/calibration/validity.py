"""Validity: do its intervals hold a large world's figures, seen through samples of it?"""

import duckdb

from benchmarks.calibration import sampling
from benchmarks.calibration.build import make
from benchmarks.calibration.inference import Claim, Counts, Inference, World
from corepath.warehouse.build.graph import discover

FIRST_SEED = 800
OF_FAMILIES = (
    "int_validity_indicator",
    "int_validity_outcome",
    "int_cohort",
    "int_family_country",
    "int_family_subfield",
)
MEASURES = {
    "auc": "areas under the curve",
    "auc_gain": "gains over equal weights",
    "enrichment": "enrichments of the core",
    "rank_correlation": "correlations with later citations",
}


def worlds(size: str) -> list[World]:
    """Large worlds of each maker, of which samples are drawn."""
    return sampling.worlds_of_60_000(size, FIRST_SEED, (("samples", 10), ("minimum_coverage", 0.2)))


def count(connection: duckdb.DuckDBPyConnection, world: World) -> list[Counts]:
    """Draw samples within years, and see which intervals hold what the whole world has."""
    known = discover([])
    found = []
    for scale in sampling.samples(connection, world, OF_FAMILIES, ["int_indicator_choice"]):
        make(connection, known, ["intermediate.int_validity"])
        found.append(sampling.observe(connection, QUERIES, scale))
    return found


QUERIES = {
    measure: f"""
        select own.{measure}_low <= whole.{measure} and whole.{measure} <= own.{measure}_high
        from intermediate.int_validity as own
        inner join world.int_validity as whole
            using (knowledge, outcome, scope, name, weighting, scoring)
        where own.{measure}_low is not null and whole.{measure} is not null
            and weighting = 'topic' and (own.positives is null or own.positives >= 20)
    """
    for measure in MEASURES
}

INFERENCE = Inference(
    name="validity",
    column="fct_validity.auc_low, auc_gain_low, enrichment_low, rank_correlation_low",
    claims=tuple(
        Claim(measure, f"{says} in their 90 % interval (fct_validity)", 0.87)
        for measure, says in MEASURES.items()
    ),
    tables=tuple(f"intermediate.{name}" for name in (*OF_FAMILIES, "int_indicator_choice", "int_validity")),
    worlds=worlds,
    count=count,
    about="""The truth is a world of many families, and samples are drawn from it as for the sampling
intervals, weights and cohorts being those of the sample. What is counted are the topic's own weights, by all
outcomes, countries and sub-fields; of outcomes that hold or do not, those with twenty families for which
they hold.""",
)
