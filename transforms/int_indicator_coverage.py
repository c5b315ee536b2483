"""How well each indicator is known in each country, and how it is distributed there."""

import numpy as np
import polars as pl

SCHEMA = {"country": pl.String, "indicator": pl.String} | dict.fromkeys(
    ("families", "known", "coverage", "mean", "median", "zero_share"), pl.Float64
)


def int_indicator_coverage(
    int_indicator: pl.LazyFrame, int_family_country: pl.LazyFrame, indicator: pl.LazyFrame
) -> pl.DataFrame:
    """Count the families of each country for which an indicator is known.

    Parameters
    ----------
    int_indicator
        One row a family: family_id and a column an indicator, null where unknown.
    int_family_country
        One row a family x country: family_id, country, share.
    indicator
        One row an indicator that exists: indicator.

    Returns
    -------
    pl.DataFrame
        One row a country (WORLD holds all families) x indicator: country, indicator;
        families: sum of the country's shares; known: the same of families with a value;
        coverage: known / families;
        mean, median, zero_share: over the known families in which the country has a share, each
        counted once; zero_share is the share of those whose value is 0. Null where none is known.
    """
    names = indicator.collect()["indicator"].to_list()
    # In order, so that sums do not depend on how the rows came.
    values = int_indicator.select("family_id", *names).sort("family_id").collect()
    rows = values.select("family_id").with_row_index("row")
    world = rows.select("row", country=pl.lit("WORLD"), share=pl.lit(1.0))
    shares = (
        int_family_country.select("family_id", "country", "share")
        .collect()
        .join(rows, on="family_id")
        .select("row", "country", "share")
        .sort("country", "row")
    )
    places = [
        (country, place["row"].to_numpy(), place["share"].to_numpy())
        for (country,), place in pl.concat([world, shares]).group_by("country", maintain_order=True)
    ]
    return pl.DataFrame(
        [
            {"country": country, "indicator": name} | _describe(column[row], share)
            for name in names
            for column in [values[name].cast(pl.Float64).fill_null(np.nan).to_numpy()]
            for country, row, share in places
        ],
        schema=SCHEMA,
    )


def _describe(values: np.ndarray, shares: np.ndarray) -> dict[str, float | None]:
    is_known = ~np.isnan(values)
    known, families = values[is_known], float(shares.sum())
    weight = float(shares[is_known].sum())
    some = len(known) > 0
    return {
        "families": families,
        "known": weight,
        "coverage": weight / families,
        "mean": float(known.mean()) if some else None,
        "median": float(np.median(known)) if some else None,
        "zero_share": float((known == 0).mean()) if some else None,
    }
