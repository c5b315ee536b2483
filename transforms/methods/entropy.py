"""Weigh indicators by how unevenly they are spread: the entropy weight method."""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import polars as pl

# Values that differ by no more, relative to the largest, differ by rounding.
ROUNDING = 1e-12


class DegenerateInput(ValueError):
    """What is asked for has no answer on these values; the message says why."""


def normalise(
    indicators: pl.DataFrame,
    directions: Mapping[str, str],
    method: Literal["minmax", "ratio", "shift"] = "minmax",
    shift: float = 0.0,
    transform: Literal["none", "sqrt", "log1p"] = "none",
    inversion: Literal["reciprocal", "reflect"] = "reciprocal",
) -> pl.DataFrame:
    """Turn indicators into non-negative values of which more is better.

    Parameters
    ----------
    indicators
        m patents × n indicators, numeric, each in its own unit.
    directions
        "+" where more is better, "-" where less is, by indicator.
    method
        "minmax" maps a column onto 0 to 1, and a constant one onto 0; "shift" adds `shift` to
        that; "ratio" keeps x as it is, or inverts it where less is better.
    shift
        What "shift" adds, at least 0; the other methods ignore it.
    transform
        Applied first, to tame long tails; columns with a negative value are left as they are.
    inversion
        How "ratio" inverts: "reciprocal" takes 1/x, "reflect" takes min + max - x. The other
        methods ignore it.

    Returns
    -------
    pl.DataFrame
        m patents × n indicators, Float64, at least 0, without unit under "minmax" and "shift".

    Raises
    ------
    DegenerateInput
        Naming the columns that hold a negative value under "ratio", or a 0 of which the
        reciprocal is wanted.
    ValueError
        Naming the columns that hold a null, NaN or infinity, or that lack a direction.

    References
    ----------
    Hwang & Yoon 1981, Multiple Attribute Decision Making; for "ratio" on raw values
    Lotfi & Fallahnejad 2010, Entropy 12:53-62.

    Examples
    --------
    >>> import polars as pl
    >>> patents = pl.DataFrame({"citations": [0, 5, 10], "age": [4.0, 2.0, 8.0]})
    >>> normalise(patents, {"citations": "+", "age": "-"}).rows()
    [(0.0, 0.6666666666666666), (0.5, 1.0), (1.0, 0.0)]
    >>> normalise(patents, {"citations": "+", "age": "-"}, method="ratio").rows()
    [(0.0, 0.25), (5.0, 0.5), (10.0, 0.125)]
    """
    if shift < 0:
        raise ValueError(f"shift must not be negative: {shift}")
    _refuse(
        "neither + nor - as direction", [c for c in indicators.columns if directions.get(c) not in {"+", "-"}]
    )
    x = indicators.cast(pl.Float64)
    _refuse("null, NaN or infinity", _where(x, pl.all().is_finite().fill_null(False).not_()))
    negative = _where(x, pl.all() < 0)
    if method == "ratio":
        _refuse('no "ratio" of negative values', negative, DegenerateInput)
    if transform != "none":
        positive = pl.exclude(negative)
        x = x.with_columns(positive.sqrt() if transform == "sqrt" else positive.log1p())
    costs = [c for c in x.columns if directions[c] == "-"]
    if method == "ratio" and inversion == "reflect":
        return x.with_columns(pl.col(costs).min() + pl.col(costs).max() - pl.col(costs))
    if method == "ratio":
        _refuse(
            '0 has no reciprocal; inversion = "reflect" needs none',
            _where(x.select(costs), pl.all() == 0),
            DegenerateInput,
        )
        return x.with_columns(pl.col(costs).pow(-1))
    low, high = pl.all().min(), pl.all().max()
    varies = high - low > ROUNDING * (high.abs() + low.abs())
    y = x.with_columns(-pl.col(costs)).select(
        pl.when(varies).then((pl.all() - low) / (high - low)).otherwise(0.0)
    )
    return y.select(pl.all() + shift) if method == "shift" else y


