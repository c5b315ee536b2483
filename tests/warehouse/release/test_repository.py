"""A release: whole or not there, described to the last column, and the same for every reader."""

import contextlib
import hashlib
import json
import logging
import os
import shutil
import stat
import tempfile
import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from corepath.warehouse.build.builder import MART_TYPES
from corepath.warehouse.build.graph import describe, discover
from corepath.warehouse.database import SCHEMA_VERSION
from corepath.warehouse.errors import UsageError
from corepath.warehouse.release.repository import Releases, asked, topics, write_sums
from corepath.warehouse.settings import ROOT
from corepath.warehouse.sources import available

NOVEMBER = datetime(2026, 11, 22, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 1, tzinfo=UTC)
ARROW_TYPES = {
    "int64": "integer",
    "double": "number",
    "string": "string",
    "bool": "boolean",
    "date32[day]": "date",
}


@pytest.fixture
def releases(tmp_path: Path) -> Releases:
    return Releases(tmp_path / "releases", "chips")


def publish(releases: Releases, content: str = "x", today: datetime = NOVEMBER) -> Path:
    draft = releases.draft()
    (draft / "corepath.duckdb").write_text(content)
    write_sums(draft)
    return releases.publish(draft, content, {"fct": 1}, releases.next_version(today))


def test_versions_count_within_a_month_and_start_again_with_the_next(releases: Releases) -> None:
    november = [publish(releases).name for _ in range(12)]
    assert november == [f"2026.11.{n}" for n in range(12)]
    december = [publish(releases, today=DECEMBER).name for _ in range(2)]
    assert december == ["2026.12.0", "2026.12.1"]
    assert [a.version for a in releases.attempts()] == november + december
    assert releases.latest() == releases.attempts()[-1]
    assert releases.path() == releases.folder / "2026.12.1"
    assert releases.path("2026.11.10") == releases.folder / "2026.11.10"


def test_a_refused_attempt_takes_no_version_and_is_not_the_latest(releases: Releases) -> None:
    releases.refuse("one", "too small")
    assert releases.latest() is None
    assert publish(releases, "two").name == "2026.11.0"
    releases.refuse("three", "a key is not unique")
    assert releases.next_version(NOVEMBER) == "2026.11.1"
    latest = releases.latest()
    assert latest is not None
    assert latest.identity == "two"
    assert [(a.status, a.version, a.reason) for a in releases.attempts()] == [
        ("refused", None, "too small"),
        ("published", "2026.11.0", None),
        ("refused", None, "a key is not unique"),
    ]


def test_topics_are_those_that_were_published_or_refused(releases: Releases) -> None:
    assert topics(releases.folder.parent) == []
    publish(releases)
    Releases(releases.folder.parent, "batteries").refuse("x", "too small")
    assert topics(releases.folder.parent) == ["batteries", "chips"]


def test_topics_with_a_release_are_known_by_how_they_were_asked_for(releases: Releases) -> None:
    publish(releases)
    Releases(releases.folder.parent, "batteries").refuse("x", "too small")
    strict = Releases(releases.folder.parent, "chips_strict")
    draft = strict.draft()
    write_sums(draft)
    strict.publish(draft, "x", {}, strict.next_version(NOVEMBER), "chips:strict")
    assert asked(releases.folder.parent) == ["chips", "chips:strict"]


def test_a_version_that_is_not_there_is_told_with_those_that_are(releases: Releases) -> None:
    with pytest.raises(UsageError, match="no release; it has none yet"):
        releases.path()
    publish(releases)
    with pytest.raises(UsageError, match=r"no version 2025\.1\.0; it has 2026\.11\.0"):
        releases.path("2025.1.0")


