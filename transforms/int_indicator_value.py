"""Indicators made comparable: complete, beside their cohort, aligned and at least 0."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from corepath.transforms.methods.cohort import Cohorts, cohorts, fill, relate, winsorise
from corepath.transforms.methods.entropy import DegenerateInput, normalise
from corepath.transforms.methods.families import in_order


def int_indicator_value(
    int_indicator: pl.LazyFrame,
    int_indicator_choice: pl.LazyFrame,
    int_cohort: pl.LazyFrame,
    topic: pl.LazyFrame,
) -> pl.DataFrame:
    """Make the indicators that are asked for and covered comparable between families.

    In this order: gaps are filled, values winsorised and divided by the mean of their cohort,
    transformed, normalised (methods.md 2.1 and 2.6).

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
    values = families.select(_comparable(families[indicator], within, method) for indicator in directions)
    return families.select("family").hstack(
        normalise(
            values,
            directions,
            method=method["normalisation"],
            shift=method["shift"],
            transform=method["transform"],
            inversion=method["inversion"],
        )
    )


def _comparable(column: pl.Series, within: Cohorts, method: Mapping[str, Any]) -> pl.Series:
    x = column.to_numpy()
    if np.isnan(x).all():
        raise DegenerateInput(f"{column.name} is known of no family; leave it out of indicators")
    result = fill(x, within)
    if method["winsorise"] is not None:
        result = winsorise(x, result, within, method["winsorise"])
    # A ratio to the mean means nothing where values may lie on both sides of 0.
    if method["cohort"] != "none" and np.nanmin(x) >= 0:
        result = relate(x, result, within)
    return pl.Series(column.name, result)
