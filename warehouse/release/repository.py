"""Releases: versioned, immutable, and either whole or not there."""

import atexit
import hashlib
import json
import logging
import os
import platform
import re
import shutil
import stat
import tempfile
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from corepath.warehouse.build.graph import Description, Table, describe
from corepath.warehouse.database import exclusive, identifier, literal
from corepath.warehouse.errors import BadInput, Busy, UsageError, meant, writing
from corepath.warehouse.place import is_uri
from corepath.warehouse.release.store import Store, work_folder
from corepath.warehouse.validate.validator import Result

log = logging.getLogger("corepath.release")

POINTER_BYTES = 16  # of `latest` in a store
# What corepath writes aside before it has its name: a draft, a pointer, a file, a pruned release;
# behind the dash its process.
_ASIDE = re.compile(r"\.(draft|latest|versions\.json|\d{4}\.\d{2}\.\d+)-\d+")

_VERSION = re.compile(r"\d{4}\.\d{2}\.\d+")

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
    # How the topic was asked for: its name, a variant, or the path of a file.
    asked: str | None = None


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
        """List every attempt, the first first.

        Raises
        ------
        BadInput
            versions.json is damaged, or missing beside releases.
        """
        try:
            text = self._read_versions()
            if text is None and not self.folders():
                return []
            return [Attempt(**entry) for entry in _listed(json.loads(text or ""))]
        except (ValueError, TypeError) as error:
            state = "is damaged" if self.has_versions() else "is missing beside releases"
            raise BadInput(
                f"{self.place}/versions.json {state}: the releases themselves are untouched, notes of "
                f"rejected runs and pins may be lost. `corepath doctor --repair` rebuilds it ({error})"
            ) from None

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
        """Give the release that `latest` points to.

        Raises
        ------
        BadInput
            `latest` is missing beside several releases, or leads to none: a comparison with the
            release before would be skipped.
        """
        published, pointer = self.published(), self.pointer()
        # A run that died between listing its first release and pointing to it leaves one, unpointed.
        if pointer in published or (pointer is None and len(published) < 2):
            return published.get(pointer or "")
        state = "is missing" if pointer is None else f"leads to {pointer!r}, which is no listed release"
        raise BadInput(
            f"{self.place}/latest {state}: the releases themselves are untouched. "
            "`corepath doctor --repair` lets it point to the newest whole one"
        )

    def damage(self, version: str) -> list[str]:
        """Name the files of a release that are missing or are not what was published.

        Parameters
        ----------
        version
            A listed release.

        Returns
        -------
        list of str
            A sentence a file; none where the release is whole. `verify` also opens every file.
        """
        folder = self.folder / version
        try:
            listed = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
        except (OSError, ValueError) as error:
            return [f"SHA256SUMS cannot be read: {error}"]
        found = []
        if self.published()[version].sums not in (None, sha256(folder / "SHA256SUMS")):
            found.append("SHA256SUMS is not the one that was published")
        for digest, _, name in (line.partition("  ") for line in listed):
            file = folder / Path(name).name
            if not file.is_file():
                found.append(f"{name} is missing")
            elif sha256(file) != digest:
                found.append(f"{name} was changed")
        return found

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
        return self.copy(self.find(version))

    def copy(self, version: str) -> Path:
        """Give the folder of a version on this machine, listed or not."""
        return self.folder / version

    def is_own(self, version: str) -> bool:
        """Tell whether this account wrote a version, and the list that tells of it."""
        written = [path for path in (self.folder / version, self._versions) if path.exists()]
        return all(path.stat().st_uid == os.getuid() for path in written)

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
            have = f"it has {', '.join(known)}" if known else "it has none yet" + self._meant()
            what = f"no version {version}" if version else "no release"
            if gone := self.pruned().get(str(version)):
                what += f", it was pruned at {gone.at}"
            raise UsageError(f"{self.place}: {what}; {have}")
        return str(version)

    def _meant(self) -> str:
        """Guess which topic with releases a misspelt one was to be."""
        return meant(
            self.folder.name, (path.parent.name for path in self.folder.parent.glob("*/versions.json"))
        )

    def before(self, version: str | None = None) -> str:
        """Name the release that was published before a version, or before the latest.

        Raises
        ------
        UsageError
            There is none.
        """
        version = self.find(version)
        known = list(self.published())
        if version == known[0]:
            raise UsageError(f"{self.place}: {version} is the first release, none is before it")
        return known[known.index(version) - 1]

    def draft(self) -> Path:
        """Make the folder that a release is written in before it gets its name.

        Only the holder of this folder's lock may call it.
        """
        self.clear()
        draft = self.folder / f".draft-{os.getpid()}"
        draft.mkdir(parents=True)
        if not self.attempts():
            self.note()  # from now on, a versions.json that is missing has been lost
        return draft

    def clear(self) -> None:
        """Remove what a killed run left behind: drafts, files written aside, pruned releases.

        Names of any other form are somebody else's, and stay.

        A finished release that was not pruned is never removed, even if versions.json does not
        list it: that file may have been lost. Only the holder of this folder's lock may call it.
        """
        for version in self.pruned():
            if (self.folder / version).exists():
                log.warning("%s: pruned by a run that did not end", self.folder / version)
                self.put_aside(version)
        for path in sorted(p for p in self.folder.glob(".*-*") if _ASIDE.fullmatch(p.name)):
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

    def publish(
        self, draft: Path, identity: str, rows: Mapping[str, int], version: str, asked: str | None = None
    ) -> Path:
        """Give a finished draft its version, and point `latest` to it.

        Returns
        -------
        Path
            Where the release is.
        """
        sums = sha256(draft / "SHA256SUMS")
        home = self._bring(draft, version)
        self.note(Attempt("published", identity, now(), version, None, dict(rows), sums, asked))
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
        latest = self.folder / "latest"
        if latest.exists() and not latest.is_symlink():  # somebody's copy in its place
            latest.rename(latest.with_name(f"latest.damaged-{now()}"))
        pointer = self.folder / f".latest-{os.getpid()}"
        pointer.unlink(missing_ok=True)
        pointer.symlink_to(version)
        pointer.replace(latest)
        _sync(self.folder)

    def next_version(self, today: datetime | None = None) -> str:
        """Name the next release: year, month and the month's count from 0.

        Where the clock says an earlier month than the newest release, that release's month counts.

        Examples
        --------
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     Releases(Path(folder), "ai_chips").next_version(datetime(2026, 11, 22))
        '2026.11.0'
        """
        taken = {a.version for a in self.attempts() if a.version} | self.folders()
        months = [version.rpartition(".")[0] for version in taken if _VERSION.fullmatch(version)]
        month = max([(today or datetime.now(UTC)).strftime("%Y.%m"), *months])
        numbers = [int(v.rpartition(".")[2]) for v in taken if v.rpartition(".")[0] == month]
        return f"{month}.{max(numbers, default=-1) + 1}"

    def note(self, *attempts: Attempt) -> None:
        """Add lines to versions.json, all of them or none."""
        self._write_versions([asdict(a) for a in [*self.attempts(), *attempts]])

    def replace_attempts(self, attempts: Iterable[Attempt]) -> None:
        """Write versions.json anew, where it was lost or damaged; what there was is kept aside."""
        if self.has_versions():
            self._keep_aside()
        self._write_versions([asdict(a) for a in attempts])

    def _keep_aside(self) -> None:
        self._versions.rename(self._versions.with_name(f"versions.json.damaged-{now()}"))

    def has_versions(self) -> bool:
        """Whether versions.json is there, whatever it holds."""
        return self._versions.exists()

    def _read_versions(self) -> str | None:
        return self._versions.read_text(encoding="utf-8") if self._versions.exists() else None

    def _write_versions(self, entries: list[dict[str, Any]]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        write_json(self._versions, entries)

    def pointer(self) -> str | None:
        """Name what `latest` points to, be it there or not; None where there is no `latest`."""
        pointer = self.folder / "latest"
        if pointer.is_symlink():
            return str(pointer.readlink())
        return "no link" if pointer.exists() else None

    def folders(self) -> set[str]:
        """Name the versions whose folders are there, listed or not."""
        return {path.name for path in self.folder.glob("*") if _VERSION.fullmatch(path.name)}


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

    def is_own(self, version: str) -> bool:
        """Tell whether this account wrote a version: a store does not say."""
        return False

    def copy(self, version: str) -> Path:
        """Copy a version to this machine, until this process ends."""
        copy = tempfile.mkdtemp(prefix="corepath-")
        atexit.register(shutil.rmtree, copy, ignore_errors=True)
        self._store.download(version, Path(copy) / version)
        return Path(copy) / version

    def clear(self) -> None:
        """Remove what a killed run left behind, on this machine and in the store.

        As in a folder, what is whole is never removed unless it was pruned.
        """
        for copy in self.folder.glob("2*"):
            shutil.rmtree(copy)  # of what was published from here before
        super().clear()
        noted = {a.version for a in self.attempts()}
        gone = self.pruned()
        for version in self.folders() - noted | self.folders() & gone.keys():
            if version in gone or "SHA256SUMS" not in self._store.objects(version):
                log.warning("%s/%s: left behind by a run that did not end; removed", self.place, version)
                self._remove(version)
        for name in self._store.objects():
            if _ASIDE.fullmatch(name):
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

    def pointer(self) -> str | None:
        """Name what `latest` points to, be it there or not; None where there is no `latest`."""
        content = self._store.read("latest")
        return None if content is None else content.decode(errors="replace").strip()

    def folders(self) -> set[str]:
        """Name the versions that have objects, listed or not."""
        return {name for name in self._store.folders() if _VERSION.fullmatch(name)}

    def damage(self, version: str) -> list[str]:
        """Name the files of a release that are missing: the store is listed, nothing is downloaded."""
        held = self._store.objects(version)
        sums = self._store.read(f"{version}/SHA256SUMS")
        if sums is None:
            return ["SHA256SUMS is missing"]
        listed = [line.partition("  ")[2] for line in sums.decode(errors="replace").splitlines()]
        return [f"{name} is missing" for name in listed if name not in held]

    def has_versions(self) -> bool:
        """Whether versions.json is there, whatever it holds."""
        return self._store.read("versions.json") is not None

    def _keep_aside(self) -> None:
        content = self._store.read("versions.json")
        if content is not None:
            self._store.replace(f"versions.json.damaged-{now()}", content)

    def _remove(self, version: str) -> None:
        # The sums first: without them nobody takes what is left for a whole release.
        self._store.delete_folder(version, first="SHA256SUMS")


def _listed(content: object) -> list[dict[str, Any]]:
    if not isinstance(content, list):
        raise TypeError("it holds no list")
    return content


def at(place: Path | str, topic: str) -> Releases:
    """Give the releases of a topic in a folder, or in the store that a URI names."""
    return StoredReleases(str(place), topic) if is_uri(place) else Releases(Path(place), topic)


def topics(place: Path | str) -> list[str]:
    """List the topics that have been released or refused in a place."""
    if is_uri(place):
        store = Store(str(place))
        return [t for t in store.folders() if store.read(f"{t}/versions.json") is not None]
    found = [*Path(place).glob("*/versions.json"), *Path(place).glob("*/*/SHA256SUMS")]
    return sorted({path.relative_to(place).parts[0] for path in found})


def asked(place: Path | str) -> list[str]:
    """Tell how each topic that has a release was asked for: a name, a variant, or a topic file."""
    latest = {topic: [*at(place, topic).published().values()][-1:] for topic in topics(place)}
    return [attempt.asked or topic for topic, last in latest.items() for attempt in last]


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
        "observed varchar, why varchar, validated_at varchar)"
    )
    # All at once: a thousand statements would take a second.
    shape = [dict.fromkeys((column.name for column in fields(Result)), "varchar")]
    connection.execute(
        "insert into build.meta.validation_result select unnest(from_json(?, ?), recursive := true)",
        [json.dumps([asdict(result) for result in results]), json.dumps(shape)],
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
