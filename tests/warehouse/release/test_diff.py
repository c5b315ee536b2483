"""What changed between two releases is told by key, to the value, and rounding is told apart."""

import json
import math
from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corepath.warehouse.database import reading
from corepath.warehouse.errors import BadInput
from corepath.warehouse.release.diff import Change, Mart, Side, as_dict, as_markdown, compare, read, write
from corepath.warehouse.release.repository import Releases
from corepath.warehouse.settings import Settings
from tests.releases import Select, families, publish


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with reading(Settings(warehouse=tmp_path / "none", threads=1)) as connection:
        yield connection


@pytest.fixture
def change(connection, tmp_path: Path):
    """Compare releases of two sets of marts."""
    releases = Releases(tmp_path / "releases", "chips")

    def make(before: dict[str, Select], after: dict[str, Select]) -> Change:
        one, two = publish(releases, before), publish(releases, after)
        return compare(connection, read(one), read(two))

    return make


def values(key: str, text: str) -> Select:
    """A mart of rows that are written out: name of the columns, then VALUES."""
    columns, rows = text.split(": ", 1)
    return key, f"select * from (values {rows}) as v({columns})"


def test_changes_of_a_made_up_world_say_so():
    for change in (Change(None, "2", is_made_up=True), Change("1", "2", is_made_up=True)):
        assert "A made-up world." in as_markdown(change)
    assert "made-up" not in as_markdown(Change("1", "2"))


def test_the_same_marts_have_no_difference(change) -> None:
    found = change({"fct_patent": families(5)}, {"fct_patent": families(5)})
    assert [(t.table, t.rows_before, t.rows_after, t.differs) for t in found.tables] == [
        ("fct_patent", 5, 5, False)
    ]
    assert (found.schema, found.drift) == ([], [])
    assert as_dict(found)["tables"] == []


def test_rows_are_added_removed_and_changed_by_key(change) -> None:
    found = change(
        {"fct_x": values("country", "country, n: ('JP', 1::bigint), ('US', 2), ('KR', null)")},
        {"fct_x": values("country", "country, n: ('CN', 9::bigint), ('JP', 1), ('US', 3), ('KR', 0)")},
    )
    (table,) = found.tables
    assert (table.rows_before, table.rows_after) == (3, 4)
    assert (table.added, table.removed, table.changed, table.rounded) == (1, 0, 2, 0)
    assert table.columns == {"n": 2}
    assert table.examples == {
        "added": [{"key": {"country": "CN"}}],
        "changed": [
            {"key": {"country": "KR"}, "values": {"n": [None, 0]}},  # null is not zero
            {"key": {"country": "US"}, "values": {"n": [2, 3]}},
        ],
    }


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("0.1::double + 0.2::double", "0.3", "rounded"),
        ("1e300", "1e300 * (1 + 1e-12)", "rounded"),
        ("1", "1 + 1e-6", "changed"),
        ("1e-20", "0", "rounded"),
        ("1e-6", "2e-6", "changed"),
        ("'nan'", "'nan'", None),
        ("'nan'", "1", "changed"),
        ("'inf'", "'inf'", None),
        ("'inf'", "'-inf'", "changed"),
        ("null", "0", "changed"),
        ("0", "null", "changed"),
        ("null", "null", None),
    ],
)
def test_rounding_is_told_apart(before: str, after: str, kind: str | None, change) -> None:
    # One more row that differs, so that the files do.
    one, two = (
        values("k", f"k, x: ('a', ({x})::double), ('{other}', 1::double)")
        for x, other in ((before, "y"), (after, "z"))
    )
    (table,) = change({"fct_x": one}, {"fct_x": two}).tables
    assert (table.added, table.removed) == (1, 1)
    assert (table.changed, table.rounded) == (kind == "changed", kind == "rounded")
    if kind:
        assert [e["key"] for e in table.examples[kind]] == [{"k": "a"}]


