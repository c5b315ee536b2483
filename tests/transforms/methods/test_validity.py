"""Scores against outcomes: published numbers, independent libraries, coverage of intervals."""

import numpy as np
import pytest
from scipy.stats import mannwhitneyu, spearmanr

from corepath.transforms.methods.validity import area, enrichment, placements, rank_correlation


def drawn(seed, families=200, lift=1.0):
    chance = np.random.default_rng(seed)
    positive = chance.random(families) < 0.3
    return chance.normal(size=families).round(1) + lift * positive, positive


def test_the_area_is_the_statistic_of_mann_and_whitney():
    score, positive = drawn(1)
    u = mannwhitneyu(score[positive], score[~positive]).statistic
    assert area(placements(score, positive)).value == pytest.approx(
        u / (positive.sum() * (~positive).sum()), abs=1e-12
    )


def test_the_interval_of_the_area_covers_the_truth_as_often_as_it_says():
    """The truth is that of a sample 500 times as large; 90 %, and three standard errors of 600 draws."""
    truth = area(placements(*drawn(0, 100_000))).value
    held = [
        low <= truth <= high for _, low, high in (area(placements(*drawn(seed))) for seed in range(1, 601))
    ]
    assert np.mean(held) == pytest.approx(0.9, abs=0.037)


def test_a_difference_of_areas_knows_that_the_patents_are_the_same():
    score, positive = drawn(2)
    other = score + np.random.default_rng(3).normal(scale=0.3, size=len(score))
    own, beside = placements(score, positive), placements(other, positive)
    found = area(own, beside)
    assert found.value == pytest.approx(area(own).value - area(beside).value)
    both = area(own)
    assert found.high - found.low < (both.high - both.low) / 2
    assert area(own, own) == (0, 0, 0)


def test_the_ratio_is_that_of_the_physicians_health_study():
    """Infarctions: 189 of 11,034 with placebo, 104 of 11,037 with aspirin; 1.82, 95 % 1.43 to 2.30.

    Agresti 2007, An Introduction to Categorical Data Analysis, 2.3.2; ours is of 90 %, whose
    logarithm is 1.645 / 1.96 as wide.
    """
    core = np.repeat([True, False], [11_034, 11_037])
    positive = np.concatenate([np.arange(11_034) < 189, np.arange(11_037) < 104])
    found = enrichment(core, positive)
    assert found.value == pytest.approx(1.82, abs=0.005)
    low, high = (found.value * (end / found.value) ** (1.959964 / 1.644854) for end in found[1:])
    assert (round(low, 2), round(high, 2)) == (1.43, 2.31)


def test_a_core_without_any_has_no_interval_and_a_field_without_any_no_ratio():
    core = np.arange(10) < 3
    assert enrichment(core, ~core)[0] == 0
    assert np.isnan(enrichment(core, ~core)[1])
    assert np.isnan(enrichment(core, core)[0])


def test_ranks_correlate_as_scipy_has_it_and_the_interval_covers():
    score, positive = drawn(4)
    found = rank_correlation(score, positive.astype(float))
    assert found.value == pytest.approx(spearmanr(score, positive).statistic, abs=1e-12)
    chance = np.random.default_rng(5)
    pairs = [chance.multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]], 100).T for _ in range(600)]
    truth = 6 / np.pi * np.arcsin(0.25)  # Spearman's of a normal pair with Pearson's 0.5
    held = [low <= truth <= high for _, low, high in (rank_correlation(*pair) for pair in pairs)]
    assert np.mean(held) == pytest.approx(0.9, abs=0.037)
