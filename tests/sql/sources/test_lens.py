"""Lens exports made canonical: each rule on rows made for it, all of them on real exports."""

import csv
import io
import json
import re
from collections import Counter
from datetime import date

import duckdb
import pytest

from corepath.warehouse import numbers
from corepath.warehouse.build import builder as build
from corepath.warehouse.load.loader import load
from corepath.warehouse.settings import ROOT
from tests.worlds import SOURCES, TABLES, by, rows, world

OURS = [key for key in TABLES if key.startswith("lens.")]
RECORD, EXPORT = "raw.lens_record", "raw.lens_export"
RECEIVED = ROOT.parent / "shared" / "data" / "lens"


def lens(records=(), exports=()):
    """Give the canonical tables of JSON records and CSV rows."""
    written = {"jurisdiction": "US", "doc_number": "9000001", "kind": "B2"}
    printed = {"Publication Number": "US 9000001 B2"}
    return world(
        {
            RECORD: [written | {"date_published": "2010-06-01"} | r for r in records],
            EXPORT: [printed | {"Publication Date": "2010-06-01"} | e for e in exports],
        },
        *OURS,
    )


def document(built):
    [row] = rows(built, "from lens.stg_document")
    return row


def record(**fields):
    return document(lens(records=[fields]))


def export(**fields):
    """Give the document of a CSV row; Cited_Count stands for `Cited Count`."""
    return document(lens(exports=[{k.replace("_", " "): v for k, v in fields.items()}]))


def parties(built):
    found = rows(built, "from lens.stg_party order by role, position")
    return [tuple(row.values())[1:] for row in found]


# --- Publications --------------------------------------------------------------------------------


def test_google_json_and_csv_give_a_publication_the_same_number():
    cases = [
        ("US-2013101709-A1", "20130101709", "US 2013/0101709 A1", "2013-04-25"),
        ("US-3982033-A", "3982033", "US 3982033 A", "1976-09-21"),
        ("US-D533981-S1", "D533981", "US D533981 S1", "2006-12-26"),
        ("US-RE33508-E", "RE33508", "US RE33508 E", "1991-01-01"),
        ("EP-0419111-A1", "0419111", "EP 0419111 A1", "1991-03-27"),
        ("GB-0122448-D0", "0122448", "GB 0122448 D0", "2001-11-07"),
        ("JP-H0292232-A", "H0292232", "JP H0292232 A", "1990-04-03"),
        ("KR-20050063970-A", "20050063970", "KR 20050063970 A", "2005-06-29"),
        ("IT-LI20050005-A1", "LI20050005", "IT LI20050005 A1", "2006-09-01"),
        # PCT: two digits of the year until 2003, and five behind them until June 2002.
        ("WO-9206895-A1", "1992006895", "WO 1992/006895 A1", "1992-04-30"),
        ("WO-0059317-A2", "2000059317", "WO 2000/059317 A2", "2000-10-12"),
        ("WO-0244321-A2", "2002044321", "WO 2002/044321 A2", "2002-06-06"),
        ("WO-02056789-A1", "2002056789", "WO 2002/056789 A1", "2002-07-25"),
        ("WO-03022060-A1", "2003022060", "WO 2003/022060 A1", "2003-03-20"),
        ("WO-2004091352-A2", "2004091352", "WO 2004/091352 A2", "2004-10-28"),
        # Australia: two digits of the year behind the number until 2002.
        ("AU-8019191-A", "1991080191", "AU 1991/080191 A", "1992-02-13"),
        ("AU-5203300-A", "2000052033", "AU 2000/052033 A", "2000-10-16"),
        ("AU-2002304356-A1", "2002304356", "AU 2002/304356 A1", "2003-06-10"),
        ("AU-520191-B2", "520191", "AU 520191 B2", "1982-01-21"),
        ("AU-PM900794-D0", "PM900794", "AU PM900794 D0", "1994-11-17"),
    ]
    of_google = world(
        {
            "raw.google_patents_publication": [
                {
                    "publication_number": google,
                    "publication_date": int(published.replace("-", "")),
                    "_row": row,
                }
                for row, (google, _, _, published) in enumerate(cases)
            ]
        },
        "google_patents.publication",
    )
    numbers_of_google = of_google.sql(
        "select publication_number from google_patents.publication order by all"
    ).fetchall()
    of_json = lens(
        records=[
            {
                "jurisdiction": google.split("-")[0],
                "doc_number": number,
                "kind": google.split("-")[2],
                "date_published": published,
                "_row": row,
            }
            for row, (google, number, _, published) in enumerate(cases)
        ]
    )
    of_csv = lens(
        exports=[
            {"Publication Number": printed, "Publication Date": published}
            for _, _, printed, published in cases
        ]
    )
    query = "from lens.stg_document order by publication_number"
    documents = rows(of_json, query)
    assert len(documents) == len(cases)
    assert [(each["publication_number"],) for each in documents] == numbers_of_google
    assert documents == [each | {"forward_citation_count": None} for each in rows(of_csv, query)]


