"""How sure scores and cores are: what a draw of families is, and how results are compared."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import log
from typing import Any, Self

import numpy as np
import polars as pl
from scipy.stats import kendalltau

# Tau needs the order of all pairs: of more families than these, so many stand for all.
TAU_FAMILIES = 10_000
# So many of the best families have their ranks kept draw by draw, each of 8 bytes.
RANKED = 10_000
# What comes after weighs less than .9 ** 100 in the overlap of ranks.
RBO_DEPTH = 100


@dataclass(frozen=True)
class Reach:
    """How an interval is made of draws, so that it holds the truth of a large world nine times in ten.

    Attributes
    ----------
    widened
        How many times as far apart as the quantiles of the draws its ends are.
    moved
        How many times the draws' own bias is taken off: by as much as draws of a sample lie off its
        number, a sample's number lies off the world's.
    apart
        What no draw of a sample shows, in the unit of the number: it is added as errors are that do
        not depend on each other.
    """

    widened: float = 1.0
    moved: float = 0.0
    apart: float = 0.0


@dataclass(frozen=True)
class Reaches:
    """How far the intervals of a method reach."""

    weight: Reach
    core_families: Reach
    country_rank: Reach
    # Of logarithms.
    family_rank: Reach


# Found by samples of 5,000 families of worlds of each maker, with seeds that no test uses
# (docs/calibration.md), by how values are compared within their cohort.
REACHES = {
    # A sample has wider cohorts than a large world, so that its families are compared with others, and
    # no draw shows by how much: a rank is four times as far from 1, or a quarter, through cohorts alone.
    "widen": Reaches(
        weight=Reach(widened=2.2, moved=1),
        core_families=Reach(widened=1.6),
        country_rank=Reach(widened=1.25),
        family_rank=Reach(widened=1.2, apart=log(4)),
    ),
    # Families drawn twice make groups seem to differ more: draws shrink less than the sample does, and
    # scatter single families more than samples are scattered.
    "shrink": Reaches(
        weight=Reach(widened=1.15),
        core_families=Reach(widened=1.05),
        country_rank=Reach(),
        family_rank=Reach(widened=0.63),
    ),
    "none": Reaches(weight=Reach(), core_families=Reach(), country_rank=Reach(), family_rank=Reach()),
}


def reaches(method: Mapping[str, Any]) -> Reaches:
    """Give how far intervals reach under a topic's method: its `cohort` and `small_cohorts`."""
    return REACHES["none" if method["cohort"] == "none" else method["small_cohorts"]]


