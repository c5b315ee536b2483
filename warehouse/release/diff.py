"""What changed from one release to another: schema, rows, weights, ranks and path labels."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from corepath.report.text import MADE_UP
from corepath.warehouse.database import file_pattern, identifier, literal
from corepath.warehouse.errors import BadInput
from corepath.warehouse.markdown import escaped, table
from corepath.warehouse.release.repository import write_json

# Two floats that differ by less are told apart from those that differ by more: another order of
# additions, another version of a library. Relative, and absolute beside zero.
RELATIVE_TOLERANCE, ABSOLUTE_TOLERANCE = 1e-9, 1e-12

EXAMPLES = 5

# What analysts watch: mart, which of its rows by values of columns, what names a row, and the columns that
# may drift.
_WATCHED: dict[str, tuple[str, dict[str, str], str, tuple[str, ...]]] = {
    "weights": ("fct_indicator_weight", {}, "indicator", ("weight",)),
    "ranks": ("fct_country_ranking", {"is_default": "true"}, "country", ("rank_families", "rank_core")),
    "technologies": (
        "fct_core_technology",
        {"is_core_technology": "true", "level": "'subclass'"},
        "technology",
        ("is_core_technology",),
    ),
    "labels": ("fct_pathway", {}, "country", ("industry_path", "technology_path", "collaboration_path")),
}


@dataclass(frozen=True)
class Mart:
    """A mart of a release: its Parquet file, that file's hash, and the key of its rows."""

    path: Path
    digest: str
    key: tuple[str, ...]


@dataclass(frozen=True)
class Side:
    """A release as it is compared."""

    version: str
    schema_version: str
    marts: Mapping[str, Mart]
    is_made_up: bool = False

    @classmethod
    def of(cls, folder: Path, about: Mapping[str, Any], resources: Sequence[Mapping[str, Any]]) -> "Side":
        """Take from datapackage.json what a comparison needs; of a path, only the file's name."""
        return cls(
            about["version"],
            about["schema_version"],
            {
                path.stem: Mart(path, r["hash"], tuple(r["schema"]["primaryKey"]))
                for r in resources
                if (path := folder / Path(r["path"]).name).suffix == ".parquet"
            },
            about.get("truth") is not None,
        )


@dataclass(frozen=True)
class SchemaChange:
    """A table, column, type or key that is not what it was."""

    kind: str  # table added, table removed, column added, column removed, type or key changed
    table: str
    column: str | None = None
    before: str | None = None
    after: str | None = None

    @property
    def breaks(self) -> bool:
        """Whether readers of the release before may fail."""
        return not self.kind.endswith("added")


@dataclass(frozen=True)
class TableChange:
    """Rows of a mart, by its key.

    `changed` differ in a value; `rounded` differ in floats alone, and by less than the tolerance.
    `columns` counts the changed rows a column. Null where the key is another one.
    """

    table: str
    key: tuple[str, ...]
    rows_before: int
    rows_after: int
    added: int | None = 0
    removed: int | None = 0
    changed: int | None = 0
    rounded: int | None = 0
    columns: Mapping[str, int] = field(default_factory=dict)
    examples: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def differs(self) -> bool:
        """Whether any row is not what it was, or that cannot be determined."""
        return any(n != 0 for n in (self.added, self.removed, self.changed, self.rounded))


@dataclass(frozen=True)
class Drift:
    """A weight, rank, key core technology or label that is not what it was; null where there is none."""

    what: str  # weights, ranks, technologies (those that are key core) or labels
    name: str
    column: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Change:
    """All that changed from one release to another; nothing if there is none before."""

    before: str | None
    after: str
    schema: Sequence[SchemaChange] = ()
    tables: Sequence[TableChange] = ()
    drift: Sequence[Drift] = ()
    warnings: Sequence[str] = ()
    is_made_up: bool = False  # the later one is of a generated world


