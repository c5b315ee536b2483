"""Parquet: each row is loaded as it was, in the declared types, or rejected."""

import tempfile
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corepath.warehouse.errors import BadInput
from corepath.warehouse.load.loader import Loaded, load
from corepath.warehouse.load.readers import parquet
from corepath.warehouse.sources import Source

NESTED = Source.model_validate(
    {
        "name": "test",
        "title": "",
        "licence": "",
        "licence_id": "",
        "credit": "",
        "url": "",
        "rank": 1,
        "files": ["*.parquet", "*.jsonl"],
        "tables": {
            "publication": {
                "describes": "",
                "required": ["number"],
                "ignored": ["description"],
                "columns": {
                    "number": "VARCHAR",
                    "filed": "BIGINT",
                    "inventor": "VARCHAR[]",
                    "title": "STRUCT(text VARCHAR, language VARCHAR)[]",
                },
            }
        },
    }
)
TITLE = [{"text": "A lamp", "language": "en"}]


@pytest.fixture
def warehouse():
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute("attach ':memory:' as warehouse; use warehouse")
        yield connection


def write(folder, *rows, name="p.parquet"):
    path = Path(folder) / name
    pq.write_table(pa.Table.from_pylist(list(rows)), path)
    return path


def row(number="US-1-B2", **fields):
    return {"number": number, "filed": 20010203, "inventor": ["A", "B"], "title": TITLE} | fields


def publications(warehouse):
    return warehouse.sql(
        "select number, filed, inventor, title from raw.test_publication order by _file, _row"
    ).fetchall()


def test_nested_columns_come_as_they_are_and_rows_keep_their_place(warehouse, tmp_path):
    write(tmp_path, *(row(f"US-{i}-B2", filed=i) for i in range(5000)))
    assert load(warehouse, NESTED, tmp_path, 0) == Loaded(1, 1, 0, 5000, 0)
    assert publications(warehouse) == [(f"US-{i}-B2", i, ["A", "B"], TITLE) for i in range(5000)]


def test_the_same_records_as_json_lines_give_the_same_rows(warehouse, tmp_path):
    import json

    rows = [row("US-1-B2"), row("US-2-B2", title=[], inventor=None), row("US-3-B2", filed=None)]
    write(tmp_path, *rows)
    load(warehouse, NESTED, tmp_path, 0)
    of_parquet = publications(warehouse)
    (tmp_path / "p.parquet").unlink()
    (tmp_path / "p.jsonl").write_text("\n".join(map(json.dumps, rows)))
    load(warehouse, NESTED, tmp_path, 0)
    assert publications(warehouse) == of_parquet


@pytest.mark.parametrize("name", ["p.parquet", "p.jsonl"])
def test_a_nested_field_may_be_json_text(warehouse, tmp_path, name):
    import json

    given = row(title=json.dumps(TITLE), inventor='["A"]')
    if name == "p.parquet":
        write(tmp_path, given)
    else:
        (tmp_path / name).write_text(json.dumps(given))
    load(warehouse, NESTED, tmp_path, 0)
    assert publications(warehouse) == [("US-1-B2", 20010203, ["A"], TITLE)]


def test_fields_of_records_are_found_by_name_whatever_else_there_is(warehouse, tmp_path):
    write(tmp_path, row(title=[{"truncated": False, "language": "de", "text": "Lampe"}]))
    load(warehouse, NESTED, tmp_path, 0)
    assert publications(warehouse)[0][3] == [{"text": "Lampe", "language": "de"}]


@pytest.mark.parametrize("empty", [None, ""])
def test_rows_without_key_are_rejected_by_their_place_and_no_others(warehouse, tmp_path, empty):
    write(tmp_path, row("US-1-B2"), row(empty), row("US-3-B2"))
    assert load(warehouse, NESTED, tmp_path, 0.5) == Loaded(1, 1, 0, 2, 1)
    assert [number for number, *_ in publications(warehouse)] == ["US-1-B2", "US-3-B2"]
    [(position, reason, raw)] = warehouse.sql("select position, reason, raw from raw.rejects").fetchall()
    assert (position, reason) == (2, "number is missing")
    assert "A lamp" in raw


def test_numbers_written_as_text_are_numbers(warehouse, tmp_path):
    write(tmp_path, row(filed="20010203"))
    load(warehouse, NESTED, tmp_path, 0)
    assert publications(warehouse)[0][1] == 20010203


