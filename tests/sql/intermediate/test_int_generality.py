"""Generality: in how different classes the families are that cite one."""

import pytest

from tests.sql.intermediate.network import indicators

LAST = ("2020-12-31", "")


def generality(*citing, asked="gen"):
    """Of a family cited by others, each in its subclasses."""
    families = {f"c{i}": ("2012-01-01", symbols) for i, symbols in enumerate(citing)}
    return indicators(
        {"f": ("2010-01-01", "G06N"), **families, "last": LAST}, [(name, "f") for name in families], asked
    )["f"]["gen"]


@pytest.mark.parametrize(
    ("citing", "expected"),
    [
        (["G06N", "G06N"], 0),
        (["G06N", "H01L"], 1),
        # Hall: 1 - (3/4)^2 - (1/4)^2 = 3/8, times 4/3.
        (["G06N", "G06N", "G06N", "H01L"], 0.5),
        # Pairs differ with chance 1/2, 1 and 1/2.
        (["G06N H01L", "G06N", "H01L"], pytest.approx(2 / 3)),
        # Several main groups of a subclass are one subclass.
        (["G06N3/02 G06N5/00", "G06N"], 0),
    ],
)
def test_generality_is_the_chance_that_two_citing_families_differ(citing, expected):
    assert generality(*citing) == expected


@pytest.mark.parametrize("citing", [[], ["G06N"], ["G06N H01L"], ["G06N", ""]])
def test_it_takes_two_citing_families_with_a_class(citing):
    assert generality(*citing) is None


def test_it_is_not_computed_unless_asked_for():
    assert generality("G06N", "H01L", asked="fc_5") is None


def test_citations_beyond_five_years_do_not_count():
    families = {
        "f": ("2010-01-01", "G06N"),
        "a": ("2012-01-01", "G06N"),
        "b": ("2013-01-01", "G06N"),
        "late": ("2016-01-01", "H01L"),
    }
    found = indicators(families, [(c, "f") for c in ("a", "b", "late")], "gen")
    assert found["f"]["gen"] == 0
