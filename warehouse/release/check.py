"""Whether a release may be published: what it refers to is there, and what changed may change."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import duckdb

from corepath.warehouse.database import identifier
from corepath.warehouse.release.diff import Change, Side, TableChange


def refusals(change: Change, before: Side, after: Side, allowed_drop: float) -> list[str]:
    """Tell why a release must not follow the one before.

    Readers rely on the schema within a first number of its version. And a mart of data, with a
    family in its key, that lost too many rows was rather built from half the input.

    Parameters
    ----------
    change
        From the one before to the new one.
    before, after
        The two.
    allowed_drop
        Share of the rows of a mart of data that may go, 0 to 1.

    Returns
    -------
    list of str
        The reasons, none if it may follow.
    """
    reasons = []
    if before.schema_version.split(".")[0] == after.schema_version.split(".")[0]:
        broken = [
            f"{s.kind}: {s.table}{f'.{s.column}' if s.column else ''}" for s in change.schema if s.breaks
        ]
        if broken:
            reasons.append(
                f"the schema is still {after.schema_version}, but what reads {before.version} "
                f"would fail ({'; '.join(broken)}): raise the first number of SCHEMA_VERSION in "
                "warehouse/release/repository.py, or keep what is missing"
            )
    for table in change.tables:
        drop = _growth(table)
        if "family_id" in table.key and drop is not None and -drop > allowed_drop:
            enough = math.ceil(-drop * 100) / 100
            reasons.append(
                f"{_told(table, before.version)}, and {allowed_drop:.0%} may go: is all of the "
                f"input there? If that is meant, run once with --allowed-drop {enough}"
            )
    return reasons


def dangling(connection: duckdb.DuckDBPyConnection, resources: Sequence[Mapping[str, Any]]) -> list[str]:
    """Tell which foreign keys, as datapackage.json will declare them, lead nowhere.

    Parameters
    ----------
    connection
        Where the marts are, in the catalog `build`.
    resources
        What datapackage.json says of each mart.

    Returns
    -------
    list of str
        The reasons against the release, none if every key is there; a null refers to nothing.
    """
    tables = {r["name"]: r["path"].removesuffix(".parquet") for r in resources}
    reasons = []
    for resource in resources:
        for key in resource["schema"]["foreignKeys"]:
            own, theirs = key["fields"], key["reference"]["fields"]
            mart, target = tables[resource["name"]], tables[key["reference"]["resource"]]
            mine = [f"a.{identifier(column)}" for column in own]
            pairs = zip(mine, map(identifier, theirs), strict=True)
            strange = connection.sql(
                f"select distinct {', '.join(mine)} from build.marts.{identifier(mart)} as a "
                f"anti join build.marts.{identifier(target)} as b "
                f"on {' and '.join(f'{here} = b.{there}' for here, there in pairs)} "
                f"where {' and '.join(f'{column} is not null' for column in mine)} "
                "order by all limit 3"
            ).fetchall()
            if strange:
                reasons.append(
                    f"{mart} ({', '.join(own)}) refers to what {target} does not have: "
                    + "; ".join(", ".join(map(str, values)) for values in strange)
                )
    return reasons


def warnings(change: Change, allowed_drop: float) -> list[str]:
    """Tell which marts grew or shrank by more than a share of their rows."""
    return list(_warnings(change, allowed_drop))


def _warnings(change: Change, allowed_drop: float) -> Iterator[str]:
    for table in change.tables:
        growth = _growth(table)
        if growth is None or abs(growth) > allowed_drop:
            yield _told(table, str(change.before))


def _growth(table: TableChange) -> float | None:
    """Give the growth of a mart's rows as a share of what they were; 0 where it stayed empty."""
    if not table.rows_before:
        return None if table.rows_after else 0.0
    return table.rows_after / table.rows_before - 1


def _told(table: TableChange, before: str) -> str:
    growth = _growth(table)
    by = "" if growth is None else f" ({growth:+.1%})"
    return f"{table.table} has {table.rows_after:,} rows, {table.rows_before:,} in {before}{by}"
