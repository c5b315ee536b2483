"""How many years one country's mix of technologies comes after another's."""

import numpy as np
from scipy.ndimage import gaussian_filter1d

# Families that each technology of a month has in either country before any is seen.
PRIOR = 0.5


def losses(
    reference: np.ndarray, country: np.ndarray, shifts: np.ndarray, width: float
) -> tuple[np.ndarray, np.ndarray]:
    """Tell how much likelihood two countries lose by one common mix, for each shift in time.

    Given how many families a month has, growth says nothing: only their technologies count. Each
    country's mix is smoothed over time, and so is that of both together, once the country is moved
    back by the shift. What the likelihood of the counts loses by the common mix is a deviance of
    Poisson counts, technology by technology.

    Parameters
    ----------
    reference, country
        Technologies × T: families by step of time, at least 0.
    shifts
        S: steps by which the country is moved back; below 0 it is moved ahead. Each below T.
    width
        Standard deviation of the smoothing, in steps.

    Returns
    -------
    tuple of np.ndarray
        Technologies × S: the loss within the time that both share after the move; and S: what two
        samples of n and m families can tell of a difference, Σ n m / (n + m) over that time.

    References
    ----------
    A likelihood smoothed by a kernel: Tibshirani & Hastie 1987, JASA 82:559-567. To compare
    countries by it is this project's proposal.

    Examples
    --------
    >>> rise = np.array([[9.0, 7, 5, 3, 1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 3, 5, 7, 9, 9]])
    >>> late = np.array([[9.0, 9, 9, 7, 5, 3, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1, 1, 3, 5, 7]])
    >>> loss, told = losses(rise, late, np.arange(-3, 4), width=1)
    >>> int(np.arange(-3, 4)[(loss.sum(axis=0) / told).argmin()])
    2
    """
    counts = reference, country
    level = width * np.sqrt(2 * np.pi)
    smooth = [gaussian_filter1d(x, width, axis=1, mode="constant") * level for x in counts]
    totals = [x.sum(axis=0) for x in counts]
    smooth_totals = [x.sum(axis=0) for x in smooth]
    mixes = [_mix(x) for x in smooth]
    own = [x * np.log(mix) - total * mix for x, mix, total in zip(counts, mixes, totals, strict=True)]
    steps = reference.shape[1]
    lost = np.empty((len(reference), len(shifts)))
    told = np.empty(len(shifts))
    for place, shift in enumerate(shifts):
        first, last = max(0, shift), steps + min(0, shift)
        shared = slice(first - shift, last - shift), slice(first, last)
        common = _mix(smooth[0][:, shared[0]] + smooth[1][:, shared[1]])
        both = counts[0][:, shared[0]] + counts[1][:, shared[1]]
        total = totals[0][shared[0]] + totals[1][shared[1]]
        apart = own[0][:, shared[0]].sum(axis=1) + own[1][:, shared[1]].sum(axis=1)
        lost[:, place] = apart - (both * np.log(common) - total * common).sum(axis=1)
        n, m = smooth_totals[0][shared[0]], smooth_totals[1][shared[1]]
        told[place] = (n * m / np.maximum(n + m, 1e-9)).sum() / level
    # Where the two share nothing nothing is lost, and no shift is the better for it.
    return lost, np.maximum(told, 1e-9)


def _mix(smooth: np.ndarray) -> np.ndarray:
    """Share of each technology in each step."""
    seen = smooth + PRIOR
    return seen / seen.sum(axis=0)


def best_shift(shifts: np.ndarray, loss: np.ndarray) -> np.ndarray:
    """Find the shift of the least loss, between those that were tried by a parabola.

    Parameters
    ----------
    shifts
        S: ascending, equally far apart.
    loss
        ... × S.

    Returns
    -------
    np.ndarray
        ...: the shift, in the unit of `shifts`.

    Examples
    --------
    >>> float(best_shift(np.arange(-1, 2), np.array([4.0, 1.0, 2.0])))
    0.25
    """
    inner = np.clip(loss.argmin(-1), 1, len(shifts) - 2)
    left, middle, right = (
        np.take_along_axis(loss, (inner + step)[..., None], -1)[..., 0] for step in (-1, 0, 1)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        offset = (left - right) / (2 * (left - 2 * middle + right))
    # At an end of the shifts no parabola has its least point within a step.
    offset = np.where(np.abs(offset) <= 1, offset, np.sign(right - left) * -1)
    return shifts[inner] + offset * (shifts[1] - shifts[0])


def resampled_shifts(
    shifts: np.ndarray, lost: np.ndarray, told: np.ndarray, draws: int, seed: int | list[int]
) -> np.ndarray:
    """Draw technologies anew, with all their families, and find the shift of each draw.

    Countries do not differ in time alone: one may always have more of a technology. Such
    differences are a technology's own and not a family's, so that families drawn anew would tell
    too little of them; technologies drawn anew tell of both.

    Parameters
    ----------
    shifts, lost, told
        As for and from `losses`.
    draws
        How many.
    seed
        Of the random numbers.

    Returns
    -------
    np.ndarray
        One shift a draw, in the unit of `shifts`.

    References
    ----------
    The bootstrap by clusters: Davison & Hinkley 1997, Bootstrap Methods and their Application,
    section 3.8.

    Examples
    --------
    >>> lost = np.tile((np.arange(-3, 4) - 1.0) ** 2, (20, 1))
    >>> resampled_shifts(np.arange(-3, 4), lost, np.ones(7), draws=3, seed=1).tolist()
    [1.0, 1.0, 1.0]
    """
    technologies = len(lost)
    chance = np.full(technologies, 1 / technologies)
    times = np.random.default_rng(seed).multinomial(technologies, chance, size=draws)
    return best_shift(shifts, times @ lost / told)
