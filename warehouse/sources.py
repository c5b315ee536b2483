"""The raw dumps that corepath reads: one folder below sql/sources/ declares each."""

import gzip
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from warehouse.errors import BadInput, UsageError
from warehouse.settings import ROOT

SOURCES = ROOT / "sql" / "sources"


class RawTable(BaseModel):
    """A table that a dump is read into: its columns and those that every row must have."""

    model_config = ConfigDict(extra="forbid")

    describes: str
    columns: dict[str, Literal["VARCHAR", "VARCHAR[]", "BIGINT", "BOOLEAN", "DATE"]]
    required: list[str] = []


class Source(BaseModel):
    """What a dump is, which files it comes in and which raw tables they fill."""

    model_config = ConfigDict(extra="forbid")

    name: str
    title: str
    licence: str
    credit: str
    url: str
    # Where two sources tell the same field of a publication, the lower rank wins.
    rank: int
    files: list[str] = Field(min_length=1)
    reader: Literal["jsonl", "uspto"]
    tables: dict[str, RawTable]

    def find(self, path: Path) -> list[tuple[str, Path]]:
        """List the dump's files below a path.

        Parameters
        ----------
        path
            A file of the dump, or a folder that holds it at any depth.

        Returns
        -------
        list of (str, Path)
            Name relative to `path`, and location, in order of name.

        Raises
        ------
        BadInput
            Nothing is there that this source reads.
        """
        if not path.exists():
            raise BadInput(f"{path}: no such file or folder (source {self.name})")
        if path.is_file():
            return [(path.name, path)]
        found = {
            file.relative_to(path).as_posix(): file
            for pattern in self.files
            for file in path.rglob(pattern)
            if file.is_file()
        }
        if not found:
            raise BadInput(
                f"{path}: holds no file that source {self.name} reads ({', '.join(self.files)}); "
                "`corepath sources` tells what each source expects"
            )
        return sorted(found.items())


def available() -> dict[str, Source]:
    """Read every source's declaration.

    Returns
    -------
    dict of str to Source
        By name, in order of name.

    Examples
    --------
    >>> available()["ppubs"].reader
    'jsonl'
    """
    folders = sorted(SOURCES.glob("*/source.toml"))
    declared = [Source.model_validate(tomllib.loads(file.read_text())) for file in folders]
    return {source.name: source for source in declared}


def named(name: str) -> Source:
    """Look a source up.

    Raises
    ------
    UsageError
        There is none of that name.
    """
    known = available()
    if name not in known:
        raise UsageError(f"unknown source {name!r}; the sources are {', '.join(known)}")
    return known[name]


def lines(path: Path) -> Iterator[bytes]:
    """Stream a file's lines, decompressed where its name ends in .gz."""
    with gzip.open(path) if path.suffix == ".gz" else open(path, "rb") as stream:
        yield from stream
