"""In which key core technologies each compared country is at an advantage."""

import polars as pl

from corepath.transforms.methods.specialisation import profile

# Countries and technologies that are not compared count in the totals only.
OTHER = "other"


def int_technology_advantage(
    int_core_technology: pl.LazyFrame,
    int_family_technology: pl.LazyFrame,
    int_family_country: pl.LazyFrame,
    int_score_rank: pl.LazyFrame,
    topic_country: pl.LazyFrame,
    topic: pl.LazyFrame,
) -> pl.DataFrame:
    """Count core families by compared country and key core subclass, and compare with the world's.

    Parameters
    ----------
    int_core_technology
        One row a level x technology: level, technology, is_core_technology.
    int_family_technology
        One row a family x level x technology: family, level, technology, share.
    int_family_country
        One row a family x country: family, country, share.
    int_score_rank
        One row a family: family, is_core.
    topic_country
        One row a compared country: country.
    topic
        One row: samples, seed.

    Returns
    -------
    pl.DataFrame
        One row a key core subclass x compared country: technology, country, families (core ones,
        fractional over subclasses and countries), rsca, rsca_low and rsca_high, the 90 % interval
        of as many resamples as `samples` says; rsca is null where the country has no core family.
    """
    method = topic.collect().row(0, named=True)
    chosen = int_core_technology.filter(pl.col("level") == "subclass", "is_core_technology")
    technologies = chosen.select("technology").collect()["technology"].sort()
    countries = topic_country.select("country").collect()["country"].sort()
    shares = (
        int_family_technology.filter(pl.col("level") == "subclass")
        .join(int_score_rank.filter("is_core"), on="family", how="semi")
        .join(int_family_country, on="family")
        .group_by(
            "family", _or_other("country", countries), _or_other("technology", technologies).alias("kind")
        )
        .agg((pl.col("share") * pl.col("share_right")).sum().round(12).alias("share"))
        .collect()
    )
    cells = pl.DataFrame({"technology": technologies}).join(pl.DataFrame({"country": countries}), how="cross")
    columns = ["families", "rsca", "rsca_low", "rsca_high"]
    found = profile(shares, method["samples"], method["seed"])
    return cells.join(
        found.select(pl.col("kind").alias("technology"), "country", *columns),
        on=["technology", "country"],
        how="left",
        maintain_order="left",
    ).with_columns(pl.col("families").fill_null(0.0))


def _or_other(column: str, known: pl.Series) -> pl.Expr:
    return pl.when(pl.col(column).is_in(known.to_list())).then(column).otherwise(pl.lit(OTHER))
