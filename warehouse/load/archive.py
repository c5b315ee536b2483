"""Open what a download holds: plain, gzipped, zipped, zips in zips, and limit what comes out."""

import gzip
import io
import lzma
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, NoReturn

from corepath.warehouse.sources import bare_name

MAX_RATIO = 200  # a published file of designs alone reaches 16, deflate could reach 1000
RATIO_FREE = 256 * 2**20  # so much may come out of any archive, however small
MAX_DEPTH = 4  # DOCDB's back files are zips in a zip

Opener = Callable[[], Any]  # of a binary file that has read1, for which there is no common type
Wanted = Callable[[str], bool]  # of a member, by its name

# What gzip and zipfile raise of a damaged archive: RuntimeError if a bit says "encrypted" or an
# unknown version, ValueError if a member's name is no text.
BROKEN = (OSError, EOFError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, RuntimeError, ValueError)


class _Member(io.RawIOBase):
    """Bytes of an archive, opened by the first read so that whatever is wrong is a read's error."""

    def __init__(self, opener: Opener, packed: int) -> None:
        self._opener = opener
        self._limit = max(RATIO_FREE, MAX_RATIO * packed)
        self._stream: Any = None
        self._size = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._stream = self._stream or self._opener()
        # read1 hands over what there is; read would lose it if the archive then turns out cut.
        chunk = self._stream.read1(len(buffer))
        self._size += len(chunk)
        if self._size > self._limit:
            raise OSError(f"decompression ratio over {MAX_RATIO} after {self._limit} bytes")
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def close(self) -> None:
        if self._stream:
            self._stream.close()
        super().close()


def open_members(path: Path, wanted: Wanted = bool) -> "Iterator[tuple[str, io.BufferedReader[Any]]]":
    """Open the files that a download holds, one after the other.

    A damaged archive raises nothing here: reading its stream does.

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
    packed = path.stat().st_size
    for name, opener, size in _members(path.name, lambda: path.open("rb"), packed, wanted, 0):
        with io.BufferedReader(_Member(opener, size)) as stream:
            yield name, stream


def _members(
    name: str, opener: Opener, packed: int, wanted: Wanted, depth: int
) -> Iterator[tuple[str, Opener, int]]:
    match PurePosixPath(name.lower()).suffix:
        case ".gz":
            yield from _members(name[:-3], partial(_gunzip, opener), packed, wanted, depth)
        case ".zip" if depth == MAX_DEPTH:
            yield name, partial(_fail, OSError(f"zips in zips deeper than {MAX_DEPTH}")), packed
        case ".zip":
            yield from _zipped(name, opener, packed, wanted, depth)
        case _:
            yield name, opener, packed


def _zipped(
    name: str, opener: Opener, packed: int, wanted: Wanted, depth: int
) -> Iterator[tuple[str, Opener, int]]:
    with tempfile.TemporaryFile(prefix="corepath-") as copy:
        try:
            file = opener() if depth == 0 else _copied(opener, packed, copy)
            archive = zipfile.ZipFile(file)
        except BROKEN as error:
            yield name, partial(_fail, error), packed
            return
        with file, archive:
            for member in archive.infolist():
                inner = member.filename
                is_zip = inner.lower().endswith(".zip")
                if member.is_dir() or not (is_zip or wanted(bare_name(inner))):
                    continue
                found = _members(
                    inner, partial(archive.open, member), member.compress_size, wanted, depth + 1
                )
                for below, inside, size in found:
                    yield f"{inner}!{below}" if is_zip else below, inside, size


def _gunzip(opener: Opener) -> gzip.GzipFile:
    packed = opener()
    stream = gzip.GzipFile(fileobj=packed)
    stream.myfileobj = packed  # so that it is closed with the stream
    return stream


def _copied(opener: Opener, packed: int, copy: Any) -> Any:
    """Put a zip of a zip on disk: its directory stands at its end, and a stream cannot seek."""
    with io.BufferedReader(_Member(opener, packed)) as stream:
        shutil.copyfileobj(stream, copy)
    copy.seek(0)
    return copy


def _fail(error: Exception) -> NoReturn:
    raise error
