"""Families in order and by number, whatever order they came in."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from transforms.families import in_order, numbered

IDS = st.lists(st.text("ABC123-", min_size=1), unique=True)


@given(IDS)
def test_families_come_in_the_order_of_their_ids_with_what_is_theirs(ids):
    families = pl.DataFrame({"family_id": ids, "size": [len(each) for each in ids]},
                            schema={"family_id": pl.String, "size": pl.Int64})  # fmt: skip
    found = in_order(families)
    assert found["family_id"].to_list() == sorted(ids)
    assert found["size"].to_list() == [len(each) for each in sorted(ids)]


def test_families_in_order_are_not_moved():
    families = pl.DataFrame({"family_id": ["A", "B"]})
    assert in_order(families) is families


@given(IDS, st.integers(1, 3))
def test_a_family_has_one_number_however_many_networks_it_is_in(ids, networks):
    rows = pl.LazyFrame({"family_id": ids * networks}, schema={"family_id": pl.String})
    assert numbered(rows).collect().rows() == list(enumerate(sorted(ids)))
