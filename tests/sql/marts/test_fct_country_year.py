"""Countries over time."""

import polars as pl
import pytest

from tests.worlds import by, publications, rows, world

YEAR = "marts.fct_country_year"


def test_years_add_up_by_share_and_cumulate():
    families = [
        ("US-7000001-B2", "2006-12-31", ["JP"]),
        ("US-7000002-B2", "2007-01-01", ["JP", "US"]),
        ("US-7000003-B2", "2007-06-01", ["JP"]),
        ("US-7000004-B2", "2012-06-01", ["JP"]),
        ("US-7000005-B2", "2012-06-01", []),
    ]
    found = by(
        world(
            {
                "sources.stg_document": publications(
                    *(
                        {
                            "publication_number": number,
                            "priority_date": day,
                            "claim_count": i,
                            "publication_date": "2013-06-01",
                        }
                        for i, (number, day, _) in enumerate(families)
                    )
                ),
                "sources.stg_classification": [
                    {"publication_number": number, "symbol": "G06N3/02"} for number, *_ in families
                ],
                "sources.stg_party": [
                    {
                        "publication_number": number,
                        "position": i,
                        "name": f"A{i} of {number}",
                        "country": country,
                    }
                    for number, _, countries in families
                    for i, country in enumerate(countries)
                ],
            },
            YEAR,
        ),
        YEAR,
        "country",
        "year",
    )
    with_families = {key: row for key, row in found.items() if row["families"]}
    assert {
        key: (row["period"], row["families"], row["cumulative_families"])
        for key, row in with_families.items()
    } == {
        ("JP", 2006): ("to 2006", 1, 1),
        ("JP", 2007): ("2007-2011", 1.5, 2.5),
        ("JP", 2012): ("2012-2016", 1, 3.5),
        ("US", 2007): ("2007-2011", 0.5, 0.5),
        ("ZZ", 2012): ("2012-2016", 1, 1),
    }
    # The family of most claims is the core: the last, whose country nobody knows.
    assert {key: row["core_families"] for key, row in found.items() if row["core_families"]} == {
        ("ZZ", 2012): 1
    }
    assert found["JP", 2012]["cumulative_core_families"] == 0
    assert sum(row["families"] for row in found.values()) == len(families)
    # Every country has every year from the topic's first to its last.
    assert set(found) == {(c, y) for c in ("JP", "US", "ZZ") for y in range(2006, 2013)}
    assert found["US", 2010]["cumulative_families"] == 0.5


def series(**years: tuple[list[float], list[float]]) -> pl.DataFrame:
    """Give families and core families of countries from 2010 on."""
    return pl.DataFrame(
        [
            (country, 2010 + i, float(n), float(k))
            for country, counts in years.items()
            for i, (n, k) in enumerate(zip(*counts, strict=True))
        ],
        schema=["country", "year", "families", "core_families"],
        orient="row",
    )


@pytest.fixture(scope="module")
def found():
    return by(
        world(
            {
                "intermediate.int_country_year": series(
                    JP=([4, 8, 0, 32], [1, 4, 0, 2]),
                    US=([0, 2, 6, 8], [0, 0, 3, 4]),
                    ZZ=([9, 0, 0, 0], [0, 0, 0, 0]),
                ),
                "sources.stg_document": publications(
                    {"publication_number": "US-1-A1", "publication_date": "2014-06-30"}
                ),
            },
            YEAR,
        ),
        YEAR,
        "country",
        "year",
    )


def test_growth_is_over_the_year_before_and_unknown_after_none(found):
    assert [found["JP", y]["growth"] for y in range(2010, 2014)] == [None, 1, -1, None]
    assert [found["US", y]["growth"] for y in range(2010, 2014)] == [None, None, 2, pytest.approx(1 / 3)]
    assert [found["US", y]["core_growth"] for y in range(2010, 2014)] == [
        None,
        None,
        None,
        pytest.approx(1 / 3),
    ]


def test_compound_growth_is_since_the_first_year_with_families(found):
    # 4 to 32 in three years; 2 to 8 in two, the first year has none.
    assert found["JP", 2013]["compound_growth"] == pytest.approx(1)
    assert found["US", 2013]["compound_growth"] == pytest.approx(1)
    assert found["JP", 2010]["compound_growth"] is None
    assert found["JP", 2012]["compound_growth"] is None


def test_shares_are_of_all_countries_with_the_unknown(found):
    row = found["JP", 2010]
    assert (row["all_families"], row["all_core_families"]) == (13, 1)
    assert (row["family_share"], row["core_family_share"]) == (pytest.approx(4 / 13), 1)
    assert (row["core_rate"], found["US", 2010]["core_rate"]) == (0.25, None)
    assert found["JP", 2012]["family_share"] == 0
    assert found["ZZ", 2011]["core_family_share"] == 0


def test_countries_are_ranked_in_each_year_in_which_they_have_families(found):
    ranks = {key: (row["rank_families"], row["rank_core"], row["quality_gap"]) for key, row in found.items()}
    assert ranks["JP", 2010] == (1, 1, 0)
    assert ranks["US", 2010] == ranks["ZZ", 2010] == ranks["JP", 2012] == (None, None, None)
    assert ranks["JP", 2013] == (1, 2, -1)
    assert ranks["US", 2013] == (2, 1, 1)


def test_a_year_is_complete_18_months_after_its_end(found):
    # The data end on 30 June 2014.
    assert {y for (_, y), row in found.items() if row["is_complete"]} == {2010, 2011, 2012}


@pytest.mark.parametrize(("day", "year"), [("2014-06-29", 2011), ("2014-06-30", 2012), ("2015-01-01", 2012)])
def test_the_last_complete_year_follows_from_the_last_publication(day, year):
    end = "intermediate.int_data_end"
    document = {"publication_number": "US-1-A1", "publication_date": day}
    [row] = rows(world({"sources.stg_document": publications(document)}, end), f"from {end}")
    assert (str(row["data_end"]), row["last_complete_year"]) == (day, year)
