"""Industries of countries, counted and compared."""

import polars as pl
import pytest

from corepath.transforms.int_industry_profile import int_industry_profile


def profile(families, samples=200):
    """Profile of families: ({country: share}, {industry: share}, is_core)."""
    named = list(enumerate(families))
    return int_industry_profile(
        pl.LazyFrame(
            [(str(i), "SEI", k, v) for i, (_, by, _) in named for k, v in by.items()],
            schema=["family", "scheme", "industry", "share"],
            orient="row",
        ),
        pl.LazyFrame(
            [(str(i), k, v) for i, (by, _, _) in named for k, v in by.items()],
            schema=["family", "country", "share"],
            orient="row",
        ),
        pl.LazyFrame(
            [(str(i), core) for i, (_, _, core) in named], schema=["family", "is_core"], orient="row"
        ),
        pl.LazyFrame({"samples": [samples], "seed": [1]}),
    )


def cell(found, population, country, industry):
    return found.filter(population=population, country=country, industry=industry).row(0, named=True)


JAPAN = ({"JP": 1.0}, {"1.2": 1.0}, True)
SHARED = ({"JP": 0.5, "US": 0.5}, {"1.2": 0.5, "1.5": 0.5}, False)
AMERICA = ({"US": 1.0}, {"1.5": 1.0}, False)


def test_families_are_shared_over_countries_and_industries():
    found = profile([JAPAN, SHARED, AMERICA])
    assert cell(found, "all", "JP", "1.2")["families"] == 1.25
    assert cell(found, "all", "JP", "1.5")["families"] == 0.25
    assert cell(found, "all", "JP", "1.2")["share"] == pytest.approx(1.25 / 1.5)
    # (1.25 / 1.5) / (1.5 / 3)
    assert cell(found, "all", "JP", "1.2")["rta"] == pytest.approx(5 / 3)
    assert cell(found, "all", "JP", "1.2")["rsca"] == pytest.approx(1 / 4)
    assert found.filter(population="all")["families"].sum() == 3


def test_the_core_is_a_population_of_its_own():
    found = profile([JAPAN, SHARED, AMERICA])
    assert found.filter(population="core")["families"].sum() == 1
    assert found.filter(population="core")["country"].unique().to_list() == ["JP"]


def test_the_interval_holds_the_figure_and_narrows_with_more_families():
    few = cell(profile([JAPAN, SHARED, AMERICA] * 10), "all", "JP", "1.2")
    many = cell(profile([JAPAN, SHARED, AMERICA] * 1000), "all", "JP", "1.2")
    for found in (few, many):
        assert found["rsca_low"] <= found["rsca"] <= found["rsca_high"]
    # As one over the root of the number.
    width = (few["rsca_high"] - few["rsca_low"]) / (many["rsca_high"] - many["rsca_low"])
    assert width == pytest.approx(10, rel=0.25)


def test_the_order_of_rows_decides_nothing():
    families = [JAPAN, SHARED, AMERICA] * 7
    there = profile(families)
    back = profile(families[::-1])
    assert there.sort("population", "country", "industry").equals(
        back.sort("population", "country", "industry")
    )
