"""Countries over time."""

from tests.worlds import by, publications, world

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
                    *({"publication_number": number, "priority_date": day, "claim_count": i,
                       "publication_date": "2013-06-01"}
                      for i, (number, day, _) in enumerate(families))
                ),
                "sources.stg_classification": [
                    {"publication_number": number, "symbol": "G06N3/02"} for number, *_ in families
                ],
                "sources.stg_party": [
                    {"publication_number": number, "position": i, "name": f"A{i} of {number}",
                     "country": country}
                    for number, _, countries in families
                    for i, country in enumerate(countries)
                ],
            },
            YEAR,
        ),
        YEAR, "country", "year",
    )  # fmt: skip
    assert {key: (row["period"], row["families"], row["cumulative_families"])
            for key, row in found.items()} == {
        ("JP", 2006): ("to 2006", 1, 1),
        ("JP", 2007): ("2007-2011", 1.5, 2.5),
        ("JP", 2012): ("2012-2016", 1, 3.5),
        ("US", 2007): ("2007-2011", 0.5, 0.5),
        ("ZZ", 2012): ("2012-2016", 1, 1),
    }  # fmt: skip
    # The family of most claims is the core: the last, whose country nobody knows.
    assert {key: row["core_families"] for key, row in found.items() if row["core_families"]} == {
        ("ZZ", 2012): 1
    }
    assert found["JP", 2012]["cumulative_core_families"] == 0
    assert sum(row["families"] for row in found.values()) == len(families)
