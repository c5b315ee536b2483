"""How sure the weight of an indicator is, and what hangs on it."""

import polars as pl


def int_indicator_stability(int_stability_part: pl.LazyFrame, int_perturbation: pl.LazyFrame) -> pl.LazyFrame:
    """Sum up each indicator's weights over the draws, and the result without it.

    Parameters
    ----------
    int_stability_part, int_perturbation
        One row a number: kind, variation, draw, measure, name, value.

    Returns
    -------
    pl.LazyFrame
        One row a covered indicator: indicator; weight_low and weight_high, 5 and 95 % quantiles;
        rank_correlation_without (Kendall's τ) and core_overlap_without, null where it has no weight
        or is the only one that has.
    """
    weight = (
        int_stability_part.filter(pl.col("measure") == "weight")
        .group_by(indicator="name")
        .agg(
            weight_low=pl.col("value").quantile(0.05, "linear"),
            weight_high=pl.col("value").quantile(0.95, "linear"),
        )
    )
    without = (
        int_perturbation.filter(pl.col("kind") == "without")
        .group_by(indicator="variation")
        .agg(rank_correlation_without=_only("kendall_tau"), core_overlap_without=_only("core_overlap"))
    )
    return weight.join(without, on="indicator", how="left")


def _only(measure: str) -> pl.Expr:
    return pl.col("value").filter(pl.col("measure") == measure).fill_nan(None).first()