@pytest.mark.parametrize("printed", ["US9000001B2", "US 9000001", "?", "9000001 B2"])
def test_what_has_no_office_number_and_kind_is_left_out(printed):
    built = lens(exports=[{"Publication Number": printed}])
    assert rows(built, "from lens.stg_document") == []


def test_json_wins_over_csv_and_the_last_file_over_those_before():
    def titled(title):
        return {"biblio": {"invention_title": [{"text": title, "lang": "en"}]}}

    last = {"_file": "b.csv", "Title": "Last"}
    exports = [{"_file": "a.csv", "Title": "First"}, last, last]
    assert document(lens(exports=exports))["title"] == "Last"
    records = [
        {"_file": "a.jsonl", "_row": 7, **titled("Old")},
        {"_file": "a.jsonl", "_row": 8, **titled("New")},
    ]
    assert document(lens(records, exports))["title"] == "New"


def test_of_two_rows_in_one_csv_file_always_the_same_is_taken():
    rows_of_one = [{"Title": title} for title in ("A", "C", "B")]
    assert document(lens(exports=rows_of_one)) == document(lens(exports=rows_of_one[::-1]))


# --- Dates ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("published", "year", "filed", "expected"),
    [
        ("2013-04-25", "2013", "2012-10-22", (date(2013, 4, 25), date(2012, 10, 22))),
        ("25/04/13", "2013", "22/10/12", (date(2013, 4, 25), date(2012, 10, 22))),
        # Two digits are those of the last such year before the publication.
        ("21/02/40", "1940", "03/07/38", (date(1940, 2, 21), date(1938, 7, 3))),
        ("14/02/08", "2008", "20/12/99", (date(2008, 2, 14), date(1999, 12, 20))),
        # The year of the week: 1986-12-30 lies in the first week of 1987.
        ("30/12/87", "1986", "12/04/84", (date(1986, 12, 30), date(1984, 4, 12))),
        ("25/04/13", "2013", "", (date(2013, 4, 25), None)),
        ("31/02/13", "2013", "0", (None, None)),
        ("25/04/13", None, "22/10/12", (None, None)),
    ],
)
def test_dates_of_csv_are_iso_or_have_two_digits_for_the_year(published, year, filed, expected):
    row = export(Publication_Date=published, Publication_Year=year, Application_Date=filed)
    assert (row["publication_date"], row["filing_date"]) == expected


def test_the_filing_is_dated_by_its_own_priority_number():
    row = export(
        Publication_Date="16/03/99",
        Publication_Year="1999",
        Application_Number="US 215397 A",
        Application_Date="31/12/98",
        Priority_Numbers="US 215397 A 19971231;;US 73158696 A 19961016",
    )
    assert row["filing_date"] == date(1997, 12, 31)
    assert row["priority_date"] == date(1996, 10, 16)


