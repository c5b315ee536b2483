"""Families in order, whatever order they came in."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from corepath.transforms.methods.families import in_order


@given(st.lists(st.integers(0, 2**31 - 1), unique=True))
def test_families_come_in_order_with_what_is_theirs(numbers):
    families = pl.DataFrame(
        {"family": numbers, "size": [n % 7 for n in numbers]}, schema={"family": pl.Int32, "size": pl.Int64}
    )
    found = in_order(families)
    assert found["family"].to_list() == sorted(numbers)
    assert found["size"].to_list() == [n % 7 for n in sorted(numbers)]


def test_families_in_order_are_not_moved():
    families = pl.DataFrame({"family": [1, 2]})
    assert in_order(families) is families
