"""Google Patents made canonical: each rule on rows made for it, all of them on the sample."""

import gzip
import json
import shutil
from datetime import date

import duckdb
import pytest

from corepath.warehouse import numbers
from corepath.warehouse.build import builder as build
from corepath.warehouse.load.loader import load
from corepath.warehouse.settings import ROOT
from tests.worlds import SOURCES, TABLES, by, rows, world

OURS = [key for key in TABLES if key.startswith("google_patents.")]
DUMP = "raw.google_patents_publication"
SAMPLE = ROOT / "samples" / "google_patents" / "publications_sample_rows.jsonl.gz"


def read(*records):
    """Give the canonical tables of records, each a grant of 2010 unless it says otherwise."""
    full = [
        {"_row": i, "publication_number": f"US-{7_000_000 + i}-B2", "publication_date": 20100601} | record
        for i, record in enumerate(records, start=1)
    ]
    return world({DUMP: full}, *OURS)


def document(**fields):
    [row] = rows(read(fields), "from google_patents.stg_document")
    return row


def parties(**fields):
    found = rows(read(fields), "from google_patents.stg_party order by role, position")
    return [(row["role"], row["name"], row["country"], row["sector"]) for row in found]


def cites(**reference):
    empty = dict.fromkeys(["publication_number", "npl_text", "type", "category"], "")
    found = rows(read({"citation": [empty | reference]}), "from google_patents.stg_citation")
    return [tuple(row.values())[1:] for row in found]


def harmonised(*people):
    return [{"name": name, "country_code": country} for name, country in people]


# --- Publications --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("US-7650331-B1", "US-7650331-B1"),
        ("US-2013101709-A1", "US-20130101709-A1"),
        ("US-20130101709-A1", "US-20130101709-A1"),
        ("US-RE37580-E", "US-RE37580-E1"),
        ("US-PP03823-P", "US-PP3823-P"),
        ("US-D0656297-S", "US-D656297-S1"),
        ("US-4314796-A", "US-4314796-A"),
        ("DE-69611147-T2", "DE-69611147-T2"),
        ("EP-0123456-A1", "EP-123456-A1"),
        ("JP-H0476664-B2", "JP-H0476664-B2"),
        ("JP-2013101709-A", "JP-2013101709-A"),
        ("KR-1020110012345-A", "KR-20110012345-A"),
        ("KR-101234567-B1", "KR-101234567-B1"),
        ("WO-9823639-A2", "WO-9823639-A2"),
        ("WO-0029484-A1", "WO-0029484-A1"),
        ("CN-101481674-B", "CN-101481674-B"),
    ],
)
def test_a_publication_has_its_canonical_number(raw, number):
    row = document(publication_number=raw)
    assert row["publication_number"] == number
    assert (row["office"], row["kind"]) == (number.split("-")[0], number.split("-")[2])


@pytest.mark.parametrize("raw", ["US7650331B1", "US-7650331", "US--B1", "7650331"])
def test_what_has_no_office_number_and_kind_is_left_out(raw):
    assert rows(read({"publication_number": raw}), "from google_patents.stg_document") == []


def test_of_records_of_one_publication_the_last_is_taken():
    def titled(file, row, number, title):
        return {
            "_file": file,
            "_row": row,
            "publication_number": number,
            "title_localized": [{"text": title, "language": "en"}],
        }

    built = read(
        titled("a", 9, "US-2013101709-A1", "Old"),
        titled("b", 2, "US-20130101709-A1", "New"),
        titled("b", 1, "US-2013101709-A1", "Older"),
    )
    [row] = rows(built, "from google_patents.stg_document")
    assert row["title"] == "New"


# --- Documents -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "day"),
    [(20010621, date(2001, 6, 21)), (0, None), (None, None), (20130230, None), (19950000, None)],
)
def test_a_date_is_a_day_that_there_was_or_unknown(raw, day):
    row = document(publication_date=raw, filing_date=raw, priority_date=raw)
    assert (row["publication_date"], row["filing_date"], row["priority_date"]) == (day,) * 3


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("US-201113181579-A", "201113181579"),
        ("FR-9512326-A", "9512326"),
        ("EP-05750385-A", "05750385"),
        ("US-2017034582-W", "PCTUS2017034582"),
        ("IB-2014002701-W", "PCTIB2014002701"),
        ("", None),
        (None, None),
    ],
)
def test_an_application_has_its_docdb_number_and_a_pct_application_says_so(raw, number):
    assert document(application_number=raw)["application_number"] == number
    claim = {"priority_claim": [{"application_number": raw, "filing_date": 20090101}]}
    found = rows(read(claim), "from google_patents.stg_priority")
    assert [row["priority_number"] for row in found] == ([number] if number else [])


