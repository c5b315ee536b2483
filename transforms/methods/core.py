"""Tell which technologies are core: those in which core patents gather beyond chance."""

import numpy as np
import polars as pl
from scipy.special import gammaln
from scipy.stats import chi2, false_discovery_control, gamma, hypergeom, norm

from corepath.transforms.methods.entropy import DegenerateInput

# Families of as many technologies, where about as many are usual, make a stratum if so many are core
# and so many are not.
STRATUM = 20
# Fewer technologies do not tell how widely they lie on the whole.
MANY = 20


def core_technologies(
    counts: pl.DataFrame,
    breadths: pl.DataFrame,
    families: int,
    core_families: int,
    *,
    max_q_value: float,
    min_core_families: int,
) -> pl.DataFrame:
    """Compare each technology's core families with those that its families' breadth lets expect.

    A family counts in each of its technologies, and one of many scores higher, the more so where
    few are usual: indicators are related to a cohort. So families are compared with others of as
    many technologies only, and in cohorts where about as many are usual: in a stratum s of N_s
    families, K_s of them core, chance draws the core families of the n_cs that have technology c.
    Then c expects
    E_c = Σ_s n_cs K_s / N_s, and the chance of k_c or more is the upper tail of a sum of
    independent hypergeometric numbers, exact by convolution.

    Ratios k/E are shrunk towards the common one by a gamma prior with mean m = Σk / ΣE and weight
    b, fitted by the method of moments to what the ratios vary beyond a Poisson count. The prior
    weighs at least one expected family, and at most ΣE, which it does where ratios vary no more
    than counts do.

    Parameters
    ----------
    counts
        One row a technology: technology, families (n), core_families (k), whole counts; a family
        counts in each of its technologies.
    breadths
        One row a technology x breadth x usual breadth: technology, breadth, usual (of the cohort, in
        any unit), and of its families that have so many technologies, where so many are usual,
        families, core_families. They add up to `counts`.
    families
        N.
    core_families
        K.
    max_q_value
        Below it an excess is sure enough.
    min_core_families
        Fewer core families are a handful, however sure the excess.

    Returns
    -------
    pl.DataFrame
        `counts` in its order, with
        core_rate: k/n;
        expected_core_families: E;
        core_ratio: k/E, 1 where there are as many as expected;
        p_value: P(X ≥ k);
        q_value: its false discovery rate among all rows, after Benjamini & Hochberg. Where most of
        MANY technologies or more differ from what is expected by more than chance, something else
        than breadth tells them apart, and all chances are enlarged: z = (k - E) / sd is divided by
        the root of λ = median(z²) / 0.455, if above 1 (genomic control);
        shrunken_core_ratio: (k + m b) / (E + b);
        core_ratio_lower: the 5 % quantile of Gamma(k + m b, E + b);
        is_core_technology: q below `max_q_value`, k/E above 1, k at least `min_core_families`;
        location_quotient and hypergeometric_p: (k/K) / (n/N) and its P(X ≥ k), which compare
        with all families whatever their breadth, and decide nothing.

    Raises
    ------
    DegenerateInput
        Where no family of any technology is core, or every one: then there is nothing to compare.

    References
    ----------
    Devlin & Roeder 1999, Biometrics 55:997-1004 (genomic control);
    Birch 1964, JRSS B 26:313-324 (exact test over strata), Mantel & Haenszel 1959, JNCI 22:719-748;
    Benjamini & Hochberg 1995, JRSS B 57:289-300; Clayton & Kaldor 1987, Biometrics 43:671-681.

    Examples
    --------
    >>> import polars as pl
    >>> breadths = pl.DataFrame(
    ...     {
    ...         "technology": ["G06N", "H01L"],
    ...         "breadth": [1, 1],
    ...         "usual": [100, 100],
    ...         "families": [40, 60],
    ...         "core_families": [9, 1],
    ...     }
    ... )
    >>> core = core_technologies(
    ...     breadths.drop("breadth", "usual"), breadths, 100, 10, max_q_value=0.05, min_core_families=5
    ... )
    >>> core.select(pl.col("core_ratio", "q_value").round(4), "is_core_technology").rows()
    [(2.25, 0.002, True), (0.1667, 1.0, False)]
    """
    n, k = counts.select(pl.col("families", "core_families").cast(pl.Float64)).to_numpy().T
    if not 0 < k.sum() < n.sum():
        raise DegenerateInput(
            f"{k.sum():.0f} of {n.sum():.0f} classified families are core: nothing to compare"
        )
    spread, size, core = _strata(counts, breadths)
    expected = spread @ (core / size)
    p = np.array([tail(*each, size, core) for each in zip(k, spread, strict=True)])
    prior = _gamma_prior(k, expected)
    a, b = k + prior[0], expected + prior[1]
    return counts.with_columns(
        core_rate=pl.Series(k / n),
        expected_core_families=pl.Series(expected),
        core_ratio=pl.Series(k / expected),
        p_value=pl.Series(p),
        q_value=pl.Series(false_discovery_control(norm.sf(norm.isf(p) / _inflation(k, spread, size, core)))),
        shrunken_core_ratio=pl.Series(a / b),
        core_ratio_lower=pl.Series(gamma.ppf(0.05, a, scale=1 / b)),
        location_quotient=pl.Series((k / core_families) / (n / families)),
        hypergeometric_p=pl.Series(hypergeom.sf(k - 1, families, core_families, n)),
    ).with_columns(
        is_core_technology=(pl.col("q_value") < max_q_value)
        & (pl.col("core_ratio") > 1)
        & (pl.col("core_families") >= min_core_families)
    )


