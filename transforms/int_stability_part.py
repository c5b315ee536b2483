"""A part of the bootstrap: the draws that prepare values in one way."""

from dataclasses import replace

import numpy as np
import polars as pl

from corepath.transforms.int_indicator_value import int_indicator_value
from corepath.transforms.methods.entropy import DegenerateInput, capped
from corepath.transforms.methods.stability import BLOCK, Values, resample
from corepath.transforms.methods.variation import SCHEMA, WAYS, Judge, variant

# Each prepares values once. A draw has a chance of its own: how draws are spread changes nothing.
PARTS = len(WAYS)


def int_stability_part(
    part: int,
    int_indicator: pl.LazyFrame,
    int_indicator_choice: pl.LazyFrame,
    int_cohort: pl.LazyFrame,
    int_score_rank: pl.LazyFrame,
    int_family_country: pl.LazyFrame,
    topic: pl.LazyFrame,
) -> pl.DataFrame:
    """Draw families again, weigh and score them in one way of preparing values, cut the core.

    Parameters
    ----------
    part
        Which way of WAYS, from 0.
    int_indicator, int_indicator_choice
        As `int_indicator_value` takes them.
    int_cohort
        One row a family: family, year, field, office. Families are drawn within their year.
    int_score_rank
        One row a family: family, score, is_core.
    int_family_country
        One row a family x country: family, country, share.
    topic
        One row: samples, seed, weight_cap, core_rule and its threshold, and what
        `int_indicator_value` needs.

    Returns
    -------
    pl.DataFrame
        One row a number: part, kind ("method"), variation (the variant), draw, measure, name,
        value, family, ranks. Measures are those of `Baseline.agreement`; core_families of the
        country `name`; weight of the indicator `name`; and, over all draws of the part, of a
        family: selected, how often it was core, where it was at all; and ranks, if it is one of the
        best of the release: a list of its rank in each draw (null for other measures).
        No row if no draw is the part's, or the values do not suit the way, as values below 0 a
        ratio.
    """
    method = topic.collect().row(0, named=True)
    way = topic.with_columns(**{field: pl.lit(value) for field, value in WAYS[part].items()})
    draws = [draw for draw in range(method["samples"]) if variant(draw)[0] == part]
    nothing = pl.DataFrame(
        schema={"part": pl.Int64, **SCHEMA, "family": pl.Int32, "ranks": pl.List(pl.Float64)}
    )
    if not draws:
        return nothing
    try:
        y = int_indicator_value(int_indicator, int_indicator_choice, int_cohort, way)
    except DegenerateInput:
        return nothing
    families = (
        int_score_rank.select("family", "score", "is_core")
        .join(int_cohort.select("family", "year"), on="family")
        .sort("year", "family")
        .collect()
    )
    y = families.select("family").join(y, on="family", maintain_order="left")
    y = y.drop("family")
    indicators = y.columns
    values = Values.of(y.to_numpy().T, from_low=WAYS[part]["normalisation"] == "minmax")
    del y  # it may be large
    judge = Judge.of(families, int_family_country.filter(pl.col("country") != "ZZ").collect(), method)
    sizes = families.group_by("year", maintain_order=True).len()["len"].to_numpy()

    selected = np.zeros(len(families), dtype=np.int64)
    rows, ranks = [], []
    for start in range(0, len(draws), BLOCK):
        block = draws[start : start + BLOCK]
        chances = [np.random.default_rng([method["seed"], 0, draw]) for draw in block]
        counts = np.stack([resample(sizes, chance) for chance in chances])
        for draw, drawn, fit in zip(block, counts, values.fit(counts), strict=True):
            fit = replace(fit, weights=_capped(fit.weights, method["weight_cap"]))
            scoring = variant(draw)[1]
            scores = values.topsis(fit, drawn) if scoring == "topsis" else values.additive(fit)
            is_core, places, numbers = judge.judge(scores, drawn)
            selected += is_core
            ranks.append(places)
            of_draw = ("method", " ".join((*WAYS[part].values(), scoring)), draw)
            weights = zip(indicators, fit.weights.tolist(), strict=True)
            rows += [(*of_draw, *number) for number in numbers]
            rows += [(*of_draw, "weight", *weight) for weight in weights]
    names = families["family"]
    often = pl.DataFrame({"measure": "selected", "family": names, "value": selected.astype(float)}).filter(
        pl.col("value") > 0
    )
    places = pl.DataFrame(
        {
            "measure": "ranks",
            "family": names.gather(judge.leading),
            "ranks": pl.Series(np.stack(ranks, axis=1)).arr.to_list(),
        }
    )
    found = [pl.DataFrame(rows, schema=SCHEMA, orient="row"), often, places]
    return pl.concat(found, how="diagonal").select(
        pl.lit(part, pl.Int64).alias("part"), pl.lit("method").alias("kind"), pl.exclude("kind")
    )


def _capped(weights: np.ndarray, cap: float | None) -> np.ndarray:
    """Hold weights to the topic's cap, as far as the indicators that vary in the draw allow."""
    varying = np.count_nonzero(weights)
    if cap is None or varying == 0:
        return weights
    return capped(weights, max(cap, 1 / varying))
