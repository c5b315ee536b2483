"""What each family is compared with."""

import polars as pl

from corepath.transforms.methods.cohort import cohorts
from corepath.transforms.methods.families import in_order


def int_family_cohort(int_cohort: pl.LazyFrame, topic: pl.LazyFrame) -> pl.DataFrame:
    """Tell what a family has in common with the cohort that its values are divided by.

    Parameters
    ----------
    int_cohort
        One row a family: family, year, field, office.
    topic
        One row: cohort.

    Returns
    -------
    pl.DataFrame
        One row a family, in order: family; cohort, such as "field, year", "years ±1" where its
        field has too few families, or "nothing", of all families and where nothing is divided.
    """
    basis = topic.select("cohort").collect().item()
    families = in_order(int_cohort.collect())
    if basis == "none":
        return families.select("family", cohort=pl.lit("nothing"))
    if basis != "office":
        families = families.with_columns(office=pl.lit("all"))
    common = cohorts(families.select("year", "field", "office")).common
    if basis != "office":
        common = common.str.replace(", office|office, ", "", literal=False)
    return families.select("family", cohort=common)
