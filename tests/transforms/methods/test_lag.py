"""Planted lags are found, whatever grows; where nothing drifts nothing is told."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corepath.transforms.methods.lag import PRIOR, best_shift, losses, resampled_shifts

MONTHS = np.arange(33 * 12)
SHIFTS = np.arange(-120, 121, 3)


def waves(lag, families, seed, growth=0.0, technologies=30, preference=0.0):
    """Technologies that come up one after another, `lag` years late; families by technology and month.

    `growth` is of the country's families a year, and `preference` how far the country always has
    more of one technology than of another.
    """
    random = np.random.default_rng(seed)
    peaks = np.linspace(-96, 444, technologies)[:, None]
    mix = np.exp(-(((MONTHS - 12 * lag - peaks) / 48) ** 2) / 2)
    mix *= np.exp(random.normal(0, preference, technologies))[:, None]
    total = (1 + growth) ** (MONTHS / 12)
    return random.poisson(mix / mix.sum(axis=0) * total * families / total.sum()).astype(float)


def years(reference, country):
    lost, told = losses(reference, country, SHIFTS, 12)
    return float(best_shift(SHIFTS, lost.sum(axis=0) / told)) / 12


@given(st.integers(-6, 6), st.integers(0, 1000), st.sampled_from([0.0, 0.06, 0.12]))
def test_a_planted_lag_is_found_whatever_grows(lag, seed, growth):
    found = years(waves(0, 4000, seed), waves(lag, 4000, seed + 1, growth))
    assert found == pytest.approx(lag, abs=0.5)


@pytest.mark.parametrize("growth", [0.0, 0.06, 0.12])
def test_growth_is_no_lag_on_average(growth):
    found = [years(waves(0, 1000, seed), waves(0, 1000, seed + 500, growth)) for seed in range(12)]
    assert abs(np.mean(found)) <= 0.2


@given(st.integers(0, 1000), st.integers(-4, 4))
def test_who_is_behind_one_is_what_the_other_is_ahead(seed, lag):
    one, other = waves(0, 400, seed), waves(lag, 400, seed + 1)
    assert years(one, other) == pytest.approx(-years(other, one), abs=1e-9)


def test_the_loss_is_that_of_two_mixes_for_one():
    """Without smoothing: multinomial likelihoods of each month, with the prior as in the mixes."""
    random = np.random.default_rng(3)
    one, other = random.poisson(4.0, (2, 5, 30)).astype(float)

    def likelihood(counts, mix):
        return (counts * np.log((mix + PRIOR) / (mix + PRIOR).sum(axis=0))).sum()

    # So narrow a kernel is the month itself, at a level of its own.
    width = 0.05
    level = width * np.sqrt(2 * np.pi)
    a, b = one[:, :28], other[:, 2:]
    expected = sum(likelihood(x, level * x) - likelihood(x, level * (a + b)) for x in (a, b))
    lost, _ = losses(one, other, np.array([2]), width)
    assert lost.sum() == pytest.approx(expected)


def test_technologies_drawn_anew_tell_more_where_countries_prefer_some():
    spread = {
        preference: np.std(
            resampled_shifts(
                SHIFTS,
                *losses(waves(0, 4000, 1), waves(2, 4000, 2, preference=preference), SHIFTS, 12),
                200,
                3,
            )
        )
        for preference in (0.0, 0.7)
    }
    assert spread[0.7] > 1.5 * spread[0.0]


def test_the_best_shift_at_an_end_is_the_end():
    assert best_shift(np.arange(-1, 2), np.array([[1.0, 2, 4], [4.0, 2, 1]])).tolist() == [-1, 1]
