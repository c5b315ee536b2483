"""Every kind of damage, in every source: rejected is exactly what is damaged, the rest is right."""

import gzip
import zipfile

import pytest

from corepath.warehouse.errors import BadInput
from corepath.warehouse.load.loader import load
from tests.sources.damaged import DUMPS, IMPOSSIBLE, built, plain, rejects, warehouse
from tests.worlds import SOURCES


@pytest.fixture(scope="module", params=DUMPS)
def read(request, tmp_path_factory):
    """A dump and the database that it was read into."""
    dump = DUMPS[request.param]()
    path = dump.written(tmp_path_factory.mktemp(request.param) / "dump")
    with built({dump.source: path}, "staging.stg_document", "sources.stg_priority") as connection:
        yield dump, connection


def test_rejected_is_what_is_damaged_with_its_place_and_reason_and_nothing_else(read):
    dump, connection = read
    expected = [
        (file.name, position, damage, reason)
        for file in sorted(dump.files, key=lambda f: f.name)
        for position, reason, damage in sorted(file.rejects)
    ]
    ours = list(rejects(connection))
    told = {(file, position): reason for file, position, reason in ours}
    assert len(told) == len(ours)
    wrong = [(*row, told.get(row[:2])) for row in expected if not told.get(row[:2], "").startswith(row[3])]
    assert wrong == []
    assert told.keys() == {row[:2] for row in expected}


def test_every_row_is_counted(read):
    dump, connection = read
    ledger = connection.sql("select file, rows, loaded, rejected from raw.source_file").fetchall()
    assert {file: tuple(counts) for file, *counts in ledger} == {
        file.name: (file.counted, file.counted - len(file.rejects), len(file.rejects)) for file in dump.files
    }


def documents(connection, columns):
    found = connection.sql(f"select publication_number, {columns} from staging.stg_document")
    return {number: tuple(values) for number, *values in found.fetchall()}


def test_publications_are_numbered_and_told_apart_whatever_their_spelling(read):
    dump, connection = read
    ours = {
        number: (is_invention, plain(title))
        for number, (is_invention, title) in documents(connection, "is_invention, title").items()
    }
    expected = {number: (is_invention, title) for number, is_invention, *_, title in dump.says}
    assert sorted(ours.keys() ^ expected.keys()) == []
    undated = {number for number, _, published, *_ in dump.says if published is None}
    assert {n: r for n, r in ours.items() if r != expected[n] and n not in undated} == {}


def test_days_that_are_none_are_unknown_and_cost_no_other_day(read):
    dump, connection = read
    ours = documents(connection, "is_invention, publication_date, filing_date")
    expected = {number: tuple(rest) for number, *rest, _ in dump.says}
    assert {n: r for n, r in ours.items() if r != expected.get(n, r)} == {}


def test_priorities_of_days_that_are_none_are_undated(read):
    """Where a source has priorities, each publication claims one of the day it was filed."""
    dump, connection = read
    claimed = connection.sql("select publication_number, priority_date from sources.stg_priority").fetchall()
    filed = {number: day for number, _, _, day, _ in dump.says}
    assert bool(claimed) == (dump.source not in ("ppubs", "patstat"))
    assert [(n, day) for n, day in claimed if n in filed and day != filed[n]] == []


@pytest.mark.parametrize("name", ["uspto", "ppubs", "patentsview", "docdb", "patstat", "lens_csv"])
def test_all_damage_is_there(name):
    """What the builders promise, so that none of it gets lost."""
    rows = [row for file in DUMPS[name]().files for row in file.rows]
    content = b"\n".join(row.content for row in rows)
    assert sum(bool(row.reject) for row in rows) > 8
    assert len({row.content for row in rows}) < len(rows)  # duplicates
    for damage in (b"\0", b"\xe9", b"\r\n", b"D0656297", b"RE037580", b"PP012345", b"H002000"):
        assert damage in content or (name == "ppubs" and damage == b"\r\n")
    for day in IMPOSSIBLE:
        assert day.encode() in content or day.replace("-", "").encode() in content


