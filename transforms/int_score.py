"""The score of each family."""

import polars as pl

from transforms.entropy import scores


def int_score(
    int_indicator_value: pl.LazyFrame, int_indicator_weight: pl.LazyFrame
) -> pl.DataFrame:
    """Score families by the weighted sum of their normalised indicators.

    Parameters
    ----------
    int_indicator_value
        One row a family: family_id and a normalised indicator a column.
    int_indicator_weight
        One row an indicator: indicator, weight, is_used.

    Returns
    -------
    pl.DataFrame
        One row a family: family_id, score (0 to 100).
    """
    values = int_indicator_value.collect()
    used = int_indicator_weight.filter("is_used").select("indicator", "weight").collect()
    return values.select("family_id", score=scores(values.drop("family_id"), used))
