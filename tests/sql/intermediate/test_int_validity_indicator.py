"""What was known at the horizon: nothing that came later may move it, and what moves is found."""

from copy import deepcopy

import pytest

from corepath.warehouse.topic.files import Topic
from tests.worlds import by, publications, world

INDICATORS = ["fc_3", "bc", "npl", "fs", "pct", "cl", "inv", "app", "sc", "mg"]
FAMILIES = 200
COUNTS = {"claim_count": 10, "inventor_count": 2, "npl_citation_count": 1, "patent_citation_count": 1}


def known():
    """Two hundred families of 2002, each cited once in time; the data go on to 2020."""
    documents = [
        {"publication_number": f"US-{1000 + i}-B2", "family_id": f"f{i}", "publication_date": "2002-01-01"}
        | COUNTS
        for i in range(FAMILIES)
    ]
    documents += [
        {"publication_number": "US-5000-B2", "family_id": "early", "publication_date": "2003-01-01"},
        {"publication_number": "EP-5001-A1", "family_id": "old", "publication_date": "1990-01-01"},
        {"publication_number": "WO-5002-A1", "family_id": "pct", "publication_date": "1990-01-01"},
        {"publication_number": "US-9999-B2", "family_id": "last", "publication_date": "2020-01-01"},
    ]
    numbers = [f"US-{1000 + i}-B2" for i in range(FAMILIES)]
    return {
        "sources.stg_document": publications(*documents),
        "sources.stg_classification": [{"publication_number": n, "symbol": "G06N3/08"} for n in numbers],
        "sources.stg_party": [{"publication_number": n, "name": "IBM"} for n in numbers],
        "sources.stg_citation": [
            {"citing_publication": "US-5000-B2", "cited_publication": n} for n in numbers
        ]
        + [{"citing_publication": n, "cited_publication": "EP-5001-A1"} for n in numbers],
    }


def later():
    """The same, and all that can come after the horizon of a family."""
    given = deepcopy(known())
    more = {"claim_count": 90, "inventor_count": 9, "npl_citation_count": 9, "patent_citation_count": 9}
    given["sources.stg_document"] += publications(
        {"publication_number": "US-7000-B2", "family_id": "f0", "publication_date": "2006-01-01"} | more,
        {"publication_number": "JP-7001-B2", "family_id": "f0", "publication_date": "2006-01-01"} | more,
        {"publication_number": "WO-7002-A1", "family_id": "f0", "publication_date": "2006-01-01"} | more,
        {"publication_number": "US-7003-B2", "family_id": "late", "publication_date": "2006-03-01"},
        # A continuation of a family that was there in time, and cites for the first time.
        {"publication_number": "US-7004-B2", "family_id": "old", "publication_date": "2006-01-01"},
    )
    given["sources.stg_citation"] += [
        {"citing_publication": citing, "cited_publication": cited}
        for citing, cited in (
            ("US-7003-B2", "US-1000-B2"),
            ("US-7004-B2", "US-1000-B2"),
            ("US-7000-B2", "US-9999-B2"),
        )
    ]
    return given


@pytest.fixture(scope="module")
def measured():
    """The first family at the horizon, of today, and what became of it; before and after."""
    tables = [f"intermediate.int_{n}" for n in ("validity_indicator", "indicator", "validity_outcome")]
    topic = Topic(name="any", title="Any", classes=["G06N"], method={"indicators": INDICATORS})
    worlds = [world(given, *tables, topic=topic) for given in (known(), later())]
    return {table: [by(one, table, "family_id")["f0"] for one in worlds] for table in tables}


@pytest.mark.whole
@pytest.mark.parametrize("name", INDICATORS)
def test_what_comes_later_moves_no_indicator(measured, name):
    before, after = measured["intermediate.int_validity_indicator"]
    assert after[name] == before[name]
    assert before[name] is not None


def test_the_same_comparison_finds_a_leak(measured):
    """Indicators of today do look ahead: the comparison above would tell."""
    before, after = measured["intermediate.int_indicator"]
    assert {name for name in INDICATORS if before[name] != after[name]} >= {"bc", "npl", "fs", "pct", "inv"}


def test_later_citations_by_others_are_the_outcome(measured):
    _, found = measured["intermediate.int_validity_outcome"]
    assert (found["years"], found["later_citations"], found["is_granted_elsewhere"]) == (10, 2, True)
    assert found["is_top_1"]
