"""What the facts are described by: countries, organisations, periods, technologies."""

from itertools import pairwise

import pytest

from tests.worlds import by, rows, toy, world


@pytest.fixture(scope="module")
def built():
    given = toy()
    # A subclass that the look-up table does not have.
    given["sources.stg_classification"].append(
        {"publication_number": "US-9000003-B2", "symbol": "G06Z1/00", "position": 9}
    )
    # A main group that the IPC does not have, in a subclass that it has.
    given["sources.stg_classification"].append(
        {"publication_number": "US-9000003-B2", "symbol": "H04L63/02", "position": 10}
    )
    given["sources.stg_party"] += [
        {"publication_number": f"US-900000{i}-B2", "name": "ADOBE INCORPORATED", "position": 2}
        for i in (1, 2)
    ]
    return world(
        given,
        "marts.dim_country",
        "marts.dim_organisation",
        "marts.dim_period",
        "marts.dim_technology",
        "marts.fct_convergence_node",
        "marts.fct_patent_country",
        countries=["JP", "TW"],
    )


def test_every_country_of_a_family_is_known_and_the_unknown_one_too(built):
    countries = by(built, "marts.dim_country", "country")
    assert {"ZZ", "TW", "HK", "MO", "NA"} <= set(countries)
    assert {c for c, row in countries.items() if row["is_compared"]} == {"JP", "TW"}
    assert {r["country"] for r in rows(built, "from marts.fct_patent_country")} <= set(countries)


def test_every_technology_is_known_from_section_to_main_group(built):
    technologies = by(built, "marts.dim_technology", "technology")
    nodes = {r["technology"] for r in rows(built, "from marts.fct_convergence_node")}
    assert nodes <= set(technologies)
    assert technologies["G06Z"]["title"] is None
    assert technologies["G06Z"]["level"] == "subclass"
    assert technologies["H04L63"]["title_note"].endswith("H04L: " + technologies["H04L"]["title"])
    assert technologies["H04L"]["title_note"] is None
    assert [technologies[t]["level"] for t in ("G", "G06", "G06N", "G06N3")] == [
        "section",
        "class",
        "subclass",
        "main_group",
    ]
    group = technologies["G06N3"]
    assert (group["section"], group["class"], group["subclass"]) == ("G", "G06", "G06N")
    assert technologies["G"]["class"] is None


@pytest.mark.parametrize(
    ("technology", "field"),
    [
        ("G06N", 6),
        ("G06N3", 6),
        ("H01L", 8),
        ("H10B", 8),
        ("G06V", 6),
        ("G06Q", 7),
        ("H04L", 4),
        ("H03K", 5),
        ("H04N", None),
        ("H04N1", 3),
        ("H04N5", 2),
        ("H04N21", 4),
        ("G11C", 6),
        ("G11B", 2),
        ("B60W", 32),
        ("G", None),
        ("G06", None),
        ("H10P74", 8),
        ("H10D", 8),
        ("H04N23", 2),
        ("A61K", None),
        ("A61K8", 14),
        ("A61K31", 16),
        ("G01N33", 11),
        ("G01N21", 10),
    ],
)
def test_wipo_fields_are_those_of_the_concordance(built, technology, field):
    assert by(built, "marts.dim_technology", "technology")[technology]["field_number"] == field


def test_every_main_group_has_a_field_and_every_subclass_that_wipo_does_not_divide(built):
    bare = rows(
        built,
        "select technology from marts.dim_technology "
        "where field is null and title is not null and level in ('subclass', 'main_group')",
    )
    assert {r["technology"] for r in bare} == {"A61K", "B01D", "C13B", "E01F", "G01N", "H04N"}


def test_an_organisation_counts_its_families_whole_and_by_share(built):
    organisations = by(built, "marts.dim_organisation", "organisation")
    adobe = organisations["Adobe"]
    assert (adobe["families"], adobe["fractional_families"]) == (2, 1)
    assert adobe["country"] == "US"
    assert adobe["organisation_type"] == "COMPANY"
    assert sum(row["fractional_families"] for row in organisations.values()) == pytest.approx(8)


def test_periods_follow_on_each_other_without_a_gap(built):
    periods = rows(built, "from marts.dim_period order by first_year")
    assert [p["period"] for p in periods] == ["to 2006", "2007-2011", "2012-2016", "2017-2021", "from 2022"]
    for before, after in pairwise(periods):
        assert after["first_year"] == before["last_year"] + 1


@pytest.mark.parametrize("table", ["marts.dim_country", "marts.dim_technology"])
def test_a_mart_carries_its_comments(built, table):
    [(comment,)] = built.sql(
        f"select comment from duckdb_tables() where schema_name || '.' || table_name = '{table}'"
    ).fetchall()
    assert "One row = " in comment
    bare = built.sql(
        "select column_name from duckdb_columns() where schema_name || '.' || table_name = "
        f"'{table}' and comment is null"
    ).fetchall()
    assert bare == []
