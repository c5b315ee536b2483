"""Planted lags are found, in whole curves and in those that the data cut off."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import cramervonmises_2samp

from corepath.transforms.methods.lag import best_shift, distances

QUARTERS = np.arange(130)


def waves(lag, families, seed, growth=0.0):
    """Ten technologies that come up one after another, `lag` quarters late; Poisson counts."""
    peaks = np.arange(20, 140, 12)[:, None]
    shape = np.exp(-(((QUARTERS - peaks - lag) / 16) ** 2) / 2 + growth * QUARTERS)
    expected = shape * families / shape.sum()
    return np.random.default_rng(seed).poisson(expected).astype(float)


def years(reference, country):
    return float(best_shift(*distances(reference, country, 40))) / 4


@settings(max_examples=200, deadline=None)
@given(st.integers(-24, 24), st.integers(0, 1000), st.sampled_from([1.0, 4.0]))
def test_a_planted_lag_is_found_within_half_a_year_whatever_the_sizes(lag, seed, ratio):
    reference = waves(0, 3000, seed)
    country = waves(lag, 3000 * ratio, seed + 1)
    assert years(reference, country) == pytest.approx(lag / 4, abs=0.5)


def test_a_logistic_rise_that_is_not_over_is_aligned():
    def rise(lag, size):
        expected = size / (1 + np.exp(-(QUARTERS - 100 - lag) / 6))
        return np.random.default_rng(lag).poisson(expected)[None].astype(float)

    assert years(rise(0, 600), rise(12, 200)) == pytest.approx(3, abs=0.5)


@given(st.integers(0, 1000), st.integers(-16, 16))
def test_who_is_behind_one_is_what_the_other_is_ahead(seed, lag):
    one, other = waves(0, 400, seed), waves(lag, 400, seed + 1)
    assert years(one, other) == pytest.approx(-years(other, one), abs=1e-9)


def test_the_distance_is_that_of_cramer_and_von_mises_without_what_chance_adds():
    random = np.random.default_rng(3)
    # As many steps as events, so that no two fall into one: then scipy's statistic is ours.
    n, m = 40, 60
    order = random.permutation(n + m)
    earlier, later = np.zeros((2, n + m))
    earlier[order[:n]], later[order[n:]] = 1, 1
    found = distances(earlier[None], later[None], 0)[1][0]
    statistic = cramervonmises_2samp(np.flatnonzero(earlier), np.flatnonzero(later)).statistic
    assert found == pytest.approx(statistic * (n + m) / (n * m) - (1 / n + 1 / m) / 6)


def test_curves_of_one_kind_are_apart_by_nothing_on_average():
    found = [distances(waves(0, 300, seed), waves(0, 300, seed + 10_000), 0)[1][0] for seed in range(200)]
    assert np.mean(found) == pytest.approx(0, abs=2 * np.std(found) / np.sqrt(200))


def test_a_shift_that_leaves_too_little_to_compare_is_not_taken():
    late = np.zeros((1, 40))
    late[0, 35:] = 10
    shifts, distance = distances(late, late, 20)
    assert np.isinf(distance[np.abs(shifts) >= 5]).all()
    assert np.isnan(best_shift(*distances(np.zeros((1, 40)), late, 20)))
