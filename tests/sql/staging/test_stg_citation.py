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


def staged(*citations, loaded=()):
    connection = world(
        {
            "sources.stg_document": publications(*({"publication_number": n} for n in [*LOADED, *loaded])),
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
    ("told", "class_"),
    [
        ("JP-H0412345-A", "invention"),
        ("JP-H0412345-U", "utility model"),
        ("JP-H0412345-Y2", "examined utility model"),
        ("JP-H0412345-B2", "examined invention"),
        ("JP-2002505001-T", "invention"),
        ("KR-20080012345-U", "utility model"),
        ("KR-920001234-B1", "examined invention"),
        ("KR-100812345-B1", "invention"),
        ("CN-1100001-C", "examined invention"),
        ("CN-101481674-B", "invention"),
        ("US-D656352", "design"),
        ("US-RE44000-E1", "reissue"),
        ("US-PP12345-P2", "plant"),
        ("US-9999999", "invention"),
        ("DE-69012345-T2", "invention"),
        ("TW-M234567", "utility model"),
        ("GB-0225961-D0", "filing"),
        ("JP-S62123456", "unknown"),
        ("KR-20080012345", "unknown"),
        ("CN-1100001", "unknown"),
        ("ZZ-1-V2", "kind V"),
    ],
)
def test_a_reference_tells_the_class_of_what_it_cites_or_that_it_does_not(told, class_):
    [row] = staged(GOOD | {"cited_publication": told})
    assert row["cited_class"] == class_


@pytest.mark.parametrize(
    ("told", "loaded", "meant"),
    [
        # An invention, a utility model, a design and a grant of its own number are four documents.
        ("JP-H0412345-U", ["JP-H0412345-A"], None),
        ("JP-H0412345-B2", ["JP-H0412345-A"], None),
        ("KR-20080012345-U", ["KR-20080012345-A"], None),
        ("CN-1100001-C", ["CN-1100001-A"], None),
        ("US-668832-A", ["US-D668832-S1"], None),
        ("JP-H0412345-U", ["JP-H0412345-A", "JP-H0412345-U"], "JP-H0412345-U"),
        # A is T where an application came by way of the PCT, and B1 is the grant of A1.
        ("JP-2002505001-T", ["JP-2002505001-A"], "JP-2002505001-A"),
        ("EP-1000001-B1", ["EP-1000001-A1"], "EP-1000001-A1"),
        ("CN-101481674-B", ["CN-101481674-A"], "CN-101481674-A"),
        # Without a kind it is an invention, or what is loaded where no other series has such numbers.
        ("JP-H0412345", ["JP-H0412345-A", "JP-H0412345-B2", "JP-H0412345-U"], "JP-H0412345-A"),
        ("JP-H0412345", ["JP-H0412345-U"], None),
        ("KR-20080012345", ["KR-20080012345-U"], None),
        ("CN-201143874", ["CN-201143874-Y"], "CN-201143874-Y"),
        ("DE-29918481", ["DE-29918481-U1"], "DE-29918481-U1"),
        ("CN-1100001", ["CN-1100001-C"], "CN-1100001-C"),
        ("ZZ-1", ["ZZ-1-U", "ZZ-1-S"], None),
    ],
)
def test_a_reference_means_what_is_loaded_of_its_class(told, loaded, meant):
    [row] = staged(GOOD | {"cited_publication": told}, loaded=loaded)
    assert (row["cited_publication"], row["is_loaded"]) == (meant or told, meant is not None)


def test_references_to_an_invention_and_a_utility_model_of_one_number_are_two():
    found = staged(*(GOOD | {"cited_publication": f"JP-S62123456{kind}"} for kind in ("-A", "-U", "")))
    # That without a kind is the invention.
    assert [row["cited_publication"] for row in found] == ["JP-S62123456-A", "JP-S62123456-U"]


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