def resample(sizes: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Draw as many families as there are with replacement, within strata.

    Parameters
    ----------
    sizes
        Families of each stratum; families stand in the order of strata.
    generator
        Where chance comes from.

    Returns
    -------
    np.ndarray
        m counts: how often each family is drawn. Those of a stratum sum to its size.

    References
    ----------
    Efron & Tibshirani 1993, An Introduction to the Bootstrap.

    Examples
    --------
    >>> counts = resample(np.array([3, 5]), np.random.default_rng(1))
    >>> int(counts[:3].sum()), int(counts[3:].sum())
    (3, 5)
    """
    drawn = (np.bincount(generator.integers(0, n, n), minlength=n) for n in sizes)
    return np.concatenate(list(drawn))


def ranks(scores: np.ndarray, copies: np.ndarray, ordered: np.ndarray) -> np.ndarray:
    """Rank families among the others that are drawn; 1 is best, ties share the middle rank.

    Parameters
    ----------
    scores
        k scores, NaN of a family that is not drawn.
    copies
        How often each of them is drawn.
    ordered
        The m scores of the draw, from the worst to the best.

    Returns
    -------
    np.ndarray
        k ranks, from 1; NaN of a family that is not drawn. Its own copies push no family down.

    References
    ----------
    Intervals of ranks: Goldstein & Spiegelhalter 1996, JRSS A 159:385-443.

    Examples
    --------
    >>> ranks(np.array([3.0, 2.0]), np.array([2, 1]), np.array([1.0, 2.0, 2.0, 3.0, 3.0])).tolist()
    [1.0, 3.5]
    """
    worse_or_tied = np.searchsorted(ordered, scores, "right")
    others = worse_or_tied - np.searchsorted(ordered, scores, "left") - copies
    return np.where(np.isnan(scores), np.nan, 1 + len(ordered) - worse_or_tied + others / 2)


def interval(
    value: pl.Expr, draws: pl.Expr, least: float, most: float, reach: Reach
) -> tuple[pl.Expr, pl.Expr]:
    """Give the ends of a 90 % interval about a number, from draws of it.

    With the quantiles q of the draws and their median m, the ends are
    v - moved (m - v) ± √((widened |q - m|)² + apart²), kept within what is possible, and moved
    outwards to the number v where they would leave it out.

    Parameters
    ----------
    value
        The number, one a group.
    draws
        The draws of the group.
    least, most
        What the number cannot be below or above.
    reach
        How far the ends reach.

    Returns
    -------
    tuple of two pl.Expr
        Lower and upper end, which hold the number.

    References
    ----------
    Bias and quantiles of the bootstrap: Efron & Tibshirani 1993, An Introduction to the Bootstrap,
    chapters 10 and 13. An interval that is calibrated by its coverage: Loh 1987, JASA 82:155-162.
    What no draw shows is our proposal.

    Examples
    --------
    >>> drawn = pl.DataFrame({"own": [10.0] * 21, "draw": [float(i) for i in range(2, 23)]})
    >>> low, high = interval(pl.col("own").first(), pl.col("draw"), 0, 15, Reach())
    >>> drawn.select(low=low, high=high).rows()
    [(1.0, 15.0)]
    >>> low, high = interval(pl.col("own").first(), pl.col("draw"), 0, 30, Reach(moved=1, apart=12))
    >>> drawn.select(low=low, high=high).rows()
    [(0.0, 23.0)]
    """
    middle = draws.median()
    centre = value - reach.moved * (middle - value)
    low, high = (
        centre
        + sign * ((reach.widened * (draws.quantile(at, "linear") - middle)) ** 2 + reach.apart**2).sqrt()
        for at, sign in ((0.05, -1), (0.95, 1))
    )
    lower = pl.when(low > value).then(value).otherwise(low)
    upper = pl.when(high < value).then(value).otherwise(high)
    return lower.clip(least, most), upper.clip(least, most)


@dataclass(frozen=True)
class Baseline:
    """The result that others are compared with: m scores and which families are core."""

    scores: np.ndarray
    is_core: np.ndarray
    sampled: np.ndarray

    @classmethod
    def of(cls, scores: np.ndarray, is_core: np.ndarray) -> Self:
        """Choose the families whose order is compared: evenly over the ranks if not all."""
        order = np.argsort(-scores, kind="stable")
        step = -(-len(scores) // TAU_FAMILIES)
        return cls(scores, is_core, order[::step])

    def agreement(self, scores: np.ndarray, is_core: np.ndarray) -> dict[str, float]:
        """Measure how far another result agrees.

        Parameters
        ----------
        scores, is_core
            Of the same m families in the same order; families whose score is NaN are left aside.

        Returns
        -------
        dict of str to float
            kendall_tau: τ_b of the scores, -1 to 1;
            core_overlap: Jaccard's index of both cores, 0 to 1;
            rank_biased_overlap: `rank_biased_overlap` of the best, 0 to 1.

        Examples
        --------
        >>> same = np.array([3.0, 2.0, 1.0]), np.array([True, False, False])
        >>> {name: round(value, 9) for name, value in Baseline.of(*same).agreement(*same).items()}
        {'kendall_tau': 1.0, 'core_overlap': 1.0, 'rank_biased_overlap': 1.0}
        """
        known = ~np.isnan(scores)
        own_core = self.is_core & known
        either = np.count_nonzero(own_core | is_core)
        both = np.count_nonzero(own_core & is_core)
        sampled = self.sampled[known[self.sampled]]
        tau: Any = kendalltau(self.scores[sampled], scores[sampled])
        own, other = (best(of[known]) for of in (self.scores, scores))
        return {
            "kendall_tau": float(tau.statistic),
            "core_overlap": float(both / either) if either else 1.0,
            "rank_biased_overlap": rank_biased_overlap(own, other),
        }


def best(scores: np.ndarray) -> np.ndarray:
    """Give the places of the best families in their order, at most RBO_DEPTH; ties as they stand.

    Examples
    --------
    >>> best(np.array([1.0, 5.0, 3.0, 5.0])).tolist()
    [1, 3, 2, 0]
    """
    depth = min(len(scores), RBO_DEPTH)
    least = np.partition(scores, len(scores) - depth)[len(scores) - depth]
    candidates = np.flatnonzero(scores >= least)
    return candidates[np.argsort(-scores[candidates], kind="stable")][:depth]


def rank_biased_overlap(one: np.ndarray, other: np.ndarray, p: float = 0.9) -> float:
    """Compare two rankings of which only the top is known, the first places most.

    With X_d the overlap of the first d places, RBO_ext = X_k/k pᵏ + (1 - p)/p Σ_d X_d/d pᵈ.

    Parameters
    ----------
    one, other
        k different things each, the best first.
    p
        Weight of a place over that of the place before.

    Returns
    -------
    float
        0 to 1; the overlap at depth k is taken to go on below it.

    References
    ----------
    Webber, Moffat & Zobel 2010, ACM TOIS 28(4):20, equation 30.

    Examples
    --------
    >>> rank_biased_overlap(np.array([1, 2, 3]), np.array([4, 5, 6]))
    0.0
    >>> round(rank_biased_overlap(np.array([1, 2]), np.array([2, 1])), 9)
    0.9
    """
    k = len(one)
    _, i, j = np.intersect1d(one, other, assume_unique=True, return_indices=True)
    overlap = np.cumsum(np.bincount(np.maximum(i, j), minlength=k))
    depth = np.arange(1, k + 1)
    share = overlap / depth * p**depth
    return float(share[-1] + (1 - p) / p * share.sum())
