"""From indicators to weights as a topic's method says, for any families and any choice of method."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from corepath.transforms.methods.cohort import Cohorts, cohorts, cut, fill, levels, relate, winsorise
from corepath.transforms.methods.critic import critic_weights
from corepath.transforms.methods.entropy import DegenerateInput, capped, divided, entropy_weights, normalise
from corepath.transforms.methods.families import in_order

# How the study's plain method prepares values, beside one dimension for all indicators.
STUDY = {"small_cohorts": "widen", "winsorise": None, "transform": "none"}


def gather(
    int_indicator: pl.LazyFrame, int_indicator_choice: pl.LazyFrame, int_cohort: pl.LazyFrame, cohort: str
) -> tuple[pl.DataFrame, dict[str, str], Cohorts]:
    """Take the indicators that are asked for and covered, of families, and the families' cohorts.

    Parameters
    ----------
    int_indicator
        One row a family: family and an indicator a column, null where unknown.
    int_indicator_choice
        One row an indicator: indicator, position, direction, is_asked, is_covered.
    int_cohort
        One row a family: family, year, field, office.
    cohort
        The topic's choice: only under "office" have families of other offices other cohorts.

    Returns
    -------
    tuple of pl.DataFrame, dict and Cohorts
        One row a family, in order of family: family and a chosen indicator a column, in order of
        position; the direction of each indicator; the cohorts of the rows.

    Raises
    ------
    DegenerateInput
        No indicator is covered.
    """
    choice = int_indicator_choice.filter(pl.col("is_asked") & pl.col("is_covered"))
    directions = dict(choice.sort("position").select("indicator", "direction").collect().iter_rows())
    if not directions:
        raise DegenerateInput("no indicator is known for enough families")
    families = in_order(int_indicator.select("family", *directions).collect())
    place = families.select("family").join(int_cohort.collect(), on="family", maintain_order="left")
    if cohort != "office":
        place = place.with_columns(office=pl.lit("all"))
    return families, directions, cohorts(place.select("year", "field", "office"))


def prepare(
    values: pl.DataFrame, within: Cohorts, directions: Mapping[str, str], method: Mapping[str, Any]
) -> pl.DataFrame:
    """Make indicators comparable between families.

    In this order: values are divided by the level of their year and field, gaps are filled by the
    median of the cohort, values winsorised among all, transformed, normalised (methods.md 2.1 and
    2.6). Where small cohorts are widened, values are winsorised within the cohort and then divided
    by its mean. An indicator with negative values is neither divided nor transformed.

    Parameters
    ----------
    values
        m families × n indicators, null where unknown.
    within
        The cohorts of the m families.
    directions
        "+" where more is better, "-" where less is, by indicator.
    method
        cohort, small_cohorts, winsorise, normalisation, shift, transform, inversion.

    Returns
    -------
    pl.DataFrame
        m families × n indicators, at least 0.

    Raises
    ------
    DegenerateInput
        An indicator is known of nobody, or a choice of method does not suit its values.
    """
    return normalise(
        values.select(_comparable(values[indicator], within, method) for indicator in directions),
        directions,
        method=method["normalisation"],
        shift=method["shift"],
        transform=method["transform"],
        inversion=method["inversion"],
    )


def _comparable(column: pl.Series, within: Cohorts, method: Mapping[str, Any]) -> pl.Series:
    x = column.to_numpy()
    if np.isnan(x).all():
        raise DegenerateInput(f"{column.name} is known of no family; leave it out of indicators")
    # A ratio to the mean means nothing where values may lie on both sides of 0.
    is_divided = np.nanmin(x) >= 0 and method["cohort"] != "none"
    if is_divided and method["small_cohorts"] == "shrink":
        level = levels(x, within).level
        x = np.divide(x, level, out=x * 0, where=level > 0)
        result = cut(x, fill(x, within), method["winsorise"])
    else:
        result = fill(x, within)
        if method["winsorise"] is not None:
            result = winsorise(x, result, within, method["winsorise"])
        if is_divided:
            result = relate(x, result, within)
    return pl.Series(column.name, result)


def weigh(y: pl.DataFrame, dimensions: Sequence[str], method: Mapping[str, Any]) -> pl.DataFrame:
    """Weigh indicators by the topic's weighting, evenly between its dimensions, within its cap.

    Parameters
    ----------
    y
        m families × n indicators, as `prepare` gives them.
    dimensions
        Of each indicator.
    method
        weighting, weight_cap.

    Returns
    -------
    pl.DataFrame
        One row an indicator: indicator, weight; an indicator that does not vary has the weight 0.

    Raises
    ------
    DegenerateInput
        No indicator varies, the cap cannot be met, or the weighting has no answer.

    Examples
    --------
    >>> y = pl.DataFrame({"citations": [0.0, 0.0, 1.0], "flat": [1.0, 1.0, 1.0]})
    >>> weigh(y, ["all", "all"], {"weighting": "equal", "weight_cap": None}).rows()
    [('citations', 1.0), ('flat', 0.0)]
    """
    entropy = entropy_weights(y)
    varying = entropy.filter(~pl.col("is_constant"))["indicator"].to_list()
    match method["weighting"]:
        case "entropy":
            weights = entropy
        case "critic":
            weights = critic_weights(y.select(varying))
        case _:
            weights = pl.DataFrame({"indicator": varying, "weight": [1 / len(varying)] * len(varying)})
    weights = entropy.select("indicator").join(
        weights.select("indicator", "weight"), on="indicator", how="left", maintain_order="left"
    )
    weight = weights["weight"].fill_null(0).to_numpy()
    if len(set(dimensions)) > 1:
        weight = divided(weight, dimensions)
    if method["weight_cap"] is not None:
        weight = capped(weight, method["weight_cap"])
    return weights.select("indicator", weight=pl.Series(weight))
