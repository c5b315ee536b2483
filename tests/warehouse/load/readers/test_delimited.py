"""Delimited text: whatever is done to a file, each row is loaded as it was or rejected."""

import csv
import gzip
import io
import tempfile
import zipfile
from datetime import date
from pathlib import Path

import duckdb
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from corepath.warehouse.errors import BadInput
from corepath.warehouse.load.loader import Loaded, load
from corepath.warehouse.load.readers import DoubtfulError, delimited
from corepath.warehouse.sources import Source, available

TSV = Source.model_validate(
    {
        "name": "test",
        "title": "",
        "licence": "",
        "licence_id": "",
        "credit": "",
        "url": "",
        "rank": 1,
        "files": ["*.tsv", "*.zip"],
        "dialect": {"delimiter": "\t"},
        "tables": {
            "patent": {
                "describes": "",
                "files": ["patent.tsv", "patent_part*.tsv"],
                "needed": True,
                "required": ["patent_id"],
                "ignored": ["filename"],
                "columns": {"patent_id": "VARCHAR", "title": "VARCHAR", "filed": "DATE", "claims": "BIGINT"},
                "aliases": {"patent_id": ["id"]},
            },
            "person": {
                "describes": "",
                "files": ["person.tsv"],
                "gives": "names of persons",
                "required": ["person_id"],
                "columns": {"person_id": "BIGINT", "name": "VARCHAR"},
            },
        },
    }
)
LATIN = TSV.model_copy(update={"dialect": TSV.dialect.model_copy(update={"encodings": ["utf-8", "latin-1"]})})
HEADER = b'"patent_id"\t"title"\t"filed"\t"claims"'


@pytest.fixture
def warehouse():
    with open_warehouse() as connection:
        yield connection


def open_warehouse():
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("attach ':memory:' as warehouse; use warehouse")
    return connection


def write(folder, *lines, name="patent.tsv", end=b"\n"):
    path = Path(folder) / name
    path.write_bytes(end.join([HEADER, *lines, b""]))
    return path


def row(number, title=b"A lamp", filed=b"2001-02-03", claims=b"7"):
    return b"\t".join(b'"%b"' % value for value in (b"%d" % number, title, filed, claims))


def patents(warehouse):
    return warehouse.sql(
        "select patent_id, title, filed, claims from raw.test_patent order by _file, patent_id"
    ).fetchall()


def numbers(warehouse):
    return [int(number) for number, *_ in patents(warehouse)]


def rejects(warehouse):
    return warehouse.sql("select position, reason, raw from raw.rejects order by file, position").fetchall()


# --- What is clean -------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_any_line_end_and_a_byte_order_mark_change_nothing(warehouse, tmp_path, end, mark):
    path = write(tmp_path, row(1), row(2, "Lämpchen 灯".encode()), end=end)
    path.write_bytes(mark + path.read_bytes())
    assert load(warehouse, TSV, tmp_path, 0) == Loaded(1, 1, 0, 2, 0)
    assert patents(warehouse) == [("1", "A lamp", "2001-02-03", "7"), ("2", "Lämpchen 灯", "2001-02-03", "7")]


def test_line_ends_tabs_and_doubled_quotes_within_quotes_belong_to_the_value(warehouse, tmp_path):
    write(tmp_path, row(1, b'a\n""b""\tc\r\nd'), row(2))
    assert load(warehouse, TSV, tmp_path, 0).rows == 2
    assert [title for _, title, *_ in patents(warehouse)] == ['a\n"b"\tc\r\nd', "A lamp"]


def test_quotes_are_needed_only_where_they_help(warehouse, tmp_path):
    write(tmp_path, b'1\tfive" disk\t\t', b'2\t""\t"2001-02-03"\t7')
    assert load(warehouse, TSV, tmp_path, 0).rows == 2
    assert patents(warehouse) == [("1", 'five" disk', None, None), ("2", None, "2001-02-03", "7")]


