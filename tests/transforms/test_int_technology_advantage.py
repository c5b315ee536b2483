"""In which key core technologies countries are at an advantage, on families counted by hand."""

import polars as pl
import pytest

from corepath.transforms.int_technology_advantage import int_technology_advantage


def advantage(*families, core=("G11C", "G06N"), countries=("KR", "US")):
    """Families: (country, subclasses, is it core)."""
    named = [(f"f{i}", *family) for i, family in enumerate(families)]
    technology = [
        (name, "subclass", code, 1 / len(codes.split()))
        for name, _, codes, _ in named
        for code in codes.split()
    ]
    found = int_technology_advantage(
        pl.LazyFrame(
            [("subclass", code, code in core) for code in {row[2] for row in technology}],
            schema=["level", "technology", "is_core_technology"],
            orient="row",
        ),
        pl.LazyFrame(technology, schema=["family", "level", "technology", "share"], orient="row"),
        pl.LazyFrame(
            {"family": [row[0] for row in named], "country": [row[1] for row in named], "share": 1.0}
        ),
        pl.LazyFrame({"family": [row[0] for row in named], "is_core": [row[3] for row in named]}),
        pl.LazyFrame({"country": list(countries)}),
        pl.LazyFrame({"samples": [200], "seed": [1]}),
    )
    return {(row["technology"], row["country"]): row for row in found.iter_rows(named=True)}


def test_countries_are_held_against_all_core_families_of_the_world():
    found = advantage(
        *[("KR", "G11C", True)] * 30,
        *[("KR", "G06N", True)] * 10,
        *[("US", "G11C", True)] * 10,
        *[("US", "G06N H04L", True)] * 20,
        *[("DE", "H04L", True)] * 30,
        *[("US", "G11C", False)] * 50,
    )
    # Of 100 families 40 are of G11C, and of Korea's 40 there are 30: (30/40) / (40/100).
    rta = (30 / 40) / (40 / 100)
    memory = found["G11C", "KR"]
    assert memory["families"] == 30
    assert memory["rsca"] == pytest.approx((rta - 1) / (rta + 1))
    assert memory["rsca_low"] > 0
    assert found["G06N", "US"]["families"] == pytest.approx(10)  # half of each of twenty
    assert set(found) == {(code, c) for code in ("G11C", "G06N") for c in ("KR", "US")}


def test_an_advantage_of_few_families_is_not_sure():
    few = advantage(("KR", "G11C", True), ("KR", "G06N", True), *[("US", "G06N", True)] * 5)
    assert few["G11C", "KR"]["rsca"] > 0
    assert few["G11C", "KR"]["rsca_low"] is None or few["G11C", "KR"]["rsca_low"] <= 0.6


def test_a_country_without_core_families_has_none_and_no_advantage():
    found = advantage(*[("US", "G11C", True)] * 9, ("US", "G06N", True))
    assert found["G11C", "KR"]["families"] == 0
    assert found["G11C", "KR"]["rsca"] is None
