"""The raw dumps that corepath reads: one folder below sql/sources/ declares each."""

import logging
import re
import tomllib
from collections import deque
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from corepath.warehouse.errors import BadInput, UsageError, meant, reading
from corepath.warehouse.settings import ROOT

log = logging.getLogger("corepath.load")

SOURCES = ROOT / "sql" / "sources"

DELIMITED = (".csv", ".tsv", ".txt")
JSON_LINES = (".json", ".jsonl", ".ndjson")
PARQUET = (".parquet",)

HEAD = 2**16  # bytes by which a file is known
EXAMPLES = 5  # names of files that a message gives

DataType = Annotated[str, Field(pattern=r'^[A-Z][A-Za-z0-9_ ,()"\[\]]*$')]


class Dialect(BaseModel):
    """How a dump's delimited text is written; a quote within quotes is doubled."""

    model_config = ConfigDict(extra="forbid")

    delimiter: str = Field(min_length=1, max_length=1)
    quote: str = Field(default='"', min_length=1, max_length=1)
    # The first that decodes the whole file; if none does, the first, and lines that fail are
    # rejected.
    encodings: list[str] = Field(default=["utf-8"], min_length=1)


class RawTable(BaseModel):
    """A table that a dump is read into: its columns and those that every row must have."""

    model_config = ConfigDict(extra="forbid")

    describes: str
    columns: dict[str, DataType]
    required: list[str] = []
    # Names of its files, outside archives and within; none if a parser tells a row's table.
    files: list[str] = []
    # A dump must have rows of one of its needed tables; without another, what it gives is unknown.
    needed: bool = False
    gives: str = ""
    # Of a table of publications, SQL that gives the date of publication of a row, or null.
    published: str = ""
    # Columns that are known and not read, and older names of those that are.
    ignored: list[str] = []
    aliases: dict[str, list[str]] = {}

    @model_validator(mode="after")
    def _known(self) -> "RawTable":
        unknown = (set(self.required) | set(self.aliases)) - set(self.columns)
        if unknown:
            raise ValueError(f"not among the columns: {', '.join(sorted(unknown))}")
        return self

    @property
    def is_delimited(self) -> bool:
        """Whether its files are delimited text."""
        return any(PurePosixPath(pattern).suffix in DELIMITED for pattern in self.files)

    @property
    def stored(self) -> dict[str, str]:
        """Its columns in the warehouse, by name, with their types.

        Delimited text is kept as text, whatever it should say; only required integers are made
        integers, for they are keys.
        """
        if not self.is_delimited:
            return {"_file": "VARCHAR", "_row": "BIGINT", **self.columns}
        return {"_file": "VARCHAR"} | {
            name: "BIGINT" if kind == "BIGINT" and name in self.required else "VARCHAR"
            for name, kind in self.columns.items()
        }

    def names(self, column: str) -> list[str]:
        """Give every name of a column in lower case, the present one first."""
        return [name.lower() for name in (column, *self.aliases.get(column, []))]


class Lookalike(BaseModel):
    """What is often taken for a dump and is none: what its first bytes match, and what to do instead."""

    model_config = ConfigDict(extra="forbid")

    pattern: str
    says: str


