"""How far apart the technologies of each family are."""

import polars as pl

from transforms.convergence import rao_stirling


def int_rao_stirling(int_family_code: pl.LazyFrame) -> pl.DataFrame:
    """Measure each family's convergence by Rao-Stirling diversity of its subclasses.

    Parameters
    ----------
    int_family_code
        One row a family x subclass: family_id, subclass.

    Returns
    -------
    pl.DataFrame
        One row a family: family_id, rao_stirling (0 where it has one subclass).
    """
    return rao_stirling(int_family_code.select("family_id", "subclass").collect())
