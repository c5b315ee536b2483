"""What tests share: a release of the sample, built once a session by the worker that is first."""

import fcntl
import os
import pickle
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from warehouse.refresh import Outcome, refresh
from warehouse.settings import ROOT, Settings

# Tests set what they mean: the settings of whoever runs them stay outside.
for name in [name for name in os.environ if name.startswith("COREPATH_")]:
    del os.environ[name]

SOURCES = {"ppubs": ROOT / "samples" / "ppubs", "uspto": ROOT / "samples" / "uspto"}

# Make something in a folder of that name, unless another worker of this session has made it.
Once = Callable[[str, Callable[[Path], Any]], Any]


@dataclass(frozen=True)
class SampleRelease:
    """The sample, refreshed into a release. All tests read the same files: copy before writing."""

    warehouse: Path
    releases: Path
    outcome: Outcome

    @property
    def path(self) -> Path:
        """The folder of the release."""
        return self.outcome.path

    @property
    def database(self) -> Path:
        """The published DuckDB file."""
        return self.path / "corepath.duckdb"


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Once:
    """Do costly work once a session, however many processes run its tests."""
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent

    def make_once(name: str, make: Callable[[Path], Any]) -> Any:
        folder, result = shared / name, shared / f"{name}.pickle"
        with open(shared / f"{name}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not result.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                result.write_bytes(pickle.dumps(make(folder)))
        return pickle.loads(result.read_bytes())

    return make_once


@pytest.fixture(scope="session")
def sample_release(once: Once) -> SampleRelease:
    """The release of samples/, topic information_technology; for reading only."""

    def make(folder: Path) -> SampleRelease:
        settings = Settings(
            topic="information_technology", sources=SOURCES, threads=2,
            warehouse=folder / "warehouse.duckdb", releases=folder / "releases",
        )  # fmt: skip
        return SampleRelease(settings.warehouse, settings.releases, refresh(settings))

    return once("sample", make)


@pytest.fixture
def own_sample(sample_release: SampleRelease, tmp_path: Path) -> Settings:
    """Settings of a refresh of the sample that has been published, in files of the test's own."""
    warehouse, releases = tmp_path / "own" / "warehouse.duckdb", tmp_path / "own" / "releases"
    warehouse.parent.mkdir()
    shutil.copyfile(sample_release.warehouse, warehouse)
    shutil.copytree(sample_release.releases, releases, symlinks=True)
    return Settings(
        topic="information_technology", sources=SOURCES, threads=2, warehouse=warehouse,
        releases=releases,
    )  # fmt: skip