@pytest.mark.parametrize(
    ("raw", "family"), [("9483724", "9483724"), ("-1", None), ("0", None), ("", None), (None, None)]
)
def test_a_family_is_a_docdb_number_or_unknown(raw, family):
    assert document(family_id=raw)["family_id"] == family


def test_the_english_title_is_taken_else_the_first_that_is_not_empty():
    def texts(**by_language):
        return [{"text": t, "language": language} for language, t in by_language.items()]

    row = document(
        title_localized=texts(zh="标题", en=" A \n title "), abstract_localized=texts(en="", de="Ein")
    )
    assert (row["title"], row["title_language"], row["abstract"]) == ("A title", "en", "Ein")
    row = document(title_localized=texts(de="", fr="Titre", zh="标题"))
    assert (row["title"], row["title_language"]) == ("Titre", "fr")
    row = document(title_localized=[])
    assert (row["title"], row["title_language"], row["abstract"]) == (None, None, None)


def test_the_office_of_first_filing_is_that_of_the_earliest_priority():
    claims = [
        {"application_number": "US-9700408-W", "filing_date": 19970115},
        {"application_number": "JP-60864696-A", "filing_date": 19960229},
        {"application_number": "EP-1-A", "filing_date": 0},
    ]
    built = read({"priority_claim": claims, "priority_date": 19960229, "filing_date": 19970115})
    [row] = rows(built, "from google_patents.stg_document")
    assert (row["first_filing_office"], row["priority_date"]) == ("JP", date(1996, 2, 29))
    found = rows(built, "from google_patents.stg_priority order by priority_date nulls last")
    assert [tuple(row.values())[1:] for row in found] == [
        ("60864696", "JP", date(1996, 2, 29)),
        ("PCTUS9700408", "WO", date(1997, 1, 15)),
        ("1", "EP", None),
    ]


@pytest.mark.parametrize("column", [0, None, 20140101])
def test_the_earliest_priority_dates_a_document_whatever_the_column_says(column):
    claims = [{"application_number": "DE-102013123450-A", "filing_date": 20131105}]
    row = document(priority_claim=claims, priority_date=column, filing_date=20140101)
    assert row["priority_date"] == date(2013, 11, 5)


def test_without_a_priority_the_first_filing_is_the_application():
    fields = {"application_number": "US-2017034582-W", "filing_date": 20170525}
    row = document(priority_claim=[], priority_date=0, **fields)
    assert (row["first_filing_office"], row["priority_date"]) == ("US", date(2017, 5, 25))
    # An export without the column tells nothing.
    assert document(**fields)["first_filing_office"] is None


PATENT = {"publication_number": "US-1-A", "npl_text": "", "type": "", "category": ""}
PAPER = {"publication_number": "", "npl_text": "A paper", "type": "", "category": ""}


@pytest.mark.parametrize(
    ("fields", "counts"),
    [
        ({"citation": [PATENT, PATENT, PAPER]}, (1, 1)),
        ({"citation": [PATENT]}, (1, 0)),
        # A US grant prints every reference; elsewhere an empty list may be what nobody recorded.
        ({"citation": [], "grant_date": 20100601}, (0, 0)),
        ({"citation": [], "grant_date": 0}, (None, None)),
        ({"citation": [], "grant_date": 20120601}, (None, None)),
        ({"citation": [], "grant_date": 20100601, "publication_number": "DE-1-B4"}, (None, None)),
        ({"citation": [], "grant_date": 19470203, "publication_date": 19470203}, (None, None)),
        ({"citation": [], "grant_date": 19470204, "publication_date": 19470204}, (0, 0)),
        ({"citation": None, "grant_date": 20100601}, (None, None)),
    ],
)
def test_no_reference_is_zero_only_where_all_are_recorded(fields, counts):
    row = document(**fields)
    assert (row["patent_citation_count"], row["npl_citation_count"]) == counts


@pytest.mark.parametrize(
    ("fields", "count"),
    [
        ({"inventor_harmonized": harmonised(("A", "US"), ("B", "")), "inventor": ["A"]}, 2),
        ({"inventor_harmonized": [], "inventor": ["A", "B", "C"]}, 3),
        ({"inventor_harmonized": [], "inventor": []}, None),
        ({}, None),
    ],
)
def test_a_patent_without_named_inventors_has_an_unknown_number_of_them(fields, count):
    assert document(**fields)["inventor_count"] == count


