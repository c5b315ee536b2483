"""Going back to a release, keeping some and removing the others, whatever happens meanwhile."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from corepath.warehouse.database import reading
from corepath.warehouse.errors import BadInput, Busy, UsageError
from corepath.warehouse.release.history import pin, prunable, prune, rollback, withdrawn
from corepath.warehouse.release.repository import Attempt, Releases, now
from corepath.warehouse.release.verify import verify
from corepath.warehouse.settings import Settings
from tests.releases import families, publish


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with reading(Settings(warehouse=tmp_path / "none", threads=1)) as connection:
        yield connection


@pytest.fixture
def releases(tmp_path: Path) -> Releases:
    """Three releases, of identities a, b and c."""
    releases = Releases(tmp_path / "releases", "chips")
    for identity in "abc":
        publish(releases, {"fct_patent": families(3)}, identity)
    return releases


def latest(releases: Releases) -> str:
    return (releases.folder / "latest").readlink().name


def versions(releases: Releases) -> list[str]:
    return sorted(p.name for p in releases.folder.glob("2*"))


# --- Going back ----------------------------------------------------------------------------------


def test_latest_goes_back_without_a_build_and_versions_json_says_when_and_why(connection, releases) -> None:
    before = [(p, p.stat().st_mtime_ns) for p in releases.folder.glob("2*/*")]
    rollback(connection, releases, "2026.11.0", "wrong countries")
    assert latest(releases) == "2026.11.0"
    assert releases.latest() == releases.attempts()[0]
    assert [(p, p.stat().st_mtime_ns) for p in releases.folder.glob("2*/*")] == before
    noted = releases.attempts()[-1]
    assert (noted.status, noted.version, noted.identity, noted.reason) == (
        "rolled back",
        "2026.11.0",
        "a",
        "instead of 2026.11.2: wrong countries",
    )
    assert noted.at

    rollback(connection, releases, "2026.11.2")
    assert latest(releases) == "2026.11.2"


def test_nobody_goes_back_to_what_is_not_there_or_was_refused(connection, releases) -> None:
    releases.note(Attempt("refused", "d", now(), version="2026.11.3", reason="too small"))
    (releases.folder / "2026.11.3").mkdir()
    for version in ("2025.1.0", "2026.11.3", "../chips/2026.11.0", ""):
        with pytest.raises(UsageError, match="it has 2026"):
            rollback(connection, releases, version)
    with pytest.raises(UsageError, match=r"2026\.11\.2 is the latest already"):
        rollback(connection, releases, "2026.11.2")
    assert latest(releases) == "2026.11.2"
    assert not (releases.folder.parent / "none.lock").exists()


def test_nobody_goes_back_to_a_release_that_is_not_whole(connection, releases) -> None:
    (releases.folder / "2026.11.0" / "fct_patent.parquet").unlink()
    with pytest.raises(BadInput, match=r"fct_patent\.parquet is missing"):
        rollback(connection, releases, "2026.11.0")
    assert latest(releases) == "2026.11.2"
    assert len(releases.attempts()) == 3


def test_what_was_rolled_back_is_not_published_again_unless_asked_for(connection, releases) -> None:
    assert withdrawn(releases, "c") is None
    rollback(connection, releases, "2026.11.0")
    assert [withdrawn(releases, identity) for identity in "abcd"] == [None, "2026.11.1", "2026.11.2", None]
    publish(releases, {"fct_patent": families(4)}, "d")
    assert withdrawn(releases, "c") is None, "the world went on"
    rollback(connection, releases, "2026.11.1")
    rollback(connection, releases, "2026.11.3")
    assert withdrawn(releases, "c") is None, "nothing is newer than the latest"


def test_a_rollback_that_is_killed_between_note_and_pointer_did_not_happen(
    connection, releases, monkeypatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Releases, "point_to", die)
        with pytest.raises(KeyboardInterrupt):
            rollback(connection, releases, "2026.11.0")
    assert latest(releases) == "2026.11.2"
    assert withdrawn(releases, "c") is None
    rollback(connection, releases, "2026.11.0")
    assert latest(releases) == "2026.11.0"
    assert withdrawn(releases, "c") == "2026.11.2"


# --- Keeping and removing ------------------------------------------------------------------------


def test_prune_keeps_the_last_the_pinned_and_the_latest(connection, releases) -> None:
    for identity in "def":
        publish(releases, {"fct_patent": families(3)}, identity)
    assert pin(releases, "2026.11.1", keep=True)
    assert not pin(releases, "2026.11.1", keep=True), "it is pinned already"
    rollback(connection, releases, "2026.11.3")

    assert [a.version for a in prunable(releases, 1)] == ["2026.11.0", "2026.11.2", "2026.11.4"]
    gone = prune(releases, 1)
    assert [a.version for a in gone] == ["2026.11.0", "2026.11.2", "2026.11.4"]
    assert versions(releases) == ["2026.11.1", "2026.11.3", "2026.11.5"] == list(releases.published())
    assert latest(releases) == "2026.11.3"
    assert prune(releases, 1) == []

    assert pin(releases, "2026.11.1", keep=False)
    assert [a.version for a in prune(releases, 1)] == ["2026.11.1"]
    for version, published in releases.published().items():
        folder = releases.folder / version
        assert not any(c.problems for c in verify(connection, folder, published.sums))


def test_a_tombstone_tells_version_identity_time_and_rows_and_is_never_reused(releases) -> None:
    prune(releases, 1)
    stone = releases.pruned()["2026.11.1"]
    assert (stone.identity, stone.rows) == ("b", {"fct_patent": 3})
    assert stone.at
    with pytest.raises(UsageError, match=r"2026\.11\.1, it was pruned at 2.*; it has 2026\.11\.2"):
        releases.path("2026.11.1")
    assert publish(releases, {"fct_patent": families(3)}).name == "2026.11.3"


def test_a_reader_goes_on_reading_a_release_that_is_pruned(releases) -> None:
    file = releases.folder / "2026.11.0" / "corepath.duckdb"
    with duckdb.connect(str(file), read_only=True) as reader:
        prune(releases, 1)
        assert not file.exists()
        assert reader.sql("select count(*) from marts.fct_patent").fetchall() == [(3,)]


def test_some_release_is_kept(releases) -> None:
    with pytest.raises(UsageError, match="at least 1"):
        prune(releases, 0)
    with pytest.raises(UsageError, match="no release"):
        prune(Releases(releases.folder.parent, "batteries"), 1)
    assert len(versions(releases)) == 3


def die(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("dies_in", ["put_aside", "rmtree"])
def test_a_prune_that_is_killed_leaves_nothing_half_listed_and_the_next_run_clears_up(
    dies_in: str, releases, monkeypatch, caplog
) -> None:
    with monkeypatch.context() as patch:
        if dies_in == "rmtree":
            patch.setattr("corepath.warehouse.release.history.shutil.rmtree", die)
        else:
            patch.setattr(Releases, "put_aside", die)
        with pytest.raises(KeyboardInterrupt):
            prune(releases, 1)
    assert list(releases.published()) == ["2026.11.2"]
    assert set(releases.pruned()) == {"2026.11.0", "2026.11.1"}
    assert versions(releases) != ["2026.11.2"], "something is left"

    with caplog.at_level(logging.WARNING, "corepath"):
        assert prune(releases, 1) == []
    assert {p.name for p in releases.folder.iterdir()} == {"latest", "versions.json", "2026.11.2"}
    said = " ".join(r.getMessage() for r in caplog.records)
    assert "2026.11.0" in said
    assert "2026.11.1" in said
    assert "left behind by a run that did not end; removed" in said


def test_a_prune_that_is_killed_before_its_note_changed_nothing(releases, monkeypatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Releases, "note", die)
        with pytest.raises(KeyboardInterrupt):
            prune(releases, 1)
    assert versions(releases) == list(releases.published()) == [f"2026.11.{n}" for n in range(3)]


def test_nobody_changes_releases_while_a_run_publishes(connection, releases, held) -> None:
    noted = json.loads((releases.folder / "versions.json").read_text())
    with held(releases.folder):
        for work in (
            lambda: rollback(connection, releases, "2026.11.0"),
            lambda: prune(releases, 1),
            lambda: pin(releases, "2026.11.0", keep=True),
        ):
            with pytest.raises(Busy):
                work()
    assert latest(releases) == "2026.11.2"
    assert json.loads((releases.folder / "versions.json").read_text()) == noted
