"""The entropy weight of each indicator."""

import polars as pl

from transforms.entropy import entropy_weights


def int_indicator_weight(
    int_indicator_value: pl.LazyFrame, int_indicator_choice: pl.LazyFrame, topic: pl.LazyFrame
) -> pl.DataFrame:
    """Weigh the covered indicators by the entropy method; say why the others have no weight.

    Parameters
    ----------
    int_indicator_value
        One row a family: family_id and a normalised indicator a column.
    int_indicator_choice
        One row an indicator: indicator, position, coverage, lowest_coverage, lowest_country,
        is_covered.
    topic
        One row: weight_cap, minimum_coverage.

    Returns
    -------
    pl.DataFrame
        One row an indicator: indicator, position, entropy, divergence, weight (null where not
        covered), coverage, lowest_coverage, lowest_country, is_used, reason (null where used).

    Raises
    ------
    DegenerateInput
        No indicator tells one family from another.
    """
    method = topic.collect().row(0, named=True)
    weights = entropy_weights(
        int_indicator_value.drop("family_id").collect(), cap=method["weight_cap"]
    )
    percent = (pl.col("lowest_coverage") * 100).round(1).cast(pl.String)
    return (
        int_indicator_choice.join(weights.lazy(), on="indicator", how="left")
        .sort("position")
        .select(
            "indicator",
            "position",
            "entropy",
            "divergence",
            "weight",
            "coverage",
            "lowest_coverage",
            "lowest_country",
            is_used=pl.col("weight").fill_null(0) > 0,
            reason=pl.when(~pl.col("is_covered"))
            .then(
                pl.format(
                    "left out: known for {} % of {}, "
                    f"{100 * method['minimum_coverage']:g} % are needed",
                    percent,
                    pl.when(pl.col("lowest_country") == "WORLD")
                    .then(pl.lit("all families"))
                    .otherwise(pl.format("the families of {}", "lowest_country")),
                )
            )
            .when("is_constant")
            .then(pl.lit("no weight: the same for every family")),
        )
        .collect()
    )