def test_missing_columns_are_unknown_new_ones_told_and_known_ones_not(warehouse, tmp_path, caplog):
    write(tmp_path, {"number": "US-1-B2", "description": "x", "colour": "red"})
    load(warehouse, NESTED, tmp_path, 0)
    assert publications(warehouse) == [("US-1-B2", None, None, None)]
    assert "no column filed, inventor, title: unknown" in caplog.text
    assert "new columns, not read: colour\n" in caplog.text


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"id": "US-1-B2"}], "needs the column number; the columns found are id"),
        ([row(title=7)], r"column title of table test_publication should be STRUCT.* but is BIGINT"),
        ([row(filed=[1])], "column filed of table test_publication should be BIGINT"),
    ],
)
def test_a_renamed_or_retyped_column_is_refused(warehouse, tmp_path, rows, message):
    write(tmp_path, *rows)
    with pytest.raises(BadInput, match=message):
        load(warehouse, NESTED, tmp_path)


@pytest.mark.parametrize("cut", [4, 100, 400])
def test_a_truncated_file_is_refused_by_name(warehouse, tmp_path, cut):
    path = write(tmp_path, *(row(f"US-{i}-B2") for i in range(50)))
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(BadInput, match=r"p\.parquet: no whole Parquet file"):
        load(warehouse, NESTED, tmp_path)


def test_a_file_damaged_within_is_refused_by_name(warehouse, tmp_path):
    path = write(tmp_path, *(row(f"US-{i}-B2", filed=i) for i in range(5000)))
    content = bytearray(path.read_bytes())
    content[100:3000] = b"\xff" * 2900
    path.write_bytes(content)
    with pytest.raises(BadInput, match=r"p\.parquet"):
        load(warehouse, NESTED, tmp_path)
    assert publications(warehouse) == []


def test_a_column_whose_name_is_no_text_is_refused_by_name(warehouse, tmp_path):
    path = write(tmp_path, row("US-1-B2"))
    path.write_bytes(path.read_bytes().replace(b"title", b"\x80itle"))
    with pytest.raises(BadInput, match=r"p\.parquet: no whole Parquet file"):
        load(warehouse, NESTED, tmp_path)


@pytest.mark.whole
@given(st.data())
def test_any_change_of_bytes_is_refused_or_accounts_for_every_row(data):
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as warehouse:
        path = write(folder, *(row(f"US-{i}-B2", filed=i) for i in range(50)))
        content = path.read_bytes()
        start = data.draw(st.integers(0, len(content) - 1))
        stop = start + data.draw(st.integers(0, 3))
        path.write_bytes(content[:start] + data.draw(st.binary(max_size=3)) + content[stop:])
        try:
            loaded = load(warehouse, NESTED, Path(folder), 1)
        except BadInput:
            return  # it is no whole Parquet file, or has other columns: refused aloud
        assert loaded.rows + loaded.rejected == 50
        assert len(publications(warehouse)) == loaded.rows


def test_a_new_shard_is_all_that_is_read(warehouse, tmp_path):
    write(tmp_path, row("US-1-B2"), name="p-000.parquet")
    load(warehouse, NESTED, tmp_path)
    write(tmp_path, row("US-2-B2"), name="p-001.parquet")
    assert load(warehouse, NESTED, tmp_path) == Loaded(2, 1, 0, 2, 0)


# --- Shards, read by one statement ---------------------------------------------------------------


def ledger(warehouse):
    return warehouse.sql("select file, rows, loaded, rejected from raw.source_file order by file").fetchall()


@pytest.fixture
def runs(monkeypatch):
    """The names of the files of each statement, in order."""
    found = []
    read = parquet.read

    def spy(warehouse, parts):
        found.append([part.name for part in parts])
        return read(warehouse, parts)

    monkeypatch.setattr(parquet, "read", spy)
    return found


def test_shards_are_read_at_once_and_rows_keep_their_file_and_place(warehouse, tmp_path, runs):
    # In folders, and of more rows than a row group, so that threads take them in any order.
    sizes = {"a/p.parquet": 3, "b/p.parquet": 200_000, "b/q.parquet": 0, "c.parquet": 5}
    for name, rows in sizes.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        # An empty shard has the columns of the others.
        table = pa.table({"number": [f"US-{i}-B2" for i in range(rows)], "filed": range(rows)})
        shape = pa.schema([("number", pa.string()), ("filed", pa.int64())])
        pq.write_table(table.cast(shape), tmp_path / name)
    warehouse.execute("set threads = 4")
    assert load(warehouse, NESTED, tmp_path, 0) == Loaded(4, 4, 0, 200_008, 0)
    assert runs == [sorted(sizes)]
    assert ledger(warehouse) == [(name, rows, rows, 0) for name, rows in sorted(sizes.items())]
    assert warehouse.sql(
        "select _file, count(*), count(distinct _row) from raw.test_publication "
        "where filed = _row - 1 and number = format('US-{}-B2', filed) "
        "group by _file order by _file"
    ).fetchall() == [(name, rows, rows) for name, rows in sorted(sizes.items()) if rows]