# --- Filings -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "office", "number"),
    [
        ("US 201213657122 A", "US", "201213657122"),
        ("US 2007/0016552 W", "WO", "PCTUS2007016552"),
        ("US 0226824 W", "WO", "PCTUS0226824"),
        ("IB 2014002701 W", "WO", "PCTIB2014002701"),
        ("AU 1978/035267 D", "AU", "3526778"),
        ("AU 2003/204014 A", "AU", "2003204014"),
        ("IN 491BO1994 A", "IN", "491BO1994"),
        ("EP 05750385 A", "EP", "05750385"),
    ],
)
def test_a_filing_has_its_docdb_number(printed, office, number):
    row = export(Application_Number=printed)
    assert row["application_number"] == number
    # Priorities have a space instead of the stroke, and the date behind.
    built = lens(exports=[{"Priority Numbers": f"{printed.replace('/', ' ')} 20010102"}])
    found = rows(built, "from lens.stg_priority")
    assert [tuple(row.values())[1:] for row in found] == [(number, office, date(2001, 1, 2))]
    assert document(built)["first_filing_office"] == printed[:2]


def test_a_priority_without_a_date_is_one_and_what_has_no_number_is_none():
    built = lens(exports=[{"Priority Numbers": "CA 892506T A;; ;;US 1 A 19941301;;garbled"}])
    found = rows(built, "from lens.stg_priority order by priority_number")
    assert [tuple(row.values())[1:] for row in found] == [("1", "US", None), ("892506T", "CA", None)]
    assert document(built)["priority_date"] is None


def test_the_earliest_priority_of_json_makes_the_priority_date():
    def filing(office, number, day, kind="A"):
        return {"jurisdiction": office, "doc_number": number, "kind": kind, "date": day}

    biblio = {
        "application_reference": filing("US", "201514863446", "2015-09-23"),
        "priority_claims": {
            "claims": [filing("US", "201514863446", "2015-09-23"), filing("KR", "20150032600", "2015-03-09")],
            "earliest_claim": {"date": "2015-03-09"},
        },
    }
    row = record(biblio=biblio)
    assert row["application_number"] == "201514863446"
    assert (row["filing_date"], row["priority_date"]) == (date(2015, 9, 23), date(2015, 3, 9))
    assert row["first_filing_office"] == "KR"
    biblio["priority_claims"] = {"earliest_claim": {"date": "2015-03-08"}}
    row = record(biblio=biblio)
    assert (row["priority_date"], row["first_filing_office"]) == (date(2015, 3, 8), "US")
    assert record()["first_filing_office"] is None


# --- Texts and counts ----------------------------------------------------------------------------


def test_the_english_title_is_taken_else_the_first():
    texts = [{"text": "Titlu", "lang": "ro"}, {"text": "A  title ", "lang": "en"}]
    row = record(biblio={"invention_title": texts}, abstract=texts[:1])
    assert (row["title"], row["title_language"], row["abstract"]) == ("A title", "en", "Titlu")
    row = export(Title="Pizza  box", Abstract="A box.")
    assert (row["title"], row["title_language"], row["abstract"]) == ("Pizza box", None, "A box.")


@pytest.mark.parametrize(
    ("cited", "counts"),
    [
        ({"patent_count": 4, "npl_count": 2}, (4, 2)),
        ({"patent_count": 4}, (4, 0)),
        ({"npl_count": 2}, (0, 2)),
        ({"npl_count": None}, (None, None)),
        (None, (None, None)),
    ],
)
def test_a_count_that_json_leaves_out_is_zero_beside_another(cited, counts):
    row = record(biblio={"references_cited": cited})
    assert (row["patent_citation_count"], row["npl_citation_count"]) == counts


@pytest.mark.parametrize(
    ("fields", "counts"),
    [
        ({"Cites_Patent_Count": "4", "NPL_Citation_Count": "0"}, (4, 0)),
        # CSV writes 0 for what JSON leaves out: no reference is known.
        ({"Cites_Patent_Count": "0", "NPL_Citation_Count": "0"}, (None, None)),
        # Old exports have the list of other literature only.
        ({"NPL_Citations": "A paper;; A book"}, (None, 2)),
        ({"NPL_Citations": "None"}, (None, None)),
        ({}, (None, None)),
    ],
)
def test_no_reference_in_csv_is_none_known(fields, counts):
    row = export(**fields)
    assert (row["patent_citation_count"], row["npl_citation_count"]) == counts


