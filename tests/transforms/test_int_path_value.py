"""Draws in order, and how far ratios are from chance."""

import polars as pl
import pytest

from corepath.transforms.int_path_value import int_path_value

COLUMNS = ["draw", "path", "country", "metric", "value"]


def values(*drawn):
    return int_path_value(pl.LazyFrame(drawn, schema=COLUMNS, orient="row"))


def test_a_ratio_is_as_far_from_chance_as_its_draws_vary():
    found = values(*((i, "JP", "JP", "lift", 1.1 + i / 10) for i in range(3)))
    score = found.filter(metric="lift_z")["value"].to_list()
    assert score == pytest.approx([1, 2, 3])  # the standard deviation is 0.1


def test_what_does_not_vary_has_no_score():
    found = values((0, "JP", "JP", "lift", 1.1), (1, "JP", "JP", "lift", 1.1))
    assert found.filter(metric="lift_z")["value"].to_list() == [None, None]


def test_the_order_of_draws_decides_nothing():
    drawn = [(draw, "JP", country, "cr4", draw / 7) for draw in range(5) for country in ("JP", "US")]
    assert values(*drawn).equals(values(*reversed(drawn)))
