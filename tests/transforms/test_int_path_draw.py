"""Samples of each country's core families: of one size, and the same whatever the order."""

import numpy as np
import polars as pl
import pytest

from corepath.transforms.int_path_draw import PARTS, int_path_draw

COUNTRIES = {"JP": 200, "US": 300, "DE": 60, "FR": 20}
METHOD = {"samples": 20, "seed": 5, "minimum_cell": 5}
OF_PART_0 = len(range(0, METHOD["samples"], PARTS))


def tables(seed=1):
    """Core families of four countries, with industries, applicants and classes drawn at random."""
    random = np.random.default_rng(seed)
    country = np.repeat(list(COUNTRIES), list(COUNTRIES.values()))
    family = [f"f{i}" for i in range(len(country))]
    group = random.integers(0, 40, len(family))
    together = random.random(len(family)) < 0.2
    year = random.integers(2000, 2010, len(family))

    def several(values, most):
        rows = [
            (name, value)
            for name in family
            for value in random.choice(values, random.integers(1, most), replace=False).tolist()
        ]
        return zip(*rows, strict=True)

    coded, subclass = several(["G06F", "G06N", "G11C", "H01L", "H04L", "H04W"], 5)
    symbols = {"G": "1.1", "H": "1.2"}
    industries = [symbols[code[0]] for code in subclass]
    by_industry = (
        pl.DataFrame({"family": coded, "industry": industries})
        .unique(maintain_order=True)
        .with_columns(scheme=pl.lit("SEI"), share=1 / pl.len().over("family"))
    )
    flags = {
        "is_any": True,
        "is_co": together,
        "is_ff": together,
        "is_iur": False,
        "is_led": False,
        "is_chain": together & (group < 20),
    }
    collaboration = pl.DataFrame({"family": family, "country": country} | flags)
    return {
        "int_family_country": pl.DataFrame({"family": family, "country": country, "share": 1.0}),
        "int_score_rank": pl.DataFrame({"family": family, "is_core": True}),
        "int_family": pl.DataFrame(
            {"family": family, "priority_date": [f"{y}-03-01" for y in year]}
        ).with_columns(pl.col("priority_date").str.to_date()),
        "int_family_industry": by_industry,
        "int_family_industry_symbol": pl.DataFrame(
            {"family": coded, "symbol": [f"{c}1/00" for c in subclass], "industry": industries}
        ),
        "int_industry_profile": pl.DataFrame(
            {
                "population": "core",
                "scheme": "SEI",
                "industry": ["1.1"],
                "country": ["JP"],
                "rsca": 0.3,
                "rsca_low": 0.9,
            }
        ),
        "int_family_organisation": pl.DataFrame(
            {"family": family, "corporate_group": [f"g{g}" for g in group], "country": country, "share": 1.0}
        ),
        "int_family_collaboration": pl.concat(
            collaboration.with_columns(population=pl.lit("core"), country=named)
            for named in (pl.col("country"), pl.lit("WORLD"))
        ),
        "int_co_application_base": pl.DataFrame(
            {"country": ["JP", "WORLD"], "families": [400.0, 900.0], "co_applications": [40.0, 60.0]}
        ),
        "int_family_code": pl.DataFrame({"family": coded, "subclass": subclass}),
        "topic_country": pl.DataFrame({"country": ["JP", "US"]}),
        "topic": pl.DataFrame(METHOD),
    }


def draw(given, parts=range(PARTS)):
    lazy = {name: frame.lazy() for name, frame in given.items()}
    found = pl.concat(int_path_draw(part, **lazy) for part in parts)
    return found.sort("draw", "path", "country", "metric")


def test_draws_belong_to_parts_by_their_number():
    drawn = draw(tables(), parts=[3])
    assert sorted(drawn["draw"].unique()) == list(range(3, METHOD["samples"], PARTS))


def test_the_order_of_rows_decides_nothing():
    given = tables()
    shuffled = {name: frame.sample(fraction=1, shuffle=True, seed=2) for name, frame in given.items()}
    assert draw(given, [0]).equals(draw(shuffled, [0]))


