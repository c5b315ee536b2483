"""What families are compared within."""

import pytest

from tests.worlds import by, publications, world


def cohort(*symbols, **document):
    """Give the year, field and office of one family with these IPC symbols."""
    number = "US-7000001-B2"
    built = world(
        {
            "sources.stg_document": publications(
                {"publication_number": number, "family_id": "f", **document}
            ),
            "sources.stg_classification": [
                {"publication_number": number, "symbol": symbol, "position": position}
                for position, symbol in enumerate(symbols, start=1)
            ],
        },
        "intermediate.int_cohort",
    )
    return by(built, "intermediate.int_cohort", "family_id")["f"]


def test_year_field_and_office_are_those_of_the_first_filing():
    found = cohort("G06N3/02", priority_date="2003-12-31", filing_date="2004-06-01", first_filing_office="JP")
    assert {name: value for name, value in found.items() if name != "family"} == {
        "family_id": "f",
        "year": 2003,
        "field": "Computer technology",
        "office": "JP",
    }


def test_an_office_that_is_not_known_is_one_of_its_own():
    assert cohort("G06N3/02")["office"] == "unknown"


@pytest.mark.parametrize(
    ("symbols", "field"),
    [
        (["A01B1/00", "G06N3/02"], "Other special machines"),
        (["G06N3/02", "A01B1/00"], "Computer technology"),
        (["H04N1/00"], "H04N"),  # divided between two fields
        (["H04N5/00", "G06N3/02"], "H04N"),
        (["A01X1/00"], "A01X"),  # in no list
    ],
)
def test_the_field_is_that_of_the_first_subclass(symbols, field):
    assert cohort(*symbols)["field"] == field


def test_families_whose_first_publication_has_no_subclass_are_a_field_of_their_own():
    first = {"publication_number": "US-1-A1", "publication_date": "2001-05-05"}
    second = {"publication_number": "US-2-A1", "publication_date": "2002-05-05"}
    built = world(
        {
            "sources.stg_document": publications({"family_id": "f", **first}, {"family_id": "f", **second}),
            "sources.stg_classification": [
                {"publication_number": "US-2-A1", "symbol": "G06N3/02", "position": 1}
            ],
        },
        "intermediate.int_cohort",
    )
    assert by(built, "intermediate.int_cohort", "family_id")["f"]["field"] == "unclassified"
