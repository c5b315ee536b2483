"""PATSTAT's tables made canonical: each rule on rows made for it, and a real extract."""

import csv
import gzip
import json
import logging
import zipfile
from datetime import date
from fnmatch import fnmatch

import duckdb
import pytest

from corepath.warehouse.build import builder as build
from corepath.warehouse.errors import BadInput
from corepath.warehouse.load.loader import load
from corepath.warehouse.numbers import define
from corepath.warehouse.settings import ROOT
from tests.worlds import SOURCES, TABLES, by, rows, world

PATSTAT = SOURCES["patstat"]
OURS = [key for key in TABLES if key.startswith("patstat.")]
SHARED = ROOT.parent / "shared"
APPLICATION = {"appln_id": 1, "appln_auth": "EP", "appln_nr": "05000001", "ipr_type": "PI"}
PUBLICATION = {
    "pat_publn_id": 11,
    "appln_id": 1,
    "publn_auth": "EP",
    "publn_nr": "1234567",
    "publn_kind": "A1",
    "publn_date": "2006-07-05",
}
NUMBER = "EP-1234567-A1"


def read(applications=({},), publications=({},), **tables):
    """Give the canonical tables of applications, their publications, and what hangs on them."""
    given = {
        "tls201_appln": [APPLICATION | a for a in applications],
        "tls211_pat_publn": [PUBLICATION | p for p in publications],
    } | tables
    raw = {f"raw.patstat_{name}": found for name, found in given.items()}
    return world(raw, *OURS)


def document(application=None, publication=None, **tables):
    built = read([application or {}], [publication or {}], **tables)
    [row] = rows(built, "from patstat.stg_document")
    return row


def extract(*applications, **tables):
    """Read applications of an extract without publications and with few columns."""
    bare = dict.fromkeys(APPLICATION) | {"appln_id": 1}
    built = read([bare | a for a in applications], (), **tables)
    return by(built, "patstat.stg_document", "publication_number")


# --- Publications --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("office", "number", "kind", "publication"),
    [
        ("EP", "1234567", "A1", "EP-1234567-A1"),
        ("EP", "0123456", "B1", "EP-123456-B1"),
        ("US", "2013101709", "A1", "US-20130101709-A1"),
        ("US", "20130101709", "A1", "US-20130101709-A1"),
        ("US", "8930553", "B2", "US-8930553-B2"),
        ("US", "D656297", "S", "US-D656297-S1"),
        ("JP", "H11123456", "A", "JP-H11123456-A"),
        ("KR", "1020110012345", "A", "KR-20110012345-A"),
        ("WO", "2022259205", "A1", "WO-2022259205-A1"),
        ("CN", "1234567", "C ", "CN-1234567-C"),
    ],
)
def test_a_publication_is_named_by_office_number_and_kind(office, number, kind, publication):
    row = document(publication={"publn_auth": office, "publn_nr": number, "publn_kind": kind})
    assert row["publication_number"] == publication
    assert (row["office"], row["kind"]) == (office, publication.split("-")[2])


def numbers(*args, **tables):
    found = rows(read(*args, **tables), "from patstat.stg_document order by publication_number")
    return [row["publication_number"] for row in found]


def test_publications_of_applications_that_are_not_there_are_no_documents():
    cpc = [{"appln_id": 2, "cpc_class_symbol": "G06N   3/063"}]
    built = read([{}], [{"appln_id": 2}], tls224_appln_cpc=cpc)
    for table in ("stg_document", "stg_classification"):
        assert rows(built, f"from patstat.{table}") == []


def test_stand_ins_for_unknown_applications_are_no_documents():
    assert numbers([{"appln_id": 900000001}], [{"appln_id": 900000001}]) == []


@pytest.mark.parametrize(
    ("ipr_type", "kind", "is_document"),
    [
        ("PI", "A1", True),
        (None, "A1", True),
        ("  ", "B", True),
        ("UM", "U1", True),
        ("UM", "A1", False),
        ("DP", "S1", True),
        ("DP", "B", False),
    ],
)
def test_what_is_called_an_invention_and_is_none_is_no_document(ipr_type, kind, is_document):
    assert bool(numbers([{"ipr_type": ipr_type}], [{"publn_kind": kind}])) is is_document


def test_of_two_records_of_a_publication_the_earlier_is_taken():
    built = read(
        [{}],
        [
            {"pat_publn_id": 12, "publn_date": "2007-01-01"},
            {},
            {"pat_publn_id": 13, "publn_date": "9999-12-31"},
        ],
    )
    [row] = rows(built, "from patstat.stg_document")
    assert row["publication_date"] == date(2006, 7, 5)


