"""PatentsView's tables made canonical: each rule on rows made for it, all of them on real rows."""

import csv
import gzip
import json
import logging
from collections import Counter
from datetime import date
from fnmatch import fnmatch

import duckdb
import pytest

from corepath.warehouse import numbers
from corepath.warehouse.build import builder as build
from corepath.warehouse.errors import BadInput
from corepath.warehouse.load.loader import load
from corepath.warehouse.settings import ROOT
from tests.worlds import SOURCES, TABLES, by, rows, world

PATENTSVIEW = SOURCES["patentsview"]
OURS = [key for key in TABLES if key.startswith("patentsview.")]
SAMPLE = ROOT / "samples" / "patentsview"
GRANT = {"patent_id": "9000001", "patent_date": "2015-04-07", "wipo_kind": "B2"}
PUBLISHED = {"pgpub_id": "20130000001", "published_date": "2013-01-03", "wipo_kind": "A1"}


def read(patent=(GRANT,), **tables):
    """Give the canonical tables of grants and of what hangs on them."""
    given = {"patent": patent} | tables
    raw = {}
    for name, found in given.items():
        key = "pgpub_id" if name == "published_application" else "patent_id"
        keyed = not name.startswith("location")
        raw[f"raw.patentsview_{name}"] = [({key: "9000001"} if keyed else {}) | dict(row) for row in found]
    return world(raw, *OURS)


def document(**tables):
    return by(read(**tables), "patentsview.stg_document", "publication_number")["US-9000001-B2"]


def built_from(folder):
    """Load a folder and build the canonical tables in memory."""
    connection = duckdb.connect()
    numbers.define(connection)
    load(connection, PATENTSVIEW, folder)
    for key in OURS:
        build.make(connection, TABLES[key], "memory")
    return connection


def write(folder, name, *lines):
    """Write a table as PatentsView does: tabs, every value in quotes."""
    text = "".join("\t".join(f'"{v}"' for v in line.split("|")) + "\n" for line in lines)
    (folder / name).write_text(text)


# --- Publications --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("patent_id", "kind", "publication"),
    [
        ("6836899", "B1", "US-6836899-B1"),
        ("04123456", "A", "US-4123456-A"),
        ("D0656297", "S1", "US-D656297-S1"),
        ("PP03823", "P", "US-PP3823-P"),
        ("RE037580", "E1", "US-RE37580-E1"),
        ("H0001523", "H1", "US-H1523-H1"),
        ("T958001", "I4", "US-T958001-I4"),
    ],
)
def test_a_grant_is_named_by_number_and_kind(patent_id, kind, publication):
    patent = GRANT | {"patent_id": patent_id, "wipo_kind": kind}
    [row] = rows(read([patent]), "from patentsview.stg_document")
    assert (row["publication_number"], row["office"], row["kind"]) == (publication, "US", kind)


def test_withdrawn_patents_are_dropped_with_what_hangs_on_them():
    built = read([GRANT | {"withdrawn": "1"}], other_reference=[{"other_reference_text": "x"}])
    assert rows(built, "from patentsview.stg_document") == []
    assert rows(built, "from patentsview.stg_citation") == []


def test_of_a_patent_in_two_files_the_last_is_taken():
    built = read(
        [GRANT | {"_file": "1.tsv", "patent_title": "Old"}, GRANT | {"_file": "2.tsv", "patent_title": "New"}]
    )
    assert [row["title"] for row in rows(built, "from patentsview.stg_document")] == ["New"]


def test_published_applications_are_publications_of_their_own():
    built = read(
        published_application=[
            PUBLISHED
            | {"application_id": "13/123,456", "filing_date": "2011-06-30", "application_title": "A"}
        ],
        inventor_not_disambiguated=[{"patent_id": "20130000001", "raw_inventor_name_last": "Doe"}],
        other_reference=[{"other_reference_text": "A book"}],
    )
    found = by(built, "patentsview.stg_document", "publication_number")
    row = found["US-20130000001-A1"]
    assert (row["kind"], row["application_number"]) == ("A1", "13123456")
    assert (row["filing_date"], row["publication_date"]) == (date(2011, 6, 30), date(2013, 1, 3))
    # Applications are published before the search: what they cite is not known, not nothing.
    assert (row["npl_citation_count"], row["inventor_count"]) == (None, 1)
    assert found["US-9000001-B2"]["npl_citation_count"] == 1
    # The inventors of grants are not in this dump.
    assert found["US-9000001-B2"]["inventor_count"] is None


