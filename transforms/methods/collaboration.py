"""Measure with whom a country's applicants work, and how concentrated they are."""

import numpy as np
import polars as pl
from scipy import stats
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

# A country is held against its own habit if that many of its families lie outside the topic.
MIN_BASE_FAMILIES = 30


def concentration(families: np.ndarray) -> dict[str, float | None]:
    """Tell how concentrated families are on applicants.

    Parameters
    ----------
    families
        Families of each applicant (fractional), above 0.

    Returns
    -------
    dict of str to float
        cr4, cr10: share of the four and ten largest, 0 to 1;
        hhi: Herfindahl-Hirschman index Σ s², 1/n to 1;
        normalised_hhi: (hhi - 1/n) / (1 - 1/n), 0 to 1, None with one applicant;
        gini: 0 where all have as many, near 1 where one has all.

    References
    ----------
    Herfindahl 1950, Hirschman 1964; Gini 1912.

    Examples
    --------
    >>> concentration(np.array([5.0, 3.0, 1.0, 1.0]))["hhi"]
    0.36
    """
    ordered = np.sort(np.asarray(families, dtype=float))
    n, total = len(ordered), ordered.sum()
    shares = ordered[::-1] / total
    hhi = float((shares**2).sum())
    return {
        "cr4": float(shares[:4].sum()),
        "cr10": float(shares[:10].sum()),
        "hhi": hhi,
        "normalised_hhi": (hhi - 1 / n) / (1 - 1 / n) if n > 1 else None,
        "gini": float(((2 * np.arange(1, n + 1) - n - 1) @ ordered) / (n * total)),
    }


def cohesion(source: np.ndarray, target: np.ndarray, groups: int) -> dict[str, float | None]:
    """Tell how the applicants of a network hang together.

    Parameters
    ----------
    source, target
        The ends of each tie: numbers of groups, from 0.
    groups
        How many there are, those without a tie included.

    Returns
    -------
    dict of str to float
        isolates_share: groups without a tie, over all; giant_share: groups of the largest connected
        part, over all; degree_centralisation: 0 where all have as many partners, 1 for a star, None
        below three groups.

    References
    ----------
    Freeman 1978, Social Networks 1:215-239, for centralisation.

    Examples
    --------
    >>> star = cohesion(np.array([0, 0, 0]), np.array([1, 2, 3]), groups=5)
    >>> star["isolates_share"], star["giant_share"], star["degree_centralisation"]
    (0.2, 0.8, 0.75)
    """
    ties = csr_array((np.ones(len(source)), (source, target)), shape=(groups, groups))
    degree = np.bincount(source, minlength=groups) + np.bincount(target, minlength=groups)
    _, part = connected_components(ties, directed=False)
    star = (groups - 1) * (groups - 2)
    return {
        "isolates_share": float((degree == 0).mean()),
        "giant_share": float(np.bincount(part).max() / groups),
        "degree_centralisation": float((degree.max() - degree).sum() / star) if star else None,
    }


def habits(int_co_application_base: pl.LazyFrame) -> dict[str, tuple[float, float]]:
    """Take the families that tell what each country is used to, if there are enough.

    Parameters
    ----------
    int_co_application_base
        One row a country: country, families, co_applications, outside the topic.

    Returns
    -------
    dict of str to tuple of float
        families and co_applications of countries with MIN_BASE_FAMILIES.
    """
    enough = int_co_application_base.filter(pl.col("families") >= MIN_BASE_FAMILIES)
    known = enough.select("country", "families", "co_applications").collect()
    return {country: (families, together) for country, families, together in known.iter_rows()}


def base_rates(habit: tuple[float, float] | None, size: int, random: np.random.Generator) -> np.ndarray:
    """Draw what a country may be used to: families outside the topic are a sample, too.

    Parameters
    ----------
    habit
        Its families and co-applications outside the topic; None where too few are known.
    size
        How many draws.
    random
        Where chance comes from.

    Returns
    -------
    np.ndarray
        Rates of co-application, 0 to 1, from the posterior with Jeffreys' prior; NaN without habit.

    References
    ----------
    Brown, Cai & DasGupta 2001, Statistical Science 16:101-133.

    Examples
    --------
    >>> rates = base_rates((400.0, 40.0), 1000, np.random.default_rng(1))
    >>> rates.mean().round(2), rates.std().round(3)
    (np.float64(0.1), np.float64(0.015))
    """
    if habit is None:
        return np.full(size, np.nan)
    families, together = habit
    return share_draws(together, families, families, size, random)


def share_interval(part: float, whole: float, squares: float) -> tuple[float, float] | None:
    """Give the 90 % interval of a share of families that count by fractions.

    Resampling families draws too narrow an interval where few families are the part: it never draws
    what was not seen.

    Parameters
    ----------
    part, whole
        Sums of the fractions of the families that are the part, and of all.
    squares
        Sum of the squared fractions of all: whole² / squares is how many whole families they are worth.

    Returns
    -------
    tuple of float or None
        Low and high, 0 to 1, by Jeffreys' prior, and 0 or 1 itself where none or all are the part;
        None of no family.

    References
    ----------
    Brown, Cai & DasGupta 2001, Statistical Science 16:101-133; for weighted samples Kish 1965 and
    Franco et al. 2019, Journal of Survey Statistics and Methodology 7:334-364.

    Examples
    --------
    >>> low, high = share_interval(2, 20, 20)
    >>> round(low, 3), round(high, 3)
    (0.029, 0.25)
    >>> share_interval(0, 20, 20)[0], share_interval(0, 0, 0)
    (0.0, None)
    """
    if whole <= 0:
        return None
    low, high = stats.beta.ppf([0.05, 0.95], *_posterior(part, whole, squares)).tolist()
    return 0.0 if part == 0 else low, 1.0 if part >= whole else high


def share_draws(
    part: float, whole: float, squares: float, size: int, random: np.random.Generator
) -> np.ndarray:
    """Draw what a share may be, as `share_interval` sees it.

    Parameters
    ----------
    part, whole, squares
        As there.
    size
        How many draws.
    random
        Where chance comes from.

    Returns
    -------
    np.ndarray
        Shares, 0 to 1; NaN of no family.

    Examples
    --------
    >>> drawn = share_draws(2, 20, 20, 10_000, np.random.default_rng(1))
    >>> np.quantile(drawn, [0.05, 0.95]).round(2)
    array([0.03, 0.25])
    """
    return random.beta(*_posterior(part, whole, squares), size) if whole > 0 else np.full(size, np.nan)


def _posterior(part: float, whole: float, squares: float) -> tuple[float, float]:
    """Give the two parameters of the beta distribution of a share."""
    families = whole**2 / squares
    return families * part / whole + 0.5, families * max(whole - part, 0) / whole + 0.5
