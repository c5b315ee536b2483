"""Tell which technologies are core: those in which core patents gather beyond chance."""

import numpy as np
import polars as pl
from scipy.stats import beta, false_discovery_control, hypergeom

from corepath.transforms.methods.entropy import DegenerateInput


def core_technologies(
    counts: pl.DataFrame, families: int, core_families: int, *, max_q_value: float, min_core_families: int
) -> pl.DataFrame:
    """Compare each technology's share of the core families with its share of all families.

    With N families, K of them core, n in a technology and k both: chance draws the K at random.
    Rates are shrunk towards the common one by a beta prior with mean p = Σk / Σn and weight
    a + b = 1/ρ - 1, fitted by the method of moments: ρ is what the rates vary beyond the binomial.
    The prior weighs at least one family, and at most Σn, which it does where the rates vary no
    more than the binomial has it; then all rates are about the common one.

    Parameters
    ----------
    counts
        One row a technology: technology, families (n), core_families (k), whole counts; a family
        counts in each of its technologies.
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
        location_quotient: (k/K) / (n/N), 1 where the share among core families is the common one;
        hypergeometric_p: P(X ≥ k);
        q_value: its false discovery rate among all rows, after Benjamini & Hochberg;
        core_rate: k/n;
        shrunken_core_rate: (k + a) / (n + a + b);
        core_rate_lower: the 5 % quantile of Beta(k + a, n - k + b);
        is_core_technology: q below `max_q_value`, location quotient above 1, k at least
        `min_core_families`.

    Raises
    ------
    DegenerateInput
        Where no family of any technology is core, or every one: then there is nothing to compare.

    References
    ----------
    Benjamini & Hochberg 1995, JRSS B 57:289-300; Kleinman 1973, JASA 68:46-54 (weights n).

    Examples
    --------
    >>> import polars as pl
    >>> counts = pl.DataFrame(
    ...     {"technology": ["G06N", "H01L"], "families": [40, 60], "core_families": [9, 1]}
    ... )
    >>> core = core_technologies(
    ...     counts, families=100, core_families=10, max_q_value=0.05, min_core_families=5
    ... )
    >>> core.select(
    ...     pl.col("location_quotient", "q_value").round(4), "is_core_technology"
    ... ).rows()
    [(2.25, 0.002, True), (0.1667, 1.0, False)]
    """
    n, k = counts.select(pl.col("families", "core_families").cast(pl.Float64)).to_numpy().T
    p = hypergeom.sf(k - 1, families, core_families, n)
    a, b = _beta_prior(n, k)
    return counts.with_columns(
        location_quotient=pl.Series((k / core_families) / (n / families)),
        hypergeometric_p=pl.Series(p),
        q_value=pl.Series(false_discovery_control(p)),
        core_rate=pl.Series(k / n),
        shrunken_core_rate=pl.Series((k + a) / (n + a + b)),
        core_rate_lower=pl.Series(beta.ppf(0.05, k + a, n - k + b)),
    ).with_columns(
        is_core_technology=(pl.col("q_value") < max_q_value)
        & (pl.col("location_quotient") > 1)
        & (pl.col("core_families") >= min_core_families)
    )


def _beta_prior(n: np.ndarray, k: np.ndarray) -> tuple[float, float]:
    if not 0 < k.sum() < n.sum():
        raise DegenerateInput(
            f"{k.sum():.0f} of {n.sum():.0f} classified families are core: nothing to compare"
        )
    rate = k.sum() / n.sum()
    spread = (n * (k / n - rate) ** 2).sum() / (rate * (1 - rate))
    # The binomial alone makes this 0 on average, and ρ adds ρ times the denominator below.
    excess = spread - (len(n) - 1)
    weight = n.sum()
    if excess > 0:
        full_excess = n.sum() - (n**2).sum() / n.sum() - (len(n) - 1)
        weight = np.clip(full_excess / excess - 1, 1, n.sum())
    return rate * weight, (1 - rate) * weight