class Source(BaseModel):
    """What a dump is, which files it comes in and which raw tables they fill."""

    model_config = ConfigDict(extra="forbid")

    name: str
    title: str
    licence: str
    # The licence's id in SPDX or the Open Definition; other-pd and other-closed are of the latter.
    licence_id: str
    credit: str
    url: str
    # Where two sources tell the same field of a publication, the lower rank wins.
    rank: int
    files: list[str] = Field(min_length=1)
    dialect: Dialect = Dialect(delimiter=",")
    tables: dict[str, RawTable] = Field(min_length=1)
    lookalikes: list[Lookalike] = []

    def find(self, path: Path, tell: bool = False) -> list[tuple[str, Path]]:
        """List the dump's files below a path.

        Parameters
        ----------
        path
            A file of the dump, or a folder that holds it at any depth, linked folders among them.
        tell
            Whether to warn of files that it does not read.

        Returns
        -------
        list of (str, Path)
            Name relative to `path`, and location, in order of name.

        Raises
        ------
        BadInput
            Nothing is there that this source reads, a linked folder leads back to one that it is
            in, or a link leads nowhere.
        Unavailable
            A folder cannot be read.
        """
        with reading(path):
            below: dict[str, Path] = {}
            if path.is_file():
                files = {path.name: path}
            elif path.is_dir():
                below = {file.relative_to(path).as_posix(): file for file in files_below(path)}
                files = {name: file for name, file in below.items() if self.reads(file.name)}
            else:
                raise BadInput(f"{path}: no such file or folder (source {self.name})")
        if not files:
            for name, file in below.items():
                # A .txt beside nothing else may be prose.
                if PurePosixPath(name.lower()).suffix in (".csv", ".tsv", *JSON_LINES):
                    self.refuse_lookalike(str(file), file)
            others = f"; what is there: {', '.join(sorted(below)[:EXAMPLES])}" if below else ""
            raise BadInput(
                f"{path}: holds no file that source {self.name} reads ({', '.join(self.files)}){others}; "
                "`corepath sources` shows what each source expects"
            )
        others = sorted(name for name in below.keys() - files.keys() if not name.startswith("."))
        if tell and others:
            names = ", ".join(others[:EXAMPLES]) + ", ..." * (len(others) > EXAMPLES)
            log.warning(
                "%s: %s: %s files fill no table and are not read: %s", self.name, path, len(others), names
            )
        for name, file in files.items():
            if is_of_macos(file.name):
                raise BadInput(f"{file}: is what macOS keeps beside a file, no data; name the file itself")
            try:
                name.encode()
            except UnicodeEncodeError:
                raise BadInput(f"{str(file)!a}: the name is not UTF-8; rename the file") from None
        return sorted(files.items())

    def refuse_lookalike(self, name: str, path: Path) -> None:
        """See that a plain file is not something else, which is known by its first bytes.

        Raises
        ------
        BadInput
            It is; the message says what to export instead.
        """
        with open(path, "rb") as file:
            head = file.read(HEAD).decode("utf-8-sig", errors="replace")
        for known in self.lookalikes:
            if re.search(known.pattern, head):
                raise BadInput(f"{name}: {known.says}")
        if PurePosixPath(path.name.lower()).suffix in DELIMITED and not self.is_delimited:
            raise BadInput(
                f"{name}: is flat text, which cannot hold the lists of source {self.name}, such as classes; "
                f"export its records as {', '.join(self.files)}"
            )

    @property
    def is_delimited(self) -> bool:
        """Whether any of its tables comes as delimited text."""
        return any(table.is_delimited for table in self.tables.values())

    def reads(self, name: str) -> bool:
        """Tell whether it reads files of this name; of an archive that others read, too."""
        is_archive = name.lower().endswith(".zip")
        return _matches(name, self.files) and (is_archive or self.table_of(bare_name(name)) is not None)

    def table_of(self, member: str) -> str | None:
        """Tell which table a file fills, by its name without compression; None if none does."""
        name = PurePosixPath(member.rpartition("!")[2]).name
        for table, declared in self.tables.items():
            if declared.files and _matches(name, declared.files):
                return table
        first = next(iter(self.tables))
        return None if any(t.files for t in self.tables.values()) else first

    @property
    def citation(self) -> str:
        """How to cite it."""
        return f"{self.credit}: {self.title}. {self.url}"

    def raw(self, table: str) -> str:
        """Name a raw table in the warehouse."""
        return f'raw."{self.name}_{table}"'


def files_below(top: Path) -> Iterator[Path]:
    """Find every file below a folder, in linked folders too; one that two ways lead to is read once."""
    read: set[Path] = set()
    folders: deque[tuple[Path, frozenset[Path]]] = deque([(top, frozenset())])
    links: deque[tuple[Path, frozenset[Path]]] = deque()
    # Linked folders come last, so that what lies below `top` itself has its own name.
    while folders or links:
        folder, above = folders.popleft() if folders else links.popleft()
        real = folder.resolve()
        if real in above:
            raise BadInput(f"{folder}: leads back to {real}, which it is in; remove this link")
        if real in read:
            log.warning("%s: is %s, which is read under another name", folder, real)
            continue
        read.add(real)
        for entry in sorted(folder.iterdir()):
            if is_of_macos(entry.name):
                continue
            if entry.is_dir():
                (links if entry.is_symlink() else folders).append((entry, above | {real}))
            elif entry.is_file():
                yield entry
            elif entry.is_symlink() and not entry.name.startswith("."):
                raise BadInput(f"{entry}: leads to {entry.readlink()}, which is not there; remove this link")


def available() -> dict[str, Source]:
    """Read every source's declaration.

    Returns
    -------
    dict of str to Source
        By name, in order of name.

    Examples
    --------
    >>> available()["ppubs"].rank
    20
    """
    return {name: _read(file) for name, file in _declarations().items()}


def named(name: str) -> Source:
    """Look a source up.

    Raises
    ------
    UsageError
        There is none of that name.
    """
    known = _declarations()
    if name not in known:
        raise UsageError(f"unknown source {name!r}{meant(name, known)}; the sources are {', '.join(known)}")
    return _read(known[name])


def _declarations() -> dict[str, Path]:
    return {file.parent.name: file for file in sorted(SOURCES.glob("*/source.toml"))}


def _read(declaration: Path) -> Source:
    return Source.model_validate(tomllib.loads(declaration.read_text(encoding="utf-8")))


def bare_name(name: str) -> str:
    """Take the endings of compression off a name.

    Examples
    --------
    >>> bare_name("g_patent.tsv.zip"), bare_name("tls201_part01.csv")
    ('g_patent.tsv', 'tls201_part01.csv')
    """
    while name.lower().endswith((".gz", ".zip")):
        name = name.rpartition(".")[0]
    return name


def is_of_macos(name: str) -> bool:
    """Tell whether macOS made a file beside another, for what only it knows of that.

    Examples
    --------
    >>> is_of_macos("__MACOSX/week/._ipg190101.xml"), is_of_macos("week/ipg190101.xml")
    (True, False)
    """
    path = PurePosixPath(name)
    return "__MACOSX" in path.parts or path.name.startswith("._")


def _matches(name: str, patterns: list[str]) -> bool:
    """Tell whether a name, or it without compression, fits one of the patterns."""
    names = {name.lower(), bare_name(name).lower()}
    return any(fnmatchcase(n, pattern.lower()) for n in names for pattern in patterns)