def test_every_publication_has_what_its_application_has():
    built = read(
        [{}],
        [{}, {"pat_publn_id": 12, "publn_kind": "B1", "publn_date": "2009-01-07"}],
        tls202_appln_title=[{"appln_id": 1, "appln_title": "Chip", "appln_title_lg": "en"}],
        tls203_appln_abstr=[{"appln_id": 1, "appln_abstract": "A chip."}],
        tls209_appln_ipc=[{"appln_id": 1, "ipc_class_symbol": "H01L  21/02"}],
        tls206_person=[{"person_id": 5, "person_name": "Infineon"}],
        tls207_pers_appln=[{"person_id": 5, "appln_id": 1, "applt_seq_nr": "1"}],
    )
    for row in by(built, "patstat.stg_document", "publication_number").values():
        assert (row["title"], row["title_language"], row["abstract"]) == ("Chip", "en", "A chip.")
    both = {NUMBER, "EP-1234567-B1"}
    for table in ("stg_document", "stg_classification", "stg_party"):
        assert {r["publication_number"] for r in rows(built, f"from patstat.{table}")} == both


# --- Dates, numbers, counts ----------------------------------------------------------------------


@pytest.mark.parametrize("published", ["0206-07-05", "9999-12-31", "2006-02-30", None])
def test_a_publication_date_that_cannot_be_is_unknown(published):
    assert document(publication={"publn_date": published})["publication_date"] is None


def test_9999_and_0_are_unknown():
    row = document(
        {
            "appln_filing_date": "9999-12-31",
            "earliest_filing_date": "9999-12-31",
            "appln_filing_year": "9999",
            "earliest_filing_year": "9999",
            "docdb_family_id": "0",
            "docdb_family_size": "0",
            "nb_inventors": "0",
            "nb_citing_docdb_fam": "0",
        },
        {"publn_date": "9999-12-31", "publn_claims": "0"},
    )
    unknown = {
        "filing_date",
        "priority_date",
        "publication_date",
        "family_id",
        "family_size",
        "claim_count",
        "inventor_count",
        "patent_citation_count",
        "npl_citation_count",
    }
    assert {name: row[name] for name in unknown} == dict.fromkeys(unknown)
    # No family that cites this one is none.
    assert row["forward_citation_count"] == 0


def test_ready_made_numbers_are_taken():
    row = document(
        {
            "docdb_family_id": "36000001",
            "docdb_family_size": "7",
            "nb_citing_docdb_fam": "12",
            "nb_inventors": "3",
        },
        {"publn_claims": "15"},
    )
    assert (row["family_id"], row["family_size"], row["forward_citation_count"]) == ("36000001", 7, 12)
    assert (row["inventor_count"], row["claim_count"]) == (3, 15)


def test_inventors_are_counted_where_their_number_is_not_given():
    persons = [{"person_id": i, "appln_id": 1, "invt_seq_nr": str(i)} for i in (1, 2)]
    assert document(tls207_pers_appln=persons)["inventor_count"] == 2


@pytest.mark.parametrize(
    ("given", "priority", "filing"),
    [
        (
            {"earliest_filing_date": "2004-02-29", "appln_filing_date": "2005-01-10"},
            date(2004, 2, 29),
            date(2005, 1, 10),
        ),
        ({"appln_filing_date": "2005-01-10"}, date(2005, 1, 10), date(2005, 1, 10)),
        (
            {"earliest_filing_year": "2004", "appln_filing_date": "2005-01-10"},
            date(2004, 1, 1),
            date(2005, 1, 10),
        ),
        (
            {"earliest_filing_year": "2005", "appln_filing_date": "2005-01-10"},
            date(2005, 1, 1),
            date(2005, 1, 10),
        ),
        ({"appln_filing_year": "2005"}, date(2005, 1, 1), None),
        # After publication, or before the first patent: misread.
        ({"appln_filing_date": "2008-01-01"}, date(2006, 7, 5), None),
        ({"appln_filing_date": "0205-01-01"}, None, None),
        ({}, None, None),
    ],
)
def test_dates_are_as_exact_as_they_are_given(given, priority, filing):
    row = document(given)
    assert (row["priority_date"], row["filing_date"]) == (priority, filing)


