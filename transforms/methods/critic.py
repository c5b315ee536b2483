"""Weigh indicators by their spread and by how little they repeat each other: CRITIC."""

from itertools import combinations

import numpy as np
import polars as pl

from corepath.transforms.methods.entropy import ROUNDING, DegenerateInput


def correlations(y: pl.DataFrame) -> np.ndarray:
    """Correlate each indicator with each other.

    Parameters
    ----------
    y
        m patents × n indicators, finite.

    Returns
    -------
    np.ndarray
        n × n, Pearson's r, -1 to 1; 0 beside a constant indicator.

    Examples
    --------
    >>> import polars as pl
    >>> y = pl.DataFrame({"a": [0.0, 1.0, 2.0], "b": [3.0, 2.0, 1.0], "flat": [1.0, 1.0, 1.0]})
    >>> correlations(y).round(6).tolist()
    [[1.0, -1.0, 0.0], [-1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    scaled = [_standardised(column.to_numpy()) for column in y.rechunk()]
    result = np.identity(y.width)
    for j, k in combinations(range(y.width), 2):
        # einsum adds up in one order, where a product of matrices divides it up among threads.
        r = np.einsum("i,i->", scaled[j], scaled[k])
        result[j, k] = result[k, j] = 1.0 if r > 1 - ROUNDING else max(r, -1.0)
    return result


def critic_weights(y: pl.DataFrame, r: np.ndarray | None = None) -> pl.DataFrame:
    r"""Weigh each indicator by its standard deviation and its conflict with the others.

    With σ_j the standard deviation of the indicator between its least (0) and its largest value
    (1), and r_jk the correlation of two indicators, C_j = σ_j Σ_k (1 - r_jk) over those that vary,
    and w_j = C_j / Σ_k C_k. One that varies alone has the weight 1.

    Parameters
    ----------
    y
        m patents × n indicators, finite, of which more is better.
    r
        Their correlations, if `correlations` has found them already.

    Returns
    -------
    pl.DataFrame
        One row an indicator, in the order of the columns: indicator, weight (0 to 1; they sum to
        1).

    Raises
    ------
    DegenerateInput
        No indicator varies, or all that vary are the same but for their unit.

    References
    ----------
    Diakoulaki, Mavrotas & Papayannakis 1995, Computers & Operations Research 22:763-770.

    Examples
    --------
    >>> import polars as pl
    >>> y = pl.DataFrame({"a": [0.0, 1, 2, 3], "twice a": [0.0, 2, 4, 6], "b": [1.0, 0, 0, 1]})
    >>> critic_weights(y).select("indicator", pl.col("weight").round(3)).rows()
    [('a', 0.214), ('twice a', 0.214), ('b', 0.573)]
    """
    r = correlations(y) if r is None else r
    deviations = np.array([_range_deviation(column.to_numpy()) for column in y.rechunk()])
    varies = deviations > 0
    if not varies.any():
        raise DegenerateInput(f"every indicator is constant: {', '.join(y.columns)}")
    conflict = (1 - r)[:, varies].sum(axis=1) if varies.sum() > 1 else np.ones(y.width)
    information = deviations * conflict
    if not information.any():
        raise DegenerateInput(f"{', '.join(y.columns)} are one and the same indicator, in other units")
    return pl.DataFrame({"indicator": y.columns, "weight": information / information.sum()})


def _standardised(x: np.ndarray) -> np.ndarray:
    """Bring a column to mean 0 and length 1; a constant one to 0."""
    if _range_deviation(x) == 0:
        return np.zeros_like(x)
    centred = x / max(x.max(), -x.min())
    centred -= centred.mean()
    centred /= np.sqrt(np.einsum("i,i->", centred, centred))
    return centred


def _range_deviation(x: np.ndarray) -> float:
    """Take the standard deviation in units of the range; 0 of a constant column."""
    low, high = x.min(), x.max()
    if high - low <= ROUNDING * (abs(high) + abs(low)):
        return 0.0
    placed = x - low
    placed /= high - low
    return float(placed.std())
