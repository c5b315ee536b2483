"""The border between the world's side of the graph and a topic's, and whether what crosses it changed.

Per-topic tables that read staging, and what these need, are the world's side. Where the tables that
cross to the other side have the content that they had, so has everything that is made of them.
"""

import hashlib
from collections.abc import Iterable, Mapping

import duckdb

from corepath.warehouse.build.graph import Table, fingerprints
from corepath.warehouse.database import identifier

_CONTENTS = "create table if not exists warehouse.raw.content (identity varchar primary key, content varchar)"


def world_side(tables: Mapping[str, Table]) -> set[str]:
    """Name the per-topic tables that read staging, and what these need for it."""
    per_topic = [table for table in tables.values() if not table.in_warehouse]
    found: set[str] = set()
    for table in reversed(per_topic):  # children before parents
        if table.key in found or any(parent.startswith("staging.") for parent in table.parents):
            found.add(table.key)
            found.update(p for p in table.parents if p in tables and not tables[p].in_warehouse)
    return found


def crossing(tables: Mapping[str, Table]) -> list[str]:
    """Name the tables of the world's side that others read, or that are published.

    Examples
    --------
    >>> from corepath.warehouse.build.graph import discover
    >>> "intermediate.int_family" in crossing(discover(["ppubs"]))
    True
    """
    ours = world_side(tables)
    read = {parent for key, table in tables.items() if key not in ours for parent in table.parents}
    return [key for key in tables if key in ours and (key in read or tables[key].schema == "marts")]


def contents(
    connection: duckdb.DuckDBPyConnection, tables: Mapping[str, Table], given: Mapping[str, str]
) -> dict[str, str]:
    """Identify each table from the border on by the rows that cross it, not by what these are made of.

    Parameters
    ----------
    connection
        Where the world's side is built.
    tables
        The graph.
    given
        Fingerprints of the look-up tables and the topic's.

    Returns
    -------
    dict of str to str
        A sha256 a table that crosses, or is made of such.
    """
    crossed = {key: _of_rows(connection, key) for key in crossing(tables)}
    ours = world_side(tables)
    others = {key: t for key, t in tables.items() if not t.in_warehouse and key not in ours}
    return crossed | fingerprints(others, dict(given) | crossed)


def _of_rows(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    """Identify the rows of a table, in whatever order they lie."""
    names = connection.sql(f"from {name} limit 0").columns
    columns = ", ".join(map(identifier, names))
    source = f"(from {name})"
    if "family" in names:
        # Numbers of families may change where staging is built whole. Their order does not, so that a
        # family of the topic is named by its place among these, whose ids cross, too.
        source = (
            f"(select own.* replace (coalesce(-place.place, own.family) as family) from {name} as own left "
            "join (select family, row_number() over (order by family) as place "
            "from intermediate.int_family) as place on own.family = place.family)"
        )
    rows = connection.sql(
        f"select count(*), sum(hash({columns})::hugeint), bit_xor(hash({columns})) from {source}"
    ).fetchall()
    # Another DuckDB may compute other sums.
    return hashlib.sha256(f"{duckdb.__version__} {columns} {rows}".encode()).hexdigest()


def remember(connection: duckdb.DuckDBPyConnection, identity: str, content: str) -> None:
    """Note what a build comes to, by its identity."""
    connection.execute(_CONTENTS)
    connection.execute("insert or replace into warehouse.raw.content values (?, ?)", [identity, content])


def same_as(connection: duckdb.DuckDBPyConnection, identity: str) -> set[str]:
    """Give the identities of builds that come to the same, as far as it is known; itself among them."""
    noted = connection.execute(
        "select 1 from duckdb_tables() where database_name = 'warehouse' and schema_name = 'raw' "
        "and table_name = 'content'"
    ).fetchall()
    if not noted:
        return {identity}
    others: Iterable[tuple[str]] = connection.execute(
        "select other.identity from warehouse.raw.content as one "
        "inner join warehouse.raw.content as other using (content) where one.identity = ?",
        [identity],
    ).fetchall()
    return {identity, *(other for (other,) in others)}
