"""Score patents other than by a weighted sum: TOPSIS and grey relational analysis."""

import numpy as np
import polars as pl

from transforms.entropy import DegenerateInput


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
    to_best, to_worst = np.zeros(y.height), np.zeros(y.height)
    for x, weight in _weighed(y, weights):
        v = weight * x / np.sqrt(np.einsum("i,i->", x, x))
        to_best += (v.max() - v) ** 2
        to_worst += (v - v.min()) ** 2
    to_best, to_worst = np.sqrt(to_best), np.sqrt(to_worst)
    distance = to_best + to_worst
    if not distance.all():
        raise DegenerateInput("all patents are alike in what has weight")
    return pl.Series("score", 100 * (to_worst / distance))


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
    gaps = [(1 - x / x.max(), weight) for x, weight in _weighed(y, weights)]
    least = min((gap.min() for gap, _ in gaps), default=0.0)
    largest = max((gap.max() for gap, _ in gaps), default=0.0)
    if largest == 0:
        raise DegenerateInput("all patents are alike in what has weight")
    result = np.zeros(y.height)
    for gap, weight in gaps:
        result += weight * (least + coefficient * largest) / (gap + coefficient * largest)
    return pl.Series("score", 100 * result.clip(0, 1))


def _weighed(y: pl.DataFrame, weights: pl.DataFrame) -> list[tuple[np.ndarray, float]]:
    """Give the columns that have weight, scaled to at most 1 so that no unit overflows."""
    weighed = weights.filter(pl.col("weight") > 0).select("indicator", "weight")
    columns = [(y[name].rechunk().to_numpy(), weight) for name, weight in weighed.iter_rows()]
    return [(x / np.abs(x).max(), weight) for x, weight in columns]
