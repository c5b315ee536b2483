"""The share of an indicator's inequality that lies between countries."""

from math import log

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from corepath.transforms.methods.entropy import entropy_weights
from corepath.transforms.methods.theil import between_share

counts = arrays(np.float64, st.integers(2, 15), elements=st.integers(0, 50).map(float))


def whole(countries: str) -> pl.DataFrame:
    rows = [(i, country, 1.0) for i, country in enumerate(countries)]
    return pl.DataFrame(rows, schema=["patent", "group", "share"], orient="row")


def share(values, groups) -> float:
    found = between_share(pl.DataFrame({"x": np.asarray(values, dtype=float)}), groups)
    return found["between_share"].item()


def theil(values: np.ndarray, weights: np.ndarray) -> float:
    """Theil's T from the formula, over values that may count by parts."""
    mean = (values * weights).sum() / weights.sum()
    return sum(
        w / weights.sum() * x / mean * log(x / mean) for x, w in zip(values, weights, strict=True) if x > 0
    )


@given(counts, st.data())
def test_between_and_within_make_the_whole(values, data):
    assume(np.ptp(values) > 0)
    parts = data.draw(
        st.lists(st.integers(0, 4), min_size=len(values), max_size=len(values)), label="JP quarters"
    )
    rows = [(i, "JP", q / 4) for i, q in enumerate(parts) if q]
    rows += [(i, "US", 1 - q / 4) for i, q in enumerate(parts) if q < 4]
    groups = pl.DataFrame(rows, schema=["patent", "group", "share"], orient="row")
    within = 0.0
    for country in ("JP", "US"):
        held = np.zeros(len(values))
        for patent, group, part in rows:
            held[patent] += part * (group == country)
        total = (held * values).sum()
        if total > 0:
            within += total / values.sum() * theil(values, held)
    total = entropy_weights(pl.DataFrame({"x": values}))["divergence"].item() * log(len(values))
    assert share(values, groups) * total + within == pytest.approx(total, abs=1e-9)


def test_all_of_it_or_nothing():
    assert share([1, 1, 5, 5], whole("JJUU")) == pytest.approx(1)
    assert share([1, 5, 1, 5], whole("JJUU")) == pytest.approx(0, abs=1e-12)
    assert share([0, 0, 5, 5], whole("JJUU")) == pytest.approx(1)
    assert share([1, 2, 3, 4], whole("JJJJ")) == pytest.approx(0, abs=1e-12)


def test_two_means_by_hand():
    # Shares of the total 1/4 and 3/4, of the patents 1/2 each: T = .25 ln .5 + .75 ln 1.5.
    between = 0.25 * log(0.5) + 0.75 * log(1.5)
    whole_of_it = sum(x / 16 * log(x / 4) for x in (1, 3, 4, 8))
    assert share([1, 3, 4, 8], whole("JJUU")) == pytest.approx(between / whole_of_it)


def test_a_family_in_halves_is_in_both_countries():
    halves = pl.DataFrame({"patent": [0, 0, 1, 1], "group": ["JP", "US"] * 2, "share": [0.5] * 4})
    assert share([1, 9], halves) == pytest.approx(0, abs=1e-12)


@given(counts, st.randoms(use_true_random=False))
def test_the_order_in_which_shares_come_changes_no_bit(values, random):
    groups = whole("JUK" * 5).head(len(values))
    shuffled = groups[random.sample(range(len(values)), len(values))]
    assert share(values, shuffled) == share(values, groups)


def test_what_does_not_vary_has_no_share():
    assert share([3, 3], whole("JU")) is None
    assert share([0, 0], whole("JU")) is None