def test_identifiers_and_impossible_values_stay_as_they_are_written(warehouse, tmp_path, caplog):
    dates = [b"0000-00-00", b"9999-12-31", b"2013-02-30", b"", b"2001-01-01"]
    write(tmp_path, *(row(i, filed=date, claims=b"007") for i, date in enumerate(dates)))
    write(tmp_path, b'"D0001"\t""\t""\t""', b'"RE007"\t""\t""\t""', name="patent_part2.tsv")
    assert load(warehouse, TSV, tmp_path, 0).rows == 7
    assert [filed for _, _, filed, _ in patents(warehouse)][:5] == [
        "0000-00-00",
        "9999-12-31",
        "2013-02-30",
        None,
        "2001-01-01",
    ]
    assert {number for number, *_ in patents(warehouse)} >= {"D0001", "RE007"}
    assert "1 of 3 values of filed are no DATE and count as unknown, such as '2013-02-30'" in (caplog.text)


def test_duplicate_rows_are_all_loaded_for_raw_is_what_was_delivered(warehouse, tmp_path):
    write(tmp_path, row(1), row(1), row(1))
    assert load(warehouse, TSV, tmp_path, 0).rows == 3


def test_a_file_without_rows_or_without_a_last_line_end_is_whole(warehouse, tmp_path):
    write(tmp_path, row(1), name="patent_part1.tsv")
    (tmp_path / "patent_part2.tsv").write_bytes(HEADER)
    (tmp_path / "patent_part3.tsv").write_bytes(HEADER + b"\n" + row(3))
    (tmp_path / "patent_part4.tsv").write_bytes(b"")
    assert load(warehouse, TSV, tmp_path, 0) == Loaded(4, 4, 0, 2, 0)
    assert numbers(warehouse) == [1, 3]


@pytest.mark.parametrize("packed", ["plain", "gz", "zip", "zip in zip"])
def test_a_file_may_be_packed_and_counts_the_same(warehouse, tmp_path, packed):
    content = write(tmp_path, row(1), b"short", row(2)).read_bytes()
    if packed != "plain":
        (tmp_path / "patent.tsv").unlink()
    if packed == "gz":
        (tmp_path / "patent.tsv.gz").write_bytes(gzip.compress(content))
    if packed.startswith("zip"):
        inner = io.BytesIO()
        with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("data/patent.tsv", content)
            archive.writestr("readme.pdf", b"no table")
        if packed == "zip in zip":
            outer = io.BytesIO()
            with zipfile.ZipFile(outer, "w") as archive:
                archive.writestr("all/part.zip", inner.getvalue())
            inner = outer
        (tmp_path / "delivery.zip").write_bytes(inner.getvalue())
    assert load(warehouse, TSV, tmp_path, 0.5) == Loaded(1, 1, 0, 2, 1)
    assert numbers(warehouse) == [1, 2]
    assert [position for position, *_ in rejects(warehouse)] == [3]
    file = warehouse.sql("select file from raw.rejects").fetchall()[0][0]
    assert (
        file
        == {
            "plain": "patent.tsv",
            "gz": "patent.tsv.gz",
            "zip": "delivery.zip!data/patent.tsv",
            "zip in zip": "delivery.zip!all/part.zip!data/patent.tsv",
        }[packed]
    )
    # What is gone is forgotten, members too.
    for path in tmp_path.iterdir():
        path.unlink()
    write(tmp_path, row(9))
    load(warehouse, TSV, tmp_path)
    assert (numbers(warehouse), rejects(warehouse)) == ([9], [])


# --- What is damaged -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b'"5"\t"only two"', "2 fields where the header has 4"),
        (row(5) + b'\t"more"', "5 fields where the header has 4"),
        (row(5, b'a "stray" quote'), "no row: "),
        (b'"5"\t"open\t"2001-02-03"\t"7"', "no row: "),
        (b'"5"\topen\t2001\t"7', "a quote is opened and not closed"),
        (row(5, b"a \xff byte"), "not utf-8: invalid start byte at byte 7"),
        (row(5, b"caf\xe9"), "not utf-8: "),
        (row(5, b"nul \0"), "holds a NUL byte"),
        (b'""\t"no key"\t""\t""', "patent_id is empty"),
        (b"\x00", "holds a NUL byte"),
        (b"5\ta\rb\t\t", "no row: "),
    ],
)
def test_a_damaged_row_costs_itself_and_no_other(warehouse, tmp_path, bad, reason):
    write(tmp_path, row(1), bad, row(2), row(3, b'"" whole ""\n'), row(4))
    assert load(warehouse, TSV, tmp_path, 0.2) == Loaded(1, 1, 0, 4, 1)
    assert numbers(warehouse) == [1, 2, 3, 4]
    [(position, why, raw)] = rejects(warehouse)
    assert (position, raw) == (3, (bad + b"\n").decode(errors="replace"))
    assert why.startswith(reason)


