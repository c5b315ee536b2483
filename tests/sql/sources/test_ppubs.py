"""Patent Public Search made canonical: each rule on rows made for it, all of them on the sample."""

import gzip
import html
import json
import re
from collections import defaultdict
from datetime import date

import duckdb
import pytest

from corepath.warehouse import numbers
from corepath.warehouse.build import builder as build
from corepath.warehouse.load.loader import load
from corepath.warehouse.settings import ROOT
from tests.worlds import SOURCES, TABLES, by, rows, world

OURS = [key for key in TABLES if key.startswith("ppubs.")]
DUMP = "raw.ppubs_publication"


def read(*records):
    """Give the canonical tables of records, each a grant of 2010 unless it says otherwise."""
    full = [
        {"_row": i, "guid": f"US-{7_000_000 + i}-B2", "datePublished": "2010-06-01T00:00:00Z"} | r
        for i, r in enumerate(records, start=1)
    ]
    return world({DUMP: full}, *OURS)


def document(**fields):
    [row] = rows(read(fields), "from ppubs.stg_document")
    return row


def parties(**fields):
    found = rows(read(fields), "from ppubs.stg_party order by role, position, name")
    return [(row["role"], row["position"], row["name"], row["country"]) for row in found]


def cited(*references):
    found = rows(read({"urpn": list(references)}), "from ppubs.stg_citation")
    return {row["cited_publication"] for row in found}


# --- Publications --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("guid", "published", "number"),
    [
        ("US-3857398-A", "1974-12-31", "US-3857398-A"),
        ("US-10226670-B2", "2019-03-12", "US-10226670-B2"),
        ("US-20170270411-A1", "2017-09-21", "US-20170270411-A1"),
        ("US-RE28436-E", "1975-06-03", "US-RE28436-E"),
        ("US-RE028436-E", "1975-06-03", "US-RE28436-E"),
        ("US-RE42920-E", "2011-11-15", "US-RE42920-E1"),
        ("US-PP03823-P", "1975-12-23", "US-PP3823-P"),
        ("US-PP12345-P2", "2002-01-01", "US-PP12345-P2"),
        ("US-H001492-H", "1995-10-03", "US-H1492-H"),
        ("US-H2277-H", "2013-01-01", "US-H2277-H1"),
        ("US-T942010-I4", "1976-01-06", "US-T942010-I4"),
        ("US-D238214-S", "1975-12-23", "US-D238214-S"),
        ("US-D435853-S", "2000-12-26", "US-D435853-S"),
        ("US-D435854-S", "2001-01-02", "US-D435854-S1"),
        ("US-D0656352-S", "2012-03-27", "US-D656352-S1"),
    ],
)
def test_a_publication_has_its_canonical_number(guid, published, number):
    row = document(guid=guid, datePublished=f"{published}T00:00:00Z")
    assert row["publication_number"] == number
    assert row["kind"] == number.split("-")[2]
    assert row["publication_date"] == date.fromisoformat(published)


def test_of_records_of_one_publication_the_last_is_taken():
    built = read(
        {"_file": "a", "_row": 9, "guid": "US-D0656352-S", "inventionTitle": "Old"},
        {"_file": "b", "_row": 2, "guid": "US-D656352-S", "inventionTitle": "New"},
        {"_file": "b", "_row": 1, "guid": "US-D656352-S", "inventionTitle": "Older"},
    )
    assert by(built, "ppubs.stg_document", "publication_number")["US-D656352-S1"]["title"] == "New"


# --- Documents -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        ("Plain title", "Plain title"),
        ('<span term="chip" class="highlight18">Chip</span> and card', "Chip and card"),
        ("H<sub>2</sub>O for <i>in  vitro</i>\n use ", "H2O for in vitro use"),
        ("R&amp;D &lt;1 &gt; 2 &quot;x&quot; it&#39;s&nbsp;so", 'R&D <1 > 2 "x" it\'s so'),
        ("&amp;lt; stays an entity once", "&lt; stays an entity once"),
        ("a < b and c > d", "a < b and c > d"),
        ("x<5 and y", "x<5 and y"),
        (None, None),
    ],
)
def test_titles_lose_highlights_and_entities(raw, title):
    assert document(inventionTitle=raw)["title"] == title


