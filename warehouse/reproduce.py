"""Make a release again from what it says of itself, and hold each table to its bytes."""

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corepath.warehouse.database import reading
from corepath.warehouse.errors import BadInput, UsageError
from corepath.warehouse.plan import Run, read_inputs, resolve
from corepath.warehouse.refresh import Step, plain, refresh
from corepath.warehouse.release.recipe import RECIPE, TOPIC, recipe_of, versions
from corepath.warehouse.release.repository import sha256
from corepath.warehouse.settings import Settings
from corepath.warehouse.sources import named

_SHOWN = 20  # lines of what is missing


@dataclass(frozen=True)
class Reproduced:
    """A table of a release: whether its file came out the same, byte for byte."""

    table: str
    is_same: bool


def reproduce(
    release: Path,
    settings: Settings,
    step: Step[Any] = plain,
    shown: Callable[[Run], AbstractContextManager[None]] = lambda _: nullcontext(),
) -> list[Reproduced]:
    """Check what a release was made of, make it again aside, and compare.

    Parameters
    ----------
    release
        Its folder. Of it datapackage.json, recipe.json and topic.toml are read.
    settings
        Where the raw files of each source are; memory and threads. The rest is what the release says.
    step
        How to run each step.
    shown
        How to show the run that makes it again.

    Returns
    -------
    list of Reproduced
        One a mart, in the order of datapackage.json.

    Raises
    ------
    UsageError
        The folder holds no release, or one without a recipe.
    BadInput
        Raw files are missing or have other bytes, or the code, a look-up table or the topic is another
        than the release was made of; the message names all of it, and nothing is built.
    Refused
        What is made again is not published.
    """
    package, recipe = _read(release, "datapackage.json"), _read(release, RECIPE)
    problems = list(_of_files(package["sources"], settings.sources))
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / TOPIC).write_bytes((release / TOPIC).read_bytes())
        asked = str(folder / TOPIC) + (f":{recipe['variant']}" if recipe["variant"] else "")
        here = settings.model_copy(
            update={
                "topic": asked,
                "countries": recipe["countries"],
                "reject_share": recipe["reject_share"],
                "warehouse": folder / "warehouse.duckdb",
                "releases": folder / "releases",
                "truth": None,
            }
        )
        if not problems:  # without the raw files the rest cannot be determined
            problems = list(_of_code(recipe, here))
        if problems:
            more = f"\n... and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
            raise BadInput(f"{release} cannot be made again here:\n" + "\n".join(problems[:_SHOWN]) + more)
        with shown(resolve(here)):
            outcome = refresh(here, step)
        marts = [each for each in package["resources"] if each["format"] == "parquet"]
        return [
            Reproduced(
                Path(mart["path"]).stem,
                (outcome.path / mart["path"]).exists()
                and f"sha256:{sha256(outcome.path / mart['path'])}" == mart["hash"],
            )
            for mart in marts
        ]


def other_versions(release: Path) -> dict[str, tuple[str, str]]:
    """Name what computed a release in another version than is here, with both."""
    before, here = _read(release, RECIPE)["versions"], versions()
    return {name: (before[name], here[name]) for name in before if here.get(name) != before[name]}


def _read(release: Path, name: str) -> dict[str, Any]:
    try:
        return json.loads((release / name).read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(
            f"{release / name}: {error.strerror}; it is no release, or one of a corepath before there was "
            f"a {RECIPE}"
        ) from None
    except ValueError as error:
        raise BadInput(f"{release / name} is damaged: {error}") from None


def _of_files(sources: list[dict[str, Any]], given: Mapping[str, Path]) -> Iterator[str]:
    """Tell which raw files are missing, have other bytes, or are too many."""
    for source in sources:
        name, files = source["name"], {file["path"]: file for file in source["files"]}
        if name not in given:
            size = sum(file["bytes"] for file in files.values())
            yield (
                f"missing: --source {name}=PATH with {len(files)} files, {size:,} bytes, of {source['path']}"
            )
            yield from (f"missing: {name}: {path}, {file['hash']}" for path, file in files.items())
            continue
        found = dict(named(name).find(given[name]))
        for path, file in files.items():
            if path not in found:
                yield f"missing: {name}: {path}, {file['hash']}"
            elif f"sha256:{sha256(found[path])}" != file["hash"]:
                yield f"other bytes: {name}: {found[path]} is not {path}, {file['hash']}"
        yield from (f"too many: {name}: {found[path]}" for path in found.keys() - files.keys())
    for name in given.keys() - {source["name"] for source in sources}:
        yield f"too many: the release was made without --source {name}"


def _of_code(recipe: Mapping[str, Any], settings: Settings) -> Iterator[str]:
    """Tell what of the code, the look-up tables and the topic differs from what made the release."""
    run = resolve(settings)
    with reading(settings) as connection:
        given = read_inputs(connection, run)
    here = recipe_of(settings, recipe["variant"], run.tables, given)
    was = {name: mark for name, mark in recipe["given"].items() if not name.startswith("raw.")}
    for what, before, now in (("", was, here["given"]), ("the code of ", recipe["code"], here["code"])):
        for name in sorted(before.keys() | now.keys()):
            if before.get(name) != now.get(name):
                yield f"differs: {what}{name}; the release is of corepath {recipe['versions']['corepath']}"