ROWS = st.dictionaries(
    st.tuples(st.sampled_from(["JP", "US", None]), st.integers(0, 3)),
    st.tuples(st.none() | st.integers(0, 2), st.none() | st.sampled_from([0.0, 1.0, 1.0 + 1e-13, 2.0])),
)


@given(before=ROWS, after=ROWS)
def test_counts_are_those_of_a_comparison_row_by_row(before, after, tmp_path_factory) -> None:
    def side(rows: dict) -> Side:
        path = tmp_path_factory.mktemp("side") / "fct_x.parquet"
        table = pl.DataFrame(
            [(*key, *values) for key, values in rows.items()],
            orient="row",
            schema={"c": pl.String, "k": pl.Int64, "n": pl.Int64, "x": pl.Float64},
        )
        table.write_parquet(path)
        return Side("v", "1.0.0", {"fct_x": Mart(path, str(path), ("c", "k"))})

    with duckdb.connect() as connection:
        (table,) = compare(connection, side(before), side(after)).tables
    both = before.keys() & after.keys()
    changed = {
        k
        for k in both
        if before[k][0] != after[k][0]
        or (before[k][1] is None) != (after[k][1] is None)
        or abs((before[k][1] or 0) - (after[k][1] or 0)) > 1e-9
    }
    assert (table.rows_before, table.rows_after) == (len(before), len(after))
    assert table.added == len(after.keys() - before.keys())
    assert table.removed == len(before.keys() - after.keys())
    assert table.changed == len(changed)
    assert table.rounded == len({k for k in both if before[k] != after[k]} - changed)


def test_a_row_that_changed_in_one_column_and_was_rounded_in_another_has_changed(change) -> None:
    (table,) = change(
        {"fct_x": values("k", "k, x, y: ('a', 0.3::double, 'p')")},
        {"fct_x": values("k", "k, x, y: ('a', 0.1::double + 0.2::double, 'q')")},
    ).tables
    assert (table.changed, table.rounded, table.columns) == (1, 0, {"y": 1})
    assert table.examples["changed"][0]["values"] == {"x": [0.3, 0.1 + 0.2], "y": ["p", "q"]}


def test_there_are_no_more_than_five_examples_and_all_rows_are_counted(change) -> None:
    (table,) = change({"fct_patent": families(1000)}, {"fct_patent": families(990, "i / 10 + 1")}).tables
    assert (table.removed, table.changed) == (10, 990)
    assert [e["key"]["family_id"] for e in table.examples["removed"]] == [990, 991, 992, 993, 994]
    assert [e["key"]["family_id"] for e in table.examples["changed"]] == [0, 1, 2, 3, 4]


def test_a_mart_of_nothing_but_its_key_is_compared(change) -> None:
    (table,) = change(
        {"fct_x": values("k", "k: ('a'), ('b')")}, {"fct_x": values("k", "k: ('b'), ('c')")}
    ).tables
    assert (table.added, table.removed, table.changed, table.rounded) == (1, 1, 0, 0)


def test_tables_columns_types_and_keys_are_compared(change) -> None:
    found = change(
        {
            "fct_gone": values("k", "k: ('a')"),
            "fct_x": values("k", "k, less, kind, same: ('a', 1::bigint, 1::bigint, 1::bigint)"),
            "fct_key": values("k", "k, j: ('a', 'b')"),
        },
        {
            "fct_new": values("k", "k: ('a')"),
            "fct_x": values("k", "k, more, kind, same: ('a', 1::bigint, 'one', 2::bigint)"),
            "fct_key": values("k, j", "k, j: ('a', 'c')"),
        },
    )
    assert [(s.kind, s.table, s.column, s.before, s.after, s.breaks) for s in found.schema] == [
        ("table removed", "fct_gone", None, None, None, True),
        ("table added", "fct_new", None, None, None, False),
        ("key changed", "fct_key", None, "k", "k, j", True),
        ("type changed", "fct_x", "kind", "BIGINT", "VARCHAR", True),
        ("column removed", "fct_x", "less", "BIGINT", None, True),
        ("column added", "fct_x", "more", None, "BIGINT", False),
    ]
    rows = {t.table: t for t in found.tables}
    assert rows["fct_x"].columns == {"same": 1}, "what both have is compared all the same"
    assert rows["fct_key"].added is None, "another key tells nothing of rows"
    assert rows["fct_key"].differs


