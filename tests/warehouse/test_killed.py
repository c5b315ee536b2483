"""A refresh that is killed, at moments drawn by chance: what was good stays, the next run repairs."""

import contextlib
import gzip
import json
import logging
import os
import random
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from corepath.warehouse.database import reading
from corepath.warehouse.refresh import refresh
from corepath.warehouse.release.repository import Releases
from corepath.warehouse.release.verify import must_be_whole
from corepath.warehouse.settings import ROOT, Settings

pytestmark = pytest.mark.slow

# The small topic, before and after a change of mind. Few draws: chance is not what is tested.
TOPIC = """
name = "small"
title = "Small"
classes = {classes}
[method]
samples = 10
null_draws = 100
rarefaction_draws = 20
permutations = 99
communities = 1
"""
FEWER, MORE = '["G", "H"]', '["G", "H", "B"]'

# Run in a process of its own: a refresh that says when it begins, then all that it does.
REFRESH = """
import logging, sys
from corepath.warehouse.refresh import refresh, Settings
logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
settings = Settings.model_validate_json(sys.argv[1])
logging.info("begun")
refresh(settings)
"""


@dataclass(frozen=True)
class Case:
    """A published release whose input and topic have changed, and what an undisturbed run does."""

    folder: Path
    version: str
    parquet: dict[str, bytes]
    said: list[tuple[float, str]]  # seconds since it began, and the line

    def copy(self, folder: Path) -> Settings:
        """Take warehouse and releases as they were before that run into a folder."""
        shutil.copytree(self.folder / "before", folder, symlinks=True, dirs_exist_ok=True)
        return settings(self.folder / "input", folder)


def settings(given: Path, folder: Path) -> Settings:
    return Settings(
        topic=str(given / "small.toml"),
        sources={"ppubs": given / "ppubs"},
        threads=2,
        warehouse=folder / "warehouse.duckdb",
        releases=folder / "releases",
    )


@pytest.fixture(scope="module")
def case(once) -> Case:
    def make(folder: Path) -> Case:
        given = folder / "input"
        (given / "ppubs").mkdir(parents=True)
        (folder / "before").mkdir()
        with gzip.open(ROOT / "samples" / "ppubs" / "ppubs.jsonl.gz", "rt") as sample:
            lines = [next(sample) for _ in range(700)]
        (given / "ppubs" / "a.jsonl").write_text("".join(lines[:500]))
        (given / "small.toml").write_text(TOPIC.format(classes=FEWER))
        before = refresh(settings(given, folder / "before"))
        (given / "ppubs" / "b.jsonl").write_text("".join(lines[500:]))
        (given / "small.toml").write_text(TOPIC.format(classes=MORE))

        shutil.copytree(folder / "before", folder / "undisturbed", symlinks=True)
        undisturbed = settings(given, folder / "undisturbed")
        begun, said = 0.0, []
        with started(undisturbed) as process:
            assert process.stdout is not None
            for line in process.stdout:
                if line == "begun\n":
                    begun = time.monotonic()
                said.append((time.monotonic() - begun, line))
        assert process.returncode == 0, said
        released = Releases(undisturbed.releases, "small").path()
        return Case(folder, before.version, parquet(released), said)

    return once("killed", make)


def started(settings: Settings) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", REFRESH, settings.model_dump_json()],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def parquet(release: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in release.glob("*.parquet")}


def kill(case: Case, settings: Settings, seconds: float, whole_group: bool) -> bool:
    """Start a refresh and kill it so long after its begin, by the clock of the undisturbed run.

    It waits for the line that the undisturbed run had said last by then, and for the rest of the
    time or the next line, so that no machine moves a moment behind the end, be it more or less busy.

    Returns
    -------
    bool
        Whether it was still running.
    """
    last, rest = max((i, seconds - at) for i, (at, _) in enumerate(case.said) if at <= seconds)
    with started(settings) as process:
        assert process.stdout is not None
        for _ in range(last + 1):
            assert process.stdout.readline()
        select.select([process.stdout], [], [], rest)
        running = process.poll() is None
        if whole_group:  # as a machine that loses power
            os.killpg(process.pid, signal.SIGKILL)
        else:  # as the kernel that runs out of memory
            process.kill()
    return running


