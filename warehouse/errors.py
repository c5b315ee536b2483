"""What can go wrong, and the exit code that tells a scheduler which it was."""

import difflib
import errno
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


class CorepathError(Exception):
    """A failure that its message explains; the base of all others."""

    exit_code = 1


class UsageError(CorepathError):
    """The command or a setting is wrong: the caller can correct it."""

    exit_code = 2


class BadInput(CorepathError):
    """A dump, a reference table or a topic file cannot be read, or a release is damaged."""

    exit_code = 3


class Refused(CorepathError):
    """The result was built, or could not be worth building, and is not published.

    Parameters
    ----------
    reason
        Why, in plain words.
    results
        The results of validation, if it got that far.
    """

    exit_code = 4

    def __init__(self, reason: str, results: Sequence[object] = ()) -> None:
        super().__init__(reason)
        self.results = results


class Busy(CorepathError):
    """Another run holds the warehouse."""

    exit_code = 5


class Unavailable(CorepathError):
    """A dump, the warehouse or the place of the releases cannot be reached, read or written."""

    exit_code = 6


def meant(name: str, known: Iterable[str]) -> str:
    """Guess which of the known names a misspelt one was to be, for the end of a message.

    Examples
    --------
    >>> meant("ai_chip", ["ai_chips", "batteries"]), meant("x", ["ai_chips"])
    (' (did you mean ai_chips?)', '')
    """
    near = difflib.get_close_matches(name, list(known), 1)
    return f" (did you mean {near[0]}?)" if near else ""


_FULL = "its disk is full: make room, for instance by `corepath prune`, and run again"
_LOCKED = "it cannot be written: allow it, or name another folder by --releases"
_GONE = "it is gone or broken: bring it back, or name another folder by --releases, and run again"
_REMEDIES = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: _FULL,
    errno.EROFS: _LOCKED,
    errno.EACCES: _LOCKED,
    errno.EPERM: _LOCKED,
    errno.EEXIST: _LOCKED,
    errno.ENOENT: _GONE,
    errno.ENOTDIR: _GONE,
    errno.EIO: _GONE,
    errno.ENODEV: _GONE,
    errno.ENXIO: _GONE,
    errno.ESTALE: _GONE,
    errno.ENOTCONN: _GONE,
}


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Say what is wrong with a folder, and what helps, in place of an error of the system's.

    Raises
    ------
    Unavailable
        It cannot be written, its disk is full, or it is gone.
    """
    try:
        yield
    except Exception as error:
        remedy = system_error(error)
        # Neither a dump that cannot be read nor the warehouse is to be blamed on the folder.
        of_folder = str(folder) in str(error) or (isinstance(error, OSError) and not error.filename)
        told_already = isinstance(error, CorepathError) and error.exit_code != 1
        if told_already or not remedy or not of_folder:
            raise
        raise Unavailable(f"{folder}: {remedy} ({error})") from error


@contextmanager
def writing_temporary() -> Iterator[None]:
    """Say that the folder of temporary files is full or cannot be written, and what helps.

    Raises
    ------
    Unavailable
        Writing failed.
    """
    try:
        yield
    except OSError as error:
        raise Unavailable(
            f"the temporary folder {tempfile.gettempdir()} cannot be written ({error}): make room, or "
            "name another folder in the environment variable TMPDIR"
        ) from error


# What the system answers when it does not give a file's bytes, whatever these are.
_UNREADABLE = {
    errno.EIO,
    errno.ESTALE,
    errno.ENXIO,
    errno.ENODEV,
    errno.ENOTCONN,
    errno.ETIMEDOUT,
    errno.ECONNRESET,
    errno.EREMOTEIO,
    errno.EACCES,
    errno.EPERM,
    errno.ENOENT,
    errno.ENOTDIR,
}


def is_unreadable(error: BaseException | None) -> bool:
    """Tell whether the system refused to read, as Python, pyarrow or DuckDB say it."""
    if isinstance(error, OSError) and error.errno:
        return error.errno in _UNREADABLE
    return any(os.strerror(code) in str(error) for code in _UNREADABLE)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Say that a file or folder of a dump cannot be read, in place of the system's error.

    Raises
    ------
    Unavailable
        The system does not give its bytes; that may pass.
    """
    try:
        yield
    except Exception as error:
        if isinstance(error, CorepathError) or not is_unreadable(error):
            raise
        raise Unavailable(
            f"{path}: cannot be read, and nothing of it is loaded: bring the disk or network share "
            f"back, or allow reading, and run again ({error})"
        ) from error


def system_error(error: Exception) -> str | None:
    """Find what helps against an error of the system's, if it is one: DuckDB tells it in words."""
    if isinstance(error, OSError):
        return _REMEDIES.get(error.errno or 0)
    said = str(error)
    return next((told for code, told in _REMEDIES.items() if os.strerror(code) in said), None)
