"""How sure a country's core families and its rank by them are, and how far methods move them."""

import polars as pl

from corepath.transforms.methods.stability import interval, reaches


def int_country_interval(
    int_stability_part: pl.LazyFrame,
    int_specification_part: pl.LazyFrame,
    int_country_core: pl.LazyFrame,
    int_threshold: pl.LazyFrame,
    topic: pl.LazyFrame,
) -> pl.LazyFrame:
    """Sum up draws and methods about the numbers at the topic's own rule and threshold.

    Parameters
    ----------
    int_stability_part, int_specification_part
        One row a number: kind, variation, draw, measure, name, value.
    int_country_core
        One row a rule x threshold x country: rule, threshold, country, core_families.
    int_threshold
        One row a rule x threshold: rule, threshold, is_default.
    topic
        One row: cohort, small_cohorts.

    Returns
    -------
    pl.LazyFrame
        One row a country: country; core_families_low and _high, rank_core_low and _high, the ends
        of 90 % sampling intervals; and the least and largest
        over the grid of methods and the choices tried one at a time, with the release's own:
        core_families_method_low and _high, without other rules and thresholds, which make cores of
        other sizes; rank_core_method_low and _high, with them.
    """
    own = (
        int_country_core.join(int_threshold.filter("is_default"), on=["rule", "threshold"])
        .select("country", own_families="core_families")
        .with_columns(own_rank=_rank("own_families"))
    )
    sampling, method = (
        source.filter(pl.col("measure") == "core_families")
        .select("kind", "variation", "draw", "value", country="name")
        .with_columns(rank=_rank("value").over("kind", "variation", "draw"))
        .join(own, on="country")
        .group_by("country")
        for source in (int_stability_part, int_specification_part)
    )
    reach = reaches(topic.collect().row(0, named=True))
    countries = own.select(pl.len()).collect().item()
    low, high = interval(
        pl.col("own_families").first(), pl.col("value"), 0, float("inf"), reach.core_families
    )
    best, worst = interval(pl.col("own_rank").first(), pl.col("rank"), 1, countries, reach.country_rank)
    return sampling.agg(
        core_families_low=low,
        core_families_high=high,
        rank_core_low=best.floor(),
        rank_core_high=worst.ceil(),
    ).join(
        method.agg(
            core_families_method_low=pl.min_horizontal(_of_size().min(), _own("own_families")),
            core_families_method_high=pl.max_horizontal(_of_size().max(), _own("own_families")),
            rank_core_method_low=pl.min_horizontal(pl.col("rank").min(), _own("own_rank")),
            rank_core_method_high=pl.max_horizontal(pl.col("rank").max(), _own("own_rank")),
        ),
        on="country",
        how="left",
    )


def _rank(families: str) -> pl.Expr:
    """Rank by core families, 1 is most; rounded as in fct_country_ranking."""
    return pl.col(families).round(9).rank("min", descending=True).cast(pl.Float64)


def _own(column: str) -> pl.Expr:
    return pl.col(column).first()


def _of_size() -> pl.Expr:
    """Take core families where as many families are core."""
    return pl.col("value").filter(~pl.col("variation").str.contains("^(rule|threshold) "))
