"""Typed and nested columns: what other tools write is read as meant, and what is not read is counted."""

import json
import tempfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corepath.warehouse.errors import BadInput
from corepath.warehouse.load.loader import load
from corepath.warehouse.sources import available

GOOGLE, LENS, PPUBS = (available()[name] for name in ("google_patents", "lens", "ppubs"))
CODES = [{"code": "G06N3/08", "inventive": True, "first": True}, {"code": "H01L21/02", "inventive": False}]


def record(number: int = 0, **fields: Any) -> dict[str, Any]:
    return {
        "publication_number": f"EP-{9_000_000 + number}-A1",
        "family_id": str(50_000_000 + number),
        "publication_date": 20150101,
        "filing_date": 20140101,
        "priority_claim": [{"application_number": "DE-102013123450-A", "filing_date": 20131105}],
        "inventor": ["Doe, Jane"],
        "ipc": CODES,
    } | fields


def write(folder: Path, rows: list[dict[str, Any]], kind: str, name: str = "p", **types: pa.DataType) -> None:
    path = Path(folder) / f"{name}.{kind}"
    if kind == "jsonl":
        path.write_text("\n".join(json.dumps(row, default=str) for row in rows))
    else:
        table = pa.Table.from_pylist(rows)
        for column, type_ in types.items():
            place = table.schema.get_field_index(column)
            table = table.set_column(place, column, table[column].cast(type_))
        pq.write_table(table, path, use_deprecated_int96_timestamps="at" in types)


@pytest.fixture
def warehouse():
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute("attach ':memory:' as warehouse; use warehouse")
        yield connection


COLUMNS = "family_id, publication_date, filing_date, priority_claim, inventor, ipc"
READ = [
    (
        "50000000",
        20150101,
        20140101,
        [{"application_number": "DE-102013123450-A", "filing_date": 20131105}],
        ["Doe, Jane"],
        [{"first": None, **code} for code in CODES],
    )
]


def read(warehouse: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    return warehouse.sql(
        f"select {COLUMNS} from raw.google_patents_publication order by _file, _row"
    ).fetchall()


def unread(warehouse: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    return warehouse.sql(
        "select column_name, reason, given, unread, example from raw.unread order by all"
    ).fetchall()


WRAPPERS = [
    ("list", "element"),
    ("list", "item"),
    ("bag", "array"),
    ("bag", "array_element"),
    (None, "element"),
]


def wrapped(value: Any, outer: str | None, inner: str) -> Any:
    if not isinstance(value, list):
        return value
    elements = [{inner: wrapped(element, outer, inner)} for element in value]
    return {outer: elements} if outer else elements


@pytest.mark.parametrize("kind", ["parquet", "jsonl"])
@pytest.mark.parametrize(("outer", "inner"), WRAPPERS)
def test_lists_that_other_writers_wrap_are_unwrapped_by_shard(warehouse, tmp_path, kind, outer, inner):
    if kind == "jsonl" and outer is None:
        pytest.skip("a record with one field may be just that in JSON")
    write(tmp_path, [{name: wrapped(v, outer, inner) for name, v in record().items()}], kind, "a")
    write(tmp_path, [record()], kind, "b")
    load(warehouse, GOOGLE, tmp_path)
    assert read(warehouse) == READ * 2
    assert unread(warehouse) == []


@pytest.mark.parametrize("kind", ["parquet", "jsonl"])
@pytest.mark.parametrize(
    "fields",
    [
        {"family_id": 50_000_000.0, "publication_date": 20150101.0},
        {"filing_date": "2014-01-01", "publication_date": "2015-01-01T00:00:00Z"},
        {"filing_date": date(2014, 1, 1), "publication_date": datetime(2015, 1, 1)},
        {"filing_date": "20140101", "family_id": 50_000_000},
        {"priority_claim": [{"application_number": "DE-102013123450-A", "filing_date": "2013-11-05"}]},
        {"family_id": Decimal("50000000.00"), "filing_date": Decimal(20140101)},
    ],
)
def test_identifiers_and_days_are_read_as_other_tools_write_them(warehouse, tmp_path, kind, fields):
    write(tmp_path, [record(**fields)], kind)
    load(warehouse, GOOGLE, tmp_path)
    assert read(warehouse) == READ
    assert unread(warehouse) == []


@pytest.mark.parametrize(
    "types",
    [
        {"family_id": pa.large_string()},
        {"family_id": pa.dictionary(pa.int32(), pa.string())},
        {"family_id": pa.binary()},
        {"filing_date": pa.int32(), "publication_date": pa.float64()},
    ],
)
def test_the_types_of_other_writers_are_read(warehouse, tmp_path, types):
    write(tmp_path, [record()], "parquet", **types)
    load(warehouse, GOOGLE, tmp_path)
    assert read(warehouse) == READ


def test_timestamps_of_96_bits_are_days(warehouse, tmp_path):
    table = pa.Table.from_pylist([record(filing_date=datetime(2014, 1, 1))])
    pq.write_table(table, tmp_path / "p.parquet", use_deprecated_int96_timestamps=True)
    load(warehouse, GOOGLE, tmp_path)
    assert read(warehouse) == READ


@pytest.mark.parametrize("kind", ["parquet", "jsonl"])
@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"filing_date": "1 Jan 2014"}, "column filing_date .* should be DATE, but 2 of 2 values are not"),
        (
            {"filing_date": 1388534400000},
            "column filing_date .* should be DATE, but 2 of 2 .*'1388534400000'",
        ),
        ({"ipc": [{"code": "A", "first": "maybe"}]}, r"column ipc\.first .* should be BOOLEAN, but 2 of 2"),
    ],
)
def test_a_column_that_is_mostly_unread_is_refused_with_its_type_and_an_example(
    warehouse, tmp_path, kind, fields, message
):
    write(tmp_path, [record(**fields), record(1, **fields)], kind)
    with pytest.raises(BadInput, match=message):
        load(warehouse, GOOGLE, tmp_path)


