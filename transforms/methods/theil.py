"""Split the inequality of an indicator into what lies between groups and what lies within."""

import numpy as np
import polars as pl

from corepath.transforms.methods.entropy import ROUNDING, theil_index


def between_share(y: pl.DataFrame, groups: pl.DataFrame, theil: np.ndarray | None = None) -> pl.DataFrame:
    r"""Tell how much of each indicator's Theil index is between groups, such as countries.

    Theil's T = Σ_g s_g ln(ȳ_g / ȳ) + Σ_g s_g T_g, with s_g the group's share of the indicator's
    total, ȳ_g its mean and T_g its own index. The first sum over T is the share. Since an entropy
    weight is T_j over the sum of all T, it is the share of the weight that countries make.

    Parameters
    ----------
    y
        m patents × n indicators, finite, at least 0.
    groups
        patent (its row in `y`, from 0), group, share: how much of the patent the group has. The
        shares of a patent sum to 1.
    theil
        The n indices T, if they are known already: divergence times ln m.

    Returns
    -------
    pl.DataFrame
        One row an indicator, in the order of the columns: indicator, between_share (0 to 1; null
        for a constant indicator).

    References
    ----------
    Theil 1967, Economics and Information Theory; Shorrocks 1980, Econometrica 48:613-625.
    Fractional shares are our proposal; with whole patents the formula is theirs.

    Examples
    --------
    >>> import polars as pl
    >>> y = pl.DataFrame({"claims": [1.0, 1.0, 3.0, 3.0], "cited": [1.0, 3.0, 1.0, 3.0]})
    >>> groups = pl.DataFrame({"patent": [0, 1, 2, 3], "group": ["JP", "JP", "US", "US"]})
    >>> between_share(y, groups.with_columns(share=1.0)).rows()
    [('claims', 1.0), ('cited', 0.0)]
    """
    names = pl.Enum(groups["group"].unique().sort())
    # In order, so that sums do not depend on how the rows came.
    ordered = groups.with_columns(pl.col("group").cast(names)).sort("patent")
    patent, share = ordered["patent"].to_numpy(), ordered["share"].to_numpy()
    group = ordered["group"].to_physical().to_numpy()
    sizes = np.bincount(group, weights=share)
    if theil is None:
        theil = np.array([theil_index(column.to_numpy()) for column in y.rechunk()])
    result = []
    for column, whole in zip(y.rechunk(), theil.tolist(), strict=True):
        totals = np.bincount(group, weights=share * column.to_numpy()[patent])
        between = _theil(totals / sizes, sizes / sizes.sum())
        result.append(min(max(between / whole, 0.0), 1.0) if whole > ROUNDING else None)
    return pl.DataFrame(
        {"indicator": y.columns, "between_share": result}, schema_overrides={"between_share": pl.Float64}
    )


def _theil(x: np.ndarray, weights: np.ndarray) -> float:
    """Take Theil's T of values, each with its share of the population; 0 if all are 0."""
    mean = (weights * x).sum()
    z = x / mean if mean > 0 else np.ones_like(x)
    terms = z * np.log(z, where=z > 0, out=np.zeros_like(z)) + (1 - z)
    return float((weights * terms).sum())
