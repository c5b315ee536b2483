"""Scores with weights shaken at random."""

import numpy as np
import polars as pl

from corepath.transforms.methods.scoring import score_by
from corepath.transforms.methods.variation import SCHEMA, Released

# Weights are drawn so often, around the topic's own, with this concentration (methods.md 3).
DRAWS = 100
CONCENTRATION = 50


def int_perturbation(
    int_indicator_value: pl.LazyFrame,
    int_indicator_weight: pl.LazyFrame,
    int_score_rank: pl.LazyFrame,
    int_family_country: pl.LazyFrame,
    topic: pl.LazyFrame,
) -> pl.DataFrame:
    """Score all families again under other weights, each time by the topic's scoring and rule.

    Parameters
    ----------
    int_indicator_value
        One row a family: family and a normalised indicator a column.
    int_indicator_weight
        One row an indicator: indicator, weight, is_used.
    int_score_rank
        One row a family: family, score, is_core.
    int_family_country
        One row a family x country: family, country, share.
    topic
        One row: scoring, grey_coefficient, seed, core_rule and its threshold.

    Returns
    -------
    pl.DataFrame
        One row a number: kind ("weights"), variation ("dirichlet"), draw, measure, name, value.
    """
    method = topic.collect().row(0, named=True)
    used = int_indicator_weight.filter("is_used").sort("indicator").collect()
    families = (
        int_score_rank.select("family", "score", "is_core")
        .join(int_indicator_value, on="family")
        .sort("family")
        .collect()
    )
    y = families.select(used["indicator"].to_list()).rechunk()
    released = Released.of(families, int_family_country.collect(), method)
    everyone = np.ones(len(families), dtype=np.int64)
    own = used["weight"].to_numpy()
    rows = []
    for draw in range(DRAWS):
        shaken = np.random.default_rng([method["seed"], 1, draw]).dirichlet(CONCENTRATION * own)
        scores = score_by(method, y, used.select("indicator", weight=pl.Series(shaken))).to_numpy()
        _, _, numbers = released.compare(scores, everyone)
        rows += [("weights", "dirichlet", draw, *number, None) for number in numbers]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")
