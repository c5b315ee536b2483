"""Which strategic emerging industries a symbol belongs to: the concordance of 2021, and after."""

import polars as pl
import pytest

from tests.worlds import rows, world


def industries(*symbols):
    """The industries of each symbol; a pair is a symbol and the main group it counts in today."""
    pairs = [s if isinstance(s, tuple) else (s, s.split("/")[0]) for s in symbols]
    frame = pl.DataFrame(
        [("f", symbol, group[:4], group) for symbol, group in pairs],
        schema=["family", "symbol", "subclass", "main_group"],
        orient="row",
    )
    connection = world({"intermediate.int_family_symbol": frame}, "intermediate.int_industry_symbol")
    found = {symbol: set() for symbol, _ in pairs}
    for row in rows(connection, "from intermediate.int_industry_symbol"):
        found[row["symbol"]].add(str(row["industry"]))
    return found


@pytest.mark.parametrize(
    ("symbol", "expected"),
    [
        # The consequences that methods.md lists at the end of appendix A.
        ("G06N3/063", {"1.5"}),
        ("H01L21/02", {"1.2"}),
        ("H03K19/17", {"1.2"}),
        ("G11C11/54", {"1.1"}),
        ("G06F3/12", {"1.1"}),
        ("G06F13/16", {"1.1"}),
        ("G06T1/20", {"8.2"}),
        ("H04N5/74", {"8.1"}),
        ("H04N7/18", {"8.1"}),
        ("G06F9/50", {"1.4"}),
        ("G06F17/16", {"1.4"}),
        ("G06F30/39", {"1.3"}),
        ("G06F9/30", {"1.1"}),
        ("G06F9/38", {"1.1"}),
        ("G06F15/80", {"1.1"}),
        ("G06F7/544", {"1.1"}),
        # What is named one by one leaves the group that an asterisk takes in.
        ("G06N3/08", {"1.5"}),
        ("G06F11/14", {"1.2"}),
        ("H01L21/82", {"1.3"}),
        ("H04L12/24", {"1.1"}),
        # What the concordance does not name goes by what it names above it.
        ("G06N3/045", {"1.5"}),
        ("G06N3/065", {"1.5"}),
        ("G06N20/10", {"1.4"}),
        # H01L 27/14 is cut out of 1.2, and so is what lies below.
        ("H01L27/146", set()),
        ("A01B1/02", set()),
        ("H01L", set()),
    ],
)
def test_a_symbol_is_of_the_industries_that_the_concordance_says(symbol, expected):
    assert industries(symbol)[symbol] == expected


@pytest.mark.parametrize(
    ("symbol", "old"), [("H10P10/00", "H01L21/02"), ("H10W70/00", "H01L23/12"), ("H10K50/00", "H01L51/50")]
)
def test_a_place_opened_after_the_concordance_goes_by_the_places_it_was_taken_from(symbol, old):
    assert industries(symbol)[symbol] == industries(old)[old] == {"1.2"}


def test_a_place_taken_from_several_is_of_the_industries_of_them_all():
    # Memories were H01L 27/108, and making them H01L 21/8242.
    assert industries("H01L27/108")["H01L27/108"] == {"1.2"}
    assert industries("H01L21/8242")["H01L21/8242"] == {"1.3"}
    assert industries("H10B12/00")["H10B12/00"] == {"1.2", "1.3"}


def test_image_recognition_goes_by_the_whole_of_what_it_was_taken_from():
    assert industries("G06V10/82")["G06V10/82"] >= {"1.2", "1.5"}


def test_an_old_symbol_goes_by_its_own_name_though_it_counts_elsewhere_today():
    found = industries(("G06K9/62", "G06F18"))
    assert found["G06K9/62"] == {"1.5"}


def test_a_main_group_is_not_taken_for_another_that_begins_alike():
    # G06F1* is main group 1, not 13 or 17.
    assert industries("G06F1/32")["G06F1/32"] == {"1.1"}
    assert industries("B41J29/38")["B41J29/38"] == {"1.1"}
    assert industries("B41J2/01")["B41J2/01"] == set()
