"""What datapackage.json says of a release: its files, keys, sources, licences and parameters."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb

from corepath.warehouse.release.repository import sha256
from corepath.warehouse.sources import Source

_MEDIATYPES = {
    ".duckdb": "application/vnd.duckdb",
    ".html": "text/html",
    ".json": "application/json",
    ".md": "text/markdown",
    ".toml": "application/toml",
}


def credits(connection: duckdb.DuckDBPyConnection, sources: Mapping[str, Source]) -> list[dict[str, Any]]:
    """Tell of each source what it is, under which licence, how to cite it, and what was read.

    Parameters
    ----------
    connection
        Where the catalog `build` is, with meta.source_file.
    sources
        The sources that were loaded.

    Returns
    -------
    list of dict
        One a source, the best-ranked first, as `sources` of datapackage.json has them.
    """
    read = connection.sql(
        "select source, file, bytes, sha256 from build.meta.source_file order by all"
    ).fetchall()
    return [
        {
            "title": source.title,
            "path": source.url,
            "name": source.name,
            "licence": source.licence,
            "licence_id": source.licence_id,
            "citation": source.citation,
            "files": [
                {"path": file, "bytes": size, "hash": f"sha256:{digest}"}
                for of, file, size, digest in read
                if of == source.name
            ],
        }
        for source in sorted(sources.values(), key=lambda source: source.rank)
    ]


def document(path: Path, description: str) -> dict[str, Any]:
    """Describe a file that is no mart, as `resources` of datapackage.json has it."""
    return {
        "name": path.name.replace(".", "-").replace("_", "-"),
        "path": path.name,
        "format": path.suffix.removeprefix("."),
        "mediatype": _MEDIATYPES[path.suffix],
        "description": description,
        "bytes": path.stat().st_size,
        "hash": f"sha256:{sha256(path)}",
    }


def describe_release(
    resources: list[dict[str, Any]], sources: Iterable[Mapping[str, Any]], about: Mapping[str, Any]
) -> dict[str, Any]:
    """Describe a release as a Frictionless Data Package.

    Parameters
    ----------
    resources
        What it says of each file.
    sources
        What it says of each source (`credits`).
    about
        meta.release: name, version, parameters.

    Returns
    -------
    dict
        The content of datapackage.json.
        https://datapackage.org/standard/data-package/
    """
    sources = list(sources)
    # What is made of several sources is under the terms of each.
    licences = {source["licence"]: source["licence_id"] for source in sources}
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": f"corepath-{str(about['topic']).replace('_', '-')}",
        "title": f"{about['title']}: key core technologies and their convergence",
        "description": "Patent families with indicators and scores, core technologies, convergence "
        "networks and paths of countries. The licences are those of the sources it was made of.",
        "version": about["version"],
        "created": about["published_at"],
        "licenses": [{"name": name, "title": title} for title, name in licences.items()],
        "sources": sources,
        "resources": resources,
        "corepath": dict(about),
    }
