"""Results of materialized tables, stored beside them, so that no table is validated twice."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict

import duckdb

from corepath.warehouse.validate.validator import Result

_TABLE = (
    "create table if not exists warehouse.raw.validated "
    "(name varchar primary key, fingerprint varchar, results varchar)"
)


def stored_results(
    connection: duckdb.DuckDBPyConnection, fingerprints: Mapping[str, str]
) -> dict[str, list[Result]]:
    """Read the results that still hold.

    Parameters
    ----------
    connection
        Where the warehouse is attached.
    fingerprints
        `Suite.fingerprint` by table.

    Returns
    -------
    dict of str to list of Result
        By table; tables that must be validated again are absent.
    """
    connection.execute(_TABLE)
    rows = connection.execute("select name, fingerprint, results from warehouse.raw.validated").fetchall()
    return {
        name: [Result(**result) for result in json.loads(results)]
        for name, fingerprint, results in rows
        if fingerprints.get(name) == fingerprint
    }


def store_results(
    connection: duckdb.DuckDBPyConnection, fingerprints: Mapping[str, str], results: Iterable[Result]
) -> None:
    """Store the results of each table, unless one of them rejects the release.

    Such a result may be no result at all, or one of the day, such as that a date lies ahead.

    Parameters
    ----------
    connection
        Where the warehouse is attached.
    fingerprints
        `Suite.fingerprint` by table.
    results
        Those of other tables are left out.
    """
    results = list(results)
    for name, fingerprint in fingerprints.items():
        of_table = [result for result in results if result.table == name]
        if of_table and not any(result.rejects for result in of_table):
            connection.execute(
                "insert or replace into warehouse.raw.validated values (?, ?, ?)",
                [name, fingerprint, json.dumps([asdict(result) for result in of_table])],
            )