@pytest.mark.parametrize(
    ("dies_in", "noted"), [("note", ["2026.11.0"]), ("symlink_to", ["2026.11.0", "2026.11.1"])]
)
def test_a_run_that_dies_while_it_publishes_leaves_latest_and_the_next_run_publishes(
    dies_in: str, noted: list[str], releases: Releases, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(releases, "one")

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Releases if dies_in == "note" else Path, dies_in, die)
        with pytest.raises(KeyboardInterrupt):
            publish(releases, "two")

    latest = releases.folder / "latest" / "corepath.duckdb"
    assert latest.read_text() == "one"
    assert releases.path() == releases.folder / "2026.11.0"
    assert [attempt.version for attempt in releases.attempts()] == noted

    version = publish(releases, "two").name
    assert version not in noted
    assert latest.read_text() == "two"
    assert [attempt.version for attempt in releases.attempts()] == [*noted, version]
    folders = {p.name for p in releases.folder.iterdir() if p.is_dir() and not p.is_symlink()}
    assert folders == {"2026.11.0", "2026.11.1", "2026.11.2"}  # a finished one is never removed


def test_a_run_that_dies_at_any_step_of_publishing_leaves_latest_and_hinders_no_later_run(
    releases: Releases, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(releases, "one")
    latest = releases.folder / "latest" / "corepath.duckdb"
    changing = [
        (os, "fsync"),
        *((Path, each) for each in ("chmod", "rename", "replace", "symlink_to", "unlink")),
    ]
    for step in range(100):
        before, content = latest.read_text(), f"step {step}"
        left = step

        def die_in_time(work: Callable[..., object], *given: Any, **options: Any) -> object:
            nonlocal left
            left -= 1
            if left < 0:
                raise KeyboardInterrupt
            return work(*given, **options)

        draft = releases.draft()
        assert not [p for p in releases.folder.glob(".*-*") if p != draft], "the rest is cleared"
        (draft / "corepath.duckdb").write_text(content)
        write_sums(draft)
        with monkeypatch.context() as patch:
            for home, name in changing:
                work = getattr(home, name)
                patch.setattr(home, name, lambda *a, w=work, **k: die_in_time(w, *a, **k))
            with contextlib.suppress(KeyboardInterrupt):
                releases.publish(draft, content, {"fct": 1}, releases.next_version(NOVEMBER))
        found = releases.latest()
        assert found is not None
        assert latest.read_text() == found.identity
        if left >= 0:
            break
        assert latest.read_text() in (before, content)
    assert 9 <= step < 99, "each step had its turn"
    assert latest.read_text() == content
    stated = [a.version for a in releases.attempts()]
    assert stated == sorted(set(stated), key=lambda v: int(str(v).rsplit(".")[-1]))


def test_nobody_elses_hidden_files_are_removed_with_drafts(releases: Releases) -> None:
    publish(releases, "one")
    left = [".draft-12", ".latest-3", ".versions.json-45", ".2026.11.9-6"]
    others = [".env-production", ".pre-commit-config.yaml", ".my-notes", ".draft-of-mine", ".2026-11"]
    for name in left + others:
        (releases.folder / name).mkdir()
    releases.clear()
    hidden = {path.name for path in releases.folder.glob(".*")}
    assert hidden == set(others)


def test_drafts_of_runs_that_did_not_end_are_removed_with_a_warning(
    releases: Releases, caplog: pytest.LogCaptureFixture
) -> None:
    left = releases.folder / ".draft-1"
    left.mkdir(parents=True)
    (left / "corepath.duckdb").write_text("half")
    with caplog.at_level(logging.WARNING, "corepath"):
        draft = releases.draft()
    assert {path.name for path in releases.folder.iterdir()} == {draft.name, "versions.json"}
    assert list(draft.iterdir()) == []
    assert [r.getMessage() for r in caplog.records] == [
        f"{left}: left behind by a run that did not end; removed"
    ]


def test_whoever_reads_versions_json_while_it_is_written_reads_all_of_it(releases: Releases) -> None:
    releases.refuse("first", "too small")
    seen, done = [], threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.append(len(releases.attempts()))

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(100):
        releases.refuse(str(number), "x" * 1000)
    done.set()
    reader.join()
    assert len(seen) > 1, "a read that fails ends the reader"
    assert seen == sorted(seen)
    assert [p.name for p in releases.folder.iterdir()] == ["versions.json"]


def test_versions_json_tells_of_the_sample_all_there_is(sample_release) -> None:
    home = sample_release.path.parent
    (entry,) = json.loads((home / "versions.json").read_text())
    assert entry.keys() == {"status", "identity", "at", "version", "reason", "rows", "sums", "asked"}
    sums = (sample_release.path / "SHA256SUMS").read_bytes()
    assert entry["sums"] == hashlib.sha256(sums).hexdigest()
    assert entry["status"] == "published"
    assert entry["version"] == sample_release.outcome.version
    assert entry["rows"] == sample_release.outcome.rows
    assert entry["reason"] is None
    assert len(bytes.fromhex(entry["identity"])) == 32
    at = datetime.fromisoformat(entry["at"])
    assert at.tzinfo is not None
    assert at <= datetime.now(UTC)
    assert entry["version"].rsplit(".", 1)[0] == at.strftime("%Y.%m")


def test_latest_is_relative_so_that_releases_can_be_moved(sample_release, tmp_path: Path) -> None:
    pointer = sample_release.path.parent / "latest"
    assert pointer.is_symlink()
    assert pointer.readlink() == Path(sample_release.outcome.version)
    moved = shutil.copytree(sample_release.releases, tmp_path / "moved", symlinks=True)
    topic = sample_release.outcome.topic
    assert (moved / topic / "latest").resolve() == (moved / topic / pointer.readlink()).resolve()
    assert Releases(moved, topic).path().is_relative_to(moved)


def test_a_release_holds_what_it_says_and_nobody_can_write_it(sample_release) -> None:
    files = {p.name: p for p in sample_release.path.iterdir()}
    beside = {
        "corepath.duckdb",
        "SHA256SUMS",
        "datapackage.json",
        "croissant.json",
        "validation.json",
        "changes.json",
        "changes.md",
        "report.html",
        "explore.html",
        "data_docs.html",
        "dictionary.html",
        "recipe.json",
        "topic.toml",
    }
    assert files.keys() == beside | {f"{mart}.parquet" for mart in sample_release.outcome.rows}
    writable = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
    assert not [name for name, path in files.items() if path.stat().st_mode & writable]


def test_sha256sums_verify_every_file(sample_release) -> None:
    sums = {}
    for line in (sample_release.path / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ")
        sums[name] = digest
    assert sums == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sample_release.path.iterdir()
        if path.name != "SHA256SUMS"
    }


def test_validation_json_and_meta_hold_the_results(sample_release) -> None:
    results = [vars(result) for result in sample_release.outcome.results]
    assert json.loads((sample_release.path / "validation.json").read_text()) == results
    with duckdb.connect(str(sample_release.database), read_only=True) as db:
        rows = db.sql("from meta.validation_result").fetchall()
    assert rows == [tuple(result.values()) for result in results]


def test_the_data_package_describes_every_parquet_file(sample_release) -> None:
    listed = {resource["path"]: resource for resource in marts_of(sample_release)}
    assert listed.keys() == {p.name for p in sample_release.path.glob("*.parquet")}
    for name, resource in listed.items():
        path = sample_release.path / name
        assert resource["bytes"] == path.stat().st_size
        assert resource["hash"] == f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
        fields = [(f["name"], f["type"]) for f in resource["schema"]["fields"]]
        schema = pq.read_schema(path)
        assert fields == [(field.name, ARROW_TYPES[str(field.type)]) for field in schema]
        assert all(f["description"].strip() for f in resource["schema"]["fields"])
        assert resource["description"].strip()
        assert pq.read_metadata(path).num_rows == sample_release.outcome.rows[path.stem]


def test_the_data_package_lists_the_other_files_but_those_made_of_it(sample_release) -> None:
    resources = package_of(sample_release)["resources"]
    assert len({resource["name"] for resource in resources}) == len(resources)
    others = {r["path"]: r for r in resources if r not in marts_of(sample_release)}
    files = {p.name for p in sample_release.path.iterdir() if p.suffix != ".parquet"}
    assert others.keys() == files - {"datapackage.json", "croissant.json", "SHA256SUMS"}
    for name, resource in others.items():
        content = (sample_release.path / name).read_bytes()
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"


def test_the_data_package_names_the_release_and_its_sources(sample_release) -> None:
    package = package_of(sample_release)
    outcome = sample_release.outcome
    assert package["version"] == outcome.version
    assert package["name"] == "corepath-information-technology"
    about = package["corepath"]
    assert (about["topic"], about["schema_version"]) == (outcome.topic, SCHEMA_VERSION)
    assert json.loads(about["rows"]) == outcome.rows
    assert json.loads(about["method"])["core_share"] == 0.1
    (noted,) = json.loads((sample_release.path.parent / "versions.json").read_text())
    assert about["identity"] == noted["identity"]
    read = [available()[name] for name in about["sources"].split(",")]
    assert {s["path"] for s in package["sources"]} == {source.url for source in read}
    with duckdb.connect(str(sample_release.database), read_only=True) as db:
        (release,) = db.sql("from meta.release").pl().to_dicts()
        sources = db.sql("from meta.source_file").pl().to_dicts()
    assert release == about
    assert uuid.UUID(about["run_id"])
    assert json.loads(about["parameters"])["reject_share"] == 0.1
    assert all(s["licence"] and s["credit"] and s["url"] and s["sha256"] for s in sources)


def test_what_a_mart_refers_to_is_there(sample_release) -> None:
    marts = {resource["name"]: resource for resource in marts_of(sample_release)}
    keys = [(mart, key) for mart in marts.values() for key in mart["schema"]["foreignKeys"]]
    assert len(keys) > 30
    for mart, key in keys:
        target = marts[key["reference"]["resource"]]
        assert key["reference"]["fields"] == target["schema"]["primaryKey"]
        own = ", ".join(key["fields"])
        unknown = duckdb.sql(
            f"select {own} from '{sample_release.path / mart['path']}' "
            f"where ({' or '.join(f'{field} is null' for field in key['fields'])}) is false "
            f"except select {', '.join(target['schema']['primaryKey'])} "
            f"from '{sample_release.path / target['path']}' limit 3"
        ).fetchall()
        assert unknown == [], f"{mart['name']} ({own}) -> {target['name']}"


def test_keys_are_unique_and_known_in_every_parquet_file(sample_release) -> None:
    for resource in marts_of(sample_release):
        key = ", ".join(resource["schema"]["primaryKey"])
        path = sample_release.path / resource["path"]
        rows, distinct, nulls = duckdb.sql(
            f"select count(*), count(distinct ({key})), "
            f"count(*) filter (where {key.replace(', ', ' is null or ')} is null) from '{path}'"
        ).fetchall()[0]
        assert (rows, nulls) == (distinct, 0), resource["name"]


@pytest.mark.whole
def test_parquet_files_hold_the_rows_of_the_database_in_order_of_key(sample_release) -> None:
    with duckdb.connect(str(sample_release.database), read_only=True) as db:
        for resource in marts_of(sample_release):
            path = sample_release.path / resource["path"]
            key = ", ".join(resource["schema"]["primaryKey"])
            mart = f"marts.{path.stem}"
            assert db.sql(f"from '{path}' except all from {mart}").fetchall() == []
            assert db.sql(f"from {mart} except all from '{path}'").fetchall() == []
            keys = db.sql(f"select {key} from '{path}'").fetchall()
            assert keys == db.sql(f"select {key} from '{path}' order by all").fetchall()


def test_every_mart_of_the_graph_is_published(sample_release) -> None:
    marts = {t.name for t in discover(available()).values() if t.schema == "marts"}
    assert set(sample_release.outcome.rows) == marts


def test_every_mart_and_column_carries_the_comment_of_the_data_dictionary(sample_release) -> None:
    with duckdb.connect(str(sample_release.database), read_only=True) as db:
        comments = db.sql(
            "select c.table_name, c.column_index, c.column_name, c.comment, t.comment "
            "from duckdb_columns() as c inner join duckdb_tables() as t using (table_oid) "
            "where c.schema_name = 'marts' order by all"
        ).fetchall()
        dictionary = db.sql(
            "select table_name, position, column_name, comment, table_comment "
            "from meta.data_dictionary order by all"
        ).fetchall()
        keys = db.sql(
            "select table_name, list(column_name) from meta.data_dictionary where is_key group by 1"
        ).fetchall()
    assert comments == dictionary
    assert {table for table, *_ in comments} == set(sample_release.outcome.rows)
    assert all(text and text.strip() for *_, column, table in comments for text in (column, table))
    assert {table: set(columns) for table, columns in keys} == {
        Path(r["path"]).stem: set(r["schema"]["primaryKey"]) for r in marts_of(sample_release)
    }


def test_descriptions_are_those_of_the_sql_files(sample_release) -> None:
    described = {Path(r["path"]).stem: r for r in marts_of(sample_release)}
    for table in discover(available()).values():
        if table.schema == "marts":
            description = describe(table)
            schema = described[table.name]["schema"]
            assert described[table.name]["description"] == description.text
            assert [
                (key["reference"]["resource"].replace("-", "_"), tuple(key["fields"]))
                for key in schema["foreignKeys"]
            ] == list(description.references)
            assert {f["name"]: f["description"] for f in schema["fields"]} == description.columns


def test_marts_hold_only_types_that_every_tool_reads(sample_release) -> None:
    with duckdb.connect(str(sample_release.database), read_only=True) as db:
        types = db.sql(
            "select distinct data_type from duckdb_columns() where schema_name = 'marts'"
        ).fetchall()
    assert {kind for (kind,) in types} <= {"BIGINT", "DOUBLE", "VARCHAR", "BOOLEAN", "DATE"}
    assert {"BIGINT", "DOUBLE", "VARCHAR", "BOOLEAN", "DATE"} == MART_TYPES


def test_only_marts_and_meta_are_published(sample_release) -> None:
    with duckdb.connect(str(sample_release.database), read_only=True) as db:
        tables = db.sql("select schema_name, table_name from duckdb_tables()").fetchall()
        schemas = db.sql("select schema_name from duckdb_schemas() where not internal").fetchall()
        views = db.sql("select view_name from duckdb_views() where not internal").fetchall()
    assert {name for schema, name in tables if schema == "meta"} == {
        "calibration",
        "data_dictionary",
        "release",
        "source",
        "source_count",
        "source_file",
        "source_table",
        "unread",
        "validation_result",
    }
    assert {schema for schema, _ in tables} == {"marts", "meta"}
    assert {schema for (schema,) in schemas} - {"main"} == {"marts", "meta"}
    assert views == []


def test_no_release_tells_a_path_of_the_machine_that_made_it(sample_release) -> None:
    places = {ROOT, Path.home(), Path(tempfile.gettempdir()), sample_release.releases.parent}
    needles = [f"{place}/" for place in places if place != Path("/")]
    texts = {path.name: path.read_bytes().decode(errors="replace") for path in sample_release.path.iterdir()}
    # How the topic was asked for stays with whoever publishes: a later refresh asks for it again.
    versions = sample_release.path.parent / "versions.json"
    texts[versions.name] = versions.read_text().replace(sample_release.topic, "")
    with duckdb.connect(str(sample_release.database), read_only=True) as db:
        for (table,) in db.sql(
            "select table_name from duckdb_tables() where schema_name = 'meta'"
        ).fetchall():
            texts[f"meta.{table}"] = str(db.sql(f"from meta.{table}").fetchall())
    assert [(name, n) for name, text in texts.items() for n in needles if n in text] == []


def package_of(sample_release) -> dict[str, Any]:
    return json.loads((sample_release.path / "datapackage.json").read_text())


def marts_of(sample_release) -> list[dict[str, Any]]:
    """Give the resources of the data package that are tables."""
    return [r for r in package_of(sample_release)["resources"] if "schema" in r]
