"""SQL on a release: nothing can be changed, and no other file read."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from corepath.warehouse.database import opened
from corepath.warehouse.errors import UsageError


@dataclass(frozen=True)
class Answer:
    """What a statement gives: column names, and rows that are fetched when they are asked for."""

    columns: list[str]
    connection: duckdb.DuckDBPyConnection

    def rows(self, most: int = 1000) -> list[tuple[Any, ...]]:
        """Fetch the next rows, so many at most; none are left where none come."""
        return self.connection.fetchmany(most)


@dataclass(frozen=True)
class Reader:
    """A release that is open for reading; tables of marts and meta are found without their schema."""

    connection: duckdb.DuckDBPyConnection

    def ask(self, text: str, **values: object) -> Iterator[Answer]:
        """Run statements, one after the other.

        Parameters
        ----------
        text
            One or several statements.
        values
            Of their parameters, by name.

        Yields
        ------
        Answer
            One a statement that gives rows; to be read before the next is asked for.

        Raises
        ------
        UsageError
            DuckDB rejects a statement; what stands before it was run.
        """
        try:
            for statement in self.connection.extract_statements(text):
                self.connection.execute(statement, values or None)
                if self.connection.description:
                    yield Answer([name for name, *_ in self.connection.description], self.connection)
        except duckdb.Error as error:
            raise UsageError(f"SQL: {error}") from None

    def names(self) -> list[str]:
        """Name all tables and columns, for whoever completes them."""
        found = self.connection.sql(
            "select table_name from duckdb_tables() where not internal "
            "union select column_name from duckdb_columns() where not internal order by all"
        )
        return [name for (name,) in found.fetchall()]


@contextmanager
def reading(release: Path) -> Iterator[Reader]:
    """Open a release for whoever asks it in SQL.

    Raises
    ------
    BadInput
        Its file holds more than tables, or cannot be opened.
    """
    with opened(release) as connection:
        connection.execute("set search_path = 'marts,meta'")
        yield Reader(connection)
