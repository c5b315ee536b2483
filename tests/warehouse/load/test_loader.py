"""Loading: every row of every file is loaded or rejected, once, or nothing of the file is."""

import errno
import gzip
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from pathlib import Path
from unittest.mock import Mock

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corepath.warehouse.database import STORAGE_VERSION, WAREHOUSE_STORAGE_VERSION, attach
from corepath.warehouse.errors import BadInput, Unavailable
from corepath.warehouse.load import loader as loading
from corepath.warehouse.load.loader import Loaded, fingerprint
from corepath.warehouse.load.readers import RAW_LIMIT, Count, json_lines
from corepath.warehouse.settings import ROOT
from corepath.warehouse.sources import available

PPUBS, USPTO = available()["ppubs"], available()["uspto"]
SAMPLES = ROOT / "samples"
SHARED = ROOT.parent / "shared" / "data" / "uspto_xml"


@pytest.fixture
def warehouse():
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute("attach ':memory:' as warehouse; use warehouse")
        yield connection


def load(warehouse, source, path, reject_share=1.0):
    """Load as a refresh does, but tolerate any share of rejects unless a test is about it."""
    return loading.load(warehouse, source, path, reject_share)


def line(number=1, **fields):
    return json.dumps({"guid": f"US-{number}-B2", "datePublished": "2010-01-05"} | fields).encode()


def write(folder, *rows, name="a.jsonl", end=b"\n"):
    path = folder / name
    path.write_bytes(end.join(rows))
    return path


def guids(warehouse):
    return [
        guid
        for (guid,) in warehouse.sql("select guid from raw.ppubs_publication order by _file, _row").fetchall()
    ]


def rejects(warehouse):
    return warehouse.sql("select position, reason, raw from raw.rejects order by file, position").fetchall()


def ledger(warehouse):
    return {
        file: row
        for file, *row in warehouse.sql(
            "select file, rows, loaded, rejected from raw.source_file order by file"
        ).fetchall()
    }


# --- JSON, one object a line ---------------------------------------------------------------------


def test_every_line_is_loaded_or_rejected_with_its_place_and_a_reason(warehouse, tmp_path):
    write(tmp_path, line(1), b"", b"no JSON", b" \t ", line(2), b"[1]", b"null", b'"text"', b"{}", line(3))
    assert load(warehouse, PPUBS, tmp_path) == Loaded(1, 1, 0, 3, 5)
    assert guids(warehouse) == ["US-1-B2", "US-2-B2", "US-3-B2"]
    assert [(position, reason) for position, reason, _ in rejects(warehouse)] == [
        (3, "not JSON: Expecting value: line 1 column 1 (char 0)"),
        (6, "not a JSON object"),
        (7, "not a JSON object"),
        (8, "not a JSON object"),
        (9, "guid is missing"),
    ]
    assert ledger(warehouse) == {"a.jsonl": [8, 3, 5]}


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b'{"guid": "US-1-B2"}', "datePublished is missing"),
        (b'{"guid": null, "datePublished": "2010-01-05"}', "guid is missing"),
        (line(assigneeName="Toyota"), "assigneeName: no list"),
        (line(urpn={"a": 1}), "urpn: no list"),
        (line(1) + line(2), "not JSON: Extra data"),
        (line(1) + b",", "not JSON: Extra data"),
        (line(1)[:-1], "not JSON: Expecting"),
        (b'{"guid": "US-\xff-B2"}', "not JSON: 'utf-8' codec can't decode"),
        (b'{"guid": "\\ud800", "datePublished": "2010-01-05"}', "not JSON as DuckDB reads it"),
        (b"[" * 100_000, "not JSON: maximum recursion depth"),
        (b"\x00\x01\x02", "not JSON: "),
    ],
)
def test_a_bad_line_costs_itself_and_no_other(warehouse, tmp_path, bad, reason):
    write(tmp_path, line(1), bad, line(2))
    load(warehouse, PPUBS, tmp_path)
    assert guids(warehouse) == ["US-1-B2", "US-2-B2"]
    [(position, why, raw)] = rejects(warehouse)
    assert position == 2
    assert why.startswith(reason)
    assert raw == (bad + b"\n").decode(errors="replace")[:RAW_LIMIT]


def test_lists_that_are_null_or_absent_or_empty_are_no_fault(warehouse, tmp_path):
    write(tmp_path, line(1), line(2, urpn=None), line(3, urpn=[]), line(4, urpn=["1", None]))
    assert load(warehouse, PPUBS, tmp_path).rejected == 0
    assert warehouse.sql("select urpn from raw.ppubs_publication order by _row").fetchall() == [
        (None,),
        (None,),
        ([],),
        (["1", None],),
    ]


