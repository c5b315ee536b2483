"""Which technologies are key core technologies."""

import polars as pl

from transforms.core import core_technologies


def int_core_technology(
    int_technology_count: pl.LazyFrame, int_score_rank: pl.LazyFrame
) -> pl.DataFrame:
    """Test every technology for an excess of core families.

    Parameters
    ----------
    int_technology_count
        One row a technology: technology, families, core_families.
    int_score_rank
        One row a family: is_core.

    Returns
    -------
    pl.DataFrame
        One row a technology: what `core_technologies` returns.
    """
    families, core = int_score_rank.select(pl.len(), pl.col("is_core").sum()).collect().row(0)
    return core_technologies(int_technology_count.sort("technology").collect(), families, core)