@pytest.mark.parametrize(
    ("first", "office"),
    [
        ({"appln_auth": "JP"}, "JP"),
        ({"appln_auth": "WO", "receiving_office": "US"}, "US"),
        ({"appln_auth": "WO", "receiving_office": "  "}, "WO"),
    ],
)
def test_the_earliest_filing_tells_the_office(first, office):
    built = read([{"earliest_filing_id": "2"}, {"appln_id": 2} | first])
    assert [r["first_filing_office"] for r in rows(built, "from patstat.stg_document")] == [office]
    assert document({"earliest_filing_id": "3"})["first_filing_office"] is None


def test_priorities_are_applications_of_others_by_number():
    built = read(
        [
            {},
            {
                "appln_id": 2,
                "appln_auth": "JP",
                "appln_nr": "2004-123456 ",
                "appln_filing_date": "2004-04-19",
            },
            {
                "appln_id": 3,
                "appln_auth": "WO",
                "receiving_office": "US",
                "appln_nr": "2017034582",
                "appln_filing_date": "9999-12-31",
            },
        ],
        tls204_appln_prior=[
            {"appln_id": 1, "prior_appln_id": 2},
            {"appln_id": 1, "prior_appln_id": 3},
            {"appln_id": 1, "prior_appln_id": 4},
        ],
    )
    assert {tuple(r.values()) for r in rows(built, "from patstat.stg_priority")} == {
        (NUMBER, "2004123456", "JP", date(2004, 4, 19)),
        (NUMBER, "US2017034582", "WO", None),
    }


# --- Classes -------------------------------------------------------------------------------------


def test_ipc_has_a_first_symbol_and_cpc_no_order():
    built = read(
        tls209_appln_ipc=[
            {"appln_id": 1, "ipc_class_symbol": "H01L  21/02", "ipc_value": "I", "ipc_position": "F"},
            {"appln_id": 1, "ipc_class_symbol": "A45F   5/04", "ipc_value": "N", "ipc_position": "L"},
        ],
        tls224_appln_cpc=[{"appln_id": 1, "cpc_class_symbol": "G06N   3/063"}],
    )
    assert {tuple(r.values())[1:] for r in rows(built, "from patstat.stg_classification")} == {
        ("IPC", "H01L  21/02", 1, True),
        ("IPC", "A45F   5/04", None, False),
        ("CPC", "G06N   3/063", None, None),
    }


# --- Parties -------------------------------------------------------------------------------------


def parties(persons, *parts):
    """Give parties of persons by id, each part (person, applicant number, inventor number)."""
    built = read(
        tls206_person=[{"person_id": i} | p for i, p in persons.items()],
        tls207_pers_appln=[
            {"person_id": i, "appln_id": 1, "applt_seq_nr": str(a), "invt_seq_nr": str(n)}
            for i, a, n in parts
        ],
    )
    found = rows(built, "from patstat.stg_party order by role, position")
    return [tuple(r.values())[1:] for r in found]


def test_names_are_the_standardised_where_there_are_such():
    names = {"psn_name": "SAMSUNG", "han_name": "SAMSUNG ELECT", "person_name": "Samsung Co."}
    person = {"person_ctry_code": "KR", "psn_sector": "COMPANY"}
    for _ in range(3):
        expected = [("applicant", 1, next(iter(names.values())), "KR", "COMPANY")]
        assert parties({1: person | names}, (1, 1, 0)) == expected
        names.pop(next(iter(names)))


def test_persons_are_in_order_and_unknown_sectors_and_countries_are_unknown():
    persons = {
        1: {"psn_name": "B", "psn_sector": "UNKNOWN", "person_ctry_code": "  "},
        2: {"psn_name": "A", "psn_sector": "GOV NON-PROFIT UNIVERSITY"},
        3: {"psn_name": "C", "psn_sector": "INDIVIDUAL", "person_ctry_code": "CN"},
    }
    assert parties(persons, (1, 2, 0), (2, 1, 0), (3, 0, 1)) == [
        ("applicant", 1, "A", None, "GOV NON-PROFIT UNIVERSITY"),
        ("applicant", 2, "B", None, None),
        ("inventor", 1, "C", "CN", "INDIVIDUAL"),
    ]


