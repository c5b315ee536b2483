"""An object store as a place of releases (s3://, gs://, abfs://), through pyarrow."""

import hashlib
import os
import re
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from corepath.warehouse.errors import BadInput, Busy, Unavailable, UsageError
from corepath.warehouse.place import checked, shown

if TYPE_CHECKING:
    from pyarrow.fs import FileSystem

CLAIMS = ".claims"
# A claim that was not renewed for so long, by the clock of the store, is that of a dead run.
ABANDONED = timedelta(minutes=10)
RENEW_SECONDS = 60.0
WAIT_SECONDS = 10.0  # how long one of two that came at once waits for the other to step back
# Three tries each. pyarrow says that the second does nothing on Linux, but it does: a store that
# takes a request and never answers is given up after it. A large upload takes seconds to be joined.
CONNECT_SECONDS, REQUEST_SECONDS = 10.0, 30.0
GOOGLE_SECONDS = 60
_CHUNK = 8 << 20

# What the libraries of the stores say, what it means, and what helps.
_CAUSES = (
    (
        r"NO_SUCH_BUCKET|NoSuchBucket|ContainerNotFound|bucket does not exist",
        "there is no such bucket: make it, or correct --releases",
    ),
    (
        r"ACCESS_DENIED|ACCESS_KEY|SIGNATURE|TOKEN|InvalidAccessKeyId|AccessDenied|"
        r"HTTP status 40[13]|\b40[13]\b|PERMISSION_DENIED|UNAUTHENTICATED|[Cc]redential",
        "the store denies it: give credentials that may list, read, write and delete there, in "
        "the environment (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, ...) or the store's usual "
        "files",
    ),
    (
        r"HTTP status 301|PermanentRedirect|AuthorizationHeaderMalformed",
        "the bucket is in another region: add ?region=NAME to --releases",
    ),
    (r"No space left", "the disk of this machine's temporary files is full: make room, or set TMPDIR"),
    (
        r"NETWORK_CONNECTION|curlCode|resolve|[Tt]imed? ?out|UNAVAILABLE|SERVICE_UNAVAILABLE",
        "the store cannot be reached: see that endpoint, scheme and network are right, and run again",
    ),
)


