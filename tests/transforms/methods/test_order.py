"""Numbers in the order of texts: kept while texts come and go, and given anew where no place is left."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from corepath.transforms.methods.order import GAP, STRIDE, numbered_in_order

texts = st.sets(st.text("ab", min_size=1, max_size=6), min_size=1)


@given(weeks=st.lists(texts, min_size=2, max_size=5))
def test_whatever_comes_and_goes_what_stays_keeps_its_number_and_the_order(weeks: list[set[str]]) -> None:
    known: dict[str, int] = {}
    for week in weeks:
        ids = pl.Series("id", sorted(week), dtype=pl.String)
        before = pl.DataFrame(
            {"id": list(known), "number": list(known.values())}, {"id": pl.String, "number": pl.Int64}
        )
        numbers = numbered_in_order(ids, before)
        assert numbers.is_sorted()
        assert numbers.n_unique() == len(ids)
        assert numbers.min() > 0  # pyright: ignore[reportOptionalOperand, reportOperatorIssue]
        now = dict(zip(ids, numbers, strict=True))
        assert all(now[text] == known[text] for text in now.keys() & known.keys())
        known = now


def test_all_are_numbered_anew_where_no_place_is_left() -> None:
    known = pl.DataFrame({"id": ["a", "c"], "number": [GAP, GAP + 2]})
    one, two = (
        numbered_in_order(pl.Series(ids), known).to_list() for ids in (["a", "b", "c"], ["a", "b", "bb", "c"])
    )
    assert one == [GAP, GAP + 1, GAP + 2]
    assert two == [GAP, 2 * GAP, 3 * GAP, 4 * GAP]


def test_what_comes_last_leaves_room_and_what_comes_between_stands_close() -> None:
    known = pl.DataFrame({"id": ["a", "d"], "number": [GAP, 2 * GAP]})
    found = numbered_in_order(pl.Series(["a", "b", "c", "d", "e"]), known).to_list()
    assert found == [GAP, GAP + STRIDE, GAP + 2 * STRIDE, 2 * GAP, 3 * GAP]
