"""Disruption: whether who builds on a family still builds on what it built upon."""

import pytest

from tests.sql.intermediate.network import indicators, side_by_side

WORLD = {
    "r": ("2001-06-01", ""),
    "f": ("2010-01-01", "G06N"),
    "a": ("2012-01-01", ""),
    "b": ("2013-01-01", ""),
    "c": ("2014-01-01", ""),
    "early": ("2009-01-01", ""),
    "late": ("2016-01-01", ""),
    "last": ("2020-12-31", ""),
}


def test_disruption_is_counted_as_funk_and_owen_smith_do():
    cases = [
        ([("a", "f"), ("b", "f")], 1),  # it replaces what it cites
        ([("a", "f"), ("a", "r")], -1),  # it is cited together with it
        ([("a", "r")], 0),  # it is passed over
        ([("a", "f"), ("b", "f"), ("b", "r"), ("c", "r")], 0),  # (1 - 1) / 3
        ([("a", "f"), ("b", "f"), ("c", "r")], pytest.approx(2 / 3)),
        ([("a", "f"), ("early", "r"), ("late", "f"), ("late", "r")], 1),  # out of the window
        ([], None),  # nobody cites either
    ]
    found = side_by_side([(WORLD, [("f", "r"), *citations]) for citations, _ in cases], "cd_5")
    for (citations, expected), families in zip(cases, found, strict=True):
        assert families["f"]["cd_5"] == expected, citations


def test_a_family_without_references_has_none_and_neither_has_one_in_an_open_window():
    assert indicators(WORLD, [("a", "f")], "cd_5")["f"]["cd_5"] is None
    young = {**WORLD, "y": ("2018-01-01", "G06N"), "z": ("2019-01-01", "")}
    assert indicators(young, [("y", "r"), ("z", "y")], "cd_5")["y"]["cd_5"] is None


def test_it_is_not_computed_unless_asked_for():
    citations = [("f", "r"), ("a", "f")]
    assert indicators(WORLD, citations, "fc_5")["f"]["cd_5"] is None
