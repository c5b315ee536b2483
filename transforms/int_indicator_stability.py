"""How sure the weight of an indicator is, and what hangs on it."""

import polars as pl

from corepath.transforms.methods.stability import interval, reaches


def int_indicator_stability(
    int_stability_part: pl.LazyFrame,
    int_specification_part: pl.LazyFrame,
    int_indicator_weight: pl.LazyFrame,
    topic: pl.LazyFrame,
) -> pl.LazyFrame:
    """Sum up each indicator's weights over draws and over methods, and the result without it.

    Parameters
    ----------
    int_stability_part, int_specification_part
        One row a number: kind, variation, measure, name, value.
    int_indicator_weight
        One row an indicator: indicator, weight.
    topic
        One row: cohort, small_cohorts.

    Returns
    -------
    pl.LazyFrame
        One row a covered indicator: indicator; weight_low and weight_high, the ends of its 90 %
        sampling interval; weight_method_low and weight_method_high, its least and largest weight
        over the grid of methods; rank_correlation_without (Kendall's τ) and core_overlap_without,
        null where it is the only one.
    """
    weights = pl.col("measure") == "weight"
    reach = reaches(topic.collect().row(0, named=True))
    low, high = interval(pl.col("weight").first(), pl.col("value"), 0, 1, reach.weight)
    sampling = (
        int_stability_part.filter(weights)
        .join(int_indicator_weight.select("indicator", "weight"), left_on="name", right_on="indicator")
        .group_by(indicator="name")
        .agg(weight_low=low, weight_high=high)
    )
    method = (
        int_specification_part.filter(weights & (pl.col("kind") == "method"))
        .group_by(indicator="name")
        .agg(weight_method_low=pl.col("value").min(), weight_method_high=pl.col("value").max())
    )
    without = (
        int_specification_part.filter(pl.col("variation").str.starts_with("indicator "))
        .group_by(indicator=pl.col("variation").str.strip_prefix("indicator "))
        .agg(rank_correlation_without=_only("kendall_tau"), core_overlap_without=_only("core_overlap"))
    )
    return sampling.join(method, on="indicator", how="left").join(without, on="indicator", how="left")


def _only(measure: str) -> pl.Expr:
    return pl.col("value").filter(pl.col("measure") == measure).fill_nan(None).first()
