"""Names of organisations, brought to one spelling."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corepath.transforms.methods.harmonise import harmonise


def key(*names):
    return pl.DataFrame({"n": names}, schema={"n": pl.String}).select(harmonise(pl.col("n")))["n"].to_list()


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
        ("Telefonaktiebolaget LM Ericsson (publ)", "TELEFONAKTIEBOLAGET LM ERICSSON"),
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
        ("Ørsted A/S", "ORSTED"),
        ("Łukasiewicz Sp. z o.o.", "LUKASIEWICZ"),
        ("Grupo Bimbo S.A. de C.V.", "GRUPO BIMBO"),
        ("National University Corporation Tottori University", "Tottori University"),
        ("国立大学法人鳥取大学", "鳥取大学"),
        ("㈜엘지화학", "주식회사 엘지화학"),
        ("㍿日立製作所", "日立製作所"),
        ("（株）リコー", "リコー"),
        ("서울대학교 산학협력단", "서울대학교산학협력단"),
        ("某某科技（上海）有限公司", "某某科技(上海)有限公司"),
        ("国家电网有限公司", "国家电网公司"),
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
        ("三菱電機", "三菱重工業"),
        ("清华大学", "國立清華大學"),
        ("东北大学", "東北大学"),  # one is in Shenyang, the other in Sendai
        ("University of Washington", "Washington University"),
        ("国网江苏省电力有限公司", "国网浙江省电力有限公司"),
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


LATIN = ["Acme", "Électricité", "The", "Co", "Ltd", "S.A.", "&", "AG", "K.K.", "A/S", "Ø", "Foo-Bar"]
OTHER = ["東芝", "株式会社", "有限公司", "公司", "삼성", "주식회사", "㈜", "(주)", "大学", "学校法人"]
WORDS = st.lists(st.sampled_from([*LATIN, *OTHER]), min_size=1, max_size=6)


@given(WORDS, st.sampled_from(["", " "]))
def test_a_key_is_its_own_key(words, between):
    [found] = key(between.join(words))
    assert key(found) == [found]


@given(
    st.text("ABCDEFGHIJKLMNOPRTUVWXYZÄÉÖ ", min_size=3, max_size=20).map(lambda t: f"X{t}X"),
    st.sampled_from(["Inc.", "Co., Ltd.", "GmbH & Co. KG", "S.p.A.", "Oyj", "LLC", "N.V.", "Pty Ltd"]),
)
def test_a_legal_form_behind_decides_nothing(name, form):
    assert key(f"{name} {form}") == key(name)
    assert key(f"{name}, {form.upper()}") == key(name)


@given(st.text("北京上海科技电子日立東芝삼성전자清华", min_size=2, max_size=8))
def test_a_legal_form_in_chinese_japanese_or_korean_decides_nothing(name):
    forms = [f"{name}有限公司", f"{name}股份有限公司", f"株式会社{name}", f"{name} 株式会社", f"㈜{name}"]
    assert key(*forms) == key(name) * len(forms)


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
