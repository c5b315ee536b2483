"""The register of organisations, and what it does for the sample, reckoned without the pipeline."""

import csv
import gzip
import html
import json
import re
from collections import defaultdict

import polars as pl
import pytest

from corepath.transforms.methods.harmonise import harmonise
from corepath.transforms.stg_organisation import stg_organisation
from corepath.warehouse.load.archive import open_members
from corepath.warehouse.load.parsers import uspto
from corepath.warehouse.settings import ROOT

TABLES = [f"organisation{end}" for end in ("s", "_alias", "_abbreviation", "_group", "_word")] + [
    "language_word"
]
TYPES = {"COMPANY", "UNIVERSITY", "GOV NON-PROFIT", "HOSPITAL", "INDIVIDUAL"}
BASIS = re.compile(r"known|name|legal form|grant US-[A-Z]*[1-9]\d*-[A-Z]\d?")
# The legal form tells the country of these, and names are compared without it.
EXPLAINED = {("ABB AB", "SE")}


def table(name):
    with open(ROOT / "reference" / f"{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def keys(names):
    frame = pl.DataFrame({"name": names}, schema={"name": pl.String})
    return frame.select(harmonise(pl.col("name")))["name"].to_list()


REGISTER = table("organisations")
KEYS = keys([row["organisation"] for row in REGISTER])
ALIASES = table("organisation_alias")
ALIAS_KEYS = keys([row["alias"] for row in ALIASES])
GROUPS = table("organisation_group")
HOME = {key: row["home_country"] for key, row in zip(KEYS, REGISTER, strict=True)}
_SEAT = {row["organisation"]: row["home_country"] for row in REGISTER}
HOME |= {key: _SEAT[row["organisation"]] for key, row in zip(ALIAS_KEYS, ALIASES, strict=True)}


@pytest.fixture(scope="module")
def mentions():
    """Assignees of the ppubs sample: (document, family, key, name, country where it is told)."""
    found = []
    with gzip.open(ROOT / "samples" / "ppubs" / "ppubs.jsonl.gz", "rt", encoding="utf-8") as file:
        for record in map(json.loads, file):
            names = [html.unescape(n) for n in record.get("assigneeName") or []]
            countries = record.get("assigneeCountry") or []
            if len(countries) != len(names):
                countries = [None] * len(names)
            _, number, kind = record["guid"].split("-")
            family = str(record.get("familyIdentifierCur") or "")
            found += [
                (
                    f"US-{number}-{kind}",
                    family if 0 < len(family) < 13 else number,
                    name,
                    country if re.fullmatch("[A-Z]{2}", country or "") else None,
                )
                for name, country in zip(names, countries, strict=True)
            ]
    return [
        (document, family, key, name, country)
        for (document, family, name, country), key in zip(
            found, keys([name for _, _, name, _ in found]), strict=True
        )
    ]


@pytest.fixture(scope="module")
def grants():
    """Assignees of the uspto sample: (document, key, name, country)."""
    found = [
        (row["publication_number"], row["name"], row["country"])
        for path in sorted((ROOT / "samples" / "uspto").glob("*.xml.gz"))
        for _, stream in open_members(path)
        for kind, row in uspto.parse(stream)
        if kind == "party" and row["role"] == "assignee"
    ]
    return [
        (document, key, name, country)
        for (document, name, country), key in zip(found, keys([n for _, n, _ in found]), strict=True)
    ]


# --- The register itself -------------------------------------------------------------------------


def test_an_organisation_stands_in_it_once_however_it_is_spelled():
    assert None not in KEYS
    twice = {key for key in KEYS if KEYS.count(key) > 1} if len(set(KEYS)) < len(KEYS) else set()
    assert twice == set()


def test_countries_are_of_iso_3166():
    known = {row["country"] for row in table("country")}
    assert {row["home_country"] for row in REGISTER} <= known


def test_types_and_basis_are_words_of_the_register():
    assert {row["type"] for row in REGISTER} <= TYPES
    assert [row["basis"] for row in REGISTER if not BASIS.fullmatch(row["basis"])] == []


def test_every_field_is_filled_and_trimmed():
    for row in REGISTER:
        for field in ("organisation", "group", "type", "basis", "home_country"):
            assert row[field], row
            assert row[field] == row[field].strip(), row


def test_a_grant_that_is_the_basis_names_the_organisation_in_that_country(mentions, grants):
    told = {(document, key, country) for document, _, key, _, country in mentions if country}
    told |= {(document, key, country) for document, key, _, country in grants if country}
    # Padding and the kinds of designs and reissues are as the pipeline spells them.
    plain = {(re.sub(r"-([A-Z]*)0+", r"-\1", document), key, country) for document, key, country in told}
    wrong = [
        row["organisation"]
        for key, row in zip(KEYS, REGISTER, strict=True)
        if row["basis"].startswith("grant ")
        and (row["basis"].removeprefix("grant "), key, row["home_country"]) not in told | plain
    ]
    assert wrong == []


# --- Other names, and parts of names --------------------------------------------------------------


def test_an_alias_is_one_organisation_of_the_register_and_no_other_ones_name():
    assert {row["organisation"] for row in ALIASES} <= set(_SEAT)
    assert None not in ALIAS_KEYS
    assert len(set(ALIAS_KEYS)) == len(ALIAS_KEYS)
    assert set(ALIAS_KEYS) & set(KEYS) == set()


def test_a_group_that_is_an_organisation_too_belongs_to_itself():
    own = {row["organisation"]: row["group"] for row in REGISTER}
    groups = {row["group"] for row in REGISTER} | {row["group"] for row in GROUPS}
    assert {group: own[group] for group in groups if own.get(group, group) != group} == {}


def test_parts_of_names_are_harmonised_and_each_tells_one_group():
    texts = [row["text"] for row in GROUPS]
    assert keys(texts) == texts
    assert len({(row["place"], row["text"]) for row in GROUPS}) == len(GROUPS)
    assert {row["place"] for row in GROUPS} == {"starts", "contains", "ends"}
    assert {row["type"] for row in GROUPS} <= TYPES | {""}


def test_words_are_abbreviated_to_shorter_words():
    for row in table("organisation_abbreviation"):
        assert len(row["abbreviation"]) < len(row["word"])
        assert keys([row["word"], row["abbreviation"]]) == [row["word"], row["abbreviation"]]


@pytest.fixture(scope="module")
def recognised():
    """What the pipeline makes of every name and alias: group and organisation, by name."""
    names = [row["organisation"] for row in REGISTER] + [row["alias"] for row in ALIASES]
    party = pl.DataFrame({"name": names}).select(
        "name",
        publication_number=pl.lit("X-1-A"),
        country=pl.lit(None, pl.String),
        sector=pl.lit(None, pl.String),
    )
    frames = [pl.read_csv(ROOT / "reference" / f"{name}.csv", infer_schema=False).lazy() for name in TABLES]
    nobody = pl.LazyFrame(schema={"publication_number": pl.String, "name": pl.String})
    found = stg_organisation(party.lazy(), nobody, *frames)
    return {row["name"]: row for row in found.iter_rows(named=True)}


def test_every_name_and_every_alias_comes_home(recognised):
    wanted = {row["organisation"]: row["organisation"] for row in REGISTER}
    wanted |= {row["alias"]: row["organisation"] for row in ALIASES}
    assert {name: recognised[name]["organisation"] for name in wanted} == wanted


@pytest.mark.parametrize(
    ("group", "names"),
    [
        ("Samsung", ["Samsung Electronics", "삼성전자 주식회사", "Samsung SDS", "삼성디스플레이 주식회사"]),
        ("Huawei", ["华为技术有限公司", "深圳市海思半导体有限公司", "HiSilicon Technologies"]),
        ("Hitachi", ["株式会社日立製作所", "Hitachi High-Tech", "Hitachi Solutions"]),
        ("State Grid", ["国家电网公司", "中国电力科学研究院"]),
        ("Hon Hai", ["鴻海精密工業股份有限公司", "富泰华工业(深圳)有限公司", "Sharp"]),
        ("Kioxia", ["キオクシア株式会社", "東芝メモリ株式会社"]),
        ("SK", ["에스케이하이닉스 주식회사", "SK Telecom"]),
        ("Alibaba", ["阿里巴巴集团控股有限公司", "Ant Group"]),
        ("Chinese Academy of Sciences", ["中国科学院计算技术研究所", "中国科学院自动化研究所"]),
    ],
)
def test_the_main_groups_stand_together(recognised, group, names):
    assert {name: recognised[name]["corporate_group"] for name in names} == dict.fromkeys(names, group)


# --- What it does for the sample -----------------------------------------------------------------


def test_at_least_85_percent_of_the_samples_assignees_are_placed_without_guessing(mentions, grants):
    assert len(mentions) > 5000
    family = {(family, key) for _, family, key, _, country in mentions if country}
    namesakes = {key for _, _, key, _, country in mentions if country}
    namesakes |= {key for _, key, _, country in grants if country}
    placed = sum(
        bool(country) or (fam, key) in family or key in HOME or key in namesakes
        for _, fam, key, _, country in mentions
    )
    assert placed / len(mentions) >= 0.85


def test_no_country_contradicts_one_that_the_records_name(mentions, grants):
    told = defaultdict(set)
    for name, key, country in [(n, k, c) for _, _, k, n, c in mentions] + [
        (n, k, c) for _, k, n, c in grants
    ]:
        if country and key in HOME:
            told[key].add((name, country))
    contradictions = {
        (name, country) for key, pairs in told.items() for name, country in pairs if country != HOME[key]
    }
    assert contradictions <= EXPLAINED
    assert len(told) > 100
