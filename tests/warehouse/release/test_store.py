"""Releases in an object store: the promises of a folder, held against a server that speaks S3."""

import hashlib
import json
import logging
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import Result
from pyarrow import fs
from pydantic import ValidationError
from typer.testing import CliRunner

from corepath.flows.cli import app
from corepath.warehouse.database import reading
from corepath.warehouse.errors import BadInput, Busy, CorepathError, Unavailable, UsageError
from corepath.warehouse.lake.lake import Lake, State
from corepath.warehouse.lake.load import find_files, load_one
from corepath.warehouse.place import checked, shown
from corepath.warehouse.refresh import refresh
from corepath.warehouse.release import store
from corepath.warehouse.release.history import prune, rollback
from corepath.warehouse.release.repository import Releases, StoredReleases, at, topics, write_sums
from corepath.warehouse.release.store import Store
from corepath.warehouse.release.verify import verify
from corepath.warehouse.settings import ROOT, Settings
from corepath.warehouse.sources import named
from tests.releases import families, publish

ENVIRONMENT = ROOT / ".venv-s3"
SECRET = "kept-to-itself"  # of the tests' own server


@contextmanager
def serve(**environment: str) -> Iterator[str]:
    """Start a server on a free port; give host and port."""
    python = ENVIRONMENT / "bin" / "python"
    if not python.exists():
        say = f"{ENVIRONMENT.name} is not there: `make test` makes it"
        if os.environ.get("CI") == "true":
            pytest.fail(say)
        pytest.skip(say)
    with subprocess.Popen(
        [python, "-m", "moto.server", "--host", "127.0.0.1", "--port", "0"],
        env={"PATH": os.environ["PATH"], **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stderr is not None
        try:
            running = (re.search(r"Running on http://(\S+)", line) for line in server.stderr)
            address = next(filter(None, running)).group(1)
            # It tells of every request: who does not read that lets it stand still.
            threading.Thread(target=server.stderr.read, daemon=True).start()
            yield address
        finally:
            server.kill()


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with serve() as address:
        yield address


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Be a machine with an empty cache and credentials for the server."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "corepath")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def filesystem(server: str) -> fs.S3FileSystem:
    return fs.S3FileSystem(
        endpoint_override=server, scheme="http", region="us-east-1", allow_bucket_creation=True
    )


@pytest.fixture
def uri(server: str, request: pytest.FixtureRequest) -> str:
    """A place in a bucket of the test's own."""
    bucket = f"test-{abs(hash(request.node.name)):x}"
    filesystem(server).create_dir(bucket)
    return f"s3://{bucket}/public?endpoint_override={server}&scheme=http"


@pytest.fixture
def raw(server: str, uri: str) -> fs.SubTreeFileSystem:
    """The objects of the topic `chips`, as others see them."""
    return fs.SubTreeFileSystem(f"{shown(uri)[5:]}/chips", filesystem(server))


@pytest.fixture
def connection(tmp_path: Path):
    with reading(Settings(warehouse=tmp_path / "none", threads=1)) as connection:
        yield connection


def chips(uri: str) -> StoredReleases:
    releases = at(uri, "chips")
    assert isinstance(releases, StoredReleases)
    return releases


def release(uri: str, rows: int = 10) -> Path:
    """Publish a release of so many families."""
    releases = chips(uri)
    with releases.held():
        return publish(releases, {"fct_patent": families(rows)}, str(rows))


def plain(releases: Releases, content: str) -> Path:
    """Publish a release of one file."""
    with releases.held():
        draft = releases.draft()
        (draft / "corepath.duckdb").write_text(content)
        write_sums(draft)
        return releases.publish(draft, content, {"fct": 1}, releases.next_version())


def text(raw: fs.FileSystem, name: str) -> str:
    with raw.open_input_stream(name, compression=None) as stream:
        return stream.read().decode()


def latest(raw: fs.FileSystem) -> str:
    """The version that `latest` names, as docs/readers.md tells to read it."""
    content = text(raw, "latest")
    assert len(content) == 16, "a size that changes would let readers cut a version's end off"
    return content.strip()


def names(raw: fs.FileSystem) -> set[str]:
    found = raw.get_file_info(fs.FileSelector("", recursive=True, allow_not_found=True))
    return {info.path for info in found if info.is_file}


def put(raw: fs.FileSystem, name: str, content: bytes) -> None:
    with raw.open_output_stream(name, compression=None) as stream:
        stream.write(content)


@pytest.fixture
def corepath(uri: str, monkeypatch, tmp_path: Path) -> Callable[..., Result]:
    """Run a command on the topic `chips` of the store."""
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(
        app, [*words, "--topic=chips", f"--releases={uri}"], env={"COLUMNS": "300", "TERM": "dumb"}
    )


# --- Published -----------------------------------------------------------------------------------


def test_a_release_arrives_whole_and_latest_names_it(uri, raw, server) -> None:
    first, second = release(uri, 10), release(uri, 11)
    assert [p.name for p in (first, second)] == ["2026.11.0", "2026.11.1"]
    assert latest(raw) == "2026.11.1"
    files = {file.name for file in second.iterdir()}
    assert {"corepath.duckdb", "datapackage.json", "fct_patent.parquet", "SHA256SUMS"} == files
    assert names(raw) == {"latest", "versions.json"} | {
        f"{version}/{file}" for version in ("2026.11.0", "2026.11.1") for file in files
    }
    for file in second.iterdir():
        with raw.open_input_stream(f"2026.11.1/{file.name}", compression=None) as stream:
            assert stream.read() == file.read_bytes()
    assert [a["version"] for a in json.loads(text(raw, "versions.json"))] == ["2026.11.0", "2026.11.1"]

    releases = chips(uri)
    newest = releases.latest()
    assert newest is not None
    assert (newest.version, newest.identity) == ("2026.11.1", "11")
    assert {p.name: p.read_bytes() for p in releases.path().iterdir()} == {
        p.name: p.read_bytes() for p in second.iterdir()
    }
    assert topics(uri) == ["chips"]
    assert not first.exists(), "one copy is enough on this machine"

    # As docs/readers.md tells: resolve `latest` once, then read below it.
    folder = f"{shown(uri)}/chips/{latest(raw)}"
    path = f"{folder}/fct_patent.parquet"
    assert pq.read_table(path[5:], filesystem=filesystem(server)).num_rows == 11
    assert len(pd.read_parquet(path[5:], filesystem=filesystem(server))) == 11
    options = {
        "aws_access_key_id": "corepath",
        "aws_secret_access_key": SECRET,
        "aws_region": "us-east-1",
        "aws_endpoint_url": f"http://{server}",
        "aws_allow_http": "true",
    }
    assert pl.read_parquet(path, storage_options=options).height == 11


@pytest.mark.whole
def test_every_command_on_releases_works_in_a_store(uri, corepath, tmp_path) -> None:
    assert f"No release in {shown(uri)} yet" in (
        CliRunner().invoke(app, ["versions", f"--releases={uri}"]).stdout
    )
    for rows in (10, 11, 12):
        release(uri, rows)
    place = f"{shown(uri)}/chips"

    told = corepath("verify")
    assert told.exit_code == 0, told.output
    assert told.stdout.endswith(f"{place}/2026.11.2 is whole: 4 files\n")
    change = json.loads(corepath("diff", "2026.11.0", "2026.11.2", "--json").stdout)
    assert [(t["table"], t["added"]) for t in change["tables"]] == [("fct_patent", 2)]
    assert corepath("pin", "2026.11.0").stdout == "2026.11.0 is pinned\n"
    assert corepath("rollback", "2026.11.1", "--why=wrong").stdout == (
        f"latest is 2026.11.1 now: {place}/2026.11.1\n"
    )
    again = corepath("rollback", "2026.11.1")
    assert (again.exit_code, again.stderr) == (2, f"corepath: {place}: 2026.11.1 is the latest already\n")
    release(uri, 13)
    assert corepath("prune", "--keep=1", "--yes").stdout == (
        f"removed {place}/2026.11.1\nremoved {place}/2026.11.2\n"
    )
    listed = corepath("versions").stdout
    for word in ("published (pinned)", "published (latest)", "rolled back", "pruned", "wrong"):
        assert word in listed
    gone = corepath("verify", "2026.11.2")
    assert gone.exit_code == 2
    assert "it was pruned at" in gone.stderr
    assert "claim" not in listed


@pytest.mark.whole
def test_a_whole_release_is_shown_described_and_exported_from_a_store(uri, sample_release, tmp_path) -> None:
    releases = at(uri, "information_technology")
    with releases.held():
        draft = releases.draft()
        shutil.copytree(sample_release.path, draft, dirs_exist_ok=True)
        releases.publish(draft, "x", {}, sample_release.path.name)

    def run(*words: str, place: object = uri) -> str:
        told = CliRunner().invoke(app, [*words, f"--releases={place}"], env={"COLUMNS": "300"})
        assert told.exit_code == 0, told.output
        return told.stdout

    assert run("schema") == run("schema", place=sample_release.releases)
    version = sample_release.path.name
    here, there = f"{sample_release.releases}", shown(uri)
    page = run("show")
    assert page == run("show", place=here).replace(here, there)
    assert f"duckdb -readonly '{there}/information_technology/{version}/corepath.duckdb'" in page
    assert str(tmp_path / "networks") in run("export", str(tmp_path / "networks"))


def test_a_rollback_and_a_prune_leave_what_versions_json_tells(uri, raw, connection) -> None:
    for rows in (10, 11, 12):
        release(uri, rows)
    releases = chips(uri)
    rollback(connection, releases, "2026.11.1")
    assert latest(raw) == "2026.11.1"
    assert [a.version for a in prune(releases, 1)] == ["2026.11.0"]
    assert {name.split("/")[0] for name in names(raw)} == {
        "latest",
        "versions.json",
        "2026.11.1",
        "2026.11.2",
    }
    stone = json.loads(text(raw, "versions.json"))[-1]
    assert (stone["status"], stone["version"], stone["rows"]) == ("pruned", "2026.11.0", {"fct_patent": 10})
    assert release(uri, 13).name == "2026.11.3"


def test_an_object_that_was_changed_removed_or_added_is_found(uri, raw, connection) -> None:
    release(uri)
    release(uri, 11)
    with raw.open_input_stream("2026.11.0/fct_patent.parquet") as stream:
        put(raw, "2026.11.0/fct_patent.parquet", stream.read().replace(b"chips", b"chaps"))
    raw.delete_file("2026.11.0/datapackage.json")
    put(raw, "2026.11.0/more.txt", b"more")
    sums = chips(uri).published()["2026.11.0"].sums
    found = verify(connection, chips(uri).path("2026.11.0"), sums)
    wrong = {c.file: c.problems for c in found if c.problems}
    assert "is missing" in wrong["datapackage.json"]
    assert "is not listed in SHA256SUMS" in wrong["more.txt"]
    assert "has another hash than SHA256SUMS says" in wrong["fct_patent.parquet"]
    assert wrong.keys() == {"datapackage.json", "fct_patent.parquet", "more.txt"}
    with pytest.raises(BadInput, match=r"s3://.*/public/chips/2026\.11\.0 is not whole: "):
        rollback(connection, chips(uri), "2026.11.0")
    assert latest(raw) == "2026.11.1"


@pytest.mark.parametrize(
    ("version", "name"), [("2026.11.0", "../escaped"), ("../..", "escaped"), ("2026.11.0", "/x")]
)
def test_a_name_that_leads_out_of_the_folder_is_refused(
    version: str, name: str, uri, monkeypatch, tmp_path
) -> None:
    # pyarrow itself cannot write such names, but other clients of a store can.
    releases = chips(uri)
    monkeypatch.setattr(releases._store, "objects", lambda _: {name: None})
    copy = tmp_path / "copy" / "deep"
    with pytest.raises(BadInput, match=f"an object has the name '{name}'; remove it"):
        releases._store.download(version, copy / version)
    assert not copy.exists()


# --- Killed --------------------------------------------------------------------------------------

UPLOAD = """
import sys
from tests.warehouse.release.test_store import chips, plain
from corepath.warehouse.release.repository import StoredReleases
from corepath.warehouse.release.store import Store
def stop(*_):
    print("here", flush=True)
    sys.stdin.read()
where = sys.argv[2]
if where == "half":  # the first file is there, SHA256SUMS is not
    Store._hash = stop
elif where == "whole":
    StoredReleases.note = stop
elif where == "listed":
    StoredReleases.point_to = stop
plain(chips(sys.argv[1]), "killed")
"""


@pytest.mark.whole
@pytest.mark.parametrize(
    ("where", "next_number"),
    [
        ("half", 1),
        pytest.param("whole", 2, marks=pytest.mark.slow),
        pytest.param("listed", 2, marks=pytest.mark.slow),
    ],
)
def test_a_publication_that_is_killed_leaves_latest_and_the_next_run_clears_up(
    where: str, next_number: int, uri, raw, monkeypatch, caplog, tmp_path
) -> None:
    version = plain(chips(uri), "good").name
    month = version.rpartition(".")[0]
    next_version = f"{month}.{next_number}"
    with subprocess.Popen(
        [sys.executable, "-c", UPLOAD, uri, where],
        cwd=ROOT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == "here\n"
        run.send_signal(signal.SIGKILL)
    assert f"{month}.1/corepath.duckdb" in names(raw)
    assert (f"{month}.1/SHA256SUMS" in names(raw)) == (where != "half")
    assert latest(raw) == version
    newest = chips(uri).latest()
    assert newest is not None
    assert newest.identity == "good"

    # Another machine cannot know that it died, until its claim is old.
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("XDG_CACHE_HOME", str(tmp_path / "elsewhere"))
        elsewhere.setattr(store, "WAIT_SECONDS", 0)
        with pytest.raises(Busy, match="its claim ends after 10 minutes"):
            plain(chips(uri), "other")

    with caplog.at_level(logging.WARNING, "corepath"):
        assert plain(chips(uri), "next").name == next_version
    said = " ".join(r.getMessage() for r in caplog.records)
    told = f"{shown(uri)}/chips/{month}.1: left behind by a run that did not end; removed"
    assert (told in said) == (where == "half")
    assert latest(raw) == next_version
    assert not [name for name in names(raw) if name.startswith(".")]
    assert not list(tmp_path.rglob(".draft-*"))


def test_a_prune_that_is_killed_is_finished_by_the_next_run(uri, raw, monkeypatch, caplog) -> None:
    for content in "abc":
        plain(chips(uri), content)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(StoredReleases, "put_aside", die)
        with pytest.raises(KeyboardInterrupt):
            prune(chips(uri), 1)
    assert len({name for name in names(raw) if name.endswith("/corepath.duckdb")}) == 3
    assert len(chips(uri).published()) == 1
    with caplog.at_level(logging.WARNING, "corepath"):
        assert prune(chips(uri), 1) == []
    assert len({name for name in names(raw) if name.endswith("/corepath.duckdb")}) == 1
    assert "left behind by a run that did not end" in caplog.text


# --- Several at once -----------------------------------------------------------------------------


def elsewhere(uri: str, monkeypatch, tmp_path: Path, name: str) -> StoredReleases:
    """See the releases from another machine, which shares no lock with this one."""
    with monkeypatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path / name))
        return chips(uri)


def test_two_machines_that_publish_at_once_give_two_whole_releases_or_one_gives_way(
    uri, raw, monkeypatch, tmp_path
) -> None:
    machines = [elsewhere(uri, monkeypatch, tmp_path, name) for name in ("one", "two")]
    start = threading.Barrier(2)
    ended: list[str | CorepathError] = []

    def run(releases: StoredReleases) -> None:
        start.wait()
        try:
            ended.append(plain(releases, releases.folder.as_posix()).name)
        except CorepathError as error:
            ended.append(error)

    threads = [threading.Thread(target=run, args=(releases,)) for releases in machines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done = sorted(e for e in ended if isinstance(e, str))
    assert done, ended
    assert all(isinstance(e, Busy) for e in ended if not isinstance(e, str)), ended
    releases = chips(uri)
    assert list(releases.published()) == done
    assert latest(raw) == done[-1]
    for version in done:
        copy = releases.path(version)
        sums = (copy / "SHA256SUMS").read_text()
        (copy / "SHA256SUMS").unlink()
        write_sums(copy)
        assert (copy / "SHA256SUMS").read_text() == sums
    assert not [name for name in names(raw) if name.startswith(".")]


def test_who_holds_the_releases_keeps_others_out_for_as_long_as_it_lives(uri, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(store, "RENEW_SECONDS", 0.3)
    monkeypatch.setattr(store, "WAIT_SECONDS", 0)
    one = elsewhere(uri, monkeypatch, tmp_path, "one")
    two = elsewhere(uri, monkeypatch, tmp_path, "two")
    with one.held():
        [(_, claimed)] = one._store.objects(store.CLAIMS).items()
        with pytest.raises(Busy, match="is held by another run, on another machine"):
            plain(two, "two")
        deadline = time.monotonic() + 20
        while one._store.objects(store.CLAIMS).popitem()[1] == claimed:
            assert time.monotonic() < deadline, "the claim is never renewed"
            time.sleep(0.1)
    assert plain(two, "two").exists()


def test_an_abandoned_claim_is_taken_over_and_who_wakes_up_late_writes_nothing(
    uri, raw, monkeypatch, tmp_path
) -> None:
    one = elsewhere(uri, monkeypatch, tmp_path, "one")
    two = elsewhere(uri, monkeypatch, tmp_path, "two")
    with one.held():
        draft = one.draft()
        write_sums(draft)
        with monkeypatch.context() as patch:
            patch.setattr(store, "ABANDONED", timedelta(seconds=-1))
            version = plain(two, "two").name
        with pytest.raises(Busy, match="stood still for so long that another took its place"):
            one.publish(draft, "one", {}, one.next_version())
        with pytest.raises(Busy, match="another took its place"):
            one.point_to("2020.1.0")
    assert latest(raw) == version
    assert {name.split("/")[0] for name in names(raw)} == {"latest", "versions.json", version}


def test_who_writes_without_a_claim_is_noticed(uri, raw) -> None:
    version = plain(chips(uri), "one").name
    releases = chips(uri)
    with releases.held():
        draft = releases.draft()
        write_sums(draft)
        put(raw, "versions.json", b"[]")
        with pytest.raises(Busy, match=r"versions\.json was changed by another; run again"):
            releases.publish(draft, "two", {}, "2026.11.1")
    assert text(raw, "versions.json") == "[]"
    assert latest(raw) == version


def test_a_version_that_is_there_is_never_written_again(uri, raw) -> None:
    version = plain(chips(uri), "one").name
    before = text(raw, f"{version}/corepath.duckdb")
    releases = chips(uri)
    with releases.held():
        draft = releases.draft()
        (draft / "corepath.duckdb").write_text("two")
        write_sums(draft)
        with pytest.raises(Busy, match=f"{version} is there already"):
            releases.publish(draft, "two", {}, version)
    assert text(raw, f"{version}/corepath.duckdb") == before == "one"


def test_readers_meet_only_whole_releases_while_others_are_published(uri, raw) -> None:
    plain(chips(uri), "0")
    done = threading.Event()
    seen: list[tuple[str, str]] = []

    def read() -> None:
        while not done.is_set():
            version = latest(raw)
            sums = text(raw, f"{version}/SHA256SUMS")
            content = text(raw, f"{version}/corepath.duckdb")
            assert hashlib.sha256(content.encode()).hexdigest() in sums
            assert version in chips(uri).published()
            seen.append((version, content))

    with ThreadPoolExecutor(2) as readers:
        tasks = [readers.submit(read) for _ in range(2)]
        try:
            published = [plain(chips(uri), str(number)).name for number in range(1, 6)]
        finally:
            done.set()
        for task in tasks:
            task.result()
    assert {int(content) for _, content in seen} <= set(range(6))
    assert len(set(seen)) == len({version for version, _ in seen}) > 1, "one content a version"
    assert latest(raw) == published[-1]


# --- What cannot be ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given",
    [
        f"s3://corepath:{SECRET}@bucket/prefix",
        f"s3://{SECRET}@bucket/prefix",
        f"abfs://container:{SECRET}@account.dfs.core.windows.net/prefix",
        f"gs://{SECRET}:x@bucket",
        f"s3://bucket/prefix?access_key={SECRET}&secret_key={SECRET}",
    ],
)
def test_a_uri_that_holds_a_secret_is_refused_and_not_repeated(given: str, monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValidationError) as refused:
        Settings(releases=given)
    assert "credentials" in str(refused.value) or "no option of s3://" in str(refused.value)
    with pytest.raises(UsageError) as at_the_store:
        at(given, "chips")
    told = CliRunner().invoke(app, ["versions", f"--releases={given}"])
    assert told.exit_code == 2
    for said in (str(refused.value), str(at_the_store.value), told.output):
        assert SECRET not in said.replace("access_key, secret_key", "")


def test_what_is_printed_and_published_has_no_credentials_and_no_options(
    uri, raw, corepath, server, caplog
) -> None:
    with caplog.at_level(logging.DEBUG):
        release(uri)
        release(uri, 11)
    said = [corepath("versions"), corepath("verify"), corepath("rollback", "2026.11.0")]
    assert all(result.exit_code == 0 for result in said)
    texts = [result.output for result in said] + [caplog.text]
    for name in names(raw):
        with raw.open_input_stream(name, compression=None) as stream:
            texts.append(stream.read().decode(errors="replace"))
    for part in (SECRET, server, "endpoint_override"):
        assert [t for t in texts if part in t] == []


def test_a_place_is_a_folder_or_a_uri_that_is_known(monkeypatch) -> None:
    assert Settings(releases="some/folder").releases == Path("some/folder")
    assert Settings().releases == Path("releases")
    monkeypatch.setenv("COREPATH_RELEASES", "gs://bucket/prefix")
    assert Settings().releases == "gs://bucket/prefix"
    assert Settings.model_validate(Settings().model_dump(mode="json")) == Settings()
    for wrong, says in (
        ("ftp://host/x", "ftp:// is no place for releases"),
        ("file:///tmp/x", "file:// is no place for releases"),
        ("s3://bucket?endpiont=x", "endpiont: no option of s3://"),
        ("s3:///prefix", "write s3://bucket/prefix"),
    ):
        with pytest.raises(ValidationError, match=says):
            Settings(releases=wrong)


@pytest.mark.parametrize(
    ("given", "kind", "path"),
    [
        ("gs://anonymous@bucket/prefix", fs.GcsFileSystem, "bucket/prefix"),
        (
            "abfs://container@account.dfs.core.windows.net/prefix?credential_kind=default",
            fs.AzureFileSystem,
            "container/prefix",
        ),
        ("s3://bucket/a/b?endpoint_override=127.0.0.1:9", fs.S3FileSystem, "bucket/a/b"),
    ],
)
def test_every_kind_of_store_is_opened(given: str, kind: type, path: str) -> None:
    opened, root = store._open(checked(given))
    assert isinstance(opened, kind)
    assert root == path


def refused(run: Callable[[], object]) -> str:
    with pytest.raises(Unavailable) as error:
        run()
    assert error.value.exit_code == 6
    return str(error.value)


def test_a_bucket_that_is_not_there_is_told(server) -> None:
    uri = f"s3://no-such-bucket/public?endpoint_override={server}&scheme=http"
    assert "s3://no-such-bucket/public/chips: there is no such bucket: make it" in refused(lambda: chips(uri))


def test_an_endpoint_that_does_not_answer_is_told(corepath) -> None:
    # Nothing listens on port 9, "discard".
    uri = "s3://bucket/public?endpoint_override=127.0.0.1:9&scheme=http"
    told = CliRunner().invoke(app, ["versions", "--topic=chips", f"--releases={uri}"])
    assert told.exit_code == 6
    assert "s3://bucket/public/chips: the store cannot be reached" in told.stderr


def test_credentials_that_are_denied_are_told(monkeypatch) -> None:
    # From its third request on, this server knows nobody.
    with serve(INITIAL_NO_AUTH_ACTION_COUNT="2") as strict:
        filesystem(strict).create_dir("closed")
        uri = f"s3://closed/public?endpoint_override={strict}&scheme=http"
        said = refused(lambda: plain(chips(uri), "x"))
    assert "s3://closed/public/chips: the store denies it: give credentials" in said
    assert SECRET not in said


def test_a_store_that_is_lost_while_a_release_is_made_is_told() -> None:
    with ExitStack() as up:
        gone = up.enter_context(serve())
        filesystem(gone).create_dir("bucket")
        releases = chips(f"s3://bucket/x?endpoint_override={gone}&scheme=http")
        with releases.held():
            draft = releases.draft()
            write_sums(draft)
            up.close()
            said = refused(lambda: releases.publish(draft, "x", {}, "2026.11.0"))
    assert "s3://bucket/x/chips: the store cannot be reached" in said


@pytest.mark.slow
def test_a_topic_is_refreshed_into_a_store_and_compared_with_the_release_before(
    uri, own_sample, unvalidated, server
) -> None:
    settings = own_sample.model_copy(update={"releases": uri})
    first = refresh(settings)
    assert first.status == "published"
    assert refresh(settings).status == "unchanged"
    second = refresh(settings.model_copy(update={"countries": ["JP", "US"]}))
    assert second.status == "published"
    changes = json.loads((second.path / "changes.json").read_text())
    assert (changes["before"], changes["after"]) == (first.version, second.version)
    assert {t["table"] for t in changes["tables"]} >= {"dim_country"}
    with reading(settings) as connection:
        stored = at(uri, first.topic)
        latest = stored.latest()
        assert latest is not None
        checked = verify(connection, stored.path(), latest.sums)
    assert not [c for c in checked if c.problems]


# --- A lake, and dumps ---------------------------------------------------------------------------


def test_a_lake_in_a_store_holds_tables_and_is_cleaned(uri) -> None:
    rows = pa.table({"n": range(5)})
    lake = Lake(uri)
    with lake.held():
        for mark in ("one", "two"):
            lake.bring("staging.stg_party", mark, rows)
        with pytest.raises(Busy):
            Store(uri).claimed("another").__enter__()
        lake.point(State(engine="Spark", tables={"staging": {"staging.stg_party": "two"}}))
        assert Lake(uri).clean(Lake(uri).state()) == 1
    assert Lake(uri).read("staging.stg_party", "two") == rows
    assert Lake(uri).rows("staging.stg_party", "one") is None
    assert lake.path("staging.stg_party", "two").startswith("s3a://")


def test_a_dump_in_a_store_is_fetched_file_by_file_and_an_unchanged_one_is_not(uri, raw, tmp_path) -> None:
    lines = b'{"publication_number": "US-7650331-B1", "publication_date": 20100119}\n'
    with raw.open_output_stream("2026/a.jsonl") as file:
        file.write(lines)
    source = named("google_patents")
    dump = uri.replace("/public?", "/public/chips?")
    [(name, where, written)] = find_files(source, dump)
    given = {"source": source.name, "name": name, "where": where, "reader": "r", "written": written}
    found = load_one(str(tmp_path), 0.1, **given, same=None, is_as_written=False)
    assert found["sha256"] == hashlib.sha256(lines).hexdigest()
    [row] = Lake(tmp_path).read("raw.google_patents_publication", found["key"]).to_pylist()
    assert (row["_file"], row["publication_number"]) == ("2026/a.jsonl", "US-7650331-B1")
    raw.delete_file("2026/a.jsonl")  # so that it cannot be read again
    assert load_one(str(tmp_path), 0.1, **given, same=found["sha256"], is_as_written=True)["same"]
    assert "2026/a.jsonl" in load_one(str(tmp_path), 0.1, **given, same=None, is_as_written=False)["error"]
    with pytest.raises(BadInput, match="holds no file that source google_patents reads"):
        find_files(source, dump)