def test_inventors_are_no_applicants_nor_are_persons_beside_an_organisation():
    persons = {
        1: {"psn_name": "Fairchild", "psn_sector": "COMPANY"},
        2: {"psn_name": "Liu, Yong", "psn_sector": "INDIVIDUAL"},
        3: {"psn_name": "Luo, Roger", "psn_sector": "INDIVIDUAL"},
    }
    luo = ("inventor", 1, "Luo, Roger", None, "INDIVIDUAL")
    assert parties(persons, (1, 3, 0), (2, 1, 0), (3, 2, 1)) == [
        ("applicant", 1, "Fairchild", None, "COMPANY"),
        luo,
    ]
    # Alone, a person who is no inventor is the applicant.
    assert parties(persons, (2, 1, 0), (3, 2, 1)) == [("applicant", 1, "Liu, Yong", None, "INDIVIDUAL"), luo]


# --- References ----------------------------------------------------------------------------------


def references(*cited, **tables):
    """Give references of publication 11 to 21 (JP) and others."""
    jp = {"appln_id": 2, "appln_auth": "JP"}
    stand_in = {"appln_id": 900000003}
    published = [
        {},
        {"pat_publn_id": 21, "appln_id": 2, "publn_auth": "JP", "publn_nr": "H11123456", "publn_kind": "A"},
        {
            "pat_publn_id": 31,
            "appln_id": 900000003,
            "publn_auth": "DE",
            "publn_nr": "3536557",
            "publn_kind": "A1",
        },
    ]
    found = [
        {"pat_publn_id": 11, "cited_pat_publn_id": 0, "citn_id": str(i)} | c
        for i, c in enumerate(cited, start=1)
    ]
    built = read([{}, jp, stand_in], published, tls212_citation=found, **tables)
    return built, [tuple(r.values())[1:] for r in rows(built, "from patstat.stg_citation")]


def test_a_publication_is_cited_whether_it_is_a_document_or_a_stand_in():
    assert references({"cited_pat_publn_id": 21})[1] == [("JP-H11123456-A", None, "unknown", None)]
    assert references({"cited_pat_publn_id": 31})[1] == [("DE-3536557-A1", None, "unknown", None)]


def test_an_application_is_cited_by_its_publication():
    assert references({"cited_appln_id": "2"})[1] == [("JP-H11123456-A", None, "unknown", None)]
    assert references({"cited_appln_id": "99"})[1] == []


@pytest.mark.parametrize("identifier", ["948265341", "1f3870be274f6c49b3e31a0c6728957f"])
def test_other_literature_is_cited_by_its_number(identifier):
    assert references({"cited_npl_publn_id": identifier})[1] == [(None, identifier, "unknown", None)]
    assert references({"cited_npl_publn_id": "0"})[1] == []


def test_references_are_counted_where_there_are_any():
    built, _ = references({"cited_pat_publn_id": 21}, {"cited_npl_publn_id": "9"})
    counts = {
        r["publication_number"]: (r["patent_citation_count"], r["npl_citation_count"])
        for r in rows(built, "from patstat.stg_document")
    }
    assert counts == {NUMBER: (1, 1), "JP-H11123456-A": (0, 0)}


@pytest.mark.parametrize(
    ("citn_origin", "origin"),
    [
        ("SEA", "examiner"),
        ("ISR", "examiner"),
        ("EXA", "examiner"),
        ("APP", "applicant"),
        ("OPP", "unknown"),
        ("TPO", "unknown"),
        (None, "unknown"),
    ],
)
def test_the_origin_tells_who_cites(citn_origin, origin):
    [(_, _, found, _)] = references({"cited_pat_publn_id": 21, "citn_origin": citn_origin})[1]
    assert found == origin


def test_a_references_categories_are_put_together():
    assert references(
        {"cited_pat_publn_id": 21, "citn_replenished": "0"},
        tls215_citn_categ=[
            {"pat_publn_id": 11, "citn_replenished": "0", "citn_id": "1", "citn_categ": c}
            for c in ("Y", "X", "X")
        ]
        + [{"pat_publn_id": 11, "citn_replenished": "21", "citn_id": "1", "citn_categ": "A"}],
    )[1] == [("JP-H11123456-A", None, "unknown", "X,Y")]


