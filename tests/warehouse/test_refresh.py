"""The whole job: it publishes what changed, refuses what is wrong, and survives being killed."""

import contextlib
import gzip
import hashlib
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import types
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from corepath.synthetic import topic as topics
from corepath.warehouse.database import reading
from corepath.warehouse.errors import BadInput, Busy, CorepathError, Refused, Unavailable, UsageError
from corepath.warehouse.plan import as_text, foresee, resolve
from corepath.warehouse.refresh import plain, refresh
from corepath.warehouse.release import diff
from corepath.warehouse.release.assemble import compare_with_latest
from corepath.warehouse.release.repository import Attempt, Releases, now, write_json
from corepath.warehouse.settings import ROOT, Settings
from corepath.warehouse.validate.suites import Suite
from corepath.warehouse.validate.validator import Job, Result
from tests.releases import families, publish

TOPIC = "information_technology"
UNITED_STATES_GRANTS = 371 + 1  # of the weekly files, and a design in a file of its own


@pytest.fixture(autouse=True)
def told(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """What the run logs."""
    caplog.set_level(logging.INFO, "corepath")
    return caplog


def test_a_step_that_the_system_refuses_to_read_is_tried_again(monkeypatch) -> None:
    monkeypatch.setattr("corepath.warehouse.refresh.RETRY_SECONDS", 0)
    answers = iter([Unavailable("lost"), Unavailable("still"), None])

    def work() -> str:
        if error := next(answers):
            raise error
        return "read"

    assert plain("load", work, 2) == "read"
    answers = iter([Unavailable("lost"), BadInput("damaged")])
    with pytest.raises(BadInput, match="damaged"):
        plain("load", work, 2)


def test_the_sample_becomes_a_release_of_every_mart(sample_release) -> None:
    outcome = sample_release.outcome
    home = sample_release.releases / TOPIC
    assert (outcome.status, outcome.topic) == ("published", TOPIC)
    assert outcome.path == home / outcome.version
    assert (home / "latest").resolve() == outcome.path.resolve()
    assert sorted(p.stem for p in outcome.path.glob("*.parquet")) == sorted(outcome.rows)
    assert {t for t in outcome.rows if t.startswith("fct_")} >= {"fct_patent", "fct_country_year"}
    # No technology of the sample is key core, so that none has a reference; hardly a family is old
    # enough for its later citations to be known.
    empty = {table for table, rows in outcome.rows.items() if not rows}
    assert empty == {"fct_reference_path", "fct_validity"}
    assert rows_of(sample_release.database, "marts") == outcome.rows


def test_every_row_of_the_sample_is_loaded_or_rejected(sample_release) -> None:
    files = ledger(sample_release.warehouse)
    assert len(files) == 10
    assert all(f["rows"] == f["loaded"] + f["rejected"] for f in files)
    assert [f["loaded"] for f in files if f["source"] == "ppubs"] == [5404]
    assert sum(f["loaded"] for f in files if f["source"] == "uspto") == UNITED_STATES_GRANTS


def test_nothing_rejects_the_sample_and_every_result_is_told(sample_release) -> None:
    results = sample_release.outcome.results
    assert {r.table for r in results} == {p.stem for p in (ROOT / "expectations").glob("*.json")}
    assert not [r for r in results if r.rejects]


@pytest.mark.whole
def test_the_same_input_again_rebuilds_and_publishes_nothing(own_sample, told) -> None:
    def everything() -> Any:
        files = sorted((own_sample.releases / TOPIC).rglob("*"))
        return (
            ledger(own_sample.warehouse),
            built(own_sample.warehouse),
            [(f, f.lstat().st_mtime_ns, f.lstat().st_ino) for f in files if f.is_file()],
        )

    version = Releases(own_sample.releases, TOPIC).latest().version
    before = everything()
    outcome = refresh(own_sample)
    assert (outcome.status, outcome.version) == ("unchanged", version)
    assert outcome.path == own_sample.releases / TOPIC / version
    assert everything() == before
    assert [r.getMessage() for r in told.records] == [f"{TOPIC} {version} is up to date: nothing changed"]


@pytest.mark.whole
@pytest.mark.parametrize("threads", [1, 2])
def test_the_same_input_gives_the_same_bytes_elsewhere_on_any_number_of_threads(
    threads: int, sample_release, tmp_path: Path
) -> None:
    settings = fresh(tmp_path, threads=threads)
    # In a process of its own, in which Python orders sets of strings as it does nowhere else.
    code = (
        "import sys, contextlib, types, warehouse.refresh as r\n"
        "unvalidated = types.SimpleNamespace(validate=lambda jobs: [])\n"
        "r.Validator = lambda *_: contextlib.nullcontext(unvalidated)\n"
        "r.refresh(r.Settings.model_validate_json(sys.argv[1]))"
    )
    subprocess.run(
        [sys.executable, "-c", code, settings.model_dump_json()],
        cwd=ROOT,
        check=True,
        env=os.environ | {"PYTHONHASHSEED": str(threads)},
    )
    path = Releases(settings.releases, TOPIC).path()
    assert parquet_sums(path) == parquet_sums(sample_release.path)


@pytest.mark.whole
def test_a_release_that_fails_validation_is_refused_and_latest_stays(
    own_sample, told, tmp_path: Path
) -> None:
    home = own_sample.releases / TOPIC
    latest, known = (home / "latest").readlink(), sorted(p.name for p in home.iterdir())
    attempts = json.loads((home / "versions.json").read_text())
    settings = own_sample.model_copy(
        update={"sources": {**own_sample.sources, "ppubs": with_a_misread_number(tmp_path)}}
    )

    with pytest.raises(Refused) as refused:
        refresh(settings)

    assert "stg_document: claim_count is in range failed" in str(refused.value)
    assert "another number misread" in str(refused.value)
    assert any("claim_count is in range" in r.getMessage() for r in told.records)
    assert (home / "latest").readlink() == latest
    assert sorted(p.name for p in home.iterdir()) == known
    *before, noted = json.loads((home / "versions.json").read_text())
    assert before == attempts
    assert (noted["status"], noted["version"], noted["reason"]) == ("refused", None, str(refused.value))
    assert refresh(own_sample).status == "unchanged"


@pytest.mark.usefixtures("unvalidated")
def test_a_topic_that_selects_too_little_says_so_and_publishes_nothing(own_sample, topic_file) -> None:
    settings = own_sample.model_copy(update={"topic": topic_file("coatings", "C23C")})

    with pytest.raises(Refused, match=r"the topic coatings selects \d+ patent families") as refused:
        refresh(settings)

    assert "too few to analyse (at least 50" in str(refused.value)
    assert "nothing is published" in str(refused.value)
    home = own_sample.releases / "coatings"
    assert [p.name for p in home.iterdir()] == ["versions.json"]
    (noted,) = json.loads((home / "versions.json").read_text())
    assert (noted["status"], noted["reason"]) == ("refused", str(refused.value))


@pytest.mark.whole
@pytest.mark.parametrize("guarded", ["warehouse", "releases"])
def test_another_run_is_told_who_holds_the_files_and_changes_nothing(guarded: str, own_sample, held) -> None:
    path = {"warehouse": own_sample.warehouse, "releases": own_sample.releases / TOPIC}[guarded]
    before = ledger(own_sample.warehouse)
    with held(path) as process:
        with pytest.raises(Busy, match=rf"is held by another run \(process {process}\)"):
            refresh(own_sample)
        assert ledger(own_sample.warehouse) == before
    assert refresh(own_sample).status == "unchanged"


def test_a_program_that_reads_the_warehouse_is_told_to_read_releases(own_sample) -> None:
    reader = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only=True); "
        "print('open', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", reader, own_sample.warehouse],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(Busy, match=rf"another program has .*{other.pid}"):
            refresh(own_sample)
    assert refresh(own_sample).status == "unchanged"


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"sources": {}}, UsageError, "at least one source"),
        ({"sources": {"derwent": "x"}}, UsageError, "unknown source 'derwent'.*ppubs, uspto"),
        ({"topic": "cold_fusion"}, UsageError, "no topic 'cold_fusion'.*information_technology"),
        ({"topic": "absent.toml"}, BadInput, "absent.toml: cannot be read as a topic"),
        ({"sources": {"ppubs": "absent"}}, BadInput, "absent: no such file or folder"),
        ({"sources": {"ppubs": "empty"}}, BadInput, "holds no file that source ppubs reads"),
        ({"sources": {"ppubs": "cut.jsonl.gz"}}, BadInput, "cut.jsonl.gz: cannot be decompress"),
        ({"sources": {"ppubs": "prose.jsonl"}}, BadInput, "none of its 2 rows can be read"),
        ({"sources": {"uspto": "prose.xml"}}, BadInput, "prose.xml"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_what_the_caller_can_correct_is_named(
    changes: dict[str, Any],
    error: type[CorepathError],
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("empty").mkdir()
    Path("cut.jsonl.gz").write_bytes(gzip.compress(b'{"guid": "US-1-A"}\n' * 9)[:-12])
    Path("prose.jsonl").write_text("Lorem ipsum\ndolor sit amet\n")
    Path("prose.xml").write_text("Lorem ipsum dolor sit amet\n")
    with pytest.raises(error, match=words):
        refresh(fresh(tmp_path, **changes))
    assert not list(tmp_path.rglob("versions.json"))


def test_a_country_that_does_not_exist_is_named(own_sample) -> None:
    settings = own_sample.model_copy(update={"countries": ["JP", "XX"]})
    with pytest.raises(UsageError, match="no such country: XX"):
        refresh(settings)


@pytest.mark.parametrize(
    ("count_as", "words"),
    [
        ('{ HK = "XX" }', "no such country: XX"),
        ('{ XX = "CN" }', "no such country: XX"),
        ('{ US = "CN" }', "US is to be compared, but count_as counts it as CN"),
    ],
)
def test_a_country_counts_as_none_that_does_not_exist_and_is_not_compared_as_well(
    own_sample, tmp_path: Path, count_as: str, words: str
) -> None:
    topic = tmp_path / "mine.toml"
    topic.write_text(f'name = "mine"\ntitle = "Mine"\nclasses = ["G06N"]\n[method]\ncount_as = {count_as}\n')
    with pytest.raises(UsageError, match=words):
        refresh(own_sample.model_copy(update={"topic": str(topic)}))


@pytest.mark.whole
@pytest.mark.usefixtures("unvalidated")
def test_a_run_killed_while_it_loads_hinders_no_later_run(sample_release, told, tmp_path: Path) -> None:
    settings = fresh(tmp_path)
    kill_when_it_says("uspto: ipg080101.small.xml.gz", settings)
    assert not settings.releases.joinpath(TOPIC, "latest").exists()

    outcome = refresh(settings)
    assert outcome.status == "published"
    assert outcome.rows == sample_release.outcome.rows
    assert not any("ppubs.jsonl.gz" in r.getMessage() for r in told.records), "read once is enough"
    content = ("source", "file", "bytes", "sha256", "rows", "loaded", "rejected")
    one, other = (
        [[file[field] for field in content] for file in ledger(warehouse)]
        for warehouse in (settings.warehouse, sample_release.warehouse)
    )
    assert one == other


@pytest.mark.whole
@pytest.mark.usefixtures("unvalidated")
def test_a_run_killed_before_it_publishes_leaves_latest_and_the_next_run_clears_up(own_sample, told) -> None:
    home = own_sample.releases / TOPIC
    latest = (home / "latest").readlink()
    settings = own_sample.model_copy(update={"countries": ["JP", "US"]})
    kill_when_it_says("marts.fct_patent:", settings)
    (left,) = home.glob(".draft-*")
    assert (home / "latest").readlink() == latest
    assert refresh(own_sample).status == "unchanged"

    outcome = refresh(settings)
    assert outcome.status == "published"
    assert (home / "latest").readlink() == Path(outcome.version) != latest
    warnings = [r.getMessage() for r in told.records if r.levelno == logging.WARNING]
    assert f"{left}: left behind by a run that did not end; removed" in warnings
    assert sorted(p.name for p in home.iterdir()) == sorted(
        ["latest", "versions.json", latest.name, outcome.version]
    )


@pytest.mark.whole
@pytest.mark.usefixtures("unvalidated")
def test_a_file_that_is_gone_takes_its_rows_with_it_and_nothing_else_is_read_again(
    own_sample, told, tmp_path: Path
) -> None:
    gone, documents = "ipg120103.small.xml.gz", 25
    before = ledger(own_sample.warehouse)
    published = Releases(own_sample.releases, TOPIC).latest().version
    fewer = tmp_path / "uspto"
    fewer.mkdir()
    for file in own_sample.sources["uspto"].iterdir():
        if file.name != gone:
            (fewer / file.name).symlink_to(file)
    staged = staged_documents(own_sample.warehouse)
    settings = own_sample.model_copy(update={"sources": {**own_sample.sources, "uspto": fewer}})

    outcome = refresh(settings)

    assert (outcome.status, outcome.version != published) == ("published", True)
    assert ledger(own_sample.warehouse) == [f for f in before if f["file"] != gone]
    with duckdb.connect(str(own_sample.warehouse), read_only=True) as db:
        tables = db.sql(
            "select table_name from duckdb_columns() where schema_name = 'raw' "
            "and column_name in ('_file', 'file')"
        ).fetchall()
        column = dict.fromkeys(("base_file", "rejects", "source_file", "unread"), "file")
        for (table,) in tables:
            where = f"{column.get(table, '_file')} = '{gone}'"
            assert db.sql(f"select count(*) from raw.{table} where {where}").fetchall() == [(0,)]
    left = staged_documents(own_sample.warehouse)
    assert left < staged
    assert len(staged - left) == documents
    messages = [r.getMessage() for r in told.records]
    assert f"uspto: {gone} is gone, its rows are removed" in messages
    assert not [m for m in messages if "rows loaded" in m]
    assert "ppubs.stg_document: up to date" in messages
    with duckdb.connect(str(outcome.path / "corepath.duckdb"), read_only=True) as db:
        files = db.sql("select file from meta.source_file").fetchall()
    assert len(files) == len(before) - 1
    assert (gone,) not in files
    change = json.loads((outcome.path / "changes.json").read_text())
    assert (change["before"], change["after"]) == (published, outcome.version)
    for table in change["tables"]:
        assert table["rows_after"] == outcome.rows[table["table"]]
        grown = table["added"] - table["removed"]
        assert table["rows_after"] == table["rows_before"] + grown
    assert f"from {published} to {outcome.version}" in (outcome.path / "changes.md").read_text()


@pytest.mark.whole
@pytest.mark.usefixtures("unvalidated")
def test_a_release_that_lost_too_many_rows_is_refused_and_latest_stays(own_sample) -> None:
    home = own_sample.releases / TOPIC
    latest = (home / "latest").readlink()
    twice = home / latest / "fct_patent.parquet"
    twice.chmod(0o644)
    rows = duckdb.sql(
        f"from '{twice}' union all select * replace ('x' || family_id as family_id) from '{twice}'"
    ).pl()
    rows.write_parquet(twice)
    package = home / latest / "datapackage.json"
    package.chmod(0o644)
    package.write_text(package.read_text().replace("sha256:", "sha256:0"))  # they differ, it says

    with pytest.raises(Refused, match=r"fct_patent has .* rows, .* \(-50\.0%\), and 20% may go"):
        refresh(own_sample.model_copy(update={"countries": ["JP", "US"]}))

    assert (home / "latest").readlink() == latest
    assert sorted(p.name for p in home.iterdir()) == sorted(["latest", "versions.json", latest.name])
    noted = json.loads((home / "versions.json").read_text())[-1]
    assert noted["status"] == "refused"
    assert "--allowed-drop 0.5" in noted["reason"]


@pytest.fixture
def compared(tmp_path: Path) -> Callable[..., diff.Change]:
    """Let a release of some marts come after another, as a run compares it before it publishes."""
    releases = Releases(tmp_path / "releases", "chips")

    def compare(before: dict, after: dict, damaged: str = "") -> diff.Change:
        home = publish(releases, before)
        if damaged:
            (home / damaged).chmod(0o644)
            (home / damaged).write_text("{}")
        after_it = Releases(tmp_path / "others", "chips")
        side = diff.read(publish(after_it, after))
        with reading(Settings(warehouse=tmp_path / "none")) as connection:
            return compare_with_latest(connection, releases, side, Settings().allowed_drop)

    return compare


def test_growth_rides_along_as_a_warning(compared, told) -> None:
    change = compared({"fct_patent": families(10)}, {"fct_patent": families(13)})
    (warning,) = change.warnings
    assert "fct_patent has 13 rows, 10 in 2026.11.0 (+30.0%)" in warning
    assert warning in [r.getMessage() for r in told.records if r.levelno == logging.WARNING]


def test_what_breaks_readers_is_refused_and_the_message_says_what_to_raise(compared) -> None:
    fewer = (families(10)[0], f"select topic, family_id from ({families(10)[1]})")
    with pytest.raises(Refused, match=r"column removed: fct_patent\.score\): raise .*SCHEMA_VERSION"):
        compared({"fct_patent": families(10)}, {"fct_patent": fewer})
    with pytest.raises(Refused, match="table removed: fct_x"):
        compared({"fct_patent": families(10), "fct_x": families(1)}, {"fct_patent": families(10)})


@pytest.mark.parametrize("damaged", ["datapackage.json", "fct_patent.parquet"])
def test_what_cannot_be_compared_is_not_published(damaged: str, compared) -> None:
    with pytest.raises(Refused, match=r"cannot be compared.*`corepath verify`"):
        compared({"fct_patent": families(10)}, {"fct_patent": families(11)}, damaged)


def test_the_same_input_after_a_rollback_leaves_latest_where_it_is(own_sample, told) -> None:
    releases = Releases(own_sample.releases, TOPIC)
    newer, identity = releases.latest().version, releases.latest().identity
    # The release is the newer of two: latest goes back to one of another identity.
    older = Attempt("published", "0" * 64, now(), "2025.1.0", rows={"fct_patent": 1})
    noted = json.loads((releases.folder / "versions.json").read_text())
    write_json(releases.folder / "versions.json", [asdict(older), *noted])
    shutil.copytree(releases.folder / newer, releases.folder / "2025.1.0")
    releases.note(Attempt("rolled back", "0" * 64, now(), "2025.1.0"))
    releases.point_to("2025.1.0")

    outcome = refresh(own_sample)

    assert (outcome.status, outcome.version) == ("withdrawn", "2025.1.0")
    assert releases.latest() == older
    assert [a.identity for a in releases.published().values()] == ["0" * 64, identity]
    (said,) = [r.getMessage() for r in told.records]
    assert f"`corepath rollback {newer}` takes it again" in said


@pytest.mark.whole
@pytest.mark.usefixtures("unvalidated")
def test_two_topics_share_one_staging(own_sample, told, topic_file) -> None:
    first = Releases(own_sample.releases, TOPIC)
    latest, marks = first.latest(), built(own_sample.warehouse)
    settings = own_sample.model_copy(update={"topic": topic_file("chips", "H01L")})

    outcome = refresh(settings)

    assert (outcome.status, outcome.topic) == ("published", "chips")
    assert outcome.path.parent == own_sample.releases / "chips"
    assert 0 < outcome.rows["fct_patent"] < latest.rows["fct_patent"]
    assert built(own_sample.warehouse) == marks
    messages = {r.getMessage() for r in told.records}
    assert messages >= {f"{table}: up to date" for table in marks}
    assert {t.split(".")[0] for t in marks} == {"ppubs", "uspto", "staging"}
    assert first.latest() == latest
    assert refresh(own_sample).status == "unchanged"


def fresh(folder: Path, **changes: Any) -> Settings:
    """Settings of a first refresh of the sample below a folder."""
    sources = {"ppubs": ROOT / "samples" / "ppubs", "uspto": ROOT / "samples" / "uspto"}
    (folder / "new").mkdir(exist_ok=True)
    topic = topics.write(folder / "new" / f"{TOPIC}.toml", preset="recommended", **topics.FEW_DRAWS)
    given = {"topic": str(topic), "sources": sources, "threads": 2} | changes
    return Settings(
        **given, warehouse=folder / "new" / "warehouse.duckdb", releases=folder / "new" / "releases"
    )


def with_a_misread_number(folder: Path) -> Path:
    """Add a document with more claims than any patent ever had to the sample's."""
    sample = ROOT / "samples" / "ppubs" / "ppubs.jsonl.gz"
    with gzip.open(sample, "rt") as lines:
        document = json.loads(next(lines))
    document |= {"guid": "US-99999999-B2", "numberOfClaims": "99999999"}
    dump = folder / "ppubs"
    dump.mkdir()
    (dump / sample.name).symlink_to(sample)
    (dump / "misread.jsonl").write_text(json.dumps(document))
    return dump


@pytest.mark.whole
def test_files_that_no_family_of_the_topic_has_to_do_with_lead_to_no_release(
    own_sample, told, tmp_path: Path
) -> None:
    """A cited design of 1990 comes and goes: the warehouse follows, and the topic is not built."""
    dump = tmp_path / "more"
    dump.mkdir()
    (dump / "ppubs.jsonl.gz").symlink_to(own_sample.sources["ppubs"] / "ppubs.jsonl.gz")
    design = {"guid": "US-D0300000-S", "datePublished": "1990-01-02T00:00:00Z", "inventionTitle": "Lamp"}
    (dump / "design.jsonl").write_text(json.dumps(design))
    settings = own_sample.model_copy(update={"sources": {**own_sample.sources, "ppubs": dump}})
    steps = []

    def step(name: str, work: Any, retries: int) -> Any:
        steps.append(name)
        return plain(name, work, retries)

    version = Releases(own_sample.releases, TOPIC).latest().version
    promised = as_text(foresee(resolve(settings))).splitlines()[-1]
    assert promised.startswith("build  publish")
    assert "that it reads of all patents changed" in promised
    outcome = refresh(settings, step)
    assert (outcome.status, outcome.version) == ("unchanged", version)
    assert {"staging.stg_document", "intermediate.int_family"} <= set(steps)
    assert not {"intermediate.int_score", "validate", "publish"} & set(steps)
    assert told.records[-1].getMessage().endswith("is up to date: nothing that the topic reads changed")
    with duckdb.connect(str(own_sample.warehouse), read_only=True) as db:
        found = db.sql("from staging.stg_document where publication_number = 'US-D300000-S'")
        assert len(found.fetchall()) == 1
    # What came of it is known from now on, before anything is built.
    told = as_text(foresee(resolve(settings)))
    assert told.splitlines()[-1] == f"skip   publish: {TOPIC} {version} is up to date"
    assert refresh(settings).status == "unchanged"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """The tables that were validated; all is well, and nothing is known."""
    tables: list[tuple[str, str]] = []

    def validate(jobs: list[Job]) -> list[Result]:
        tables.extend((suite.schema, suite.name) for job in jobs for suite in job.suites)
        return []

    def evaluate(_: object, suite: Suite, *__: object) -> list[Result]:
        tables.append((suite.schema, suite.name))
        return []

    stub = types.SimpleNamespace(validate=validate)
    monkeypatch.setattr("corepath.warehouse.refresh.Validator", lambda *_: contextlib.nullcontext(stub))
    monkeypatch.setattr("corepath.warehouse.refresh.evaluate", evaluate)
    return tables


@pytest.mark.whole
def test_a_second_topic_validates_no_table_again_that_has_not_changed(
    own_sample, sample_release, asked, tmp_path: Path
) -> None:
    outcome = refresh(own_sample.model_copy(update={"topic": other_topic(tmp_path)}))
    assert asked[:2] == [("meta", "source_file"), ("meta", "source_table")]
    assert {schema for schema, _ in asked[2:]} == {"marts"}
    first = [r for r in sample_release.outcome.results if r.table.startswith("stg_")]
    assert first
    # With the time at which they were found.
    assert sorted(map(repr, outcome.results)) == sorted(map(repr, first))


@pytest.mark.whole
def test_a_table_of_the_warehouse_that_changed_is_validated_again(own_sample, asked, tmp_path: Path) -> None:
    refresh(
        own_sample.model_copy(
            update={"sources": {**own_sample.sources, "ppubs": with_a_misread_number(tmp_path)}}
        )
    )
    assert ("staging", "stg_document") in asked


def test_a_bad_load_is_refused_before_anything_is_built(
    own_sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What loading counted and what the raw tables hold differ: the ledger is validated first."""
    steps = []

    def step(name: str, work: Any, retries: int) -> Any:
        steps.append(name)
        return plain(name, work, retries)

    bad = Result("source_table", "tables hold", None, "critical", "failed", "1", "They are damaged")
    odd = replace(bad, expectation="are fresh", severity="warning")
    found = iter([[odd], [bad]])
    monkeypatch.setattr("corepath.warehouse.refresh.evaluate", lambda *_: next(found))
    with pytest.raises(Refused, match="source_table: tables hold failed") as refused:
        refresh(own_sample.model_copy(update={"topic": other_topic(tmp_path)}), step)
    assert steps == ["load ppubs", "load uspto", "validate raw"]
    assert refused.value.results == [odd, bad]
    (noted,) = json.loads((own_sample.releases / "other" / "versions.json").read_text())
    assert noted["status"] == "refused"
    assert not list((own_sample.releases / "other").glob(".draft*"))


def other_topic(folder: Path) -> str:
    """Write a topic of its own name that takes in what the sample holds most of."""
    file = folder / "other.toml"
    file.write_text('name = "other"\ntitle = "Other"\nclasses = ["G06F", "H04L"]\n')
    return str(file)


def kill_when_it_says(words: str, settings: Settings) -> None:
    """Start a refresh and kill it, as the kernel kills, once its log starts a line with words."""
    code = (
        "import logging, sys; from warehouse.refresh import refresh, Settings\n"
        "logging.basicConfig(level=logging.INFO, format='%(message)s', stream=sys.stdout)\n"
        "refresh(Settings.model_validate_json(sys.argv[1]))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, settings.model_dump_json()],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        try:
            assert any(line.startswith(words) for line in process.stdout)
        finally:
            os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL


def ledger(warehouse: Path) -> list[dict[str, Any]]:
    """What the warehouse says of each raw file."""
    with duckdb.connect(str(warehouse), read_only=True) as db:
        return db.sql("from raw.source_file order by source, file").pl().to_dicts()


def built(warehouse: Path) -> dict[str, str]:
    """What each table that the warehouse keeps was made of."""
    with duckdb.connect(str(warehouse), read_only=True) as db:
        return dict(db.sql("from raw.materialized").fetchall())


def staged_documents(warehouse: Path) -> set[str]:
    with duckdb.connect(str(warehouse), read_only=True) as db:
        found = db.sql("select publication_number from staging.stg_document").fetchall()
    return {number for (number,) in found}


def rows_of(database: Path, schema: str) -> dict[str, int]:
    with duckdb.connect(str(database), read_only=True) as db:
        tables = db.sql(f"select table_name from duckdb_tables() where schema_name = '{schema}'").fetchall()
        return {
            table: db.sql(f"select count(*) from {schema}.{table}").fetchall()[0][0] for (table,) in tables
        }


def parquet_sums(release: Path) -> dict[str, str]:
    files = sorted(release.glob("*.parquet"))
    return {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in files}
