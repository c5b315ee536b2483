"""A warehouse that is none, is damaged or out of reach is told in a sentence, with its exit code."""

import errno
import fcntl
import os
import re
import tempfile
from pathlib import Path

import duckdb
import pytest

from corepath.warehouse.database import (
    SEALED,
    WAREHOUSE_STORAGE_VERSION,
    attach,
    clear_spilled,
    connect,
    exclusive,
    explained,
    file_pattern,
    reading,
)
from corepath.warehouse.errors import BadInput, Unavailable, UsageError
from corepath.warehouse.explore import selection
from corepath.warehouse.plan import resolve
from corepath.warehouse.settings import ROOT, Settings


def opened(path: Path, query: str = "select 1", memory: str = "300MB") -> None:
    """Do with a warehouse what a refresh does."""
    settings = Settings(warehouse=path, memory=memory, threads=1)
    with exclusive(path), explained(settings), connect(settings) as connection:
        attach(connection, path, "warehouse", WAREHOUSE_STORAGE_VERSION)
        connection.execute(query).fetchall()


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """A warehouse with a table of some megabytes."""
    path = tmp_path / "w.duckdb"
    opened(path, "create table warehouse.t as select i, hash(i) as h from range(200000) r(i)")
    return path


@pytest.mark.parametrize("content", [b"hello", b"hello world\n" * 1000, bytes(10_000)])
def test_what_is_no_database_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "w.txt"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=r"w\.txt: is no DuckDB database"):
        opened(path)


@pytest.mark.parametrize("place", [0.0, 0.02, 0.5])
def test_a_damaged_warehouse_is_told_wherever_the_damage_shows(whole: Path, place: float) -> None:
    content = bytearray(whole.read_bytes())
    start = int(place * len(content))
    content[start : start + 3000] = b"\xff" * 3000
    whole.write_bytes(content)
    with pytest.raises(BadInput, match=r"w\.duckdb: is (damaged|no DuckDB database)"):
        opened(whole, "select sum(h) from warehouse.t")


def test_a_warehouse_that_is_cut_short_is_told(whole: Path) -> None:
    whole.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with pytest.raises(BadInput, match=r"is cut short|is damaged"):
        opened(whole, "select sum(h) from warehouse.t")


def test_a_database_of_another_version_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Older:
        def execute(self, _: str) -> None:
            raise duckdb.IOException(
                "IO Error: Trying to read a database file with version number 39, but we can only read 69."
            )

    with pytest.raises(BadInput, match="is a database of another DuckDB"):
        attach(Older(), tmp_path / "w.duckdb", "warehouse")  # pyright: ignore[reportArgumentType]


def test_too_little_memory_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"--memory 300MB is too small for these files: give more"):
        opened(tmp_path / "w.duckdb", "create table warehouse.t as select list(i) from range(100000000) r(i)")
    with pytest.raises(UsageError, match="--memory 50MB is too little to run at all: give at least 250MB"):
        resolve(Settings(memory="50MB"))


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    settings = Settings(warehouse=tmp_path / "w.duckdb")
    for error in (
        duckdb.IOException('IO Error: Could not write file "w.duckdb.wal": No space left on device'),
        OSError(errno.ENOSPC, "No space left on device", f"{tmp_path}/w.duckdb.tmp/part.parquet"),
    ):
        with pytest.raises(Unavailable, match=r"w\.duckdb: its disk is full: make room"), explained(settings):
            raise error
    with pytest.raises(duckdb.BinderException), explained(settings):
        raise duckdb.BinderException("a defect stays one")


@pytest.mark.parametrize("code", [errno.ENOLCK, errno.EOPNOTSUPP])
def test_a_file_system_without_locks_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(Unavailable, match="its file system has no locks"), exclusive(tmp_path / "w.duckdb"):
        pass


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with (
        pytest.raises(Unavailable, match="its folder cannot be written"),
        exclusive(tmp_path / "file" / "w.duckdb"),
    ):
        pass


@pytest.mark.parametrize("name", ["a[1].csv", "a*.csv", "[!a]?.csv", "~a.csv", "[[*].csv"])
def test_a_pattern_of_a_file_finds_that_file_alone(tmp_path: Path, name: str) -> None:
    for each in (name, "a1.csv", "ab.csv", "b.csv"):
        (tmp_path / each).write_text(f"name\n{each}\n")
    assert duckdb.sql("select name from read_csv(?)", params=[file_pattern(tmp_path / name)]).fetchall() == [
        (name,)
    ]


# --- What a connection may do --------------------------------------------------------------------

