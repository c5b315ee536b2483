"""Documents of the USPTO made canonical; the parser before has tests of its own."""

import gzip
import re
from datetime import date
from xml.etree import ElementTree

import duckdb
import pytest

from corepath.warehouse import numbers
from corepath.warehouse.build import builder as build
from corepath.warehouse.load.loader import load
from corepath.warehouse.settings import ROOT
from tests.worlds import SOURCES, TABLES, by, rows, world

OURS = [key for key in TABLES if key.startswith("uspto.")]
NUMBER = "US-7650331-B1"


def read(documents=({},), **tables):
    """Give the canonical tables of grants and of what hangs on them."""
    grants = [
        {
            "_row": i,
            "publication_number": NUMBER,
            "kind": "B1",
            "is_grant": True,
            "publication_date": "2010-01-19",
            "filing_date": "2004-06-18",
        }
        | document
        for i, document in enumerate(documents, start=1)
    ]
    given = {"raw.uspto_document": grants}
    for name, found in tables.items():
        given[f"raw.uspto_{name}"] = [
            {"publication_number": NUMBER, "position": i, "_row": i} | row
            for i, row in enumerate(found, start=1)
        ]
    return world(given, *OURS)


def document(**tables):
    return by(read(**tables), "uspto.stg_document", "publication_number")[NUMBER]


# --- Publications --------------------------------------------------------------------------------


def test_of_a_publication_in_two_files_the_last_is_taken_with_what_hangs_on_it():
    built = read(
        [{"_file": "1.xml", "title": "Old"}, {"_file": "2.xml", "title": "New"}],
        party=[
            {"_file": "1.xml", "role": "assignee", "name": "Old"},
            {"_file": "2.xml", "role": "assignee", "name": "New"},
        ],
        classification=[
            {"_file": "1.xml", "scheme": "IPC", "symbol": "A01B1/00"},
            {"_file": "2.xml", "scheme": "IPC", "symbol": "G06N3/02"},
        ],
        citation=[{"_file": "1.xml", "npl": "Old"}, {"_file": "2.xml", "npl": "New"}],
        priority=[{"_file": "1.xml", "priority_number": "1"}, {"_file": "2.xml", "priority_number": "2"}],
    )
    assert [r["title"] for r in rows(built, "from uspto.stg_document")] == ["New"]
    assert [r["name"] for r in rows(built, "from uspto.stg_party")] == ["New"]
    assert [r["symbol"] for r in rows(built, "from uspto.stg_classification")] == ["G06N3/02"]
    assert [r["npl"] for r in rows(built, "from uspto.stg_citation")] == ["New"]
    assert [r["priority_number"] for r in rows(built, "from uspto.stg_priority")] == ["2"]


def test_a_grant_twice_in_one_file_counts_once():
    built = read(
        [{}, {}],
        party=[{"role": "inventor", "name": "A", "position": 1}] * 2,
        citation=[{"npl": "x", "position": 1}] * 2,
    )
    [row] = rows(built, "from uspto.stg_document")
    assert (row["inventor_count"], row["npl_citation_count"]) == (1, 1)


# --- Documents -----------------------------------------------------------------------------------


def test_a_grant_that_lists_nothing_has_none_rather_than_unknown():
    row = document()
    assert [row[c] for c in ("inventor_count", "patent_citation_count", "npl_citation_count")] == [0, 0, 0]
    assert row["claim_count"] is None
    assert (row["priority_date"], row["first_filing_office"]) == (date(2004, 6, 18), "US")


def test_what_a_grant_lists_is_counted():
    row = document(
        party=[
            {"role": "inventor", "name": "A"},
            {"role": "inventor", "name": "B"},
            {"role": "assignee", "name": "C"},
        ],
        citation=[
            {"cited_office": "US", "cited_number": "6103599", "cited_kind": "A"},
            {"npl": "A book"},
            {"npl": "Another"},
        ],
    )
    assert [row[c] for c in ("inventor_count", "patent_citation_count", "npl_citation_count")] == [2, 1, 2]


@pytest.mark.parametrize(
    ("claims", "priority", "office"),
    [
        ([("JP", "2003-05-01"), ("KR", "2003-04-01")], date(2003, 4, 1), "KR"),
        ([("JP", "2004-06-18")], date(2004, 6, 18), "US"),
        ([("JP", "2005-01-01")], date(2004, 6, 18), "US"),
        ([("JP", None)], date(2004, 6, 18), "US"),
    ],
)
def test_the_first_filing_is_the_earliest_claim_before_the_filing_itself(claims, priority, office):
    row = document(
        priority=[
            {"priority_number": str(i), "priority_office": o, "priority_date": d}
            for i, (o, d) in enumerate(claims)
        ]
    )
    assert (row["priority_date"], row["first_filing_office"]) == (priority, office)


APPLICATION = {
    "publication_number": "US-20050283710-A1",
    "kind": "A1",
    "is_grant": False,
    "publication_date": "2005-12-22",
}


def test_what_an_application_cites_is_unknown_but_who_invented_it_is_not():
    [row] = rows(read([APPLICATION]), "from uspto.stg_document")
    assert [row[c] for c in ("inventor_count", "patent_citation_count", "npl_citation_count")] == [
        0,
        None,
        None,
    ]


def test_a_grant_and_its_application_are_one_family():
    grant = {
        "publication_number": NUMBER,
        "kind": "B1",
        "is_grant": True,
        "publication_date": "2010-01-19",
        "application_number": "10871244",
    }
    other = {**grant, "publication_number": "US-7650332-B1", "application_number": "10871245"}
    application = {**APPLICATION, "application_number": "10871244"}
    built = world({"raw.uspto_document": [grant, application, other]}, "staging.stg_family")
    families = by(built, "staging.stg_family", "publication_number")
    found = {number: row["family_id"] for number, row in families.items()}
    assert found[NUMBER] == found[APPLICATION["publication_number"]] != found["US-7650332-B1"]


