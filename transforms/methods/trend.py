"""Structural breaks in yearly counts: when growth changed, and how certain that is."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

import numpy as np
from scipy.stats import false_discovery_control

# A line through fewer years follows the noise. More breaks than this no reader can use.
MIN_YEARS = 5
MAX_BREAKS = 5
# What a test may find where nothing is, and the samples that tell what noise alone does.
LEVEL = 0.05
SAMPLES = 999
# Autocorrelations that noise may have, from one year to the next.
CARRIED_OVER = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
# So many of the samples may be left with less than the series: half would be unbiased, fewer is careful.
LEFT_WITH_LESS = 0.4
# 95 % point of the likelihood ratio of a break's date: P(x) = (1 - exp(-x / 2))^2.
DATE_RATIO = 7.352
# Logarithms of counts are no better known than to a thousandth.
LEAST_VARIANCE = 1e-6


@dataclass(frozen=True)
class Break:
    """What is known of a break.

    Attributes
    ----------
    bic_gain
        By how much BIC is worse without it.
    earliest, latest
        Places of the first year after it, between which it lies with a confidence of 95 %.
    """

    bic_gain: float
    earliest: int
    latest: int


@dataclass(frozen=True)
class Segment:
    """Years between two breaks.

    Attributes
    ----------
    start, stop
        Places of the first year and of the one behind the last.
    intercept, slope
        The line through ln(1 + count): its value in the first year, and what a year adds.
    broken
        The break at the start; None in the first segment.
    """

    start: int
    stop: int
    intercept: float
    slope: float
    broken: Break | None


@dataclass(frozen=True)
class Trend:
    """A series in segments, and the chance of as much evidence for breaks without any.

    `q_no_break` is that chance's false discovery rate among the series that are tested together.
    """

    segments: list[Segment]
    p_no_break: float
    q_no_break: float


def squared_errors(series: np.ndarray) -> np.ndarray:
    """Fit a line to every run of at least MIN_YEARS years.

    Parameters
    ----------
    series
        Values of years without gaps, samples x years.

    Returns
    -------
    np.ndarray
        samples x years x years: the sum of squared residuals of the run from the first place to
        the second, both included; infinite for shorter runs.
    """
    years = series.shape[-1]
    # Centred, so that the differences of sums below keep their digits.
    t = np.arange(years) - (years - 1) / 2
    y = series - series.mean(axis=-1, keepdims=True)
    length, t1, t2 = (_run_sums(power) for power in (np.ones(years), t, t * t))
    y1, ty, y2 = (_run_sums(moment) for moment in (y, t * y, y * y))
    # The upper triangle; what is below has no meaning, and is not used.
    with np.errstate(divide="ignore", invalid="ignore"):
        slope_part = (ty - t1 * y1 / length) ** 2 / (t2 - t1**2 / length)
        errors = y2 - y1**2 / length - slope_part
    return np.where(length >= MIN_YEARS, np.maximum(errors, 0), np.inf)


def _run_sums(values: np.ndarray) -> np.ndarray:
    total = np.cumsum(values, axis=-1)
    before = total - values
    return total[..., None, :] - before[..., :, None]


def best_partitions(errors: np.ndarray, breaks: int) -> tuple[np.ndarray, list[np.ndarray]]:
    """Find the partition of least squares for each number of breaks, among all there are.

    Parameters
    ----------
    errors
        What `squared_errors` returns.
    breaks
        The largest number of breaks.

    Returns
    -------
    tuple
        samples x (breaks + 1): the least sum of squares by number of breaks; and for each number
        samples x number: the first places of the segments behind a break.

    References
    ----------
    Bai & Perron 2003, J. Applied Econometrics 18:1-22, section 3.
    """
    samples, years, _ = errors.shape
    least = errors[:, 0, :]  # of the years up to a place, so far in one segment
    sums, choices = [least[:, -1]], []
    for _ in range(breaks):
        before = np.concatenate([np.full((samples, 1), np.inf), least[:, :-1]], axis=1)
        split = before[:, :, None] + errors
        choices.append(split.argmin(axis=1))
        least = np.take_along_axis(split, choices[-1][:, None, :], axis=1)[:, 0, :]
        sums.append(least[:, -1])
    partitions = []
    for number in range(breaks + 1):
        starts, end = np.empty((samples, number), dtype=int), np.full(samples, years - 1)
        for place in reversed(range(number)):
            starts[:, place] = choices[place][np.arange(samples), end]
            end = starts[:, place] - 1
        partitions.append(starts)
    return np.stack(sums, axis=1), partitions


def residuals(series: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Take the lines of least squares off the segments of a partition.

    Parameters
    ----------
    series
        samples x years.
    starts
        samples x breaks: the first places of the segments behind a break.

    Returns
    -------
    np.ndarray
        samples x years.

    Examples
    --------
    >>> residuals(np.array([[1.0, 2, 3, 4, 5, 9, 8, 7, 6, 5]]), np.array([[5]])).round(9).tolist()
    [[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]]
    """
    samples, years = series.shape
    t = np.arange(years)
    edges = np.column_stack([np.zeros(samples, dtype=int), starts, np.full(samples, years)])
    left = np.zeros_like(series)
    for start, stop in zip(edges.T[:-1], edges.T[1:], strict=True):
        within = (t >= start[:, None]) & (t < stop[:, None])
        length = (stop - start)[:, None]
        apart = (t - (within * t).sum(axis=1, keepdims=True) / length) * within
        level = (within * series).sum(axis=1, keepdims=True) / length
        slope = (apart * series).sum(axis=1, keepdims=True) / (apart**2).sum(axis=1, keepdims=True)
        left += within * (series - level) - slope * apart
    return left


