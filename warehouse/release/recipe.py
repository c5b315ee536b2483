"""What a release was made of, in its own folder: enough to make it again, or to say what is missing."""

import hashlib
import importlib.metadata
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from corepath.warehouse.build.graph import Table
from corepath.warehouse.release.repository import write_json
from corepath.warehouse.settings import Settings

RECIPE, TOPIC = "recipe.json", "topic.toml"

# What the bytes of a release may depend on beside the code; each reads, computes or writes its tables.
_LIBRARIES = ("duckdb", "networkit", "numpy", "polars", "pyarrow", "scipy")


def recipe_of(
    settings: Settings, variant: str | None, tables: Mapping[str, Table], given: Mapping[str, str]
) -> dict[str, Any]:
    """Describe what a build is made of.

    Parameters
    ----------
    settings
        Of the run.
    variant
        Of the topic's file, if one is asked for.
    tables
        The graph.
    given
        Fingerprints of the tables the graph starts from: look-up tables, the topic, raw tables.

    Returns
    -------
    dict
        variant of topic.toml, countries, reject_share; fingerprints of what was given, and of the code of
        each table, by name; versions of Python and of the libraries.
    """
    return {
        "variant": variant,
        "countries": settings.countries,
        "reject_share": settings.reject_share,
        "given": dict(sorted(given.items())),
        "code": {key: hashlib.sha256(table.code()).hexdigest() for key, table in sorted(tables.items())},
        "versions": versions(),
    }


def versions() -> dict[str, str]:
    """Tell the versions of what computes here."""
    found = {name: importlib.metadata.version(name) for name in ("corepath", *_LIBRARIES)}
    return found | {"python": platform.python_version(), "machine": platform.machine()}


def write_recipe(draft: Path, topic: str, recipe: Mapping[str, Any]) -> None:
    """Write recipe.json and topic.toml into a draft.

    Parameters
    ----------
    draft
        Its folder.
    topic
        The text of the topic's file.
    recipe
        Of `recipe_of`.
    """
    write_json(draft / RECIPE, recipe)
    (draft / TOPIC).write_text(topic, encoding="utf-8")
