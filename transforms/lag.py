"""How many years one country's technologies come after another's."""

import numpy as np

# Strata with fewer families than this in either window say nothing about time.
MIN_STRATUM = 5.0


def distances(
    earlier: np.ndarray, later: np.ndarray, max_lag: int
) -> tuple[np.ndarray, np.ndarray]:
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
    steps = earlier.shape[-1]
    n, m = earlier.sum(-1), later.sum(-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        weight = np.nan_to_num(n * m / (n + m))
    shifts = np.arange(-max_lag, max_lag + 1)
    found = [
        _distance(
            earlier[..., max(-shift, 0) : steps - max(shift, 0)],
            later[..., max(shift, 0) : steps - max(-shift, 0)],
            weight,
        )
        for shift in shifts
    ]
    return shifts, np.stack(found, axis=-1)


def _distance(a: np.ndarray, b: np.ndarray, weight: np.ndarray) -> np.ndarray:
    n, m = a.sum(-1), b.sum(-1)
    counts = (n >= MIN_STRATUM) & (m >= MIN_STRATUM)
    used = np.where(counts, weight, 0.0)
    enough = used.sum(-1) >= weight.sum(-1) / 2
    # Many windows have too few families: only what is asked for is computed, and in place.
    counts &= enough[..., None]
    a, b, n, m = a[counts], b[counts], n[counts], m[counts]
    squared = np.zeros(counts.shape)
    gap, other = a.cumsum(-1), b.cumsum(-1)
    gap /= n[:, None]
    other /= m[:, None]
    gap -= other
    gap *= gap
    a += b
    gap *= a
    squared[counts] = gap.sum(-1) / (n + m) - (1 / n + 1 / m) / 6
    with np.errstate(invalid="ignore", divide="ignore"):
        result = (squared * used).sum(-1) / used.sum(-1)
    return np.where(enough, result, np.inf)


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
