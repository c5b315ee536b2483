"""How sure scores and cores are: draw the families again, weigh, score and cut them again."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from scipy.stats import kendalltau

from corepath.transforms.methods.core_rule import cut_score

# Draws that are weighed by one product of matrices; each needs 8 bytes a family.
BLOCK = 8
# Families that are scored at once, so that what is between stays in the processor's cache.
CHUNK = 1 << 13
# Tau needs the order of all pairs: of more families than these, so many stand for all.
TAU_FAMILIES = 10_000
# So many of the best families have their ranks kept draw by draw, each of 8 bytes.
RANKED = 10_000
# What comes after weighs less than .9 ** 100 in the overlap of ranks.
RBO_DEPTH = 100


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


@dataclass(frozen=True)
class Fit:
    """What a draw has taught: n weights, and n lowest and highest values of the drawn families."""

    weights: np.ndarray
    low: np.ndarray
    high: np.ndarray


@dataclass(frozen=True)
class Values:
    """Values of m families in n indicators, ready to be drawn from many times.

    `y` is n × m, at least 0, each indicator divided by its mean, which neither weights nor scores
    see. `from_low` tells whether values count from the lowest drawn, as min-max has it, or from 0.
    """

    y: np.ndarray
    y_log_y: np.ndarray
    extremes: np.ndarray
    from_low: bool

    @classmethod
    def of(cls, y: np.ndarray, from_low: bool) -> Self:
        """Prepare n × m values; under `from_low` they may be negative.

        Examples
        --------
        >>> Values.of(np.array([[2.0, 4.0, 6.0]]), from_low=True).y.tolist()
        [[0.0, 1.0, 2.0]]
        """
        y = y - y.min(axis=1, keepdims=True) if from_low else y.copy()
        y /= np.where(y.any(axis=1, keepdims=True), y.mean(axis=1, keepdims=True), 1)
        y_log_y = np.log(y, out=np.zeros_like(y), where=y > 0)
        y_log_y *= y
        # The lowest and the highest drawn are nearly always among few.
        few = min(256, y.shape[1])
        ends = [[np.argpartition(side * row, few - 1)[:few] for row in y] for side in (1, -1)]
        return cls(y, y_log_y, np.array(ends), from_low)

    def fit(self, counts: np.ndarray) -> list[Fit]:
        """Weigh indicators by the entropy method in each of b draws.

        Theil's T of an indicator is Σ c z ln z / m with z = y / ȳ, and ȳ = Σ c y / m over the draw;
        weights are shares of T.

        Parameters
        ----------
        counts
            b × m: how often each draw holds each family; a draw sums to m.

        Returns
        -------
        list of Fit
            One a draw.
        """
        weighed = counts.astype(np.float64).T
        sums, log_sums = self.y @ weighed, self.y_log_y @ weighed
        return [self._fit(drawn, sums[:, i], log_sums[:, i]) for i, drawn in enumerate(counts)]

    def _fit(self, drawn: np.ndarray, sums: np.ndarray, log_sums: np.ndarray) -> Fit:
        low = self._end(drawn, 0)
        high = self._end(drawn, 1)
        m = drawn.sum()
        if self.from_low:
            for j in np.flatnonzero((low > 0) & (high > low)):
                y = (self.y[j] - low[j])[drawn > 0]
                c = drawn[drawn > 0]
                sums[j] = c @ y
                log_sums[j] = c @ (y * np.log(y, out=np.zeros_like(y), where=y > 0))
        varies = high > low
        theil = np.zeros(len(low))
        theil[varies] = log_sums[varies] / sums[varies] - np.log(sums[varies] / m)
        theil[theil < 1e-12] = 0
        # Rounded, for the last digits of a product of matrices depend on the machine.
        weights = np.round(theil / theil.sum(), 12) if theil.any() else theil
        return Fit(weights, low, high)

    def _end(self, drawn: np.ndarray, side: int) -> np.ndarray:
        found = np.empty(len(self.y))
        best = np.max if side else np.min
        for j, few in enumerate(self.extremes[side]):
            seen = few[drawn[few] > 0]
            found[j] = best(self.y[j, seen] if len(seen) else self.y[j, drawn > 0])
        return found

    def additive(self, fit: Fit) -> np.ndarray:
        """Add up each family's values by their weights, the highest drawn as 1.

        A family that was not drawn counts no more than the highest that was, and no less than the
        lowest.

        Returns
        -------
        np.ndarray
            m scores, 0 to 1.
        """
        base = fit.low if self.from_low else np.zeros_like(fit.low)
        used = np.flatnonzero((fit.weights > 0) & (fit.high > base))
        scale = np.zeros_like(base)
        scale[used] = fit.weights[used] / (fit.high - base)[used]
        scores = np.zeros(self.y.shape[1])
        for chunk, total in _chunks(scores):
            for j in used:
                part = np.clip(self.y[j, chunk], fit.low[j], fit.high[j])
                part -= base[j]
                part *= scale[j]
                total += part
        return scores

    def topsis(self, fit: Fit, drawn: np.ndarray) -> np.ndarray:
        """Score families by their distances from the worst and from the best that was drawn.

        Each indicator is divided by the root of the sum of squares over the draw and weighed;
        the score is D⁻ / (D⁺ + D⁻). Families that were not drawn are held in range, too.

        Parameters
        ----------
        fit
            What the draw has taught.
        drawn
            m counts of the draw.

        Returns
        -------
        np.ndarray
            m scores, 0 to 1.

        References
        ----------
        Hwang & Yoon 1981, Multiple Attribute Decision Making.
        """
        base = fit.low if self.from_low else np.zeros_like(fit.low)
        used = np.flatnonzero(fit.weights > 0)
        squares = np.zeros_like(base)
        for chunk in _slices(len(drawn)):
            times = drawn[chunk].astype(np.float64)
            for j in used:
                part = self.y[j, chunk] - base[j]
                part *= part
                squares[j] += part @ times
        scale = np.zeros_like(base)
        scale[used] = np.round(fit.weights[used] ** 2 / squares[used], 12 + len(str(len(drawn))))
        scores = np.zeros(len(drawn))
        for chunk, total in _chunks(scores):
            to_best = np.zeros_like(total)
            to_worst = np.zeros_like(total)
            for j in used:
                value = np.clip(self.y[j, chunk], fit.low[j], fit.high[j])
                for distance, end in ((to_best, fit.high[j]), (to_worst, fit.low[j])):
                    part = value - end
                    part *= part
                    part *= scale[j]
                    distance += part
            np.sqrt(to_best, out=to_best)
            np.sqrt(to_worst, out=to_worst)
            to_best += to_worst
            np.divide(to_worst, to_best, out=total, where=to_best > 0)
        return scores


def in_order(scores: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Give the scores of the drawn families, copies too, from the worst to the best.

    Examples
    --------
    >>> in_order(np.array([2.0, 9.0, 1.0]), np.array([2, 0, 1])).tolist()
    [1.0, 2.0, 2.0]
    """
    return np.sort(np.repeat(scores, drawn))


