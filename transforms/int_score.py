"""The scores of each family."""

import polars as pl

from corepath.transforms.methods.entropy import scores
from corepath.transforms.methods.scoring import grey, topsis


def int_score(
    int_indicator_value: pl.LazyFrame, int_indicator_weight: pl.LazyFrame, topic: pl.LazyFrame
) -> pl.DataFrame:
    """Score families by their normalised indicators: as the topic says, and in other ways.

    Parameters
    ----------
    int_indicator_value
        One row a family: family and a normalised indicator a column.
    int_indicator_weight
        One row an indicator: indicator, position, weight, entropy_weight, equal_weight,
        critic_weight.
    topic
        One row: scoring, grey_coefficient.

    Returns
    -------
    pl.DataFrame
        One row a family, each score 0 to 100: family; entropy_score, equal_score and
        critic_score, weighted sums by these weights (null where there are none); topsis_score and
        grey_score, by `weight`; score, by `weight` and in the way that the topic names.
    """
    method = topic.collect().row(0, named=True)
    values = int_indicator_value.collect()
    y = values.drop("family").rechunk()
    weights = int_indicator_weight.sort("position").collect()
    ways = {
        "sum": scores(y, weights),
        "topsis": topsis(y, weights),
        "grey": grey(y, weights, method["grey_coefficient"]),
    }
    return values.select(
        "family",
        score=ways[method["scoring"]],
        entropy_score=_summed(y, weights, "entropy_weight"),
        equal_score=_summed(y, weights, "equal_weight"),
        critic_score=_summed(y, weights, "critic_weight"),
        topsis_score=ways["topsis"],
        grey_score=ways["grey"],
    )


def _summed(y: pl.DataFrame, weights: pl.DataFrame, name: str) -> pl.Series:
    if not weights[name].sum():  # the values do not define these weights
        return pl.repeat(None, y.height, dtype=pl.Float64, eager=True)
    return scores(y, weights.select("indicator", weight=name))
