"""How much of each network would cross sections by chance."""

import numpy as np
import polars as pl

from corepath.transforms.methods.null_model import bound_error, together

NETWORK = ["level", "network", "population"]


def int_network_null(int_network_null_part: pl.LazyFrame) -> pl.DataFrame:
    """Sum up the draws of each network.

    Parameters
    ----------
    int_network_null_part
        One row a draw x network by period: level, network, population, period, draw, share, pairs.

    Returns
    -------
    pl.DataFrame
        One row a network, of all periods together and of each: level, network, population, period,
        null_draws (how many), null_share (their mean), null_lower, null_upper (their 2.5 % and 97.5 %
        quantiles), null_deviation, null_error (Monte Carlo standard error of the quantiles); null, and
        no draws, where no family has two technologies.
    """
    drawn = int_network_null_part.sort(*NETWORK, "period", "draw").collect()
    rows = []
    for key, own in drawn.group_by(NETWORK, maintain_order=True):
        by_period = own.partition_by("period", as_dict=True, maintain_order=True)
        shares = {period: rows["share"].drop_nulls().to_numpy() for (period,), rows in by_period.items()}
        some = [period for period, share in shares.items() if len(share)]
        pairs = np.array([by_period[period,]["pairs"][0] for period in some])
        shares["all"] = together([shares[period] for period in some], pairs) if some else np.empty(0)
        rows += [(*key, period, *_summary(share)) for period, share in shares.items()]
    figures = ["null_share", "null_lower", "null_upper", "null_deviation", "null_error"]
    schema = dict.fromkeys([*NETWORK, "period"], pl.String) | {"null_draws": pl.Int64}
    return pl.DataFrame(rows, schema=schema | dict.fromkeys(figures, pl.Float64), orient="row")


def _summary(shares: np.ndarray) -> tuple[float | None, ...]:
    # NumPy adds up in one order, which Polars does not.
    if not len(shares):
        return 0, None, None, None, None, None
    bounds = np.quantile(shares, [0.025, 0.975])
    return len(shares), shares.mean(), *bounds, shares.std(), bound_error(shares)