def test_a_rejected_line_is_kept_as_evidence_but_not_all_of_it(warehouse, tmp_path):
    write(tmp_path, line(1), "ü".encode() * 3000)
    load(warehouse, PPUBS, tmp_path)
    [(_, _, raw)] = rejects(warehouse)
    assert raw == "ü" * RAW_LIMIT


def test_a_long_line_is_loaded_whole(warehouse, tmp_path):
    write(tmp_path, line(1, inventionTitle="x" * 5_000_000), line(2))
    load(warehouse, PPUBS, tmp_path)
    assert warehouse.sql(
        "select length(inventionTitle) from raw.ppubs_publication order by _row"
    ).fetchall() == [(5_000_000,), (None,)]


def test_a_line_beyond_any_record_is_one_reject(warehouse, tmp_path):
    long = line(9, inventionTitle="x" * 70_000_000)
    write(tmp_path, line(1), long, line(2))
    assert load(warehouse, PPUBS, tmp_path).rejected == 1
    assert guids(warehouse) == ["US-1-B2", "US-2-B2"]
    [(position, reason, raw)] = rejects(warehouse)
    assert (position, raw) == (2, long[:RAW_LIMIT].decode())
    assert reason == "longer than 67108864 bytes, which no record is"


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_either_end_of_line_will_do(warehouse, tmp_path, end):
    write(tmp_path, line(1), line(2), b"", end=end)
    assert load(warehouse, PPUBS, tmp_path) == Loaded(1, 1, 0, 2, 0)


def test_compressed_files_of_one_or_many_members_are_read(warehouse, tmp_path):
    members = [gzip.compress(line(i) + b"\n") for i in (1, 2)]
    write(tmp_path, *members, name="a.jsonl.gz", end=b"")
    load(warehouse, PPUBS, tmp_path)
    assert guids(warehouse) == ["US-1-B2", "US-2-B2"]


@pytest.mark.parametrize("name", ["a[1].jsonl", "a*b?.jsonl", "it's {x}.jsonl", "ü 칩.jsonl"])
def test_a_file_of_any_name_is_read_and_no_other(warehouse, tmp_path, name):
    (tmp_path / "dump").mkdir()
    write(tmp_path / "dump", line(1), name=name)
    write(tmp_path, line(2), name="a1.jsonl")
    load(warehouse, PPUBS, tmp_path / "dump")
    assert guids(warehouse) == ["US-1-B2"]
    assert list(ledger(warehouse)) == [name]


def damaged(content):
    return content[:30] + b"\xff" * 30 + content[60:]


WHOLE = gzip.compress(b"\n".join(line(i * 7919 % 10_007) for i in range(2000)))


@pytest.mark.parametrize(
    "content",
    [
        WHOLE[:-10],
        WHOLE[: len(WHOLE) // 2],
        damaged(WHOLE),
        WHOLE[:-8] + b"\0" * 8,
        WHOLE + b"and more",
        b"no gzip at all",
    ],
    ids=["end cut", "half", "damaged", "checksum", "trailing bytes", "other format"],
)
def test_a_damaged_archive_is_refused_by_name_and_leaves_nothing(warehouse, tmp_path, content):
    path = write(tmp_path, content, name="a.jsonl.gz")
    with pytest.raises(BadInput, match="cannot be decompressed") as caught:
        load(warehouse, PPUBS, tmp_path)
    assert str(path) in str(caught.value)
    assert caught.value.exit_code == 3
    assert (guids(warehouse), rejects(warehouse), ledger(warehouse)) == ([], [], {})


def test_a_file_that_is_something_else_is_refused_with_what_is_wrong_first(warehouse, tmp_path):
    path = write(tmp_path, b"guid;date", b"US-1-B2;2010-01-05")
    with pytest.raises(BadInput, match="none of its 2 rows can be read as source ppubs") as caught:
        load(warehouse, PPUBS, tmp_path)
    assert f"{path}: " in str(caught.value)
    assert "the first, at 1: not JSON" in str(caught.value)
    assert (guids(warehouse), ledger(warehouse)) == ([], {})


@pytest.mark.parametrize("content", [b"", b"\n\n \n", b"\xef\xbb\xbf"])
def test_an_empty_file_beside_others_is_told_and_no_fault(warehouse, tmp_path, caplog, content):
    write(tmp_path, content)
    write(tmp_path, line(1), name="b.jsonl")
    assert load(warehouse, PPUBS, tmp_path) == Loaded(2, 2, 0, 1, 0)
    assert ledger(warehouse) == {"a.jsonl": [0, 0, 0], "b.jsonl": [1, 1, 0]}
    assert "a.jsonl: the file is empty" in caplog.text


def test_a_dump_without_a_single_row_is_refused(warehouse, tmp_path):
    write(tmp_path, b"")
    with pytest.raises(BadInput, match="no file of source ppubs holds a row"):
        load(warehouse, PPUBS, tmp_path)


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_a_byte_order_mark_is_no_part_of_a_line(warehouse, tmp_path, name):
    content = b"\n".join([b"\xef\xbb\xbf" + line(1), b"bad", b"\xef\xbb\xbf" + line(2)])
    write(tmp_path, gzip.compress(content) if name.endswith("gz") else content, name=name)
    assert load(warehouse, PPUBS, tmp_path) == Loaded(1, 1, 0, 2, 1)
    assert guids(warehouse) == ["US-1-B2", "US-2-B2"]
    assert rejects(warehouse)[0][0] == 2


# --- How much may be damaged ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bad", "share", "is_refused"),
    [(1, 0.1, False), (2, 0.1, True), (1, 0.0, True), (0, 0.0, False), (9, 0.9, False)],
)
def test_more_rejects_than_the_share_refuse_the_file(warehouse, tmp_path, bad, share, is_refused):
    path = write(tmp_path, *[b"bad"] * bad, *[line(i) for i in range(10 - bad)])
    if not is_refused:
        assert load(warehouse, PPUBS, tmp_path, share).rejected == bad
        return
    with pytest.raises(BadInput, match=f"{bad} of its 10 rows are rejected, more than") as caught:
        load(warehouse, PPUBS, tmp_path, share)
    assert str(path) in str(caught.value)
    assert "the first, at 1: not JSON" in str(caught.value)
    assert (guids(warehouse), ledger(warehouse)) == ([], {})


