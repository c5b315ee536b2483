"""How each format is read into raw tables: every row of a file is loaded or rejected."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TypeVar

import duckdb
import pyarrow as pa

from corepath.warehouse.errors import BadInput
from corepath.warehouse.sources import RawTable, Source

log = logging.getLogger("corepath.load")

T = TypeVar("T")
Reject = tuple[int, str, str]  # line or byte in the file, why, the text

RAW_LIMIT = 2000  # characters of a rejected row that are kept as evidence


class Count(NamedTuple):
    """Rows in a file, and how many of them are loaded; the others are rejected."""

    rows: int
    loaded: int


class DoubtfulError(Exception):
    """A fast way of reading does not account for every row of `name`: read it the slow way."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True)
class Part:
    """One table's rows in one plain file.

    `name` is how raw tables and messages call it: the file in the dump, and the member of an
    archive behind an exclamation mark. `path` is where it lies, decompressed.
    """

    source: Source
    table: str
    name: str
    path: Path

    @property
    def declared(self) -> RawTable:
        """What the source says of the table."""
        return self.source.tables[self.table]

    @property
    def target(self) -> str:
        """The raw table, as SQL names it."""
        return self.source.raw(self.table)

    def find_columns(self, given: list[str]) -> dict[str, int]:
        """Find the declared columns among those that a file has, under any of their names.

        Warns of columns that are missing or new.

        Parameters
        ----------
        given
            The names of the file's columns, in their order.

        Returns
        -------
        dict of str to int
            The place of each declared column that the file has.

        Raises
        ------
        BadInput
            A required column is missing.
        """
        declared = self.declared
        places = {name.lower(): place for place, name in enumerate(given)}
        names = {column: declared.names(column) for column in declared.columns}
        found = {
            column: next(places[name] for name in known if name in places)
            for column, known in names.items()
            if set(known) & set(places)
        }
        missing = [column for column in names if column not in found]
        if lost := [column for column in missing if column in declared.required]:
            raise BadInput(
                f"{self.name}: table {self.source.name}_{self.table} needs the column "
                f"{', '.join(lost)}; the columns found are {', '.join(given)}. Was it renamed? "
                f"Name it among the aliases in sql/sources/{self.source.name}/source.toml"
            )
        if missing:
            self.warn("no column %s: unknown", ", ".join(missing))
        self.tell_new(given)
        return found

    def tell_new(self, given: Iterable[str]) -> None:
        """Warn of columns that are neither read nor known."""
        declared = self.declared
        known = {n for column in declared.columns for n in declared.names(column)}
        known |= {name.lower() for name in declared.ignored}
        if new := [name for name in given if name.lower() not in known]:
            self.warn("new columns, not read: %s", ", ".join(new))

    def warn(self, message: str, *values: object) -> None:
        """Tell of something odd in this file."""
        log.warning(f"%s: %s: {message}", self.source.name, self.name, *values)

    def tell(self, message: str, *values: object) -> None:
        """Tell of something in this file that is no fault of it."""
        log.info(f"%s: %s: {message}", self.source.name, self.name, *values)

    def note_unread(
        self,
        warehouse: duckdb.DuckDBPyConnection,
        column: str,
        kind: str,
        given: int,
        unread: Mapping[str, int],
        alien: int,
        example: str | None,
    ) -> None:
        """Note values of a column or nested field that count as unknown; refuse a file of such.

        Parameters
        ----------
        warehouse
            In the transaction of the file.
        column, kind
            The column, or the way to the field, and the type that it should be of.
        given
            How many values there are.
        unread
            How many of them are not read, by reason.
        alien
            How many of these do not even look like the type: a renamed column, another format.
        example
            One of them.

        Raises
        ------
        BadInput
            Most values are alien.
        """
        if 2 * alien > given:
            raise BadInput(
                f"{self.name}: column {column} of table {self.source.name}_{self.table} should be "
                f"{kind}, but {alien} of {given} values are not, such as {example!r}; was the "
                "column renamed or its format changed?"
            )
        for reason, count in unread.items():
            if not count:
                continue
            # A day that no patent has is often how a source writes that it knows none.
            tell = self.warn if reason == f"no {kind}" else self.tell
            what = (count, given, column, reason, example)
            tell("%s of %s values of %s are %s and count as unknown, such as %r", *what)
            warehouse.execute(
                "insert into raw.unread values (?, ?, ?, ?, ?, ?, ?, ?)",
                [self.source.name, self.name, self.table, column, reason, given, count, example],
            )

    def reject(self, warehouse: duckdb.DuckDBPyConnection, rows: Iterable[Reject]) -> None:
        """Keep rows that cannot be loaded as evidence, cut at RAW_LIMIT."""
        table = pa.Table.from_pylist(
            [{"position": at, "reason": why, "raw": raw[:RAW_LIMIT]} for at, why, raw in rows],
            pa.schema({"position": pa.int64(), "reason": pa.string(), "raw": pa.string()}),
        )
        warehouse.register("rejected_rows", table)
        warehouse.execute(
            "insert into raw.rejects select ?, ?, position, reason, raw from rejected_rows",
            [self.source.name, self.name],
        )
        warehouse.unregister("rejected_rows")


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Take items in lists of at most `size`."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