def test_citing_documents_and_family_members_are_counted():
    row = export(Cited_by_Patent_Count="0", Simple_Family_Size="3")
    assert (row["forward_citation_count"], row["family_size"]) == (0, 3)
    family = {"simple_family": {"size": 7}}
    row = record(biblio={"cited_by": {"patent_count": None}}, families=family)
    assert (row["forward_citation_count"], row["family_size"]) == (0, 7)
    assert record(biblio={"cited_by": {"patent_count": 5}})["forward_citation_count"] == 5
    assert record(biblio={"cited_by": None})["forward_citation_count"] is None


@pytest.mark.parametrize(
    ("office", "claims", "count"),
    [("US", 20, 20), ("US", 1, 1), ("WO", 12, 12), ("WO", 1, None), ("US", 0, None)],
)
def test_claims_are_counted_where_each_stands_by_itself(office, claims, count):
    text = [{"claims": [{"claim_text": ["A thing."]}] * claims}]
    assert record(jurisdiction=office, claims=text)["claim_count"] == count


# --- Parties, classes and references -------------------------------------------------------------


def test_parties_of_json_have_a_country_and_those_of_csv_none():
    def people(*named):
        return [{"residence": c, "extracted_name": {"value": name}} for name, c in named]

    assert parties(
        lens(
            [
                {
                    "biblio": {
                        "parties": {
                            "applicants": people(("SAMSUNG", "KR"), ("HU CHAOHONG", None)),
                            "inventors": people(("HU CHAOHONG", "US")),
                        }
                    }
                }
            ]
        )
    ) == [
        ("applicant", 1, "SAMSUNG", "KR", None),
        ("applicant", 2, "HU CHAOHONG", None, "INDIVIDUAL"),
        ("inventor", 1, "HU CHAOHONG", "US", None),
    ]
    listed = {"Applicants": "PIZZA HUT INC;; DOE JANE", "Inventors": "DOE JANE;;ROE R;;"}
    inventors = [("inventor", 1, "DOE JANE", None, None), ("inventor", 2, "ROE R", None, None)]
    built = lens(exports=[listed])
    assert parties(built) == [
        ("applicant", 1, "PIZZA HUT INC", None, None),
        ("applicant", 2, "DOE JANE", None, "INDIVIDUAL"),
        *inventors,
    ]
    assert document(built)["inventor_count"] == 2


def test_who_is_not_named_is_not_counted():
    assert export()["inventor_count"] is None
    assert record()["inventor_count"] is None
    assert parties(lens(exports=[{}])) == []


def test_classes_keep_their_scheme_and_order():
    expected = [("IPC", "A21D13/00", 1), ("IPC", "A21C", 2), ("CPC", "A21C9/04", 1)]
    ordered = "from lens.stg_classification order by scheme desc, position"
    listed = {"IPCR Classifications": "A21D13/00;; A21C", "CPC Classifications": "A21C9/04"}
    found = rows(lens(exports=[listed]), ordered)
    assert [tuple(row.values())[1:] for row in found] == expected
    biblio = {
        "classifications_ipcr": {"classifications": [{"symbol": "A21D13/00"}, {"symbol": "A21C"}]},
        "classifications_cpc": {"classifications": [{"symbol": "A21C9/04"}]},
    }
    found = rows(lens([{"biblio": biblio}]), ordered)
    assert [tuple(row.values())[1:] for row in found] == expected


@pytest.mark.parametrize(
    ("office", "number", "kind", "publication"),
    [
        ("US", "2015168156", "A1", "US-20150168156-A1"),
        ("US", "20150168156", "A1", "US-20150168156-A1"),
        ("US", "RE037580", "E", "US-RE37580-E"),
        ("EP", "0419111", "A1", "EP-419111-A1"),
        ("WO", "0029484", "A1", "WO-0029484-A1"),
        ("KR", "20160110148", None, "KR-20160110148"),
        ("KR", "1020160110148", "A", "KR-20160110148-A"),
    ],
)
def test_a_cited_publication_has_its_canonical_number(office, number, kind, publication):
    cited = {"document_id": {"jurisdiction": office, "doc_number": number, "kind": kind}}
    biblio = {"references_cited": {"citations": [{"patcit": cited, "cited_phase": "SEA"}] * 2}}
    [row] = rows(lens([{"biblio": biblio}]), "from lens.stg_citation")
    assert tuple(row.values())[1:] == (publication, None, "examiner")


