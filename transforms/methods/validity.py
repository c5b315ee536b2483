"""Hold a score against what came later: discrimination, enrichment, rank correlation."""

import math
from typing import NamedTuple

import numpy as np
from scipy.stats import norm, rankdata

# Intervals of 90 %, as everywhere in the marts.
_Z = float(norm.ppf(0.95))


class Measured(NamedTuple):
    """A measure and its sampling interval of 90 %."""

    value: float
    low: float
    high: float


Placements = tuple[np.ndarray, np.ndarray]


def placements(score: np.ndarray, positive: np.ndarray) -> Placements:
    """Tell how many of the others each patent is on the right side of, ties half.

    Parameters
    ----------
    score
        m scores.
    positive
        m booleans; some true, some false.

    Returns
    -------
    tuple of two np.ndarray
        Of each positive the share of negatives below it, and of each negative the share of
        positives above it; each has the area under the curve as its mean.

    References
    ----------
    DeLong, DeLong & Clarke-Pearson 1988, Biometrics 44:837-845; by ranks as in Sun & Xu 2014, IEEE
    Signal Processing Letters 21:1389-1393.

    Examples
    --------
    >>> of_positives, of_negatives = placements(np.array([1.0, 2, 3]), np.array([False, True, True]))
    >>> of_positives.tolist(), of_negatives.tolist()
    ([1.0, 1.0], [1.0])
    """
    among_all = rankdata(score)
    positives, negatives = score[positive], score[~positive]
    of_positives = (among_all[positive] - rankdata(positives)) / len(negatives)
    of_negatives = 1 - (among_all[~positive] - rankdata(negatives)) / len(positives)
    return of_positives, of_negatives


def area(of: Placements, beside: Placements | None = None) -> Measured:
    """Give the area under the curve, or how much larger it is than that of another score.

    Parameters
    ----------
    of
        What `placements` gives of m scores; of at least two positives and two negatives.
    beside
        The same of other scores of the same patents, for the difference.

    Returns
    -------
    Measured
        The chance that a positive scores higher than a negative, ties half; or the difference of
        two such chances, whose interval knows that the patents are the same.

    References
    ----------
    DeLong, DeLong & Clarke-Pearson 1988, Biometrics 44:837-845.

    Examples
    --------
    >>> positive = np.array([False, False, True, True])
    >>> area(placements(np.array([1.0, 3, 2, 4]), positive)).value
    0.75
    """
    of_positives, of_negatives = of
    if beside is not None:
        of_positives, of_negatives = of_positives - beside[0], of_negatives - beside[1]
    value = float(of_positives.mean())
    variance = of_positives.var(ddof=1) / len(of_positives) + of_negatives.var(ddof=1) / len(of_negatives)
    reach = _Z * math.sqrt(variance)
    least, most = (0, 1) if beside is None else (-1, 1)
    return Measured(value, max(value - reach, least), min(value + reach, most))


def enrichment(core: np.ndarray, positive: np.ndarray) -> Measured:
    """Tell how many times likelier a core patent is positive than another patent: the relative risk.

    Parameters
    ----------
    core, positive
        m booleans; some core and some not, and some positive of those that are not core.

    Returns
    -------
    Measured
        The ratio, and Katz's interval; NaN where no patent outside the core is positive, or none
        in it has an interval.

    References
    ----------
    Katz, Baptista, Azen & Pike 1978, Biometrics 34:469-474.

    Examples
    --------
    >>> core = np.array([True] * 10 + [False] * 90)
    >>> positive = np.array([True] * 5 + [False] * 5 + [True] * 9 + [False] * 81)
    >>> round(enrichment(core, positive).value, 6)
    5.0
    """
    in_core, outside = int(positive[core].sum()), int(positive[~core].sum())
    if not outside or core.all() or not core.any():
        return Measured(math.nan, math.nan, math.nan)
    ratio = (in_core / core.sum()) / (outside / (~core).sum())
    if not in_core:
        return Measured(0.0, math.nan, math.nan)
    spread = _Z * math.sqrt(1 / in_core - 1 / core.sum() + 1 / outside - 1 / (~core).sum())
    return Measured(float(ratio), float(ratio * math.exp(-spread)), float(ratio * math.exp(spread)))


def rank_correlation(score: np.ndarray, outcome: np.ndarray) -> Measured:
    """Correlate the ranks of a score with those of a count that came later: Spearman.

    Parameters
    ----------
    score, outcome
        m values each, at least four, neither constant.

    Returns
    -------
    Measured
        Spearman's coefficient and the interval of Bonett and Wright.

    References
    ----------
    Bonett & Wright 2000, Psychometrika 65:23-28.

    Examples
    --------
    >>> round(rank_correlation(np.arange(10.0), np.arange(10.0) ** 2).value, 6)
    1.0
    """
    rho = float(np.corrcoef(rankdata(score), rankdata(outcome))[0, 1])
    spread = _Z * math.sqrt((1 + rho**2 / 2) / (len(score) - 3))
    angle = math.atanh(min(max(rho, -1 + 1e-12), 1 - 1e-12))
    return Measured(rho, math.tanh(angle - spread), math.tanh(angle + spread))
