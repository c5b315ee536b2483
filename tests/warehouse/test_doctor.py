"""Damage in every shape: what is lost is said, what can be rebuilt is, and what was published stays."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from corepath.warehouse.database import opened
from corepath.warehouse.doctor import examine
from corepath.warehouse.errors import BadInput
from corepath.warehouse.release import schema
from corepath.warehouse.release.repository import Attempt, Releases
from corepath.warehouse.settings import Settings
from tests.releases import families, publish

pytestmark = pytest.mark.service


@pytest.fixture
def releases(tmp_path: Path) -> Releases:
    """Three releases, of which one is pinned."""
    found = Releases(tmp_path / "releases", "chips")
    for number in range(3):
        publish(found, {"fct_patent": families(3 + number)}, identity=str(number))
    found.note(Attempt("pinned", "0", "2026-11-22", "2026.11.0"))
    return found


@pytest.fixture
def settings(releases: Releases) -> Settings:
    folder = releases.folder.parents[1]
    return Settings(releases=releases.folder.parent, warehouse=folder / "warehouse.duckdb", threads=1)


def writable(path: Path) -> Path:
    path.chmod(0o644)
    return path


def versions(text: str) -> Callable[[Path], object]:
    return lambda home: (home / "versions.json").write_text(text)


def latest(target: str | None) -> Callable[[Path], object]:
    def change(home: Path) -> None:
        (home / "latest").unlink()
        if target is not None:
            (home / "latest").symlink_to(target)

    return change


def latest_as_folder(home: Path) -> None:
    (home / "latest").unlink()
    shutil.copytree(home / "2026.11.2", home / "latest")


def in_newest(name: str, change: Callable[[Path], object]) -> Callable[[Path], object]:
    return lambda home: change(writable(home / "2026.11.2" / name))


DAMAGE = {
    "versions.json is gone": (lambda home: (home / "versions.json").unlink(), "versions.json is missing"),
    "versions.json is empty": (versions(""), "versions.json is damaged"),
    "versions.json is cut": (versions('[{"status": "publ'), "versions.json is damaged"),
    "versions.json is no list": (versions("{}"), "versions.json is damaged"),
    "versions.json lists nothing": (versions("[]"), "not listed in versions.json"),
    "latest is gone": (latest(None), "latest is missing"),
    "latest leads nowhere": (latest("2026.01.7"), "latest leads to '2026.01.7', which is no listed"),
    "latest leads outside": (latest("/etc"), "latest leads to '/etc', which is no listed release"),
    "latest is a folder": (latest_as_folder, "latest leads to 'no link'"),
    "a Parquet file is gone": (in_newest("fct_patent.parquet", os.remove), "fct_patent.parquet is missing"),
    "a Parquet file is cut": (
        in_newest("fct_patent.parquet", lambda file: file.write_bytes(file.read_bytes()[:100])),
        "fct_patent.parquet has another hash",
    ),
    "the database is another": (
        in_newest("corepath.duckdb", lambda file: file.write_text("no database")),
        "corepath.duckdb has another hash",
    ),
    "the metadata are cut": (
        in_newest("datapackage.json", lambda file: file.write_text("{")),
        "datapackage.json has another hash",
    ),
    "the sums are gone": (in_newest("SHA256SUMS", os.remove), "SHA256SUMS"),
    "a release is gone": (
        lambda home: shutil.rmtree(home / "2026.11.1"),
        "2026.11.1 is listed and not there",
    ),
}


@pytest.mark.whole
@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_found_and_repaired_without_a_change_of_what_was_published(
    damage: str, releases: Releases, settings: Settings
) -> None:
    assert list(examine(settings)) == []
    change, said = DAMAGE[damage]
    change(releases.folder)
    published = {file: file.read_bytes() for file in releases.folder.glob("2*/*") if not file.is_symlink()}

    found = list(examine(settings))
    assert said in " ".join(map(str, found))
    for finding in found:
        assert finding.consequence
        assert finding.remedy

    for finding in examine(settings):
        if finding.repair:
            finding.repair()
    left = [str(finding) for finding in examine(settings)]
    # What was published cannot be rebuilt: it stays as it is, and the sentence too.
    assert all("2026.11.2 is damaged" in finding for finding in left)
    latest_now = releases.latest()
    assert latest_now is not None
    assert latest_now.version == ("2026.11.1" if left else "2026.11.2")
    assert {file: file.read_bytes() for file in published} == published
    assert publish(releases, {"fct_patent": families(9)}).name == "2026.11.3"


@pytest.mark.parametrize("damage", [name for name in DAMAGE if name.startswith(("versions", "latest"))])
def test_a_run_meets_damage_with_the_command_that_repairs(damage: str, releases: Releases) -> None:
    DAMAGE[damage][0](releases.folder)
    with pytest.raises(BadInput, match="corepath doctor --repair"):
        releases.latest()


def test_a_list_that_is_rebuilt_tells_what_metadata_tell_and_keeps_the_old_text(
    releases: Releases, settings: Settings
) -> None:
    before = [a for a in releases.attempts() if a.status == "published"]
    versions('[{"status"')(releases.folder)
    for finding in examine(settings):
        assert finding.repair
        finding.repair()
    for old, new in zip(before, releases.attempts(), strict=True):
        assert (new.version, new.identity, new.rows, new.sums) == (
            old.version,
            old.identity,
            old.rows,
            old.sums,
        )
    (aside,) = releases.folder.glob("versions.json.damaged-*")
    assert aside.read_text() == '[{"status"'


def test_a_clock_that_goes_back_does_not_break_the_order_of_versions(releases: Releases) -> None:
    from datetime import UTC, datetime

    assert releases.next_version(datetime(2025, 3, 1, tzinfo=UTC)) == "2026.11.3"
    assert releases.next_version(datetime(2026, 12, 1, tzinfo=UTC)) == "2026.12.0"


def test_a_warehouse_that_cannot_be_read_is_set_aside(settings: Settings) -> None:
    settings.warehouse.write_bytes(b"no database at all" * 1000)
    (finding,) = examine(settings)
    assert "cannot be read" in finding.problem
    assert finding.repair
    finding.repair()
    assert not settings.warehouse.exists()
    assert list(settings.warehouse.parent.glob("warehouse.duckdb.damaged-*"))
    assert list(examine(settings)) == []


def test_a_damaged_block_of_the_warehouse_is_found(settings: Settings) -> None:
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute("create schema raw")
        for table in ("source_file", "rejects"):
            connection.execute(f"create table raw.{table} as select random() as x from range(100000)")
    assert list(examine(settings)) == [], "sound before it is damaged"
    content = bytearray(settings.warehouse.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 4096] = bytes(b ^ 0xFF for b in content[middle : middle + 4096])
    settings.warehouse.write_bytes(content)
    assert [finding.place for finding in examine(settings)] == [str(settings.warehouse)]


def test_what_was_planted_in_a_release_is_not_run(releases: Releases, tmp_path: Path) -> None:
    """A view in the place of a table that reads a file of the reader's machine."""
    secret = tmp_path / "secret.txt"
    secret.write_text("a secret of this machine")
    release = releases.path("2026.11.2")
    writable(release / "corepath.duckdb")
    with duckdb.connect(str(release / "corepath.duckdb")) as connection:
        connection.execute("alter table meta.release rename to was")
        connection.execute(
            "create view meta.release as select was.* replace "
            f"((select content from read_text('{secret}')) as version, "
            f"(select content from read_text('{secret}')) as schema_version) from meta.was"
        )
    with pytest.raises(BadInput, match=r"holds more than tables \(release\)"):
        schema.as_markdown(release)


@pytest.mark.parametrize(
    "statement",
    [
        "from read_text('{secret}')",
        "from read_csv('{secret}')",
        "attach '{secret}.duckdb' as other",
        "install httpfs",
        "load httpfs",
        "set enable_external_access = true",
        "set threads = 3",
        "copy (select 1) to '{secret}.csv'",
    ],
)
def test_the_connection_to_a_release_reaches_nothing_else(
    statement: str, releases: Releases, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("a secret of this machine")
    with opened(releases.path("2026.11.2")) as connection, pytest.raises(duckdb.Error):
        connection.execute(statement.format(secret=secret)).fetchall()
    assert not Path(f"{secret}.csv").exists()


def test_a_line_of_json_that_is_no_attempt_is_damage(releases: Releases) -> None:
    entries = json.loads((releases.folder / "versions.json").read_text())
    (releases.folder / "versions.json").write_text(json.dumps([*entries, {"status": "published"}]))
    with pytest.raises(BadInput, match="is damaged"):
        releases.attempts()
