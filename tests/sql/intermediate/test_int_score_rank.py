"""Ranks and the cut at which the core ends."""

import math
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corepath.warehouse.topic.files import Topic
from tests.worlds import by, world


def ranked(scores, core_share=0.1):
    frame = pl.DataFrame(
        [(f"f{i:04}", float(score)) for i, score in enumerate(scores)],
        schema={"family": pl.String, "score": pl.Float64},
        orient="row",
    )
    connection = world(
        {"intermediate.int_score": frame},
        "intermediate.int_score_rank",
        topic=Topic(name="any", title="Any", classes=["A"], method={"core_share": core_share}),
    )
    return list(by(connection, "intermediate.int_score_rank order by family", "family").values())


def test_ties_share_the_middle_of_the_places_they_fill():
    found = ranked([5, 9, 5, 1, 5, 9])
    assert [row["rank"] for row in found] == [4, 1.5, 4, 6, 4, 1.5]


def test_places_are_distinct_and_ties_stand_in_order_of_family():
    assert [row["position"] for row in ranked([5, 9, 5, 1, 5, 9])] == [3, 1, 4, 6, 5, 2]


def test_the_core_is_the_best_share_of_the_families():
    found = ranked(range(30))
    assert [row["score"] for row in found if row["is_core"]] == [27, 28, 29]
    assert not any(row["is_tied_at_cut"] for row in found)


def test_a_share_that_is_not_whole_is_rounded_up():
    assert sum(row["is_core"] for row in ranked(range(31))) == 4


def test_a_share_is_not_rounded_up_for_its_binary_spelling():
    assert sum(row["is_core"] for row in ranked(range(100), core_share=0.07)) == 7


def test_every_tie_at_the_cut_is_core_and_says_so():
    found = ranked([9, 8, 7, 7, 7, 1, 1, 1, 1, 1], core_share=0.3)
    assert [row["is_core"] for row in found] == [True] * 5 + [False] * 5
    assert [row["is_tied_at_cut"] for row in found] == [False, False] + [True] * 3 + [False] * 5


@settings(max_examples=15)
@given(
    st.lists(st.integers(0, 6), min_size=1, max_size=60),
    st.sampled_from(["0.01", "0.07", "0.1", "0.25", "0.29", "0.5"]),
)
def test_ranks_and_cut_are_those_of_a_plain_reckoning(scores, share):
    found = ranked(scores, float(share))
    best = sorted(scores, reverse=True)
    cut = best[math.ceil(Fraction(share) * len(scores)) - 1]
    for score, row in zip(scores, found, strict=True):
        places = [i for i, s in enumerate(best, start=1) if s == score]
        assert row["rank"] == pytest.approx(sum(places) / len(places))
        assert row["is_core"] == (score >= cut)
        assert row["is_tied_at_cut"] == (score == cut and len(places) > 1)
    assert sum(row["rank"] for row in found) == len(scores) * (len(scores) + 1) / 2