def test_a_quote_that_is_never_closed_does_not_eat_what_follows(warehouse, tmp_path):
    unquoted = [b"%d\tplain\t\t" % i for i in range(2, 3000)]
    write(tmp_path, row(1), b'0\t"open\t\t', *unquoted)
    assert load(warehouse, TSV, tmp_path) == Loaded(1, 1, 0, 2999, 1)


def test_a_row_too_long_to_be_one_is_rejected_with_its_head(warehouse, tmp_path, monkeypatch):
    monkeypatch.setattr(delimited, "MAX_ROW", 1000)
    write(tmp_path, row(1), row(2, b"x" * 5000), row(3))
    assert load(warehouse, TSV, tmp_path, 0.5) == Loaded(1, 1, 0, 2, 1)
    assert rejects(warehouse)[0][:2] == (3, "longer than 1000 bytes")


def test_an_encoding_that_the_source_allows_is_read_and_no_other(warehouse, tmp_path):
    write(tmp_path, row(1, "Müller".encode("latin-1")), row(2))
    assert load(warehouse, TSV, tmp_path, 0.5).rejected == 1
    with open_warehouse() as other:
        assert load(other, LATIN, tmp_path, 0).rows == 2
        assert patents(other)[0][1] == "Müller"


def test_utf_16_is_told_by_its_mark(warehouse, tmp_path):
    text = "\n".join([HEADER.decode(), '"1"\t"Müller 灯"\t""\t""', "bad", ""])
    (tmp_path / "patent.tsv").write_bytes(text.encode("utf-16"))
    assert load(warehouse, TSV, tmp_path, 0.5) == Loaded(1, 1, 0, 1, 1)
    assert patents(warehouse)[0][1] == "Müller 灯"


def test_a_key_that_should_be_an_integer_and_is_none_is_rejected(warehouse, tmp_path):
    write(tmp_path, row(1))
    people = [b"person_id\tname", b"12\tA", b"x1\tB", b"007\tC", b"1.5\tD", b"9" * 19 + b"\tE"]
    (tmp_path / "person.tsv").write_bytes(b"\n".join(people))
    assert load(warehouse, TSV, tmp_path, 0.7).rejected == 3
    assert warehouse.sql("select person_id, name from raw.test_person order by 1").fetchall() == [
        (7, "C"),
        (12, "A"),
    ]
    assert rejects(warehouse)[0][1] == "person_id is no integer: 'x1'"


@pytest.mark.parametrize("cut", [10, 200])
def test_a_truncated_archive_is_refused_by_name(warehouse, tmp_path, cut):
    content = b"\n".join([HEADER, *(row(i * 7919 % 1009) for i in range(500))])
    (tmp_path / "patent.tsv.gz").write_bytes(gzip.compress(content)[:-cut])
    with pytest.raises(BadInput, match=r"patent\.tsv\.gz: cannot be decompressed"):
        load(warehouse, TSV, tmp_path)
    (tmp_path / "patent.tsv.gz").unlink()
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("patent.tsv", content)
    (tmp_path / "p.zip").write_bytes(whole.getvalue()[:-cut])
    with pytest.raises(BadInput, match=r"p\.zip: cannot be decompressed"):
        load(warehouse, TSV, tmp_path)


# --- What its columns are ------------------------------------------------------------------------


def test_a_missing_required_column_is_named_with_table_file_and_what_was_found(warehouse, tmp_path):
    (tmp_path / "patent.tsv").write_bytes(b"number\ttitle\n1\tA\n")
    with pytest.raises(BadInput) as caught:
        load(warehouse, TSV, tmp_path)
    for word in ("patent.tsv", "test_patent", "patent_id", "number, title"):
        assert word in str(caught.value)
    assert caught.value.exit_code == 3