@pytest.mark.parametrize(
    ("phase", "origin"),
    [("ISR", "examiner"), ("PRS", "examiner"), ("APP", "applicant"), ("OPP", "unknown"), (None, "unknown")],
)
def test_who_cited_is_told_by_the_phase(phase, origin):
    citations = [{"nplcit": {"text": "A paper"}, "cited_phase": phase}, {"cited_phase": "SEA"}]
    biblio = {"references_cited": {"citations": citations}}
    [row] = rows(lens([{"biblio": biblio}]), "from lens.stg_citation")
    assert tuple(row.values())[1:] == (None, "A paper", origin)


# --- Files ---------------------------------------------------------------------------------------

OLD = "#,Kind,Publication Number,Publication Date,Publication Year,Applicants,Cited Count"
NEW = "Kind,Display Key,Publication Date,Publication Year,Applicants,Cited by Patent Count"


def loaded(folder, rejected=0):
    connection = duckdb.connect()
    numbers.define(connection)
    assert load(connection, SOURCES["lens"], folder).rejected == rejected
    for key in OURS:
        build.make(connection, TABLES[key], "memory")
    return connection


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_old_and_new_csv_are_read_in_any_encoding_and_with_any_line_end(tmp_path, encoding, end):
    old = [OLD, '1,A1,US 2013/0101709 A1,25/04/13,2013,"MÜLLER, H;;NESTLÉ SA",3', ""]
    (tmp_path / "old.csv").write_bytes(end.join(old).encode(encoding))
    new = [NEW.upper(), "B2,US 9000001 B2,2015-04-07,2015,NESTLÉ SA,0", ""]
    (tmp_path / "new.csv").write_bytes(end.join(new).encode(encoding))
    with loaded(tmp_path) as built:
        ours = by(built, "lens.stg_document", "publication_number")
        assert {k: (r["publication_date"], r["forward_citation_count"]) for k, r in ours.items()} == {
            "US-20130101709-A1": (date(2013, 4, 25), 3),
            "US-9000001-B2": (date(2015, 4, 7), 0),
        }
        names = [name for _, _, name, _, _ in parties(built)]
        assert sorted(names) == ["MÜLLER, H", "NESTLÉ SA", "NESTLÉ SA"]


# --- Real exports, read a second time in Python --------------------------------------------------


@pytest.fixture(scope="module")
def received():
    if not RECEIVED.exists():
        pytest.skip("the real exports are not here")
    with loaded(RECEIVED, rejected=1) as connection:
        yield connection


