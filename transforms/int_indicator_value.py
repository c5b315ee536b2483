"""Indicators made comparable: complete, aligned and between 0 and 1."""

import polars as pl

from transforms.entropy import DegenerateInput, normalise


def int_indicator_value(
    int_indicator: pl.LazyFrame,
    int_indicator_choice: pl.LazyFrame,
    int_family: pl.LazyFrame,
    topic: pl.LazyFrame,
) -> pl.DataFrame:
    """Fill the gaps of the covered indicators and normalise them.

    A gap takes the median of its cohort, the families of the same priority year, or of all
    families where the cohort knows none (methods.md 2.1).

    Parameters
    ----------
    int_indicator
        One row a family: family_id and an indicator a column, null where unknown.
    int_indicator_choice
        One row an indicator: indicator, position, is_covered.
    int_family
        One row a family: family_id, priority_date.
    topic
        One row: normalisation, shift, transform.

    Returns
    -------
    pl.DataFrame
        One row a family: family_id and a covered indicator a column, at least 0, in order.

    Raises
    ------
    DegenerateInput
        No indicator is covered.
    """
    chosen = (
        int_indicator_choice.filter("is_covered").sort("position").collect()["indicator"].to_list()
    )
    if not chosen:
        raise DegenerateInput("no indicator is known for enough families")
    method = topic.collect().row(0, named=True)
    values = (
        int_indicator.join(int_family.select("family_id", "priority_date"), on="family_id")
        .with_columns(cohort=pl.col("priority_date").dt.year())
        .select(
            "family_id",
            *(
                pl.coalesce(c, pl.col(c).median().over("cohort"), pl.col(c).median())
                for c in chosen
            ),
        )
        .sort("family_id")
        .collect()
        .rechunk()  # sums must not depend on how the rows came
    )
    return values.select("family_id").hstack(
        normalise(
            values.select(chosen),
            directions=dict.fromkeys(chosen, "+"),
            method=method["normalisation"],
            shift=method["shift"],
            transform=method["transform"],
        )
    )
