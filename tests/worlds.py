"""Small worlds: a few rows where the graph starts, and the project's own files for the rest."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa

from corepath.synthetic.topic import FEW_DRAWS
from corepath.warehouse import numbers
from corepath.warehouse.build import builder as build
from corepath.warehouse.build import inputs
from corepath.warehouse.build.graph import Table, discover
from corepath.warehouse.database import identifier
from corepath.warehouse.sources import available
from corepath.warehouse.topic.files import Topic
from corepath.warehouse.topic.method import Method

Row = Mapping[str, Any]
SOURCES = available()
TABLES = discover(SOURCES)
# Everything is in the topic, however it is classified.
# By the plain method, whose numbers can be worked out by hand.
ANY = Topic(
    name="any", title="Anything", classes=list("ABCDEFGHY"), method=Method(preset="study", **FEW_DRAWS)
)
# What a row of the canonical tables is, where a test does not care.
DEFAULTS: dict[str, Row] = {
    "sources.stg_document": {"source": "test", "source_rank": 1},
    "sources.stg_classification": {"source": "test", "source_rank": 1, "scheme": "IPC", "position": 1},
    "sources.stg_party": {"source": "test", "source_rank": 1, "role": "applicant", "position": 1},
    "sources.stg_citation": {"source": "test", "source_rank": 1, "origin": "unknown"},
    "sources.stg_priority": {"source": "test", "source_rank": 1},
}


def world(
    given: Mapping[str, Sequence[Row] | pl.DataFrame],
    *wanted: str,
    topic: Topic = ANY,
    countries: list[str] | None = None,
    sources: Iterable[str] = SOURCES,
) -> duckdb.DuckDBPyConnection:
    """Build tables from others, as a refresh would.

    Parameters
    ----------
    given
        Rows by schema.table; a row of a raw or canonical table may leave columns out. Canonical
        and raw tables that are not given are empty.
    wanted
        The tables to build, with all that they need.
    topic, countries, sources
        As a refresh takes them.

    Returns
    -------
    duckdb.DuckDBPyConnection
        An in-memory database that holds them.
    """
    connection = duckdb.connect(config={"threads": 1, "autoinstall_known_extensions": False})
    tables = TABLES if set(sources) == set(SOURCES) else discover(sources)
    needed = _needed(tables, wanted, given)
    for schema in {key.split(".")[0] for key in needed}:
        connection.execute(f"create schema if not exists {identifier(schema)}")
    if "reference.publication_number" in needed:
        numbers.define(connection)
    of_topic = topic.tables(countries)
    for key in needed:
        schema, name = key.split(".")
        if isinstance(given.get(key), pl.DataFrame):
            _write(connection, key, given[key].to_arrow())
        elif schema == "topic":
            _write(connection, key, of_topic[name].to_arrow())
        elif schema == "reference":
            _write(connection, key, _reference()[key])
        elif schema == "raw" or (schema == "sources" and (key in given or not _has_raw(given))):
            _fill(connection, key, _columns(key), given.get(key, ()))
        elif key in given:
            raise ValueError(f"{key}: give a frame, whose types are known")
        elif schema == "sources":
            build.unite_sources(connection, tables[key], SOURCES)
        elif key == "staging.stg_organisation":
            _recognise(connection, tables[key])
        elif key in tables:
            build.make(connection, tables[key], "memory")
    return connection


def rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    """Run a query; a row a dict."""
    relation = connection.sql(query)
    return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]


def by(connection: duckdb.DuckDBPyConnection, table: str, *key: str) -> dict[Any, dict[str, Any]]:
    """Read a table; a row a dict, by its key. Where that is of families, by their ids."""
    known = "family_id" not in key or "family_id" in connection.sql(f"from {table}").columns
    found = rows(connection, f"from {table}" if known else with_ids(table))
    result = {tuple(r[k] for k in key) if len(key) > 1 else r[key[0]]: r for r in found}
    assert len(result) == len(found), f"{table}: {key} is no key"
    return result


def with_ids(table: str) -> str:
    """Tell how to read a table of families with their ids."""
    ids = "select distinct family, family_id from staging.stg_family"
    return f"from {table} inner join ({ids}) using (family)"


def undivided(connection: duckdb.DuckDBPyConnection, table: str, *key: str) -> dict[Any, dict[str, Any]]:
    """Read a table of networks; of them those of subclasses, over all families."""
    connection.execute(
        f"create or replace temp view undivided as from {table} where population = 'all' "
        "and period = 'all' and subfield = 'all' and level = 'subclass'"
    )
    return by(connection, "undivided", *key)


def publications(*documents: Row) -> list[Row]:
    """Complete documents by what their number tells, such as US-7650331-B1."""
    completed = []
    for document in documents:
        office, _, kind = document["publication_number"].split("-")
        completed.append({"office": office, "kind": kind, "publication_date": "2010-06-01"} | dict(document))
    return completed


def toy() -> dict[str, list[Row]]:
    """Give the eight families of methods.md 4, each one US grant of an applicant's."""
    corpus = [
        ("US", "G06N G06F"),
        ("US", "G06N G06F H01L"),
        ("CN", "G06N"),
        ("JP", "G06N G11C"),
        ("KR", "G11C H01L"),
        ("US", "G06F G06T"),
        ("JP", "G06N G06T B60W"),
        ("CN", "G06F G06N"),
    ]
    numbered = [(f"f{i}", f"US-900000{i}-B2", *row) for i, row in enumerate(corpus, start=1)]
    return {
        "sources.stg_document": publications(
            *({"publication_number": n, "family_id": f} for f, n, _, _ in numbered)
        ),
        "sources.stg_classification": [
            {"publication_number": n, "symbol": f"{code}1/00", "position": p}
            for _, n, _, codes in numbered
            for p, code in enumerate(codes.split(), start=1)
        ],
        "sources.stg_party": [
            {"publication_number": n, "name": f"Applicant of {n}", "country": country}
            for _, n, country, _ in numbered
        ],
    }


