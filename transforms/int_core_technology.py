"""Which technologies are key core technologies."""

import polars as pl

from corepath.transforms.methods.core import core_technologies


def int_core_technology(
    int_technology_count: pl.LazyFrame,
    int_technology_breadth: pl.LazyFrame,
    int_score_rank: pl.LazyFrame,
    topic: pl.LazyFrame,
) -> pl.DataFrame:
    """Test every technology for an excess of core families, each level by itself.

    Main groups are left out if few families have any, so that none of these is core, or all are.

    Parameters
    ----------
    int_technology_count
        One row a level x technology: level, technology, families, core_families, and others that
        are passed on.
    int_technology_breadth
        One row a level x technology x breadth x usual: level, technology, breadth, usual, families,
        core_families.
    int_score_rank
        One row a family: is_core.
    topic
        One row: technology_q, technology_minimum.

    Returns
    -------
    pl.DataFrame
        One row a level x technology: what `core_technologies` returns.

    Raises
    ------
    DegenerateInput
        Where no family of any subclass is core, or every one.
    """
    families, core = int_score_rank.select(pl.len(), pl.col("is_core").sum()).collect().row(0)
    q_value, least = topic.select("technology_q", "technology_minimum").collect().row(0)
    levels = int_technology_count.sort("level", "technology").collect().partition_by("level")
    breadths = int_technology_breadth.collect()
    return pl.concat(
        core_technologies(
            level,
            breadths.filter(level=level["level"][0]),
            families,
            core,
            max_q_value=q_value,
            min_core_families=least,
        )
        for level in levels
        if level["level"][0] == "subclass" or _differs(level)
    )


def _differs(level: pl.DataFrame) -> bool:
    """Tell whether some of the families in a detailed level are core, and some are not."""
    return 0 < level["core_families"].sum() < level["families"].sum()
