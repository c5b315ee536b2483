"""What `--plan` foretells is what the run then does, on every state that a warehouse can be in."""

import gzip
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import duckdb
import pytest

from corepath.warehouse.build.border import world_side
from corepath.warehouse.build.graph import discover
from corepath.warehouse.database import reading
from corepath.warehouse.errors import Refused
from corepath.warehouse.plan import Plan, as_text, foresee, resolve
from corepath.warehouse.refresh import refresh
from corepath.warehouse.release import history
from corepath.warehouse.release.repository import Releases
from corepath.warehouse.settings import Settings
from tests.conftest import SOURCES, Once, Unvalidated
from tests.releases import families, publish

TOPIC = 'name = "chips"\ntitle = "Chips"\nclasses = ["A", "B", "C", "D", "E", "F", "G", "H"]\n'
ADDED = "ipg120103.small.xml.gz"  # a file that comes later
UNCLASSIFIED = "ipg120327.196.xml.gz"  # another, of which no topic reads anything
WORLD = world_side(discover(["ppubs", "uspto"]))
Ledger = dict[str, dict[str, str]]


@dataclass
class Done:
    """What a run did: the tables that it built, the files of its ledger, and how it ended."""

    built: set[str]
    status: str
    version: str | None


def run(settings: Settings) -> Done:
    """Run up to validation. Tables behind the border are only named: whether they would be built is asked."""
    built: set[str] = set()

    def step(name: str, work: Callable[[], object], retries: int) -> object:
        del retries
        if name == "validate":
            raise Refused("the test goes no further")
        if "." in name:
            built.add(name)
        is_topic = name.startswith(("intermediate.", "marts."))
        made = work() if not is_topic or name in WORLD else 0
        return 10**6 if is_topic else made  # families enough, however many

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("corepath.warehouse.refresh.suites_of", lambda *_: [])
        try:
            outcome = refresh(settings, step)
        except Refused:
            return Done(built, "published", None)
    return Done(built, outcome.status, outcome.version)


def ledger(settings: Settings) -> Ledger:
    """The files that the warehouse has, by source, with their hashes."""
    found: Ledger = {name: {} for name in settings.sources}
    if settings.warehouse.exists():
        with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
            for source, file, sha256 in connection.sql(
                "select source, file, sha256 from raw.source_file"
            ).fetchall():
                found.setdefault(source, {})[file] = sha256
    return found


def release_of_the_last(settings: Settings, rows: int) -> None:
    """Publish a small release in place of the one that the last run would have published."""
    releases = Releases(Path(settings.releases), "chips")
    publish(releases, {"fct_patent": families(rows)}, releases.attempts()[-1].identity)


@pytest.fixture(scope="session")
def begun(once: Once) -> Path:
    """A folder with raw files, a topic, a warehouse, and two releases: one before the last file came."""

    def make(folder: Path) -> Path:
        settings = of(folder)
        shutil.copytree(
            SOURCES["uspto"], folder / "uspto", ignore=shutil.ignore_patterns(ADDED, UNCLASSIFIED)
        )
        last = sorted((folder / "uspto").iterdir())[-1]
        last.rename(folder / last.name)
        (folder / "chips.toml").write_text(TOPIC)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("corepath.warehouse.refresh.Validator", Unvalidated)
            run(settings)
            release_of_the_last(settings, 10)
            (folder / last.name).rename(last)
            run(settings)
        release_of_the_last(settings, 11)
        return folder

    return once("begun", make)


def of(folder: Path) -> Settings:
    return Settings(
        topic=str(folder / "chips.toml"),
        sources={"uspto": folder / "uspto"},
        threads=1,
        warehouse=folder / "warehouse.duckdb",
        releases=folder / "releases",
    )


@pytest.fixture
def settings(begun: Path, tmp_path: Path) -> Settings:
    """The same in a folder of the test's own."""
    shutil.copytree(begun, tmp_path / "own", symlinks=True)
    return of(tmp_path / "own")


Change = Callable[[Settings], Settings | None]


def _files(settings: Settings) -> list[Path]:
    return sorted(settings.sources["uspto"].iterdir())


def fresh(settings: Settings) -> None:
    settings.warehouse.unlink()
    shutil.rmtree(settings.releases)


def warehouse_gone(settings: Settings) -> None:
    settings.warehouse.unlink()


def file_added(settings: Settings) -> None:
    shutil.copy(SOURCES["uspto"] / ADDED, settings.sources["uspto"])


def unclassified_file_added(settings: Settings) -> None:
    shutil.copy(SOURCES["uspto"] / UNCLASSIFIED, settings.sources["uspto"])


def file_removed(settings: Settings) -> None:
    _files(settings)[0].unlink()


def file_changed(settings: Settings) -> None:
    shutil.copyfile(SOURCES["uspto"] / ADDED, _files(settings)[0])


def file_renamed(settings: Settings) -> None:
    _files(settings)[0].rename(settings.sources["uspto"] / "another.xml.gz")


