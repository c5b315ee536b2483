"""Whether a release may follow the one before: what changed may change."""

import math
from collections.abc import Iterator

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
                "warehouse/database.py, or keep what is missing"
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