def test_what_is_not_in_the_dump_is_unknown():
    row = document()
    assert row["publication_date"] == date(2015, 4, 7)
    unknown = set(row) - {"publication_number", "office", "kind", "publication_date", "title_language"}
    assert {name: row[name] for name in unknown} == dict.fromkeys(unknown)


def test_what_other_grants_have_and_one_has_not_is_none():
    other = GRANT | {"patent_id": "9000002"}
    row = document(
        patent=[GRANT, other],
        us_patent_citation=[{"patent_id": "9000002", "citation_patent_id": "1"}],
        other_reference=[{"patent_id": "9000002", "other_reference_text": "A book"}],
        inventor_not_disambiguated=[{"patent_id": "9000002", "raw_inventor_name_last": "Doe"}],
    )
    assert [row[c] for c in ("inventor_count", "patent_citation_count", "npl_citation_count")] == [0, 0, 0]


def test_the_application_gives_number_and_filing_date():
    row = document(application=[{"application_id": "29/105,123", "filing_date": "2013-02-28"}])
    assert (row["application_number"], row["filing_date"]) == ("29105123", date(2013, 2, 28))


@pytest.mark.parametrize("filed", ["0110-08-04", "2982-01-01", "2013-02-30", "1985-10-00", ""])
def test_a_date_that_cannot_be_is_unknown(filed):
    assert document(application=[{"application_id": "1", "filing_date": filed}])["filing_date"] is None


def test_an_abstract_stands_with_the_patent_or_in_its_own_table():
    separate = [{"abstract": "Separate"}]
    assert document(abstract=separate)["abstract"] == "Separate"
    with_patent = [GRANT | {"patent_abstract": "With it"}]
    assert document(patent=with_patent, abstract=separate)["abstract"] == "With it"


def test_no_claims_is_unknown():
    assert document(patent=[GRANT | {"num_claims": "0"}])["claim_count"] is None
    assert document(patent=[GRANT | {"num_claims": "12"}])["claim_count"] == 12


# --- Priorities ----------------------------------------------------------------------------------


def test_the_earliest_priority_is_the_first_filing():
    built = read(
        application=[{"application_id": "1", "filing_date": "2013-05-01"}],
        foreign_priority=[
            {
                "foreign_application_id": "10-2012-0012345",
                "foreign_country_filed": "KR",
                "filing_date": "2012-05-02",
            },
            {"foreign_application_id": "x", "foreign_country_filed": "JP", "filing_date": "0012-05-02"},
        ],
        us_related=[
            {
                "related_doc_type": "us-provisional-application",
                "related_doc_number": "61/234567",
                "published_country": "US",
                "related_doc_published_date": "2012-06-01",
            },
            {
                "related_doc_type": "continuation",
                "related_doc_kind": "parent document",
                "related_doc_number": "12345678",
                "published_country": "US",
                "related_doc_published_date": "2012-07-01",
            },
            {
                "related_doc_type": "continuation",
                "related_doc_kind": "parent grant document",
                "related_doc_number": "8000000",
                "related_doc_published_date": "2001-01-01",
            },
            {
                "related_doc_type": "continuation",
                "related_doc_kind": "child document",
                "related_doc_number": "8",
                "related_doc_published_date": "2001-01-01",
            },
            {
                "related_doc_type": "related-publication",
                "related_doc_number": "20130000001",
                "related_doc_published_date": "2001-01-01",
            },
        ],
    )
    assert {tuple(r.values())[1:] for r in rows(built, "from patentsview.stg_priority")} == {
        ("1020120012345", "KR", date(2012, 5, 2)),
        ("X", "JP", None),
        ("61234567", "US", date(2012, 6, 1)),
        ("12345678", "US", date(2012, 7, 1)),
    }
    [row] = rows(built, "from patentsview.stg_document")
    assert (row["priority_date"], row["first_filing_office"]) == (date(2012, 5, 2), "KR")


def test_a_grant_without_priority_was_first_filed_in_the_us():
    row = document(
        patent=[GRANT, GRANT | {"patent_id": "9000002"}],
        application=[{"application_id": "1", "filing_date": "2013-05-01"}],
        foreign_priority=[
            {
                "patent_id": "9000002",
                "foreign_application_id": "1",
                "foreign_country_filed": "DE",
                "filing_date": "2012-01-01",
            }
        ],
    )
    assert (row["priority_date"], row["first_filing_office"]) == (date(2013, 5, 1), "US")


