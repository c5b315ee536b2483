"""What each family is compared with."""

import numpy as np
import polars as pl

from corepath.transforms.methods.cohort import cohorts, levels
from corepath.transforms.methods.families import in_order


def int_family_cohort(
    int_cohort: pl.LazyFrame,
    int_indicator: pl.LazyFrame,
    int_indicator_choice: pl.LazyFrame,
    topic: pl.LazyFrame,
) -> pl.DataFrame:
    """Tell what the values of a family are divided by, and how far that corrects for its field.

    Parameters
    ----------
    int_cohort
        One row a family: family, year, field, office.
    int_indicator
        One row a family: family and an indicator a column, null where unknown.
    int_indicator_choice
        One row an indicator: indicator, is_asked, is_covered.
    topic
        One row: cohort, small_cohorts.

    Returns
    -------
    pl.DataFrame
        One row a family, in order: family; cohort, what it has in common with those it is compared
        with, such as "field, year", or "nothing", of all families and where nothing is divided;
        field_corrected, the share of its field's difference from others that is taken out, 0 to 1,
        the mean over the covered indicators that are divided.
    """
    method = topic.select("cohort", "small_cohorts").collect().row(0, named=True)
    families = in_order(int_cohort.collect())
    if method["cohort"] == "none":
        return families.select("family", cohort=pl.lit("nothing"), field_corrected=pl.lit(0.0))
    if method["cohort"] != "office":
        families = families.with_columns(office=pl.lit("all"))
    within = cohorts(families.select("year", "field", "office"))
    if method["small_cohorts"] == "widen":
        common = within.common
        corrected = common.str.contains("field").cast(pl.Float64)
    else:
        common = pl.Series(["field, office, year"] * families.height)
        covered = int_indicator_choice.filter(pl.col("is_asked") & pl.col("is_covered"))
        names = covered.select("indicator").collect()["indicator"].to_list()
        values = families.select("family").join(
            int_indicator.select("family", *names).collect(), on="family", maintain_order="left"
        )
        columns = [values[name].cast(pl.Float64).to_numpy() for name in names]
        found = [levels(x, within).field_credibility for x in columns if np.nanmin(x) >= 0]
        corrected = pl.Series(np.mean(found, axis=0) if found else np.zeros(families.height))
    if method["cohort"] != "office":
        common = common.str.replace(", office|office, ", "", literal=False)
    return families.select("family", cohort=common, field_corrected=corrected)