def test_the_rejects_of_a_refused_file_are_kept_as_evidence_until_it_is_read_again(warehouse, tmp_path):
    write(tmp_path, b"bad", b"worse", line(1))
    with pytest.raises(BadInput):
        load(warehouse, PPUBS, tmp_path, 0.1)
    assert [raw for *_, raw in rejects(warehouse)] == ["bad\n", "worse\n"]
    load(warehouse, PPUBS, tmp_path)
    assert [raw for *_, raw in rejects(warehouse)] == ["bad\n", "worse\n"]
    write(tmp_path, line(1))
    load(warehouse, PPUBS, tmp_path)
    assert rejects(warehouse) == []


def test_a_path_without_any_file_of_the_source_is_refused_with_what_it_expects(warehouse, tmp_path):
    with pytest.raises(BadInput, match="no such file or folder"):
        load(warehouse, PPUBS, tmp_path / "nowhere")
    (tmp_path / "readme.txt").write_text("text")
    with pytest.raises(BadInput, match=r"holds no file that source ppubs reads \(.*\*\.jsonl"):
        load(warehouse, PPUBS, tmp_path)


# --- Where the files are --------------------------------------------------------------------------


PATENTSVIEW = available()["patentsview"]
# What a name may hold that a pattern, a shell or a URI gives a meaning to.
NAMES = st.text(st.sampled_from("a1 []*?{}!~'\"%#&;=:@,+-^$üé칩"), min_size=1, max_size=8)


@pytest.mark.whole
@given(NAMES, NAMES, st.sampled_from(["jsonl", "parquet", "tsv"]))
def test_a_path_is_a_name_and_never_a_pattern(folder, name, kind):
    with tempfile.TemporaryDirectory() as top, duckdb.connect() as warehouse:
        names = sorted({f"{name}.g", "a.g", "1.g"})
        for number, each in enumerate(names):
            path = Path(top) / folder / each if kind != "tsv" else Path(top) / folder / each / "patent"
            path.parent.mkdir(parents=True, exist_ok=True)
            content = {"guid": [f"US-{number}-B2"], "datePublished": ["2010-01-05"]}
            if kind == "parquet":
                with open(f"{path}.parquet", "wb") as file:
                    pq.write_table(pa.table(content), file)
            elif kind == "jsonl":
                Path(f"{path}.jsonl").write_bytes(line(number))
            else:
                Path(f"{path}.tsv").write_text(
                    f"patent_id\tpatent_date\twipo_kind\n{number}\t2010-01-05\tB2\n"
                )
        source = (
            PATENTSVIEW if kind == "tsv" else PPUBS.model_copy(update={"files": ["*.jsonl", "*.parquet"]})
        )
        load(warehouse, source, Path(top) / folder)
        number = "patent_id" if kind == "tsv" else "guid"
        table = source.raw(next(iter(source.tables)))
        found = warehouse.sql(f"select {number}, _file from {table} order by _file").fetchall()
        wanted = [str(n) if kind == "tsv" else f"US-{n}-B2" for n in range(len(names))]
        assert sorted(each for each, _ in found) == wanted
        assert len({file for _, file in found}) == len(names)


