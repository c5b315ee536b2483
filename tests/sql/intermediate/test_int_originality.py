"""Originality and radicalness: what a family builds upon."""

import pytest

from tests.sql.intermediate.network import indicators, side_by_side


def citing(own, *cited):
    """A family in its subclasses, and those that it cites, in theirs."""
    families = {f"c{i}": ("2001-06-01", symbols) for i, symbols in enumerate(cited)}
    citations = [("f", name) for name in families] + [("f", "EP-1-A1")]
    return {"f": ("2010-01-01", own), **families, "g": ("2010-01-01", "G06N")}, citations


def test_both_look_at_the_cited_families_that_have_classes():
    cases = [
        ("G06N", ["G06N", "G06N"], 0, 0),
        ("G06N", ["H01L", "G06N"], 1, 0.5),
        ("G06N", ["G06N", "G06N", "G06N", "H01L"], 0.5, 0.25),
        # (0/1 + 1/2 + 2/2) / 3 subclasses are foreign; pairs differ with chance 1/2, 1, 1.
        ("G06N", ["G06N", "G06N H01L", "G06T G11C"], pytest.approx(2.5 / 3), 0.5),
        ("G06N", ["H01L"], None, 1),
        ("G06N", [], None, None),
    ]
    found = side_by_side([citing(own, *cited) for own, cited, *_ in cases], "ori")
    for (_, cited, originality, radicalness), families in zip(cases, found, strict=True):
        assert (families["f"]["ori"], families["f"]["rad"]) == (originality, radicalness), cited


def test_asking_for_either_gives_both_and_for_none_neither():
    for asked, expected in (("rad", (1, 1)), ("fc_5", (None, None))):
        found = indicators(*citing("G06N", "H01L", "G06T"), asked)["f"]
        assert (found["ori"], found["rad"]) == expected, asked
