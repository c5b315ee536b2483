"""Breakthroughs: the most cited of their year."""

import polars as pl

from tests.worlds import by, world

TABLE = "intermediate.int_breakthrough"


def breakthroughs(counts, year=2000, closed=True):
    """Families with as many citations each, of one priority year."""
    names = [f"{year} {i}" for i in range(len(counts))]
    connection = world(
        {
            "intermediate.int_family": pl.DataFrame({"family": names}).with_columns(
                priority_date=pl.date(year, 1, 1)
            ),
            "intermediate.int_indicator": pl.DataFrame(
                {"family": names, "fc_5_so_far": counts}, schema_overrides={"fc_5_so_far": pl.Float64}
            ).with_columns(fc_5_window_closed=pl.lit(closed)),
        },
        TABLE,
    )
    found = by(connection, TABLE, "family")
    return [
        count
        for count, name in zip(counts, names, strict=True)
        if name in found and found[name]["is_breakthrough"]
    ]


def test_they_are_at_or_above_the_99th_percentile():
    assert breakthroughs(list(range(1, 201))) == [198, 199, 200]


def test_ties_at_the_percentile_are_all_in():
    assert breakthroughs([0] * 197 + [5] * 3) == [5, 5, 5]


def test_a_family_that_nobody_cites_is_none():
    assert breakthroughs([0] * 10) == []


def test_an_open_window_tells_nothing():
    assert breakthroughs([1, 2, 3], closed=False) == []
