"""Releases: versioned, immutable, and either whole or not there."""

import atexit
import hashlib
import json
import logging
import os
import platform
import shutil
import stat
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from corepath.warehouse.build.graph import Description, Table, describe
from corepath.warehouse.database import exclusive, identifier, literal
from corepath.warehouse.errors import Busy, UsageError, writing
from corepath.warehouse.place import is_uri
from corepath.warehouse.release.store import Store, work_folder
from corepath.warehouse.validate.validator import Result

log = logging.getLogger("corepath.release")

# What the tables and columns of marts are; a change that breaks readers raises the first number.
SCHEMA_VERSION = "1.0.0"

POINTER_BYTES = 16  # of `latest` in a store

_FRICTIONLESS = {
    "BIGINT": "integer",
    "DOUBLE": "number",
    "VARCHAR": "string",
    "BOOLEAN": "boolean",
    "DATE": "date",
}


@dataclass(frozen=True)
class Attempt:
    """A line of versions.json: a release that was published or refused, or what became of one.

    Its status is published, refused, rolled back (`latest` went to this version), pinned, unpinned
    or pruned. Lines are added, never changed.
    """

    status: str
    identity: str
    at: str
    version: str | None = None
    reason: str | None = None
    rows: dict[str, int] = field(default_factory=dict)
    # The sha256 of the release's SHA256SUMS; older lines have none.
    sums: str | None = None


