"""The cascade from an applicant to a country, step by step, on families made for each step."""

import polars as pl
import pytest

from tests.worlds import by, publications, world

GRANT = "US-7000001-B2"
REGISTER = pl.DataFrame(
    {
        "organisation": ["Toyota Motor", "Toyota Central R&D", "imec"],
        "group": ["Toyota", "Toyota", "imec"],
        "home_country": ["JP", "JP", "BE"],
        "type": ["COMPANY", "COMPANY", "GOV NON-PROFIT"],
        "basis": ["known", "known", "known"],
    }
)


def applicants(*parties, documents=(), **fields):
    """The applicants of a family of one grant, by organisation, and of what else is given."""
    connection = world(
        {
            "reference.organisations": REGISTER,
            "sources.stg_document": publications(
                {"publication_number": GRANT, "family_id": "f", **fields}, *documents
            ),
            "sources.stg_classification": [{"publication_number": GRANT, "symbol": "G06N3/02"}],
            "sources.stg_party": [{"publication_number": GRANT} | p for p in parties],
        },
        "intermediate.int_family_applicant",
    )
    return by(connection, "intermediate.int_family_applicant", "organisation", "country")


def only(found):
    [row] = found.values()
    return row["country"], row["country_source"]


ELSEWHERE = {"publication_number": "US-20060000001-A1", "family_id": "f", "publication_date": "2006-01-05"}
OTHER = {"publication_number": "US-D600000-S1", "family_id": "other"}
INVENTOR = {"role": "inventor", "name": "Sato, Jun", "country": "KR"}
NAMED = {"name": "Nobody Knows Inc."}
# Each step in order: what the family would need to be placed by it.
STEPS = {
    "record": {"name": "Toyota Motor Corp.", "country": "DE"},
    "family": {"publication_number": "US-20060000001-A1", "name": "TOYOTA MOTOR CO., LTD.", "country": "FR"},
    "register": {"name": "Toyota Motor Corp."},
    "namesake": {"publication_number": "US-D600000-S1", "name": "Nobody Knows, Ltd.", "country": "SE"},
    "inventor": INVENTOR,
}


def test_the_record_itself_comes_first():
    found = applicants(
        STEPS["record"], STEPS["family"], INVENTOR, documents=[ELSEWHERE, OTHER], first_filing_office="JP"
    )
    assert only(found) == ("DE", "record")


def test_then_another_document_of_the_family():
    found = applicants(
        STEPS["register"], STEPS["family"], INVENTOR, documents=[ELSEWHERE, OTHER], first_filing_office="US"
    )
    assert only(found) == ("FR", "family")


def test_then_the_register():
    found = applicants(
        STEPS["register"],
        INVENTOR,
        {"publication_number": "US-D600000-S1", "name": "Toyota Motor", "country": "GB"},
        documents=[ELSEWHERE, OTHER],
        first_filing_office="US",
    )
    assert only(found) == ("JP", "register")


def test_then_records_of_the_same_name():
    found = applicants(
        NAMED, STEPS["namesake"], INVENTOR, documents=[ELSEWHERE, OTHER], first_filing_office="US"
    )
    assert only(found) == ("SE", "namesake")


def test_then_most_of_the_inventors():
    found = applicants(
        NAMED,
        INVENTOR,
        INVENTOR | {"position": 2},
        INVENTOR | {"position": 3, "country": "CN"},
        first_filing_office="US",
    )
    assert only(found) == ("KR", "inventor")


def test_inventors_at_par_are_settled_by_the_alphabet():
    found = applicants(NAMED, INVENTOR, INVENTOR | {"position": 2, "country": "CN"})
    assert only(found) == ("CN", "inventor")


def test_then_the_office_of_first_filing():
    assert only(applicants(NAMED, first_filing_office="US")) == ("US", "first_filing")


@pytest.mark.parametrize("office", ["EP", "WO", None])
def test_an_office_that_is_no_country_leaves_it_unknown(office):
    assert only(applicants(NAMED, first_filing_office=office)) == ("ZZ", "unknown")


def test_a_code_that_is_no_country_is_no_knowledge():
    found = applicants(NAMED | {"country": "XX"}, first_filing_office="US")
    assert only(found) == ("US", "first_filing")


