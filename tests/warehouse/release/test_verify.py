"""A release that is not what was published is found out, file by file."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from corepath.warehouse.database import reading
from corepath.warehouse.errors import BadInput
from corepath.warehouse.release.repository import Releases, write_sums
from corepath.warehouse.release.verify import must_be_whole, verify
from corepath.warehouse.settings import Settings
from tests.releases import families, publish


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with reading(Settings(warehouse=tmp_path / "none", threads=1)) as connection:
        yield connection


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return publish(
        Releases(tmp_path / "releases", "chips"), {"fct_patent": families(10), "fct_other": families(3)}
    )


def sums_of(folder: Path) -> str | None:
    """The hash of its SHA256SUMS that versions.json has of a release."""
    published = Releases(folder.parents[1], folder.parent.name).published()
    return published[folder.name].sums if folder.name in published else None


def problems(connection: duckdb.DuckDBPyConnection, folder: Path) -> dict[str, str]:
    checked = verify(connection, folder, sums_of(folder))
    return {c.file: "; ".join(c.problems) for c in checked if c.problems}


def writable(path: Path) -> Path:
    path.chmod(0o644)
    return path


def test_what_was_published_is_whole_and_every_file_of_it_is_looked_at(connection, folder) -> None:
    checked = verify(connection, folder, sums_of(folder))
    assert {c.file: c.rows for c in checked} == {
        "SHA256SUMS": None,
        "corepath.duckdb": None,
        "datapackage.json": None,
        "fct_other.parquet": 3,
        "fct_patent.parquet": 10,
    }
    assert not any(c.problems for c in checked)
    must_be_whole(connection, folder, sums_of(folder))


def test_the_sample_is_whole(connection, sample_release) -> None:
    assert problems(connection, sample_release.path) == {}


def test_one_byte_of_any_file_is_noticed(connection, folder) -> None:
    for file in sorted(folder.iterdir()):
        content = file.read_bytes()
        middle = len(content) // 2
        changed = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
        writable(file).write_bytes(changed)
        assert file.name in problems(connection, folder)
        with pytest.raises(BadInput, match="is not whole"):
            must_be_whole(connection, folder, sums_of(folder))
        file.write_bytes(content)
    assert problems(connection, folder) == {}


@pytest.mark.parametrize("name", ["fct_patent.parquet", "corepath.duckdb", "datapackage.json"])
def test_a_file_that_is_gone_is_noticed(name: str, connection, folder) -> None:
    (folder / name).unlink()
    assert "is missing" in problems(connection, folder)[name]


def test_without_its_sums_a_release_is_not_whole(connection, folder) -> None:
    (folder / "SHA256SUMS").unlink()
    assert "cannot be read" in problems(connection, folder)["SHA256SUMS"]


def add_file(folder: Path) -> str:
    (folder / "fct_more.parquet").write_bytes(b"x")
    return "fct_more.parquet"


def add_in_a_folder(folder: Path) -> str:
    (folder / "more").mkdir()
    (folder / "more" / "note.txt").write_text("x")
    return "more/note.txt"


def add_link(folder: Path) -> str:
    (folder / "link").symlink_to("/etc/hostname")
    return "link"


@pytest.mark.parametrize("add", [add_file, add_in_a_folder, add_link])
def test_a_file_that_was_added_is_noticed(add: Callable[[Path], str], connection, folder) -> None:
    added = add(folder)
    assert problems(connection, folder).keys() == {added}


@pytest.mark.parametrize("score", ["i / 10", "i / 11"], ids=["fewer rows", "other values"])
def test_another_parquet_is_noticed_even_if_the_sums_were_made_anew(score: str, connection, folder) -> None:
    rows = 9 if score == "i / 10" else 10
    file = folder / "fct_patent.parquet"
    writable(file).unlink()
    connection.execute(f"copy ({families(rows, score)[1]}) to '{file}' (format parquet)")
    found = problems(connection, folder)
    assert "another hash" in found["fct_patent.parquet"]
    assert ("has 9 rows instead of 10" in found["fct_patent.parquet"]) == (rows == 9)

    writable(folder / "SHA256SUMS").unlink()
    write_sums(folder)
    found = problems(connection, folder)
    assert "is not the one that was published" in found["SHA256SUMS"]
    assert "is not what datapackage.json describes" in found["fct_patent.parquet"]
    assert found["corepath.duckdb"] == ("marts.fct_patent does not hold what fct_patent.parquet holds")


def test_a_release_under_the_name_of_another_is_noticed(connection, folder) -> None:
    copy = folder.parent / "2026.11.7"
    shutil.copytree(folder, copy)
    assert problems(connection, copy) == {"datapackage.json": "is of version 2026.11.0"}


def test_a_database_that_is_none_is_told_and_hinders_no_other_check(connection, folder) -> None:
    writable(folder / "corepath.duckdb").write_text("not a database")
    found = problems(connection, folder)
    assert found.keys() == {"corepath.duckdb"}
    assert "cannot be opened" in found["corepath.duckdb"]


def test_sums_that_point_elsewhere_open_nothing(connection, folder) -> None:
    sums = writable(folder / "SHA256SUMS")
    sums.write_text(sums.read_text() + f"{'0' * 64}  ../../secret\n")
    found = problems(connection, folder)
    assert found.keys() == {"../../secret", "SHA256SUMS"}
    assert found["../../secret"] == "is missing"


def test_a_release_that_was_replaced_as_a_whole_is_noticed(connection, folder, tmp_path) -> None:
    other = publish(
        Releases(tmp_path / "other", "chips"), {"fct_patent": families(11), "fct_other": families(3)}
    )
    assert other.name == folder.name
    folder.rename(folder.with_name("aside"))
    shutil.copytree(other, folder)
    assert problems(connection, folder).keys() == {"SHA256SUMS"}, "it fits itself"
    with pytest.raises(BadInput, match="versions"):
        must_be_whole(connection, folder, sums_of(folder))


def test_a_line_from_before_there_were_hashes_is_told_and_fails_nothing(connection, folder, caplog) -> None:
    log = folder.parent / "versions.json"
    lines = json.loads(log.read_text())
    for line in lines:
        del line["sums"]
    log.write_text(json.dumps(lines))
    assert problems(connection, folder) == {}
    assert "replaced as a whole cannot be determined" in caplog.text
