"""Groups beyond the register: what each rule joins, and what none does."""

import polars as pl
import pytest

from corepath.transforms.methods.grouping import described, find_groups
from corepath.warehouse.settings import ROOT

LANGUAGE = pl.read_csv(ROOT / "reference" / "language_word.csv").with_columns(kind=pl.lit("language"))
WORDS = pl.concat([pl.read_csv(ROOT / "reference" / "organisation_word.csv"), LANGUAGE])


def groups(*companies, filings=(), inventors=(), country=None):
    """Group and rule of companies: (name, records, group that the register knows)."""
    known = [
        (name, records, group) for name, records, group in (c + (None,) * (3 - len(c)) for c in companies)
    ]
    frame = pl.DataFrame(
        known, {"organisation": pl.String, "records": pl.Int64, "known_group": pl.String}, orient="row"
    ).with_columns(
        known_rule=pl.when(pl.col("known_group").is_not_null()).then(pl.lit("register")),
        is_well_known=pl.col("known_group").is_not_null(),
        is_sure=pl.lit(True),
        country=pl.lit(country, pl.String),
    )
    pairs = [(f"US-{i}-B2", name) for i, names in enumerate(filings) for name in names]
    people = [(f"US-{i}-B2", name) for i, names in enumerate(inventors) for name in names]
    found = find_groups(
        described(frame, WORDS),
        pl.DataFrame(pairs, {"publication_number": pl.String, "organisation": pl.String}, orient="row"),
        pl.LazyFrame(people, {"publication_number": pl.String, "name": pl.String}, orient="row"),
    )
    return {name: (group, rule) for name, group, rule in found.iter_rows()}


@pytest.mark.parametrize(
    ("one", "other", "rule"),
    [
        ("TIANMA MICRO ELECT", "XIAMEN TIANMA MICRO ELECT", "place"),
        ("AU OPTRONICS", "AU OPTRONICS SUZHOU", "place"),
        ("INVENTEC", "INVENTEC PUDONG", "place"),
        ("STMICROELECTRONICS", "STMICROELECTS", "spelling"),
        ("LENOVO", "BEIJING LENOVO SOFTWARE", "words"),
        ("GLOBALFOUNDRIES", "GLOBALFOUNDRIES SINGAPORE", "place"),
        ("CREE HUIZHOU SOLID STATE LIGHTING", "CREE HUIZHOU OPTO", "word_and_place"),
        ("TEXAS INSTRUMENTS", "TEXAS INSTRUMENTS JAPAN", "place"),
        ("LATITUDE ENGINEERING", "LATITUDE ENG", "spelling"),
        ("BRIMETA VETERINARY PHARMACEUTICALS", "BRIMETA VETER PHARMACEUTICAL", "abbreviation"),
        ("FLIGHT COMMUNICATION AND SURVEILLANCE", "FLIGHT COMMUNICATION AND SURVELLIANCE", "misspelling"),
        ("LIQUID SAILDRIVE", "LIQUID SAILDRIVE OIL AND GAS", "beginning"),
        ("CASSADIAN", "CASSADIAN AIRBORNE SOLUTIONS", "coined_word"),
    ],
)
def test_one_name_in_two_forms_is_one_group(one, other, rule):
    assert groups((one, 9), (other, 1))[other] == (one, rule)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SHANGHAI SEMICONDUCTOR", "BEIJING SEMICONDUCTOR"),  # nothing but place and business
        ("ADVANCED SEMICONDUCTOR", "SHANGHAI ADVANCED SEMICONDUCTOR"),  # a common word
        ("MITSUBISHI ELECTRIC", "MITSUBISHI MATERIALS"),  # borne by several groups
        ("LATTICE POWER", "LATTICE SEMICONDUCTOR"),  # two whom nobody knows
        ("FULCRUM SOFTWARE", "FULCRUM ENERGY"),
        ("TOKYO ELECTRON", "TOKYO GAS"),
        ("UNMANNED INNOVATION", "UNMANNED SYSTEMS"),  # one word of the language
        ("AUDIENCE", "AUDIENCE ENTERTAINMENT"),  # nobody has coined it
        ("CASSADIAN DEFENCE", "CASSADIAN AIRBORNE"),  # nor is it the name of any of them
        ("FLIGHT SURVEILLANCE UNIT WORKS 118", "FLIGHT SURVEILLANCE UNIT WORKS 119"),
    ],
)
def test_what_many_bear_joins_nobody(one, other):
    assert groups((one, 1), (other, 1)) == {one: (one, "itself"), other: (other, "itself")}


