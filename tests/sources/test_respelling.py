"""The same references, spelt as each source does, meet the same publications."""

import pytest

from corepath.warehouse.load.loader import load
from tests.sources.damaged import warehouse
from tests.worlds import SOURCES, rows, world

# The number and its kind, as in staging; as DOCDB, Google Patents and PATSTAT have it; as the Lens;
# as US grants print it; and the year of publication.
DOCUMENTS = [
    ("US-7650331-B1", "7650331", "7650331", "7,650,331", 2010),
    ("US-D656297-S1", "D656297", "D0656297", "D656,297", 2012),
    ("US-RE37580-E1", "RE37580", "RE037580", "RE 37,580", 2002),
    ("US-20130101709-A1", "2013101709", "2013/0101709", "2013/0101709", 2013),
    ("US-20070087469-A1", "2007087469", "2007/0087469", "2007/87469", 2007),
    ("EP-123457-A1", "0123457", "0123457", "0 123 457", 1984),
    ("WO-9849288-A1", "9849288", "1998/049288", "WO 98/49288", 1998),
    ("WO-0174150-A1", "0174150", "2001/074150", "WO 01/74150", 2001),
    ("WO-0237687-A3", "0237687", "2002/037687", "WO 02/037687", 2002),
    ("WO-2005035910-A1", "2005035910", "2005/035910", "WO 2005/35910", 2005),
    ("JP-H01142348-A", "H01142348", "H01142348", "1-142348", 1989),
    ("JP-H1142348-A", "H1142348", "H1142348", "11-42348", 1999),
    ("JP-S6423131-U", "S6423131", "S6423131", "64-23131", 1989),
    ("JP-S62123456-A", "S62123456", "S62123456", "62-123456", 1987),
    ("JP-S62123456-U", "S62123456", "S62123456", "62-123456", 1987),
    ("JP-2001023457-A", "2001023457", "2001023457", "2001-23457", 2001),
    ("JP-3123456-B2", "3123456", "3123456", "3,123,456", 2001),
    ("KR-20080012345-A", "20080012345", "20080012345", "10-2008-0012345", 2008),
    ("KR-20080012345-U", "20080012345", "20080012345", "20-2008-0012345", 2008),
    ("KR-940023948-A", "940023948", "940023948", "1994-0023948", 1994),
    ("KR-100812345-B1", "100812345", "100812345", "10-0812345", 2008),
    ("CN-1100001-A", "1100001", "1100001", "1 100 001", 1995),
    ("CN-1100001-C", "1100001", "1100001", "1 100 001", 2003),
    ("TW-I234567-B", "I234567", "I234567", "234567", 2005),
    ("DE-4123456-A1", "4123456", "4123456", "41 23 456", 1993),
    ("DE-102004012345-A1", "102004012345", "102004012345", "10 2004 012 345", 2005),
    ("GB-2345678-A", "2345678", "2345678", "2 345 678", 2000),
    ("AU-1852499-A", "1852499", "1999/018524", "A-18524/99", 1999),
    ("IN-2014DN09942-A", "2014DN09942", "2014/DN09942", "9942/DELNP/2014", 2015),
    ("SE-0201234-L", "0201234", "0201234", "0201234", 2003),
]
CITING = "US-9000001-B2"


def google_patents(cited, loaded=()):
    found = [f"{n[:2]}-{docdb}-{n.split('-')[2]}" for n, docdb, *_ in cited]
    documents = [
        {"publication_number": f"{n[:2]}-{docdb}-{n.split('-')[2]}", "publication_date": year * 10000 + 101}
        for n, docdb, _, _, year in loaded
    ]
    citing = {
        "publication_number": CITING,
        "publication_date": 20190101,
        "citation": [
            {"publication_number": n, "npl_text": None, "type": None, "category": None} for n in found
        ],
    }
    rows_ = documents + [citing] * bool(cited)
    return {"raw.google_patents_publication": [row | {"_row": i} for i, row in enumerate(rows_)]}


def lens(cited):
    citations = [
        {
            "patcit": {"document_id": {"jurisdiction": n[:2], "doc_number": spelt, "kind": n.split("-")[2]}},
            "nplcit": None,
            "cited_phase": "SEA",
        }
        for n, _, spelt, *_ in cited
    ]
    citing = {"jurisdiction": "US", "doc_number": "9000001", "kind": "B2", "date_published": "2019-01-01"}
    return {"raw.lens_record": [citing | {"biblio": {"references_cited": {"citations": citations}}}]}


def uspto(cited):
    citing = {"publication_number": CITING, "kind": "B2", "is_grant": True, "publication_date": "2019-01-01"}
    references = [
        {
            "publication_number": CITING,
            "position": place,
            "cited_office": n[:2],
            "cited_number": printed,
            "cited_kind": n.split("-")[2],
            "cited_year": year,
        }
        for place, (n, _, _, printed, year) in enumerate(cited)
    ]
    return {"raw.uspto_document": [citing], "raw.uspto_citation": references}


def patstat(cited):
    applications = [{"appln_id": i, "appln_auth": n[:2]} for i, (n, *_) in enumerate(cited)]
    publications = [
        {
            "pat_publn_id": i,
            "appln_id": i,
            "publn_auth": n[:2],
            "publn_nr": docdb,
            "publn_kind": n.split("-")[2],
            "publn_date": f"{year}-01-01",
        }
        for i, (n, docdb, _, _, year) in enumerate(cited)
    ]
    citing = {"pat_publn_id": 999, "appln_id": 999, "publn_auth": "US", "publn_nr": "9000001"}
    return {
        "raw.patstat_tls201_appln": [*applications, {"appln_id": 999, "appln_auth": "US"}],
        "raw.patstat_tls211_pat_publn": [
            *publications,
            citing | {"publn_kind": "B2", "publn_date": "2019-01-01"},
        ],
        "raw.patstat_tls212_citation": [
            {"pat_publn_id": 999, "citn_id": i, "cited_pat_publn_id": i} for i in range(len(cited))
        ],
    }