# --- Classes -------------------------------------------------------------------------------------


def symbols(**tables):
    found = rows(read(**tables), "from patentsview.stg_classification")
    return {tuple(row.values())[1:] for row in found}


def test_ipc_is_put_together_from_its_parts():
    ipc = {"section": "H", "subclass": "L", "main_group": "21"}
    assert symbols(
        ipc=[
            ipc | {"ipc_sequence": "0", "ipc_class": "01", "subgroup": "02", "classification_value": "I"},
            ipc | {"ipc_sequence": "1", "ipc_class": "1", "subgroup": "66", "classification_value": "N"},
        ]
    ) == {("IPC", "H01L21/02", 1, True), ("IPC", "H01L21/66", 2, False)}


@pytest.mark.parametrize("start", [0, 1])
def test_the_first_symbol_is_the_first_wherever_a_file_begins_to_count(start):
    cpc = [
        {"cpc_sequence": str(start), "cpc_group": "G06N3/063", "cpc_type": "inventional"},
        {"cpc_sequence": str(start + 1), "cpc_group": "G06N3/08", "cpc_type": "additional"},
    ]
    assert symbols(cpc_current=cpc) == {("CPC", "G06N3/063", 1, True), ("CPC", "G06N3/08", 2, False)}


def test_cpc_is_that_of_today_else_as_published():
    published = PUBLISHED["pgpub_id"]
    assert symbols(
        published_application=[PUBLISHED],
        cpc_current=[{"cpc_sequence": "0", "cpc_group": "G06N3/063"}],
        cpc_at_issue=[
            {"cpc_sequence": "0", "cpc_group": "G06N3/06"},
            {"cpc_sequence": "0", "cpc_group": "G06N3/02", "patent_id": published},
        ],
    ) == {("CPC", "G06N3/063", 1, None), ("CPC", "G06N3/02", 1, None)}


# --- Parties -------------------------------------------------------------------------------------


def parties(**tables):
    found = rows(read(**tables), "from patentsview.stg_party order by role, position, name")
    return [(r["role"], r["position"], r["name"], r["country"]) for r in found]


def test_disambiguated_names_and_places_are_taken_where_they_are_there():
    assert parties(
        published_application=[PUBLISHED],
        assignee_disambiguated=[{"disambig_assignee_organization": "Intel Corporation", "location_id": "us"}],
        assignee_not_disambiguated=[
            {"raw_assignee_organization": "INTEL CORP", "rawlocation_id": "jp"},
            {
                "raw_assignee_organization": "SONY CORP",
                "rawlocation_id": "jp",
                "patent_id": PUBLISHED["pgpub_id"],
            },
        ],
        inventor_disambiguated=[
            {
                "disambig_inventor_name_last": "Doe",
                "location_id": "us",
                "disambig_inventor_name_first": "Jane",
            }
        ],
        inventor_not_disambiguated=[{"raw_inventor_name_last": "DOE"}],
        location_disambiguated=[{"location_id": "us", "disambig_country": "US"}],
        location_not_disambiguated=[{"rawlocation_id": "jp", "raw_country": "JPX"}],
    ) == [
        ("applicant", 1, "Intel Corporation", "US"),
        ("applicant", 1, "SONY CORP", "JP"),
        ("inventor", 1, "Doe, Jane", "US"),
    ]


def test_an_address_is_where_its_place_is():
    assert parties(
        assignee_not_disambiguated=[{"raw_assignee_organization": "A", "rawlocation_id": "r"}],
        location_not_disambiguated=[{"rawlocation_id": "r", "location_id": "l", "raw_country": "D"}],
        location_disambiguated=[{"location_id": "l", "disambig_country": "DE"}],
    ) == [("applicant", 1, "A", "DE")]


INTEL = {"applicant_sequence": "1", "raw_applicant_organization": "Intel"}


