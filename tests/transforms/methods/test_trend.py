"""Structural breaks against an independent library, published breaks and planted ones."""

from itertools import combinations, pairwise

import numpy as np
import pytest
import ruptures
from hypothesis import given
from hypothesis import strategies as st

from corepath.transforms.methods.trend import MIN_YEARS, best_partitions, bic, find_trend, squared_errors

# Flow of the Nile at Aswan, 1871 to 1970, 10^8 m^3 (Cobb 1978, Biometrika 65:243-251).
NILE = """
1120 1160 963 1210 1160 1160 813 1230 1370 1140 995 935 1110 994 1020 960 1180 799 958 1140 1100
1210 1150 1250 1260 1220 1030 1100 774 840 874 694 940 833 701 916 692 1020 1050 969 831 726 456
824 702 1120 1100 832 764 821 768 845 864 862 698 845 744 796 1040 759 781 865 845 944 984 897 822
1010 771 676 649 846 812 742 801 1040 860 874 848 890 744 749 838 1050 918 986 797 923 975 815 1020
906 901 1170 912 746 919 718 714 740
"""
series = st.lists(st.floats(0, 10), min_size=2 * MIN_YEARS, max_size=24).map(np.array)


def noise(random: np.random.Generator, years: int, carried_over: float = 0.0) -> np.ndarray:
    """Draw noise of variance 1, of which a share carries over from one year to the next."""
    shocks = random.standard_normal(years)
    for year in range(1, years):
        shocks[year] = carried_over * shocks[year - 1] + np.sqrt(1 - carried_over**2) * shocks[year]
    return shocks


def starts(counts: np.ndarray) -> list[int]:
    return [segment.start for segment in find_trend(counts).segments[1:]]


# -- least squares -----------------------------------------------------------------------------


@given(series)
def test_errors_are_those_of_the_line_of_least_squares(y):
    errors = squared_errors(y[None])[0]
    for start, stop in combinations(range(len(y) + 1), 2):
        if stop - start < MIN_YEARS:
            assert errors[start, stop - 1] == np.inf
        else:
            line = np.polyfit(range(start, stop), y[start:stop], 1)
            left = ((y[start:stop] - np.polyval(line, range(start, stop))) ** 2).sum()
            assert errors[start, stop - 1] == pytest.approx(left, abs=1e-9)


@given(st.lists(st.floats(0, 10), min_size=26, max_size=26).map(np.array))
def test_no_other_partition_has_less(y):
    errors = squared_errors(y[None])
    sums, _ = best_partitions(errors, 3)
    for number in range(4):
        least = min(
            sum(errors[0, a, b - 1] for a, b in zip((0, *cut), (*cut, 26), strict=True))
            for cut in combinations(range(1, 26), number)
        )
        assert sums[0, number] == pytest.approx(least)


@pytest.mark.parametrize("seed", range(5))
def test_partitions_are_those_of_ruptures(seed):
    random = np.random.default_rng(seed)
    y = np.cumsum(random.standard_normal(40))
    signal = np.column_stack([y, np.ones(40), np.arange(40)])
    theirs = ruptures.Dynp(model="linear", min_size=MIN_YEARS, jump=1).fit(signal)
    sums, partitions = best_partitions(squared_errors(y[None]), 4)
    for number in range(1, 5):
        ends = theirs.predict(number)
        assert partitions[number][0].tolist() == ends[:-1]
        assert sums[0, number] == pytest.approx(theirs.cost.sum_of_costs(ends))


def test_samples_do_not_meet():
    samples = np.random.default_rng(3).standard_normal((4, 30))
    together, _ = best_partitions(squared_errors(samples), 3)
    for sample, sums in zip(samples, together, strict=True):
        assert best_partitions(squared_errors(sample[None]), 3)[0][0] == pytest.approx(sums)


def test_the_criterion_by_hand():
    # 20 years, sums of squares 8 and 2: 20 ln .4 + 2 ln 20 and 20 ln .1 + 5 ln 20.
    assert bic(np.array([8.0, 2.0]), 20) == pytest.approx([-12.3343, -31.0730], abs=1e-4)


# -- published and planted ---------------------------------------------------------------------


@pytest.mark.whole
def test_the_nile_falls_after_1898():
    # As published for it by Cobb (1978), and by Zeileis et al. (2003).
    before, after = find_trend(np.array(NILE.split(), dtype=float)).segments
    assert 1871 + after.start == 1899
    assert after.intercept < before.intercept
    assert after.broken is not None
    assert after.broken.earliest <= after.start <= after.broken.latest


def test_lines_without_noise_are_found_as_they_are():
    years = np.arange(30)
    y = np.where(years < 12, 2 + 0.05 * years, 3.5 + 0.2 * (years - 12))
    found = find_trend(np.expm1(y))
    assert [(s.start, s.stop) for s in found.segments] == [(0, 12), (12, 30)]
    assert [(s.intercept, s.slope) for s in found.segments] == [
        pytest.approx((2, 0.05)),
        pytest.approx((3.5, 0.2)),
    ]


@pytest.mark.whole
@pytest.mark.parametrize("factor", [1.8, 0.5])
def test_a_planted_step_is_found_within_a_year_and_its_interval_holds_it(factor):
    random = np.random.default_rng(5)
    found = held = 0
    for _ in range(60):
        expected = 400 * np.exp(0.025 * np.arange(33)) * np.where(np.arange(33) < 17, 1, factor)
        segments = find_trend(random.poisson(expected)).segments
        near = [s.broken for s in segments[1:] if abs(s.start - 17) <= 1]
        found += len(near) == 1 and len(segments) <= 3
        held += any(b is not None and b.earliest <= 17 <= b.latest for b in near)
    assert found >= 57
    assert held >= 54


@pytest.mark.whole
def test_a_planted_change_of_growth_is_found():
    random = np.random.default_rng(6)
    years = np.arange(33)
    expected = 200 * np.exp(0.01 * years + 0.2 * np.maximum(years - 15, 0))
    near = [starts(random.poisson(expected)) for _ in range(30)]
    assert sum(any(abs(start - 15) <= 2 for start in found) for found in near) >= 28


@pytest.mark.parametrize("carried_over", [0.0, 0.3, 0.6])
@pytest.mark.parametrize("years", [20, 33])
def test_noise_has_no_break_more_often_than_the_level_says(years, carried_over):
    random = np.random.default_rng(7)
    line = 5 + 0.04 * np.arange(years)
    samples = [np.expm1(line + 0.1 * noise(random, years, carried_over)) for _ in range(100)]
    # 5 of 100, and what chance adds to them.
    assert sum(bool(starts(sample)) for sample in samples) <= 10


def test_counts_that_do_not_move_have_no_break():
    found = find_trend(np.full(30, 7.0))
    assert [(s.start, s.stop, s.broken) for s in found.segments] == [(0, 30, None)]
    assert found.p_no_break == 1
    assert np.expm1(found.segments[0].intercept) == pytest.approx(7)


@given(series, st.integers(0, 3))
def test_segments_cover_all_years_and_are_long_enough(y, seed):
    segments = find_trend(np.expm1(y), seed).segments
    assert segments[0].start == 0
    assert segments[-1].stop == len(y)
    assert all(a.stop == b.start for a, b in pairwise(segments))
    assert all(s.stop - s.start >= MIN_YEARS for s in segments)


def test_the_seed_decides():
    counts = np.random.default_rng(8).poisson(30, 40)
    assert find_trend(counts, 1) == find_trend(counts, 1)
