"""What is to be known of each indicator: its weights, and what they rest on."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from corepath.transforms.methods.critic import correlations, critic_weights
from corepath.transforms.methods.entropy import DegenerateInput, capped, divided, entropy_weights
from corepath.transforms.methods.theil import between_share


def int_indicator_weight(
    int_indicator_value: pl.LazyFrame,
    int_indicator_choice: pl.LazyFrame,
    int_indicator_coverage: pl.LazyFrame,
    int_indicator: pl.LazyFrame,
    int_family_country: pl.LazyFrame,
    topic: pl.LazyFrame,
) -> pl.DataFrame:
    """Weigh the chosen indicators in three ways; say why the others have no weight.

    Parameters
    ----------
    int_indicator_value
        One row a family, in order of family: family and a normalised indicator a column.
    int_indicator_choice
        One row an indicator: indicator, position, direction, dimension, is_asked, is_covered,
        coverage, lowest_coverage, lowest_country, reason. Those asked for come first by position.
    int_indicator_coverage
        One row a country (WORLD, too) x indicator: country, indicator, mean, zero_share.
    int_indicator
        One row a family: family and an indicator a column, null where unknown.
    int_family_country
        One row a family and country: family, country, share.
    topic
        One row: missing, minimum_families, weighting, weight_cap.

    Returns
    -------
    pl.DataFrame
        One row an indicator: the columns of `int_indicator_choice`; mean and zero_share of its
        known values; levels, the values that 1 % of the families have;
        imputed_share; entropy, divergence; entropy_weight, equal_weight,
        critic_weight, and `weight`, which makes the score; between_country_share; correlation
        with, and name of, the indicator it is most correlated with; is_used. What rests on weights
        is null where it has none.

    Raises
    ------
    DegenerateInput
        No indicator tells one family from another, the cap cannot be met, too few families are
        complete, or the weighting asked for has no answer.
    """
    method = topic.collect().row(0, named=True)
    choice = int_indicator_choice.collect()
    values = int_indicator_value.collect()
    if method["missing"] == "complete":
        values = _complete(values, int_indicator, method["minimum_families"])
    rows = values.lazy().select("family").with_row_index("patent")
    countries = (
        int_family_country.select("family", "share", group="country")
        .join(rows, on="family")
        .select("patent", "group", "share")
        .collect()
    )
    y = values.drop("family").rechunk()  # sums must not depend on how the rows came
    dimension = dict(choice.select("indicator", "dimension").iter_rows())
    weights = _weights(y, method, [dimension[name] for name in y.columns])
    theil = weights["divergence"].to_numpy() * np.log(y.height)
    shares = between_share(y, countries, theil).rename({"between_share": "between_country_share"})
    described = int_indicator_coverage.filter(pl.col("country") == "WORLD").collect()
    return (
        choice.join(described.select("indicator", "mean", "zero_share"), on="indicator")
        .join(_levels(int_indicator, y.columns), on="indicator", how="left")
        .join(weights, on="indicator", how="left")
        .join(shares, on="indicator", how="left")
        .sort("position")
        .with_columns(
            imputed_share=pl.when(pl.col("entropy").is_not_null()).then(1 - pl.col("coverage")),
            is_used=pl.col("weight").fill_null(0) > 0,
            reason=pl.when(pl.col("weight") == 0)
            .then(pl.lit("no weight: the same for every family"))
            .otherwise("reason"),
        )
    )


def _complete(values: pl.DataFrame, int_indicator: pl.LazyFrame, minimum: int) -> pl.DataFrame:
    """Keep the families of which every chosen indicator is known."""
    known = int_indicator.select(values.columns).drop_nulls().select("family").collect()
    complete = values.join(known, on="family", how="semi", maintain_order="left")
    if complete.height < minimum:
        raise DegenerateInput(
            f"every indicator is known of {complete.height} families, {minimum} are needed to fit "
            'weights; choose missing = "cohort_median", or other indicators'
        )
    return complete


def _levels(int_indicator: pl.LazyFrame, names: Sequence[str]) -> pl.DataFrame:
    """Count how many values stand at the middles of a hundred equal shares of the known values.

    A value that 1 % of the families have is among them; what is rarer counts only where rare values
    together make up 1 %. A flag has two, a continuous indicator a hundred.
    """
    middles = (np.arange(100) + 0.5) / 100
    values = int_indicator.select(names).collect()
    return pl.DataFrame(
        {
            "indicator": list(names),
            "levels": [
                len(np.unique(np.quantile(values[name].drop_nulls(), middles, method="nearest")))
                for name in names
            ],
        }
    )


def _weights(y: pl.DataFrame, method: Mapping[str, Any], dimensions: Sequence[str]) -> pl.DataFrame:
    """Weigh the indicators; null is a weight that the values do not define."""
    weighting, cap = method["weighting"], method["weight_cap"]
    entropy = entropy_weights(y).rename({"weight": "entropy_weight"})
    varying = entropy.filter(~pl.col("is_constant"))["indicator"].to_list()
    r = correlations(y.select(varying))
    try:
        critic = critic_weights(y.select(varying), r)["weight"].to_list()
    except DegenerateInput:
        if weighting == "critic":
            raise
        critic = [None] * len(varying)
    others = pl.DataFrame(
        {
            "indicator": varying,
            "equal_weight": [1 / len(varying)] * len(varying),
            "critic_weight": critic,
            **_closest(varying, r),
        },
        schema_overrides={
            "critic_weight": pl.Float64,
            "correlation": pl.Float64,
            "correlated_indicator": pl.String,
        },
    )
    result = entropy.join(others, on="indicator", how="left", maintain_order="left").with_columns(
        pl.col("equal_weight").fill_null(0),
        pl.when("is_constant").then(0.0).otherwise("critic_weight").alias("critic_weight"),
    )
    weight = result[f"{weighting}_weight"].to_numpy()
    if len(set(dimensions)) > 1:
        weight = divided(weight, dimensions)
    return result.drop("is_constant").with_columns(
        weight=pl.Series(weight if cap is None else capped(weight, cap))
    )


def _closest(names: list[str], r: np.ndarray) -> dict[str, list[Any]]:
    """Find the other indicator with which each is most correlated, either way."""
    if len(names) < 2:
        return {"correlation": [None], "correlated_indicator": [None]}
    other = np.argmax(np.abs(r) - 2 * np.identity(len(names)), axis=1)
    return {
        "correlation": r[np.arange(len(names)), other].tolist(),
        "correlated_indicator": [names[k] for k in other],
    }