def test_references_in_any_spelling_mean_the_publication(tmp_path):
    dump = DUMPS["patentsview"]()
    with built({"patentsview": dump.written(tmp_path / "dump")}, "staging.stg_citation") as db:
        cited = db.sql("select cited_publication from staging.stg_citation").fetchall()
    assert {number for (number,) in cited} == {
        "US-7650331-B1",
        "US-D656297-S1",
        "US-RE37580-E1",
        "US-H2000-H1",
    }


# --- Archives and files that are cut -------------------------------------------------------------


def _packed(content: bytes, name: str, how: str, folder):
    path = folder / f"{name}.{how}"
    if how == "gz":
        path.write_bytes(gzip.compress(content))
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize("how", ["gz", "zip"])
@pytest.mark.parametrize("name", DUMPS)
def test_a_cut_archive_is_refused_by_name_and_leaves_nothing(name, how, tmp_path):
    dump = DUMPS[name]()
    file = dump.files[0]
    path = _packed(file.content, file.name, how, tmp_path)
    whole = path.read_bytes()
    with warehouse() as connection:
        for size in (len(whole) // 2, len(whole) - 6):
            path.write_bytes(whole[:size])
            with pytest.raises(BadInput, match=path.name):
                load(connection, SOURCES[dump.source], path, 1.0)
            for table in SOURCES[dump.source].tables:
                raw = SOURCES[dump.source].raw(table)
                assert connection.sql(f"select count(*) from {raw}").fetchall() == [(0,)]
            assert connection.sql("select count(*) from raw.source_file").fetchall() == [(0,)]


@pytest.mark.parametrize("name", ["uspto", "docdb"])
def test_a_file_that_ends_within_a_document_is_refused_and_read_again_when_it_is_whole(name, tmp_path):
    dump = DUMPS[name]()
    file = dump.files[0]
    path = tmp_path / file.name
    with warehouse() as connection:
        for size in (len(file.content) // 2, len(file.content) - 10):
            path.write_bytes(file.content[:size])
            with pytest.raises(BadInput, match=f"{path.name}: is cut short or damaged"):
                load(connection, SOURCES[dump.source], path, 1.0)
            assert connection.sql("select count(*) from raw.source_file").fetchall() == [(0,)]
        path.write_bytes(file.content)
        assert load(connection, SOURCES[dump.source], path, 1.0).read == 1


@pytest.mark.parametrize("name", DUMPS)
def test_empty_files_alone_are_refused(name, tmp_path):
    dump = DUMPS[name]()
    (tmp_path / dump.files[0].name).touch()
    with warehouse() as connection, pytest.raises(BadInput, match=r"holds a row|no whole Parquet"):
        load(connection, SOURCES[dump.source], tmp_path, 1.0)


@pytest.mark.parametrize("name", [n for n in DUMPS if n.endswith("jsonl") or n == "ppubs"])
def test_lines_that_end_in_returns_alone_are_refused_and_not_half_read(name, tmp_path):
    dump = DUMPS[name]()
    file = dump.files[0]
    (tmp_path / file.name).write_bytes(b"\r".join(row.content for row in file.rows if row.says))
    with warehouse() as connection, pytest.raises(BadInput, match=file.name):
        load(connection, SOURCES[dump.source], tmp_path)


@pytest.mark.parametrize("name", [n for n in DUMPS if not n.endswith("parquet")])
def test_a_file_in_utf_16_with_its_mark_is_read_as_meant(name, tmp_path):
    dump = DUMPS[name]()
    file = dump.files[0]
    content = file.content.replace(b"\0", b"").decode(errors="replace")
    path = tmp_path / file.name
    counts = []
    for encoding in ("utf-8", "utf-16"):
        path.write_bytes(content.encode(encoding))
        with warehouse() as connection:
            loaded = load(connection, SOURCES[dump.source], path, 1.0)
            counts.append((loaded.rows, loaded.rejected))
    assert counts[0] == counts[1]
