"""The bootstrap by weights: what it draws, what it fits, and what it holds results against."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau

from corepath.transforms.methods import stability
from corepath.transforms.methods.entropy import entropy_weights, normalise, scores
from corepath.transforms.methods.stability import (
    Baseline,
    Values,
    best,
    in_order,
    rank_biased_overlap,
    ranks,
    resample,
    select,
)

GENERATOR = np.random.default_rng(20261122)


def drawn_and_values(seed: int, m: int = 40, n: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Counts of families, of which a third is not drawn, and long-tailed values with many ties."""
    chance = np.random.default_rng(seed)
    return resample(np.array([m]), chance), chance.negative_binomial(1, 0.2, (n, m)) + 1.0


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


# --- Weights equal copies ------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["minmax", "ratio"])
@pytest.mark.parametrize("seed", range(10))
def test_weights_and_scores_of_a_draw_are_those_of_a_table_with_the_copies(method, seed):
    drawn, x = drawn_and_values(seed)
    copies = pl.DataFrame(np.repeat(x, drawn, axis=1).T, schema=["a", "b", "c", "d"])
    y = normalise(copies, dict.fromkeys("abcd", "+"), method=method)
    weights = entropy_weights(y)

    values = Values.of(x, from_low=method == "minmax")
    (fit,) = values.fit(drawn[None, :])
    assert fit.weights == pytest.approx(weights["weight"].to_numpy(), abs=1e-11)
    found = 100 * np.repeat(values.additive(fit), drawn)
    assert found == pytest.approx(scores(y, weights).to_numpy(), abs=1e-8)


@pytest.mark.parametrize("method", ["minmax", "ratio"])
@pytest.mark.parametrize("seed", range(10))
def test_topsis_of_a_draw_is_that_of_a_table_with_the_copies(method, seed):
    drawn, x = drawn_and_values(seed)
    copies = pl.DataFrame(np.repeat(x, drawn, axis=1).T, schema=["a", "b", "c", "d"])
    y = normalise(copies, dict.fromkeys("abcd", "+"), method=method)
    weights = entropy_weights(y)["weight"].to_numpy()
    v = y.to_numpy() / np.sqrt((y.to_numpy() ** 2).sum(axis=0)) * weights
    to_best = np.sqrt(((v - v.max(axis=0)) ** 2).sum(axis=1))
    to_worst = np.sqrt(((v - v.min(axis=0)) ** 2).sum(axis=1))

    values = Values.of(x, from_low=method == "minmax")
    (fit,) = values.fit(drawn[None, :])
    found = np.repeat(values.topsis(fit, drawn), drawn)
    assert found == pytest.approx(to_worst / (to_best + to_worst), abs=1e-8)


@settings(max_examples=25)
@given(st.integers(0, 2**32))
def test_draws_that_are_weighed_together_are_weighed_as_each_alone(seed):
    _, x = drawn_and_values(seed)
    chance = np.random.default_rng(seed)
    counts = np.stack([resample(np.array([10, 30]), chance) for _ in range(5)])
    values = Values.of(x, from_low=True)
    for together, alone in zip(values.fit(counts), counts, strict=True):
        (fit,) = values.fit(alone[None, :])
        assert together.weights == pytest.approx(fit.weights, abs=1e-11)


def test_the_ends_of_a_draw_are_found_where_all_the_extreme_families_are_left_out():
    x = np.arange(1000.0)[None, :]
    drawn = np.zeros(1000, dtype=int)
    drawn[400:600] = 5
    (fit,) = Values.of(x, from_low=True).fit(drawn[None, :])
    mean = x.mean()
    assert (fit.low[0], fit.high[0]) == (pytest.approx(400 / mean), pytest.approx(599 / mean))


def test_a_family_that_is_not_drawn_scores_no_more_than_the_best_that_is():
    x = np.array([[1.0, 2.0, 3.0, 100.0], [4.0, 1.0, 2.0, 100.0]])
    drawn = np.array([1, 1, 2, 0])
    for from_low in (True, False):
        values = Values.of(x, from_low)
        (fit,) = values.fit(drawn[None, :])
        assert values.additive(fit).max() == pytest.approx(1)
        assert values.topsis(fit, drawn)[3] == pytest.approx(1)


def test_an_indicator_that_is_constant_in_a_draw_has_no_weight_there():
    x = np.array([[1.0, 2.0, 3.0, 4.0], [5.0, 5.0, 5.0, 9.0]])
    (fit,) = Values.of(x, from_low=True).fit(np.array([[1, 1, 2, 0]]))
    assert fit.weights.tolist() == [1, 0]


def test_a_draw_in_which_nothing_varies_has_no_weights_and_no_nan():
    x = np.array([[1.0, 2.0, 3.0]])
    drawn = np.array([3, 0, 0])
    values = Values.of(x, from_low=True)
    (fit,) = values.fit(drawn[None, :])
    assert fit.weights.tolist() == [0]
    assert values.additive(fit).tolist() == values.topsis(fit, drawn).tolist() == [0, 0, 0]


def test_families_with_the_same_values_have_the_same_score_to_the_last_bit():
    x = np.tile(GENERATOR.uniform(0, 9, (12, 37)), 1000)
    values = Values.of(x, from_low=False)
    drawn = resample(np.array([x.shape[1]]), GENERATOR)
    (fit,) = values.fit(drawn[None, :])
    for found in (values.additive(fit), values.topsis(fit, drawn)):
        assert (found.reshape(1000, 37) == found[:37]).all()


# --- Cutting -------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", ["top_share", "mean_sd", "pareto", "head_tail", "price"])
def test_the_cut_of_a_draw_is_that_of_the_copies(rule):
    drawn, x = drawn_and_values(3)
    threshold = {"top_share": 0.1, "mean_sd": 1, "pareto": 0.8, "head_tail": 1, "price": 0.5}[rule]
    copies = np.sort([s for s, c in zip(x[0], drawn, strict=True) for _ in range(c)])
    cut = stability.cut_score(copies, rule, threshold)
    assert select(x[0], in_order(x[0], drawn), rule, threshold).tolist() == [s >= cut for s in x[0]]


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), min_size=1, max_size=30).filter(
        lambda families: any(copies for _, copies in families)
    )
)
def test_a_rank_is_the_middle_of_the_places_that_ties_fill_among_the_drawn(families):
    scores, drawn = (np.array(column, dtype=float) for column in zip(*families, strict=True))
    drawn = drawn.astype(int)
    places = sorted((-s for s, c in families for _ in range(c)))
    found = ranks(scores, in_order(scores, drawn))
    for score, rank in zip(scores, found, strict=True):
        own = [place for place, s in enumerate(places, start=1) if s == -score]
        better = sum(s < -score for s in places)
        assert rank == (sum(own) / len(own) if own else better + 1)
    assert (drawn * found).sum() == sum(range(1, len(places) + 1))


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
