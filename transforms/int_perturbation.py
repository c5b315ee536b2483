"""Scores without one indicator at a time, and with weights shaken at random."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from corepath.transforms.methods.scoring import score_by
from corepath.transforms.methods.variation import SCHEMA, Judge

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
        One row a number: kind and variation ("without" and the indicator left out, "weights" and
        "dirichlet"), draw, measure, name, value.
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
    country = int_family_country.filter(pl.col("country") != "ZZ").collect()
    judge = Judge.of(families, country, method)
    everyone = np.ones(len(families), dtype=np.int64)
    rows = []
    own = used["weight"].to_numpy()
    for kind, variation, draw, weight in _weights(y.columns, own, method["seed"]):
        score = score_by(method, y, used.select("indicator", weight=pl.Series(weight)))
        _, _, numbers = judge.judge(score.to_numpy(), everyone)
        rows += [(kind, variation, draw, *number) for number in numbers]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _weights(names: list[str], own: np.ndarray, seed: int) -> Iterator[tuple[str, str, int, np.ndarray]]:
    if len(names) > 1:
        for j, name in enumerate(names):
            without = np.where(np.arange(len(names)) == j, 0, own)
            yield "without", name, 0, without / without.sum()
    for draw in range(DRAWS):
        generator = np.random.default_rng([seed, 1, draw])
        yield "weights", "dirichlet", draw, generator.dirichlet(CONCENTRATION * own)