def read(folder: Path) -> Side:
    """Read of a release what a comparison needs.

    Raises
    ------
    BadInput
        Its datapackage.json does not tell it.
    """
    try:
        package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
        return Side.of(folder, package["corepath"], package["resources"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(
            f"{folder} cannot be compared, datapackage.json does not describe it: {error!r}; "
            "`corepath verify` explains it"
        ) from error


def compare(connection: duckdb.DuckDBPyConnection, before: Side, after: Side) -> Change:
    """Compare two releases of a topic, from their Parquet files.

    Parameters
    ----------
    connection
        What compares; it needs room for the two files of a mart at most, and spills.
    before, after
        The releases.

    Returns
    -------
    Change
        What is different.

    Raises
    ------
    BadInput
        A file cannot be read.
    """
    try:
        schema = list(_schema(connection, before, after))
        tables = [
            _rows(connection, name, before.marts[name], after.marts[name])
            for name in sorted(before.marts.keys() & after.marts.keys())
        ]
        drift = list(_drift(connection, before, after))
        return Change(before.version, after.version, schema, tables, drift, is_made_up=after.is_made_up)
    except duckdb.Error as error:
        raise BadInput(
            f"{before.version} and {after.version} cannot be compared: {error}; `corepath verify` "
            "shows which is damaged"
        ) from error


def write(change: Change, folder: Path) -> None:
    """Write changes.json and changes.md."""
    write_json(folder / "changes.json", as_dict(change))
    (folder / "changes.md").write_text(as_markdown(change), encoding="utf-8")


def as_dict(change: Change) -> dict[str, Any]:
    """Give a change as JSON holds it; tables without a difference are left out."""
    told = asdict(change)
    told["tables"] = [asdict(t) for t in change.tables if t.differs]
    return told


def as_markdown(change: Change) -> str:
    """Write a change as a page of Markdown."""
    made_up = [" ".join(MADE_UP)] * change.is_made_up
    if change.before is None:
        first = [f"# {change.after}", *made_up, "The first release: there is nothing to compare it with."]
        return "\n\n".join(first) + "\n"
    same = sum(not t.differs for t in change.tables)
    parts = [f"# Changes from {change.before} to {change.after}", *made_up]
    if change.warnings:
        parts += ["## Warnings", "\n".join(f"- {escaped(w)}" for w in change.warnings)]
    parts += [
        "## Schema",
        table(
            ["change", "table", "column", "before", "after"],
            [(s.kind, s.table, s.column, s.before, s.after) for s in change.schema],
        )
        or "The same.",
        "## Rows",
        "By key. Rounded rows differ in floats alone, by less than "
        f"{RELATIVE_TOLERANCE} of their value. Tables that are the same: {same}.",
        table(
            ["table", "before", "after", "added", "removed", "changed", "rounded", "in columns"],
            [
                (
                    t.table,
                    t.rows_before,
                    t.rows_after,
                    t.added,
                    t.removed,
                    t.changed,
                    t.rounded,
                    ", ".join(f"{column} ({rows})" for column, rows in t.columns.items()),
                )
                for t in change.tables
                if t.differs
            ],
        ),
    ]
    for what, (_, _, named_by, _) in _WATCHED.items():
        drifted = [(d.name, d.column, d.before, d.after) for d in change.drift if d.what == what]
        parts += [
            f"## {what.title()}",
            table([named_by, "column", "before", "after"], drifted) or "The same.",
        ]
    examples = [
        (t.table, kind, *_told(example))
        for t in change.tables
        for kind, found in t.examples.items()
        for example in found
    ]
    parts += ["## Examples", table(["table", "change", "key", "values"], examples) or "None."]
    return "\n\n".join(part for part in parts if part) + "\n"


def _told(example: Mapping[str, Any]) -> tuple[str, str]:
    key = ", ".join(f"{k} {v}" for k, v in example["key"].items() if k != "topic")
    values = example.get("values", {})
    return key, ", ".join(f"{c}: {before} -> {after}" for c, (before, after) in values.items())


def _source(mart: Mart) -> str:
    return f"read_parquet({literal(file_pattern(mart.path))})"


def _columns(connection: duckdb.DuckDBPyConnection, mart: Mart) -> dict[str, str]:
    described = connection.sql(f"describe from {_source(mart)}").fetchall()
    return {name: kind for name, kind, *_ in described}


def _schema(connection: duckdb.DuckDBPyConnection, before: Side, after: Side) -> Iterator[SchemaChange]:
    for name in sorted(before.marts.keys() ^ after.marts.keys()):
        yield SchemaChange("table removed" if name in before.marts else "table added", name)
    for name in sorted(before.marts.keys() & after.marts.keys()):
        one, two = before.marts[name], after.marts[name]
        if one.key != two.key:
            yield SchemaChange("key changed", name, None, ", ".join(one.key), ", ".join(two.key))
        old, new = _columns(connection, one), _columns(connection, two)
        for column in sorted(old.keys() | new.keys()):
            was, is_ = old.get(column), new.get(column)
            if was is None:
                yield SchemaChange("column added", name, column, None, is_)
            elif is_ is None:
                yield SchemaChange("column removed", name, column, was, None)
            elif was != is_:
                yield SchemaChange("type changed", name, column, was, is_)


def _rows(connection: duckdb.DuckDBPyConnection, name: str, before: Mart, after: Mart) -> TableChange:
    rows_before, rows_after = (
        connection.sql(f"select count(*) from {_source(mart)}").fetchall()[0][0] for mart in (before, after)
    )
    if before.digest == after.digest:
        return TableChange(name, after.key, rows_before, rows_after)
    old, new = _columns(connection, before), _columns(connection, after)
    key = after.key
    if before.key != key or any(old.get(k) != new.get(k) for k in key):
        return TableChange(name, key, rows_before, rows_after, None, None, None, None)
    shared = [c for c in new if c not in key and old.get(c) == new[c]]
    _find_differences(connection, before, after, {c: new[c] for c in shared})
    kinds = dict(connection.sql("select kind, count(*) from difference group by kind").fetchall())
    # A row's degree in a column is 0 the same, 1 rounded, 2 changed; null where a row is missing.
    changed = connection.sql(
        "select "
        + ", ".join(["count(*)", *(f"count(*) filter ({_degree(c)} = 2)" for c in shared)])
        + " from difference where kind = 'changed'"
    ).fetchall()[0][1:]
    examples = {kind: _examples(connection, before, after, kind, shared) for kind in sorted(kinds)}
    connection.execute("drop table difference")
    return TableChange(
        name,
        key,
        rows_before,
        rows_after,
        kinds.get("added", 0),
        kinds.get("removed", 0),
        kinds.get("changed", 0),
        kinds.get("rounded", 0),
        {column: rows for column, rows in zip(shared, changed, strict=True) if rows},
        examples,
    )


def _find_differences(
    connection: duckdb.DuckDBPyConnection, before: Mart, after: Mart, shared: Mapping[str, str]
) -> None:
    """Make the table `difference`: the key of each row that differs, how, and in which columns."""
    key = [identifier(column) for column in after.key]
    keys = "".join(f"coalesce(a.{k}, b.{k}) as {k}, " for k in key)
    on = " and ".join(f"b.{k} is not distinct from a.{k}" for k in key)
    degrees = "".join(f", {_compared(c, kind)} as {_degree(c)}" for c, kind in shared.items())
    worst = ", ".join(["0", *(_degree(c) for c in shared)])
    connection.execute(
        f"""
        create or replace temp table difference as
        select *, case
            when not "was there" then 'added' when not "is there" then 'removed'
            when greatest({worst}) = 2 then 'changed' else 'rounded'
        end as kind
        from (
            select
                {keys}b."was there" is not null as "was there",
                a."is there" is not null as "is there"{degrees}
            from (select *, true as "was there" from {_source(before)}) as b
            full join (select *, true as "is there" from {_source(after)}) as a on {on}
        )
        where not "was there" or not "is there" or greatest({worst}) > 0
        """
    )


def _degree(column: str) -> str:
    return identifier(f"degree of {column}")


def _compared(column: str, kind: str) -> str:
    """Say in SQL how much a column of `b` differs from that of `a`: 0, 1 (rounding) or 2."""
    b, a = f"b.{identifier(column)}", f"a.{identifier(column)}"
    if kind != "DOUBLE":
        return f"case when {b} is distinct from {a} then 2 else 0 end"
    return (
        f"case when {b} is not distinct from {a} then 0 "
        f"when isfinite({b}) and isfinite({a}) and abs({b} - {a}) <= "
        f"greatest({RELATIVE_TOLERANCE} * greatest(abs({b}), abs({a})), {ABSOLUTE_TOLERANCE}) "
        "then 1 else 2 end"
    )


def _examples(
    connection: duckdb.DuckDBPyConnection, before: Mart, after: Mart, kind: str, shared: Sequence[str]
) -> list[dict[str, Any]]:
    """Give the first rows of a kind: their key, and what was and is in columns that differ."""
    key = [identifier(column) for column in after.key]
    first = f"select * from difference where kind = $kind order by {', '.join(key)} limit {EXAMPLES}"
    joins = [
        f"left join {_source(mart)} as {alias} on "
        + " and ".join(f"d.{k} is not distinct from {alias}.{k}" for k in key)
        for alias, mart in (("b", before), ("a", after))
    ]
    values = "".join(f", d.{_degree(c)}, b.{identifier(c)}, a.{identifier(c)}" for c in shared)
    rows = connection.sql(
        f"select {', '.join(f'd.{k}' for k in key)}{values} from ({first}) as d "
        f"{' '.join(joins)} order by {', '.join(f'd.{k}' for k in key)}",
        params={"kind": kind},
    ).fetchall()
    examples = []
    for row in rows:
        told, rest = row[: len(key)], row[len(key) :]
        example: dict[str, Any] = {"key": dict(zip(after.key, map(_plain, told), strict=True))}
        if kind in ("changed", "rounded"):
            example["values"] = {
                column: [_plain(rest[3 * i + 1]), _plain(rest[3 * i + 2])]
                for i, column in enumerate(shared)
                if rest[3 * i]
            }
        examples.append(example)
    return examples


def _drift(connection: duckdb.DuckDBPyConnection, before: Side, after: Side) -> Iterator[Drift]:
    for what, (name, chosen, label, columns) in _WATCHED.items():
        if name not in before.marts or name not in after.marts:
            continue
        one, two = before.marts[name], after.marts[name]
        old, new = _columns(connection, one), _columns(connection, two)
        # A release of an earlier schema may lack them.
        if one.digest == two.digest or not {label, *chosen} <= old.keys() & new.keys():
            continue
        rows = " and ".join(["true", *(f"{column} = {value}" for column, value in chosen.items())])
        for column in columns:
            if column not in old or old[column] != new.get(column):
                continue
            drifted = connection.sql(
                f"select {label}, b.{column}, a.{column} "
                f"from (from {_source(one)} where {rows}) as b "
                f"full join (from {_source(two)} where {rows}) as a using ({label}) "
                f"where {_compared(column, old[column])} = 2 order by {label}"
            ).fetchall()
            for name_of, was, is_ in drifted:
                yield Drift(what, name_of, column, _plain(was), _plain(is_))


def _plain(value: Any) -> Any:
    """Give a value as JSON can hold it: dates, and floats that are no number, as text."""
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)
