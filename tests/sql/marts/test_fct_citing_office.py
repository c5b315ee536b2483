"""Which offices' documents cite the families of each country."""

import pytest

from tests.worlds import by, publications, world

MART = "marts.fct_citing_office"


def test_each_citing_family_counts_once_an_office_and_by_shares_of_country():
    documents = {
        "US-7000001-B2": "jp",
        "US-20050000001-A1": "jp",
        "US-7000002-B2": "both",
        "EP-1-A1": "c",
        "US-7000003-B2": "c",
        "EP-2-A1": "d",
        "CN-100000001-A": "e",
    }
    countries = [("US-7000001-B2", ["JP"]), ("US-7000002-B2", ["JP", "KR"])]
    citations = [
        ("EP-1-A1", "US-7000001-B2"),
        ("EP-1-A1", "US-20050000001-A1"),  # one family, once
        ("US-7000003-B2", "US-7000001-B2"),  # the same family by another office
        ("EP-2-A1", "US-7000002-B2"),
        ("CN-100000001-A", "US-7000002-B2"),
        ("US-20050000001-A1", "US-7000001-B2"),  # itself
    ]
    connection = world(
        {
            "sources.stg_document": publications(
                *({"publication_number": n, "family_id": f} for n, f in documents.items())
            ),
            "sources.stg_classification": [
                {"publication_number": number, "symbol": "G06N3/02"} for number, _ in countries
            ],
            "sources.stg_party": [
                {"publication_number": number, "name": f"Qx {country}", "country": country, "position": place}
                for number, of in countries
                for place, country in enumerate(of, start=1)
            ],
            "sources.stg_citation": [
                {"citing_publication": citing, "cited_publication": cited} for citing, cited in citations
            ],
        },
        MART,
    )
    found = by(connection, MART, "country", "citing_office")
    assert {key: row["citations"] for key, row in found.items()} == {
        ("JP", "EP"): 1.5,
        ("JP", "US"): 1,
        ("JP", "CN"): 0.5,
        ("KR", "EP"): 0.5,
        ("KR", "CN"): 0.5,
    }
    assert found["JP", "EP"]["share"] == pytest.approx(0.5)
    assert found["KR", "CN"]["share"] == pytest.approx(0.5)
