"""References, each to the publication that is meant, if it is loaded."""

import pytest

from tests.worlds import publications, rows, world

CITING = "US-9000001-B2"
LOADED = [CITING, "US-6103599-A", "US-D656352-S1", "US-RE37580-E", "US-10226670-B2",
          "US-20170270411-A1", "JP-S6012345-A", "JP-S6012345-B2", "EP-1000000-A1",
          "EP-1000000-B1"]  # fmt: skip
GOOD = {"citing_publication": CITING, "source_rank": 1}
POOR = {"citing_publication": CITING, "source_rank": 2}


def staged(*citations):
    connection = world(
        {
            "sources.stg_document": publications(*({"publication_number": n} for n in LOADED)),
            "sources.stg_citation": citations,
        },
        "staging.stg_citation",
    )
    return rows(connection, "from staging.stg_citation order by cited_publication, npl")


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("US-6103599-A", "US-6103599-A"),
        ("US-D656352", "US-D656352-S1"),
        ("US-D656352-S", "US-D656352-S1"),
        ("US-RE37580", "US-RE37580-E"),
        ("US-10226670", "US-10226670-B2"),
        ("US-20170270411", "US-20170270411-A1"),
        ("US-5000000", "US-5000000"),
        ("US-5000000-A", "US-5000000-A"),
        ("GB-6103599-A", "GB-6103599-A"),
        # Of two under one number the one that is named, else the one before in the alphabet.
        ("JP-S6012345-B2", "JP-S6012345-B2"),
        ("JP-S6012345-A", "JP-S6012345-A"),
        ("EP-1000000", "EP-1000000-A1"),
        ("EP-1000000-B1", "EP-1000000-B1"),
        ("EP-1000000-B9", "EP-1000000-A1"),
    ],
)
def test_a_reference_takes_the_kind_of_the_publication_that_is_loaded(told, meant):
    [row] = staged(GOOD | {"cited_publication": told})
    assert row["cited_publication"] == meant


def test_references_that_turn_out_to_be_one_are_one():
    found = staged(GOOD | {"cited_publication": "US-D656352"},
                   GOOD | {"cited_publication": "US-D656352-S"})  # fmt: skip
    assert [row["cited_publication"] for row in found] == ["US-D656352-S1"]


def test_patents_and_other_literature_come_each_from_the_best_source_that_has_any():
    found = staged(
        GOOD | {"cited_publication": "US-1-A"},
        POOR | {"cited_publication": "US-2-A"},
        POOR | {"npl": "A book"},
    )
    assert [(row["cited_publication"], row["npl"]) for row in found] == [
        ("US-1-A", None), (None, "A book"),
    ]  # fmt: skip


def test_origin_and_category_are_kept():
    [row] = staged(GOOD | {"cited_publication": "US-1-A", "origin": "examiner",
                           "category": "cited by examiner"})  # fmt: skip
    assert (row["origin"], row["category"]) == ("examiner", "cited by examiner")