def test_applicants_are_the_assignees_else_the_applicants_who_are_no_inventors():
    jane = {"raw_inventor_name_last": "Doe", "raw_inventor_name_first": "Jane Q."}
    applicants = [
        INTEL,
        {"applicant_sequence": "0", "raw_applicant_name_last": "DOE", "raw_applicant_name_first": "Jane"},
        {
            "applicant_sequence": "2",
            "raw_applicant_name_last": "Roe",
            "raw_applicant_name_first": "John",
            "applicant_type": "applicant-inventor",
        },
        {"applicant_sequence": "3", "raw_applicant_name_last": "Poe", "raw_applicant_name_first": "Ann"},
    ]
    assert parties(inventor_not_disambiguated=[jane], applicant=applicants) == [
        ("applicant", 1, "Intel", None),
        ("applicant", 2, "Poe, Ann", None),
        ("inventor", 1, "Doe, Jane Q.", None),
    ]
    assert parties(
        assignee_not_disambiguated=[{"raw_assignee_organization": "Sony"}], applicant=applicants
    ) == [("applicant", 1, "Sony", None)]


@pytest.mark.parametrize(
    ("code", "sector"),
    [
        ("4", "INDIVIDUAL"),
        ("15", "INDIVIDUAL"),
        ("6", "GOV NON-PROFIT"),
        ("19", "GOV NON-PROFIT"),
        ("2", None),
        ("13", None),
        ("1", None),
        (None, None),
    ],
)
def test_the_kind_of_assignee_tells_persons_and_governments(code, sector):
    built = read(assignee_not_disambiguated=[{"raw_assignee_organization": "A", "assignee_type": code}])
    assert [row["sector"] for row in rows(built, "from patentsview.stg_party")] == [sector]


# --- References ----------------------------------------------------------------------------------


def cited(**tables):
    return [r["cited_publication"] for r in rows(read(**tables), "from patentsview.stg_citation")]


@pytest.mark.parametrize(
    ("number", "kind", "publication"),
    [
        ("675108", "A", "US-675108-A"),
        ("RE037580", "E", "US-RE37580-E"),
        ("D435854", " S ", "US-D435854-S"),
        ("6,103,599", None, "US-6103599"),
    ],
)
def test_a_grant_is_cited_by_its_publication_number(number, kind, publication):
    reference = {"citation_patent_id": number, "wipo_kind": kind}
    assert cited(us_patent_citation=[reference]) == [publication]


@pytest.mark.parametrize("number", ["20020145283", "2002/0145283", "2002145283", "US2002/0145283"])
def test_an_application_is_cited_by_eleven_digits(number):
    reference = {"citation_document_number": number, "wipo_kind": "A1"}
    assert cited(us_application_citation=[reference]) == ["US-20020145283-A1"]


@pytest.mark.parametrize(
    ("country", "number", "publication"),
    [
        ("EP", "0 890 321", "EP-890321"),
        ("JP", "H11-123456", "JP-H11123456"),
        ("WO", "WO 99/12345", "WO-9912345"),
        ("KR", "10-2011-0012345", "KR-20110012345"),
        ("DEX", "3536557", "DE-3536557"),
        ("GB2", "1158868", "GB-1158868"),
    ],
)
def test_other_offices_publications_are_cited_without_kind(country, number, publication):
    reference = {"citation_application_id": number, "citation_country": country}
    assert cited(foreign_citation=[reference]) == [publication]


def test_a_reference_without_number_or_country_is_none():
    assert (
        cited(
            foreign_citation=[
                {"citation_application_id": "-", "citation_country": "EP"},
                {"citation_application_id": "1", "citation_country": "unknown"},
            ]
        )
        == []
    )


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
    built = read(us_patent_citation=[{"citation_patent_id": "1", "citation_category": category}])
    [row] = rows(built, "from patentsview.stg_citation")
    assert (row["origin"], row["category"]) == (origin, category)


# --- Names of tables and columns -----------------------------------------------------------------


def test_every_file_of_a_table_is_found_in_a_folder():
    lost = [
        name
        for table in PATENTSVIEW.tables.values()
        for name in table.files
        if not any(fnmatch(name, pattern) for pattern in PATENTSVIEW.files)
    ]
    assert lost == []


def test_official_tables_that_nobody_reads_are_left_alone(tmp_path):
    write(tmp_path, "g_patent.tsv", "patent_id|patent_date|wipo_kind", "9000001|2015-04-07|B2")
    for name in (
        "g_botanic",
        "g_uspc_at_issue",
        "g_persistent_assignee",
        "g_claims_2015",
        "g_wipo_technology",
        "pg_granted_pgpubs_crosswalk",
        "g_attorney_disambiguated",
    ):
        write(tmp_path, f"{name}.tsv", "patent_id|what", "9000001|ever")
    assert len(rows(built_from(tmp_path), "from patentsview.stg_document")) == 1


