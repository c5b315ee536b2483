"""Lags between countries by sub-field, with their intervals, both ways."""

import numpy as np
import polars as pl
import pytest

from corepath.transforms.int_technology_lag import int_technology_lag
from tests.transforms.methods.test_lag import waves


def lags(counts, samples=200, code="G06N{}".format):
    """Lags of {(subfield, country): technologies × months}."""
    cells = [
        (subfield, code(technology), country, month + 24000, families)
        for (subfield, country), cube in counts.items()
        for (technology, month), families in np.ndenumerate(cube)
        if families
    ]
    found = int_technology_lag(
        pl.LazyFrame(cells, schema=["subfield", "main_group", "country", "month", "families"], orient="row"),
        pl.LazyFrame({"samples": [samples], "seed": [1]}),
    )
    return {(row["subfield"], row["country"], row["reference"]): row for row in found.iter_rows(named=True)}


def test_each_pair_is_told_both_ways_with_an_interval_that_holds_the_truth():
    found = lags({("all", "US"): waves(0, 2000, 1), ("all", "CN"): waves(4, 1500, 2)})
    behind, ahead = found["all", "CN", "US"], found["all", "US", "CN"]
    assert behind["lag"] == pytest.approx(4, abs=0.5)
    assert behind["lag_low"] <= 4 <= behind["lag_high"]
    assert (ahead["lag"], ahead["lag_low"], ahead["lag_high"]) == (
        -behind["lag"],
        -behind["lag_high"],
        -behind["lag_low"],
    )
    assert (behind["conclusion"], ahead["conclusion"]) == ("behind", "ahead")
    assert not behind["is_censored"]


def test_subfields_have_lags_of_their_own():
    found = lags(
        {
            ("design", "US"): waves(0, 2000, 1),
            ("design", "JP"): waves(2, 2000, 2),
            ("memory", "US"): waves(2, 2000, 3),
            ("memory", "JP"): waves(0, 2000, 4),
        }
    )
    assert found["design", "JP", "US"]["lag"] == pytest.approx(2, abs=0.5)
    assert found["memory", "JP", "US"]["lag"] == pytest.approx(-2, abs=0.5)


def test_few_families_or_technologies_tell_no_lag():
    found = lags(
        {
            ("all", "US"): waves(0, 2000, 1),
            ("all", "CN"): waves(1, 20, 2),
            ("memory", "US"): waves(0, 2000, 1, technologies=5),
            ("memory", "CN"): waves(2, 2000, 2, technologies=5),
        }
    )
    assert found["all", "CN", "US"]["families"] < 30
    for subfield in ("all", "memory"):
        row = found[subfield, "CN", "US"]
        assert (row["lag"], row["conclusion"]) == (None, "cannot tell")


def test_small_main_groups_count_by_their_subclass():
    """As many technologies as there are subclasses come and go, each in ten main groups."""
    random = np.random.default_rng(1)
    counts = {}
    for country, cube in (("US", waves(0, 600, 1)), ("CN", waves(3, 600, 2))):
        spread = np.zeros((len(cube) * 10, cube.shape[1]))
        for (technology, month), families in np.ndenumerate(cube):
            np.add.at(spread[:, month], 10 * technology + random.integers(0, 10, int(families)), 1)
        counts["all", country] = spread
    pooled = lags(counts, code=lambda n: f"G{n // 10:02}A{n % 10}")["all", "CN", "US"]
    apart = lags(counts, code=lambda n: f"G{n % 100:02}{chr(65 + n // 100)}1")["all", "CN", "US"]
    assert pooled["lag"] == pytest.approx(3, abs=0.5)
    assert pooled["lag_high"] - pooled["lag_low"] < apart["lag_high"] - apart["lag_low"]


def test_large_main_groups_of_one_subclass_stay_apart():
    counts = {
        ("all", "US"): waves(0, 2000, 1, technologies=10)[1:9],
        ("all", "CN"): waves(2, 1500, 2, technologies=10)[1:9],
    }
    one, several = lags(counts), lags(counts, code=lambda n: f"G{n:02}A1")
    assert one == several


def test_a_level_country_is_level_only_if_that_is_sure():
    many = lags({("all", "US"): waves(0, 4000, 1), ("all", "CN"): waves(0, 4000, 2)})["all", "CN", "US"]
    few = lags({("all", "US"): waves(0, 100, 1), ("all", "CN"): waves(0, 100, 2)})["all", "CN", "US"]
    assert many["conclusion"] == "level"
    assert few["conclusion"] == "cannot tell"


@pytest.mark.parametrize("growth", [0.0, 0.12])
def test_growth_without_drift_tells_no_lag(growth):
    random = np.random.default_rng(5)
    us, cn = (
        random.poisson(0.2 * np.ones((20, 1)) * (1 + g) ** (np.arange(396) / 12 - 16)) for g in (0, growth)
    )
    assert lags({("all", "US"): us, ("all", "CN"): cn})["all", "CN", "US"]["conclusion"] == "cannot tell"


def test_the_level_lag_is_the_time_since_the_reference_had_as_many():
    us, cn = np.zeros((2, 1, 61))
    us[0, 0], us[0, 60], cn[0, 60] = 40, 60, 40
    found = lags({("all", "US"): us, ("all", "CN"): cn})
    assert found["all", "CN", "US"]["level_lag"] == 5
    assert found["all", "US", "CN"]["level_lag"] is None


def test_the_order_of_rows_decides_nothing():
    counts = {("all", "US"): waves(0, 300, 1), ("all", "CN"): waves(4, 300, 2)}
    assert lags(counts) == lags(dict(reversed(counts.items())))
