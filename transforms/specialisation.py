"""How far countries specialise: revealed technological advantage and its uncertainty."""

import numpy as np
from scipy.sparse import csr_array


def rta(counts: np.ndarray) -> np.ndarray:
    """Compare each country's share of a class with its share of all.

    Parameters
    ----------
    counts
        Countries × classes, families (fractional or whole), at least 0; more axes may stand before.

    Returns
    -------
    np.ndarray
        The same shape: (P_ci / P_c·) / (P_·i / P_··), 1 where a country has its share, 0 where it
        has none; NaN where the country or the class is empty.

    References
    ----------
    Balassa 1965; Soete 1987 for patents.

    Examples
    --------
    >>> rta(np.array([[30.0, 10.0], [10.0, 50.0]])).round(3).tolist()
    [[1.875, 0.417], [0.417, 1.389]]
    """
    counts = np.asarray(counts, dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        own = counts / counts.sum(-1, keepdims=True)
        common = counts.sum(-2, keepdims=True) / counts.sum((-2, -1), keepdims=True)
        return own / common


def rsca(advantage: np.ndarray) -> np.ndarray:
    """Make revealed technological advantage symmetric about 0.

    Parameters
    ----------
    advantage
        RTA, at least 0.

    Returns
    -------
    np.ndarray
        (RTA - 1) / (RTA + 1): -1 to 1, 0 where a country has its share.

    References
    ----------
    Dalum, Laursen & Villumsen 1998, International Review of Applied Economics 12:423-443.

    Examples
    --------
    >>> rsca(np.array([0.0, 1.0, 3.0])).tolist()
    [-1.0, 0.0, 0.5]
    """
    return (advantage - 1) / (advantage + 1)


def resampled_counts(
    patterns: csr_array, families: np.ndarray, draws: int, seed: int | list[int]
) -> np.ndarray:
    """Draw families anew, and count them by cell.

    Families that are shared alike between cells cannot be told apart by a count. So patterns are
    drawn, as often as families have them, which is the same and costs far less.

    Parameters
    ----------
    patterns
        Patterns × cells: what a family of the pattern gives to the cell.
    families
        Families of each pattern.
    draws
        How many times.
    seed
        Of the random numbers.

    Returns
    -------
    np.ndarray
        Draws × cells: families, fractional.

    References
    ----------
    The bootstrap: Efron 1979, Annals of Statistics 7:1-26.

    Examples
    --------
    >>> shared = csr_array(np.array([[1.0, 0.0], [0.5, 0.5]]))
    >>> drawn = resampled_counts(shared, np.array([30, 10]), draws=3, seed=1)
    >>> drawn.sum(axis=1).tolist()
    [40.0, 40.0, 40.0]
    """
    random = np.random.default_rng(seed)
    times = random.multinomial(families.sum(), families / families.sum(), size=draws)
    return (patterns.T @ times.T).T