def work_folder(uri: str) -> Path:
    """Name the folder on this machine where releases of a store are written before they go there.

    It is the same for every process of this user, so that its locks hold them apart.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "corepath" / hashlib.sha256(uri.encode()).hexdigest()[:16]


class Store:
    """The objects below a URI, by their names relative to it.

    Parameters
    ----------
    uri
        As `checked` lets it pass.
    below
        A folder in it.

    Raises
    ------
    UsageError
        The URI cannot be used.
    Unavailable
        The store cannot be reached, or has no such bucket; so does every method.
    """

    def __init__(self, uri: str, below: str = "") -> None:
        self.place = "/".join(part for part in (shown(uri), below) if part)
        try:
            checked(uri)
        except ValueError as error:
            raise UsageError(f"{self.place.rpartition('@')[2]}: {error}") from None
        with self._explained():
            try:
                self._fs, root = _open(uri)
            except ValueError as error:  # pyarrow's own reading of it
                raise UsageError(f"{self.place}: {error}") from error
            self._root = "/".join(part for part in (root.strip("/"), below) if part)
            from pyarrow.fs import FileType

            # Listing a bucket that is not there gives nothing, and no error. Google wants a right
            # for this question that nothing else needs.
            bucket = root.partition("/")[0]
            if not uri.startswith("gs:") and (self._fs.get_file_info(bucket).type is FileType.NotFound):
                raise OSError(f"NoSuchBucket: {bucket}")

    def opened(self) -> "tuple[FileSystem, str]":
        """Give the store as pyarrow's filesystem, and the path in it, for who reads many files."""
        return self._fs, self._root

    def objects(self, folder: str = "") -> dict[str, datetime]:
        """List the objects in a folder and below: name relative to it, and when it was written."""
        from pyarrow.fs import FileSelector

        base = self._path(folder)
        with self._explained():
            found = self._fs.get_file_info(FileSelector(base, allow_not_found=True, recursive=True))
        return {i.path.removeprefix(f"{base}/"): i.mtime for i in found if i.is_file}

    def folders(self) -> list[str]:
        """List the folders, by name."""
        from pyarrow.fs import FileSelector, FileType

        with self._explained():
            found = self._fs.get_file_info(FileSelector(self._root, allow_not_found=True))
        return sorted(i.base_name for i in found if i.type is FileType.Directory)

    def read(self, name: str) -> bytes | None:
        """Read an object that only grows, or keeps its size; None if it is not there."""
        path = self._path(name)
        with self._explained():
            while True:
                try:
                    with self._fs.open_input_stream(path, compression=None) as stream:
                        content = stream.read()
                except FileNotFoundError:
                    return None
                # pyarrow asks for the size first. If the object is replaced between that and the
                # reading, its end is cut off.
                if self._fs.get_file_info(path).size == len(content):
                    return content

    def write(self, name: str, content: bytes) -> None:
        """Write a small object."""
        with self._explained(), self._fs.open_output_stream(self._path(name), compression=None) as stream:
            stream.write(content)

    def replace(self, name: str, content: bytes) -> None:
        """Write an object aside and copy it into its place, so that no reader sees half of it."""
        aside = f".{name}-{os.getpid()}"
        self.write(aside, content)
        with self._explained():
            self._fs.copy_file(self._path(aside), self._path(name))
        self.delete(aside)

    def delete(self, name: str) -> None:
        """Remove an object."""
        with self._explained(), suppress(FileNotFoundError):
            self._fs.delete_file(self._path(name))

    def delete_folder(self, name: str, first: str) -> None:
        """Remove all objects in a folder, that of the first name before the others."""
        self.delete(f"{name}/{first}")
        with self._explained(), suppress(FileNotFoundError):
            self._fs.delete_dir(self._path(name))

    def upload(self, folder: Path, name: str, last: str) -> None:
        """Write the files of a folder into one of the store, and read each again.

        Parameters
        ----------
        folder
            On this machine.
        name
            In the store.
        last
            The file that goes last: where it is, the others are.

        Raises
        ------
        Unavailable
            An object is not what was written.
        """
        files = sorted(file for file in folder.rglob("*") if file.is_file())
        for file in sorted(files, key=lambda file: file == folder / last):
            path = self._path(f"{name}/{file.relative_to(folder).as_posix()}")
            with self._explained():
                with (
                    open(file, "rb") as source,
                    self._fs.open_output_stream(path, compression=None) as stream,
                ):
                    shutil.copyfileobj(source, stream, _CHUNK)
                with open(file, "rb") as source:
                    written = hashlib.file_digest(source, "sha256").digest()
                if self._hash(path) != written:
                    raise Unavailable(f"{self.place}/{name}/{file.name} is not what was written; run again")

    def download(self, name: str, folder: Path) -> None:
        """Copy the objects of a folder of the store into one on this machine, made if absent.

        Raises
        ------
        BadInput
            An object has a name that no file can have.
        """
        for found in self.objects(name):
            # A store's names are only text: one may lead out of the folder.
            if {"", ".", ".."} & set(f"{name}/{found}".split("/")):
                raise BadInput(f"{self.place}/{name}: an object has the name {found!r}; remove it")
            file = folder / found
            file.parent.mkdir(parents=True, exist_ok=True)
            self.fetch(f"{name}/{found}", file)

    def fetch(self, name: str, file: Path) -> None:
        """Copy an object into a file on this machine."""
        with (
            self._explained(),
            self._fs.open_input_stream(self._path(name), compression=None) as up,
            open(file, "wb") as down,
        ):
            shutil.copyfileobj(up, down, _CHUNK)

    @contextmanager
    def claimed(self, owner: str) -> Iterator[None]:
        """Be the only one who writes, as far as all who write ask here first.

        pyarrow has no conditional write. But an object that was written is listed at once, by S3,
        Google's and Azure's stores alike: of two who each write a claim of their own and then list
        all of them, at least one sees the other's.

        Parameters
        ----------
        owner
            Who asks; it must not ask twice at once. What it left when it died is its own again.

        Raises
        ------
        Busy
            Another one has it.
        """
        mine = f"{CLAIMS}/{owner}"
        self.write(mine, b"")
        done = threading.Event()
        renewing = threading.Thread(target=self._renew, args=(mine, done), daemon=True)
        try:
            self._be_alone(owner)
            renewing.start()
            yield
        finally:
            done.set()
            if renewing.ident:
                renewing.join()
            with suppress(Unavailable):
                self.delete(mine)

    def must_be_claimed(self, owner: str) -> None:
        """Refuse to go on if a claim was taken for abandoned, as after a long sleep.

        Raises
        ------
        Busy
            It is gone.
        """
        if owner not in self.objects(CLAIMS):
            raise Busy(
                f"{self.place}: this run stood still for so long that another took its place; run again"
            )

    def _be_alone(self, owner: str) -> None:
        """Wait until no other claim is there, or step back."""
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            claims = self.objects(CLAIMS)
            mine = claims.pop(owner, None)
            if mine is None:
                raise Unavailable(
                    f"{self.place}: the store does not list what was just written, so that two "
                    "runs could not be kept apart; use another"
                )
            for other, renewed in list(claims.items()):
                if mine - renewed > ABANDONED:
                    self.delete(f"{CLAIMS}/{other}")
                    del claims[other]
            if not claims:
                return
            # Of two who came at once, the first by name waits for the other to step back.
            if owner > min(claims) or time.monotonic() > deadline:
                raise Busy(
                    f"{self.place} is held by another run, on another machine; wait for it. If "
                    f"it died, its claim ends after {ABANDONED.seconds // 60} minutes"
                )
            time.sleep(0.2)

    def _renew(self, mine: str, done: threading.Event) -> None:
        while not done.wait(RENEW_SECONDS):
            with suppress(Unavailable):  # the next time may pass, and who writes asks anyway
                if self.read(mine) is None:
                    return
                self.write(mine, b"")

    def _hash(self, path: str) -> bytes:
        digest = hashlib.sha256()
        with self._fs.open_input_stream(path, compression=None) as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
        return digest.digest()

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}".rstrip("/")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Say what the store's own error means."""
        try:
            yield
        except OSError as error:
            if error.filename:  # a file of this machine's
                raise
            if isinstance(error, FileNotFoundError):
                raise Unavailable(f"{self.place}: {error}; it was removed meanwhile: run again") from error
            said = str(error)
            cause = next((told for sign, told in _CAUSES if re.search(sign, said)), "run again")
            raise Unavailable(f"{self.place}: {cause} ({said})") from error


def _open(uri: str) -> "tuple[FileSystem, str]":
    from pyarrow import fs  # a tenth of a second, for who has a store

    parts = urlsplit(uri)
    if parts.scheme == "gs" and "retry_limit_seconds" not in parts.query:
        # Google's own limit is a quarter of an hour.
        given = f"{parts.query}&" if parts.query else ""
        uri = parts._replace(query=f"{given}retry_limit_seconds={GOOGLE_SECONDS}").geturl()
    if parts.scheme != "s3":
        return fs.FileSystem.from_uri(uri)
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    if "region" not in options:
        # A store of one's own has no regions to ask for; Amazon's tells that of a bucket.
        own = "endpoint_override" in options
        options["region"] = "us-east-1" if own else fs.resolve_s3_region(parts.netloc)
    # Opened when the first bytes go: one request for a small object, in place of three.
    store = fs.S3FileSystem(
        connect_timeout=CONNECT_SECONDS,
        request_timeout=REQUEST_SECONDS,
        allow_delayed_open=True,
        anonymous=parts.username == "anonymous",
        **options,
    )
    return store, f"{parts.hostname}{parts.path}"