def _strata(counts: pl.DataFrame, breadths: pl.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sort families into strata: those of each technology; all families, and core ones."""
    cells = (
        breadths.group_by("breadth", "usual")
        .agg(pl.sum("families", "core_families"))
        # A family of that breadth is in as many technologies.
        .with_columns(pl.col("families", "core_families") // pl.col("breadth"))
    )
    # By breadth first, then each of these by what is usual.
    cells = cells.with_columns(of_breadth=_merged(cells, "breadth"))
    cells = pl.concat(
        part.with_columns(of_usual=_merged(part, "usual"))
        for part in cells.partition_by("of_breadth", maintain_order=True)
    )
    strata = cells.group_by("of_breadth", "of_usual").agg(pl.sum("families", "core_families"))
    strata = strata.sort("of_breadth", "of_usual").with_row_index("stratum")
    placed = breadths.join(
        cells.select("breadth", "usual", "of_breadth", "of_usual"), on=["breadth", "usual"]
    ).join(strata.select("of_breadth", "of_usual", "stratum"), on=["of_breadth", "of_usual"])
    row = placed["technology"].replace_strict(
        counts["technology"], range(counts.height), return_dtype=pl.Int64
    )
    spread = np.zeros((counts.height, strata.height))
    np.add.at(spread, (row.to_numpy(), placed["stratum"].to_numpy()), placed["families"].to_numpy())
    size, core = strata.select(pl.col("families", "core_families").cast(pl.Float64)).to_numpy().T
    return spread, size, core


def _merged(cells: pl.DataFrame, by: str) -> pl.Series:
    """Number the strata that cells are in, by their breadth or what is usual."""
    total = cells.group_by(by).agg(pl.sum("families", "core_families")).sort(by)
    stratum = strata_of(*total.select("families", "core_families").to_numpy().T)
    return cells[by].replace_strict(total[by], stratum, return_dtype=pl.Int64)


def strata_of(families: np.ndarray, core_families: np.ndarray) -> list[int]:
    """Merge neighbours until each stratum has STRATUM core families and as many others.

    Parameters
    ----------
    families, core_families
        Of each breadth, or of what is usual, in order.

    Returns
    -------
    list of int
        The stratum of each, from 0. What is left over at the end joins the last.

    Examples
    --------
    >>> strata_of(np.array([90, 30, 40, 5]), np.array([21, 19, 3, 2]))
    [0, 1, 1, 1]
    """
    found, core, others, stratum = [], 0, 0, 0
    for n, k in zip(families, core_families, strict=True):
        if core >= STRATUM and others >= STRATUM:
            core, others, stratum = 0, 0, stratum + 1
        core, others = core + k, others + n - k
        found.append(stratum)
    if core < STRATUM or others < STRATUM:
        found = [min(each, max(stratum - 1, 0)) for each in found]
    return found


def _inflation(k: np.ndarray, spread: np.ndarray, size: np.ndarray, core: np.ndarray) -> float:
    """Tell how many times wider than chance technologies lie about what is expected of them."""
    rate = core / size
    variance = (spread * rate * (1 - rate) * (size - spread) / np.maximum(size - 1, 1)).sum(axis=1)
    expected = spread @ rate
    known = (expected >= 5) & (variance > 0)
    if known.sum() < MANY:
        return 1.0
    z = (k - expected)[known] / np.sqrt(variance[known])
    return float(np.sqrt(max(1.0, np.median(z**2) / chi2.median(1))))


def tail(k: float, n: np.ndarray, size: np.ndarray, core: np.ndarray) -> float:
    """Give the chance of k or more in a sum of hypergeometric numbers, one a stratum.

    Parameters
    ----------
    k
        Core families of the technology.
    n, size, core
        Of each stratum: families of the technology, all families, all core families.

    Returns
    -------
    float
        P(X ≥ k).

    Examples
    --------
    >>> round(tail(2, np.array([2.0]), np.array([4.0]), np.array([2.0])), 6)
    0.166667
    """
    chance, least = np.ones(1), 0
    for drawn, of, special in zip(n, size, core, strict=True):
        if drawn:
            first, more = _hypergeometric(drawn, of, special)
            chance, least = np.convolve(chance, more), least + first
    return float(min(1.0, chance[max(int(k) - least, 0) :].sum()))


def _hypergeometric(drawn: float, of: float, special: float) -> tuple[int, np.ndarray]:
    """Give the least number that is likely enough to matter, and the chances from there on."""
    mean = drawn * special / of
    # Beyond, chances are below 1e-50.
    reach = 15 * np.sqrt(mean * (1 - special / of) * (1 - drawn / of)) + 60
    first = int(max(0, drawn + special - of, np.floor(mean - reach)))
    last = int(min(drawn, special, np.ceil(mean + reach)))
    x = np.arange(first, last + 1)
    parts = np.stack([x, special - x, drawn - x, of - special - drawn + x])
    weight = -gammaln(parts + 1).sum(axis=0)
    chance = np.exp(weight - weight.max())
    return first, chance / chance.sum()


def _gamma_prior(k: np.ndarray, expected: np.ndarray) -> tuple[float, float]:
    """Fit shape and rate by the method of moments."""
    mean = k.sum() / expected.sum()
    spread = (expected * (k / expected - mean) ** 2).sum()
    # Counts alone make this 0 on average.
    excess = spread - (len(k) - 1) * mean
    weight = expected.sum()
    if excess > 0:
        full = expected.sum() - (expected**2).sum() / expected.sum()
        weight = np.clip(mean * full / excess, min(1, weight), weight)
    return mean * weight, weight
