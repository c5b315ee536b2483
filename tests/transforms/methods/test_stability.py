"""What a draw of families is, the intervals that come of it, and how results are compared."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kendalltau

from corepath.transforms.methods import stability
from corepath.transforms.methods.stability import (
    Baseline,
    Reach,
    best,
    interval,
    rank_biased_overlap,
    ranks,
    resample,
)

GENERATOR = np.random.default_rng(20261122)


# --- Drawing -------------------------------------------------------------------------------------


@given(st.lists(st.integers(1, 30), min_size=1, max_size=8), st.integers(0, 2**32))
def test_every_stratum_keeps_its_size(sizes, seed):
    counts = resample(np.array(sizes), np.random.default_rng(seed))
    ends = np.cumsum(sizes)
    found = [counts[end - size : end].sum() for size, end in zip(sizes, ends, strict=True)]
    assert found == sizes


def test_families_are_drawn_once_on_average_and_are_left_out_as_often_as_theory_has_it():
    draws = np.stack([resample(np.array([50, 150]), GENERATOR) for _ in range(500)])
    assert draws.mean(axis=0) == pytest.approx(np.ones(200), abs=0.25)
    left_out = (draws == 0).mean(axis=0)
    assert left_out[:50].mean() == pytest.approx((1 - 1 / 50) ** 50, abs=0.01)
    assert left_out[50:].mean() == pytest.approx((1 - 1 / 150) ** 150, abs=0.01)


# --- Ranks and intervals -------------------------------------------------------------------------


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), min_size=1, max_size=30).filter(
        lambda families: any(copies for _, copies in families)
    )
)
def test_a_rank_is_one_more_than_the_others_that_are_better_and_half_of_those_that_tie(families):
    copies = np.array([c for _, c in families])
    scores = np.array([s if c else np.nan for s, c in families], dtype=float)
    found = ranks(scores, copies, np.sort(np.repeat(scores, copies)))
    for i, rank in enumerate(found):
        if not copies[i]:
            assert np.isnan(rank)
            continue
        others = [s for j, (s, c) in enumerate(families) if j != i for _ in range(c)]
        assert rank == 1 + sum(s > scores[i] for s in others) + others.count(scores[i]) / 2


@given(
    st.floats(0, 9),
    st.lists(st.floats(0, 9), min_size=1, max_size=40),
    st.builds(Reach, widened=st.floats(0, 3), moved=st.floats(0, 2), apart=st.floats(0, 2)),
)
def test_an_interval_holds_its_number_and_keeps_its_bounds(value, draws, reach):
    low, high = interval(pl.lit(value), pl.col("draw"), 0, 9, reach)
    found = pl.DataFrame({"draw": draws}).select(low=low.first(), high=high.first()).row(0)
    assert 0 <= found[0] <= value + 1e-9
    assert value - 1e-9 <= found[1] <= 9


def test_nine_in_ten_intervals_of_a_mean_hold_the_truth():
    chance = np.random.default_rng(404)
    held = 0
    for _ in range(300):
        x = chance.normal(5, 1, 40)
        draws = x[chance.integers(0, 40, (200, 40))].mean(axis=1)
        low, high = interval(pl.lit(x.mean()), pl.col("draw"), -np.inf, np.inf, Reach())
        row = pl.DataFrame({"draw": draws}).select(low=low.first(), high=high.first()).row(0)
        held += row[0] <= 5 <= row[1]
    assert 0.84 <= held / 300 <= 0.94


# --- Agreement -----------------------------------------------------------------------------------


def overlap_of_definition(one: list, other: list, p: float) -> float:
    """RBO_ext of two rankings of the same depth, Webber et al. 2010, eq. 30."""
    k = len(one)
    at = [len(set(one[:d]) & set(other[:d])) for d in range(1, k + 1)]
    return at[-1] / k * p**k + (1 - p) / p * sum(x / d * p**d for d, x in enumerate(at, start=1))


@given(st.permutations(range(20)), st.permutations(range(20)), st.sampled_from([0.5, 0.9, 0.98]))
def test_rank_biased_overlap_is_that_of_the_definition(one, other, p):
    found = rank_biased_overlap(np.array(one[:12]), np.array(other[:12]), p)
    assert found == pytest.approx(overlap_of_definition(one[:12], other[:12], p), abs=1e-12)


def test_rank_biased_overlap_counts_the_first_places_most():
    order = np.arange(10)
    first, last = order.copy(), order.copy()
    first[[0, 1]], last[[8, 9]] = first[[1, 0]], last[[9, 8]]
    assert rank_biased_overlap(order, order) == pytest.approx(1)
    assert rank_biased_overlap(order, first) < rank_biased_overlap(order, last) < 1


def test_the_best_stand_in_order_with_ties_as_they_come():
    scores = GENERATOR.integers(0, 300, 5000)
    expected = sorted(range(5000), key=lambda i: (-scores[i], i))[: stability.RBO_DEPTH]
    assert best(scores).tolist() == expected


def test_tau_is_scipys_of_all_families_where_there_are_few():
    one, other = GENERATOR.integers(0, 50, (2, 3000)).astype(float)
    found = Baseline.of(one, one > 40).agreement(other, other > 40)
    assert found["kendall_tau"] == pytest.approx(kendalltau(one, other).statistic)
    both = np.count_nonzero((one > 40) & (other > 40))
    assert found["core_overlap"] == both / np.count_nonzero((one > 40) | (other > 40))


def test_tau_of_many_families_is_near_that_of_all():
    one = GENERATOR.normal(size=60_000)
    other = one + GENERATOR.normal(size=60_000)
    found = Baseline.of(one, one > 1).agreement(other, other > 1)["kendall_tau"]
    assert found == pytest.approx(kendalltau(one, other).statistic, abs=0.02)