def test_linked_folders_are_followed_and_each_folder_is_read_once(warehouse, tmp_path, caplog):
    disk, dump = tmp_path / "disk", tmp_path / "dump"
    for number, folder in enumerate([dump / "year", disk / "b" / "c"]):
        folder.mkdir(parents=True)
        write(folder, line(number))
    (dump / "more").symlink_to(disk / "b")
    (dump / "again").symlink_to("year")
    (dump / "file.jsonl").symlink_to(disk / "b" / "c" / "a.jsonl")
    assert load(warehouse, PPUBS, dump).files == 3
    assert sorted(ledger(warehouse)) == ["file.jsonl", "more/c/a.jsonl", "year/a.jsonl"]
    assert f"again: is {dump / 'year'}, which is read under another name" in caplog.text


@pytest.mark.parametrize("target", [".", "..", "../more", "../../dump"])
def test_a_link_that_leads_back_is_refused(warehouse, tmp_path, target):
    folder = tmp_path / "dump" / "year"
    folder.mkdir(parents=True)
    write(folder, line(1))
    (tmp_path / "dump" / "more").symlink_to("year")
    (folder / "back").symlink_to(target)
    with pytest.raises(BadInput, match=r"leads back to .*remove this link"):
        load(warehouse, PPUBS, tmp_path / "dump")


def test_a_link_that_leads_nowhere_is_refused(warehouse, tmp_path):
    write(tmp_path, line(1))
    (tmp_path / "more").symlink_to("/nowhere/at/all")
    with pytest.raises(BadInput, match="leads to /nowhere/at/all, which is not there"):
        load(warehouse, PPUBS, tmp_path)


def test_what_macos_keeps_beside_files_is_passed_over(warehouse, tmp_path):
    write(tmp_path, line(1))
    write(tmp_path, b"\0\5\x16\7", name="._a.jsonl")
    (tmp_path / "__MACOSX").mkdir()
    write(tmp_path / "__MACOSX", line(2), name="b.jsonl")
    assert load(warehouse, PPUBS, tmp_path).files == 1
    with pytest.raises(BadInput, match="what macOS keeps beside a file"):
        load(warehouse, PPUBS, tmp_path / "._a.jsonl")


def test_files_that_nobody_reads_are_named(warehouse, tmp_path, caplog):
    write(tmp_path, line(1))
    for name in ("readme", "b.csv", ".hidden"):
        (tmp_path / name).write_text("../elsewhere")
    load(warehouse, PPUBS, tmp_path)
    assert f"ppubs: {tmp_path}: 2 files fill no table and are not read: b.csv, readme" in caplog.messages


def test_members_that_nobody_reads_are_named(warehouse, tmp_path, caplog):
    with zipfile.ZipFile(tmp_path / "g_patent.zip", "w") as archive:
        archive.writestr("g_patent.tsv", "patent_id\tpatent_date\twipo_kind\n1\t2010-01-05\tB2\n")
        archive.writestr("notes/g_patent_2.dat", "x")
        archive.writestr("__MACOSX/._g_patent.tsv", "x")
    load(warehouse, PATENTSVIEW, tmp_path)
    assert "g_patent.zip: 1 members fill no table and are not read: notes/g_patent_2.dat" in caplog.text


@pytest.mark.parametrize("code", [errno.EIO, errno.ESTALE])
@pytest.mark.parametrize("name", ["week.xml", "week.xml.gz", "week.zip"])
def test_a_read_error_is_no_damage_and_the_file_is_read_again(warehouse, tmp_path, monkeypatch, name, code):
    content = gzip.decompress((SAMPLES / "uspto" / "ipg060103.small.xml.gz").read_bytes())
    if name.endswith(".zip"):
        with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("week.xml", content)
    else:
        (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith("gz") else content)

    class Failing(io.FileIO):
        """A share that is lost in the midst of a file."""

        def readinto(self, buffer):
            if self.tell() > 20_000:
                raise OSError(code, os.strerror(code))
            return super().readinto(memoryview(buffer)[:20_000])

    whole = Path.open

    def opened(path, *args, **options):
        return io.BufferedReader(Failing(path)) if path.name == name else whole(path, *args, **options)

    with monkeypatch.context() as lost:
        lost.setattr(Path, "open", opened)
        with pytest.raises(Unavailable, match="cannot be read, and nothing of it is loaded") as caught:
            load(warehouse, USPTO, tmp_path)
    assert caught.value.exit_code == 6
    assert (ledger(warehouse), rejects(warehouse)) == ({}, [])
    assert load(warehouse, USPTO, tmp_path).rows == 25


# --- What changed --------------------------------------------------------------------------------


@pytest.fixture
def read_files(monkeypatch):
    """The names of files that are really read, in order."""
    names = []
    read = json_lines.read

    def spy(warehouse, part):
        names.append(part.name)
        return read(warehouse, part)

    monkeypatch.setattr(json_lines, "read", spy)
    return names


