"""What all invention documents of a family tell of it, whatever the topic."""

from datetime import date

import pytest

from tests.worlds import by, publications, world

TABLE = "staging.stg_invention"


def inventions(*documents, parties=()):
    given = {"sources.stg_document": publications(*documents), "sources.stg_party": list(parties)}
    return by(world(given, TABLE), TABLE, "family_id")


def members(*numbers, **fields):
    """Documents of one family f."""
    return [{"publication_number": number, "family_id": "f", **fields} for number in numbers]


def test_a_family_without_a_dated_invention_document_is_none():
    found = inventions(
        {"publication_number": "US-D600000-S1", "family_id": "design"},
        {"publication_number": "US-7000001-B2", "family_id": "dateless", "publication_date": None},
        {"publication_number": "US-7000002-B2", "family_id": "f"},
    )
    assert set(found) == {"f"}


def test_the_earliest_document_stands_for_it_and_the_number_decides_between_those_of_one_day():
    found = inventions(
        *members("US-10-B2", "US-1-B2", publication_date="2010-01-01"),
        *members("EP-9-A1", publication_date="2010-01-02"),
    )
    assert found["f"]["representative_publication"] == "US-1-B2"
    assert found["f"]["publication_date"] == date(2010, 1, 1)


def test_parties_are_those_of_a_document_with_applicants_before_a_grant_before_an_early_one():
    documents = [
        *members("EP-1-A1", publication_date="2009-01-01"),
        *members("US-2-B2", publication_date="2011-01-01", claim_count=7),
        *members("US-3-B2", publication_date="2012-01-01", claim_count=9),
    ]
    assert inventions(*documents)["f"]["party_publication"] == "US-2-B2"
    named = [{"publication_number": n, "name": "A"} for n in ("EP-1-A1", "US-3-B2")]
    family = inventions(*documents, parties=named)["f"]
    assert family["party_publication"] == "US-3-B2"
    assert family["claim_count"] == 7  # of the earliest grant, whoever applied


@pytest.mark.parametrize(
    ("numbers", "pct"), [(["US-1-B2", "WO-2009000001-A1"], True), (["US-1-B2", "EP-1-A1"], False)]
)
def test_a_family_is_international_by_a_document_of_wipo(numbers, pct):
    assert inventions(*members(*numbers))["f"]["is_pct"] is pct


def test_a_family_is_international_by_the_number_of_an_application_at_wipo():
    family = inventions(*members("US-1-B2", application_number="PCTUS2009000001"))["f"]
    assert family["is_pct"] is True


@pytest.mark.parametrize(
    ("numbers", "triadic"),
    [
        (["EP-1-A1", "JP-2005000001-A", "US-7000001-B2"], True),
        (["EP-1-A1", "JP-2005000001-A", "US-20050000001-A1"], False),  # not granted in the US
        (["EP-1-A1", "JP-3000001-U", "US-7000001-B2"], False),  # a utility model
        (["JP-2005000001-A", "US-7000001-B2"], False),
    ],
)
def test_a_triadic_family_is_filed_in_europe_and_japan_and_granted_in_the_us(numbers, triadic):
    assert inventions(*members(*numbers))["f"]["is_triadic"] is triadic


def test_what_a_source_counts_is_the_most_of_any_document_and_unknown_where_none_does():
    found = inventions(
        *members("US-1-B2", forward_citation_count=3, family_size=2),
        *members("EP-1-A1", forward_citation_count=5),
        {"publication_number": "US-2-B2", "family_id": "g"},
    )
    assert (found["f"]["forward_citation_count"], found["f"]["family_size"]) == (5, 2)
    assert (found["g"]["forward_citation_count"], found["g"]["family_size"]) == (None, None)