def entropy_weights(y: pl.DataFrame) -> pl.DataFrame:
    r"""Weigh each indicator by its divergence from an even spread over the patents.

    With p_ij = y_ij / Σ_i y_ij and 0 ln 0 = 0, entropy is e_j = -Σ_i p_ij ln p_ij / ln m,
    divergence d_j = 1 - e_j and weight w_j = d_j / Σ_k d_k. A constant column has no divergence.

    Parameters
    ----------
    y
        m patents × n indicators, finite, at least 0, as `normalise` returns them.

    Returns
    -------
    pl.DataFrame
        One row an indicator, in the order of the columns: indicator, entropy, divergence, weight
        (each 0 to 1; the weights sum to 1), is_constant (true where the weight is 0 for want of
        any spread, of which the caller should warn).

    Raises
    ------
    DegenerateInput
        With fewer than two patents, or with no column that varies.
    ValueError
        Naming the columns that hold a null, NaN, infinity or negative value.

    References
    ----------
    Hwang & Yoon 1981; Deng, Yeh & Willis 2000, Computers & Operations Research 27:963-973.
    Divergence is Theil's T over ln m, so that weights are shares of Theil indices.

    Examples
    --------
    >>> import polars as pl
    >>> y = pl.DataFrame({"rare": [0.0, 0.0, 0.0, 1.0], "common": [0.0, 0.0, 1.0, 1.0]})
    >>> entropy_weights(y).select("indicator", pl.col("entropy", "weight").round(3)).rows()
    [('rare', 0.0, 0.667), ('common', 0.5, 0.333)]
    """
    _refuse(
        "null, NaN, infinity or negative values",
        _where(y, (pl.all().is_finite() & (pl.all() >= 0)).fill_null(False).not_()),
    )
    if y.height < 2:
        raise DegenerateInput(f"entropy needs at least two patents, got {y.height}")
    divergence = np.array([theil_index(column.to_numpy()) for column in y.rechunk()])
    divergence = (divergence / np.log(y.height)).clip(0, 1)
    result = (
        pl.DataFrame({"indicator": y.columns, "divergence": np.where(divergence > ROUNDING, divergence, 0)})
        .with_columns(
            entropy=1 - pl.col("divergence"),
            weight=pl.col("divergence") / pl.col("divergence").sum(),
            is_constant=pl.col("divergence") == 0,
        )
        .select("indicator", "entropy", "divergence", "weight", "is_constant")
    )
    if result["is_constant"].all():
        raise DegenerateInput(f"every indicator is constant: {', '.join(y.columns)}")
    return result


def theil_index(x: np.ndarray) -> float:
    r"""Measure how unevenly values are spread: Theil's T, the mean of z ln z with z = x / mean.

    Parameters
    ----------
    x
        m values, finite, at least 0.

    Returns
    -------
    float
        0 (all are the same, or 0) to ln m (one has everything), but for rounding.

    References
    ----------
    Theil 1967, Economics and Information Theory.

    Examples
    --------
    >>> round(theil_index(np.array([0.0, 0.0, 0.0, 8.0])), 6), round(float(np.log(4)), 6)
    (1.386294, 1.386294)
    """
    largest = x.max()
    if largest == 0:
        return 0.0
    # Largest value first, mean second: neither very large nor very small values overflow.
    z = x / largest
    z /= z.mean()
    # Each term is given 1 - z more, which is 0 on average, because then no term is negative and a
    # nearly constant column keeps its digits. What is 0 has the logarithm of the least number.
    terms = np.maximum(z, np.finfo(float).tiny)
    np.log(terms, out=terms)
    terms *= z
    terms += np.subtract(1, z, out=z)
    return float(terms.mean())