LOCKED = [
    "set autoinstall_known_extensions = true",
    "set allow_unsigned_extensions = true",
    "set enable_external_access = true",
    "set temp_directory = '/tmp'",
    "set lock_configuration = false",
    "set allowed_configs = ['threads']",
    "install httpfs",
    "load httpfs",
    "create persistent secret of_others (type s3, key_id 'a')",
]
ELSEWHERE = [
    "from read_text('{other}')",
    "from read_csv('{inside}/link/secret.csv')",
    "from read_csv('{inside}/../elsewhere/secret.csv')",
    "copy (select 1) to '{other}.parquet'",
    "attach '{other}.duckdb' as other",
]


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """A folder that a connection may reach, one that it may not, and a link from the first to that."""
    inside, elsewhere = tmp_path / "inside", tmp_path / "elsewhere"
    for folder in (inside, elsewhere, tmp_path / "temporary"):
        folder.mkdir()
    # Within the usual one all of this test would lie.
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (inside / "link").symlink_to(elsewhere)
    for folder in (inside, elsewhere):
        (folder / "secret.csv").write_text("secret\n1\n")
    return {"inside": inside, "other": elsewhere / "secret.csv"}


def settings_of(folders: dict[str, Path]) -> Settings:
    return Settings(warehouse=folders["inside"] / "w.duckdb", releases=folders["inside"], threads=1)


@pytest.mark.parametrize("statement", LOCKED)
def test_the_connection_of_a_run_is_locked(folders: dict[str, Path], statement: str) -> None:
    with connect(settings_of(folders)) as connection:
        with pytest.raises(duckdb.Error):
            connection.execute(statement)
        # What a run does change.
        connection.execute("set memory_limit = '200MB'; set search_path = 'memory.main'")


@pytest.mark.parametrize("statement", LOCKED + ELSEWHERE)
@pytest.mark.parametrize("kind", ["of a release", "of a warehouse"])
def test_connections_that_load_nothing_reach_nothing_else(
    folders: dict[str, Path], statement: str, kind: str
) -> None:
    settings = settings_of(folders)
    if kind == "of a release":
        context = reading(settings)
    else:
        opened(settings.warehouse, "create schema warehouse.staging")
        opened(settings.warehouse, "create table warehouse.staging.stg_family as select 1 as family")
        context = selection.reading(settings)
    with context as connection:
        assert connection.execute(f"from read_csv('{folders['inside']}/secret.csv')").fetchall(), (
            "its own folders"
        )
        with pytest.raises(duckdb.Error):
            connection.execute(statement.format(**folders)).fetchall()
    assert [file.name for file in folders["other"].parent.iterdir()] == ["secret.csv"]


@pytest.mark.whole
def test_a_connection_that_reaches_few_folders_still_spills(folders: dict[str, Path]) -> None:
    with reading(settings_of(folders).model_copy(update={"memory": "300MB"})) as connection:
        query = "select count(*) from (select hash(i), i::varchar from range(10000000) as r(i) order by all)"
        assert connection.execute(query).fetchall() == [(10_000_000,)]


def test_every_other_connection_is_sealed() -> None:
    """What `connect` does not open reads one file, and is sealed."""
    calls = [
        call
        for folder in ("warehouse", "flows", "transforms", "report")
        for file in (ROOT / folder).rglob("*.py")
        for call in re.findall(r"duckdb\.connect\(.*?\)(?=:|\n)", file.read_text(encoding="utf-8"), re.S)
        if file != ROOT / "warehouse" / "database.py" or "read_only" in call
    ]
    assert len(calls) >= 3
    assert all("config=SEALED" in call for call in calls)


@pytest.mark.parametrize("statement", [*LOCKED, *ELSEWHERE[:1], *ELSEWHERE[3:]])
def test_a_sealed_connection_reads_its_file_alone(folders: dict[str, Path], statement: str) -> None:
    path = folders["inside"] / "own.duckdb"
    with duckdb.connect(str(path)) as made:
        made.execute("create table t as select 1 as one")
    with duckdb.connect(str(path), read_only=True, config=SEALED) as connection:
        assert connection.execute("from t").fetchall() == [(1,)]
        with pytest.raises(duckdb.Error):
            connection.execute(statement.format(**folders)).fetchall()


def test_of_what_lies_beside_a_warehouse_only_what_was_spilled_is_removed(tmp_path: Path) -> None:
    beside = tmp_path / "w.duckdb.tmp"
    (beside / "corepath-x1").mkdir(parents=True)
    for name in ("duckdb_temp_storage_S32K-0.tmp", "corepath-x1/part.parquet", "notes.txt"):
        (beside / name).write_text("x")
    clear_spilled(tmp_path / "w.duckdb")
    assert [path.name for path in beside.iterdir()] == ["notes.txt"]
    (beside / "notes.txt").unlink()
    clear_spilled(tmp_path / "w.duckdb")
    assert not beside.exists()
    clear_spilled(tmp_path / "w.duckdb")
