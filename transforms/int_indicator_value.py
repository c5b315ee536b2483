"""Indicators made comparable: complete, beside their cohort, aligned and at least 0."""

import polars as pl

from corepath.transforms.methods.chain import prepare
from corepath.transforms.methods.cohort import cohorts
from corepath.transforms.methods.entropy import DegenerateInput
from corepath.transforms.methods.families import in_order


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
    choice = int_indicator_choice.filter(pl.col("is_asked") & pl.col("is_covered"))
    directions = dict(choice.sort("position").select("indicator", "direction").collect().iter_rows())
    if not directions:
        raise DegenerateInput("no indicator is known for enough families")
    method = topic.collect().row(0, named=True)
    families = in_order(int_indicator.select("family", *directions).collect()).join(
        int_cohort.collect(), on="family", maintain_order="left"
    )
    if method["cohort"] != "office":
        families = families.with_columns(office=pl.lit("all"))
    within = cohorts(families.select("year", "field", "office"))
    values = families.select(*directions)
    return families.select("family").hstack(prepare(values, within, directions, method))