def test_only_what_changed_is_read_again(warehouse, tmp_path, read_files):
    write(tmp_path, line(1), b"bad", name="a.jsonl")
    write(tmp_path, line(2), name="b.jsonl")
    assert load(warehouse, PPUBS, tmp_path) == Loaded(2, 2, 0, 2, 1)
    assert load(warehouse, PPUBS, tmp_path) == Loaded(2, 0, 0, 2, 1)
    assert read_files == ["a.jsonl", "b.jsonl"]
    write(tmp_path, line(3), line(4), name="a.jsonl")
    assert load(warehouse, PPUBS, tmp_path) == Loaded(2, 1, 0, 3, 0)
    assert read_files == ["a.jsonl", "b.jsonl", "a.jsonl"]
    assert guids(warehouse) == ["US-3-B2", "US-4-B2", "US-2-B2"]
    assert ledger(warehouse) == {"a.jsonl": [2, 2, 0], "b.jsonl": [1, 1, 0]}


def test_a_file_that_is_gone_is_forgotten_with_its_rows_and_rejects(warehouse, tmp_path):
    write(tmp_path, line(1), b"bad", name="a.jsonl")
    write(tmp_path, line(2), name="b.jsonl")
    load(warehouse, PPUBS, tmp_path)
    (tmp_path / "a.jsonl").unlink()
    assert load(warehouse, PPUBS, tmp_path) == Loaded(1, 0, 1, 1, 0)
    assert (guids(warehouse), rejects(warehouse)) == (["US-2-B2"], [])
    assert list(ledger(warehouse)) == ["b.jsonl"]


def test_files_of_one_name_in_two_folders_are_two(warehouse, tmp_path):
    for i in (1, 2):
        (tmp_path / str(i)).mkdir()
        write(tmp_path / str(i), line(i))
    load(warehouse, PPUBS, tmp_path)
    assert list(ledger(warehouse)) == ["1/a.jsonl", "2/a.jsonl"]


def test_another_reader_reads_all_again(warehouse, tmp_path, read_files, monkeypatch):
    write(tmp_path, line(1))
    load(warehouse, PPUBS, tmp_path)
    before = fingerprint(warehouse, PPUBS)
    monkeypatch.setattr(loading, "reader_of", lambda source: "another")
    load(warehouse, PPUBS, tmp_path)
    assert read_files == ["a.jsonl", "a.jsonl"]
    assert fingerprint(warehouse, PPUBS) != before


def test_the_fingerprint_is_of_content_and_not_of_when_it_was_loaded(warehouse, tmp_path):
    write(tmp_path, line(1))
    load(warehouse, PPUBS, tmp_path)
    before = fingerprint(warehouse, PPUBS)
    write(tmp_path, line(2))
    load(warehouse, PPUBS, tmp_path)
    assert fingerprint(warehouse, PPUBS) != before
    write(tmp_path, line(1))
    load(warehouse, PPUBS, tmp_path)
    assert fingerprint(warehouse, PPUBS) == before


def test_a_reader_that_fails_midway_leaves_everything_as_it_was(warehouse, tmp_path, monkeypatch):
    write(tmp_path, line(1), b"bad")
    load(warehouse, PPUBS, tmp_path)
    before = (guids(warehouse), rejects(warehouse), ledger(warehouse))
    write(tmp_path, line(2), line(3))

    def fails(warehouse, part):
        warehouse.execute(
            "insert into raw.ppubs_publication (_file, _row, guid, datePublished) "
            "values (?, 1, 'half', '2010-01-05')",
            [part.name],
        )
        raise RuntimeError("the disk is gone")

    with monkeypatch.context() as patch:
        patch.setattr(json_lines, "read", fails)
        with pytest.raises(RuntimeError, match="the disk is gone"):
            load(warehouse, PPUBS, tmp_path)
    assert (guids(warehouse), rejects(warehouse), ledger(warehouse)) == before
    load(warehouse, PPUBS, tmp_path)
    assert guids(warehouse) == ["US-2-B2", "US-3-B2"]