def test_a_missing_optional_column_is_unknown_and_a_new_one_is_told(warehouse, tmp_path, caplog):
    (tmp_path / "patent.tsv").write_bytes(b"ID\ttitle\tfilename\tcolour\n1\tA\tf\tred\n")
    assert load(warehouse, TSV, tmp_path).rows == 1
    assert patents(warehouse) == [("1", "A", None, None)]
    assert "patent.tsv: no column filed, claims: unknown" in caplog.text
    assert "new columns, not read: colour\n" in caplog.text


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("claims", b"seven", "column claims of table test_patent should be BIGINT"),
        ("filed", b"lamp", "column filed of table test_patent should be DATE"),
        ("filed", b"03/02/2001", "day/month or month/day cannot be determined"),
    ],
)
def test_a_retyped_column_is_refused_with_an_example(warehouse, tmp_path, column, value, message):
    write(tmp_path, *(row(i, **{column: value}) for i in range(3)))
    with pytest.raises(BadInput, match=message) as caught:
        load(warehouse, TSV, tmp_path)
    assert repr(value.decode()) in str(caught.value)


def test_columns_may_come_in_any_order_and_case(warehouse, tmp_path):
    (tmp_path / "patent.tsv").write_bytes(b"CLAIMS\tTitle\tpatent_ID\tfiled\n3\tA\t1\t\n")
    load(warehouse, TSV, tmp_path)
    assert patents(warehouse) == [("1", "A", None, "3")]


@pytest.mark.parametrize("header", [b"patent_id\tPATENT_ID", b'"patent_id', b"\0\0"])
def test_a_header_that_is_none_is_refused(warehouse, tmp_path, header):
    (tmp_path / "patent.tsv").write_bytes(header + b"\n1\t2\n")
    with pytest.raises(BadInput, match=r"patent\.tsv"):
        load(warehouse, TSV, tmp_path)


def test_a_missing_optional_table_is_told_and_a_needed_one_refused(warehouse, tmp_path, caplog):
    write(tmp_path, row(1))
    load(warehouse, TSV, tmp_path)
    assert "no table person here; unknown: names of persons" in caplog.text
    (tmp_path / "patent.tsv").unlink()
    (tmp_path / "person.tsv").write_bytes(b"person_id\tname\n1\tA\n")
    with pytest.raises(BadInput, match=r"needs the table patent \(patent\.tsv, "):
        load(warehouse, TSV, tmp_path)


def test_a_file_whose_name_tells_no_table_is_refused_with_the_names_that_do(warehouse, tmp_path):
    path = write(tmp_path, row(1), name="mine.tsv")
    with pytest.raises(BadInput, match=r"which table .* patent\.tsv, patent_part\*\.tsv"):
        load(warehouse, TSV, path)


def test_a_file_that_changes_while_it_is_read_is_refused(warehouse, tmp_path, monkeypatch):
    path = write(tmp_path, row(1))
    read = delimited.read

    def and_then(*args, **options):
        count = read(*args, **options)
        write(tmp_path, row(1), row(2))
        return count

    monkeypatch.setattr(delimited, "read", and_then)
    with pytest.raises(BadInput, match="was changed while it was read"):
        load(warehouse, TSV, path)
    assert numbers(warehouse) == []


# --- Whatever happens ----------------------------------------------------------------------------

VALUES = st.text(
    st.characters(codec="utf-8", exclude_characters="\0\r") | st.sampled_from('"\t\n'), max_size=12
)
TABLES = st.lists(st.tuples(VALUES, VALUES, VALUES), min_size=1, max_size=12)


def written(table, *, all_quoted=True):
    text = io.StringIO()
    writer = csv.writer(
        text, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_ALL if all_quoted else csv.QUOTE_MINIMAL
    )
    writer.writerow(["patent_id", "title", "filed"])
    for number, (title, *_) in enumerate(table):
        writer.writerow([str(number), title, "2001-01-01"])
    return text.getvalue().encode()