def bic(errors: np.ndarray, years: int) -> np.ndarray:
    """Weigh sums of squares against the number of breaks, the last axis.

    Each segment has an intercept and a slope, and each break a date.

    References
    ----------
    Yao 1988, Statistics & Probability Letters 6:181-189.
    """
    number = np.arange(errors.shape[-1])
    variance = np.maximum(errors / years, LEAST_VARIANCE)
    return years * np.log(variance) + (3 * number + 2) * np.log(years)


def find_trend(counts: np.ndarray, seed: int = 0) -> Trend:
    """Cut a series of yearly counts where its growth changes, as `find_trends` does one alone.

    Examples
    --------
    >>> import numpy as np
    >>> counts = np.array([20, 21, 20, 22, 23, 22, 24, 60, 66, 71, 80, 86, 95, 105])
    >>> [(s.start, f"{np.expm1(s.slope):.0%} a year") for s in find_trend(counts).segments]
    [(0, '3% a year'), (7, '10% a year')]
    """
    return find_trends([counts], seed)[0]


def find_trends(series: Sequence[np.ndarray], seed: int = 0) -> list[Trend]:
    """Cut several series of yearly counts where their growth changes.

    Through ln(1 + count) goes a line in each segment, which need not meet the next. Of all
    partitions with segments of at least MIN_YEARS years the one of least squares is taken. A break
    is added as long as BIC gains more by further breaks than in series that have the breaks found
    so far, and noise: the share of these that gain as much is its chance, and the false discovery
    rate among the chances of all series that have got so far is at most LEVEL.

    How far noise carries over from year to year is read off what one break more leaves, for what
    is left without a true break carries over, too. Lines that follow the noise take some of that
    away, as much as they do in simulated noise: of CARRIED_OVER the first is taken in which three of
    five samples, treated alike, are left with more.

    Parameters
    ----------
    series
        Yearly counts without gaps, of each at least twice MIN_YEARS.
    seed
        Of the noise.

    Returns
    -------
    list of Trend
        Of each series: segments in order, and the p and q values of the first step.

    References
    ----------
    Bai & Perron 1998, Econometrica 66:47-78; Yao 1988, Statistics & Probability Letters
    6:181-189 (BIC); Hansen 2000, Econometrica 68:575-603 (dates); Benjamini & Hochberg 1995,
    JRSS B 57:289-300. An autocorrelation that is unbiased in the median: Andrews 1993, Econometrica
    61:139-165.
    """
    fits = [_Fit.of(counts, seed) for counts in series]
    found, first = [0] * len(fits), []
    going = list(range(len(fits)))
    for number in range(MAX_BREAKS):
        going = [i for i in going if number < fits[i].most]
        if not going:
            break
        chances = [fits[i].chance(number) for i in going]
        rates = false_discovery_control(chances)
        if number == 0:
            first = list(zip(chances, rates.tolist(), strict=True))
        going = [i for i, rate in zip(going, rates, strict=True) if rate <= LEVEL]
        for i in going:
            found[i] = number + 1
    return [
        Trend(_segments(fit.y, fit.errors, fit.partitions[breaks][0].tolist()), *chance)
        for fit, breaks, chance in zip(fits, found, first, strict=True)
    ]