@pytest.mark.whole
@pytest.mark.parametrize("seconds", [0.0, 0.05, 0.15])
def test_a_killed_load_leaves_the_ledger_and_the_rows_agreeing(tmp_path, seconds):
    dump, database = tmp_path / "dump", tmp_path / "w.duckdb"
    dump.mkdir()
    for i in range(30):
        write(dump, *(line(n) for n in range(i, i + 400)), b"bad", name=f"{i:02}.jsonl")
    code = (
        "import sys, pathlib, duckdb; from corepath.warehouse.load.loader import load; "
        "from corepath.warehouse.sources import available; c = duckdb.connect(sys.argv[1]); "
        "print('ready', flush=True); load(c, available()['ppubs'], pathlib.Path(sys.argv[2]))"
    )
    command = [sys.executable, "-c", code, str(database), str(dump)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"ready\n"
        time.sleep(seconds)
        process.kill()
    with duckdb.connect(str(database)) as warehouse:
        warehouse.execute("create schema if not exists raw")
        if warehouse.sql("select 1 from duckdb_tables() where table_name = 'rejects'").fetchall():
            for name, (_, loaded, rejected) in ledger(warehouse).items():
                assert warehouse.execute(
                    "select (select count(*) from raw.ppubs_publication where _file = $f), "
                    "(select count(*) from raw.rejects where file = $f)",
                    {"f": name},
                ).fetchall() == [(loaded, rejected)]
        loaded = load(warehouse, PPUBS, dump)
        assert (loaded.rows, loaded.rejected) == (12_000, 30)
        assert warehouse.sql("select count(*) from raw.ppubs_publication").fetchall() == [(12_000,)]
        assert warehouse.sql("select count(*) from raw.rejects").fetchall() == [(30,)]


def test_a_warehouse_of_an_older_format_is_carried_on_in_that_of_today(tmp_path):
    dump, path = tmp_path / "dump", tmp_path / "w.duckdb"
    dump.mkdir()
    write(dump, line(1), b"bad", name="a.jsonl")
    marks = []
    for version in (STORAGE_VERSION, WAREHOUSE_STORAGE_VERSION):
        with duckdb.connect() as warehouse:
            attach(warehouse, path, "warehouse", version)
            warehouse.execute("use warehouse")
            assert load(warehouse, PPUBS, dump).read == (version == STORAGE_VERSION)
            marks.append(fingerprint(warehouse, PPUBS))
    assert marks[0] == marks[1]
    write(dump, line(2), name="b.jsonl")
    with duckdb.connect() as warehouse:
        attach(warehouse, path, "warehouse", WAREHOUSE_STORAGE_VERSION)
        warehouse.execute("use warehouse")
        assert load(warehouse, PPUBS, dump) == Loaded(2, read=1, removed=0, rows=2, rejected=1)
        assert guids(warehouse) == ["US-1-B2", "US-2-B2"]


@pytest.mark.whole
def test_processes_that_parse_do_not_import_the_program_and_load_what_one_loads(tmp_path):
    program = tmp_path / "program.py"
    program.write_text("""
print("the program", flush=True)
if __name__ == "__main__":
    import pathlib, sys
    import duckdb
    from corepath.warehouse.load import loader as load
    from corepath.warehouse.sources import available
    load.POOL_PAYS = 0
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as warehouse; use warehouse")
        for processes in (1, 2):
            connection.execute("drop schema if exists raw cascade")
            load.load(
                connection, available()["uspto"], pathlib.Path(sys.argv[1]), 1.0, processes
            )
            print(hash(str(connection.sql(
                "select * from raw.uspto_citation order by all"
            ).fetchall())), flush=True)
    assert sys.modules["__main__"].__file__ == __file__
""")
    ran = subprocess.run(
        [sys.executable, str(program), str(SAMPLES / "uspto")],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    first, alone, together = ran.stdout.splitlines()
    assert first == "the program"
    assert alone == together


def test_a_bad_file_does_not_undo_the_good_ones_before_it(warehouse, tmp_path):
    write(tmp_path, line(1), name="a.jsonl")
    write(tmp_path, b"bad", name="b.jsonl")
    with pytest.raises(BadInput):
        load(warehouse, PPUBS, tmp_path)
    assert list(ledger(warehouse)) == ["a.jsonl"]


def test_rows_that_went_missing_are_noticed(warehouse, tmp_path, monkeypatch):
    path = write(tmp_path, line(1), line(2))
    read = json_lines.read
    monkeypatch.setattr(json_lines, "read", lambda *args: Count(read(*args).rows + 1, 2))
    with pytest.raises(BadInput, match="3 rows in the file, but 2 loaded and 0 rejected") as caught:
        load(warehouse, PPUBS, tmp_path)
    assert str(path) in str(caught.value)


GOOD = st.builds(line, st.integers(1, 99), inventionTitle=st.none() | st.text(max_size=5))
BAD = st.one_of(
    st.binary(max_size=12).map(lambda b: b"!" + b.replace(b"\n", b"").replace(b"\r", b"")),
    st.sampled_from(
        [
            b"{",
            b"}",
            b"[]",
            b"null",
            b"{}",
            b'{"guid":',
            line(1)[:-1],
            line(1) * 2,
            b'{"guid": 1, "datePublished": null}',
            line(1, urpn=3),
        ]
    ),
)
BLANK = st.sampled_from([b"", b" ", b"\t", b"\x0b", b"\x0c", b" \r"])
KIND = st.one_of(
    GOOD.map(lambda b: ("good", b)), BAD.map(lambda b: ("bad", b)), BLANK.map(lambda b: ("blank", b))
)


@pytest.mark.whole
@given(st.lists(KIND, max_size=25), st.booleans(), st.booleans())
def test_any_mixture_of_good_bad_and_blank_lines_balances(drawn, ends, compressed):
    # At least one good line: a file without any is refused.
    drawn = [("good", line(0)), *drawn]
    count = Counter(kind for kind, _ in drawn)
    content = b"\n".join(row for _, row in drawn) + b"\n" * ends
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as warehouse:
        path = Path(folder) / ("a.jsonl" + ".gz" * compressed)
        path.write_bytes(gzip.compress(content) if compressed else content)
        loaded = load(warehouse, PPUBS, path)
        assert (loaded.rows, loaded.rejected) == (count["good"], count["bad"])
        expected = [json.loads(row)["guid"] for kind, row in drawn if kind == "good"]
        assert guids(warehouse) == expected
        places = [i for i, (kind, _) in enumerate(drawn, start=1) if kind == "bad"]
        assert [position for position, *_ in rejects(warehouse)] == places


@pytest.mark.whole
@given(st.data())
def test_any_change_of_bytes_leaves_the_lines_it_does_not_touch(data):
    content = b"".join(line(i, inventionTitle="É" * (i % 3)) + b"\n" for i in range(8))
    start = data.draw(st.integers(0, len(content) - 1))
    stop = start + data.draw(st.integers(0, 3))
    new = data.draw(st.binary(max_size=3) | st.sampled_from([b'"', b"\n", b"\r", b"}", b"\0"]))
    changed = content[:start] + new + content[stop:]
    untouched = content[:start].count(b"\n"), content[stop:].count(b"\n")
    untouched = {*range(untouched[0]), *range(9 - untouched[1], 8)}
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as warehouse:
        (Path(folder) / "a.jsonl").write_bytes(changed)
        load(warehouse, PPUBS, Path(folder))
        assert {f"US-{i}-B2" for i in untouched} <= set(guids(warehouse))
        filled = sum(bool(each.strip()) for each in changed.split(b"\n"))
        assert filled == len(guids(warehouse)) + len(rejects(warehouse))


# --- The samples ---------------------------------------------------------------------------------


@pytest.mark.whole
def test_the_ppubs_sample_is_what_json_and_gzip_read(warehouse):
    assert load(warehouse, PPUBS, SAMPLES / "ppubs") == Loaded(1, 1, 0, 5404, 0)
    with gzip.open(SAMPLES / "ppubs" / "ppubs.jsonl.gz", "rt", encoding="utf-8") as file:
        theirs = [json.loads(row) for row in file]
    columns = list(PPUBS.tables["publication"].columns)

    def text(value):
        return None if value is None else str(value)

    expected = [
        tuple(
            [text(v) for v in row[c]] if isinstance(row.get(c), list) else text(row.get(c)) for c in columns
        )
        for row in theirs
    ]
    quoted = ", ".join(f'"{c}"' for c in columns)
    ours = warehouse.sql(f"select {quoted} from raw.ppubs_publication order by _file, _row").fetchall()
    assert ours == expected


def test_the_uspto_sample_is_loaded_but_for_its_sequence_listings(warehouse):
    loaded = load(warehouse, USPTO, SAMPLES / "uspto")
    assert (loaded.files, loaded.rows, loaded.rejected) == (9, 371 + 1, 3)
    assert {reason for _, reason, _ in rejects(warehouse)} == {
        "a sequence listing beside its grant, without bibliographic data"
    }
    assert all("<sequence-cwu" in raw for *_, raw in rejects(warehouse))
    files = ledger(warehouse)
    assert all(rows == ours + bad for rows, ours, bad in files.values())
    assert files["ipg060103.small.xml.gz"] == [27, 25, 2]
    # Every row of the other tables hangs on a document of its own file.
    for table in ("party", "classification", "citation", "priority"):
        assert warehouse.sql(
            f"select count(*), count(d.publication_number) from raw.uspto_{table} as t "
            "left join raw.uspto_document as d using (_file, publication_number)"
        ).fetchall()[0] == (n := warehouse.sql(f"select count(*) from raw.uspto_{table}").fetchall()[0][0], n)
        assert n > 0


def test_sgml_is_refused_with_the_reason(warehouse, tmp_path):
    name = "ppd_sgml_USD435854S1.xml"
    if not (SHARED / name).exists():
        pytest.skip(f"{SHARED / name} is not there")
    shutil.copy(SHARED / name, tmp_path)
    with pytest.raises(BadInput, match="none of its") as caught:
        load(warehouse, USPTO, tmp_path)
    assert "SGML of 2001 and before is not read" in str(caught.value)
    assert name in str(caught.value)
    assert ledger(warehouse) == {}


def test_both_sources_live_in_one_warehouse_and_forget_only_their_own(warehouse, tmp_path):
    write(tmp_path, line(1))
    load(warehouse, PPUBS, tmp_path)
    sample = SAMPLES / "uspto" / "ppd_xml2014_US08930553.xml.gz"
    assert load(warehouse, USPTO, sample) == Loaded(1, 1, 0, 1, 0)
    write(tmp_path, line(2), name="b.jsonl")
    (tmp_path / "a.jsonl").unlink()
    assert load(warehouse, PPUBS, tmp_path) == Loaded(1, 1, 1, 1, 0)
    assert set(ledger(warehouse)) == {"b.jsonl", sample.name}


# --- What the raw tables are said to hold --------------------------------------------------------


def noted(warehouse, source="ppubs"):
    return warehouse.execute(
        "select name, rows, newest_publication::varchar, newest_before::varchar "
        "from raw.source_table where source = ? order by name",
        [source],
    ).fetchall()


def test_rows_and_the_newest_publication_are_noted_and_a_date_ahead_is_no_news(warehouse, tmp_path):
    dates = ("2010-01-05", "2012-02-07", "9999-12-31", "soon")
    write(tmp_path, *(line(n, datePublished=day) for n, day in enumerate(dates, start=1)))
    load(warehouse, PPUBS, tmp_path)
    assert noted(warehouse) == [("publication", 4, "2012-02-07", None)]


def test_what_was_newest_before_is_kept_until_something_else_is_loaded(warehouse, tmp_path):
    write(tmp_path, line(1, datePublished="2012-02-07"))
    load(warehouse, PPUBS, tmp_path)
    write(tmp_path, line(1, datePublished="2010-01-05"))
    for _ in range(2):
        load(warehouse, PPUBS, tmp_path)
        assert noted(warehouse) == [("publication", 1, "2010-01-05", "2012-02-07")]
    write(tmp_path, line(1, datePublished="2011-01-04"))
    load(warehouse, PPUBS, tmp_path)
    assert noted(warehouse) == [("publication", 1, "2011-01-04", "2010-01-05")]


def test_what_a_run_that_was_killed_did_not_note_is_noted_by_the_next(warehouse, tmp_path, monkeypatch):
    write(tmp_path, line(1))
    load(warehouse, PPUBS, tmp_path)
    write(tmp_path, line(1), line(2))
    with monkeypatch.context() as killed:
        killed.setattr(loading, "_note_tables", Mock(side_effect=KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            load(warehouse, PPUBS, tmp_path)
    assert ledger(warehouse) == {"a.jsonl": [2, 2, 0]}
    load(warehouse, PPUBS, tmp_path)
    assert noted(warehouse) == [("publication", 2, "2010-01-05", "2010-01-05")]


def test_a_dump_that_lacks_what_it_needs_is_refused_each_time(warehouse, tmp_path):
    header, row = "patent_id\tapplication_id\tfiling_date", "1\t2\t2010-01-05"
    (tmp_path / "g_application.tsv").write_text(f"{header}\n{row}\n")
    for _ in range(2):
        with pytest.raises(BadInput, match="needs the table patent or published_application"):
            load(warehouse, available()["patentsview"], tmp_path)


def test_days_of_documents_that_are_none_count_as_unknown_and_are_counted(warehouse, tmp_path):
    sample = gzip.decompress((SAMPLES / "uspto" / "ipg050104.small.xml.gz").read_bytes())
    grant = sample[: sample.index(b"<?xml", 1)]
    filed = re.search(rb"<application-reference.*?<date>(\d{8})</date>", grant, re.S)[1]
    days = [b"20030230", b"20030600", b"soon", b"00010103", b"99990101", b"00000000", filed]
    (tmp_path / "ipg050104.xml").write_bytes(b"".join(grant.replace(filed, day) for day in days))
    load(warehouse, USPTO, tmp_path)
    assert warehouse.sql(
        "select reason, given, unread, example from raw.unread where column_name = 'filing_date' order by all"
    ).fetchall() == [
        ("after tomorrow", 6, 1, "0001-01-03"),
        ("before 1790", 6, 1, "0001-01-03"),
        ("no DATE", 6, 3, "0001-01-03"),
    ]
    read = warehouse.sql("select filing_date::varchar from raw.uspto_document order by _row").fetchall()
    assert [day for (day,) in read[:3]] == [None, None, None]
    assert read[-1] == (f"{filed[:4].decode()}-{filed[4:6].decode()}-{filed[6:].decode()}",)


def test_a_parsers_documents_are_the_rows_that_the_ledger_counts(warehouse):
    load(warehouse, USPTO, SAMPLES / "uspto" / "ipg050104.small.xml.gz")
    counted = warehouse.sql("select name, rows from raw.source_table where is_counted").fetchall()
    assert counted == [("document", ledger(warehouse)["ipg050104.small.xml.gz"][1])]
