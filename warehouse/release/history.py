"""What is done to releases that are there: go back to one, keep some, remove the others."""

import shutil
from collections.abc import Collection

import duckdb

from corepath.warehouse.errors import UsageError
from corepath.warehouse.release.repository import Attempt, Releases, now
from corepath.warehouse.release.verify import must_be_whole


def rollback(
    connection: duckdb.DuckDBPyConnection, releases: Releases, version: str, why: str | None = None
) -> None:
    """Point `latest` to another release; nothing is built.

    Parameters
    ----------
    connection
        What verifies the release.
    releases
        The topic's releases.
    version
        The release that becomes the latest; it may be newer than the present one.
    why
        A reason, for versions.json.

    Raises
    ------
    UsageError
        There is no such release, or it is the latest already.
    BadInput
        It is not whole.
    Busy
        A run is publishing.
    """
    releases.find(version)  # before a lock is made where nothing is
    with releases.held():
        releases.find(version)
        latest = releases.latest()
        if latest and latest.version == version:
            raise UsageError(f"{releases.place}: {version} is the latest already")
        published = releases.published()[version]
        must_be_whole(connection, releases.path(version), published.sums, f"{releases.place}/{version}")
        reason = f"instead of {latest.version}" if latest else "there was no latest"
        identity = published.identity
        # Noted first: without the note, the next refresh would take the rollback back.
        releases.note(Attempt("rolled back", identity, now(), version, f"{reason}: {why}" if why else reason))
        releases.point_to(version)


def withdrawn(releases: Releases, identities: Collection[str]) -> str | None:
    """Find the release of one of some identities that was rolled back, if nothing was published since.

    A refresh of the same input then leaves `latest` where it is: it does not undo the rollback.

    Returns
    -------
    str or None
        The release's version.
    """
    latest = releases.latest()
    moves = [a for a in releases.attempts() if a.status in ("published", "rolled back")]
    if not latest or not moves or moves[-1].status != "rolled back":
        return None
    if moves[-1].version != latest.version:
        return None  # the run that went back was killed before it moved the pointer
    newer = list(releases.published().values())
    newer = newer[newer.index(latest) + 1 :]
    return next((a.version for a in reversed(newer) if a.identity in identities), None)


def pin(releases: Releases, version: str, keep: bool) -> bool:
    """Let `prune` keep a release, or let it go again.

    Parameters
    ----------
    releases
        The topic's releases.
    version
        The release.
    keep
        Whether to pin it, or to take the pin away.

    Returns
    -------
    bool
        Whether that changed anything.

    Raises
    ------
    UsageError
        There is no such release.
    Busy
        A run is publishing.
    """
    releases.find(version)
    with releases.held():
        releases.find(version)
        if (version in releases.pinned()) == keep:
            return False
        identity = releases.published()[version].identity
        releases.note(Attempt("pinned" if keep else "unpinned", identity, now(), version))
        return True


def prunable(releases: Releases, keep: int) -> list[Attempt]:
    """List the releases beyond the last ones, without those that are pinned and the latest.

    Parameters
    ----------
    releases
        The topic's releases.
    keep
        How many of the last to keep, at least 1.

    Raises
    ------
    UsageError
        There is no release, or none is to be kept.
    """
    if keep < 1:
        raise UsageError(f"keep at least 1 release, not {keep}")
    releases.find()
    latest = releases.latest()
    kept = releases.pinned() | {latest.version if latest else None}
    return [a for a in list(releases.published().values())[:-keep] if a.version not in kept]


def prune(releases: Releases, keep: int) -> list[Attempt]:
    """Remove the releases that `prunable` lists, and leave their tombstones in versions.json.

    A reader that has a file of them open goes on reading it.

    Returns
    -------
    list of Attempt
        The tombstones.

    Raises
    ------
    UsageError
        There is no release, or none is to be kept.
    Busy
        A run is publishing.
    """
    prunable(releases, keep)
    with releases.held():
        releases.clear()
        gone = [
            Attempt("pruned", a.identity, now(), a.version, rows=a.rows) for a in prunable(releases, keep)
        ]
        # Noted first: nothing that is listed is ever half there. What a kill leaves is cleared by
        # the next run.
        releases.note(*gone)
        for attempt in gone:
            shutil.rmtree(releases.put_aside(str(attempt.version)))
        return gone