def test_spellings_of_one_organisation_are_one_applicant():
    found = applicants(
        {"name": "Toyota Motor Corp."},
        {"name": "TOYOTA MOTOR CO., LTD.", "position": 2},
        {"name": "IMEC VZW.", "position": 3, "country": "BE"},
    )
    assert {name: row["share"] for (name, _), row in found.items()} == {"Toyota Motor": 0.5, "imec": 0.5}
    toyota = found["Toyota Motor", "JP"]
    assert toyota["corporate_group"] == "Toyota"
    assert toyota["organisation_type"] == "COMPANY"
    assert toyota["register_basis"] == "known"
    assert found["imec", "BE"]["register_basis"] == "known"


def test_an_applicant_whose_name_is_all_legal_form_is_kept_as_written():
    assert set(applicants({"name": "..."}, first_filing_office="US")) == {("...", "US")}


def test_a_family_without_an_applicant_belongs_to_its_inventors():
    found = applicants(
        INVENTOR,
        INVENTOR | {"name": "Lee, Ha", "position": 2},
        INVENTOR | {"name": "Doe, Jo", "position": 3, "country": None},
        INVENTOR | {"name": "Roe, Al", "position": 4, "country": "US"},
        first_filing_office="JP",
    )
    assert {key: (row["country_source"], row["share"]) for key, row in found.items()} == {
        ("Sato, Jun", "KR"): ("record", 0.25),
        ("Lee, Ha", "KR"): ("record", 0.25),
        ("Doe, Jo", "KR"): ("inventor", 0.25),
        ("Roe, Al", "US"): ("record", 0.25),
    }
    assert {row["organisation_type"] for row in found.values()} == {"INDIVIDUAL"}


def test_inventors_whom_the_source_does_not_name_still_count():
    found = applicants(
        INVENTOR | {"name": None},
        INVENTOR | {"name": None, "position": 2},
        INVENTOR | {"name": None, "position": 3, "country": "US"},
    )
    assert {c: row["share"] for (_, c), row in found.items()} == pytest.approx({"KR": 2 / 3, "US": 1 / 3})


def test_inventors_without_a_country_fall_back_on_the_office_of_first_filing():
    found = applicants(INVENTOR | {"country": None}, first_filing_office="JP")
    assert only(found) == ("JP", "first_filing")


def test_a_family_without_any_party_is_somebodys_all_the_same():
    assert only(applicants(first_filing_office="JP")) == ("JP", "first_filing")
    assert only(applicants()) == ("ZZ", "unknown")


def test_a_grant_that_names_no_applicant_leaves_it_to_the_application() -> None:
    found = applicants(
        INVENTOR,
        {
            "publication_number": ELSEWHERE["publication_number"],
            "role": "applicant",
            "name": "Toyota Motor Corp.",
        },
        documents=[ELSEWHERE],
    )
    assert [organisation for organisation, _ in found] == ["Toyota Motor"]
    assert only(found) == ("JP", "register")


def test_the_grant_is_believed_before_the_application() -> None:
    found = applicants(
        {"name": "imec"},
        {"publication_number": ELSEWHERE["publication_number"], "name": "Toyota Motor Corp."},
        documents=[ELSEWHERE],
    )
    assert [organisation for organisation, _ in found] == ["imec"]


# --- Inventors among the applicants --------------------------------------------------------------

SELF = {"name": "SATO JUN", "country": "KR"}


def test_an_inventor_who_applies_beside_an_organisation_is_no_applicant():
    found = applicants(SELF, {"name": "imec", "position": 2}, INVENTOR)
    assert {name: row["share"] for (name, _), row in found.items()} == {"imec": 1}


def test_inventors_who_apply_alone_are_the_applicants():
    other = {"name": "Roe, Al", "country": "US", "position": 2}
    found = applicants(SELF, other, INVENTOR, other | {"role": "inventor"})
    assert {country: row["share"] for (_, country), row in found.items()} == {"KR": 0.5, "US": 0.5}


def test_an_inventor_who_applies_beside_another_person_remains():
    person = {"name": "Heir, Ann", "country": "US", "position": 2, "sector": "INDIVIDUAL"}
    assert {country for _, country in applicants(SELF, person, INVENTOR)} == {"KR", "US"}


def test_a_person_who_is_no_inventor_remains_beside_an_organisation():
    person = {"name": "Doe, Jo", "country": "US", "position": 2}
    firm = {"name": "imec", "country": "BE", "position": 3}
    assert {country for _, country in applicants(person, firm, INVENTOR)} == {"US", "BE"}


def test_an_organisation_that_is_listed_as_an_inventor_too_remains():
    both = {"name": "Toyota Motor Corp."}
    found = applicants(both, both | {"role": "inventor"}, first_filing_office="US")
    assert [name for name, _ in found] == ["Toyota Motor"]
