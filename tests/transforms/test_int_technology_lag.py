"""Lags between countries by sub-field, with their intervals, both ways."""

import numpy as np
import polars as pl
import pytest

from corepath.transforms.int_technology_lag import int_technology_lag
from tests.transforms.methods.test_lag import waves


def lags(curves, samples=60):
    """Lags of {(subfield, country): strata × quarters}."""
    cells = [
        (subfield, f"G06N{stratum}", country, quarter + 8000, families)
        for (subfield, country), counts in curves.items()
        for (stratum, quarter), families in np.ndenumerate(counts)
        if families
    ]
    found = int_technology_lag(
        pl.LazyFrame(
            cells, schema=["subfield", "main_group", "country", "quarter", "families"], orient="row"
        ),
        pl.LazyFrame({"samples": [samples], "seed": [1]}),
    )
    return {(row["subfield"], row["country"], row["reference"]): row for row in found.iter_rows(named=True)}


def test_each_pair_is_told_both_ways_with_an_interval_that_holds_the_truth():
    found = lags({("all", "US"): waves(0, 2000, 1), ("all", "CN"): waves(16, 1500, 2)})
    behind, ahead = found["all", "CN", "US"], found["all", "US", "CN"]
    assert behind["lag"] == pytest.approx(4, abs=0.5)
    assert behind["lag_low"] <= 4 <= behind["lag_high"]
    assert (ahead["lag"], ahead["lag_low"], ahead["lag_high"]) == (
        -behind["lag"],
        -behind["lag_high"],
        -behind["lag_low"],
    )
    assert behind["distance"] < behind["unshifted_distance"]
    assert not behind["is_censored"]


def test_subfields_have_lags_of_their_own():
    found = lags(
        {
            ("design", "US"): waves(0, 2000, 1),
            ("design", "JP"): waves(8, 2000, 2),
            ("memory", "US"): waves(8, 2000, 3),
            ("memory", "JP"): waves(0, 2000, 4),
        }
    )
    assert found["design", "JP", "US"]["lag"] == pytest.approx(2, abs=0.5)
    assert found["memory", "JP", "US"]["lag"] == pytest.approx(-2, abs=0.5)


def test_too_few_families_tell_no_lag():
    found = lags({("all", "US"): waves(0, 2000, 1), ("all", "CN"): waves(4, 2000, 2) * 0.01})
    assert found["all", "CN", "US"]["families"] < 30
    assert found["all", "CN", "US"]["lag"] is None


def test_a_steady_growth_tells_no_lag_and_the_interval_says_so():
    growth = np.exp(0.03 * np.arange(130))[None]
    random = np.random.default_rng(5)
    found = lags({("all", "US"): random.poisson(growth), ("all", "CN"): random.poisson(growth)})
    row = found["all", "CN", "US"]
    assert row["lag_high"] - row["lag_low"] > 5


def test_the_level_lag_is_the_time_since_the_reference_had_as_many():
    us, cn = np.zeros((2, 1, 21))
    us[0, 0], us[0, 20], cn[0, 20] = 40, 60, 40
    found = lags({("all", "US"): us, ("all", "CN"): cn})
    assert found["all", "CN", "US"]["level_lag"] == 5
    assert found["all", "US", "CN"]["level_lag"] is None


def test_the_order_of_rows_decides_nothing():
    curves = {("all", "US"): waves(0, 300, 1), ("all", "CN"): waves(16, 300, 2)}
    assert lags(curves) == lags(dict(reversed(curves.items())))
