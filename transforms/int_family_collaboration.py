"""What kind of collaboration each family is, in each country."""

import polars as pl

LEADERS = 5


def int_family_collaboration(
    int_family_organisation: pl.LazyFrame,
    int_co_application: pl.LazyFrame,
    int_family_industry: pl.LazyFrame,
    int_score_rank: pl.LazyFrame,
) -> pl.DataFrame:
    """Tell of each family of organisations who applies together.

    Parameters
    ----------
    int_family_organisation
        One row a family x group x country: family, corporate_group, country, kind, share.
    int_co_application
        One row a family: family, groups, has_firm, has_university, has_institute, has_unknown.
    int_family_industry
        One row a family x scheme x industry: family, scheme, industry, share.
    int_score_rank
        One row a family: family, is_core.

    Returns
    -------
    pl.DataFrame
        One row a population (all, core) x country (WORLD, too) x family: share (the country's), and
        is_any (always), is_co (two groups or more apply), is_ff (firms only), is_fu (firms and
        universities), is_fp (firms and institutes), is_up (universities and institutes), is_fup
        (all three), is_iur (firms with any of the other two), is_led (with one of the country's
        LEADERS in the population), is_chain (is_ff, of different main industries).
    """
    members = (
        int_family_organisation.join(int_score_rank.select("family", "is_core"), on="family")
        .sort("family", "corporate_group", "country")
        .collect()
    )
    families = (
        _kinds(int_co_application)
        .join(_chained(int_family_organisation, int_family_industry), on="family", how="left")
        .collect()
    )
    return pl.concat(
        _of_country(own, chosen, families).select(
            pl.lit(population).alias("population"), pl.lit(country).alias("country"), pl.all()
        )
        for population, chosen in (("all", members), ("core", members.filter("is_core")))
        for country, own in [("WORLD", chosen), *_by_country(chosen)]
    )


def _by_country(members: pl.DataFrame) -> list[tuple[str, pl.DataFrame]]:
    known = members.filter(pl.col("country") != "ZZ")
    parts = known.partition_by("country", as_dict=True)
    return [(country, parts[(country,)]) for (country,) in sorted(parts)]


def _kinds(int_co_application: pl.LazyFrame) -> pl.LazyFrame:
    """Tell what kinds meet in a family; of unknown kind, a family is of no pair of kinds."""
    firm, university, institute, unknown = (
        pl.col(f"has_{kind}") for kind in ("firm", "university", "institute", "unknown")
    )
    together = pl.col("groups") > 1
    known = together & ~unknown
    return int_co_application.select(
        "family",
        is_any=pl.lit(True),
        is_co=together,
        is_ff=known & firm & ~university & ~institute,
        is_fu=known & firm & university & ~institute,
        is_fp=known & firm & ~university & institute,
        is_up=known & ~firm & university & institute,
        is_fup=known & firm & university & institute,
        is_iur=together & firm & (university | institute),
    )


def _chained(int_family_organisation: pl.LazyFrame, int_family_industry: pl.LazyFrame) -> pl.LazyFrame:
    """Tell which families join groups whose main industries differ: a sign of a supply chain.

    A firm's main industry is the one with most of its families; WIPO's field where none is known.
    """
    members = int_family_organisation.select("family", "corporate_group", "kind").unique()
    industry = int_family_industry.filter(pl.col("industry") != "none")
    main = (
        members.filter(pl.col("kind") == "F")
        .join(industry, on="family")
        .group_by("corporate_group", "scheme", "industry")
        .agg(pl.col("share").sum().round(9))
        .sort("corporate_group", "scheme", "share", "industry", descending=[False, False, True, False])
        .group_by("corporate_group", maintain_order=True)
        .agg(main=pl.concat_str("scheme", "industry").first())
    )
    return (
        members.join(main, on="corporate_group")
        .group_by("family")
        .agg(is_chain=pl.col("main").n_unique() > 1)
    )


def _of_country(own: pl.DataFrame, chosen: pl.DataFrame, families: pl.DataFrame) -> pl.DataFrame:
    """Give each family of a country its share and its flags."""
    totals = own.group_by("corporate_group").agg(pl.col("share").sum().round(9))
    leaders = totals.sort("share", "corporate_group", descending=[True, False]).head(LEADERS)
    led = chosen.join(leaders, on="corporate_group", how="semi").select("family").unique()
    return (
        own.group_by("family", maintain_order=True)
        .agg(pl.col("share").sum())
        .join(families, on="family", maintain_order="left")
        .join(led.with_columns(is_led=True), on="family", how="left", maintain_order="left")
        .with_columns(
            is_led=pl.col("is_co") & pl.col("is_led").fill_null(False),
            is_chain=pl.col("is_ff") & pl.col("is_chain").fill_null(False),
        )
    )
