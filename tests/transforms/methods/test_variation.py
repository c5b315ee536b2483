"""What a variation is held against, and how its core is counted."""

import numpy as np
import polars as pl
import pytest

from corepath.transforms.methods.variation import SCORINGS, WAYS, Judge, variant

METHOD = {"core_rule": "top_share", "core_share": 0.5, "core_deviations": 1.0, "pareto_share": 0.8}
RANKED = pl.DataFrame(
    {"family": ["f1", "f2", "f3", "f4"], "score": [4.0, 3.0, 2.0, 1.0], "is_core": [True, True, False, False]}
)
COUNTRY = pl.DataFrame(
    {"family": ["f2", "f1", "f1", "f3"], "country": ["US", "US", "JP", "KR"], "share": [1.0, 0.25, 0.75, 1.0]}
)


def judged(scores: list[float], drawn: list[int]) -> tuple[list[bool], dict]:
    judge = Judge.of(RANKED, COUNTRY, METHOD)
    is_core, _, numbers = judge.judge(np.array(scores), np.array(drawn))
    return is_core.tolist(), {(measure, name): value for measure, name, value in numbers}


def test_every_way_and_scoring_has_as_many_draws_as_any_other():
    draws = [variant(draw) for draw in range(3 * len(WAYS) * len(SCORINGS))]
    assert {draws.count(one) for one in draws} == {3}
    assert len(set(draws)) == 16


def test_the_core_of_a_country_is_its_shares_of_core_families_as_often_as_they_are_drawn():
    is_core, found = judged([4, 3, 2, 1], [2, 1, 1, 0])
    # Of the scores 4, 4, 3, 2 the better half is 4.
    assert is_core == [True, False, False, False]
    assert {c: found["core_families", c] for c in ("JP", "US", "KR")} == {"JP": 1.5, "US": 0.5, "KR": 0}


def test_the_same_scores_of_the_same_families_agree_in_everything():
    _, found = judged([4, 3, 2, 1], [1, 1, 1, 1])
    for measure in ("kendall_tau", "core_overlap", "rank_biased_overlap"):
        assert found[measure, None] == pytest.approx(1)


def test_the_reverse_order_disagrees():
    is_core, found = judged([1, 2, 3, 4], [1, 1, 1, 1])
    assert is_core == [False, False, True, True]
    assert (found["kendall_tau", None], found["core_overlap", None]) == (pytest.approx(-1), 0)


def test_only_the_best_are_ranked_in_every_draw(monkeypatch):
    monkeypatch.setattr("corepath.transforms.methods.variation.RANKED", 2)
    judge = Judge.of(RANKED, COUNTRY, METHOD)
    _, places, _ = judge.judge(np.array([4.0, 3.0, 2.0, 1.0]), np.array([2, 0, 2, 0]))
    assert RANKED["family"].gather(judge.leading).to_list() == ["f1", "f2"]
    assert places.tolist() == [1.5, 3]
