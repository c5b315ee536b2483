"""A folder of releases that is full, read-only or lost: what is said, and what is left."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from corepath.warehouse.errors import BadInput, CorepathError, Unavailable, writing
from corepath.warehouse.settings import ROOT

# Run in a mount namespace of its own, which takes its mounts along when it ends.
MOUNTED = """
import json, subprocess, sys
from pathlib import Path
from tests.releases import families, publish
from corepath.warehouse.errors import CorepathError
from corepath.warehouse.release.history import pin
from corepath.warehouse.release.repository import Releases

releases = Releases(Path(sys.argv[1]) / "releases", "chips")

def attempt(work):
    try:
        with releases.held():
            work()
    except CorepathError as error:
        latest = releases.latest()
        told = {"said": str(error), "code": error.exit_code, "latest": latest and latest.version}
    print(json.dumps(told))

def mount(*arguments):
    subprocess.run(["mount", *arguments, sys.argv[1]], check=True)

mount("-t", "tmpfs", "-o", "size=4m", "none")
with releases.held():
    publish(releases, {"fct_patent": families(10)})
attempt(lambda: publish(releases, {"fct_patent": families(2_000_000, "sqrt(i)")}))
with releases.held():
    releases.clear()
attempt(lambda: (releases.folder / "filled").write_bytes(bytes(5 << 20)))
(releases.folder / "filled").unlink()
mount("-o", "remount,ro")
attempt(lambda: publish(releases, {"fct_patent": families(10)}))
try:
    pin(releases, "2026.11.0", keep=True)
except CorepathError as error:
    print(json.dumps({"said": str(error), "code": error.exit_code}))
"""


# The same for the temporary folder, where archives are unpacked, and for where DuckDB spills.
TEMPORARY = """
import gzip, json, os, subprocess, sys, tempfile
from pathlib import Path
from corepath.warehouse.database import attach, connect, explained
from corepath.warehouse.errors import CorepathError
from corepath.warehouse.load.loader import load
from corepath.warehouse.settings import ROOT, Settings
from corepath.warehouse.sources import available

small, folder = Path(sys.argv[1]), Path(sys.argv[2])
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(small)], check=True)
filled = {"datePublished": "2010-01-05", "inventionTitle": "x" * 99}
lines = (filled | {"guid": f"US-{i}-B2"} for i in range(20000))
(folder / "p.jsonl.gz").write_bytes(gzip.compress("\\n".join(map(json.dumps, lines)).encode()))
dumps = {"ppubs": folder / "p.jsonl.gz", "uspto": ROOT / "samples" / "uspto"}

def attempt(settings, work):
    try:
        with explained(settings), connect(settings) as connection:
            told = {"said": work(connection), "code": 0}
    except CorepathError as error:
        told = {"said": str(error), "code": error.exit_code}
    print(json.dumps(told))

def read(connection, source):
    attach(connection, folder / "w.duckdb", "warehouse")
    connection.execute("use warehouse")
    return load(connection, available()[source], dumps[source]).rows

for size in ("64k", "200m"):
    subprocess.run(["mount", "-o", f"remount,size={size}", str(small)], check=True)
    tempfile.tempdir = str(small)
    for source in dumps:
        attempt(Settings(warehouse=folder / "w.duckdb", threads=1), lambda c, source=source: read(c, source))
subprocess.run(["mount", "-o", "remount,size=4m", str(small)], check=True)
spilling = "select count(*) from (select hash(i), i::varchar from range(10000000) as r(i) order by all)"
spilled = Settings(warehouse=small / "w.duckdb", memory="300MB", threads=1)
attempt(spilled, lambda c: c.execute(spilling).fetchall())
"""


def apart() -> list[str]:
    """Give the words before a command that may mount; skip the test where nobody may."""
    words = ["unshare", "--mount"]
    tried = [*words, "mount", "-t", "tmpfs", "none", "/mnt"]
    if shutil.which("unshare") is None or subprocess.run(tried, capture_output=True, check=False).returncode:
        pytest.skip("a small disk can be mounted by root only")
    return words


def answers(script: str, *folders: Path) -> list[dict[str, Any]]:
    """Run a script in a mount namespace of its own; give the lines of JSON that it prints."""
    answer = subprocess.run(
        [*apart(), sys.executable, "-c", script, *map(str, folders)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    return [json.loads(line) for line in answer.stdout.splitlines()]


@pytest.mark.whole
def test_a_temporary_folder_that_is_full_is_told_and_nothing_is_lost(tmp_path: Path) -> None:
    (tmp_path / "small").mkdir()
    *full, ppubs, uspto, spilled = answers(TEMPORARY, tmp_path / "small", tmp_path)
    for told in full:
        assert told["code"] == 6
        assert f"the temporary folder {tmp_path / 'small'} cannot be written" in told["said"]
        assert "No space left on device" in told["said"]
        assert "TMPDIR" in told["said"]
    assert (ppubs["said"], ppubs["code"], uspto["code"]) == (20_000, 0, 0)
    assert uspto["said"] > 300
    assert spilled["code"] == 6
    assert "w.duckdb.tmp: the disk has no room for what does not fit into memory" in spilled["said"]


@pytest.fixture
def seen(tmp_path: Path) -> list[dict[str, object]]:
    """What was said about a disk that is full at three moments, and one that is read-only."""
    return answers(MOUNTED, tmp_path)


def test_a_disk_that_is_full_or_read_only_is_told_with_its_place_and_what_helps(seen, tmp_path) -> None:
    full, full_again, read_only, unpinned = seen
    for told in (full, full_again):
        assert told["code"] == 6
        assert told["latest"] == "2026.11.0"
        assert f"{tmp_path}/releases/chips: its disk is full: make room" in told["said"]
    for told in (read_only, unpinned):
        assert told["code"] == 6
        assert told["said"].startswith(f"{tmp_path}/releases/chips: ")
        assert "cannot be written" in told["said"]
        assert "allow it" in told["said"]
    assert read_only["latest"] == "2026.11.0"


def test_a_folder_that_is_lost_is_told(tmp_path) -> None:
    folder = tmp_path / "releases" / "chips"
    folder.mkdir(parents=True)
    shutil.rmtree(folder.parent)
    with pytest.raises(Unavailable, match="chips: it is gone or broken"), writing(folder):
        (folder / "versions.json").write_text("[]")


def test_a_file_in_the_way_of_the_folder_is_told(tmp_path) -> None:
    (tmp_path / "releases").write_text("a file")
    folder = tmp_path / "releases" / "chips"
    with pytest.raises(Unavailable, match="name another folder by --releases"), writing(folder):
        folder.mkdir(parents=True)


def test_other_failures_are_not_blamed_on_the_folder(tmp_path) -> None:
    folder = tmp_path / "releases"
    for error in (
        FileNotFoundError(2, "No such file or directory", "dump.csv"),
        BadInput(f"{folder}: No space left on device"),
        CorepathError("IO Error: No space left on device"),
        ValueError(f"{folder}: a defect"),
    ):
        with pytest.raises(type(error)) as same, writing(folder):
            raise error
        assert same.value is error