def capped(weights: np.ndarray, cap: float) -> np.ndarray:
    """Bring the largest weights down to a cap, and the others up in proportion to themselves.

    Parameters
    ----------
    weights
        n weights, at least 0, that sum to 1.
    cap
        Largest weight allowed.

    Returns
    -------
    np.ndarray
        n weights that sum to 1; what has no weight gets none.

    Raises
    ------
    DegenerateInput
        The cap is too small for the weights to sum to 1.

    References
    ----------
    A cap against dominance is our proposal (methods.md 2.2).

    Examples
    --------
    >>> import numpy as np
    >>> capped(np.array([0.6, 0.3, 0.1]), 0.4).round(3).tolist()  # 0.3 becomes 0.45, then 0.4
    [0.4, 0.4, 0.2]
    """
    largest_first = -np.sort(-weights[weights > 0])
    places = np.arange(len(largest_first))
    if cap * len(places) < 1 - ROUNDING:
        raise DegenerateInput(
            f"cap {cap} is below 1/{len(places)}, and {len(places)} indicators have a weight"
        )
    # If the k largest are at the cap, the others share 1 - k cap. The k that is right is the first
    # under which the largest of those others stays below the cap.
    others = largest_first[::-1].cumsum()[::-1]
    factors = (1 - cap * places) / others
    too_large = largest_first * factors > cap
    if too_large.all():
        return np.where(weights > 0, cap, 0.0)
    return np.minimum(weights * factors[np.argmin(too_large)], cap)


def divided(weights: np.ndarray, dimensions: Sequence[str]) -> np.ndarray:
    """Give each dimension the same weight, divided within it as the weights are.

    Parameters
    ----------
    weights
        n weights, at least 0, some above.
    dimensions
        The dimension of each of the n indicators.

    Returns
    -------
    np.ndarray
        n weights that sum to 1; a dimension without any weight gets none.

    References
    ----------
    One weight a dimension and unequal weights within it: OECD & JRC 2008, Handbook on Constructing
    Composite Indicators, step 6; a dimension then counts once, however many indicators measure it.

    Examples
    --------
    >>> import numpy as np
    >>> divided(np.array([0.6, 0.2, 0.2]), ["impact", "impact", "scope"]).round(3).tolist()
    [0.375, 0.125, 0.5]
    """
    _, place = np.unique(dimensions, return_inverse=True)
    totals = np.bincount(place, weights)
    within = np.divide(weights, totals[place], out=np.zeros_like(weights), where=totals[place] > 0)
    return within / np.count_nonzero(totals)


def scores(y: pl.DataFrame, weights: pl.DataFrame) -> pl.Series:
    """Add up each patent's indicators by their weights.

    Parameters
    ----------
    y
        m patents × n indicators, the very values the weights were taken from: a column's largest
        value counts as 1, whatever its unit.
    weights
        indicator and weight, as `entropy_weights` returns them; null counts as 0.

    Returns
    -------
    pl.Series
        m scores, 0 to 100; 100 is a patent that leads in every indicator.

    References
    ----------
    Simple additive weighting: Hwang & Yoon 1981.

    Examples
    --------
    >>> import polars as pl
    >>> y = pl.DataFrame({"citations": [0.0, 5.0, 10.0], "family": [1.0, 0.0, 1.0]})
    >>> weights = pl.DataFrame({"indicator": ["citations", "family"], "weight": [0.75, 0.25]})
    >>> scores(y, weights).to_list()
    [25.0, 37.5, 100.0]
    """
    # One after the other: Polars groups the columns of a sum by the number of threads.
    total, part = np.zeros(y.height), np.empty(y.height)
    weighed = weights.filter(pl.col("weight") > 0).select("indicator", "weight")
    for name, weight in weighed.iter_rows():
        column = y[name].to_numpy()
        np.divide(column, column.max(), out=part)
        part *= weight
        total += part
    total = total.clip(0, 1, out=total)
    total *= 100
    return pl.Series("score", total)


def _where(frame: pl.DataFrame, bad: pl.Expr) -> list[str]:
    """Name the columns in which any value is bad."""
    return [column.name for column in frame.select(bad.any()) if column.item()]


def _refuse(problem: str, columns: list[str], error: type[ValueError] = ValueError) -> None:
    if columns:
        raise error(f"{', '.join(columns)}: {problem}")
