"""Draw the line between core patents and the others: five rules, each a cut on the score."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

# Jiang 2013: the head must be a minority, or the scores have no heavy tail.
MINORITY = 0.4


def cut_score(ordered: np.ndarray, rule: str, threshold: float) -> float:
    """Find the score from which a patent is core; all that tie with it are core.

    Parameters
    ----------
    ordered
        m scores, at least 0, from the worst to the best.
    rule
        "top_share": the best `threshold` of the patents, rounded up;
        "mean_sd": the mean and `threshold` standard deviations (of the whole, not of a sample);
        "pareto": the fewest patents that hold `threshold` of the sum of scores;
        "head_tail": the head of break number `threshold`, or of the last that there is;
        "price": the best m to the power of `threshold`, rounded up; one half makes Price's elite.
    threshold
        A share, 0 to 1; deviations; a number of a break; or an exponent.

    Returns
    -------
    float
        The least score that is core. Under "mean_sd" no patent need reach it.

    References
    ----------
    Price 1963, Little Science, Big Science; Jiang 2013, The Professional Geographer 65:482-494.

    Examples
    --------
    >>> scores = np.array([1.0, 2.0, 3.0, 4.0, 10.0])
    >>> [cut_score(scores, "top_share", 0.3), cut_score(scores, "pareto", 0.8)]
    [4.0, 3.0]
    >>> [cut_score(scores, "mean_sd", 1), cut_score(scores, "price", 0.5)]
    [7.16227766016838, 3.0]
    """
    m = len(ordered)
    match rule:
        case "top_share":
            # Rounded, for 0.07 of 100 families is a little over 7 in binary.
            return float(ordered[m - math.ceil(round(threshold * m, 6))])
        case "price":
            return float(ordered[m - math.ceil(round(m**threshold, 6))])
        case "mean_sd":
            return float(ordered.mean() + threshold * ordered.std())
        case "pareto":
            held = np.cumsum(ordered[::-1])
            # A little less, for the sum of the best is rounded on its way.
            needed = np.searchsorted(held, threshold * held[-1] * (1 - 1e-12))
            return float(ordered[m - 1 - needed])
        case "head_tail":
            breaks = head_tail_breaks(ordered)
            return breaks[int(min(threshold, len(breaks))) - 1]
        case _:
            raise ValueError(f"{rule!r} is no rule for core patents")


def own_threshold(method: Mapping[str, Any], rule: str) -> float:
    """Give the threshold at which a topic would apply a rule.

    Parameters
    ----------
    method
        The topic's choices: core_share, core_deviations, pareto_share.
    rule
        As `cut_score` takes it.

    Returns
    -------
    float
        As `cut_score` takes it; without end for "head_tail", whose last break counts.

    Examples
    --------
    >>> own_threshold({"core_share": 0.1, "core_deviations": 1.0, "pareto_share": 0.8}, "pareto")
    0.8
    """
    return {
        "top_share": method["core_share"],
        "mean_sd": method["core_deviations"],
        "pareto": method["pareto_share"],
        "head_tail": math.inf,
        "price": 0.5,
    }[rule]


def head_tail_breaks(ordered: np.ndarray) -> list[float]:
    """Break scores at their mean, then the head at its mean, as long as heads are a minority.

    The head is what lies above the mean. A break counts where its head is less than 40 % of what
    was broken; the first counts anyway, so that there is a core.

    Parameters
    ----------
    ordered
        m scores, from the worst to the best.

    Returns
    -------
    list of float
        The least score of each head, at least one; of equal scores that score.

    References
    ----------
    Jiang 2013, The Professional Geographer 65:482-494; the example, the first ten numbers of
    Zipf's law, is that of Jiang & Yin 2014, Annals of the AAG 104:530-540.

    Examples
    --------
    >>> head_tail_breaks(np.array([1 / i for i in range(10, 0, -1)]))
    [0.3333333333333333, 1.0]
    """
    breaks = []
    while True:
        head = ordered[np.searchsorted(ordered, ordered.mean(), side="right") :]
        is_minority = 0 < len(head) < MINORITY * len(ordered)
        if breaks and not is_minority:
            return breaks
        breaks.append(float(head[0] if len(head) else ordered[-1]))
        if not is_minority:
            return breaks
        ordered = head
