"""What tests share: a release of the sample, built once a session by the worker that is first."""

import fcntl
import json
import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from corepath.synthetic import topic
from corepath.warehouse.refresh import Outcome, refresh
from corepath.warehouse.settings import ROOT, Settings
from corepath.warehouse.validate.validator import Job, Result

# Tests set what they mean: the settings of whoever runs them stay outside.
for name in [name for name in os.environ if name.startswith("COREPATH_")]:
    del os.environ[name]

# Tests call what logs for a flow without one.
os.environ["PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW"] = "ignore"

# Other workers take the time that an example is allowed: how long one takes says nothing. As examples
# are drawn anew each time, few a run are many over a week; `make test-properties` draws many at once.
hypothesis.settings.register_profile("quick", deadline=None, max_examples=20)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=300)
hypothesis.settings.load_profile("quick")

SOURCES = {"ppubs": ROOT / "samples" / "ppubs", "uspto": ROOT / "samples" / "uspto"}

# Make something in a folder of that name, unless another worker of this session has made it.
Once = Callable[[str, Callable[[Path], Any]], Any]


@dataclass(frozen=True)
class SampleRelease:
    """The sample, refreshed into a release. All tests read the same files: copy before writing."""

    topic: str
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
    """The release of samples/, topic information_technology with few draws; for reading only."""

    def make(folder: Path) -> SampleRelease:
        settings = Settings(
            topic=str(topic.write(folder / f"{topic.SHIPPED}.toml", preset="recommended", **topic.FEW_DRAWS)),
            sources=SOURCES,
            threads=2,
            warehouse=folder / "warehouse.duckdb",
            releases=folder / "releases",
        )
        return SampleRelease(settings.topic, settings.warehouse, settings.releases, refresh(settings))

    return once("sample", make)


@pytest.fixture
def own_sample(sample_release: SampleRelease, tmp_path: Path) -> Settings:
    """Settings of a refresh of the sample that has been published, in files of the test's own."""
    warehouse, releases = tmp_path / "own" / "warehouse.duckdb", tmp_path / "own" / "releases"
    warehouse.parent.mkdir()
    shutil.copyfile(sample_release.warehouse, warehouse)
    shutil.copytree(sample_release.releases, releases, symlinks=True)
    return Settings(
        topic=sample_release.topic, sources=SOURCES, threads=2, warehouse=warehouse, releases=releases
    )


class Unvalidated:
    """Stands for the validator, and has nothing to say."""

    def __init__(self, *_: object) -> None:
        pass

    def __enter__(self) -> "Unvalidated":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def validate(self, jobs: list[Job]) -> list[Result]:
        """Validate nothing."""
        del jobs
        return []


@pytest.fixture
def unvalidated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave validation out, ten seconds a run, where it is not what is tested."""
    monkeypatch.setattr("corepath.warehouse.refresh.Validator", Unvalidated)


@pytest.fixture
def topic_file(tmp_path: Path) -> Callable[..., str]:
    """Write the smallest topic file: a name and classes; get its path."""

    def write(name: str, *classes: str) -> str:
        path = tmp_path / f"{name}.toml"
        draws = "".join(f"{choice} = {number}\n" for choice, number in topic.FEW_DRAWS.items())
        path.write_text(
            f'name = "{name}"\ntitle = "{name}"\nclasses = {json.dumps(classes)}\n[method]\n{draws}'
        )
        return str(path)

    return write


@pytest.fixture
def held() -> Callable[[Path], AbstractContextManager[int]]:
    """Let another process hold a file's lock, within a `with`; get that process's id."""
    code = (
        "import sys, pathlib, warehouse.database as d\n"
        "with d.exclusive(pathlib.Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )

    @contextmanager
    def hold(path: Path) -> Iterator[int]:
        with subprocess.Popen(
            [sys.executable, "-c", code, str(path)],
            cwd=ROOT,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            yield process.pid  # it ends when its input does, with this block

    return hold