def test_families_cite_each_other_where_publications_do_not():
    applications = [{"docdb_family_id": "100"}, {"appln_id": 2, "docdb_family_id": "200"}]
    published = [{}, {"pat_publn_id": 21, "appln_id": 2, "publn_nr": "7"}]
    families = [
        {"docdb_family_id": 100, "cited_docdb_family_id": 200},
        {"docdb_family_id": 100, "cited_docdb_family_id": 300},
    ]
    built = read(applications, published, tls228_docdb_fam_citn=families)
    assert [tuple(r.values())[:2] for r in rows(built, "from patstat.stg_citation order by all")] == [
        (NUMBER, "EP-7-A1"),
        (NUMBER, "XX-DOCDB300-A"),
    ]
    # References of families do not tell how many a publication has.
    assert {r["patent_citation_count"] for r in rows(built, "from patstat.stg_document")} == {None}
    built = read(
        applications,
        published,
        tls228_docdb_fam_citn=families,
        tls212_citation=[{"pat_publn_id": 21, "cited_pat_publn_id": 11}],
    )
    assert [r["cited_publication"] for r in rows(built, "from patstat.stg_citation")] == [NUMBER]


# --- Extracts without publications ---------------------------------------------------------------


def test_an_application_stands_for_its_publications_where_there_are_none():
    [(number, row)] = extract({"appln_id": 24594, "appln_filing_year": "2005"}).items()
    assert (number, row["office"], row["kind"]) == ("XX-24594-A", "XX", "A")
    assert (row["publication_date"], row["priority_date"], row["filing_date"]) == (
        date(2005, 1, 1),
        date(2005, 1, 1),
        None,
    )


@pytest.mark.parametrize(
    ("given", "published"),
    [
        ({"earliest_publn_date": "2006-07-05", "earliest_publn_year": "2006"}, date(2006, 7, 5)),
        ({"earliest_publn_date": "9999-12-31", "earliest_publn_year": "2006"}, date(2006, 1, 1)),
        ({"appln_filing_date": "2005-01-10", "earliest_publn_year": "9999"}, date(2005, 1, 10)),
        ({"appln_filing_year": "9999"}, None),
        ({"appln_filing_date": "0205-01-01"}, None),
        ({"appln_filing_year": "5"}, None),
    ],
)
def test_an_application_is_published_when_it_says(given, published):
    assert extract(given)["XX-1-A"]["publication_date"] == published


def test_the_type_of_right_tells_inventions_where_it_is_given():
    found = extract(
        {"ipr_type": "PI"},
        {"appln_id": 2, "ipr_type": "UM"},
        {"appln_id": 3, "ipr_type": "DP"},
        {"appln_id": 900000004},
    )
    assert sorted(found) == ["XX-1-A", "XX-2-U", "XX-3-S"]


def test_such_applications_of_inventions_are_analysed():
    given = {
        "raw.patstat_tls201_appln": [
            {"appln_id": 1, "appln_filing_year": "2005"},
            {"appln_id": 2, "appln_filing_year": "2005", "ipr_type": "UM"},
        ],
        "raw.patstat_tls224_appln_cpc": [{"appln_id": i, "cpc_class_symbol": "G06N   3/063"} for i in (1, 2)],
    }
    built = world(given, "intermediate.int_family")
    [family] = rows(built, "from intermediate.int_family")
    assert (family["family_id"], family["publication_date"]) == ("XX-1-A", date(2005, 1, 1))


# --- Files ---------------------------------------------------------------------------------------


def built_from(path):
    """Load a dump and build the canonical tables in memory."""
    connection = duckdb.connect()
    define(connection)
    load(connection, PATSTAT, path)
    for key in OURS:
        build.make(connection, TABLES[key], "memory")
    return connection


def test_every_file_of_a_table_is_found_in_a_folder():
    for name, table in PATSTAT.tables.items():
        for file in (f"{name}.csv", f"{name[:6]}_part01.csv", f"{name}_part12.csv"):
            assert any(fnmatch(file, pattern) for pattern in PATSTAT.files)
            assert PATSTAT.table_of(file) == name
            assert any(fnmatch(file, pattern) for pattern in table.files)


def test_a_delivery_in_zips_is_read_whole(tmp_path):
    with zipfile.ZipFile(tmp_path / "data_PATSTAT_Global_2024_Spring_01.zip", "w") as delivery:
        for part in (1, 2):
            member = tmp_path / "inner.zip"
            with zipfile.ZipFile(member, "w") as inner:
                inner.writestr(
                    f"tls201_part0{part}.csv",
                    f'appln_id,appln_auth,appln_nr,ipr_type\n{part},"EP","0500000{part}","PI"\n',
                )
            delivery.write(member, f"tls201_part0{part}.zip")
            member.unlink()
        delivery.writestr("tls229_part01.csv", "appln_id,nace2_code,weight\n1,26.1,1\n")
        delivery.writestr(
            "tls211_part01.csv",
            "pat_publn_id,publn_auth,publn_nr,publn_kind,appln_id,publn_date\n"
            '11,"EP","1234567","A1",1,2006-07-05\n12,"EP","1234568","A1",2,2006-07-05\n',
        )
    built = built_from(tmp_path)
    assert [
        r["application_number"] for r in rows(built, "from patstat.stg_document order by publication_number")
    ] == ["05000001", "05000002"]


