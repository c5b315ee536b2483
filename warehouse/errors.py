"""What can go wrong, and the exit code that tells a scheduler which it was."""

from collections.abc import Sequence


class CorepathError(Exception):
    """A failure that its message explains; the base of all others."""

    exit_code = 1


class UsageError(CorepathError):
    """The command or a setting is wrong: the caller can mend it."""

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
        The verdicts of validation, where it came so far.
    """

    exit_code = 4

    def __init__(self, reason: str, results: Sequence[object] = ()) -> None:
        super().__init__(reason)
        self.results = results


class Busy(CorepathError):
    """Another run holds the warehouse."""

    exit_code = 5
