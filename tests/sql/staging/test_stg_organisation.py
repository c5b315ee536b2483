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


ALIASES = pl.DataFrame(
    {"alias": ["トヨタ自動車株式会社", "日立ハイテク"], "organisation": ["Toyota Motor", "Hitachi High-Tech"]}
)
GROUPS = pl.DataFrame(
    [
        ("starts", "HITACHI", "Hitachi", None),
        ("starts", "HITACHI ZOSEN", "Kanadevia", None),
        ("starts", "国网", "State Grid", None),
        ("contains", "BOE", "BOE", None),
        ("ends", "CAS", "Chinese Academy of Sciences", "GOV NON-PROFIT"),
    ],
    {"place": pl.String, "text": pl.String, "group": pl.String, "type": pl.String},
    orient="row",
)


def recognised(*parties):
    connection = world(
        {
            "reference.organisations": REGISTER,
            "reference.organisation_alias": ALIASES,
            "reference.organisation_group": GROUPS,
            "sources.stg_party": [
                {"publication_number": f"US-{i}-B2"} | party for i, party in enumerate(parties)
            ],
        },
        "staging.stg_organisation",
    )
    return by(connection, "staging.stg_organisation", "name")


def test_every_spelling_of_a_registered_organisation_is_it():
    found = recognised(
        {"name": "TOYOTA MOTOR CO., LTD."},
        {"name": "Toyota Motor Corp."},
        {"name": "Toyota Motor Europe", "country": "BE"},
    )
    assert found["TOYOTA MOTOR CO., LTD."] == {
        "name": "TOYOTA MOTOR CO., LTD.",
        "organisation": "Toyota Motor",
        "corporate_group": "Toyota",
        "group_rule": "register",
        "group_confidence": 1,
        "home_country": "JP",
        "namesake_country": None,
        "organisation_type": "COMPANY",
        "type_rule": "register",
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
    found = recognised(
        {"name": "Doe, Jane", "role": "inventor", "country": "US"},
        {"name": None, "country": "US"},
        {"name": "..."},
    )
    assert found == {}


def test_a_name_is_one_row_however_often_it_applies():
    found = recognised(*[{"name": "Acme", "country": c} for c in ("US", "US", None, "JP")])
    assert list(found) == ["Acme"]


def test_an_alias_in_any_script_is_the_organisation():
    found = recognised({"name": "トヨタ自動車株式会社"}, {"name": "株式会社日立ハイテク"})
    assert found["トヨタ自動車株式会社"]["organisation"] == "Toyota Motor"
    assert found["株式会社日立ハイテク"]["corporate_group"] == "Hitachi"


def test_an_abbreviated_name_is_the_organisation_that_has_an_alias():
    found = recognised({"name": "HITACHI HIGH TECH CORP"})
    assert found["HITACHI HIGH TECH CORP"]["organisation"] == "Hitachi High-Tech"


def test_a_short_name_of_two_organisations_is_nobodys():
    register = pl.DataFrame(
        {
            "organisation": ["Delta Electronics", "Delta Electric", "Nano Technology"],
            "group": ["Delta Electronics", "Delta Electric", "Nano"],
            "home_country": ["TW", "CN", "US"],
            "type": ["COMPANY"] * 3,
            "basis": ["known"] * 3,
        }
    )
    aliases = pl.DataFrame(
        {
            "alias": ["台達", "德力", "纳米"],
            "organisation": ["Delta Electronics", "Delta Electric", "Nano Technology"],
        }
    )
    connection = world(
        {
            "reference.organisations": register,
            "reference.organisation_alias": aliases,
            "sources.stg_party": [
                {"publication_number": "US-1-B2", "name": "DELTA ELECT", "position": 1},
                {"publication_number": "US-1-B2", "name": "NANO TECH", "position": 2},
            ],
        },
        "staging.stg_organisation",
    )
    found = by(connection, "staging.stg_organisation", "name")
    assert found["DELTA ELECT"]["organisation"] == "DELTA ELECT"
    assert found["NANO TECH"]["organisation"] == "Nano Technology"


def test_a_part_of_the_name_tells_the_group_and_keeps_the_organisation_apart():
    names = [
        "Hitachi Systems, Ltd.",
        "HITACHI ZOSEN CORP",
        "Hitachino Beer",
        "国网江苏省电力有限公司",
        "国网浙江省电力有限公司",
        "Hefei BOE Display",
        "Inst Physics CAS",
        "Shanghai CAS Ltd",
    ]
    found = recognised(*({"name": name} for name in names))
    groups = {name: row["corporate_group"] for name, row in found.items()}
    assert groups == {
        "Hitachi Systems, Ltd.": "Hitachi",
        "HITACHI ZOSEN CORP": "Kanadevia",
        "Hitachino Beer": "HITACHINO BEER",
        "国网江苏省电力有限公司": "State Grid",
        "国网浙江省电力有限公司": "State Grid",
        "Hefei BOE Display": "BOE",
        "Inst Physics CAS": "Chinese Academy of Sciences",
        # A company of the academy's: the legal form stands above the part of the name.
        "Shanghai CAS Ltd": "Chinese Academy of Sciences",
    }
    assert found["国网江苏省电力有限公司"]["organisation"] == "国网江苏省电力"
    assert found["Inst Physics CAS"]["type_rule"] == "name_part"
    assert found["Shanghai CAS Ltd"]["organisation_type"] == "COMPANY"


def test_patstats_sector_comes_before_the_register_and_combinations_stay():
    found = recognised(
        {"name": "Toyota Motor Corp.", "sector": "COMPANY UNIVERSITY"},
        {"name": "Acme Institute", "sector": "COMPANY"},
    )
    assert found["Toyota Motor Corp."]["organisation_type"] == "COMPANY UNIVERSITY"
    assert found["Acme Institute"]["organisation_type"] == "COMPANY"
    assert {row["type_rule"] for row in found.values()} == {"sector"}


def test_the_commonest_sector_holds_for_all_names_of_the_organisation():
    found = recognised(
        {"name": "Acme", "sector": "UNIVERSITY"},
        {"name": "Acme Inc.", "sector": "HOSPITAL"},
        {"name": "Acme Inc.", "sector": "HOSPITAL"},
        {"name": "ACME LLC"},
        {"name": "Bcme", "sector": "UNIVERSITY"},
        {"name": "Bcme Inc.", "sector": "HOSPITAL"},
    )
    assert {row["organisation_type"] for row in found.values()} == {"HOSPITAL"}


def test_an_unknown_sector_leaves_it_to_the_name():
    found = recognised({"name": "Acme Inc.", "sector": "UNKNOWN"}, {"name": "Zyx"})
    assert found["Acme Inc."]["type_rule"] == "company_form"
    assert (found["Zyx"]["organisation_type"], found["Zyx"]["type_rule"]) == ("UNKNOWN", "unknown")


def test_the_name_with_the_legal_form_speaks_for_the_one_without():
    found = recognised({"name": "Acme"}, {"name": "Acme Inc."})
    assert {row["organisation_type"] for row in found.values()} == {"COMPANY"}


def test_an_applicant_who_is_an_inventor_of_the_same_document_is_a_person():
    found = recognised(
        {"publication_number": "US-1-B2", "name": "JANE DOE"},
        {"publication_number": "US-1-B2", "name": "Doe, Jane", "role": "inventor"},
        {"publication_number": "US-2-B2", "name": "JOHN ROE"},
        {"publication_number": "US-3-B2", "name": "Roe, John", "role": "inventor"},
        {"publication_number": "US-4-B2", "name": "Poe Ltd"},
        {"publication_number": "US-4-B2", "name": "Poe Ltd", "role": "inventor"},
    )
    assert found["JANE DOE"]["type_rule"] == "inventor"
    assert found["JANE DOE"]["organisation_type"] == "INDIVIDUAL"
    assert found["JOHN ROE"]["type_rule"] == "unknown"
    assert found["Poe Ltd"]["organisation_type"] == "COMPANY"