@pytest.mark.parametrize(
    ("raw", "family"),
    [
        ("22769394", "22769394"),
        ("7", "7"),
        ("123456789012", "123456789012"),
        ("1234567890123", None),
        ("", None),
        (None, None),
        ("12a", None),
    ],
)
def test_placeholders_of_13_digits_are_no_families(raw, family):
    assert document(familyIdentifierCur=raw)["family_id"] == family


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("17/491963", "17491963"),
        ("08/123,456", "08123456"),
        ("D/197159", "29197159"),
        ("", None),
        (None, None),
    ],
)
def test_application_numbers_are_the_digits_that_other_sources_print(raw, number):
    assert document(applicationNumber=raw)["application_number"] == number


def test_the_priority_is_the_earliest_of_filing_relation_and_claim():
    row = document(
        applicationFilingDate=["2008-05-06T00:00:00Z", "2008-05-05T00:00:00Z"],
        relatedApplFilingDate=["2005-01-03T00:00:00Z", "2006-01-03T00:00:00Z"],
        priorityClaimsDate=["2004-02-02T00:00:00Z"],
    )
    assert row["filing_date"] == date(2008, 5, 5)
    assert row["priority_date"] == date(2004, 2, 2)
    # The claim is another office's, which the search does not name.
    assert row["first_filing_office"] is None


def test_without_a_claim_the_first_filing_was_at_home():
    row = document(relatedApplFilingDate=["2005-01-03T00:00:00Z"], applicationFilingDate=["x"])
    assert (row["filing_date"], row["priority_date"]) == (None, date(2005, 1, 3))
    assert row["first_filing_office"] == "US"
    assert document()["priority_date"] == date(2010, 6, 1)


@pytest.mark.parametrize(
    ("fields", "count"),
    [
        ({"inventorsShort": "Doe; Jane"}, 1),
        ({"inventorsShort": "Doe; Jane et al."}, None),
        ({"inventorsShort": "Doe; Jane et al.", "inventorCountry": ["US", "JP", "US"]}, 3),
        ({}, None),
    ],
)
def test_inventors_are_counted_only_where_all_are_told(fields, count):
    assert document(**fields)["inventor_count"] == count


def test_counts_are_unknown_where_the_search_does_not_tell_them():
    row = document(numberOfClaims="20", urpn=["6103599", "6103600"], languageIndicator="EN")
    assert (row["claim_count"], row["patent_citation_count"], row["title_language"]) == (20, 2, "en")
    row = document()
    assert (row["claim_count"], row["patent_citation_count"]) == (None, None)
    assert document(numberOfClaims="about 20")["claim_count"] is None


# --- References ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reference", "publication"),
    [
        ("6103599", "US-6103599-A"),
        ("6167568", "US-6167568-A"),  # the last before 2001-01-02
        ("6167569", "US-6167569"),
        ("10226670", "US-10226670"),
        ("0123456", "US-123456-A"),
        ("20170270411", "US-20170270411"),
        ("2002/0127820", "US-20020127820"),
        ("D238214", "US-D238214"),
        ("D0238214", "US-D238214"),
        ("RE37580", "US-RE37580"),
        ("Re31419", "US-RE31419"),
        ("RE037580", "US-RE37580"),
        ("H01287", "US-H1287"),
        ("H1287", "US-H1287"),
        ("PP003823", "US-PP3823"),
        ("X840863", "US-X840863"),
        ("T942010", "US-T942010"),
        ("6,103,599", "US-6103599-A"),
    ],
)
def test_a_reference_in_any_spelling_is_a_publication(reference, publication):
    assert cited(reference) == {publication}


@pytest.mark.parametrize("reference", ["", "000", "Unknown", "WO 99/12345", "D", None])
def test_what_is_no_number_is_no_reference(reference):
    assert cited(reference) == set()


def test_a_reference_listed_twice_is_one():
    assert cited("6103599", "6,103,599", "D238214", "D0238214") == {"US-6103599-A", "US-D238214"}


# --- Classes -------------------------------------------------------------------------------------


