"""Classes: for each scheme those of one source, in one spelling, by the newest scheme."""

import string
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.worlds import by, rows, world

NUMBER = {"publication_number": "US-7650331-B1"}
GOOD, POOR = NUMBER | {"source_rank": 1}, NUMBER | {"source_rank": 2}


def staged(*rows):
    connection = world({"sources.stg_classification": rows}, "staging.stg_classification")
    return by(connection, "staging.stg_classification", "publication_number", "scheme", "symbol")


def symbols(found, scheme):
    return {symbol for _, s, symbol in found if s == scheme}


def read(*spellings, scheme="CPC"):
    """Read each spelling in a document of its own: symbol, subclass and main group by its place."""
    given = [
        {"publication_number": f"US-{i}-B2", "scheme": scheme, "symbol": spelling}
        for i, spelling in enumerate(spellings)
    ]
    found = by(
        world({"sources.stg_classification": given}, "staging.stg_classification"),
        "staging.stg_classification",
        "publication_number",
    )
    return {
        int(number.split("-")[1]): (row["symbol"], row["subclass"], row["main_group"])
        for number, row in found.items()
    }


# --- Sources -------------------------------------------------------------------------------------


def test_for_each_scheme_the_best_source_that_classifies_is_taken_whole():
    found = staged(
        GOOD | {"scheme": "IPC", "symbol": "G06N3/02"},
        POOR | {"scheme": "IPC", "symbol": "H01L21/00"},
        POOR | {"scheme": "CPC", "symbol": "G11C11/54"},
    )
    assert symbols(found, "IPC") == {"G06N3/02"}
    assert symbols(found, "CPC") == {"G11C11/54"}


def test_another_publication_of_the_poorer_source_is_not_hidden():
    found = staged(
        GOOD | {"symbol": "G06N3/02"}, POOR | {"publication_number": "US-1-B2", "symbol": "H01L21/00"}
    )
    assert len(found) == 2


def test_a_source_that_cannot_be_read_does_not_hide_one_that_can():
    found = staged(GOOD | {"symbol": "14-02"}, POOR | {"symbol": "G06N3/02"}, POOR | {"symbol": "none"})
    assert symbols(found, "IPC") == {"G06N3/02", "none"}


def test_a_symbol_told_twice_has_its_first_place_and_is_inventive_if_once_so():
    [row] = staged(
        GOOD | {"symbol": "G06N3/063", "position": 4, "is_inventive": False},
        GOOD | {"symbol": "G06N  3/063", "position": 2, "is_inventive": True},
    ).values()
    assert (row["position"], row["is_inventive"]) == (2, True)


def test_ipc_and_cpc_stay_apart():
    found = staged(
        GOOD | {"scheme": "IPC", "symbol": "G06F 9/30"}, GOOD | {"scheme": "CPC", "symbol": "G06F0009300000"}
    )
    assert set(found) == {("US-7650331-B1", scheme, "G06F9/30") for scheme in ("IPC", "CPC")}


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_what_has_no_symbol_is_no_class(nothing):
    assert staged(GOOD | {"symbol": nothing}) == {}


# --- Spelling ------------------------------------------------------------------------------------

SPELLINGS = [
    ("H01L 21/02", "H01L21/02"),
    ("H01L  21/02", "H01L21/02"),
    ("  H01L21/02 ", "H01L21/02"),
    ("h01l21/02", "H01L21/02"),
    ("H 01 L 21/02", "H01L21/02"),
    ("H01L\u00a021/02", "H01L21/02"),
    ("H01L 021/02", "H01L21/02"),
    ("H01L-021/02", "H01L21/02"),
    ("H01L 21/02 (2006.01)", "H01L21/02"),
    ("H01L   21/02        20060101A I20051008RMEP", "H01L21/02"),
    ("H01L0021020000", "H01L21/02"),
    ("G06F0009445050", "G06F9/44505"),
    ("G06N0020000000", "G06N20/00"),
    ("H01L0021200000", "H01L21/20"),
    ("A41B001/00", "A41B1/00"),
    ("H01L21/0203", "H01L21/0203"),
    ("G06F   9/44505", "G06F9/44505"),
    ("G06F2009/45583", "G06F2009/45583"),
    ("G06F2009455830", "G06F2009/45583"),
    ("Y02D 10/00", "Y02D10/00"),
    ("A61K 101:00", "A61K101/00"),
    ("H01L", "H01L"),
]


def test_every_spelling_of_a_symbol_becomes_one():
    found = read(*(spelling for spelling, _ in SPELLINGS))
    assert [found[i][0] for i in range(len(SPELLINGS))] == [symbol for _, symbol in SPELLINGS]