# --- Classes -------------------------------------------------------------------------------------


def test_the_first_class_comes_first_and_the_others_keep_their_order():
    def codes(*given):
        return [{"code": c, "inventive": i, "first": f} for c, i, f in given]

    built = read(
        {
            "ipc": codes(("G06F17/16", False, False), ("G06N3/063", True, True)),
            "cpc": codes(("H04L9/00", None, None), ("", True, True), ("G06N3/08", True, True)),
        },
        {"ipc": []},
    )
    found = rows(built, "from google_patents.stg_classification order by scheme desc, position")
    assert [tuple(row.values())[1:] for row in found] == [
        ("IPC", "G06N3/063", 1, True),
        ("IPC", "G06F17/16", 2, False),
        ("CPC", "G06N3/08", 2, True),
        ("CPC", "H04L9/00", 3, None),
    ]


# --- Parties -------------------------------------------------------------------------------------


def test_harmonised_names_are_taken_and_printed_ones_where_there_are_none():
    assert parties(
        assignee=["Nestlé S.A.", "Other"],
        assignee_harmonized=harmonised(("NESTLE SA", "CH")),
        inventor=["DOE, JANE"],
        inventor_harmonized=[],
    ) == [("applicant", "NESTLE SA", "CH", None), ("inventor", "DOE, JANE", None, None)]
    assert parties(assignee=[" 四川大学 "], assignee_harmonized=[]) == [("applicant", "四川大学", None, None)]


def test_what_is_no_country_code_is_no_country():
    assert parties(assignee_harmonized=harmonised(("A", ""), ("B", "USA"), ("C", None))) == [
        ("applicant", "A", None, None),
        ("applicant", "B", None, None),
        ("applicant", "C", None, None),
    ]


def test_an_applicant_who_is_an_inventor_is_a_person():
    people = {
        "assignee_harmonized": harmonised(("HU CHAO", "US"), ("INTEL CORP", "US")),
        "inventor_harmonized": harmonised(("HU CHAO", "US")),
    }
    inventor = ("inventor", "HU CHAO", "US", None)
    assert parties(**people) == [
        ("applicant", "HU CHAO", "US", "INDIVIDUAL"),
        ("applicant", "INTEL CORP", "US", None),
        inventor,
    ]
    people["assignee_harmonized"] = harmonised(("HU CHAO", "US"))
    assert parties(**people) == [("applicant", "HU CHAO", "US", "INDIVIDUAL"), inventor]


# --- References ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "publication"),
    [
        ("US-2013101709-A1", "US-20130101709-A1"),
        ("US-RE037580-E", "US-RE37580-E"),
        ("EP-0419111-A1", "EP-419111-A1"),
        ("WO-0029484-A1", "WO-0029484-A1"),
        ("KR-1020110012345-A", "KR-20110012345-A"),
        ("JP-S52148651-A", "JP-S52148651-A"),
        ("US-7650331", "US-7650331"),
        ("US-7650331-", "US-7650331"),
    ],
)
def test_a_cited_publication_has_its_canonical_number(raw, publication):
    assert cites(publication_number=raw) == [(publication, None, "unknown", None)]


@pytest.mark.parametrize(
    ("category", "origin"),
    [
        ("SEA", "examiner"),
        ("PRS", "examiner"),
        ("ISR", "examiner"),
        ("EXA", "examiner"),
        ("APP", "applicant"),
        ("OPP", "unknown"),
        ("UNKNOWN", "unknown"),
        ("", "unknown"),
    ],
)
def test_who_cited_is_told_by_the_phase_and_the_relevance_is_kept(category, origin):
    assert cites(npl_text="A paper", type="X", category=category) == [(None, "A paper", origin, "X")]


def test_a_reference_without_publication_and_text_is_none():
    assert cites(category="SEA") == []


# --- The sample, as shipped and in other forms, read a second time in Python ---------------------


def loaded(path):
    connection = duckdb.connect()
    numbers.define(connection)
    result = load(connection, SOURCES["google_patents"], path)
    assert result.rejected == 0
    for key in OURS:
        build.make(connection, TABLES[key], "memory")
    return connection


def canonical(connection):
    return {
        key: sorted(map(repr, connection.sql(f"from {key}").fetchall())) for key in OURS if ".stg_" in key
    }


