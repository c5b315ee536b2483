"""Figures with intervals and a benchmark."""

import polars as pl
import pytest

from corepath.transforms.int_path_metric import int_path_metric


def metrics(figures):
    """Figures of {country: draws}, by country."""
    rows = [
        (path, country, "cr4", draw, value)
        for path in sorted(figures)
        if path != "WORLD"
        for country, drawn in sorted(figures.items())
        for draw, value in enumerate(drawn)
    ]
    frame = pl.LazyFrame(rows, schema=["path", "country", "metric", "draw", "value"], orient="row")
    return {row["country"]: row for row in int_path_metric(frame).iter_rows(named=True)}


def around(middle):
    return [middle + step / 100 for step in range(-10, 11)]


def test_the_world_is_the_benchmark_of_few_countries():
    found = metrics({"JP": around(0.7), "US": around(0.55), "WORLD": around(0.5)})
    assert [row["benchmark"] for row in found.values()] == pytest.approx([0.5] * 2)
    assert (found["JP"]["is_high"], found["JP"]["is_low"]) == (True, False)
    assert (found["US"]["is_high"], found["US"]["is_low"]) == (False, False)


def test_the_median_of_many_countries_is_their_benchmark():
    found = metrics({f"A{i}": around(i / 10) for i in range(8)} | {"WORLD": around(0.9)})
    assert found["A0"]["benchmark"] == pytest.approx(0.35)
    assert found["A0"]["is_low"]
    assert found["A7"]["is_high"]


def test_the_interval_holds_nine_draws_in_ten():
    found = metrics({"JP": range(101), "WORLD": range(101)})["JP"]
    assert (found["value"], found["low"], found["high"]) == (50, 5, 95)


def test_what_most_samples_cannot_measure_is_not_told():
    found = metrics({"JP": [0.5, None, None], "US": [0.5, 0.5, None], "WORLD": [0.1] * 3})
    assert found["JP"]["value"] is None
    assert not found["JP"]["is_high"]
    assert found["US"]["value"] == 0.5


def test_each_country_has_the_benchmark_of_its_own_size():
    rows = [
        (path, country, "cr4", draw, value + draw / 1000)
        for path, country, value in [
            ("JP", "JP", 0.5),
            ("JP", "WORLD", 0.3),
            ("US", "US", 0.5),
            ("US", "WORLD", 0.7),
        ]
        for draw in range(20)
    ]
    schema = ["path", "country", "metric", "draw", "value"]
    found = int_path_metric(pl.LazyFrame(rows, schema=schema, orient="row"))
    assert found.select("country", "is_high", "is_low").rows() == [("JP", True, False), ("US", False, True)]
