"""Every figure of every draw, in order."""

import polars as pl

from corepath.transforms.methods.pathway_rules import RATIOS


def int_path_value(int_path_draw: pl.LazyFrame) -> pl.DataFrame:
    """Put the draws in order, and add how far from chance ratios are.

    Parameters
    ----------
    int_path_draw
        One row a draw x path x country x metric: value, null where a sample has nothing to measure.

    Returns
    -------
    pl.DataFrame
        The same in order of path, country, metric and draw, and for each of RATIOS the metric
        <ratio>_z: what it is above 1 over its standard deviation between a country's draws; null
        where it does not vary.
    """
    order = ["path", "country", "metric", "draw"]
    drawn = int_path_draw.select(*order, "value").sort(order).collect()
    scores = drawn.filter(pl.col("metric").is_in(RATIOS)).with_columns(
        pl.col("metric") + "_z",
        value=(pl.col("value") - 1) / pl.col("value").std().over("path", "country", "metric"),
    )
    finite = scores.with_columns(pl.when(pl.col("value").is_finite()).then("value"))
    return pl.concat([drawn, finite]).sort(order)