def select(scores: np.ndarray, ordered: np.ndarray, rule: str, threshold: float) -> np.ndarray:
    """Tell which families reach the cut that a rule makes among the drawn ones.

    Parameters
    ----------
    scores
        m scores.
    ordered
        Those of the draw, as `in_order` gives them.
    rule, threshold
        As `cut_score` takes them.

    Returns
    -------
    np.ndarray
        m booleans, of those not drawn too.

    Examples
    --------
    >>> scores = np.array([1.0, 2.0, 3.0, 9.0])
    >>> select(scores, np.array([1.0, 1.0, 2.0, 3.0]), "top_share", 0.25).tolist()
    [False, False, True, True]
    """
    return scores >= cut_score(ordered, rule, threshold)


def ranks(scores: np.ndarray, ordered: np.ndarray) -> np.ndarray:
    """Rank families among the drawn ones, copies too; 1 is best, ties share the middle rank.

    Parameters
    ----------
    scores
        k scores.
    ordered
        The m scores of the draw, as `in_order` gives them.

    Returns
    -------
    np.ndarray
        k ranks, 1 to m + 1. One that was not drawn has the place behind those that are better.

    References
    ----------
    Intervals of ranks: Goldstein & Spiegelhalter 1996, JRSS A 159:385-443.

    Examples
    --------
    >>> ranks(np.array([9.0, 3.0, 2.0]), np.array([1.0, 2.0, 2.0, 3.0])).tolist()
    [1.0, 1.0, 2.5]
    """
    worse_or_tied = np.searchsorted(ordered, scores, "right")
    tied = worse_or_tied - np.searchsorted(ordered, scores, "left")
    return len(ordered) - worse_or_tied + (np.maximum(tied, 1) + 1) / 2


@dataclass(frozen=True)
class Baseline:
    """The result that others are held against: m scores and which families are core."""

    scores: np.ndarray
    is_core: np.ndarray
    best: np.ndarray
    judged: np.ndarray

    @classmethod
    def of(cls, scores: np.ndarray, is_core: np.ndarray) -> Self:
        """Choose the families whose order is compared: evenly over the ranks if not all."""
        order = np.argsort(-scores, kind="stable")
        step = -(-len(scores) // TAU_FAMILIES)
        return cls(scores, is_core, best(scores), order[::step])

    def agreement(self, scores: np.ndarray, is_core: np.ndarray) -> dict[str, float]:
        """Measure how far another result agrees.

        Parameters
        ----------
        scores, is_core
            Of the same m families in the same order.

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
        either = np.count_nonzero(self.is_core | is_core)
        both = np.count_nonzero(self.is_core & is_core)
        tau: Any = kendalltau(self.scores[self.judged], scores[self.judged])
        return {
            "kendall_tau": float(tau.statistic),
            "core_overlap": float(both / either) if either else 1.0,
            "rank_biased_overlap": rank_biased_overlap(self.best, best(scores)),
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


def _slices(m: int) -> Iterator[slice]:
    for start in range(0, m, CHUNK):
        yield slice(start, start + CHUNK)


def _chunks(scores: np.ndarray) -> Iterator[tuple[slice, np.ndarray]]:
    for chunk in _slices(len(scores)):
        yield chunk, scores[chunk]
