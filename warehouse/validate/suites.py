"""What is expected of each table: derived from its head and types, and known beyond that."""

import hashlib
import importlib.metadata
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import duckdb

from corepath.warehouse.database import identifier
from corepath.warehouse.settings import ROOT

SUITES = ROOT / "expectations"

Expectation = dict[str, Any]


@dataclass(frozen=True)
class Suite:
    """A table, and all that is expected of it, as Great Expectations writes it."""

    schema: str
    name: str
    expectations: list[Expectation]

    @property
    def reads(self) -> set[str]:
        """The table, and the others that its expectations name, by schema.name."""
        named = re.findall(rf"\b{self.schema}\.\w+", json.dumps(self.expectations))
        return {f"{self.schema}.{self.name}", *named}

    def fingerprint(self, tables: Mapping[str, str]) -> str:
        """Identify its results by what is validated, what is expected, and the library.

        Parameters
        ----------
        tables
            The fingerprint of each table, by schema.name.

        Returns
        -------
        str
            A sha256; where it is the same, so are the results.
        """
        suite = json.dumps(self.expectations)
        library = importlib.metadata.version("great-expectations")
        parts = [suite, library, *(tables[key] for key in sorted(self.reads))]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


class Declared(Protocol):
    """What a table's file declares; `warehouse.build.graph.Head` is one."""

    @property
    def key(self) -> tuple[str, ...]:
        """Columns that no two rows share."""
        ...

    @property
    def filled(self) -> tuple[str, ...]:
        """Columns that are never null."""
        ...

    @property
    def references(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Marts whose key some columns hold, with these columns."""
        ...


def suites_of(
    connection: duckdb.DuckDBPyConnection, schema: str, heads: Mapping[str, Declared]
) -> list[Suite]:
    """Put together what is expected of the tables of a schema: derived, and known beyond that.

    Parameters
    ----------
    connection
        Where the tables are, in the catalog `warehouse` or `build`.
    schema
        Their schema.
    heads
        What each table's file declares, by name.
    """
    numbers: dict[str, list[str]] = {}
    for name, column in connection.execute(
        "select table_name, column_name from duckdb_columns() where schema_name = ? "
        "and database_name in ('warehouse', 'build') and data_type = 'DOUBLE' order by column_index",
        [schema],
    ).fetchall():
        numbers.setdefault(name, []).append(column)
    return [
        Suite(
            schema,
            name,
            derived(
                schema,
                head.key,
                head.filled,
                numbers.get(name, ()),
                [(other, own, heads[other].key) for other, own in head.references],
            )
            + known(name),
        )
        for name, head in heads.items()
    ]


def known(name: str, folder: Path = SUITES) -> list[Expectation]:
    """Read what is expected of a table beyond its head and types.

    Examples
    --------
    >>> known("dim_period")[0]["meta"]["name"]
    'has rows'
    """
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))["expectations"]


def derived(
    schema: str,
    key: Collection[str] = (),
    filled: Collection[str] = (),
    numbers: Collection[str] = (),
    references: Collection[tuple[str, Collection[str], Collection[str]]] = (),
) -> list[Expectation]:
    """Write the expectations that follow from what a table declares.

    Parameters
    ----------
    schema
        Of the table, and of those it refers to.
    key
        The columns that identify a row.
    filled
        The columns that are never null.
    numbers
        The columns of floating-point numbers.
    references
        A table, the columns that hold its key, and that key.

    Returns
    -------
    list of dict
        Each critical, with its reason.

    Examples
    --------
    >>> derived("marts", key=["topic"])[0]["kwargs"]["unexpected_rows_query"]
    'select "topic" from {batch} group by "topic" having count(*) > 1'
    """
    shown = ", ".join(map(identifier, key)) or "*"
    found = []
    if key:
        found.append(
            _critical(
                "key is unique",
                f"One row is one {' x '.join(key)}: a second would be counted twice",
                f"select {shown} from {{batch}} group by {shown} having count(*) > 1",
            )
        )
    if filled:
        found.append(
            _critical(
                "every row is complete",
                "A null in a key joins nothing, and elsewhere it drops out of sums and filters unseen",
                f"select {shown} from {{batch}} where "
                + " or ".join(f"{identifier(column)} is null" for column in filled),
            )
        )
    if numbers:
        found.append(
            _critical(
                "numbers are finite",
                "One NaN or infinity spoils every sum and ranking it enters",
                f"select {shown} from {{batch}} where "
                + " or ".join(f"not isfinite({identifier(column)})" for column in numbers),
            )
        )
    for table, own, target in references:
        pairs = " and ".join(
            f"own.{identifier(here)} = target.{identifier(there)}"
            for here, there in zip(own, target, strict=True)
        )
        is_there = " and ".join(f"own.{identifier(column)} is not null" for column in own)
        found.append(
            _critical(
                f"{', '.join(own)} refers to {table}",
                f"BI joins {table} by it: a row without a partner drops out",
                f"select own.* from {{batch}} as own anti join {schema}.{identifier(table)} as target "
                f"on {pairs} where {is_there}",
            )
        )
        if len(own) == 1:
            depends = {"table": f"{schema}.{table}", "key": next(iter(target)), "columns": list(own)}
            found[-1]["meta"]["depends"] = [depends]
    return found


def _critical(name: str, why: str, query: str) -> Expectation:
    return {
        "type": "unexpected_rows_expectation",
        "kwargs": {"unexpected_rows_query": query},
        "severity": "critical",
        "meta": {"name": name, "why": why},
    }