def test_weights_default_ranks_and_labels_drift(change) -> None:
    def marts(weight: str, rank: int, label: str, other: int) -> dict[str, Select]:
        return {
            "fct_indicator_weight": values(
                "indicator", f"indicator, weight: ('fc_5', {weight}::double), ('bc', 0.5::double)"
            ),
            "fct_country_ranking": values(
                "country, threshold",
                "country, threshold, rank_families, rank_core, is_default: "
                f"('JP', 0.1::double, 2::bigint, {rank}::bigint, true), "
                f"('JP', 0.2::double, 2::bigint, {other}::bigint, false)",
            ),
            "fct_pathway": values(
                "country",
                f"country, industry_path, technology_path, collaboration_path: ('JP', '{label}', 'T1', 'C1')",
            ),
        }

    found = change(marts("0.3", 2, "I1", 1), marts("0.4", 5, "I2", 7))
    assert [(d.what, d.name, d.column, d.before, d.after) for d in found.drift] == [
        ("weights", "fc_5", "weight", 0.3, 0.4),
        ("ranks", "JP", "rank_core", 2, 5),
        ("labels", "JP", "industry_path", "I1", "I2"),
    ]
    page = as_markdown(found)
    for line in ("| fc_5 | weight | 0.3 | 0.4 |", "| JP | rank_core | 2 | 5 |"):
        assert line in page


def test_an_indicator_that_went_drifts_to_nothing(change) -> None:
    found = change(
        {"fct_indicator_weight": values("indicator", "indicator, weight: ('a', 1::double)")},
        {"fct_indicator_weight": values("indicator", "indicator, weight: ('b', 1::double)")},
    )
    assert [(d.name, d.before, d.after) for d in found.drift] == [("a", 1.0, None), ("b", None, 1.0)]


def test_what_is_written_is_json_and_markdown_in_which_data_are_text(change, tmp_path) -> None:
    name = "a|b <img src=x> [x](http://y)"
    found = change(
        {"fct_x": values("k", f"k, d, x: ('{name}', date '2020-01-01', 1::double)")},
        {"fct_x": values("k", f"k, d, x: ('{name}', date '2021-01-01', 'nan'::double)")},
    )
    write(found, tmp_path)
    told = json.loads((tmp_path / "changes.json").read_text(), parse_constant=lambda name: pytest.fail(name))
    assert told["tables"][0]["examples"]["changed"] == [
        {"key": {"k": name}, "values": {"d": ["2020-01-01", "2021-01-01"], "x": [1.0, "nan"]}}
    ]
    assert r"k a\|b \<img src=x> \[x](http\://y)" in (tmp_path / "changes.md").read_text()
    assert math.isnan(float(told["tables"][0]["examples"]["changed"][0]["values"]["x"][1]))


def test_the_first_release_says_that_there_is_none_before(tmp_path) -> None:
    write(Change(None, "2026.11.0"), tmp_path)
    assert json.loads((tmp_path / "changes.json").read_text())["before"] is None
    assert "nothing to compare" in (tmp_path / "changes.md").read_text()


@pytest.mark.parametrize("broken", ["datapackage.json", "fct_patent.parquet"])
def test_what_cannot_be_read_is_told(broken: str, connection, tmp_path) -> None:
    releases = Releases(tmp_path / "releases", "chips")
    one, two = (publish(releases, {"fct_patent": families(n)}) for n in (5, 6))
    (one / broken).chmod(0o644)
    (one / broken).write_text("{}")
    with pytest.raises(BadInput, match="corepath verify"):
        compare(connection, read(one), read(two))