class Releases:
    """The releases of one topic in a folder; `at` finds those of any place.

    Parameters
    ----------
    folder
        Where releases of all topics are.
    topic
        The topic's name.
    """

    def __init__(self, folder: Path, topic: str) -> None:
        self.folder = folder / topic
        self.place = str(self.folder)
        self._versions = self.folder / "versions.json"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Be the only one who changes these releases.

        Raises
        ------
        Busy
            Another run is at it.
        Unavailable
            The folder cannot be written, its disk is full, or it is gone.
        """
        with writing(self.folder), exclusive(self.folder):
            yield

    def attempts(self) -> list[Attempt]:
        """List every attempt, the first first."""
        return [Attempt(**entry) for entry in json.loads(self._read_versions() or "[]")]

    def published(self) -> dict[str, Attempt]:
        """Give the releases that can be read, by version, the first first; pruned ones are gone."""
        gone = self.pruned()
        return {
            a.version: a
            for a in self.attempts()
            if a.status == "published" and a.version and a.version not in gone
        }

    def pruned(self) -> dict[str, Attempt]:
        """Give what is left of releases that were removed, by version."""
        return {a.version: a for a in self.attempts() if a.status == "pruned" and a.version}

    def pinned(self) -> set[str]:
        """Name the versions that `prune` must keep."""
        last = {a.version: a.status for a in self.attempts() if a.status in ("pinned", "unpinned")}
        return {version for version, status in last.items() if version and status == "pinned"}

    def latest(self) -> Attempt | None:
        """Give the release that `latest` points to."""
        return self.published().get(self._pointer() or "")

    def path(self, version: str | None = None) -> Path:
        """Find a release.

        Parameters
        ----------
        version
            Its version; the latest by default.

        Raises
        ------
        UsageError
            There is none; the message names those that are.
        """
        return self.folder / self.find(version)

    def find(self, version: str | None = None) -> str:
        """Name a release that is there: a version that is, or the latest.

        Raises
        ------
        UsageError
            There is none; the message names those that are.
        """
        known = self.published()
        if version is None:
            latest = self.latest()
            version = latest.version if latest else None
        if version not in known:
            have = f"it has {', '.join(known)}" if known else "it has none yet"
            what = f"no version {version}" if version else "no release"
            if gone := self.pruned().get(str(version)):
                what += f", it was pruned at {gone.at}"
            raise UsageError(f"{self.place}: {what}; {have}")
        return str(version)

    def draft(self) -> Path:
        """Make the folder that a release is written in before it gets its name.

        Only the holder of this folder's lock may call it.
        """
        self.clear()
        draft = self.folder / f".draft-{os.getpid()}"
        draft.mkdir(parents=True)
        return draft

    def clear(self) -> None:
        """Remove what a killed run left behind: drafts, files written aside, pruned releases.

        A finished release that was not pruned is never removed, even if versions.json does not
        list it: that file may have been lost. Only the holder of this folder's lock may call it.
        """
        for version in self.pruned():
            if (self.folder / version).exists():
                log.warning("%s: pruned by a run that did not end", self.folder / version)
                self.put_aside(version)
        for path in sorted(self.folder.glob(".*-*")):
            log.warning("%s: left behind by a run that did not end; removed", path)
            if path.is_symlink() or path.is_file():
                path.unlink()
            else:
                shutil.rmtree(path)

    def put_aside(self, version: str) -> Path:
        """Take a release's name from it in one step, so that nobody meets half of it."""
        aside = self.folder / f".{version}-{os.getpid()}"
        (self.folder / version).rename(aside)
        _sync(self.folder)
        return aside

    def refuse(self, identity: str, reason: str) -> None:
        """Note a release that is not published, and why."""
        self.note(Attempt("refused", identity, now(), reason=reason))

    def publish(self, draft: Path, identity: str, rows: Mapping[str, int], version: str) -> Path:
        """Give a finished draft its version, and point `latest` to it.

        Returns
        -------
        Path
            Where the release is.
        """
        sums = sha256(draft / "SHA256SUMS")
        home = self._bring(draft, version)
        self.note(Attempt("published", identity, now(), version, rows=dict(rows), sums=sums))
        self.point_to(version)
        return home

    def _bring(self, draft: Path, version: str) -> Path:
        """Bring a finished draft to the place of its version, whole."""
        for file in sorted(draft.iterdir()):
            with open(file, "rb") as written:
                os.fsync(written.fileno())
            file.chmod(stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH)
        _sync(draft)
        home = self.folder / version
        draft.rename(home)
        return home

    def point_to(self, version: str) -> None:
        """Let `latest` be a version, in one step."""
        pointer = self.folder / f".latest-{os.getpid()}"
        pointer.unlink(missing_ok=True)
        pointer.symlink_to(version)
        pointer.replace(self.folder / "latest")
        _sync(self.folder)

    def next_version(self, today: datetime | None = None) -> str:
        """Name the next release: year, month and the month's count from 0.

        Examples
        --------
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     Releases(Path(folder), "ai_chips").next_version(datetime(2026, 11, 22))
        '2026.11.0'
        """
        month = (today or datetime.now(UTC)).strftime("%Y.%m")
        taken = {a.version for a in self.attempts()} | self._names()
        return next(v for v in (f"{month}.{n}" for n in range(len(taken) + 1)) if v not in taken)

    def note(self, *attempts: Attempt) -> None:
        """Add lines to versions.json, all of them or none."""
        self._write_versions([asdict(a) for a in [*self.attempts(), *attempts]])

    def _read_versions(self) -> str | None:
        return self._versions.read_text() if self._versions.exists() else None

    def _write_versions(self, entries: list[dict[str, Any]]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        write_json(self._versions, entries)

    def _pointer(self) -> str | None:
        pointer = self.folder / "latest"
        return str(pointer.readlink()) if pointer.exists() else None

    def _names(self) -> set[str]:
        return {path.name for path in self.folder.glob("2*")}


class StoredReleases(Releases):
    """The releases of one topic in an object store.

    A store has neither links nor a rename. `latest` is an object that holds the version, a release
    is the objects below its version, and SHA256SUMS, which is written last, says that they are all
    there. `folder` is on this machine, for drafts and the lock.

    Parameters
    ----------
    uri
        Of the store.
    topic
        The topic's name.

    Raises
    ------
    Unavailable
        The store cannot be reached, denies it, or has no such bucket; so does every method.
    """

    def __init__(self, uri: str, topic: str) -> None:
        super().__init__(work_folder(uri), topic)
        self._store = Store(uri, topic)
        self.place = self._store.place
        self._owner: str | None = None
        self._found: str | None = None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Be the only one who changes these releases, on this machine and on others."""
        with super().held():
            named = self.folder.with_name(f"{self.folder.name}.owner")
            if not named.exists():
                named.write_text(str(uuid.uuid4()))
            # The machine's name too: an image of a machine may hold the file.
            known_by = f"{named.read_text()} {platform.node()}"
            owner = hashlib.sha256(known_by.encode()).hexdigest()[:32]
            with self._store.claimed(owner):
                self._owner, self._found = owner, self._read_versions()
                try:
                    yield
                finally:
                    self._owner = None

    def path(self, version: str | None = None) -> Path:
        """Copy a release to this machine, until this process ends."""
        name = self.find(version)
        copy = tempfile.mkdtemp(prefix="corepath-")
        atexit.register(shutil.rmtree, copy, ignore_errors=True)
        self._store.download(name, Path(copy) / name)
        return Path(copy) / name

    def clear(self) -> None:
        """Remove what a killed run left behind, on this machine and in the store.

        As in a folder, what is whole is never removed unless it was pruned.
        """
        for copy in self.folder.glob("2*"):
            shutil.rmtree(copy)  # of what was published from here before
        super().clear()
        noted = {a.version for a in self.attempts()}
        gone = self.pruned()
        for version in self._names() - noted | self._names() & gone.keys():
            if version in gone or "SHA256SUMS" not in self._store.objects(version):
                log.warning("%s/%s: left behind by a run that did not end; removed", self.place, version)
                self._remove(version)
        for name in self._store.objects():
            if name.startswith(".") and "/" not in name:
                log.warning("%s/%s: left behind by a run that did not end", self.place, name)
                self._store.delete(name)

    def put_aside(self, version: str) -> Path:
        """Remove a release, object by object, since a store cannot rename.

        Returns
        -------
        Path
            An empty folder, where the caller finds nothing left to remove.
        """
        self._must_be_ours()
        self._remove(version)
        aside = self.folder / f".{version}-{os.getpid()}"
        aside.mkdir(parents=True)
        return aside

    def _bring(self, draft: Path, version: str) -> Path:
        """Upload a finished draft and see that it arrived.

        Returns
        -------
        Path
            A copy on this machine, which is there until the next release is drafted.
        """
        self._must_be_ours()
        if self._store.objects(version):
            raise Busy(f"{self.place}/{version} is there already: another run publishes; run again")
        self._store.upload(draft, version, last="SHA256SUMS")
        return draft.rename(self.folder / version)

    def point_to(self, version: str) -> None:
        """Let `latest` be a version: the object holds its name, and is replaced at once."""
        self._must_be_ours()
        # Always of one size: many clients ask for it first, and 2026.11.10, if that takes the place
        # of 2026.11.9 just then, would be cut to 2026.11.1.
        self._store.replace("latest", version.ljust(POINTER_BYTES).encode())

    def _read_versions(self) -> str | None:
        content = self._store.read("versions.json")
        return None if content is None else content.decode()

    def _write_versions(self, entries: list[dict[str, Any]]) -> None:
        self._must_be_ours()
        text = json.dumps(entries, indent=2, ensure_ascii=False) + "\n"
        self._store.replace("versions.json", text.encode())
        self._found = text

    def _must_be_ours(self) -> None:
        """See that nobody else wrote since these releases are held."""
        if self._owner is None:
            raise RuntimeError("only who holds the releases may change them")
        self._store.must_be_claimed(self._owner)
        if self._read_versions() != self._found:
            raise Busy(f"{self.place}/versions.json was changed by another; run again")

    def _pointer(self) -> str | None:
        content = self._store.read("latest")
        return None if content is None else content.decode(errors="replace").strip()

    def _names(self) -> set[str]:
        return {name for name in self._store.folders() if name.startswith("2")}

    def _remove(self, version: str) -> None:
        # The sums first: without them nobody takes what is left for a whole release.
        self._store.delete_folder(version, first="SHA256SUMS")


def at(place: Path | str, topic: str) -> Releases:
    """Give the releases of a topic in a folder, or in the store that a URI names."""
    return StoredReleases(str(place), topic) if is_uri(place) else Releases(Path(place), topic)


def topics(place: Path | str) -> list[str]:
    """List the topics that have been released or refused in a place."""
    if is_uri(place):
        store = Store(str(place))
        return [t for t in store.folders() if store.read(f"{t}/versions.json") is not None]
    return sorted(path.parent.name for path in Path(place).glob("*/versions.json"))


def write_meta(
    connection: duckdb.DuckDBPyConnection, about: Mapping[str, Any], results: list[Result]
) -> None:
    """Add meta.release, one row of what the release is, and meta.validation_result to the build.

    Parameters
    ----------
    connection
        Where the catalog `build` is.
    about
        Name and value of each column of meta.release.
    results
        One row an expectation.
    """
    connection.execute(
        "create table build.meta.release as select "
        + ", ".join(f"?::varchar as {identifier(name)}" for name in about),
        list(about.values()),
    )
    connection.execute(
        "create table build.meta.validation_result (table_name varchar, "
        "expectation varchar, column_name varchar, severity varchar, outcome varchar, "
        "observed varchar, why varchar)"
    )
    if results:
        connection.executemany(
            "insert into build.meta.validation_result values (?, ?, ?, ?, ?, ?, ?)",
            [list(asdict(result).values()) for result in results],
        )


def write_marts(
    connection: duckdb.DuckDBPyConnection, draft: Path, tables: Mapping[str, Table]
) -> list[dict[str, Any]]:
    """Write each mart as Parquet.

    Parameters
    ----------
    connection
        Where the marts are, in the catalog `build`.
    draft
        The release's folder.
    tables
        The graph; its marts are shipped.

    Returns
    -------
    list of dict
        What datapackage.json says of each file.
    """
    described = {table.name: (table, describe(table)) for table in tables.values() if table.schema == "marts"}
    keys = {name: description.key for name, (_, description) in described.items()}
    resources = []
    for table, description in described.values():
        path = draft / f"{table.name}.parquet"
        order = ", ".join(identifier(column) for column in description.key)
        # The same rows give the same bytes, on any number of threads.
        connection.execute(
            f"copy (from build.marts.{identifier(table.name)} order by {order}) "
            f"to {literal(path)} (format parquet, compression zstd, row_group_size 100000)"
        )
        resources.append(_resource(connection, table, description, keys, path))
    return resources


def write_sums(draft: Path) -> None:
    """Write SHA256SUMS, which `sha256sum --check` reads."""
    sums = [f"{sha256(file)}  {file.name}\n" for file in sorted(draft.iterdir())]
    (draft / "SHA256SUMS").write_text("".join(sums))


def write_json(path: Path, content: object) -> None:
    """Write JSON aside, flush it and rename it, so that no reader sees half of it."""
    aside = path.with_name(f".{path.name}-{os.getpid()}")
    with open(aside, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=2, ensure_ascii=False)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)


def sha256(path: Path) -> str:
    """Hash a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _resource_name(mart: str) -> str:
    return mart.replace("_", "-")


def _resource(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    description: Description,
    keys: Mapping[str, tuple[str, ...]],
    path: Path,
) -> dict[str, Any]:
    columns = connection.sql(f"describe build.marts.{identifier(table.name)}").fetchall()
    return {
        "name": _resource_name(table.name),
        "path": path.name,
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "description": description.text,
        "bytes": path.stat().st_size,
        "hash": f"sha256:{sha256(path)}",
        "schema": {
            "fields": [
                {"name": name, "type": _FRICTIONLESS[kind], "description": description.columns[name]}
                for name, kind, *_ in columns
            ],
            "primaryKey": list(description.key),
            "foreignKeys": [
                {
                    "fields": list(own),
                    "reference": {"resource": _resource_name(mart), "fields": list(keys[mart])},
                }
                for mart, own in description.references
            ],
        },
    }


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def now() -> str:
    """Tell the time as ISO 8601, UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")
