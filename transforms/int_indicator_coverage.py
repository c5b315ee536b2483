"""How well each indicator is known in each country, and how it is distributed there."""

import polars as pl

from corepath.transforms.methods.families import in_order


def int_indicator_coverage(
    int_indicator: pl.LazyFrame, int_family_country: pl.LazyFrame, indicator: pl.LazyFrame
) -> pl.DataFrame:
    """Count the families of each country for which an indicator is known.

    Parameters
    ----------
    int_indicator
        One row a family: family and a column an indicator, null where unknown.
    int_family_country
        One row a family x country: family, country, share.
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
    # In order and in one piece, so that sums do not depend on how the rows came.
    values = int_indicator.select("family", pl.col(names).cast(pl.Float64)).collect()
    values = in_order(values).rechunk()
    rows = values.lazy().select("family").with_row_index("row")
    shares = (
        int_family_country.select("family", "country", "share")
        .join(rows, on="family")
        .select("country", "share", "row")
        .collect()
        .sort("row")
    )
    of_countries = shares.drop("row").hstack(values.select(names)[shares["row"]])
    of_all = values.select(pl.lit("WORLD").alias("country"), pl.lit(1.0).alias("share"), *names)
    described = pl.concat([_described(of_all, names), _described(of_countries, names)])
    return pl.concat(
        described.select(
            "country",
            pl.lit(name).alias("indicator"),
            "families",
            pl.col(f"known {name}").alias("known"),
            (pl.col(f"known {name}") / pl.col("families")).alias("coverage"),
            *(pl.col(f"{what} {name}").alias(what) for what in ("mean", "median", "zero_share")),
        )
        for name in names
    )


def _described(values: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """Describe all indicators of each country, in one pass."""
    share = pl.col("share")
    return (
        values.group_by("country", maintain_order=True)
        .agg(
            share.sum().alias("families"),
            *(share.filter(pl.col(x).is_not_null()).sum().alias(f"known {x}") for x in names),
            *(pl.col(x).mean().alias(f"mean {x}") for x in names),
            *(pl.col(x).median().alias(f"median {x}") for x in names),
            *((pl.col(x) == 0).mean().alias(f"zero_share {x}") for x in names),
        )
        .sort("country")
    )
