"""Every figure of every draw, in order."""

import polars as pl


def int_path_value(int_path_draw: pl.LazyFrame) -> pl.DataFrame:
    """Put the draws in order, and add how far cross-category pairs are from chance.

    Parameters
    ----------
    int_path_draw
        One row a draw x country x metric: value, null where a sample has nothing to measure.

    Returns
    -------
    pl.DataFrame
        The same in order of country, metric and draw, and as metric lift_z the metric cross_excess
        over its standard deviation between a country's draws.
    """
    order = ["country", "metric", "draw"]
    drawn = int_path_draw.select(*order, "value").sort(order).collect()
    excess = drawn.filter(metric="cross_excess").with_columns(
        pl.lit("lift_z").alias("metric"), pl.col("value") / pl.col("value").std().over("country")
    )
    finite = excess.with_columns(value=pl.when(pl.col("value").is_finite()).then("value"))
    return pl.concat([drawn, finite]).sort(order)