@pytest.mark.whole
@given(TABLES, st.booleans())
def test_what_the_csv_module_writes_is_loaded_as_it_was(table, all_quoted):
    with tempfile.TemporaryDirectory() as folder, open_warehouse() as warehouse:
        (Path(folder) / "patent.tsv").write_bytes(written(table, all_quoted=all_quoted))
        assert load(warehouse, TSV, Path(folder), 0).rows == len(table)
        expected = {(str(i), title or None) for i, (title, *_) in enumerate(table)}
        assert {loaded[:2] for loaded in patents(warehouse)} == expected


@pytest.mark.whole
@given(TABLES, st.data())
def test_any_mutation_leaves_the_other_rows_and_is_counted(table, data):
    content = written(table)
    head = content.index(b"\n") + 1
    place = data.draw(st.integers(head, len(content) - 1))
    length = data.draw(st.integers(0, 3))
    new = data.draw(st.binary(max_size=3) | st.sampled_from([b'"', b"\t", b"\n", b"\r", b"\0"]))
    mutated = content[:place] + new + content[place + length :]
    assume(mutated.strip() != content[:head].strip())
    with tempfile.TemporaryDirectory() as folder, open_warehouse() as warehouse:
        path = Path(folder) / "patent.tsv"
        path.write_bytes(mutated)
        try:
            load(warehouse, TSV, Path(folder), 1)
        except BadInput:
            return  # nothing left that is a row, or a column of another type: refused aloud
        rows, loaded, rejected = warehouse.sql(
            "select rows, loaded, rejected from raw.source_file"
        ).fetchall()[0]
        assert rows == loaded + rejected == len(patents(warehouse)) + len(rejects(warehouse))
        # A mutation reaches the row it hits, and where it opens or joins lines their neighbours.
        ours = {(number, title) for number, title, *_ in patents(warehouse)}
        theirs = {(str(i), title or None) for i, (title, *_) in enumerate(table)}
        assert len(theirs - ours) <= 2 + new.count(b"\n")
        # What is lost from the table is seen among the rejects or as another row.
        assert len(ours | {raw for *_, raw in rejects(warehouse)}) >= min(len(theirs) - 1, 1)


@pytest.mark.whole
@given(TABLES, st.data())
def test_duckdb_and_the_csv_module_read_a_clean_file_alike(table, data):
    content = written(table, all_quoted=data.draw(st.booleans()))
    results = []
    for exactly in (False, True):
        with tempfile.TemporaryDirectory() as folder, open_warehouse() as warehouse:
            (Path(folder) / "patent.tsv").write_bytes(content)
            with pytest.MonkeyPatch.context() as patch:
                if exactly:
                    patch.setattr(delimited, "_read_at_once", lambda _, p, *__: _doubt(p))
                load(warehouse, TSV, Path(folder), 0)
            results.append(sorted(patents(warehouse), key=str))
    assert results[0] == results[1]


def _doubt(part):
    raise DoubtfulError(part.name)


def test_what_is_odd_in_files_that_are_read_again_is_told_once(warehouse, tmp_path, caplog):
    header = b'"patent_id"\t"title"\t"filed"\t"colour"'
    (tmp_path / "patent_part01.tsv").write_bytes(header + b'\n"1"\t"A"\t"2013-02-30"\t"red"\n')
    (tmp_path / "patent_part02.tsv").write_bytes(header + b'\n"2"\t"A"\t"2013-02-28"\n')
    with pytest.raises(BadInput):  # its only row is damaged
        load(warehouse, TSV, tmp_path, 0.5)
    for part in ("01", "02"):
        for said in ("no column claims: unknown", "new columns, not read: colour"):
            assert caplog.text.count(f"patent_part{part}.tsv: {said}") == 1
    assert caplog.text.count("1 of 1 values of filed are no DATE") == 1


# --- Loaded twice, split, shuffled ---------------------------------------------------------------


