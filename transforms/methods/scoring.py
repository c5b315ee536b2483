"""Score patents other than by a weighted sum: TOPSIS and grey relational analysis."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import polars as pl

from corepath.transforms.methods.entropy import DegenerateInput, scores


def score_by(method: Mapping[str, Any], y: pl.DataFrame, weights: pl.DataFrame) -> pl.Series:
    """Score patents in the way that a topic names.

    Parameters
    ----------
    method
        The topic's choices: scoring ("sum", "topsis" or "grey"), grey_coefficient.
    y
        m patents × n indicators, as `scores` takes them.
    weights
        indicator and weight.

    Returns
    -------
    pl.Series
        m scores, 0 to 100.

    Examples
    --------
    >>> import polars as pl
    >>> y = pl.DataFrame({"citations": [0.0, 5.0, 10.0]})
    >>> weights = pl.DataFrame({"indicator": ["citations"], "weight": [1.0]})
    >>> score_by({"scoring": "sum"}, y, weights).to_list()
    [0.0, 50.0, 100.0]
    """
    match method["scoring"]:
        case "topsis":
            return topsis(y, weights)
        case "grey":
            return grey(y, weights, method["grey_coefficient"])
        case _:
            return scores(y, weights)


def topsis(y: pl.DataFrame, weights: pl.DataFrame) -> pl.Series:
    """Score patents by how much closer they are to the best than to the worst that occurs.

    With v_ij = w_j y_ij / √Σ_i y_ij², the distances D⁺ from the largest and D⁻ from the smallest v
    of every indicator give the closeness D⁻ / (D⁺ + D⁻).

    Parameters
    ----------
    y
        m patents × n indicators, finite, of which more is better; signs are kept, so that a cost
        may come as its negative.
    weights
        indicator and weight; null counts as 0.

    Returns
    -------
    pl.Series
        m scores, 0 to 100; 100 is a patent that leads in every indicator.

    Raises
    ------
    DegenerateInput
        All patents are alike in what has weight.

    References
    ----------
    Hwang & Yoon 1981, Multiple Attribute Decision Making.

    Examples
    --------
    >>> import polars as pl
    >>> y = pl.DataFrame({"citations": [0.0, 5.0, 10.0], "family": [1.0, 0.0, 1.0]})
    >>> weights = pl.DataFrame({"indicator": ["citations", "family"], "weight": [0.75, 0.25]})
    >>> topsis(y, weights).round(1).to_list()
    [20.9, 46.9, 100.0]
    """
    to_best, to_worst, apart = np.zeros(y.height), np.zeros(y.height), np.empty(y.height)
    for v, weight in _weighed(y, weights):
        norm = np.sqrt(np.einsum("i,i->", v, v))
        v *= weight
        v /= norm
        for distance, end in ((to_best, v.max()), (to_worst, v.min())):
            np.subtract(v, end, out=apart)
            distance += np.square(apart, out=apart)
    np.sqrt(to_best, out=to_best)
    np.sqrt(to_worst, out=to_worst)
    to_best += to_worst
    if not to_best.all():
        raise DegenerateInput("all patents are alike in what has weight")
    return pl.Series("score", 100 * np.divide(to_worst, to_best, out=to_worst))


def grey(y: pl.DataFrame, weights: pl.DataFrame, coefficient: float = 0.5) -> pl.Series:
    """Score patents by their grey relation to a patent that leads in every indicator.

    With Δ_ij = 1 - y_ij / max_i y_ij, over the indicators that have weight,
    ξ_ij = (min Δ + ρ max Δ) / (Δ_ij + ρ max Δ), and the score is Σ_j w_j ξ_ij.

    Parameters
    ----------
    y
        m patents × n indicators, finite, at least 0, of which more is better.
    weights
        indicator and weight, which sum to 1; null counts as 0.
    coefficient
        ρ, above 0 to 1: the smaller, the more the best stand out.

    Returns
    -------
    pl.Series
        m scores, 100 ρ / (1 + ρ) or more, 100 at most.

    Raises
    ------
    DegenerateInput
        All patents are alike in what has weight.

    References
    ----------
    Deng 1982, Systems & Control Letters 1:288-294, with weights.

    Examples
    --------
    >>> import polars as pl
    >>> y = pl.DataFrame({"citations": [0.0, 5.0, 10.0], "family": [1.0, 0.0, 1.0]})
    >>> weights = pl.DataFrame({"indicator": ["citations", "family"], "weight": [0.75, 0.25]})
    >>> grey(y, weights).round(1).to_list()
    [50.0, 45.8, 100.0]
    """
    # The best of every indicator has no gap, so that min Δ is 0.
    largest = max((1 - x.min() for x, _ in _weighed(y, weights)), default=0.0)
    if largest == 0:
        raise DegenerateInput("all patents are alike in what has weight")
    result = np.zeros(y.height)
    for x, weight in _weighed(y, weights):
        gap = np.subtract(1, x, out=x)
        gap += coefficient * largest
        result += np.divide(weight * (coefficient * largest), gap, out=gap)
    return pl.Series("score", 100 * result.clip(0, 1, out=result))


def _weighed(y: pl.DataFrame, weights: pl.DataFrame) -> Iterator[tuple[np.ndarray, float]]:
    """Give copies of the columns that have weight, scaled to at most 1 lest a unit overflow."""
    weighed = weights.filter(pl.col("weight") > 0).select("indicator", "weight")
    for name, weight in weighed.iter_rows():
        x = y[name].rechunk().to_numpy()
        yield x / max(x.max(), -x.min()), weight