@pytest.mark.parametrize("number", range(50))
@pytest.mark.usefixtures("unvalidated")  # the run after; the one that is killed validates
def test_a_refresh_killed_at_a_random_moment_harms_nothing_and_the_next_run_repairs_it(
    number: int, case: Case, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    seconds = random.Random(number).uniform(0, case.said[-1][0])
    settings = case.copy(tmp_path)
    if not kill(case, settings, seconds, whole_group=number % 2 == 0):
        pytest.fail(f"the run was over within {seconds:.1f} s: nothing was killed")

    releases = Releases(settings.releases, "small")
    home = releases.folder
    first, latest = home / case.version, (home / "latest").resolve()
    assert json.loads((home / "versions.json").read_text())[0]["version"] == case.version
    assert first in latest.parent.iterdir()
    with reading(settings) as connection:
        published = releases.published()
        must_be_whole(connection, first, published[first.name].sums)
        must_be_whole(connection, latest, published[latest.name].sums)
    left = [*home.glob(".*-*")]

    with caplog.at_level(logging.INFO, "corepath"):
        outcome = refresh(settings)

    assert outcome.status == ("published" if latest == first.resolve() else "unchanged")
    assert parquet(releases.path()) == case.parquet
    warnings = {r.getMessage() for r in caplog.records if r.levelno == logging.WARNING}
    assert {f"{path}: left behind by a run that did not end; removed" for path in left} <= warnings
    assert not [*home.glob(".*-*")]
    assert not Path(f"{settings.warehouse}.tmp").exists()


@pytest.mark.usefixtures("unvalidated")
def test_an_incremental_run_gives_the_bytes_of_a_full_one_and_back_again(case: Case, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    full = settings(case.folder / "input", tmp_path / "full").model_copy(update={"threads": 3})
    assert parquet(refresh(full).path) == case.parquet  # which came of another file before

    given = tmp_path / "input"
    (given / "ppubs").mkdir(parents=True)
    shutil.copy(case.folder / "input" / "ppubs" / "a.jsonl", given / "ppubs")
    (given / "small.toml").write_text(TOPIC.format(classes=FEWER))
    back = settings(given, tmp_path / "full").model_copy(update={"allowed_drop": 1.0})
    before = Releases(case.folder / "before" / "releases", "small").path()
    assert parquet(refresh(back).path) == parquet(before)


@pytest.mark.parametrize("words", ["ppubs: b.jsonl", "marts.fct_patent:", "marts.fct_reference"])
def test_a_flow_that_is_killed_harms_nothing_and_the_next_flow_repairs_it(
    words: str, case: Case, tmp_path: Path
) -> None:
    settings = case.copy(tmp_path)
    command = [
        sys.executable,
        "-m",
        "corepath.flows.cli",
        "refresh",
        "--topic",
        settings.topic,
        "--source",
        f"ppubs={settings.sources['ppubs']}",
        "--warehouse",
        str(settings.warehouse),
        "--releases",
        str(settings.releases),
        "--threads",
        "2",
    ]
    environment = os.environ | {"PREFECT_HOME": str(tmp_path / "prefect")}
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        text=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        assert process.stderr is not None
        try:
            assert any(line.startswith(words) for line in process.stderr)
        finally:
            os.killpg(process.pid, signal.SIGKILL)
    releases = Releases(settings.releases, "small")
    assert releases.path().name == case.version
    with reading(settings) as connection:
        sums = releases.published()[case.version].sums
        must_be_whole(connection, releases.path(), sums)
    left = [*releases.folder.glob(".*-*")]
    assert bool(left) == words.startswith("marts")

    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert parquet(releases.path()) == case.parquet
    for path in left:
        assert f"{path}: left behind by a run that did not end; removed" in done.stderr
    assert not [*releases.folder.glob(".*-*")]


def test_what_a_killed_run_had_validated_is_free_for_the_next(tmp_path: Path) -> None:
    database, pid = tmp_path / "validated.duckdb", tmp_path / "pid"
    with duckdb.connect(str(database)) as db:
        db.execute("create table t as select 1 as x")
    endless = {
        "type": "unexpected_rows_expectation",
        "severity": "critical",
        "kwargs": {
            "unexpected_rows_query": "select x from {batch}, range(1000000000000000)"
            " as r(i) where hash(i) = 0 and x = 2 * i"
        },
        "meta": {"name": "endless", "why": "A large warehouse takes minutes"},
    }
    code = (
        "import json, pathlib, sys\n"
        "from corepath.warehouse.validate.suites import Suite\n"
        "from corepath.warehouse.validate.validator import Job, Validator\n"
        "with Validator() as validator:\n"
        "    pathlib.Path(sys.argv[3]).write_text(str(validator._process.pid))\n"
        "    suite = Suite('main', 't', json.loads(sys.argv[2]))\n"
        "    validator.validate([Job(sys.argv[1], [suite])])"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(database), json.dumps([endless]), str(pid)], cwd=ROOT
    ) as process:
        try:
            until(pid.exists)
            until(lambda: any(has_open(child, database) for child in children(int(pid.read_text()))))
        finally:
            process.kill()
    try:
        until(lambda: is_free(database))
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(pid.read_text()), signal.SIGKILL)


def children(process: int) -> list[int]:
    """Processes that a process started."""
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def has_open(process: int, file: Path) -> bool:
    """Whether a process has a file open, and not just for a moment."""
    for _ in range(10):
        time.sleep(0.1)
        if file not in [handle.resolve() for handle in Path(f"/proc/{process}/fd").iterdir()]:
            return False
    return True


def is_free(database: Path) -> bool:
    """Whether DuckDB opens a file for writing."""
    try:
        duckdb.connect(str(database)).close()
    except duckdb.IOException:
        return False
    return True


def until(true: Callable[[], bool]) -> None:
    """Wait for something."""
    deadline = time.monotonic() + 120
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)