@pytest.fixture(scope="module")
def raw():
    with gzip.open(SAMPLE, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


@pytest.fixture(scope="module")
def sample():
    with loaded(SAMPLE) as connection:
        yield connection


def test_every_document_of_the_sample_is_as_python_reads_it(raw, sample):
    ours = by(sample, "google_patents.stg_document", "publication_number")
    assert len(ours) == len(raw) == 10

    def day(number):
        return date.fromisoformat(str(number)) if number else None

    for record in raw:
        number = record["publication_number"]
        titles = {t["language"]: t["text"] for t in record["title_localized"]}
        abstracts = {a["language"]: a["text"] for a in record["abstract_localized"]}
        language = "en" if "en" in titles else next(iter(titles), None)
        claims = sorted((c["filing_date"], c["application_number"][:2]) for c in record["priority_claim"])
        refs = record["citation"]
        patents = {c["publication_number"] for c in refs if c["publication_number"]}
        npl = {c["npl_text"] for c in refs if c["npl_text"]}
        assert ours[number] == {
            "publication_number": number,
            "office": record["country_code"],
            "kind": record["kind_code"],
            "application_number": record["application_number"].split("-")[1],
            "family_id": record["family_id"],
            "filing_date": day(record["filing_date"]),
            "priority_date": day(record["priority_date"]),
            "first_filing_office": claims[0][1],
            "publication_date": day(record["publication_date"]),
            "title": titles.get(language),
            "title_language": language,
            "abstract": abstracts.get("en") or next(iter(abstracts.values()), None),
            "inventor_count": len(record["inventor"]) or None,
            "patent_citation_count": len(patents) if refs else None,
            "npl_citation_count": len(npl) if refs else None,
        }


def test_every_row_of_the_sample_has_its_place(raw, sample):
    def count(table, condition="true"):
        [(found,)] = sample.sql(f"select count(*) from google_patents.{table} where {condition}").fetchall()
        return found

    assert count("stg_classification", "scheme = 'IPC'") == sum(len(r["ipc"]) for r in raw)
    assert count("stg_classification", "scheme = 'CPC'") == sum(len(r["cpc"]) for r in raw)
    assert count("stg_citation") == sum(len(r["citation"]) for r in raw)
    assert count("stg_priority") == sum(len(r["priority_claim"]) for r in raw)
    assert count("stg_party", "role = 'inventor'") == sum(len(r["inventor"]) for r in raw)
    assert count("stg_party", "role = 'applicant'") == sum(
        len(r["assignee_harmonized"] or r["assignee"]) for r in raw
    )
    first = rows(sample, "from google_patents.stg_classification where position = 1")
    marked = {
        (c["code"], scheme.upper()) for r in raw for scheme in ("ipc", "cpc") for c in r[scheme] if c["first"]
    }
    assert marked >= {(row["symbol"], row["scheme"]) for row in first if row["scheme"] == "CPC"}


def test_parquet_tells_what_json_tells(sample, tmp_path):
    sample.execute(
        "copy (select * exclude (_file, _row), 'not read' as art_unit from "
        f"raw.google_patents_publication) to '{tmp_path / 'publications.parquet'}'"
    )
    with loaded(tmp_path) as connection:
        assert canonical(connection) == canonical(sample)


def test_shards_with_nested_fields_as_json_text_and_numbers_as_text_are_the_same(raw, sample, tmp_path):
    for shard, part in enumerate([raw[:4], raw[4:7]]):
        lines = [
            {k: json.dumps(v) if isinstance(v, list) else str(v) for k, v in record.items()}
            for record in part
        ]
        text = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
        (tmp_path / f"shard-{shard:012}.json").write_text(text, encoding="utf-8")
    with gzip.open(tmp_path / "shard-000000000002.json.gz", "wt", encoding="utf-8") as file:
        file.write("\n".join(map(json.dumps, raw[7:])))
    with loaded(tmp_path) as connection:
        assert canonical(connection) == canonical(sample)


def test_the_sample_is_as_it_was_received(tmp_path):
    received = ROOT.parent / "shared" / "data" / "google_patents" / "publications_sample_rows.jsonl"
    if not received.exists():
        pytest.skip("the received file is not here")
    with gzip.open(SAMPLE) as ours, open(tmp_path / "plain", "wb") as plain:
        shutil.copyfileobj(ours, plain)
    assert (tmp_path / "plain").read_bytes() == received.read_bytes()
