"""How far each source of variation moves the countries."""

import polars as pl


def int_country_stability(
    int_stability_part: pl.LazyFrame, int_specification_part: pl.LazyFrame, int_perturbation: pl.LazyFrame
) -> pl.LazyFrame:
    """Rank countries by their core families in each draw, and sum up the draws.

    Parameters
    ----------
    int_stability_part, int_specification_part, int_perturbation
        One row a number: kind, variation, draw, measure, name, value.

    Returns
    -------
    pl.LazyFrame
        One row a kind x variation x country: draws; core_families and rank_core (1 is most, ties
        share the better rank), each with _low, _median and _high, the 5, 50 and 95 % quantiles. The
        ends of the rank are ranks that occur.
    """
    ends = {"low": 0.05, "median": 0.5, "high": 0.95}
    columns = ["kind", "variation", "draw", "measure", "name", "value"]
    sources = [int_stability_part, int_specification_part, int_perturbation]
    return (
        pl.concat(source.select(columns) for source in sources)
        .filter(pl.col("measure") == "core_families")
        .rename({"name": "country", "value": "core_families"})
        .with_columns(
            # Rounded as in fct_country_ranking.
            rank_core=pl.col("core_families")
            .round(9)
            .rank("min", descending=True)
            .over("kind", "variation", "draw")
            .cast(pl.Float64)
        )
        .group_by("kind", "variation", "country")
        .agg(
            draws=pl.len().cast(pl.Int64),
            **{
                f"core_families_{end}": pl.col("core_families").quantile(at, "linear")
                for end, at in ends.items()
            },
            rank_core_low=pl.col("rank_core").quantile(0.05, "lower"),
            rank_core_median=pl.col("rank_core").median(),
            rank_core_high=pl.col("rank_core").quantile(0.95, "higher"),
        )
    )
