"""How countries' families are spread over industries, and where each is at an advantage."""

import polars as pl

from corepath.transforms.methods.specialisation import profile


def int_industry_profile(
    int_family_industry: pl.LazyFrame,
    int_family_country: pl.LazyFrame,
    int_score_rank: pl.LazyFrame,
    topic: pl.LazyFrame,
) -> pl.DataFrame:
    """Count families by country and industry, and compare with the topic's families of the world.

    Parameters
    ----------
    int_family_industry
        One row a family x scheme x industry: family, scheme, industry, share.
    int_family_country
        One row a family x country: family, country, share.
    int_score_rank
        One row a family: family, is_core.
    topic
        One row: samples, seed.

    Returns
    -------
    pl.DataFrame
        One row a population ("all" or "core") x scheme x industry x country with a family of that
        population: families (fractional), share (of the country's), rta, rsca, and rsca_low and
        rsca_high, the 90 % interval of as many resamples of families as `samples` says; rta and
        rsca are null where the industry has no family.
    """
    method = topic.collect().row(0, named=True)
    shares = (
        int_family_industry.join(int_family_country, on="family")
        .join(int_score_rank.select("family", "is_core"), on="family")
        .select(
            "family",
            "scheme",
            "country",
            "is_core",
            kind="industry",
            share=pl.col("share") * pl.col("share_right"),
        )
    )
    schemes = int_family_industry.select("scheme").unique().collect()["scheme"].sort()
    # One population of one scheme at a time: all together may be large.
    return pl.concat(
        profile(
            shares.filter(pl.col("scheme") == scheme, chosen).collect(), method["samples"], method["seed"]
        ).select(
            pl.lit(population).alias("population"),
            pl.lit(scheme).alias("scheme"),
            pl.col("kind").alias("industry"),
            pl.exclude("kind"),
        )
        for scheme in schemes
        for population, chosen in (("all", pl.lit(True)), ("core", pl.col("is_core")))
    )
