"""What tells countries' paths apart, with intervals and next to a benchmark."""

import polars as pl

# The median of the countries is the benchmark if there are that many; else it is the world.
MIN_COUNTRIES = 8


def int_path_metric(int_path_value: pl.LazyFrame) -> pl.DataFrame:
    """Sum the draws up.

    Parameters
    ----------
    int_path_value
        One row a path x country x metric x draw, in this order: value, null where a sample has
        nothing to measure.

    Returns
    -------
    pl.DataFrame
        One row a compared country x metric: value (mean over draws), low and high (the 90 %
        interval), each null where less than half of the draws have something to measure; benchmark
        (of samples of the same size, the median of the countries' values if there are
        MIN_COUNTRIES, else the world's); is_high and is_low, whether the interval lies wholly above
        or below it.
    """
    value = pl.col("value")
    figures = {
        "value": value.mean(),
        "low": value.quantile(0.05, "linear"),
        "high": value.quantile(0.95, "linear"),
    }
    enough = value.count() * 2 >= pl.len()
    metrics = (
        int_path_value.group_by("path", "country", "metric", maintain_order=True)
        .agg(**{name: pl.when(enough).then(figure) for name, figure in figures.items()})
        .collect()
    )
    world = metrics.filter(country="WORLD").select("path", "metric", world="value")
    benchmark = (
        metrics.filter(pl.col("country") != "WORLD")
        .group_by("path", "metric")
        .agg(middle=value.median(), countries=value.count())
        .join(world, on=["path", "metric"])
        .select(
            "path",
            "metric",
            benchmark=pl.when(pl.col("countries") >= MIN_COUNTRIES).then("middle").otherwise("world"),
        )
    )
    own = metrics.filter(pl.col("path") == pl.col("country")).drop("path")
    return own.join(
        benchmark.rename({"path": "country"}), on=["country", "metric"], maintain_order="left"
    ).with_columns(
        is_high=(pl.col("low") > pl.col("benchmark")).fill_null(False),
        is_low=(pl.col("high") < pl.col("benchmark")).fill_null(False),
    )
