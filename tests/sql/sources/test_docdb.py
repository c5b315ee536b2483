"""DOCDB's records made canonical; the parser before has tests of its own."""

import zipfile
from datetime import date

import duckdb
import pytest

from corepath.warehouse.build import builder as build
from corepath.warehouse.load.loader import load
from corepath.warehouse.settings import ROOT
from tests.worlds import SOURCES, TABLES, by, rows, world

OURS = [key for key in TABLES if key.startswith("docdb.")]
NUMBER = "EP-123456-A1"
SHARED = ROOT.parent / "shared" / "data" / "docdb_xml"


def read(documents=({},), **tables):
    """Give the canonical tables of records and of what hangs on them, by place in the file."""
    records = [
        {
            "publication_number": NUMBER,
            "office": "EP",
            "kind": "A1",
            "record": i,
            "_row": i,
            "exchange_date": "2024-01-11",
            "publication_date": "2010-06-02",
            "filing_date": "2009-03-01",
            "application_office": "EP",
            "has_references": True,
        }
        | record
        for i, record in enumerate(documents, start=1)
    ]
    given = {"raw.docdb_document": records}
    for name, found in tables.items():
        given[f"raw.docdb_{name}"] = [
            {"publication_number": NUMBER, "record": 1, "position": i} | row
            for i, row in enumerate(found, start=1)
        ]
    return world(given, *OURS)


def document(record=None, **tables):
    return by(read([record or {}], **tables), "docdb.stg_document", "publication_number")[NUMBER]


# --- The state after all exchanges ---------------------------------------------------------------


def titles(*records):
    return [row["title"] for row in rows(read(records), "from docdb.stg_document order by title")]


OLD = {"title": "Old", "status": "C", "exchange_date": "2024-01-04"}
NEW = {"title": "New", "status": "A", "exchange_date": "2024-01-11"}
DELETED = {"status": "D", "exchange_date": "2024-01-18", "publication_date": None}


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([NEW, OLD], ["New"]),
        ([OLD, DELETED], []),
        ([DELETED, OLD], []),
        ([DELETED], []),
        ([OLD, DELETED, NEW | {"exchange_date": "2024-01-25"}], ["New"]),
        ([OLD, DELETED, {"publication_number": "EP-7-A1", "title": "Other"}], ["Other"]),
    ],
)
def test_the_last_exchange_of_a_publication_counts(records, expected):
    assert titles(*records) == expected


@pytest.mark.parametrize("order", [1, -1])
def test_a_key_that_is_deleted_and_created_in_one_exchange_is_there(order):
    created = {"title": "New", "status": "C", "exchange_date": "2024-01-18"}
    assert titles(*[DELETED, created][::order]) == ["New"]


def test_a_withdrawn_publication_is_none_until_it_is_created():
    withdrawn = {"status": "CV", "exchange_date": "2024-01-18"}
    taken_back = {"status": "DV", "exchange_date": "2024-01-25"}
    assert titles(OLD, withdrawn) == []
    assert titles(OLD, withdrawn, taken_back) == []
    assert titles(withdrawn, taken_back, NEW | {"exchange_date": "2024-01-25"}) == ["New"]


def test_what_hangs_on_older_records_goes_with_them():
    built = read(
        [{"title": "Old", "_file": "1.xml"}, {"title": "New", "_file": "2.xml"}],
        party=[
            {"_file": "1.xml", "role": "applicant", "name": "Old"},
            {"_file": "2.xml", "role": "applicant", "name": "New", "record": 2},
        ],
        classification=[
            {"_file": "1.xml", "scheme": "IPC", "symbol": "A01B1/00"},
            {"_file": "2.xml", "scheme": "IPC", "symbol": "G06N3/02", "record": 2},
        ],
        citation=[{"_file": "1.xml", "npl": "Old"}, {"_file": "2.xml", "npl": "New", "record": 2}],
        priority=[
            {"_file": "1.xml", "priority_number": "1"},
            {"_file": "2.xml", "priority_number": "2", "record": 2},
        ],
    )
    assert [r["title"] for r in rows(built, "from docdb.stg_document")] == ["New"]
    assert [r["name"] for r in rows(built, "from docdb.stg_party")] == ["New"]
    assert [r["symbol"] for r in rows(built, "from docdb.stg_classification")] == ["G06N3/02"]
    assert [r["npl"] for r in rows(built, "from docdb.stg_citation")] == ["New"]
    assert [r["priority_number"] for r in rows(built, "from docdb.stg_priority")] == ["2"]


