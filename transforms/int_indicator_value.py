"""Indicators made comparable: complete, beside their cohort, aligned and at least 0."""

import polars as pl

from corepath.transforms.methods.chain import gather, prepare


def int_indicator_value(
    int_indicator: pl.LazyFrame,
    int_indicator_choice: pl.LazyFrame,
    int_cohort: pl.LazyFrame,
    topic: pl.LazyFrame,
) -> pl.DataFrame:
    """Make the indicators that are asked for and covered comparable between families.

    Parameters
    ----------
    int_indicator
        One row a family: family and an indicator a column, null where unknown.
    int_indicator_choice
        One row an indicator: indicator, position, direction, is_asked, is_covered.
    int_cohort
        One row a family: family, year, field, office.
    topic
        One row: cohort, winsorise, normalisation, shift, transform, inversion.

    Returns
    -------
    pl.DataFrame
        One row a family, in order of family: family and a chosen indicator a column, at
        least 0, in order of position.

    Raises
    ------
    DegenerateInput
        No indicator is covered, one is known of nobody, or a choice of method does not suit the
        values of one.
    """
    method = topic.collect().row(0, named=True)
    families, directions, within = gather(int_indicator, int_indicator_choice, int_cohort, method["cohort"])
    values = prepare(families.select(*directions), within, directions, method)
    return families.select("family").hstack(values)