symbol_parts = st.tuples(
    st.builds(
        "{}{:02}{}".format,
        st.sampled_from("ABCDEFGHY"),
        st.integers(1, 99),
        st.sampled_from(string.ascii_uppercase),
    ),
    st.integers(1, 9999),
    # As in any decimal fraction, a zero at the end of a longer subgroup would say nothing.
    st.from_regex(r"[0-9]{2}([0-9]{0,3}[1-9])?", fullmatch=True),
)
SPELLERS = [
    "{}{}/{}".format,
    "{} {}/{}".format,
    "{}{:>4}/{}".format,
    "{}{:>04}/{}".format,
    "{}{:04}{:0<6}".format,
    "{} {}/{} (2006.01)".format,
    "\t{} {} / {}\t".format,
    "{}{:>4}/{:<11}20060101A I20051008RMEP".format,
    lambda *parts: "{}{}/{}".format(*parts).lower(),
]


@pytest.mark.whole
@settings(max_examples=20)
@given(st.lists(symbol_parts, min_size=1, max_size=8))
def test_any_symbol_in_any_spelling_is_read_the_same_and_once_read_stays(drawn):
    spellings = [speller(*parts) for parts in drawn for speller in SPELLERS]
    canonical = [f"{subclass}{group}/{rest}" for subclass, group, rest in drawn]
    found = read(*spellings)
    assert [found[i][0] for i in range(len(spellings))] == [symbol for symbol in canonical for _ in SPELLERS]
    again = read(*canonical)
    assert [again[i] for i in range(len(drawn))] == [found[i * len(SPELLERS)] for i in range(len(drawn))]


JUNK = [
    "14-02",
    "H01L21",
    "H01L21/",
    "H01L21/2",
    "H01L/02",
    "I01L21/02",
    "21/02",
    "H01L21/0203045",
    "D14.02",
    "H01L00210200",
    "H01L0000020000",
    "none",
    "半導体",
]


@pytest.mark.parametrize("scheme", ["IPC", "CPC"])
def test_what_is_no_symbol_stays_as_it_is_and_counts_nowhere(scheme):
    found = read(*JUNK, scheme=scheme)
    assert [found[i] for i in range(len(JUNK))] == [(junk, None, None) for junk in JUNK]


def test_section_y_is_of_cpc_alone():
    assert read("Y02D10/00", scheme="CPC")[0] == ("Y02D10/00", "Y02D", "Y02D10")
    assert read("Y02D10/00", scheme="IPC")[0] == ("Y02D10/00", None, None)


@pytest.mark.whole
@given(st.text(max_size=30))
@example("\N{NO-BREAK SPACE}")
def test_whatever_stands_there_is_kept_or_blank_and_never_an_error(text):
    is_blank = all(unicodedata.category(sign) == "Zs" for sign in text)
    assert len(read(text)) == (0 if is_blank else 1)


# --- Reforms -------------------------------------------------------------------------------------


def test_a_symbol_is_cut_into_its_parts():
    assert read("G06N3/063")[0] == ("G06N3/063", "G06N", "G06N3")


@pytest.mark.parametrize(
    ("old", "subclass", "main_group"),
    [
        ("H01L27/108", "H10B", "H10B12"),
        ("H01L27/11", "H10B", "H10B10"),
        ("H01L27/11502", "H10B", "H10B53"),
        ("H01L27/11582", "H10B", "H10B43"),
        ("H01L27/146", "H10F", "H10F39"),
        ("H01L27/32", "H10K", "H10K59"),
        ("H01L29/786", "H10D", "H10D30"),
        ("H01L33/48", "H10H", "H10H20"),
        ("H01L45/00", "H10N", "H10N70"),
        ("H01L21/66", "H10P", "H10P74"),
        ("H01L23/498", "H10W", "H10W70"),
        ("G06K9/00", "G06V", "G06V10"),
        ("G06K9/62", "G06F", "G06F18"),
        ("G06F15/18", "G06N", "G06N20"),
        # Not touched by the reforms, though they begin alike.
        ("G06K7/10", "G06K", "G06K7"),
        ("G06F15/80", "G06F", "G06F15"),
        ("H10B12/30", "H10B", "H10B12"),
        # Too little is said to follow it.
        ("H01L", "H01L", None),
    ],
)
def test_subclass_and_main_group_are_those_of_the_newest_scheme(old, subclass, main_group):
    assert read(old)[0] == (old, subclass, main_group)


def test_one_invention_under_old_and_new_symbols_is_one_technology():
    """A memory cell of every year, as the scheme of its year had it: the series does not break."""
    years = {2005: "H01L  27/108", 2022: "H01L0027108000", 2024: "H10B 12/00", 2026: "H10B12/30"}
    given = [{"publication_number": f"US-{year}-B2", "symbol": symbol} for year, symbol in years.items()]
    connection = world({"sources.stg_classification": given}, "staging.stg_classification")
    found = rows(connection, "select distinct subclass, main_group from staging.stg_classification")
    assert found == [{"subclass": "H10B", "main_group": "H10B12"}]
