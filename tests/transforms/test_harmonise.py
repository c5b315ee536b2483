"""Names of organisations, brought to one spelling."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.harmonise import harmonise


def key(*names):
    return pl.DataFrame({"n": names}, schema={"n": pl.String}).select(
        harmonise(pl.col("n"))
    )["n"].to_list()  # fmt: skip


@pytest.mark.parametrize(
    ("name", "same_as"),
    [
        ("Samsung Electronics Co., Ltd.", "SAMSUNG ELECTRONICS"),
        ("SAMSUNG ELECTRONICS CO LTD", "SAMSUNG ELECTRONICS"),
        ("Nestlé S.A.", "Nestle"),
        ("Société des Produits Nestlé S.A.", "SOCIETE DES PRODUITS NESTLE"),
        ("AT&T Inc.", "AT and T"),
        ("The Boeing Company", "BOEING"),
        ("International Business Machines Corporation", "INTERNATIONAL BUSINESS MACHINES"),
        ("Robert Bosch GmbH", "Robert Bosch"),
        ("Drägerwerk AG & Co. KGaA", "DRAGERWERK"),
        ("Mühlbauer GmbH & Co. KG", "muhlbauer"),
        ("Smith and Co Ltd", "SMITH"),
        ("Koninklijke Philips N.V.", "KONINKLIJKE PHILIPS"),
        ("Vestas Wind Systems A/S", "VESTAS WIND SYSTEMS"),
        ("Nokia Oyj", "Nokia"),
        ("Telefonaktiebolaget LM Ericsson (publ)", "TELEFONAKTIEBOLAGET LM ERICSSON PUBL"),
        ("Kabushiki Kaisha Toshiba", "TOSHIBA"),
        ("Toshiba K.K.", "TOSHIBA"),
        ("Moody's Corp", "MOODYS"),
        ("Ｓｏｎｙ　Ｃｏｒｐ．", "SONY"),
        ("株式会社東芝", "東芝"),
        ("东芝有限公司", "东芝"),
        ("삼성전자 주식회사", "삼성전자"),
        ("  Intel   Corporation  ", "Intel"),
        ("Straße AG", "STRASSE"),
        ("Bank of America, N.A.", "BANK OF AMERICA"),
    ],
)
def test_spellings_of_one_organisation_have_one_key(name, same_as):
    first, second = key(name, same_as)
    assert first == second
    assert first is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hitachi", "Hitachi High-Tech"),
        ("Company", "Inc Research"),
        ("Coca", "Coca-Cola"),
        ("SA Recycling", "Recycling"),
        ("AG Leader Technology", "Leader Technology"),
        ("3M", "3N"),
        ("삼성전자", "삼성전기"),
        ("东芝", "东软"),
        ("ハナソニック", "パナソニック"),  # the marks of kana are no accents
    ],
)
def test_organisations_that_differ_keep_different_keys(one, other):
    first, second = key(one, other)
    assert first != second


@pytest.mark.parametrize("name", ["", " ", "...", "-", "株式会社", None])
def test_what_leaves_nothing_has_no_key(name):
    assert key(name) == [None]


def test_a_name_that_is_a_legal_form_only_is_kept():
    assert key("Company", "Limited") == ["COMPANY", "LIMITED"]


@given(st.text(max_size=30))
def test_case_and_space_around_decide_nothing(name):
    plain = name.upper() if name.upper().lower() == name.lower() else name
    assert key(f"  {plain} ") == key(plain)


@given(st.text(st.characters(codec="utf-8"), max_size=30))
def test_a_key_is_upper_case_without_punctuation_or_nothing(name):
    [found] = key(name)
    if found is not None:
        assert found == found.strip()
        assert "  " not in found
        assert all(c.isalnum() or c == " " or not c.isascii() for c in found)
        assert not any(c.islower() and c.upper() != c and len(c.upper()) == 1 for c in found)