@dataclass(frozen=True)
class _Fit:
    """A series with its best partitions, and the noise to come."""

    y: np.ndarray
    errors: np.ndarray
    partitions: list[np.ndarray]
    criteria: np.ndarray
    seed: int

    @classmethod
    def of(cls, counts: np.ndarray, seed: int) -> Self:
        y = np.log1p(np.asarray(counts, dtype=float))
        errors = squared_errors(y[None])
        sums, partitions = best_partitions(errors, min(MAX_BREAKS, len(y) // MIN_YEARS - 1))
        return cls(y, errors[0], partitions, bic(sums[0], len(y)), seed)

    @property
    def most(self) -> int:
        return len(self.partitions) - 1

    def chance(self, breaks: int) -> float:
        """Give the chance that noise around so many breaks gains as much by further ones."""
        gain = self.criteria[breaks] - self.criteria[breaks + 1 :].min()
        if gain <= 0:
            return 1.0
        carried_over = _carried_over(residuals(self.y[None], self.partitions[breaks + 1]))
        left = residuals(self.y[None], self.partitions[breaks])[0]
        # A line changes nothing of what further breaks gain, nor does the unit of noise.
        fitted = (self.y - left) / max(left.std(), LEAST_VARIANCE**0.5) if breaks else left * 0
        gains = np.empty(0)
        for rho in CARRIED_OVER:
            gains, known = _of_noise(tuple(fitted.tolist()), breaks, self.most, rho, self.seed)
            if (known <= carried_over).mean() <= LEFT_WITH_LESS:
                break
        return (1 + int((gains >= gain).sum())) / (SAMPLES + 1)


@lru_cache(maxsize=50)
def _of_noise(
    fitted: tuple[float, ...], breaks: int, most: int, rho: float, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Give what further breaks gain in noise around lines, and what carries over behind one more."""
    years = len(fitted)
    shocks = np.random.default_rng([seed, breaks]).standard_normal((SAMPLES, years))
    noise = shocks.copy()
    for year in range(1, years):
        noise[:, year] = rho * noise[:, year - 1] + np.sqrt(1 - rho**2) * shocks[:, year]
    series = np.array(fitted) + noise
    sums, partitions = best_partitions(squared_errors(series), most)
    criteria = bic(sums, years)
    gains = criteria[:, breaks] - criteria[:, breaks + 1 :].min(axis=1)
    return gains, _carried_over(residuals(series, partitions[breaks + 1]))


def _carried_over(left: np.ndarray) -> np.ndarray:
    """Give the first autocorrelation of what is left of samples; 0 where nothing is."""
    squares = np.maximum((left**2).sum(axis=1), LEAST_VARIANCE)
    return (left[:, 1:] * left[:, :-1]).sum(axis=1) / squares


def _runs(starts: list[int], years: int) -> list[tuple[int, int]]:
    return list(zip([0, *starts], [*starts, years], strict=True))


def _segments(y: np.ndarray, errors: np.ndarray, starts: list[int]) -> list[Segment]:
    runs = _runs(starts, len(y))
    total = sum(errors[start, stop - 1] for start, stop in runs)
    segments = []
    for number, (start, stop) in enumerate(runs):
        slope, intercept = np.polyfit(np.arange(stop - start), y[start:stop], 1)
        broken = None
        if number:
            first = runs[number - 1][0]
            apart = errors[first, start - 1] + errors[start, stop - 1]
            without, with_it = bic(np.array([total - apart + errors[first, stop - 1], total]), len(y))
            broken = Break(float(without - with_it), *_dates(errors, first, start, stop))
        segments.append(Segment(start, stop, float(intercept), float(slope), broken))
    return segments


def _dates(errors: np.ndarray, first: int, start: int, stop: int) -> tuple[int, int]:
    """Give the places between which a break lies, if those beside it are where they are."""
    places = np.arange(first + 1, stop)
    apart = errors[first, places - 1] + errors[places, stop - 1]
    best = errors[first, start - 1] + errors[start, stop - 1]
    variance = max(best / (stop - first), LEAST_VARIANCE)
    likely = places[apart - best <= DATE_RATIO * variance]
    return int(likely.min()), int(likely.max())