def test_two_records_in_one_file_do_not_mix():
    built = read(
        [OLD, NEW], party=[{"role": "inventor", "name": "A"}, {"role": "inventor", "name": "B", "record": 2}]
    )
    assert [r["name"] for r in rows(built, "from docdb.stg_party")] == ["B"]
    assert [r["inventor_count"] for r in rows(built, "from docdb.stg_document")] == [1]


# --- Documents -----------------------------------------------------------------------------------


def test_what_a_record_does_not_list_is_unknown():
    row = document({"has_references": False})
    counts = ("inventor_count", "patent_citation_count", "npl_citation_count")
    assert [row[c] for c in counts] == [None, None, None]


def test_an_empty_list_of_references_is_none():
    row = document({"has_references": True})
    assert [row["patent_citation_count"], row["npl_citation_count"]] == [0, 0]


def test_what_a_record_lists_is_counted_once():
    row = document(
        party=[
            {"role": "inventor", "name": "A"},
            {"role": "inventor", "name": "B"},
            {"role": "applicant", "name": "C"},
        ],
        citation=[
            {"cited_publication": "US-1-A", "cited_phase": "SEA"},
            {"cited_publication": "US-1-A", "cited_phase": "APP"},
            {"cited_publication": "US-2-A", "npl": "of the same"},
            {"npl": "A book"},
            {},
        ],
    )
    counts = ("inventor_count", "patent_citation_count", "npl_citation_count")
    assert [row[c] for c in counts] == [2, 2, 1]


@pytest.mark.parametrize(
    ("record", "claims", "priority", "office"),
    [
        ({}, [("JP", "2008-05-01"), ("KR", "2008-04-01")], date(2008, 4, 1), "KR"),
        ({}, [("EP", "2009-03-01")], date(2009, 3, 1), "EP"),
        ({}, [("JP", None)], date(2009, 3, 1), "EP"),
        ({"application_office": "IB"}, [], date(2009, 3, 1), "WO"),
        ({"application_office": None}, [], date(2009, 3, 1), "EP"),
        ({"filing_date": None}, [("JP", "2008-05-01")], date(2008, 5, 1), "JP"),
        ({"filing_date": None, "publication_date": None}, [], None, "EP"),
    ],
)
def test_the_first_filing_is_the_earliest_claim_before_the_filing_itself(record, claims, priority, office):
    row = document(
        record,
        priority=[
            {"priority_number": str(i), "priority_office": o, "priority_date": d}
            for i, (o, d) in enumerate(claims)
        ],
    )
    assert (row["priority_date"], row["first_filing_office"]) == (priority, office)


# --- What hangs on documents ---------------------------------------------------------------------


def test_the_first_symbol_leads_in_each_scheme():
    built = read(
        classification=[
            {"scheme": "IPC", "symbol": "A61K8/04", "is_first": False},
            {"scheme": "IPC", "symbol": "A61K9/00", "is_first": True},
            {"scheme": "CPC", "symbol": "A61K9/10", "is_first": None},
            {"scheme": "CPC", "symbol": "A61K8/06", "is_first": None},
        ]
    )
    found = rows(built, "from docdb.stg_classification order by scheme, position")
    assert [(r["scheme"], r["position"], r["symbol"]) for r in found] == [
        ("CPC", 1, "A61K9/10"),
        ("CPC", 2, "A61K8/06"),
        ("IPC", 1, "A61K9/00"),
        ("IPC", 2, "A61K8/04"),
    ]


def test_parties_are_numbered_by_role():
    built = read(
        party=[
            {"role": "applicant", "name": "A"},
            {"role": "inventor", "name": "B"},
            {"role": "inventor"},
            {"role": "inventor", "country": "KR"},
        ]
    )
    found = rows(built, "from docdb.stg_party order by role, position")
    assert [(r["role"], r["position"], r["name"], r["country"]) for r in found] == [
        ("applicant", 1, "A", None),
        ("inventor", 1, "B", None),
        ("inventor", 2, None, "KR"),
    ]


@pytest.mark.parametrize(
    ("phase", "by_whom", "origin"),
    [
        ("SEA", None, "examiner"),
        ("ISR", None, "examiner"),
        ("EXA", None, "examiner"),
        ("APP", None, "applicant"),
        ("APL", None, "applicant"),
        ("OPP", None, "unknown"),
        ("TPO", None, "unknown"),
        (None, None, "unknown"),
        ("undefined", "applicant", "applicant"),
        ("APP", "examiner", "examiner"),
        ("SEA", "third party", "examiner"),
    ],
)
def test_the_phase_tells_who_cites(phase, by_whom, origin):
    built = read(citation=[{"npl": "A book", "cited_phase": phase, "cited_by": by_whom, "category": "XY"}])
    [row] = rows(built, "from docdb.stg_citation")
    assert (row["npl"], row["origin"], row["category"]) == ("A book", origin, "XY")