def test_a_name_that_begins_with_a_well_known_groups_is_of_it():
    found = groups(("Airbus Helicopters", 5, "Airbus"), ("AIRBUS DEFENCE AND SPACE", 1))
    assert found["AIRBUS DEFENCE AND SPACE"] == ("Airbus", "brand")


def test_a_coined_word_of_two_groups_or_of_two_countries_joins_nobody():
    names = ("Velox Mobility", 1, "Velox"), ("Velox Solutions", 1, "Zeta"), ("VELOX TACTICAL", 1)
    assert groups(*names)["VELOX TACTICAL"] == ("VELOX TACTICAL", "itself")
    frame = pl.DataFrame({"organisation": ["VELOX", "VELOX TACTICAL"], "records": [3, 1]}).with_columns(
        known_group=pl.lit(None, pl.String), known_rule=pl.lit(None, pl.String), is_sure=pl.lit(True)
    )
    nobody = pl.DataFrame(schema={"publication_number": pl.String, "organisation": pl.String})
    unnamed = pl.LazyFrame(schema={"publication_number": pl.String, "name": pl.String})
    for countries, count in ((["US", "CN"], 2), (["US", "US"], 1), (["US", None], 1)):
        given = frame.with_columns(country=pl.Series(countries), is_well_known=pl.lit(False))
        assert find_groups(described(given, WORDS), nobody, unnamed)["corporate_group"].n_unique() == count


@pytest.mark.parametrize(("country", "is_joined"), [("CN", True), ("US", False), (None, False)])
def test_few_records_do_where_names_are_no_words_of_the_countrys_language(country, is_joined):
    found = groups(("BEIJING FOUNDER ELECT", 1), ("FOUNDER MICROELECT INT", 1), country=country)
    assert found["FOUNDER MICROELECT INT"][1] == ("words_at_home" if is_joined else "itself")
    found = groups(("INSPUR CLOUD", 1, "Inspur"), ("INSPUR SUZHOU INTELLIGENT TECH", 1), country=country)
    # The word is coined, and the whole name of the group: it joins them anywhere, with less certainty.
    expected = ("Inspur", "brand_at_home" if is_joined else "coined_word")
    assert found["INSPUR SUZHOU INTELLIGENT TECH"] == expected


def test_two_groups_of_the_register_are_never_joined():
    found = groups(("Tianma", 9, "AVIC"), ("TIANMA SHANGHAI", 9, "Tianma Bearing"))
    assert {group for group, _ in found.values()} == {"AVIC", "Tianma Bearing"}


def test_a_shared_word_needs_filings_or_inventors():
    names = (("VISIONOX PANEL WORKS", 3), ("KUNSHAN VISIONOX FILM", 2))
    assert {group for group, _ in groups(*names).values()} == {name for name, _ in names}
    together = groups(*names, filings=[[name for name, _ in names]])
    assert together["KUNSHAN VISIONOX FILM"] == ("VISIONOX PANEL WORKS", "word_and_filings")
    apart = [[name] for name, _ in names]
    assert groups(*names, filings=apart, inventors=[["DOE JANE"], ["DOE JANE"]]) == groups(*names)
    both = ["DOE JANE", "ROE RICHARD"]
    assert groups(*names, filings=apart, inventors=[both, both]) == together


def test_a_slip_of_the_pen_and_initials_need_a_joint_filing():
    for one, other in (("HUAWEI TECH", "HAUWEI TECH"), ("MICRO STAR INT", "MSI ELECT KUN SHAN")):
        found = groups((one, 9), (other, 1), filings=[[one, other]])
        assert found[other] == (one, "likeness_and_filings")
        assert groups((one, 9), (other, 1))[other] == (other, "itself")


def test_names_that_differ_by_a_number_are_no_slip_of_the_pen():
    one, other = "PLANT118 PRECISION", "PLANT119 PRECISION"
    found = groups((one, 9), (other, 1), filings=[[one, other]])
    assert found[other] == (other, "itself")


def test_a_company_that_files_all_with_another_is_its_own():
    joint = [["FOXCONN", "FURUI PRECISE COMPONENT"]] * 3
    found = groups(("FOXCONN", 9), ("FURUI PRECISE COMPONENT", 3), filings=[*joint, ["FOXCONN"]])
    assert found["FURUI PRECISE COMPONENT"] == ("FOXCONN", "files_with")
    rarely = groups(("FOXCONN", 9), ("FURUI PRECISE COMPONENT", 2), filings=[*joint[:2], ["FOXCONN"]])
    assert rarely["FURUI PRECISE COMPONENT"] == ("FURUI PRECISE COMPONENT", "itself")