# fmt: off
# One row of each table, in today's layout and in that from before 2022: file, columns, values.
NEW = [
    ("g_patent", "patent_id|patent_type|patent_date|patent_title|patent_abstract|wipo_kind|"
     "num_claims|withdrawn|filename", "9000001|utility|2015-04-07|T|A|B2|7|0|f.xml"),
    ("g_application", "application_id|patent_id|patent_application_type|filing_date|series_code|"
     "rule_47_flag", "13123456|9000001|utility|2011-06-30|13|0"),
    ("g_inventor_not_disambiguated", "patent_id|inventor_sequence|inventor_id|"
     "raw_inventor_name_first|raw_inventor_name_last|deceased_flag|rawlocation_id",
     "9000001|0|i|Jane|Doe||r"),
    ("g_assignee_not_disambiguated", "patent_id|assignee_sequence|assignee_id|"
     "raw_assignee_individual_name_first|raw_assignee_individual_name_last|"
     "raw_assignee_organization|assignee_type|rawlocation_id", "9000001|0|a|||Intel|2|r"),
    ("g_location_not_disambiguated", "rawlocation_id|location_id|raw_city|raw_state|raw_country",
     "r|l|Austin|TX|US"),
    ("g_cpc_current", "patent_id|cpc_sequence|cpc_section|cpc_class|cpc_subclass|cpc_group|"
     "cpc_type|cpc_symbol_position", "9000001|0|G|G06|G06N|G06N3/063|inventional|F"),
    ("g_ipc_at_issue", "patent_id|ipc_sequence|classification_level|section|ipc_class|subclass|"
     "main_group|subgroup|symbol_position|classification_value", "9000001|0|A|G|06|N|3|063|F|I"),
    ("g_us_patent_citation", "patent_id|citation_sequence|citation_patent_id|citation_date|"
     "record_name|wipo_kind|citation_category",
     "9000001|0|6103599|2000-08-01|Doe|A|cited by examiner"),
    ("g_us_application_citation", "patent_id|citation_sequence|citation_document_number|"
     "citation_date|record_name|wipo_kind|citation_category",
     "9000001|0|20020145283|2002-10-01|Doe|A1|cited by other"),
    ("g_foreign_citation", "patent_id|citation_sequence|citation_application_id|citation_date|"
     "citation_category|citation_country", "9000001|0|0 890 321|1999-01-01|cited by other|EP"),
    ("g_other_reference", "patent_id|other_reference_sequence|other_reference_text",
     "9000001|0|A book"),
    ("g_foreign_priority", "patent_id|priority_claim_sequence|priority_claim_kind|"
     "foreign_application_id|filing_date|foreign_country_filed",
     "9000001|0|national|2010-123456|2010-07-01|JP"),
    ("g_us_rel_doc", "patent_id|related_doc_number|published_country|related_doc_type|"
     "related_doc_kind|related_doc_published_date|related_doc_status|related_doc_sequence|"
     "wipo_kind", "9000001|61/234567|US|us-provisional-application||2010-08-01||0|P"),
]
OLD = [
    ("patent", "id|type|number|country|date|abstract|title|kind|num_claims|filename|withdrawn",
     "9000001|utility|9000001|US|2015-04-07|A|T|B2|7|f.xml|0"),
    ("application", "id|patent_id|series_code|number|country|date",
     "13/123456|9000001|13|13123456|US|2011-06-30"),
    ("rawinventor", "uuid|patent_id|inventor_id|rawlocation_id|name_first|name_last|sequence|"
     "rule_47", "u|9000001|i|r|Jane|Doe|0|0"),
    ("rawassignee", "uuid|patent_id|assignee_id|rawlocation_id|type|name_first|name_last|"
     "organization|sequence", "u|9000001|a|r|2|||Intel|0"),
    ("rawlocation", "id|location_id|city|state|country|latlong", "r|l|Austin|TX|US|30,-97"),
    ("cpc_current", "uuid|patent_id|section_id|subsection_id|group_id|subgroup_id|category|"
     "sequence", "u|9000001|G|G06|G06N|G06N3/063|inventional|0"),
    ("ipcr", "uuid|patent_id|classification_level|section|ipc_class|subclass|main_group|subgroup|"
     "symbol_position|classification_value|sequence", "u|9000001|A|G|06|N|3|063|F|I|0"),
    ("uspatentcitation", "uuid|patent_id|citation_id|date|name|kind|country|category|sequence",
     "u|9000001|6103599|2000-08-01|Doe|A|US|cited by examiner|0"),
    ("usapplicationcitation", "uuid|patent_id|application_id|date|name|kind|number|country|"
     "category|sequence",
     "u|9000001|2002/20020145283|2002-10-01|Doe|A1|20020145283|US|cited by other|0"),
    ("foreigncitation", "uuid|patent_id|date|number|country|category|sequence",
     "u|9000001|1999-01-01|0 890 321|EP|cited by other|0"),
    ("otherreference", "uuid|patent_id|text|sequence", "u|9000001|A book|0"),
    ("foreign_priority", "uuid|patent_id|sequence|kind|number|date|country|country_transformed",
     "u|9000001|0|national|2010-123456|2010-07-01|JPX|JP"),
    ("usreldoc", "uuid|patent_id|doctype|relkind|reldocno|country|date|status|sequence|kind",
     "u|9000001|us-provisional-application||61/234567|US|2010-08-01||0|P"),
]
# fmt: on