_RECOGNISED: dict[str, pa.Table] = {}


def _recognise(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Make stg_organisation, once for all worlds of the same parties: most have none, or one name."""
    parties = repr(
        [
            connection.sql(f"from staging.{name} order by all").fetchall()
            for name in ("stg_applicant", "stg_inventor")
        ]
    )
    if parties in _RECOGNISED:
        _write(connection, table.key, _RECOGNISED[parties])
    else:
        build.make(connection, table, "memory")
        _RECOGNISED[parties] = connection.sql(f"from {table.key}").to_arrow_table()


def _has_raw(given: Mapping[str, object]) -> bool:
    return any(key.startswith("raw.") for key in given)


def _needed(tables: Mapping[str, Table], wanted: Iterable[str], given: Mapping[str, object]) -> list[str]:
    """Name the tables to make, parents first; what is given needs no parents."""
    found: dict[str, None] = {}

    def visit(key: str) -> None:
        if key in found:
            return
        stops = key in given or (key.startswith("sources.") and not _has_raw(given))
        if key in tables and not stops:
            for parent in tables[key].parents:
                visit(parent)
        found[key] = None

    for key in (*given, *wanted):
        visit(key)
    return list(found)


@cache
def _reference() -> dict[str, pa.Table]:
    """Read the look-up tables once for all worlds."""
    with duckdb.connect() as connection:
        marks = inputs.read_reference(connection)
        return {key: connection.sql(f"from {key}").to_arrow_table() for key in marks}


def _write(connection: duckdb.DuckDBPyConnection, key: str, table: pa.Table) -> None:
    connection.register("frame_to_write", table)
    connection.execute(f"create or replace table {key} as from frame_to_write")
    connection.unregister("frame_to_write")


@cache
def _columns(key: str) -> dict[str, str]:
    schema, name = key.split(".")
    if schema == "raw":
        return next(
            declared.stored
            for source in SOURCES.values()
            for table, declared in source.tables.items()
            if name == f"{source.name}_{table}"
        )
    with duckdb.connect() as connection:
        relation = connection.sql(TABLES[key].text)
        declared = {c: str(t) for c, t in zip(relation.columns, relation.types, strict=True)}
    return {**declared, "source": "VARCHAR", "source_rank": "BIGINT"}


def _fill(connection: duckdb.DuckDBPyConnection, key: str, columns: Mapping[str, str], given: Any) -> None:
    declared = ", ".join(f"{identifier(name)} {kind}" for name, kind in columns.items())
    connection.execute(f"create or replace table {key} ({declared})")
    of_raw = {"_file": "f", "_row": 1} if "_row" in columns else {"_file": "f"}
    full = [DEFAULTS.get(key, of_raw) | dict(row) for row in given]
    unknown = {name for row in full for name in row} - set(columns)
    if unknown:
        raise ValueError(f"{key}: no such column {unknown}")
    if full:
        marks = ", ".join("?" * len(columns))
        connection.executemany(
            f"insert into {key} values ({marks})", [[row.get(c) for c in columns] for row in full]
        )