def test_a_country_that_has_fewer_families_than_the_compared_one_is_left_out(monkeypatch):
    monkeypatch.setattr("corepath.transforms.int_path_draw.MIN_COUNTRIES", 2)
    compared = tables() | {"topic_country": pl.DataFrame({"country": ["DE", "FR", "JP", "US"]})}
    drawn = draw(compared, [0])
    # FR has too few itself; US is held against the world, as only JP comes near.
    assert {path: set(drawn.filter(path=path)["country"]) for path in drawn["path"].unique()} == {
        "DE": {"DE", "JP", "US", "WORLD"},
        "JP": {"JP", "US", "WORLD"},
        "US": {"US", "WORLD"},
    }


def test_a_few_countries_are_held_against_the_world_alone():
    assert set(draw(tables(), [0]).filter(path="JP")["country"]) == {"JP", "WORLD"}


def test_a_benchmark_takes_one_draw_in_five():
    given = tables() | {"topic": pl.DataFrame(METHOD | {"samples": 100})}
    drawn = draw(given, [0]).filter(path="JP", metric="cr4")
    assert drawn.filter(country="JP").height == 100 / PARTS
    assert drawn.filter(country="WORLD")["draw"].to_list() == list(range(0, 20, PARTS))


def test_into_how_many_parts_draws_are_divided_decides_nothing(monkeypatch):
    drawn = draw(tables())
    monkeypatch.setattr("corepath.transforms.int_path_draw.PARTS", 3)
    assert draw(tables(), range(3)).equals(drawn)


def test_without_a_compared_country_of_thirty_core_families_nothing_is_drawn():
    given = tables() | {"topic_country": pl.DataFrame({"country": ["FR"]})}
    assert draw(given).is_empty()


def test_a_ratio_varies_with_what_is_known_of_the_habit():
    def spread(families):
        base = pl.DataFrame({"country": ["JP"], "families": [families], "co_applications": [families / 10]})
        drawn = draw(tables() | {"int_co_application_base": base})
        return drawn.filter(path="JP", country="JP", metric="rate_ratio")["value"].std()

    assert spread(60.0) > 2 * spread(100_000.0)


def test_a_country_without_a_habit_has_no_ratio():
    drawn = draw(tables(), [0]).filter(pl.col("path") == pl.col("country"), metric="rate_ratio")
    assert drawn.filter(country="US")["value"].null_count() == OF_PART_0
    assert drawn.filter(country="JP")["value"].null_count() == 0


def test_advantages_are_those_of_the_draw():
    """Of a figure that varies about the margin some draws have an advantage and some have none."""
    own = pl.col("path") == pl.col("country")
    margins = {"sure": -2.0, "average": 0.0, "none": 2.0}
    shares = {}
    for name, margin in margins.items():
        profile = tables()["int_industry_profile"].with_columns(rsca_low=pl.col("rsca") - margin)
        drawn = draw(tables() | {"int_industry_profile": profile}).filter(own, metric="advantage_share")
        shares[name] = drawn.filter(country="JP")["value"].to_list()
        assert drawn.filter(country="US")["value"].to_list() == [0] * METHOD["samples"]
    assert shares["sure"] == pytest.approx([0.5] * METHOD["samples"], abs=0.15)
    assert shares["none"] == [0] * METHOD["samples"]
    assert 0 < np.count_nonzero(shares["average"]) < METHOD["samples"]


def test_families_that_two_countries_share_count_by_share():
    given = tables()
    half = given["int_family_country"].with_columns(share=pl.lit(0.5))
    whole, halved = draw(given, [0]), draw(given | {"int_family_country": half}, [0])
    # Shares of shares stay; nothing else is told of a country all of whose families are shared.
    for metric in ("cross_share", "co_application_rate", "effective_industries"):
        one, other = (
            d.filter(path="JP", country="JP", metric=metric)["value"].to_list() for d in (whole, halved)
        )
        assert one == pytest.approx(other)


def test_without_any_industry_only_what_needs_none_is_measured():
    given = tables()
    given["int_family_industry"] = given["int_family_industry"].with_columns(industry=pl.lit("none"))
    given["int_family_industry_symbol"] = given["int_family_industry_symbol"].clear()
    drawn = draw(given, [0]).filter(path="JP", country="JP")
    assert drawn.filter(metric="effective_industries")["value"].null_count() == OF_PART_0
    assert drawn.filter(metric="lift")["value"].null_count() == 0