def test_twice_is_once_and_halves_or_another_order_are_the_whole(tmp_path):
    rows = [row(i, b"title %d" % i) for i in range(40)]
    layouts = {
        "whole": {"patent.tsv": rows},
        "halves": {"patent_part01.tsv": rows[:17], "patent_part02.tsv": rows[17:]},
        "shuffled": {"patent.tsv": rows[::-1]},
    }
    found = []
    for layout, files in layouts.items():
        folder = tmp_path / layout
        folder.mkdir()
        for name, lines in files.items():
            write(folder, *lines, name=name)
        with open_warehouse() as warehouse:
            first = load(warehouse, TSV, folder, 0)
            again = load(warehouse, TSV, folder, 0)
            assert again == Loaded(first.files, 0, 0, 40, 0)
            found.append(sorted(patents(warehouse)))
    assert found[0] == found[1] == found[2]


# --- Days and identifiers as spreadsheets and other tools save them ------------------------------

LENS = available()["lens"]


def exported(folder, *days):
    lines = [f"US {n} A1,{p},2014,{a},3.0" for n, (p, a) in enumerate(days, start=1)]
    header = "Publication Number,Publication Date,Publication Year,Application Date,Cites Patent Count"
    (folder / "e.csv").write_text("\n".join([header, *lines]))


def days_of(warehouse):
    query = 'select "Publication Date", "Application Date", "Cites Patent Count" from raw.lens_export'
    return warehouse.sql(query).fetchall()


@pytest.mark.parametrize(
    ("given_days", "read_days"),
    [
        ([("3/7/2014", "25/1/2013"), ("4/7/2014", "")], [("2014-07-03", "2013-01-25"), ("2014-07-04", None)]),
        ([("3/7/2014", "1/25/2013"), ("4/7/2014", "")], [("2014-03-07", "2013-01-25"), ("2014-04-07", None)]),
        ([("3.7.2014", "5.1.2013")], [("2014-07-03", "2013-01-05")]),
        ([("2014/7/3", "2013-01-05 00:00:00")], [("2014-07-03", "2013-01-05")]),
        ([("20140703", "2013-01-05T10:00:00Z")], [("2014-07-03", "2013-01-05")]),
    ],
)
def test_days_are_read_by_the_order_that_the_whole_file_has(warehouse, tmp_path, given_days, read_days):
    exported(tmp_path, *given_days)
    load(warehouse, LENS, tmp_path)
    assert days_of(warehouse) == [(*days, "3") for days in read_days]


@pytest.mark.parametrize(
    ("days", "message"),
    [
        ([("3/7/2014", "4/7/2013")], "day/month or month/day cannot be determined: write days as YYYY-MM-DD"),
        ([("13/7/2014", "4/25/2013")], "some days are written day/month, others month/day"),
    ],
)
def test_days_whose_order_nothing_tells_are_refused(warehouse, tmp_path, days, message):
    exported(tmp_path, *days)
    with pytest.raises(BadInput, match=message):
        load(warehouse, LENS, tmp_path)


@pytest.mark.whole
@given(st.lists(st.dates(date(1900, 1, 1), date(2026, 1, 1)), min_size=2, max_size=6), st.booleans())
def test_any_days_come_as_they_were_meant_or_not_at_all(days, month_first):
    def form(d):
        return f"{d.month}/{d.day}/{d.year}" if month_first else f"{d.day}/{d.month}/{d.year}"

    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as warehouse:
        exported(Path(folder), *((form(d), form(d)) for d in days))
        try:
            load(warehouse, LENS, Path(folder))
        except BadInput:
            assert all(d.day <= 12 for d in days)
            return
        assert [row[0] for row in days_of(warehouse)] == [d.isoformat() for d in days]


def test_integers_that_became_floats_are_integers_again(warehouse, tmp_path):
    (tmp_path / "tls201.csv").write_text("appln_id,docdb_family_id\n1.0,50000000.0\n2,\n3.0,50000001.0\n")
    (tmp_path / "tls201.txt").write_text("appln_id,docdb_family_id\n4.5,50000000\n5,7\n")
    load(warehouse, available()["patstat"], tmp_path, 0.5)
    assert warehouse.sql("select appln_id, docdb_family_id from raw.patstat_tls201_appln").fetchall() == [
        (1, "50000000"),
        (2, None),
        (3, "50000001"),
        (5, "7"),
    ]
