"""How sure the rank of a family is."""

import polars as pl


def int_family_rank(int_stability_part: pl.LazyFrame) -> pl.LazyFrame:
    """Sum up the ranks of the best families over all draws of the bootstrap.

    Parameters
    ----------
    int_stability_part
        One row a number; of the measure "ranks": family, ranks (a list, one a draw of the
        part).

    Returns
    -------
    pl.LazyFrame
        One row a family whose ranks were kept: family; rank_low and rank_high, the 5 and 95 %
        quantiles of its ranks, both ranks that occur.
    """
    return (
        int_stability_part.filter(pl.col("measure") == "ranks")
        .select("family", "ranks")
        .explode("ranks")
        .group_by("family")
        .agg(
            rank_low=pl.col("ranks").quantile(0.05, "lower"),
            rank_high=pl.col("ranks").quantile(0.95, "higher"),
        )
    )
