"""What a variation is compared with, and how its core is counted."""

import numpy as np
import polars as pl
import pytest

from corepath.transforms.methods.variation import Released, shares_of

METHOD = {"core_rule": "top_share", "core_share": 0.5, "core_deviations": 1.0, "pareto_share": 0.8}
RANKED = pl.DataFrame(
    {"family": ["f1", "f2", "f3", "f4"], "score": [4.0, 3.0, 2.0, 1.0], "is_core": [True, True, False, False]}
)
COUNTRY = pl.DataFrame(
    {"family": ["f2", "f1", "f1", "f3"], "country": ["US", "US", "JP", "KR"], "share": [1.0, 0.25, 0.75, 1.0]}
)


def compared(scores: list[float], drawn: list[int]) -> tuple[list[bool], dict]:
    released = Released.of(RANKED, COUNTRY, METHOD)
    is_core, _, numbers = released.compare(np.array(scores), np.array(drawn))
    return is_core.tolist(), {(measure, name): value for measure, name, value in numbers}


def test_the_core_of_a_country_is_its_shares_of_core_families_as_often_as_they_are_drawn():
    is_core, found = compared([4, 3, 2, np.nan], [2, 1, 1, 0])
    # Of the scores 4, 4, 3, 2 the better half is 4.
    assert is_core == [True, False, False, False]
    assert {c: found["core_families", c] for c in ("JP", "US", "KR")} == {"JP": 1.5, "US": 0.5, "KR": 0}


def test_the_same_scores_of_the_same_families_agree_in_everything():
    _, found = compared([4, 3, 2, 1], [1, 1, 1, 1])
    for measure in ("kendall_tau", "core_overlap", "rank_biased_overlap"):
        assert found[measure, None] == pytest.approx(1)


def test_families_that_are_not_drawn_are_left_aside():
    # f1 is core and not drawn: f2 is, which is core in the release, too.
    _, found = compared([np.nan, 3, 2, 1], [0, 2, 1, 1])
    for measure in ("kendall_tau", "core_overlap", "rank_biased_overlap"):
        assert found[measure, None] == pytest.approx(1)


def test_the_reverse_order_disagrees():
    is_core, found = compared([1, 2, 3, 4], [1, 1, 1, 1])
    assert is_core == [False, False, True, True]
    assert (found["kendall_tau", None], found["core_overlap", None]) == (pytest.approx(-1), 0)


def test_only_the_best_are_ranked_in_every_draw(monkeypatch):
    monkeypatch.setattr("corepath.transforms.methods.variation.RANKED", 2)
    released = Released.of(RANKED, COUNTRY, METHOD)
    _, places, _ = released.compare(np.array([4.0, np.nan, 2.0, np.nan]), np.array([2, 0, 2, 0]))
    assert RANKED["family"].gather(released.leading).to_list() == ["f1", "f2"]
    assert places[0] == 1
    assert np.isnan(places[1])


def test_unknown_countries_have_no_share():
    place = pl.DataFrame({"family": ["f1", "f2"], "country": ["ZZ", "JP"], "share": [1.0, 1.0]})
    names, shares = shares_of(RANKED, place)
    assert names == ["JP"]
    assert (shares @ np.ones(4)).tolist() == [1]