@pytest.mark.parametrize("source", [google_patents, lens, uspto, patstat])
def test_references_meet_the_same_publications_in_every_source_s_spelling(source):
    loaded = google_patents(DOCUMENTS if source is google_patents else (), loaded=DOCUMENTS)
    connection = world(source(DOCUMENTS) | loaded, "staging.stg_citation")
    found = rows(connection, "from staging.stg_citation")
    assert {row["cited_publication"] for row in found} == {number for number, *_ in DOCUMENTS}
    assert all(row["is_loaded"] for row in found)
    assert {row["cited_class"] for row in found} >= {"invention", "utility model", "design", "reissue"}


def test_patentsview_s_references_without_a_kind_mean_the_inventions():
    foreign = [d for d in DOCUMENTS if d[0][:2] != "US"]
    raw = google_patents((), loaded=DOCUMENTS) | {
        "raw.patentsview_patent": [{"patent_id": "9000001", "wipo_kind": "B2", "patent_date": "2019-01-01"}],
        "raw.patentsview_foreign_citation": [
            {
                "patent_id": "9000001",
                "citation_application_id": printed,
                "citation_country": n[:2],
                "citation_date": f"{year}-05-00",
            }
            for n, _, _, printed, year in foreign
        ],
    }
    found = rows(world(raw, "staging.stg_citation"), "from staging.stg_citation")
    # The utility models and the Chinese grant have numbers of inventions, and 20- tells Korea's.
    inventions = {n for n, *_ in foreign} - {"JP-S62123456-U", "JP-S6423131-U", "CN-1100001-C"}
    assert {row["cited_publication"] for row in found if row["is_loaded"]} == inventions - {"TW-I234567-B"}
    assert {row["cited_publication"]: row["cited_class"] for row in found}["JP-S6423131"] == "unknown"


# --- The publications themselves -----------------------------------------------------------------


def of_google_patents(documents):
    return google_patents((), loaded=documents)


def of_lens(documents):
    return {
        "raw.lens_record": [
            {
                "jurisdiction": number[:2],
                "doc_number": spelt,
                "kind": number.split("-")[2],
                "date_published": f"{year}-01-01",
                "_row": row,
            }
            for row, (number, _, spelt, _, year) in enumerate(documents)
        ]
    }


def of_patstat(documents):
    found = patstat(documents)
    del found["raw.patstat_tls212_citation"]
    return {table: rows_[:-1] for table, rows_ in found.items()}


def of_ppubs(documents):
    """The search pads numbers, and gives the kinds of designs and reissues without their digit."""
    return {
        "raw.ppubs_publication": [
            {
                "guid": f"US-{spelt.replace('/', '')}-{kind[0] if kind in ('S1', 'E1') else kind}",
                "datePublished": f"{year}-01-02T00:00:00Z",
                "_row": row,
            }
            for row, (number, _, spelt, _, year) in enumerate(documents)
            for kind in [number.split("-")[2]]
        ]
    }


def of_docdb(documents, folder):
    """The exchange file, read by its parser."""
    records = "".join(
        f'<exch:exchange-document country="{number[:2]}" doc-number="{docdb}" kind="{number.split("-")[2]}" '
        f'date-publ="{year}0102"><exch:bibliographic-data/></exch:exchange-document>'
        for number, docdb, _, _, year in documents
    )
    (folder / "d.xml").write_text(
        '<?xml version="1.0" encoding="UTF-8"?><exch:exchange-documents '
        f'xmlns:exch="http://www.epo.org/exchange">{records}</exch:exchange-documents>'
    )
    with warehouse() as connection:
        load(connection, SOURCES["docdb"], folder / "d.xml")
        return {"raw.docdb_document": rows(connection, "from raw.docdb_document")}


@pytest.mark.parametrize("source", [of_google_patents, of_lens, of_patstat, of_ppubs, of_docdb])
def test_publications_are_the_same_in_every_source_s_spelling(source, tmp_path):
    documents = [d for d in DOCUMENTS if source is not of_ppubs or d[0].startswith("US")]
    given = source(documents, tmp_path) if source is of_docdb else source(documents)
    found = rows(world(given, "staging.stg_document"), "from staging.stg_document")
    assert {(row["publication_number"], row["office"], row["kind"]) for row in found} == {
        (number, number[:2], number.split("-")[2]) for number, *_ in documents
    }


def test_publications_of_all_sources_are_one_each(tmp_path):
    spellings = [of_google_patents(DOCUMENTS), of_lens(DOCUMENTS), of_patstat(DOCUMENTS)]
    spellings += [of_docdb(DOCUMENTS, tmp_path), of_ppubs([d for d in DOCUMENTS if d[0].startswith("US")])]
    given = {table: found for spelling in spellings for table, found in spelling.items()}
    connection = world(given, "staging.stg_document")
    counted = dict(
        connection.sql("select publication_number, source_count from staging.stg_document").fetchall()
    )
    assert counted == {number: 4 + number.startswith("US") for number, *_ in DOCUMENTS}
