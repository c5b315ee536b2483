"""How many years one country's technologies come after another's."""

import numpy as np
from scipy.fft import next_fast_len

# Strata with fewer families than this in either window say nothing about time.
MIN_STRATUM = 5.0


def distances(earlier: np.ndarray, later: np.ndarray, max_lag: int) -> tuple[np.ndarray, np.ndarray]:
    """Tell how well two sets of cumulative curves agree, for each shift in time.

    Where `later` is moved back by τ steps, the two share a window of T - τ steps. Within it each
    stratum's curve runs from 0 to 1, so that neither sizes of countries nor what lies outside the
    data decide; that is how right-censored curves are compared. The distance of two curves is the
    Cramér-von Mises one, Σ (F - G)² h with h the share of both in a step, less what chance adds to
    it, (1/n + 1/m) / 6. Strata are weighed by n m / (n + m), whole.

    Parameters
    ----------
    earlier, later
        ... × strata × T: families by step of time, at least 0.
    max_lag
        Shifts from -max_lag to max_lag are tried; below T.

    Returns
    -------
    tuple of np.ndarray
        Shifts (2 max_lag + 1) and ... × shifts: distances, infinite where less than half of
        the weight has MIN_STRATUM families of both in the window.

    References
    ----------
    Anderson 1962, Annals of Mathematical Statistics 33:1148-1159, for the two-sample statistic. To
    compare countries by it is this project's proposal.

    Examples
    --------
    >>> bump = np.array([[0.0, 20, 60, 20, 0, 0, 0, 0]])
    >>> shifts, distance = distances(bump, np.roll(bump, 2), max_lag=3)
    >>> int(shifts[distance.argmin()])
    2
    """
    n, m = earlier.sum(-1), later.sum(-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        weight = np.nan_to_num(n * m / (n + m))
    behind = _distance(*_windows(earlier, later, max_lag), weight)
    ahead = _distance(*_windows(later, earlier, max_lag), weight)
    found = np.concatenate([ahead[..., :0:-1], behind], axis=-1)
    return np.arange(-max_lag, max_lag + 1), found


def _windows(a: np.ndarray, b: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sum (A/n - B/m)² (a + b) over the window in which b is moved back by 0 to `most` steps.

    A and B are the cumulated counts and n and m all counts of the window. The square is multiplied
    out, so that products of moved curves become correlations, for all shifts at once. Returns the
    sums, n and m, each ... × strata × shifts.
    """
    steps = a.shape[-1]
    upto_a, upto_b = a.cumsum(-1), b.cumsum(-1)
    size = next_fast_len(steps + most, real=True)
    left = np.fft.rfft(np.stack([a, upto_a, upto_a**2, a * upto_a]), size)
    right = np.fft.rfft(np.stack([b, upto_b, upto_b**2, b * upto_b]), size)

    def meet(x: int, y: int) -> np.ndarray:
        return np.fft.irfft(left[x].conj() * right[y], size)[..., : most + 1]

    def head(x: np.ndarray) -> np.ndarray:
        """Sum what is left of a's side: all but the last steps."""
        return x.cumsum(-1)[..., ::-1][..., : most + 1]

    def tail(x: np.ndarray) -> np.ndarray:
        """Sum what is left of b's side: all but the first steps."""
        return x[..., ::-1].cumsum(-1)[..., ::-1][..., : most + 1]

    n, m = head(a), tail(b)
    before = upto_b[..., -1:] - m
    of_a = head(upto_a**2 * a) + meet(2, 0)
    mixed = meet(3, 1) - before * head(upto_a * a) + meet(1, 3) - before * meet(1, 0)
    of_b = (
        meet(0, 2)
        - 2 * before * meet(0, 1)
        + before**2 * n
        + tail(upto_b**2 * b)
        - 2 * before * tail(upto_b * b)
        + before**2 * m
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        return of_a / n**2 - 2 * mixed / (n * m) + of_b / m**2, n, m


def _distance(squares: np.ndarray, n: np.ndarray, m: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Average over strata; ... × shifts."""
    # Correlations leave a trace of rounding where there is nothing.
    counts = (n > MIN_STRATUM - 1e-6) & (m > MIN_STRATUM - 1e-6)
    with np.errstate(invalid="ignore", divide="ignore"):
        squared = squares / (n + m) - (1 / n + 1 / m) / 6
        used = np.where(counts, weight[..., None], 0.0)
        result = (np.where(counts, squared, 0.0) * used).sum(-2) / used.sum(-2)
    return np.where(used.sum(-2) >= weight.sum(-1)[..., None] / 2, result, np.inf)


def best_shift(shifts: np.ndarray, distance: np.ndarray) -> np.ndarray:
    """Find the shift of the least distance, between steps by a parabola through its neighbours.

    Parameters
    ----------
    shifts
        Ascending, one apart.
    distance
        ... × shifts.

    Returns
    -------
    np.ndarray
        ...: the shift; NaN where no shift has a distance.

    Examples
    --------
    >>> float(best_shift(np.arange(-1, 2), np.array([4.0, 1.0, 2.0])))
    0.25
    """
    place = distance.argmin(-1)
    inner = np.clip(place, 1, len(shifts) - 2)
    left, middle, right = (
        np.take_along_axis(distance, (inner + step)[..., None], -1)[..., 0] for step in (-1, 0, 1)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        offset = (left - right) / (2 * (left - 2 * middle + right))
    offset = np.where((place == inner) & (np.abs(offset) <= 1), offset, 0.0)
    found = np.take_along_axis(distance, place[..., None], -1)[..., 0]
    return np.where(np.isfinite(found), shifts[place] + offset, np.nan)
