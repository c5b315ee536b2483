"""How much of each network would cross sections by chance."""

import polars as pl

NETWORK = ["level", "network", "population", "period"]


def int_network_null(int_network_null_part: pl.LazyFrame) -> pl.DataFrame:
    """Sum up the draws of each network.

    Parameters
    ----------
    int_network_null_part
        One row a draw x network by period: level, network, population, period, chain, draw,
        crossing, pairs.

    Returns
    -------
    pl.DataFrame
        One row a network, of all periods together and of each: level, network, population, period,
        null_share (mean of the draws), null_lower, null_upper (their 2.5 % and 97.5 % quantiles),
        null_deviation; null where no family has two technologies.
    """
    divided = int_network_null_part.sort(*NETWORK, "chain", "draw")
    draw = ["level", "network", "population", "chain", "draw"]
    undivided = divided.group_by(draw, maintain_order=True).agg(
        pl.col("crossing", "pairs").sum(), period=pl.lit("all")
    )
    share = pl.col("share")
    return (
        pl.concat([divided, undivided], how="diagonal")
        .with_columns(share=pl.when(pl.col("pairs") > 0).then(pl.col("crossing") / pl.col("pairs")))
        .group_by(NETWORK, maintain_order=True)
        .agg(
            null_share=share.mean(),
            null_lower=share.quantile(0.025, "linear"),
            null_upper=share.quantile(0.975, "linear"),
            null_deviation=share.std(ddof=0),
        )
        .collect()
    )
