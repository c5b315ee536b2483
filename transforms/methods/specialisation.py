"""How far countries specialise: revealed technological advantage and its uncertainty."""

import numpy as np
import polars as pl
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
        RTA, at least 0; infinite where nobody else has any.

    Returns
    -------
    np.ndarray
        (RTA - 1) / (RTA + 1): -1 to 1, 0 where a country has its share.

    References
    ----------
    Dalum, Laursen & Villumsen 1998, International Review of Applied Economics 12:423-443.

    Examples
    --------
    >>> rsca(np.array([0.0, 1.0, 3.0, np.inf])).tolist()
    [-1.0, 0.0, 0.5, 1.0]
    """
    return 1 - 2 / (advantage + 1)  # the same, and finite where nobody else has any


def resampled_counts(
    patterns: csr_array, families: np.ndarray, draws: int, seed: int | list[int]
) -> np.ndarray:
    """Draw families anew, and count them by cell.

    Families that are shared alike between cells cannot be distinguished by a count. So patterns are
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


def profile(shares: pl.DataFrame, draws: int, seed: int | list[int]) -> pl.DataFrame:
    """Tell how countries' families are spread over kinds, and where each is at an advantage.

    Parameters
    ----------
    shares
        One row a family x country x kind: family, country, kind, share (of the family).
    draws
        Resamples of families.
    seed
        Of the random numbers.

    Returns
    -------
    pl.DataFrame
        One row a kind x country: families (fractional), share (of the country's), rta, rsca, and
        rsca_low and rsca_high, the 90 % interval over resamples, null where none has both the kind and
        the country.

    References
    ----------
    As `rta` and `rsca`; the percentile bootstrap: Efron 1979, Annals of Statistics 7:1-26.

    Examples
    --------
    >>> shares = pl.DataFrame({
    ...     "family": range(4), "country": ["KR", "KR", "US", "US"],
    ...     "kind": ["G11C", "G11C", "G11C", "G06N"], "share": 1.0,
    ... })
    >>> profile(shares, draws=50, seed=1).select("kind", "country", "families", "rta").rows()[:2]
    [('G06N', 'KR', 0.0, 0.0), ('G11C', 'KR', 2.0, 1.3333333333333333)]
    """
    countries = shares["country"].unique().sort()
    kinds = shares["kind"].unique().sort()
    grid = (len(countries), len(kinds))
    placed = shares.select(
        "family",
        "share",
        cell=pl.col("country").replace_strict(countries, range(grid[0]), return_dtype=pl.Int32) * grid[1]
        + pl.col("kind").replace_strict(kinds, range(grid[1]), return_dtype=pl.Int32),
    ).sort("cell", "share")
    # A family's pattern is the list of its cells; families of one pattern are counted together.
    alike = (
        placed.group_by("family", maintain_order=True)
        .agg("cell", "share")
        .group_by("cell", "share")
        .len()
        .sort("cell", "share")
    )
    entries = alike.with_row_index("pattern").explode("cell", "share")
    patterns = csr_array(
        (entries["share"], (entries["pattern"], entries["cell"])), shape=(alike.height, grid[0] * grid[1])
    )
    families = alike["len"].to_numpy()
    counts = (patterns.T @ families).reshape(grid)
    drawn = resampled_counts(patterns, families, draws, seed).reshape(draws, *grid)
    low, high = np.nanquantile(rsca(rta(drawn)), [0.05, 0.95], axis=0)
    advantage = rta(counts)
    return pl.DataFrame(
        {
            "kind": np.tile(kinds.to_numpy(), grid[0]),
            "country": np.repeat(countries.to_numpy(), grid[1]),
            "families": counts.ravel(),
            "share": (counts / counts.sum(axis=1, keepdims=True)).ravel(),
            "rta": advantage.ravel(),
            "rsca": rsca(advantage).ravel(),
            "rsca_low": low.ravel(),
            "rsca_high": high.ravel(),
        }
    ).fill_nan(None)
