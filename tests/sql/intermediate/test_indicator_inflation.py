"""What real files do that no invention does, and which indicators of a family it moves.

docs/method.md has the same table. An indicator that is not named below must stay as it was.
"""

from copy import deepcopy

import polars as pl
import pytest

from corepath.warehouse.settings import ROOT
from corepath.warehouse.topic.files import Topic
from tests.worlds import by, publications, world

INDICATORS = pl.read_csv(ROOT / "reference" / "indicator.csv")["indicator"].to_list()
# Family, number, day; "last" closes every window.
FAMILIES = {
    "f": ("US-1000001-B2", "2010-06-01"),
    "other": ("US-1000002-B2", "2012-06-01"),
    "own": ("US-1000003-B2", "2013-06-01"),
    "old": ("US-1000004-B2", "2004-06-01"),
    "older": ("US-1000005-B2", "2003-06-01"),
    "last": ("US-1000009-B2", "2024-06-01"),
}
CITATIONS = [("other", "f"), ("own", "f"), ("f", "old"), ("f", "older"), ("other", "old")]
COUNTS = {"claim_count": 20, "inventor_count": 3, "npl_citation_count": 2, "patent_citation_count": 2}


def plain():
    """A family of two members that is cited twice and cites two."""
    number = {family: number for family, (number, _) in FAMILIES.items()}
    documents = [
        {"publication_number": n, "family_id": f, "publication_date": day, "filing_date": day} | COUNTS
        for f, (n, day) in FAMILIES.items()
    ]
    documents.append(member("EP-2000001-A1", "2010-09-01"))
    return {
        "sources.stg_document": publications(*documents),
        "sources.stg_classification": [
            {"publication_number": n, "symbol": symbol, "position": i, "scheme": "CPC"}
            for n in number.values()
            for i, symbol in enumerate(("G06N3/08", "H10D30/01", "G06N5/00"))
        ],
        "sources.stg_party": [
            {"publication_number": number[f], "name": name}
            for f, name in (("f", "Samsung Electronics"), ("own", "Samsung SDI"), ("other", "IBM"))
        ],
        "sources.stg_citation": [
            {"citing_publication": number[a], "cited_publication": number[b], "origin": "examiner"}
            for a, b in CITATIONS
        ],
        "sources.stg_priority": [
            {"publication_number": number["f"], "priority_number": "US60000001", "priority_office": "US"}
        ],
    }


def member(number, day, family="f", **told):
    """One more document of a family."""
    return {"publication_number": number, "family_id": family, "publication_date": day} | COUNTS | told


def add(table, *rows):
    """A change that puts rows into a canonical table."""

    def change(given):
        given[f"sources.{table}"] += publications(*rows) if table == "stg_document" else list(rows)

    return change


def several(*changes):
    def change(given):
        for one in changes:
            one(given)

    return change


def reference(citing, cited):
    return {"citing_publication": citing, "cited_publication": cited, "origin": "examiner"}


# The way, what it does to the files, and the indicators that it moves.
WAYS = {
    "a continuation of the family, which cites more": (
        several(
            add("stg_document", member("US-1000011-B2", "2013-01-01", claim_count=90)),
            add("stg_citation", reference("US-1000011-B2", "US-5000001-A")),
        ),
        # It tells of references that the first document does not.
        {"bc"},
    ),
    "a divisional of a citing family": (
        several(
            add("stg_document", member("US-1000012-B2", "2014-01-01", "other")),
            add("stg_citation", reference("US-1000012-B2", "US-1000001-B2")),
        ),
        set(),
    ),
    "members of other kinds: search report, correction, utility model": (
        add(
            "stg_document",
            member("EP-2000001-A3", "2010-11-01"),
            member("EP-2000001-A8", "2010-12-01"),
            member("CN-3000001-U", "2010-12-01"),
        ),
        set(),
    ),
    "several priority claims": (
        add(
            "stg_priority",
            *(
                {"publication_number": "US-1000001-B2", "priority_number": f"US6000000{i}"}
                for i in range(2, 9)
            ),
        ),
        set(),
    ),
    "indexing symbols": (
        add(
            "stg_classification",
            *(
                {"publication_number": "US-1000001-B2", "symbol": symbol, "scheme": "CPC", "position": 9}
                for symbol in ("H05K2201/10", "H10D2030/01", "Y02D10/00")
            ),
        ),
        set(),
    ),
    "companies of the applicant's own group, and an inventor of its own": (
        add(
            "stg_party",
            {"publication_number": "US-1000001-B2", "name": "Samsung SDI", "position": 2},
            {"publication_number": "US-1000001-B2", "name": "Doe, Jane", "position": 3},
            {"publication_number": "US-1000001-B2", "name": "Jane DOE", "role": "inventor"},
        ),
        set(),
    ),
    "an examiner who lists more of the same documents": (
        add(
            "stg_citation",
            reference("US-1000001-B2", "US-1000004-A1"),
            reference("EP-2000001-A1", "US-1000004-B2"),
        ),
        set(),
    ),
    "equal texts: a reference in two spellings, a document of two sources": (
        several(
            add("stg_citation", reference("US-1000002-B2", "US-1000001-A")),
            add("stg_document", member("US-1000001-B2", "2010-06-01", source="twin", source_rank=2)),
        ),
        set(),
    ),
}


def measured(given):
    topic = Topic(name="any", title="Any", classes=["G"], method={"indicators": INDICATORS})
    connection = world(given, "intermediate.int_indicator", topic=topic)
    return by(connection, "intermediate.int_indicator", "family_id")["f"]


@pytest.fixture(scope="module")
def before():
    found = measured(plain())
    assert (found["fc_5"], found["fc_5_others"], found["bc"], found["app"]) == (2, 1, 2, 1)
    return found


@pytest.mark.whole
@pytest.mark.parametrize("way", WAYS)
def test_a_way_of_filing_moves_what_docs_say_and_nothing_else(before, way):
    change, moved = WAYS[way]
    given = deepcopy(plain())
    change(given)
    after = measured(given)
    assert {name for name in INDICATORS if after[name] != before[name]} == moved
