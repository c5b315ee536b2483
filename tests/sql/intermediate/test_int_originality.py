"""Originality and radicalness: what a family builds upon."""

import pytest

from tests.sql.intermediate.network import indicators


def measured(own, *cited, asked="ori"):
    families = {f"c{i}": ("2001-06-01", symbols) for i, symbols in enumerate(cited)}
    found = indicators(
        {"f": ("2010-01-01", own), **families, "g": ("2010-01-01", "G06N")},
        [("f", name) for name in families] + [("f", "EP-1-A1")],
        asked,
    )["f"]
    return found["ori"], found["rad"]


@pytest.mark.parametrize(
    ("own", "cited", "originality", "radicalness"),
    [
        ("G06N", ["G06N", "G06N"], 0, 0),
        ("G06N", ["H01L", "G06N"], 1, 0.5),
        ("G06N", ["G06N", "G06N", "G06N", "H01L"], 0.5, 0.25),
        # (0/1 + 1/2 + 2/2) / 3 subclasses are foreign; pairs differ with chance 1/2, 1, 1.
        ("G06N", ["G06N", "G06N H01L", "G06T G11C"], pytest.approx(2.5 / 3), 0.5),
        ("G06N", ["H01L"], None, 1),
        ("G06N", [], None, None),
    ],
)
def test_both_look_at_the_cited_families_that_have_classes(own, cited, originality, radicalness):
    assert measured(own, *cited) == (originality, radicalness)


def test_asking_for_either_gives_both_and_for_none_neither():
    assert measured("G06N", "H01L", "G06T", asked="rad") == (1, 1)
    assert measured("G06N", "H01L", "G06T", asked="fc_5") == (None, None)