@pytest.fixture(scope="module")
def records(received):
    text = (RECEIVED / "lens_10_valid.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="module")
def exports(received):
    text = (RECEIVED / "pizza_lens_1000_raw.csv").read_bytes().decode("latin-1")
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.whole
def test_one_damaged_line_is_rejected_and_the_others_are_read(received):
    ((file, line),) = received.sql("select file, position from raw.rejects").fetchall()
    assert (file, line) == ("biopoly_broken1.jsonl", 4)
    found = received.sql("select _file, count(*) from raw.lens_record group by all").fetchall()
    assert dict(found) == {"biopoly_broken1.jsonl": 9, "lens_10_valid.jsonl": 10}


def test_every_json_record_is_as_python_reads_it(received, records):
    ours = by(received, "lens.stg_document", "publication_number")
    assert len(ours) == 1010
    for r in records:
        row = ours[f"{r['jurisdiction']}-{r['doc_number']}-{r['kind']}"]
        biblio = r["biblio"]
        filed = biblio["application_reference"]
        refs = biblio.get("references_cited", {})
        titles = {t["lang"]: t["text"] for t in biblio["invention_title"]}
        claims = sum(len(part["claims"]) for part in r.get("claims", []))
        number = ("PCTUS" if filed["kind"] == "W" else "") + filed["doc_number"]
        assert row == row | {
            "application_number": number,
            "filing_date": date.fromisoformat(filed["date"]),
            "priority_date": date.fromisoformat(biblio["priority_claims"]["earliest_claim"]["date"]),
            "publication_date": date.fromisoformat(r["date_published"]),
            "title": titles["en"],
            "claim_count": claims if r["jurisdiction"] == "US" else None,
            "inventor_count": len(biblio["parties"]["inventors"]),
            "patent_citation_count": refs.get("patent_count", 0) if refs else None,
            "npl_citation_count": refs.get("npl_count", 0) if refs else None,
            "forward_citation_count": biblio["cited_by"].get("patent_count", 0),
            "family_size": r["families"]["simple_family"]["size"],
        }
        mine = rows(
            received,
            "select role, name from lens.stg_party "
            f"where publication_number = '{row['publication_number']}' order by role, position",
        )
        assert [(p["role"], p["name"]) for p in mine] == [
            (role, person["extracted_name"]["value"])
            for role in ("applicant", "inventor")
            for person in biblio["parties"][f"{role}s"]
        ]
        ((cited,),) = received.sql(
            f"select count(*) from lens.stg_citation where citing_publication = '{row['publication_number']}'"
        ).fetchall()
        # One record counts a patent and leaves it empty.
        assert cited == sum(bool(c.get("patcit") or c.get("nplcit")) for c in refs.get("citations", []))


def printed_number(row):
    """Write a publication's number canonically, for all offices but those with the year in it."""
    office, number, kind = row["Publication Number"].split()
    number = number.replace("/", "")
    if office == "KR" and len(number) == 7:  # registered before 10 and 20 told what it is
        number = {"B1": "10", "Y1": "20"}[kind] + number
    # Others' zeros in front are of a year, as in GB 0122448 D0.
    return f"{office}-{number.lstrip('0') if office in ('EP', 'US') else number}-{kind}"


def test_every_csv_row_is_as_python_reads_it(received, exports):
    ours = by(received, "lens.stg_document", "publication_number")
    others = [r for r in exports if r["Jurisdiction"] not in ("WO", "AU")]
    assert len(exports) == 1000
    assert len(others) > 800
    for r in others:
        row = ours[printed_number(r)]
        day, month, _ = r["Publication Date"].split("/")
        # In this export every list of priorities is filled, and most have the application itself.
        own = re.findall(rf"(?:^|;;){re.escape(r['Application Number'])} (\d+)", r["Priority Numbers"])
        filed = own[0] if own else None
        dates = [p[-8:] for p in r["Priority Numbers"].split(";;") if p[-8:].isdigit()]
        assert row == row | {
            "publication_date": date(int(r["Publication Year"]), int(month), int(day)),
            "filing_date": date.fromisoformat(filed) if filed else row["filing_date"],
            "title": " ".join(r["Title"].split()),
            "inventor_count": len(r["Inventors"].split(";;")) if r["Inventors"] else None,
            "forward_citation_count": int(r["Cited Count"]),
            "family_size": int(r["Simple Family Size"]),
            "patent_citation_count": None,
        }
        if dates and row["filing_date"]:
            earliest = min(map(date.fromisoformat, dates))
            assert row["priority_date"] == min(earliest, row["filing_date"])
        if row["filing_date"] and not filed:
            assert row["filing_date"].strftime("%d/%m/%y") == r["Application Date"]


def test_every_list_of_the_csv_is_taken_whole(received, exports):
    def items(column):
        return Counter(item.strip() for r in exports for item in r[column].split(";;") if item.strip())

    def found(table, column, condition):
        query = f"select {column} from lens.{table} as t semi join lens.publication as p on "
        key = "citing_publication" if table == "stg_citation" else "publication_number"
        query += f"t.{key} = p.publication_number and not p.is_json where {condition}"
        return Counter(value for (value,) in received.sql(query).fetchall())

    assert found("stg_classification", "symbol", "scheme = 'IPC'") == items("IPCR Classifications")
    assert found("stg_classification", "symbol", "scheme = 'CPC'") == items("CPC Classifications")
    assert found("stg_party", "name", "role = 'inventor'") == items("Inventors")
    assert found("stg_party", "name", "role = 'applicant'") == items("Applicants")
    literature = items("Non-Patent Citations")
    assert found("stg_citation", "npl", "true").keys() == literature.keys() - {"None"}
    priorities = received.sql(
        "select count(*) from lens.stg_priority as t semi join lens.publication as p on "
        "t.publication_number = p.publication_number and not p.is_json"
    ).fetchall()
    assert priorities == [(items("Priority Numbers").total(),)]