def test_names_from_before_2022_give_the_same(tmp_path, caplog):
    given = []
    for layout in (OLD, NEW):
        folder = tmp_path / layout[0][0]
        folder.mkdir()
        for name, *lines in layout:
            write(folder, f"{name}.tsv", *lines)
        built = built_from(folder)
        given.append({k: rows(built, f"from {k} order by all") for k in OURS if ".stg_" in k})
    assert all(given[0].values())
    assert given[0] == given[1]
    # Every column of these layouts is known.
    assert "columns" not in caplog.text


@pytest.mark.parametrize("renamed", ["patent_id", "patent_date", "wipo_kind"])
def test_a_renamed_column_that_every_row_needs_is_refused(tmp_path, renamed):
    names = "patent_id|patent_date|wipo_kind".replace(renamed, "something_else")
    write(tmp_path, "g_patent.tsv", names, "9000001|2015-04-07|B2")
    with pytest.raises(BadInput, match=rf"patentsview_patent needs the column {renamed}"):
        built_from(tmp_path)


def test_a_table_that_is_not_there_says_what_is_unknown(tmp_path, caplog):
    write(tmp_path, "g_patent.tsv", "patent_id|patent_date|wipo_kind", "9000001|2015-04-07|B2")
    with caplog.at_level(logging.WARNING, "corepath"):
        built_from(tmp_path)
    told = {name: table.gives for name, table in PATENTSVIEW.tables.items() if name != "patent"}
    assert all(told.values())
    for name, gives in told.items():
        assert f"no table {name} here; unknown: {gives}" in caplog.text


def test_the_official_columns_are_all_read_or_known_and_left():
    config = ROOT.parent / "shared/data/patentsview/table_config_bulk_exp_granted.json"
    if not config.exists():
        pytest.skip("PatentsView's own list of columns is not here")
    official = json.loads(config.read_text())
    read_here = {
        name.removesuffix(".tsv"): table for table in PATENTSVIEW.tables.values() for name in table.files
    }
    unknown = {
        (name, column)
        for name, listed in official.items()
        if name in read_here
        for column in listed["fields"]
        if column not in read_here[name].ignored
        and not any(column in read_here[name].names(c) for c in read_here[name].columns)
    }
    assert unknown == set()
    assert sum(name in read_here for name in official) == 17


# --- The sample ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sample():
    with built_from(SAMPLE) as connection:
        yield connection


