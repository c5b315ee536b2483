"""Open what a download holds: plain, gzipped, zipped, zips in zips, and limit what comes out."""

import codecs
import gzip
import io
import lzma
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, NoReturn

from corepath.warehouse.errors import BadInput, is_unreadable, writing_temporary
from corepath.warehouse.sources import bare_name, is_of_macos

MAX_RATIO = 200  # a published file of designs alone reaches 16, deflate could reach 1000
RATIO_FREE = 256 * 2**20  # so much may come out of any download, however small
MAX_DEPTH = 4  # DOCDB's back files are zips in a zip
_CHUNK = 2**20

Opener = Callable[[], Any]  # of a binary file that has read1, for which there is no common type
Wanted = Callable[[str], bool]  # of a member, by its name

# What gzip and zipfile raise of a damaged archive: RuntimeError if a bit says "encrypted" or an
# unknown version, ValueError if a member's name is no text.
_BROKEN = (OSError, EOFError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, RuntimeError, ValueError)


class BrokenDownloadError(BadInput):
    """What a download holds cannot be unpacked to its end, or must not be."""


@contextmanager
def _damage_told() -> Iterator[None]:
    """Tell a damaged archive from a disk that does not give its bytes, which may pass."""
    try:
        yield
    except BrokenDownloadError:
        raise
    except _BROKEN as error:
        # zipfile takes a disk that fails for a file that is no zip.
        for cause in (error, error.__context__):
            if isinstance(cause, OSError) and is_unreadable(cause):
                raise cause from None
        raise BrokenDownloadError(str(error) or type(error).__name__) from error


@dataclass
class _Limit:
    """How many bytes may still come out of a download, whatever it consists of."""

    total: int
    left: int

    def take(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise BrokenDownloadError(f"decompression ratio over {MAX_RATIO} after {self.total} bytes")


class _Member(io.RawIOBase):
    """Bytes of an archive, opened by the first read so that whatever is wrong is a read's error."""

    def __init__(self, opener: Opener, limit: _Limit) -> None:
        self._opener = opener
        self._limit = limit
        self._stream: Any = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with _damage_told():
            self._stream = self._stream or self._opener()
            # read1 hands over what there is; read would lose it if the archive then turns out cut.
            chunk = self._stream.read1(len(buffer))
        self._limit.take(len(chunk))
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def close(self) -> None:
        if self._stream:
            self._stream.close()
        super().close()


def open_members(path: Path, wanted: Wanted = bool) -> "Iterator[tuple[str, io.BufferedReader[Any]]]":
    """Open the files that a download holds, one after the other.

    A damaged archive raises nothing here: reading its stream raises BrokenDownloadError. What macOS adds
    to archives is passed over.

    Parameters
    ----------
    path
        A `.zip`, a `.gz`, or the file itself.
    wanted
        Which members of a zip to open, by name without compression; all by default.

    Returns
    -------
    Iterator[tuple[str, io.BufferedReader]]
        Names with decompressed streams; each stream is closed when the next is asked for. The name
        of a member of a zip in a zip is `inner.zip!member`.

    Raises
    ------
    OSError
        The path cannot be opened.
    """
    total = max(RATIO_FREE, MAX_RATIO * path.stat().st_size)
    limit = _Limit(total, total)
    for name, opener in _members(path.name, lambda: path.open("rb"), limit, wanted, 0):
        with io.BufferedReader(_Member(opener, limit)) as stream:
            yield name, stream


@contextmanager
def as_utf8(stream: "io.BufferedReader[Any]") -> Iterator[BinaryIO]:
    """Give a stream as it is, or as UTF-8 if its mark says that it is UTF-16."""
    if stream.peek(2)[:2] not in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        yield stream
        return
    decoder = codecs.getincrementaldecoder("utf-16")(errors="replace")
    with tempfile.TemporaryFile(prefix="corepath-") as copy:
        while chunk := stream.read(_CHUNK):
            with writing_temporary():
                copy.write(decoder.decode(chunk).encode())
        copy.seek(0)
        yield copy


def _members(
    name: str, opener: Opener, limit: _Limit, wanted: Wanted, depth: int
) -> Iterator[tuple[str, Opener]]:
    match PurePosixPath(name.lower()).suffix:
        case ".gz":
            yield from _members(name[:-3], partial(_gunzip, opener), limit, wanted, depth)
        case ".zip" if depth == MAX_DEPTH:
            yield name, partial(_fail, BrokenDownloadError(f"zips in zips deeper than {MAX_DEPTH}"))
        case ".zip":
            yield from _zipped(name, opener, limit, wanted, depth)
        case _:
            yield name, opener


def _zipped(
    name: str, opener: Opener, limit: _Limit, wanted: Wanted, depth: int
) -> Iterator[tuple[str, Opener]]:
    with tempfile.TemporaryFile(prefix="corepath-") as copy:
        try:
            with _damage_told():
                file = opener() if depth == 0 else _copied(opener, limit, copy)
                archive = zipfile.ZipFile(file)
        except BrokenDownloadError as error:
            yield name, partial(_fail, error)
            return
        with file, archive:
            for member in archive.infolist():
                inner = member.filename
                is_zip = inner.lower().endswith(".zip")
                if member.is_dir() or is_of_macos(inner):
                    continue
                if not (is_zip or wanted(bare_name(inner))):
                    continue
                found = _members(inner, partial(archive.open, member), limit, wanted, depth + 1)
                for below, inside in found:
                    yield f"{inner}!{below}" if is_zip else below, inside


def _gunzip(opener: Opener) -> gzip.GzipFile:
    packed = opener()
    stream = gzip.GzipFile(fileobj=packed)
    stream.myfileobj = packed  # so that it is closed with the stream
    return stream


def _copied(opener: Opener, limit: _Limit, copy: Any) -> Any:
    """Put a zip of a zip on disk: its directory stands at its end, and a stream cannot seek."""
    with io.BufferedReader(_Member(opener, limit)) as stream:
        copy_to_disk(stream, copy)
    copy.seek(0)
    return copy


def copy_to_disk(stream: Any, copy: Any) -> None:
    """Write what a stream holds into a temporary file.

    Raises
    ------
    Unavailable
        The temporary folder is full, or cannot be written.
    """
    while chunk := stream.read(_CHUNK):
        with writing_temporary():
            copy.write(chunk)
    with writing_temporary():
        copy.flush()


def _fail(error: Exception) -> NoReturn:
    raise error