def file_touched(settings: Settings) -> None:
    _files(settings)[0].touch()


def last_file_gone_again(settings: Settings) -> None:
    """The files are those of the release before the latest."""
    _files(settings)[-1].unlink()


def topic_edited(settings: Settings) -> None:
    Path(settings.topic).write_text(TOPIC.replace('"A", ', ""))


def topic_commented(settings: Settings) -> None:
    Path(settings.topic).write_text(TOPIC + "# seen\n")


def method_changed(settings: Settings) -> None:
    Path(settings.topic).write_text(TOPIC + "[method]\nsamples = 99\n")


def other_topic(settings: Settings) -> None:
    Path(settings.topic).write_text(TOPIC.replace('"chips"', '"other"'))


def countries_changed(settings: Settings) -> Settings:
    return settings.model_copy(update={"countries": ["JP", "US"]})


def rejects_allowed(settings: Settings) -> Settings:
    return settings.model_copy(update={"reject_share": 0.5, "memory": "2GB", "threads": 2})


def source_added(settings: Settings) -> Settings:
    dump = settings.sources["uspto"].with_name("ppubs.jsonl")
    with gzip.open(SOURCES["ppubs"] / "ppubs.jsonl.gz", "rt", encoding="utf-8") as sample:
        dump.write_text("".join(islice(sample, 5)), encoding="utf-8")
    return settings.model_copy(update={"sources": {**settings.sources, "ppubs": dump}})


def release_damaged(settings: Settings) -> None:
    (Releases(Path(settings.releases), "chips").path() / "fct_patent.parquet").unlink()


def rolled_back(settings: Settings) -> None:
    releases = Releases(Path(settings.releases), "chips")
    with reading(settings) as connection:
        history.rollback(connection, releases, releases.before())


def rolled_back_and_a_file_added(settings: Settings) -> None:
    rolled_back(settings)
    file_added(settings)


def nothing(settings: Settings) -> None:
    del settings


# What is to come of each; that the plan says so, whatever it is, is seen beside.
STATES: list[tuple[Change, str]] = [
    (fresh, "published"),
    (nothing, "unchanged"),
    (warehouse_gone, "unchanged"),
    (file_added, "published"),
    (unclassified_file_added, "unchanged"),
    (file_removed, "published"),
    (file_changed, "published"),
    (file_renamed, "unchanged"),
    (file_touched, "unchanged"),
    (last_file_gone_again, "published"),
    (topic_edited, "published"),
    (topic_commented, "unchanged"),
    (method_changed, "published"),
    (other_topic, "published"),
    (countries_changed, "published"),
    (rejects_allowed, "unchanged"),
    (source_added, "published"),
    (release_damaged, "published"),
    (rolled_back, "withdrawn"),
    (rolled_back_and_a_file_added, "published"),
]


def tables(plan: Plan) -> set[str]:
    return {key for key, why in plan.builds.items() if why}


@pytest.mark.whole
@pytest.mark.usefixtures("unvalidated")
@pytest.mark.parametrize(("change", "status"), STATES, ids=lambda value: getattr(value, "__name__", value))
def test_a_run_does_what_its_plan_foretold(settings: Settings, change: Change, status: str) -> None:
    settings = change(settings) or settings
    home = settings.warehouse.parent
    files = {path: path.stat().st_mtime_ns for path in home.rglob("*")}
    before, plan = ledger(settings), foresee(resolve(settings))
    assert {path: path.stat().st_mtime_ns for path in home.rglob("*")} == files, "a plan changes nothing"

    done, after = run(settings), ledger(settings)
    assert done.status == status
    for source, foretold in plan.files.items():
        was, now = before.get(source, {}), after[source]
        assert set(foretold.new) == now.keys() - was.keys()
        assert set(foretold.gone) == was.keys() - now.keys()
        common = was.keys() & now.keys()
        assert set(foretold.changed) == {file for file in common if was[file] != now[file]}
        assert set(foretold.unchanged) == {file for file in common if was[file] == now[file]}
    if done.status == "unchanged" and plan.version is None:
        # It depends on what crosses the border, which the plan says: so far it is built, and no farther.
        assert "that it reads of all patents changed" in as_text(plan)
        assert done.built == {
            key for key in tables(plan) if plan.run.tables[key].in_warehouse or key in WORLD
        }
    else:
        assert done.built == tables(plan)
        assert done.version == plan.version
    assert (done.status == "withdrawn") == (plan.withdrawn is not None)
    assert (change is release_damaged) == bool(plan.damage)


@pytest.mark.whole
@pytest.mark.usefixtures("unvalidated")
def test_what_was_foretold_is_not_foretold_again_once_it_is_done(settings: Settings) -> None:
    file_added(settings)
    run(settings)
    plan = foresee(resolve(settings))
    assert not any(files.changes for files in plan.files.values())
    assert {key for key in tables(plan) if plan.run.tables[key].in_warehouse} == set()
