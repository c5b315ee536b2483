"""References, each to the publication that is meant, if it is loaded."""

import pytest

from tests.worlds import publications, rows, world

CITING = "US-9000001-B2"
LOADED = [
    CITING,
    "US-6103599-A",
    "US-D656352-S1",
    "US-RE37580-E",
    "US-10226670-B2",
    "US-20170270411-A1",
    "JP-S6012345-A",
    "JP-S6012345-B2",
    "EP-1000000-A1",
    "EP-1000000-B1",
]
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


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        # Printed as WO 99/12345, WO 1999/012345, WO99012345.
        ("WO-9912345-A1", "WO-9912345-A1"),
        ("WO-1999012345-A1", "WO-9912345-A1"),
        ("WO-99012345", "WO-9912345"),
        ("WO-7812345", "WO-7812345"),
        ("WO-1978000001-A1", "WO-7800001-A1"),
        # 00/17681, 2000/017681; 01/74150, 2001/074150, 01/074150; WO200121446 is of a real grant.
        ("WO-17681-A1", "WO-17681-A1"),
        ("WO-2000017681-A1", "WO-17681-A1"),
        ("WO-174150", "WO-174150"),
        ("WO-2001074150", "WO-174150"),
        ("WO-1074150", "WO-174150"),
        ("WO-200121446", "WO-121446"),
        # 02/037687 and 02/052150, both of real grants, before July 2002 and after.
        ("WO-2037687-A3", "WO-237687-A3"),
        ("WO-2002037687-A3", "WO-237687-A3"),
        ("WO-251083-A1", "WO-251083-A1"),
        ("WO-2052150-A1", "WO-2052150-A1"),
        ("WO-2002052150-A1", "WO-2052150-A1"),
        ("WO-3022060-A1", "WO-3022060-A1"),
        ("WO-2003022060-A1", "WO-3022060-A1"),
        # Four digits of the year since 2004; and what is no PCT publication.
        ("WO-2004078157-A2", "WO-2004078157-A2"),
        ("WO-2010012345", "WO-2010012345"),
        # 04/078157 and 05/035910 as grants print them. 90/12345 and 09/012345 look alike.
        ("WO-4078157", "WO-2004078157"),
        ("WO-5035910-A1", "WO-2005035910-A1"),
        ("WO-7149999", "WO-2007149999"),
        ("WO-9012345", "WO-9012345"),
        ("WO-8012345", "WO-8012345"),
        ("WO-PCTUS0113682", "WO-PCTUS0113682"),
        ("JP-2003022060-A", "JP-2003022060-A"),
    ],
)
def test_a_pct_publication_is_numbered_as_in_docdb(told, meant):
    [row] = staged(GOOD | {"cited_publication": told})
    assert row["cited_publication"] == meant


def test_references_that_turn_out_to_be_one_are_one():
    found = staged(GOOD | {"cited_publication": "US-D656352"}, GOOD | {"cited_publication": "US-D656352-S"})
    assert [row["cited_publication"] for row in found] == ["US-D656352-S1"]


@pytest.mark.parametrize("loaded", ["", "-A", "-B2"])
def test_references_to_what_is_not_loaded_are_one_if_they_differ_in_kind_only(loaded):
    found = staged(*(GOOD | {"cited_publication": f"CN-1012345{kind}"} for kind in {"", loaded, "-A"}))
    assert [row["cited_publication"] for row in found] == [max("CN-1012345-A", f"CN-1012345{loaded}")]


def test_origin_and_category_come_from_the_best_source_that_tells_them():
    cited = {"cited_publication": "US-6103599"}
    [row] = staged(
        GOOD | cited | {"origin": "unknown"},
        POOR | {"cited_publication": "US-6103599-A", "origin": "examiner", "category": "X"},
        POOR | {"source_rank": 3, "origin": "applicant", "category": "A"} | cited,
    )
    assert (row["origin"], row["category"]) == ("examiner", "X")


def test_of_one_reference_told_twice_the_examiners_and_the_first_category_count():
    cited = GOOD | {"cited_publication": "US-6103599-A"}
    told = [cited | {"origin": "applicant", "category": "Y"}, cited | {"origin": "examiner", "category": "X"}]
    for order in (told, told[::-1]):
        [row] = staged(*order)
        assert (row["origin"], row["category"]) == ("examiner", "X")


def test_a_source_that_lists_nothing_hides_no_list():
    found = staged(GOOD, POOR | {"cited_publication": "US-6103599-A"})
    assert [row["cited_publication"] for row in found] == ["US-6103599-A"]


def test_patents_and_other_literature_come_each_from_the_best_source_that_has_any():
    found = staged(
        GOOD | {"cited_publication": "US-1-A"},
        POOR | {"cited_publication": "US-2-A"},
        POOR | {"npl": "A book"},
    )
    assert [(row["cited_publication"], row["npl"]) for row in found] == [("US-1-A", None), (None, "A book")]


def test_origin_and_category_are_kept():
    [row] = staged(
        GOOD | {"cited_publication": "US-1-A", "origin": "examiner", "category": "cited by examiner"}
    )
    assert (row["origin"], row["category"]) == ("examiner", "cited by examiner")
