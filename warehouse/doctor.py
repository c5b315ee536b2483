"""Whether warehouse and releases are sound, and the repair of what can be rebuilt.

What was published is never changed: a damaged release stays as it is, and `latest` goes to one that
is whole.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from corepath.warehouse.database import SEALED, exclusive, reading
from corepath.warehouse.errors import BadInput
from corepath.warehouse.release import repository
from corepath.warehouse.release.repository import Attempt, Releases, now, sha256
from corepath.warehouse.release.verify import verify
from corepath.warehouse.settings import Settings

# What every warehouse has after its first load.
_LEDGER = ("source_file", "rejects")


@dataclass(frozen=True)
class Finding:
    """Something that is wrong: what, what is lost by it and what not, what helps, and the repair."""

    place: str
    problem: str
    consequence: str
    remedy: str
    repair: Callable[[], None] | None = None

    def __str__(self) -> str:
        """Say it in a line."""
        return f"{self.place} {self.problem}: {self.consequence}. {self.remedy}"


def examine(settings: Settings, topics: list[str] | None = None) -> Iterator[Finding]:
    """Check the warehouse and the releases of every topic.

    Parameters
    ----------
    settings
        Where they are.
    topics
        Names of topics; by default every topic that has releases.

    Yields
    ------
    Finding
        What is wrong. Each is to be repaired before the next is asked for: `latest` can be set
        right only once versions.json is.
    """
    yield from _of_warehouse(settings.warehouse)
    for topic in topics or repository.topics(settings.releases):
        yield from _of_releases(repository.at(settings.releases, topic), settings)


# --- The warehouse -------------------------------------------------------------------------------


def _of_warehouse(path: Path) -> Iterator[Finding]:
    if not path.exists():
        return
    problem = _warehouse_problem(path)
    if problem:
        yield Finding(
            str(path),
            problem,
            "releases do not depend on it, and all that it held comes from the raw files",
            "The repair renames it; the next refresh loads the raw files again",
            lambda: _set_aside(path),
        )


def _warehouse_problem(path: Path) -> str | None:
    try:
        with duckdb.connect(str(path), read_only=True, config=SEALED) as connection:
            tables = {
                name
                for (name,) in connection.sql(
                    "select table_name from duckdb_tables() where schema_name = 'raw'"
                ).fetchall()
            }
            lost = sorted(set(_LEDGER) - tables)
            if lost and tables:
                return f"lacks its table raw.{lost[0]}"
            for schema, name in connection.sql(
                "select schema_name, table_name from duckdb_tables() order by all"
            ).fetchall():
                # Reads every block, so that a damaged one is found.
                connection.execute(f'select sum(hash(t)) from "{schema}"."{name}" as t').fetchall()
    except duckdb.Error as error:
        first = str(error).partition("\n")[0]
        if "Could not set lock" in first:
            return None  # a run is using it, and so can open it
        return f"cannot be read ({first})"
    return None


def _set_aside(path: Path) -> None:
    with exclusive(path):
        aside = path.with_name(f"{path.name}.damaged-{now()}")
        path.rename(aside)
        log = Path(f"{path}.wal")  # DuckDB would replay it into the new file
        if log.exists():
            log.rename(f"{aside}.wal")


# --- Releases ------------------------------------------------------------------------------------


def _of_releases(releases: Releases, settings: Settings) -> Iterator[Finding]:
    try:
        releases.attempts()
    except BadInput:
        yield Finding(
            f"{releases.place}/versions.json",
            "is damaged" if releases.has_versions() else "is missing",
            "the releases are untouched; notes of rejected runs, rollbacks and pins are lost",
            "The repair lists the releases that are there, by their own metadata",
            lambda: _relist(releases),
        )
    try:
        published = releases.published()
    except BadInput:
        return  # nothing more can be determined before that is repaired
    for version in sorted(releases.folders() - {a.version for a in releases.attempts() if a.version}):
        attempt = _from_metadata(releases, version)
        if attempt:
            yield Finding(
                f"{releases.place}/{version}",
                "is whole and not listed in versions.json",
                "a run ended between writing and listing it, or the list was lost",
                "The repair lists it",
                lambda attempt=attempt: _note(releases, attempt),
            )
    published = releases.published()
    whole = []
    for version in published:
        finding = _of_release(releases, version, settings)
        if finding:
            yield finding
        else:
            whole.append(version)
    yield from _of_pointer(releases, whole)


def _of_release(releases: Releases, version: str, settings: Settings) -> Finding | None:
    place = f"{releases.place}/{version}"
    published = releases.published()[version]
    if version not in releases.folders():
        return Finding(
            place,
            "is listed and not there",
            "its tables are lost, unless there is a copy; the other releases are not touched",
            "Restore it from a copy; or the repair notes that it is gone",
            lambda: _note(
                releases, Attempt("pruned", published.identity, now(), version, "its folder was lost")
            ),
        )
    with reading(settings) as connection:
        wrong = [c for c in verify(connection, releases.path(version), published.sums) if c.problems]
    if not wrong:
        return None
    files = "; ".join(f"{c.file} {', '.join(c.problems)}" for c in wrong)
    return Finding(
        place,
        f"is damaged ({files})",
        "what was published is never changed by corepath, and the other releases are not touched",
        "Restore the files from a copy, or publish anew by `corepath refresh`",
    )


def _of_pointer(releases: Releases, whole: list[str]) -> Iterator[Finding]:
    pointer = releases.pointer()
    if pointer in whole or (pointer is None and not releases.published()):
        return
    if pointer is None:
        problem = "is missing"
    elif pointer in releases.published():
        problem = f"leads to {pointer}, which is damaged or gone"
    else:
        problem = f"leads to {pointer!r}, which is no listed release"
    newest = whole[-1] if whole else None
    yield Finding(
        f"{releases.place}/latest",
        problem,
        "readers of `latest` meet nothing, or not what was published",
        f"The repair lets it lead to {newest}, the newest that is whole"
        if newest
        else "No release is whole: restore one from a copy, or publish anew by `corepath refresh`",
        (lambda: _point(releases, newest, problem)) if newest else None,
    )


def _relist(releases: Releases) -> None:
    with releases.held():
        found = [_from_metadata(releases, version) for version in releases.folders()]
        attempts = [attempt for attempt in found if attempt]
        releases.replace_attempts(sorted(attempts, key=lambda a: _order(str(a.version))))


def _order(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _from_metadata(releases: Releases, version: str) -> Attempt | None:
    """Tell from a release's own metadata what versions.json said of it; None where it says nothing."""
    folder = releases.copy(version)
    try:
        about = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))["corepath"]
        sums = sha256(folder / "SHA256SUMS")
        if about["version"] != version:
            return None
        rows = json.loads(about["rows"])
        return Attempt("published", about["identity"], about["published_at"], version, rows=rows, sums=sums)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _note(releases: Releases, attempt: Attempt) -> None:
    with releases.held():
        releases.note(attempt)


def _point(releases: Releases, version: str, problem: str) -> None:
    with releases.held():
        identity = releases.published()[version].identity
        releases.note(Attempt("rolled back", identity, now(), version, f"latest {problem}"))
        releases.point_to(version)
