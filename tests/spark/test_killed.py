"""What dies on the way: a stage, and an executor of a standalone cluster. Neither changes the result."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import pytest

from corepath.warehouse import cluster
from corepath.warehouse.lake.lake import Lake
from corepath.warehouse.settings import ROOT, Cluster, Settings
from tests.spark import standalone
from tests.spark.both import differing, on_duckdb
from tests.spark.conftest import SMALL


@contextmanager
def staging(settings: Settings, where, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start a stage in a process, and a group, of its own."""
    program = [sys.executable, "-m", "tests.spark.stage", settings.model_dump_json(), where.model_dump_json()]
    with open(log, "wb") as out:
        process = subprocess.Popen(program, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, process_group=0)
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def wait_for(log: Path, pattern: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until a stage has come so far."""
    deadline = time.monotonic() + 600
    while not re.search(pattern, log.read_text(errors="replace")):
        assert process.poll() is None, log.read_text()[-3000:]
        assert time.monotonic() < deadline, log.read_text()[-3000:]
        time.sleep(0.05)


def test_a_stage_that_is_killed_leaves_the_last_good_one(spark, dump, lake, tmp_path, caplog):
    less = tmp_path / "less"
    less.mkdir()
    files = sorted(dump.glob("*.parquet"))
    (less / files[0].name).hardlink_to(files[0])
    place = tmp_path / "lake"
    where = lake.where.model_copy(update={"lake": str(place)})
    settings = Settings(sources={"google_patents": less}, reject_share=0.5, threads=2)
    with patch("corepath.warehouse.cluster.opened") as opened:
        opened.return_value.__enter__.return_value = spark
        cluster.stage(settings, where)
        before, pointer = Lake(place).state(), (place / "lake.json").read_bytes()
        # Now with the second file; it is killed amid staging, while a table is written.
        settings = settings.model_copy(update={"sources": {"google_patents": dump}})
        log = tmp_path / "stage.log"
        with staging(settings, where, log) as process:
            wait_for(log, r"corepath\.lake sources\.stg_document: [\d,]+ rows", process)
            os.killpg(process.pid, signal.SIGKILL)
            assert process.wait() == -signal.SIGKILL
        assert (place / "lake.json").read_bytes() == pointer
        for key, mark in before.tables["staging"].items():
            assert Lake(place).read(key, mark).num_rows == Lake(place).rows(key, mark)
        # The lock went with it; what it had made is used, and what it left half done is made again.
        caplog.set_level("INFO", logger="corepath")
        staged = cluster.stage(settings, where)
    assert staged.rows == lake.staged.rows
    state = Lake(place).state()
    assert state.tables["staging"] == Lake(lake.where.lake).state().tables["staging"]
    assert "sources.stg_document: up to date" in caplog.messages
    assert rows_of(Lake(place)) == rows_of(Lake(lake.where.lake))


def rows_of(lake: Lake) -> dict[str, list[tuple]]:
    """Give the rows of every table of staging, in order."""
    return {
        key: sorted(zip(*lake.read(key, mark).to_pydict().values(), strict=True), key=repr)
        for key, mark in lake.state().tables["staging"].items()
    }


@pytest.fixture
def master(tmp_path):
    with standalone.cluster(tmp_path, workers=2) as found:
        yield found


def test_a_standalone_cluster_makes_the_same_though_an_executor_is_killed(dump, master, tmp_path):
    address, workers = master
    options = SMALL | standalone.OPTIONS | {"spark.local.dir": str(tmp_path)}
    where = Cluster(lake=str(tmp_path / "lake"), spark=address, options=options)
    settings = Settings(sources={"google_patents": dump}, reject_share=0.5, threads=2)
    log = tmp_path / "stage.log"
    with staging(settings, where, log) as process:
        wait_for(log, r"corepath\.lake google_patents\.record: [\d,]+ rows", process)
        running = [standalone.executors(worker) for worker in workers]
        assert all(running)  # each worker does its part
        os.kill(running[0][0], signal.SIGKILL)
        assert process.wait(600) == 0, log.read_text()[-3000:]
    assert re.search("Lost executor", log.read_text())
    assert differing(on_duckdb({"google_patents": dump}), Lake(where.lake)) == {}