def test_every_row_of_the_sample_is_there(sample):
    files = {}
    for path in SAMPLE.glob("*.tsv.gz"):
        with gzip.open(path, "rt", newline="") as file:
            files[path.name.split(".")[0]] = list(csv.DictReader(file, delimiter="\t"))
    [count] = rows(
        sample,
        """select
        (select count(*) from patentsview.stg_document) as g_patent,
        (select count(application_number) from patentsview.stg_document) as g_application,
        (select count(*) from patentsview.stg_party where role = 'applicant')
            as g_assignee_not_disambiguated,
        (select count(*) from patentsview.stg_party where role = 'inventor')
            as g_inventor_not_disambiguated,
        (select count(*) from patentsview.stg_classification) as g_ipc_at_issue,
        (select count(*) from patentsview.location) as g_location_not_disambiguated,
        (select count(*) from patentsview.stg_citation
            where regexp_matches(cited_publication, '^US-([0-9]{1,7}|[A-Z]+[0-9]+)-'))
            as g_us_patent_citation,
        (select count(*) from patentsview.stg_citation
            where regexp_matches(cited_publication, '^US-[0-9]{11}-')) as g_us_application_citation,
        (select count(*) from patentsview.stg_citation
            where not starts_with(cited_publication, 'US-')) as g_foreign_citation
    """,
    )
    assert count == {name: len(files[name]) for name in count}
    found = by(sample, "patentsview.stg_document", "publication_number")
    for row in files["g_patent"]:
        ours = found[f"US-{row['patent_id']}-{row['wipo_kind']}"]
        assert str(ours["publication_date"]) == row["patent_date"]
        assert (ours["title"], ours["claim_count"]) == (row["patent_title"], int(row["num_claims"]))
    inventors = Counter(row["patent_id"] for row in files["g_inventor_not_disambiguated"])
    for number, row in found.items():
        assert row["inventor_count"] == inventors[number.split("-")[1]]
    # Nothing in these files tells of other literature and of priorities.
    assert {
        (r["npl_citation_count"], r["priority_date"], r["first_filing_office"]) for r in found.values()
    } == {(None, None, None)}


def test_a_grant_is_what_was_printed(sample):
    row = by(sample, "patentsview.stg_document", "publication_number")["US-6836899-B1"]
    assert row["title"] == "Device for detachably holding an absorbent napkin across the torso"
    assert (row["application_number"], row["filing_date"], row["publication_date"]) == (
        "10339710",
        date(2003, 1, 9),
        date(2005, 1, 4),
    )
    assert (row["claim_count"], row["inventor_count"], row["patent_citation_count"]) == (23, 1, 39)
    assert rows(
        sample,
        "select role, name, country from patentsview.stg_party where publication_number = 'US-6836899-B1'",
    ) == [{"role": "inventor", "name": "Glasmire, Samuel G.", "country": "US"}]
    assert rows(
        sample,
        "select scheme, symbol, position from patentsview.stg_classification "
        "where publication_number = 'US-6836899-B1'",
    ) == [{"scheme": "IPC", "symbol": "A45F5/04", "position": 1}]


def test_the_sample_tells_of_each_grant_what_the_uspto_printed(sample):
    """371 of its grants are in the sample of the USPTO's own files, too."""
    with duckdb.connect() as uspto:
        numbers.define(uspto)
        load(uspto, SOURCES["uspto"], ROOT / "samples" / "uspto")
        for key in TABLES:
            if key.startswith("uspto."):
                build.make(uspto, TABLES[key], "memory")
        names = ("stg_document", "stg_party", "stg_classification", "stg_citation")
        theirs = {table: rows(uspto, f"from uspto.{table}") for table in names}
    ours = {t: rows(sample, f"from patentsview.{t}") for t in theirs}
    both = set.intersection(*({r["publication_number"] for r in t["stg_document"]} for t in (ours, theirs)))
    assert len(both) == 371

    def of(tables, table, *columns):
        key = "citing_publication" if table == "stg_citation" else "publication_number"
        return {tuple(r[c] for c in (key, *columns)) for r in tables[table] if r[key] in both}

    for table, columns in {
        "stg_document": (
            "office",
            "kind",
            "application_number",
            "filing_date",
            "publication_date",
            "title",
            "title_language",
            "abstract",
            "claim_count",
            "inventor_count",
        ),
        "stg_party": ("role", "name", "country", "sector"),
        "stg_classification": ("scheme", "symbol", "position", "is_inventive"),
    }.items():
        assert of(ours, table, *columns) == of(theirs, table, *columns)

    def references(tables):
        """The kind of other offices' publications is not in PatentsView."""
        return {
            (
                citing,
                number
                if number.startswith("US-")
                else number.rsplit("-", 1)[0]
                if number.count("-") == 2
                else number,
                origin,
            )
            for citing, number, origin in of(tables, "stg_citation", "cited_publication", "origin")
            if number
        }

    assert references(ours) == references(theirs)