def test_applications_are_needed_and_no_other_table(tmp_path, caplog):
    (tmp_path / "tls206_person.csv").write_text('person_id,psn_name\n1,"A"\n')
    with pytest.raises(BadInput, match="needs the table tls201_appln"):
        built_from(tmp_path)
    (tmp_path / "tls201_part01.csv").write_text("appln_id,appln_filing_year\n1,2005\n")
    with caplog.at_level(logging.WARNING, "corepath"):
        assert len(rows(built_from(tmp_path), "from patstat.stg_document")) == 1
    for name in set(PATSTAT.tables) - {"tls201_appln", "tls206_person"}:
        gives = PATSTAT.tables[name].gives
        assert gives
        assert f"no table {name} here; unknown: {gives}" in caplog.text


def test_a_renamed_key_is_refused(tmp_path):
    (tmp_path / "tls201_part01.csv").write_text("application_id,appln_filing_year\n1,2005\n")
    with pytest.raises(BadInput, match="patstat_tls201_appln needs the column appln_id"):
        built_from(tmp_path)


def test_the_official_columns_are_all_read_or_known_and_left():
    path = SHARED / "reference" / "patstat_columns.json"
    if not path.exists():
        pytest.skip("the list of PATSTAT's columns is not here")
    official = json.loads(path.read_text())
    unknown = {
        (name, column)
        for name, table in PATSTAT.tables.items()
        for column, _ in official[name]
        if column not in table.columns and column not in table.ignored
    }
    assert unknown == set()
    # Its own look-up tables and what it derives itself are not read.
    assert set(official) - set(PATSTAT.tables) == {
        "tls229_appln_nace2",
        "tls230_appln_techn_field",
        "tls801_country",
    }


@pytest.fixture(scope="module")
def chinese():
    """Give the real extract: few columns, no publications."""
    folder = SHARED / "data" / "patstat"
    if not folder.exists():
        pytest.skip("the extract of PATSTAT is not here")
    with built_from(folder) as connection:
        yield connection


def test_every_application_of_a_real_extract_is_there(chinese):
    with gzip.open(SHARED / "data/patstat/tls201_appln.csv.gz", "rt") as file:
        given = list(csv.DictReader(file))
    found = by(chinese, "patstat.stg_document", "publication_number")
    assert len(found) == len(given) == 3393
    for row in given:
        ours = found[f"XX-{row['appln_id']}-A"]
        assert ours["priority_date"] == date(int(row["appln_filing_year"]), 1, 1)
        assert (ours["family_size"], ours["forward_citation_count"], ours["inventor_count"]) == (
            int(row["docdb_family_size"]),
            int(row["nb_citing_docdb_fam"]),
            int(row["nb_inventors"]),
        )
        assert (ours["family_id"], ours["first_filing_office"], ours["filing_date"]) == (None, None, None)


def test_a_real_extract_costs_only_what_it_lacks(chinese):
    with gzip.open(SHARED / "data/patstat/tls224_appln_cpc.csv.gz", "rt") as file:
        symbols = sum(1 for _ in csv.DictReader(file))
    [counts] = rows(
        chinese,
        """select
        (select count(*) from patstat.stg_classification where scheme = 'CPC') as cpc,
        (select count(*) from patstat.stg_classification where scheme = 'IPC') as ipc,
        (select count(*) from patstat.stg_citation) as refs,
        (select count(*) from patstat.stg_priority) as priorities,
        (select count(distinct publication_number) from patstat.stg_party
            where role = 'applicant' and name is not null) as with_applicant
    """,
    )
    with_applicant = counts.pop("with_applicant")
    assert counts == {"cpc": symbols, "ipc": 0, "refs": 0, "priorities": 0}
    assert with_applicant > 0.99 * 3368
    # Inventors whom the US has as applicants are not taken for such.
    [row] = rows(
        chinese,
        "select list(name) as names from patstat.stg_party "
        "where role = 'applicant' and publication_number = 'XX-266850475-A'",
    )
    assert row["names"] == ["FAIRCHILD SEMICONDUCTOR CORP"]
