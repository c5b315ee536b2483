"""The organisation behind each applicant's name."""

import polars as pl

from transforms.harmonise import harmonise


def stg_organisation(stg_party: pl.LazyFrame, organisations: pl.LazyFrame) -> pl.DataFrame:
    """Recognise applicants: by the register, else by their harmonised name.

    Parameters
    ----------
    stg_party
        One row a publication x role x position: role, name, country (ISO alpha-2, null if unknown).
    organisations
        The register: organisation, group, home_country, type, basis.

    Returns
    -------
    pl.DataFrame
        One row a raw applicant name: name, organisation, corporate_group, home_country (of the
        register), namesake_country (the commonest in records of the harmonised name; ties by
        alphabet), organisation_type, basis (why the register says so).
    """
    register = organisations.with_columns(key=harmonise(pl.col("organisation"))).select(
        "key",
        "organisation",
        "home_country",
        "basis",
        corporate_group="group",
        organisation_type="type",
    )
    named = (
        stg_party.filter(pl.col("role") == "applicant", pl.col("name").is_not_null())
        .select("name", "country", key=harmonise(pl.col("name")))
        .drop_nulls("key")
    )
    namesakes = (
        named.drop_nulls("country")
        .group_by("key", "country")
        .len()
        .sort(["len", "country"], descending=[True, False])
        .unique("key", keep="first", maintain_order=True)
        .select("key", namesake_country="country")
    )
    return (
        named.select("name", "key")
        .unique()
        .join(register, on="key", how="left")
        .join(namesakes, on="key", how="left")
        .select(
            "name",
            organisation=pl.coalesce("organisation", "key"),
            corporate_group=pl.coalesce("corporate_group", "organisation", "key"),
            home_country="home_country",
            namesake_country="namesake_country",
            organisation_type="organisation_type",
            basis="basis",
        )
        .sort("name")
        .collect()
    )
