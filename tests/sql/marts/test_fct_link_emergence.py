"""When pairs of technologies first met, and whether they went on to."""

import pytest

from tests.worlds import by, publications, world

EMERGENCE = "marts.fct_link_emergence"
# Year of priority and classes of a family each; periods end with 2006, 2011 and 2016.
FAMILIES = [
    (2005, "G06F G06N"),
    (2008, "G06N H01L"),
    (2009, "G06N H01L"),
    (2010, "G06T H01L"),
    (2012, "G06N H01L"),
    (2013, "G06T H01L"),
    (2014, "G06T H01L"),
    (2015, "G06F H01L"),
    (2016, "G06F H01L"),
]


@pytest.fixture(scope="module")
def links():
    numbers = [f"US-900000{i}-B2" for i in range(len(FAMILIES))]
    given = {
        "sources.stg_document": publications(
            *(
                {
                    "publication_number": n,
                    "family_id": n,
                    "priority_date": f"{year}-01-01",
                    "publication_date": "2018-01-01",
                    "claim_count": year % 7 + 1,
                }
                for n, (year, _) in zip(numbers, FAMILIES, strict=True)
            )
        ),
        "sources.stg_classification": [
            {"publication_number": n, "symbol": f"{code}1/00", "position": p}
            for n, (_, codes) in zip(numbers, FAMILIES, strict=True)
            for p, code in enumerate(codes.split(), start=1)
        ],
    }
    found = by(world(given, EMERGENCE), EMERGENCE, "network", "source", "target")
    return {(s, t): row for (network, s, t), row in found.items() if network == "WORLD"}


def test_a_pair_emerges_where_it_first_meets_in_two_families(links):
    # G06F-G06N met in one family, and so did G06T-H01L when it first met.
    assert set(links) == {("G06N", "H01L"), ("G06F", "H01L")}
    assert links["G06N", "H01L"]["period"] == "2007-2011"
    assert links["G06N", "H01L"]["families"] == 2


def test_it_persists_where_it_meets_again(links):
    assert links["G06N", "H01L"]["is_persistent"] is True
    assert links["G06N", "H01L"]["persistence"] == 1
    # What emerged in the last period has had no time to.
    assert links["G06F", "H01L"]["is_persistent"] is None
    assert links["G06F", "H01L"]["persistence"] is None
