"""Which families a topic has and which document stands for each."""

from datetime import date

import pytest

from corepath.warehouse.topic.files import Topic
from tests.worlds import by, publications, world

TOPIC = Topic(
    name="ai",
    title="AI",
    classes=["G06N"],
    subfield=[
        {"id": "first", "title": "First", "any": [{"classes": ["G06N5"]}]},
        {"id": "second", "title": "Second", "any": [{"classes": ["G06N3"]}]},
    ],
)


def families(documents, classes):
    connection = world(
        {
            "sources.stg_document": publications(*documents),
            "sources.stg_classification": [
                {"publication_number": number, "symbol": symbol} for number, symbol in classes
            ],
        },
        "intermediate.int_family",
        topic=TOPIC,
    )
    return by(connection, "intermediate.int_family", "family_id")


def test_only_invention_documents_let_a_family_in():
    found = families(
        [
            {"publication_number": "US-D600000-S1", "family_id": "design"},
            {"publication_number": "CN-200000001-U", "family_id": "model"},
            {"publication_number": "EP-1000000-A3", "family_id": "report"},
            {"publication_number": "US-7000001-B2", "family_id": "invention"},
        ],
        [(n, "G06N3/02") for n in ("US-D600000-S1", "CN-200000001-U", "EP-1000000-A3", "US-7000001-B2")],
    )
    assert set(found) == {"invention"}


def test_an_application_and_its_grant_and_correction_count_once():
    filing = {"office": "CN", "application_number": "200510012345", "filing_date": "2005-01-03"}
    found = families(
        [
            {"publication_number": "CN-1800000-A", "publication_date": "2006-07-12", **filing},
            {"publication_number": "CN-1800000-A8", "publication_date": "2006-09-06", **filing},
            {"publication_number": "CN-100300000-C", "publication_date": "2007-02-14", **filing},
        ],
        [(n, "G06N3/02") for n in ("CN-1800000-A", "CN-1800000-A8", "CN-100300000-C")],
    )
    [family] = found.values()
    assert family["document_count"] == 2
    assert family["grant_date"] == date(2007, 2, 14)


def test_an_invention_and_a_utility_model_filed_the_same_day_are_two_applications():
    filed = {"title": "Chip", "filing_date": "2015-01-05", "first_filing_office": "CN"}
    dual = [
        {
            "publication_number": "CN-104600000-A",
            "application_number": "201510000001",
            "publication_date": "2015-05-06",
            **filed,
        },
        {
            "publication_number": "CN-204600000-U",
            "application_number": "201520000002",
            "publication_date": "2015-06-03",
            **filed,
        },
    ]
    found = families(dual, [(d["publication_number"], "G06N3/02") for d in dual])
    assert {key: row["document_count"] for key, row in found.items()} == {"CN-104600000-A": 1}


def test_one_member_in_the_topic_brings_all_the_family_and_the_earliest_stands_for_it():
    found = families(
        [
            {
                "publication_number": "US-20060000001-A1",
                "family_id": "f",
                "title": "First",
                "publication_date": "2006-01-05",
                "filing_date": "2004-07-01",
                "claim_count": 30,
                "priority_date": "2003-07-01",
                "first_filing_office": "JP",
            },
            {
                "publication_number": "US-7000001-B2",
                "family_id": "f",
                "title": "Second",
                "publication_date": "2009-01-06",
                "filing_date": "2004-07-01",
                "claim_count": 9,
            },
            {"publication_number": "US-D600000-S1", "family_id": "f", "publication_date": "2005-01-04"},
        ],
        [("US-7000001-B2", "G06N3/02"), ("US-20060000001-A1", "G06F17/16")],
    )["f"]
    assert found["representative_publication"] == "US-20060000001-A1"
    assert found["party_publication"] == "US-7000001-B2"
    assert found["title"] == "First"
    assert found["claim_count"] == 9
    assert found["document_count"] == 2
    assert found["priority_date"] == date(2003, 7, 1)
    assert found["filing_date"] == date(2004, 7, 1)
    assert found["publication_date"] == date(2006, 1, 5)
    assert found["grant_date"] == date(2009, 1, 6)
    assert found["first_filing_office"] == "JP"
    assert found["family_basis"] == "docdb"


@pytest.mark.parametrize(
    ("symbols", "subfield"),
    [(["G06N3/02", "G06N5/02"], "first"), (["G06N3/02"], "second"), (["G06N10/00"], None)],
)
def test_the_subfield_is_the_first_of_the_topic_that_applies(symbols, subfield):
    found = families(
        [{"publication_number": "US-7000001-B2"}], [("US-7000001-B2", symbol) for symbol in symbols]
    )
    assert found["US-7000001-B2"]["subfield"] == subfield


def test_the_earliest_date_known_stands_in_for_a_priority():
    found = families(
        [
            {"publication_number": "US-7000001-B2", "filing_date": "2008-02-03"},
            {"publication_number": "US-7000002-B2", "publication_date": "2009-02-03"},
        ],
        [("US-7000001-B2", "G06N3/02"), ("US-7000002-B2", "G06N3/02")],
    )
    assert found["US-7000001-B2"]["priority_date"] == date(2008, 2, 3)
    assert found["US-7000002-B2"]["priority_date"] == date(2009, 2, 3)
