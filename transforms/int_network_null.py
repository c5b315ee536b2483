"""How much of each network would cross sections by chance."""

import numpy as np
import polars as pl

NETWORK = ["level", "network", "population"]


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
    drawn = int_network_null_part.sort(*NETWORK, "period", "chain", "draw").collect()
    rows = []
    for key, own in drawn.group_by(NETWORK, maintain_order=True):
        periods = own["period"].unique(maintain_order=True).to_list()
        crossing, pairs = (
            own[column].to_numpy().reshape(len(periods), -1) for column in ("crossing", "pairs")
        )
        # NumPy adds up in one order, which Polars does not.
        rows.append((*key, "all", *_summary(crossing.sum(axis=0), pairs.sum(axis=0))))
        for period, some, among in zip(periods, crossing, pairs, strict=True):
            rows.append((*key, period, *_summary(some, among)))
    figures = ["null_share", "null_lower", "null_upper", "null_deviation"]
    schema = dict.fromkeys([*NETWORK, "period"], pl.String) | dict.fromkeys(figures, pl.Float64)
    return pl.DataFrame(rows, schema=schema, orient="row")


def _summary(crossing: np.ndarray, pairs: np.ndarray) -> tuple[float, ...] | tuple[None, ...]:
    if not pairs[0]:
        return (None,) * 4
    shares = crossing / pairs
    return shares.mean(), *np.quantile(shares, [0.025, 0.975]), shares.std()
