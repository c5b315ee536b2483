"""Novelty: pairs of subclasses seen for the first time."""

from tests.sql.intermediate.network import indicators

FAMILIES = {
    "first": ("2001-06-01", "G06N H01L"),
    "same": ("2002-01-01", "H01L G06N"),
    "wider": ("2003-01-01", "G06N H01L G06T"),
    "one day": ("2003-01-01", "G06T H01L"),
    "single": ("2004-01-01", "G06N3/02 G06N5/00"),
}


def test_a_pair_is_new_on_the_first_day_it_is_seen():
    found = indicators(FAMILIES, [], "nov")
    assert {name: row["nov"] for name, row in found.items()} == {
        "first": 1,
        "same": 0,
        "wider": 2,
        "one day": 1,
        "single": 0,
    }


def test_it_is_not_computed_unless_asked_for():
    assert {row["nov"] for row in indicators(FAMILIES, []).values()} == {None}