def test_claims_that_are_not_active_are_dates_but_no_links():
    claims = [
        {"priority_number": "2008/1 a", "priority_office": "JP", "is_active": True},
        {"priority_number": "7", "priority_office": "JP"},
        {"priority_number": "9", "priority_office": "US", "is_active": False, "priority_date": "2007-01-01"},
    ]
    built = read(priority=claims)
    found = rows(built, "from docdb.stg_priority order by priority_number")
    assert [r["priority_number"] for r in found] == ["20081A", "7"]
    assert document(priority=claims)["first_filing_office"] == "US"


# --- From files ----------------------------------------------------------------------------------


def built_from(path):
    connection = duckdb.connect()
    loaded = load(connection, SOURCES["docdb"], path)
    for key in OURS:
        build.make(connection, TABLES[key], "memory")
    return loaded, connection


def exchange(day, *records):
    documents = "".join(
        f'<exch:exchange-document country="AT" doc-number="{number}" kind="B" status="{status}">'
        + (
            ""
            if status == "D"
            else f"<exch:bibliographic-data><exch:invention-title>{day}"
            "</exch:invention-title></exch:bibliographic-data>"
        )
        + "</exch:exchange-document>"
        for number, status in records
    )
    return (
        '<?xml version="1.0"?><exch:exchange-documents xmlns:exch="http://www.epo.org/exchange" '
        f'date-of-exchange="{day}">{documents}</exch:exchange-documents>'
    )


def delivery(path, inner):
    """Pack files as the EPO does: an index, schemas, and a zip for each file."""
    with zipfile.ZipFile(path, "w") as outer:
        outer.writestr("Root/index.xml", "<?xml version='1.0'?><docdb-package-index/>")
        outer.writestr("Root/DTDS/docdb-entities.dtd", "<!ENTITY alpha '&#945;'>")
        for name, content in inner.items():
            member = path.with_suffix(".inner")
            with zipfile.ZipFile(member, "w") as zipped:
                zipped.writestr(f"{name}.xml", content)
            outer.write(member, f"Root/DOC/{name}.zip")
            member.unlink()


def test_a_back_file_and_the_weeks_after_it(tmp_path):
    delivery(
        tmp_path / "docdb_xml_bck_202402.zip",
        {
            "DOCDB-202402-AT-0001": exchange("20240111", ("1", "C"), ("2", "C"), ("3", "C")),
            "DOCDB-202402-AT-0002": exchange("20240111", ("4", "C")),
        },
    )
    delivery(
        tmp_path / "docdb_xml_202403_Amend.zip",
        {"DOCDB-202403-Amend-AT-0001": exchange("20240118", ("2", "A"))},
    )
    delivery(
        tmp_path / "docdb_xml_202403_CreateDelete.zip",
        {
            "DOCDB-202403-CreateDelete-AT-0001": exchange(
                "20240118", ("3", "D"), ("5", "C"), ("4", "C"), ("4", "D")
            )
        },
    )
    loaded, connection = built_from(tmp_path)
    with connection:
        assert (loaded.files, loaded.rows, loaded.rejected) == (3, 9, 0)
        state = connection.sql(
            "select publication_number, title from docdb.stg_document order by all"
        ).fetchall()
    assert state == [
        ("AT-1-B", "20240111"),
        ("AT-2-B", "20240118"),
        ("AT-4-B", "20240118"),
        ("AT-5-B", "20240118"),
    ]


@pytest.mark.skipif(not SHARED.exists(), reason="not shipped")
def test_the_epos_files():
    loaded, connection = built_from(SHARED)
    with connection:
        assert (loaded.rows, loaded.rejected) == (11, 0)
        documents = by(connection, "docdb.stg_document", "publication_number")
        world_ = documents["WO-2022259205-A1"]
        first = connection.sql(
            "select publication_number, symbol from docdb.stg_classification "
            "where scheme = 'IPC' and position = 1 and publication_number like 'WO%'"
        ).fetchall()
        origins = dict(
            connection.sql(
                "select origin, count(*) from docdb.stg_citation "
                "where citing_publication like 'WO%' group by all"
            ).fetchall()
        )
    assert len(documents) == 11
    assert world_["priority_date"] == date(2021, 6, 11)
    assert world_["first_filing_office"] == "PT"
    assert (world_["patent_citation_count"], world_["npl_citation_count"]) == (4, 19)
    assert world_["inventor_count"] == 8
    assert first == [("WO-2022259205-A1", "A61K9/00")]
    assert origins == {"examiner": 12, "applicant": 11}