# --- Parties, references, priorities -------------------------------------------------------------


def people(*parties):
    return {
        (row["role"], row["name"], row["country"])
        for row in rows(read(party=parties), "from uspto.stg_party")
    }


def test_applicants_are_the_assignees_else_the_applicants_who_are_no_inventors():
    inventor = {"role": "inventor", "name": "Doe, Jane", "country": "US"}
    applicants = [
        {"role": "applicant", "name": "Doe, Jane", "is_inventor": True},
        {"role": "applicant", "name": "Intel", "country": "US", "is_inventor": False},
    ]
    assert people(inventor, *applicants) == {("inventor", "Doe, Jane", "US"), ("applicant", "Intel", "US")}
    assignee = {"role": "assignee", "name": "Sony", "country": "JP", "is_inventor": False}
    assert people(inventor, *applicants, assignee) == {
        ("inventor", "Doe, Jane", "US"),
        ("applicant", "Sony", "JP"),
    }


@pytest.mark.parametrize(
    ("office", "number", "kind", "publication"),
    [
        ("US", "6103599", "A", "US-6103599-A"),
        ("US", "2002/0127820", "A1", "US-20020127820-A1"),
        ("US", "RE037580", "E", "US-RE37580-E"),
        ("US", "D0435854", "S", "US-D435854-S"),
        ("US", "6103599", None, "US-6103599"),
        ("US", "2013101709", "A1", "US-20130101709-A1"),
        ("EP", "0 123 456", "A1", "EP-123456-A1"),
        ("JP", "2001-123456", "A", "JP-2001123456-A"),
        ("JP", "H11-123456", "A", "JP-H11123456-A"),
        ("KR", "10-2011-0012345", "A", "KR-20110012345-A"),
        ("WO", "WO 99/12345", "A1", "WO-9912345-A1"),
    ],
)
def test_a_reference_is_a_publication_number(office, number, kind, publication):
    built = read(
        citation=[
            {
                "cited_office": office,
                "cited_number": number,
                "cited_kind": kind,
                "category": "cited by examiner",
            }
        ]
    )
    [row] = rows(built, "from uspto.stg_citation")
    assert (row["cited_publication"], row["npl"], row["origin"]) == (publication, None, "examiner")


@pytest.mark.parametrize(
    ("category", "origin"),
    [
        ("cited by examiner", "examiner"),
        ("cited by applicant", "applicant"),
        ("cited by other", "unknown"),
        (None, "unknown"),
    ],
)
def test_the_category_tells_who_cites(category, origin):
    [row] = rows(read(citation=[{"npl": "A book", "category": category}]), "from uspto.stg_citation")
    assert (row["cited_publication"], row["origin"], row["category"]) == (None, origin, category)


def test_a_reference_without_office_or_number_is_none():
    built = read(
        citation=[{"cited_office": "US", "cited_number": "-"}, {"cited_number": "1"}, {"cited_office": "US"}]
    )
    assert rows(built, "from uspto.stg_citation") == []


def test_priority_numbers_lose_their_punctuation():
    built = read(
        priority=[
            {"priority_number": "10-2003/0012345 a", "priority_office": "KR"},
            {"priority_office": "KR"},
        ]
    )
    assert [r["priority_number"] for r in rows(built, "from uspto.stg_priority")] == ["1020030012345A"]


# --- The sample, read a second time by the standard library --------------------------------------


@pytest.mark.whole
def test_the_sample_is_as_the_standard_library_reads_it():
    trees = {}
    for path in sorted((ROOT / "samples" / "uspto").glob("*.xml.gz")):
        text = gzip.decompress(path.read_bytes()).decode()
        for part in re.split(r"(?=<\?xml )", text)[1:]:
            tree = ElementTree.fromstring(part.encode())
            if tree.tag == "us-patent-grant":
                reference = tree.find(".//publication-reference/document-id")
                letters, digits = re.fullmatch(r"([A-Z]*)0*(\d+)", reference.findtext("doc-number")).groups()
                trees[f"US-{letters}{digits}-{reference.findtext('kind')}"] = tree
    with duckdb.connect() as connection:
        numbers.define(connection)
        load(connection, SOURCES["uspto"], ROOT / "samples" / "uspto")
        for key in OURS:
            build.make(connection, TABLES[key], "memory")
        ours = by(connection, "uspto.stg_document", "publication_number")
        applicants = dict(
            connection.sql(
                "select publication_number, list_sort(list(name)) from uspto.stg_party "
                "where role = 'applicant' group by all"
            ).fetchall()
        )
    assert set(ours) == set(trees)
    assert len(ours) == 372
    for number, tree in trees.items():
        row = ours[number]
        claims = tree.findtext(".//number-of-claims")
        assert row["claim_count"] == (int(claims) if claims else None)
        assert str(row["publication_date"]).replace("-", "") == tree.findtext(
            ".//publication-reference//date"
        )
        npl = {" ".join("".join(n.itertext()).split()) for n in tree.iter("nplcit")}
        assert row["npl_citation_count"] == len(npl - {""})
        assignees = sorted(
            " ".join(a.findtext(".//orgname").split())
            for a in tree.iter("assignee")
            if a.find(".//orgname") is not None
        )
        assert set(assignees) <= set(applicants.get(number, []))
