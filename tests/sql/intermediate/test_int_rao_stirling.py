"""How far apart a family's subclasses are."""

from itertools import product

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.worlds import by, world

TABLE = "intermediate.int_rao_stirling"
families = st.lists(
    st.frozensets(st.sampled_from(["G06N", "G06F", "G06T", "G11C", "H01L", "H04L"]), min_size=1),
    min_size=1,
    max_size=8,
)


@given(families)
def test_it_is_the_mean_distance_of_two_draws(corpus):
    def distance(a: str, b: str) -> float:
        return 0 if a == b else 1 / 3 if a[:3] == b[:3] else 2 / 3 if a[0] == b[0] else 1

    codes = pl.DataFrame(
        [(str(i), code) for i, family in enumerate(corpus) for code in sorted(family)],
        schema=["family", "subclass"],
        orient="row",
    )
    found = by(world({"intermediate.int_family_code": codes}, TABLE), TABLE, "family")
    assert {family: row["rao_stirling"] for family, row in found.items()} == {
        str(i): pytest.approx(sum(distance(*pair) for pair in product(f, f)) / len(f) ** 2)
        for i, f in enumerate(corpus)
    }
    assert all(row["rao_stirling"] >= 0 for row in found.values())
