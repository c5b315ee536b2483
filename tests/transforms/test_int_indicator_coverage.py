"""How well indicators are known, by country."""

import polars as pl

from corepath.transforms.int_indicator_coverage import int_indicator_coverage


def covered():
    frame = int_indicator_coverage(
        pl.LazyFrame({"family": ["f", "g", "h"], "cl": [0.0, None, 4.0], "inv": [None] * 3}),
        pl.LazyFrame(
            {
                "family": ["f", "g", "h", "h"],
                "country": ["JP", "JP", "JP", "US"],
                "share": [1.0, 1.0, 0.5, 0.5],
            }
        ),
        pl.LazyFrame({"indicator": ["cl", "inv"]}),
    )
    return {(row["country"], row["indicator"]): row for row in frame.to_dicts()}


def test_families_are_known_by_their_shares():
    found = covered()
    assert {key: (row["families"], row["known"], row["coverage"]) for key, row in found.items()} == {
        ("WORLD", "cl"): (3, 2, 2 / 3),
        ("JP", "cl"): (2.5, 1.5, 0.6),
        ("US", "cl"): (0.5, 0.5, 1),
        ("WORLD", "inv"): (3, 0, 0),
        ("JP", "inv"): (2.5, 0, 0),
        ("US", "inv"): (0.5, 0, 0),
    }


def test_mean_median_and_zeros_are_those_of_known_values():
    found = covered()
    described = ("mean", "median", "zero_share")
    assert [found["JP", "cl"][name] for name in described] == [2, 2, 0.5]
    assert [found["US", "cl"][name] for name in described] == [4, 4, 0]
    assert [found["US", "inv"][name] for name in described] == [None, None, None]