@pytest.mark.parametrize("kind", ["parquet", "jsonl"])
def test_what_is_not_read_is_counted_by_column_and_reason(warehouse, tmp_path, kind):
    days = ["2014-01-01", "soon", "0001-01-03", "2999-01-01", "2014-02-30", "0", ""]
    write(tmp_path, [record(n, filing_date=day) for n, day in enumerate(days)], kind)
    load(warehouse, GOOGLE, tmp_path)
    assert unread(warehouse) == [
        ("filing_date", "after tomorrow", 5, 1, "0001-01-03"),
        ("filing_date", "before 1790", 5, 1, "0001-01-03"),
        ("filing_date", "no DATE", 5, 2, "0001-01-03"),
    ]
    write(tmp_path, [record()], kind)
    load(warehouse, GOOGLE, tmp_path)
    assert unread(warehouse) == []


def test_a_nested_record_that_is_something_else_is_counted(warehouse, tmp_path):
    rows = [
        {
            "jurisdiction": "US",
            "doc_number": str(n),
            "kind": "A1",
            "date_published": "2015-01-01",
            "biblio": b,
        }
        for n, b in enumerate(
            [{"parties": {"inventors": []}}, {"parties": {"inventors": []}}, {"parties": []}]
        )
    ]
    (tmp_path / "l.jsonl").write_text("\n".join(map(json.dumps, rows)))
    load(warehouse, LENS, tmp_path)
    assert unread(warehouse) == [("biblio.parties", "no OBJECT", 3, 1, "ARRAY")]


@pytest.mark.whole
@given(st.lists(st.dates(date(1790, 1, 1), date(2026, 1, 1)), min_size=1, max_size=5), st.data())
def test_a_day_is_the_same_however_it_is_written(days, data):
    forms = [
        lambda d: d.isoformat(),
        lambda d: int(d.strftime("%Y%m%d")),
        lambda d: float(d.strftime("%Y%m%d")),
        lambda d: f"{d}T00:00:00Z",
        lambda d: d.strftime("%Y%m%d"),
    ]
    kind = data.draw(st.sampled_from(["parquet", "jsonl"]))
    form = data.draw(st.sampled_from(forms))
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as warehouse:
        rows = [
            record(
                n, filing_date=form(d), priority_claim=[{"application_number": "A", "filing_date": form(d)}]
            )
            for n, d in enumerate(days)
        ]
        write(Path(folder), rows, kind)
        load(warehouse, GOOGLE, Path(folder))
        wanted = [int(d.strftime("%Y%m%d")) for d in days]
        assert [row[2] for row in read(warehouse)] == wanted
        assert [row[3][0]["filing_date"] for row in read(warehouse)] == wanted
        assert unread(warehouse) == []


@pytest.mark.parametrize(
    ("source", "name", "content", "message"),
    [
        (
            GOOGLE,
            "p.csv",
            "search URL:,https://patents.google.com/?q=x\nid,title\n",
            "CSV of Google Patents' search",
        ),
        (GOOGLE, "p.csv", "id,title,assignee,inventor/author,priority date\n", "export the publications of"),
        (GOOGLE, "p.csv", "publication_number,family_id\nUS-1-A,2\n", "export from BigQuery as Parquet"),
        (GOOGLE, "p.csv", "number,title\n1,x\n", "is flat text, which cannot hold the lists"),
        (PPUBS, "p.csv", "guid,title\n1,x\n", "is flat text, which cannot hold the lists"),
        (LENS, "l.json", '{"total": 1, "data": [{"lens_id": "x"}]}', "an answer of the Lens API.*jq -c"),
        (LENS, "l.json", '{\n  "data": [\n    {"lens_id": "x"}]}', "an answer of the Lens API"),
        (GOOGLE, "p.json", '[\n  {"publication_number": "x"}\n]', "is one JSON array; write its records"),
    ],
)
def test_what_is_often_taken_for_a_dump_is_refused_by_name(
    warehouse, tmp_path, source, name, content, message
):
    (tmp_path / name).write_text(content)
    for path in (tmp_path, tmp_path / name):
        with pytest.raises(BadInput, match=message):
            load(warehouse, source, path)