def test_classes_keep_their_scheme_order_and_inventiveness():
    built = read(
        {
            "ipcCodeFlattened": "G06N3/063;G06F17/16",
            "cpcInventiveFlattened": "G06N3/065;",
            "cpcAdditionalFlattened": "G06F2207/4824; Y02D10/00",
        },
        {"cpcAdditionalFlattened": "H04L9/00"},
        {"ipcCodeFlattened": ""},
    )
    assert [
        tuple(row.values())[1:]
        for row in rows(
            built, "from ppubs.stg_classification order by publication_number, scheme desc, position"
        )
    ] == [
        ("IPC", "G06N3/063", 1, None),
        ("IPC", "G06F17/16", 2, None),
        ("CPC", "G06N3/065", 1, True),
        ("CPC", "G06F2207/4824", 3, False),
        ("CPC", "Y02D10/00", 4, False),
        ("CPC", "H04L9/00", 1, False),
    ]


# --- Parties -------------------------------------------------------------------------------------


def test_the_assignee_wins_over_the_applicant():
    assert parties(
        assigneeName=["Toyota", "Denso"],
        assigneeCountry=["JP", "N/A"],
        applicantName=["Aisin"],
        applicantCountry=["JP"],
    ) == [("applicant", 1, "Toyota", "JP"), ("applicant", 2, "Denso", None)]


def test_without_an_assignee_the_applicants_who_are_no_persons_stand_in():
    assert parties(
        applicantName=["Doe; Jane", "Intel &amp; Sons"],
        applicantCountry=["US", "US"],
        inventorsShort="Doe; Jane et al.",
        inventorCountry=["US", "IL"],
    ) == [
        ("applicant", 2, "Intel & Sons", "US"),
        ("inventor", 1, "Doe, Jane", "US"),
        ("inventor", 2, None, "IL"),
    ]


def test_an_empty_list_of_assignees_is_none():
    assert parties(assigneeName=[], applicantName=["Intel"]) == [("applicant", 1, "Intel", None)]


def test_an_assignee_may_be_a_person_but_none_whose_name_has_an_ampersand():
    built = read({"assigneeName": ["Doe; Jane", "R&amp;D Holdings", "Intel"]})
    assert [
        (row["name"], row["sector"]) for row in rows(built, "from ppubs.stg_party order by position")
    ] == [("Doe, Jane", "INDIVIDUAL"), ("R&D Holdings", None), ("Intel", None)]


def test_countries_of_another_length_than_names_tell_nothing():
    assert parties(assigneeName=["A", "B"], assigneeCountry=["US"]) == [
        ("applicant", 1, "A", None),
        ("applicant", 2, "B", None),
    ]


def test_an_inventor_without_a_country_is_one_all_the_same():
    assert parties(inventorsShort="RUBIN L") == [("inventor", 1, "RUBIN L", None)]
    assert parties(inventorsShort="RUBIN L et al.") == [("inventor", 1, "RUBIN L", None)]
    assert parties() == []


# --- The sample, read a second time in Python ----------------------------------------------------


