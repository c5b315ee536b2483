"""Generality: in how different classes the families are that cite one."""

import pytest

from tests.sql.intermediate.network import indicators, side_by_side

LAST = ("2020-12-31", "")


def cited(*citing):
    """A family cited by others, each in its subclasses."""
    families = {f"c{i}": ("2012-01-01", symbols) for i, symbols in enumerate(citing)}
    return {"f": ("2010-01-01", "G06N"), **families, "last": LAST}, [(name, "f") for name in families]


def test_generality_is_the_chance_that_two_citing_families_differ():
    cases = [
        (["G06N", "G06N"], 0),
        (["G06N", "H01L"], 1),
        # Hall: 1 - (3/4)^2 - (1/4)^2 = 3/8, times 4/3.
        (["G06N", "G06N", "G06N", "H01L"], 0.5),
        # Pairs differ with chance 1/2, 1 and 1/2.
        (["G06N H01L", "G06N", "H01L"], pytest.approx(2 / 3)),
        # Several main groups of a subclass are one subclass.
        (["G06N3/02 G06N5/00", "G06N"], 0),
        # It takes two that have a class.
        ([], None),
        (["G06N"], None),
        (["G06N H01L"], None),
        (["G06N", ""], None),
    ]
    found = side_by_side([cited(*citing) for citing, _ in cases], "gen")
    for (citing, expected), families in zip(cases, found, strict=True):
        assert families["f"]["gen"] == expected, citing


def test_it_is_not_computed_unless_asked_for():
    assert indicators(*cited("G06N", "H01L"), "fc_5")["f"]["gen"] is None


def test_citations_beyond_five_years_do_not_count():
    families = {
        "f": ("2010-01-01", "G06N"),
        "a": ("2012-01-01", "G06N"),
        "b": ("2013-01-01", "G06N"),
        "late": ("2016-01-01", "H01L"),
    }
    found = indicators(families, [(c, "f") for c in ("a", "b", "late")], "gen")
    assert found["f"]["gen"] == 0
