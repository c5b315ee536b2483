"""See whether two folders of marts say the same: `python -m benchmarks.compare ONE OTHER`."""

import sys
from pathlib import Path

import duckdb

# What every contender has to compute, and the key of a row.
KEYS = {
    "fct_patent": ["family_id"],
    "fct_indicator_weight": ["indicator"],
    "fct_core_technology": ["technology"],
    "fct_country_ranking": ["threshold", "country"],
    "fct_country_year": ["country", "year"],
    "fct_convergence_edge": ["network", "source", "target"],
    "fct_convergence_node": ["network", "technology"],
    "fct_network_metric": ["network"],
}
TOLERANCE = 1e-9  # relative above 1, absolute below
# Of families whose scores differ by rounding alone, which comes first is chance.
LOOSE = {"fct_patent": {"rank", "position", "is_tied_at_cut"}}
# Words, not numbers.
UNREAD = {"fct_indicator_weight": {"reason"}}
_NUMBERS = {"DOUBLE", "BIGINT", "INTEGER", "HUGEINT"}


def differences(one: Path, other: Path) -> list[str]:
    """Tell where two folders of marts differ.

    Parameters
    ----------
    one
        A release.
    other
        The same tables as Parquet, with some or all of the columns.

    Returns
    -------
    list of str
        One line a table or column that differs; none if they agree. Ranks of families may differ
        between scores that are equal but for rounding.

    Raises
    ------
    ValueError
        The other folder lacks a table, or has a column that the release does not have.
    """
    found = []
    with duckdb.connect() as con:
        for table, key in KEYS.items():
            for name, folder in (("a", one), ("b", other)):
                path = folder / f"{table}.parquet"
                if not path.exists():
                    raise ValueError(f"{path} is missing")
                con.execute(f"create or replace view {name} as from read_parquet('{path}')")
            types = {c: t for c, t, *_ in con.sql("describe a").fetchall()}
            columns = [c for c, *_ in con.sql("describe b").fetchall()]
            if strange := set(columns) - set(types):
                raise ValueError(f"{table}: {other} has columns of its own, {sorted(strange)}")
            unread = {*key, *UNREAD.get(table, ())}
            found += _of_table(con, table, key, [c for c in columns if c not in unread], types)
    return found


def _of_table(
    con: duckdb.DuckDBPyConnection,
    table: str,
    key: list[str],
    columns: list[str],
    types: dict[str, str],
) -> list[str]:
    on = " and ".join(f"a.{k} is not distinct from b.{k}" for k in key)
    con.execute(f"create or replace temp table both_ as select a, b from a full join b on {on}")
    rows, only_a, only_b = con.sql(
        "select count(*), count(*) filter (b is null), count(*) filter (a is null) from both_"
    ).fetchall()[0]
    found = [f"{table}: {n} rows in {w} only" for n, w in ((only_a, "one"), (only_b, "other")) if n]
    if not rows:
        found.append(f"{table}: no rows to compare")
    for column in columns:
        x, y = f"a.{column}", f"b.{column}"
        differs = f"{x} is distinct from {y}"
        if types[column] in _NUMBERS:
            scale = f"greatest(1, abs({x}), abs({y}))"
            differs = (
                f"({x} is null) <> ({y} is null) or (isnan({x}::double) <> isnan({y}::double)) "
                f"or abs({x} - {y}) > {TOLERANCE} * {scale}"
            )
        if column in LOOSE.get(table, ()):
            # Neighbours of about the same score may change places.
            differs = (
                f"({differs}) and not exists (select 1 from a as n where "
                f"n.family_id <> a.family_id and abs(n.score - a.score) < {TOLERANCE} * 100)"
            )
        count, example = con.sql(
            f"select count(*), min([{', '.join(f'coalesce(a.{k}, b.{k})::varchar' for k in key)}, "
            f"{x}::varchar, {y}::varchar]) from both_ where a is not null and b is not null "
            f"and ({differs})"
        ).fetchall()[0]
        if count:
            found.append(f"{table}.{column}: {count} of {rows} rows differ, such as {example}")
    return found


if __name__ == "__main__":
    told = differences(Path(sys.argv[1]), Path(sys.argv[2]))
    print("\n".join(told) or "the same")
    sys.exit(bool(told))
