"""How each format is read into raw tables: every row of a file is loaded or rejected."""

import logging
from collections.abc import Iterable, Iterator
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
