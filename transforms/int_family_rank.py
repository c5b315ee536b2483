"""How sure the rank of a family is."""

from math import log

import polars as pl

from corepath.transforms.methods.stability import interval, reaches


def int_family_rank(
    int_stability_part: pl.LazyFrame, int_score_rank: pl.LazyFrame, topic: pl.LazyFrame
) -> pl.LazyFrame:
    """Sum up the ranks of the best families over all draws that hold them.

    Parameters
    ----------
    int_stability_part
        One row a number; of the measure "ranks": family, ranks (a list, one a draw of the
        part).
    int_score_rank
        One row a family: family, rank.
    topic
        One row: cohort, small_cohorts.

    Returns
    -------
    pl.LazyFrame
        One row a family whose ranks were kept: family; rank_low and rank_high, the ends of its 90 %
        interval, null where no draw holds it.
    """
    # Ranks differ by factors: the first by a few places, the thousandth by hundreds.
    own, draws = pl.col("rank").first().log(), pl.col("ranks").log()
    worst = int_score_rank.select(pl.len()).collect().item()
    reach = reaches(topic.collect().row(0, named=True))
    low, high = interval(own, draws, 0, log(worst), reach.family_rank)
    return (
        int_stability_part.filter(pl.col("measure") == "ranks")
        .select("family", "ranks")
        .explode("ranks")
        .join(int_score_rank.select("family", "rank"), on="family")
        .group_by("family")
        # Ranks are halves at least, where families tie.
        .agg(
            # Rounded first, lest a rank that is its own end fall beside it.
            rank_low=(2 * low.exp()).round(6).floor() / 2,
            rank_high=(2 * high.exp()).round(6).ceil() / 2,
        )
    )
