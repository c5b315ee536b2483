"""Organisations behind the names of applicants."""

import polars as pl

from tests.worlds import by, world

REGISTER = pl.DataFrame(
    {
        "organisation": ["Toyota Motor", "Hitachi High-Tech"],
        "group": ["Toyota", "Hitachi"],
        "home_country": ["JP", "JP"],
        "type": ["COMPANY", "COMPANY"],
        "basis": ["known", "grant US-1-B2"],
    }
)


def recognised(*parties):
    connection = world(
        {
            "reference.organisations": REGISTER,
            "sources.stg_party": [
                {"publication_number": f"US-{i}-B2"} | party for i, party in enumerate(parties)
            ],
        },
        "staging.stg_organisation",
    )
    return by(connection, "staging.stg_organisation", "name")


def test_every_spelling_of_a_registered_organisation_is_it():
    found = recognised({"name": "TOYOTA MOTOR CO., LTD."}, {"name": "Toyota Motor Corp."},
                       {"name": "Toyota Motor Europe", "country": "BE"})  # fmt: skip
    assert found["TOYOTA MOTOR CO., LTD."] == {
        "name": "TOYOTA MOTOR CO., LTD.",
        "organisation": "Toyota Motor",
        "corporate_group": "Toyota",
        "home_country": "JP",
        "namesake_country": None,
        "organisation_type": "COMPANY",
        "basis": "known",
    }
    assert found["Toyota Motor Corp."]["organisation"] == "Toyota Motor"
    other = found["Toyota Motor Europe"]
    assert (other["organisation"], other["home_country"]) == ("TOYOTA MOTOR EUROPE", None)


def test_an_organisation_outside_the_register_goes_by_its_harmonised_name():
    found = recognised({"name": "Acme Inc."}, {"name": "ACME, LLC"})
    assert {row["organisation"] for row in found.values()} == {"ACME"}
    assert {row["corporate_group"] for row in found.values()} == {"ACME"}
    assert found["Acme Inc."]["basis"] is None


def test_namesakes_lend_their_commonest_country():
    found = recognised(
        {"name": "Acme Inc."},
        {"name": "ACME", "country": "US"},
        {"name": "ACME", "country": "US"},
        {"name": "Acme Ltd", "country": "GB"},
    )
    assert {row["namesake_country"] for row in found.values()} == {"US"}


def test_namesakes_at_par_are_settled_by_the_alphabet():
    found = recognised({"name": "Acme", "country": "US"}, {"name": "Acme", "country": "GB"})
    assert found["Acme"]["namesake_country"] == "GB"


def test_inventors_and_the_nameless_are_no_organisations():
    found = recognised({"name": "Doe, Jane", "role": "inventor", "country": "US"},
                       {"name": None, "country": "US"}, {"name": "..."})  # fmt: skip
    assert found == {}


def test_a_name_is_one_row_however_often_it_applies():
    found = recognised(*[{"name": "Acme", "country": c} for c in ("US", "US", None, "JP")])
    assert list(found) == ["Acme"]