def test_a_row_without_key_costs_its_shard_that_row(warehouse, tmp_path, runs):
    write(tmp_path, row("US-1-B2"), name="a.parquet")
    write(tmp_path, row("US-2-B2"), row(""), name="b.parquet")
    write(tmp_path, row(""), row("US-3-B2"), name="c.parquet")
    assert load(warehouse, NESTED, tmp_path, 0.5) == Loaded(3, 3, 0, 3, 2)
    assert runs == [["a.parquet", "b.parquet", "c.parquet"]]
    assert ledger(warehouse) == [("a.parquet", 1, 1, 0), ("b.parquet", 2, 1, 1), ("c.parquet", 2, 1, 1)]
    rejected = warehouse.sql("select file, position, reason from raw.rejects order by file")
    assert rejected.fetchall() == [
        ("b.parquet", 2, "number is missing"),
        ("c.parquet", 1, "number is missing"),
    ]


def test_a_shard_of_other_columns_is_read_by_itself(warehouse, tmp_path, runs, caplog):
    write(tmp_path, row("US-1-B2"), name="a.parquet")
    write(tmp_path, {"filed": "20010204", "number": "US-2-B2", "colour": "red"}, name="b.parquet")
    write(tmp_path, row("US-3-B2"), name="c.parquet")
    assert load(warehouse, NESTED, tmp_path, 0) == Loaded(3, 3, 0, 3, 0)
    assert runs[1:] == [["a.parquet"], ["b.parquet"], ["c.parquet"]]
    assert publications(warehouse) == [
        ("US-1-B2", 20010203, ["A", "B"], TITLE),
        ("US-2-B2", 20010204, None, None),
        ("US-3-B2", 20010203, ["A", "B"], TITLE),
    ]
    assert caplog.text.count("b.parquet: new columns, not read: colour") == 1


@pytest.mark.parametrize("damage", ["cut", "within"])
def test_a_damaged_shard_is_refused_by_name_and_those_before_it_stay(warehouse, tmp_path, damage):
    for name in ("a.parquet", "b.parquet", "c.parquet"):
        path = write(tmp_path, *(row(f"US-{i}-B2", filed=i) for i in range(5000)), name=name)
        if name == "b.parquet":
            content = path.read_bytes()
            path.write_bytes(
                content[:-100] if damage == "cut" else content[:100] + b"\xff" * 2900 + content[3000:]
            )
    with pytest.raises(BadInput, match=r"^b\.parquet"):
        load(warehouse, NESTED, tmp_path)
    assert ledger(warehouse) == [("a.parquet", 5000, 5000, 0)]
    assert len(publications(warehouse)) == 5000


def test_a_shard_that_changes_while_it_is_read_is_refused(warehouse, tmp_path, monkeypatch):
    for number, name in enumerate(["a.parquet", "b.parquet"]):
        write(tmp_path, row(f"US-{number}-B2"), name=name)
    read = parquet.read

    def changes(warehouse, parts):
        counts = read(warehouse, parts)
        write(tmp_path, row("US-8-B2"), row("US-9-B2"), name="b.parquet")
        return counts

    monkeypatch.setattr(parquet, "read", changes)
    with pytest.raises(BadInput, match=r"b\.parquet: was changed while it was read"):
        load(warehouse, NESTED, tmp_path)
    assert ledger(warehouse) == [("a.parquet", 1, 1, 0)]
    assert [number for number, *_ in publications(warehouse)] == ["US-0-B2"]


def test_a_changed_shard_replaces_its_own_rows(warehouse, tmp_path, runs):
    for number, name in enumerate(["a.parquet", "b.parquet", "c.parquet"]):
        write(tmp_path, row(f"US-{number}-B2"), name=name)
    load(warehouse, NESTED, tmp_path)
    write(tmp_path, row("US-7-B2"), name="a.parquet")
    write(tmp_path, row("US-8-B2"), row("US-9-B2"), name="c.parquet")
    assert load(warehouse, NESTED, tmp_path) == Loaded(3, 2, 0, 4, 0)
    assert runs[1:] == [["a.parquet", "c.parquet"]]
    numbers = [number for number, *_ in publications(warehouse)]
    assert numbers == ["US-7-B2", "US-1-B2", "US-8-B2", "US-9-B2"]
