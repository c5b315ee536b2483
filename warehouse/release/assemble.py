"""Everything that a release holds, written into its draft."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from corepath.warehouse.build.graph import Table
from corepath.warehouse.errors import BadInput, Refused
from corepath.warehouse.release import check, diff, package, pages
from corepath.warehouse.release.croissant import as_croissant
from corepath.warehouse.release.recipe import RECIPE, TOPIC, write_recipe
from corepath.warehouse.release.repository import Releases, write_json, write_marts, write_meta, write_sums
from corepath.warehouse.sources import Source
from corepath.warehouse.validate.validator import Result

log = logging.getLogger("corepath.release")

# Files of a release that are neither marts nor pages.
_DOCUMENTS = {
    "corepath.duckdb": "All marts, and meta about the release, for DuckDB 1.2 and newer",
    "validation.json": "Every result of validation",
    RECIPE: "What it was made of: fingerprints of inputs and code, versions; for corepath reproduce",
    TOPIC: "The topic's file",
    "changes.json": "What changed since the release before",
    "changes.md": "What changed since the release before",
}


@dataclass(frozen=True)
class Content:
    """What a release says of itself, beside its marts: meta.release, the graph, sources, validation."""

    about: Mapping[str, Any]
    tables: Mapping[str, Table]
    sources: Mapping[str, Source]
    results: Sequence[Result]
    topic: str  # the text of its file
    recipe: Mapping[str, Any]  # what it was made of
    truth: Path | None = None  # of a generated world, the file of what was planted


def complete(
    connection: duckdb.DuckDBPyConnection,
    draft: Path,
    content: Content,
    releases: Releases,
    allowed_drop: float,
) -> None:
    """Complete a draft that holds the marts: meta, Parquet, changes, pages, descriptions, sums.

    Parameters
    ----------
    connection
        Where the draft's corepath.duckdb is attached as `build`; it is detached here.
    draft
        The folder of the draft.
    content
        What the release says of itself.
    releases
        The topic's; the draft is compared with the latest.
    allowed_drop
        Share of the rows of a mart of data that may go, 0 to 1.

    Raises
    ------
    Refused
        The release must not follow the latest.
    """
    about, results = content.about, list(content.results)
    write_meta(connection, about, results)
    resources = write_marts(connection, draft, content.tables)
    credits = package.credits(connection, content.sources)
    write_recipe(draft, content.topic, content.recipe)
    write_json(draft / "validation.json", [asdict(result) for result in results])
    side = diff.Side.of(draft, about, resources)
    change = compare_with_latest(connection, releases, side, allowed_drop, results)
    diff.write(change, draft)
    connection.execute("detach build")
    title = f"{about['title']} {about['version']}"
    resources += pages.write_pages(draft, title, results, diff.as_dict(change), content.truth)
    for name, what in _DOCUMENTS.items():
        resources.append(package.document(draft / name, what))
    described = package.describe_release(resources, credits, about)
    write_json(draft / "datapackage.json", described)
    write_json(draft / "croissant.json", as_croissant(described))
    write_sums(draft)


def compare_with_latest(
    connection: duckdb.DuckDBPyConnection,
    releases: Releases,
    new: diff.Side,
    allowed_drop: float,
    results: Sequence[Result] = (),
) -> diff.Change:
    """Compare a draft with the latest release.

    Parameters
    ----------
    connection
        Any; it reads Parquet.
    releases
        The topic's.
    new
        The draft.
    allowed_drop
        Share of the rows of a mart of data that may go, 0 to 1.
    results
        Of validation, for the error.

    Returns
    -------
    Change
        What changed, with warnings.

    Raises
    ------
    Refused
        The draft must not follow the latest release, or cannot be compared with it.
    """
    latest = releases.latest()
    if latest is None:
        return diff.Change(None, new.version, is_made_up=new.is_made_up)
    try:
        before = diff.read(releases.path(latest.version))
        change = diff.compare(connection, before, new)
    except BadInput as error:
        raise Refused(f"what cannot be compared is not published: {error}", results) from error
    if reasons := check.refusals(change, before, new, allowed_drop):
        raise Refused("; ".join(reasons), results)
    warnings = check.warnings(change, allowed_drop)
    for warning in warnings:
        log.warning("%s", warning)
    return replace(change, warnings=warnings)
