"""A release that lost half of its input, or breaks its readers, does not follow the one before."""

import pytest

from corepath.warehouse.release.check import refusals, warnings
from corepath.warehouse.release.diff import Change, SchemaChange, Side, TableChange


def sides(before: str = "1.2.0", after: str = "1.3.0") -> tuple[Side, Side]:
    return Side("2026.11.0", before, {}), Side("2026.11.1", after, {})


def rows(before: int, after: int, *key: str) -> Change:
    return Change("2026.11.0", "2026.11.1", [], [TableChange("fct_x", key, before, after)])


@pytest.mark.parametrize(
    ("after", "refused"), [(100, False), (80, False), (79, True), (0, True), (1000, False)]
)
def test_a_mart_of_data_may_lose_so_many_rows_and_no_more(after: int, refused: bool) -> None:
    change = rows(100, after, "topic", "family_id")
    reasons = refusals(change, *sides(), 0.2)
    assert bool(reasons) == refused
    if refused:
        assert "--allowed-drop" in reasons[0]
        asked = float(reasons[0].rsplit(" ", 1)[1])
        assert refusals(change, *sides(), asked) == [], "what is advised works"


def test_a_result_may_shrink_but_not_unnoticed() -> None:
    change = rows(4, 2, "topic", "country")
    assert refusals(change, *sides(), 0.2) == []
    assert warnings(change, 0.2) == ["fct_x has 2 rows, 4 in 2026.11.0 (-50.0%)"]


@pytest.mark.parametrize(("before", "after", "warned"), [(10, 12, 0), (10, 13, 1), (0, 1, 1), (0, 0, 0)])
def test_growth_beyond_the_bound_warns(before: int, after: int, warned: int) -> None:
    change = rows(before, after, "topic", "family_id")
    assert len(warnings(change, 0.2)) == warned
    assert refusals(change, *sides(), 0.2) == []


@pytest.mark.parametrize("kind", ["table removed", "column removed", "type changed", "key changed"])
def test_what_breaks_readers_needs_another_first_number(kind: str) -> None:
    change = Change("2026.11.0", "2026.11.1", [SchemaChange(kind, "fct_x", "score")])
    (reason,) = refusals(change, *sides(), 0.2)
    assert f"{kind}: fct_x.score" in reason
    assert "SCHEMA_VERSION" in reason
    assert refusals(change, *sides(after="2.0.0"), 0.2) == []


@pytest.mark.parametrize("kind", ["table added", "column added"])
def test_what_is_added_breaks_nobody(kind: str) -> None:
    change = Change("2026.11.0", "2026.11.1", [SchemaChange(kind, "fct_x", "more")])
    assert refusals(change, *sides(), 0.2) == []
