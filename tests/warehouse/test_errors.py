"""A folder of releases that is full, read-only or lost: what is said, and what is left."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

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


@pytest.fixture
def seen(tmp_path: Path) -> list[dict[str, object]]:
    """What was said about a disk that is full at three moments, and one that is read-only."""
    apart = ["unshare", "--mount"]
    if (
        shutil.which("unshare") is None
        or subprocess.run(
            [*apart, "mount", "-t", "tmpfs", "none", str(tmp_path)], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("a small disk can be mounted by root only")
    answer = subprocess.run(
        [*apart, sys.executable, "-c", MOUNTED, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    return [json.loads(line) for line in answer.stdout.splitlines()]


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