@pytest.fixture(scope="module")
def raw():
    with gzip.open(ROOT / "samples" / "ppubs" / "ppubs.jsonl.gz", "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


@pytest.fixture(scope="module")
def sample():
    with duckdb.connect() as connection:
        numbers.define(connection)
        load(connection, SOURCES["ppubs"], ROOT / "samples" / "ppubs")
        for key in OURS:
            build.make(connection, TABLES[key], "memory")
        yield connection


def canonical(record):
    letters, digits = re.fullmatch(r"([A-Z]*?)0*([1-9]\d*)", record["guid"].split("-")[1]).groups()
    kind = record["guid"].split("-")[2]
    if kind in {"S", "E", "H"} and record["datePublished"][:10] > "2001-01-01":
        kind += "1"
    return f"US-{letters}{digits}-{kind}"


def day(text):
    return date.fromisoformat(text[:10]) if text else None


def earliest(texts):
    return min((day(text) for text in texts or [] if text), default=None)


@pytest.mark.whole
def test_every_document_of_the_sample_is_as_python_reads_it(raw, sample):
    ours = by(sample, "ppubs.stg_document", "publication_number")
    assert len(ours) == len(raw) == 5404
    for record in raw:
        row = ours[canonical(record)]
        filed = earliest(record.get("applicationFilingDate"))
        claimed = earliest(record.get("priorityClaimsDate"))
        published = day(record["datePublished"])
        dates = [filed, claimed, published, earliest(record.get("relatedApplFilingDate"))]
        application = record.get("applicationNumber") or ""
        if application.startswith("D/"):
            application = application.replace("D/", "29")
        family = str(record.get("familyIdentifierCur") or "")
        title = html.unescape(re.sub(r"</?[a-zA-Z][^>]*>", "", record["inventionTitle"]))
        countries = record.get("inventorCountry")
        short = record.get("inventorsShort")
        alone = 1 if short and not short.endswith("et al.") else None
        claims = record.get("numberOfClaims")
        assert row == {
            "publication_number": canonical(record),
            "office": "US",
            "kind": canonical(record).split("-")[2],
            "application_number": application.replace("/", "") or None,
            "family_id": family if family and len(family) < 13 else None,
            "filing_date": filed,
            # One record has a date of the year 1, which is unknown.
            "priority_date": min(d for d in dates if d and d.year >= 1790),
            "first_filing_office": None if claimed else "US",
            "publication_date": published,
            "title": " ".join(title.split()),
            "title_language": record["languageIndicator"].lower(),
            "claim_count": int(claims) if claims else None,
            "inventor_count": len(countries) if countries else alone,
            "patent_citation_count": len(record["urpn"]) if record.get("urpn") else None,
        }


@pytest.mark.whole
def test_every_reference_of_the_sample_is_as_python_reads_it(raw, sample):
    expected = set()
    for record in raw:
        for reference in record.get("urpn") or []:
            letters, digits = re.fullmatch(r"([A-Z]*)0*(\d+)", reference.upper().replace("/", "")).groups()
            old = not letters and int(digits) < 6_167_569
            expected.add((canonical(record), f"US-{letters}{digits}" + "-A" * old))
    ours = sample.sql("select citing_publication, cited_publication from ppubs.stg_citation")
    found = ours.fetchall()
    assert len(found) == len(set(found))
    assert set(found) == expected


def test_every_class_of_the_sample_is_as_python_reads_it(raw, sample):
    expected = set()
    for record in raw:
        inventive = (record.get("cpcInventiveFlattened") or "").split(";")
        additional = (record.get("cpcAdditionalFlattened") or "").split(";")
        ipc = (record.get("ipcCodeFlattened") or "").split(";")
        expected |= {(canonical(record), "IPC", s, None) for s in ipc if s}
        expected |= {(canonical(record), "CPC", s, True) for s in inventive if s}
        expected |= {(canonical(record), "CPC", s, False) for s in additional if s}
    ours = sample.sql("select publication_number, scheme, symbol, is_inventive from ppubs.stg_classification")
    assert set(ours.fetchall()) == expected


def test_every_party_of_the_sample_is_as_python_reads_it(raw, sample):
    def plain(name):
        return html.unescape(name).replace(";", ",")

    expected = defaultdict(list)
    for record in raw:
        named = record.get("assigneeName") or [
            name for name in record.get("applicantName") or [] if ";" not in html.unescape(name)
        ]
        if named:
            expected[canonical(record), "applicant"] = [plain(name) for name in named]
        short = record.get("inventorsShort")
        if short or record.get("inventorCountry"):
            first = plain(re.sub(r"\s*et al\.$", "", short)) if short else None
            others = len(record.get("inventorCountry") or [None]) - 1
            expected[canonical(record), "inventor"] = [first] + [None] * others
    found = defaultdict(list)
    for row in rows(sample, "from ppubs.stg_party order by publication_number, role, position"):
        found[row["publication_number"], row["role"]].append(row["name"])
    assert found == expected


def test_countries_of_the_sample_are_those_of_its_records(raw, sample):
    expected = sorted(
        country
        for record in raw
        for names, countries in (("assigneeName", "assigneeCountry"), ("applicantName", "applicantCountry"))
        if record.get(names) and (names == "assigneeName" or not record.get("assigneeName"))
        if len(record[names]) == len(record.get(countries) or [])
        for name, country in zip(record[names], record[countries], strict=True)
        if re.fullmatch("[A-Z]{2}", country) and (names == "assigneeName" or ";" not in html.unescape(name))
    )
    ours = sample.sql(
        "select country from ppubs.stg_party where role = 'applicant' and country is not null "
        "order by country"
    ).fetchall()
    assert [country for (country,) in ours] == expected
    assert len(expected) > 20
