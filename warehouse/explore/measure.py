"""How precise and how complete a topic is, by documents that people have labelled."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

import duckdb
import polars as pl

from corepath.warehouse.build import builder as build
from corepath.warehouse.build import inputs
from corepath.warehouse.build.graph import discover
from corepath.warehouse.database import reading as scratch
from corepath.warehouse.errors import BadInput, UsageError
from corepath.warehouse.explore.selection import SELECTED, reading, select
from corepath.warehouse.settings import Settings
from corepath.warehouse.sources import available
from corepath.warehouse.topic.files import Topic, read

_ANSWERS = {
    "yes": True,
    "true": True,
    "y": True,
    "1": True,
    "no": False,
    "false": False,
    "n": False,
    "0": False,
}
_Z = 1.959964  # the normal quantile of a two-sided interval of 95 %


@dataclass(frozen=True)
class Share:
    """A share of labelled documents, weighted, with its interval of 95 %."""

    documents: int
    share: float | None  # null where there are no documents
    low: float
    high: float

    @classmethod
    def of(cls, weights: list[float], hits: list[bool]) -> "Share":
        """Estimate a share by Wilson's interval, at Kish's effective number of documents.

        Parameters
        ----------
        weights
            How many documents of the population each labelled one stands for, above 0.
        hits
            Whether each counts.

        Returns
        -------
        Share
            Without documents nothing is known: the interval is that from 0 to 1.

        References
        ----------
        Wilson, E. B. (1927), Journal of the American Statistical Association 22, 209-212;
        Kish, L. (1965), Survey Sampling, 8.2.

        Examples
        --------
        >>> Share.of([1.0] * 10, [True] * 9 + [False])  # doctest: +ELLIPSIS
        Share(documents=10, share=0.9, low=0.595..., high=0.982...)
        """
        if not weights:
            return cls(0, None, 0.0, 1.0)
        total = sum(weights)
        share = sum(w for w, hit in zip(weights, hits, strict=True) if hit) / total
        effective = total**2 / sum(w**2 for w in weights)
        spread = _Z**2 / effective
        centre = (share + spread / 2) / (1 + spread)
        half = sqrt(spread * share * (1 - share) + spread**2 / 4) / (1 + spread)
        return cls(len(weights), share, max(0.0, centre - half), min(1.0, centre + half))

    def __str__(self) -> str:
        """Write it as 0.90 (0.60-0.98)."""
        return "-" if self.share is None else f"{self.share:.2f} ({self.low:.2f}-{self.high:.2f})"


@dataclass(frozen=True)
class Measured:
    """What a topic, a variant or one of its rules selects of the labelled documents."""

    name: str
    selected: int
    right: int
    precision: Share
    recall: Share


def measure(settings: Settings, labels: Path, half: str | None = None) -> dict[str, list[Measured]]:
    """Hold a topic, its variants and its rules to labels.

    Parameters
    ----------
    settings
        Whose `topic` counts, and whose `warehouse` if the labels bring no texts.
    labels
        A CSV. Columns: publication_number; in_topic (yes or no); and, if they are there, weight (how
        many documents of the population the row stands for; 1), half (see below), title, abstract,
        ipc and cpc (symbols, the first first, separated by semicolons). Without a column title, texts
        and classes are those of the warehouse.
    half
        Only rows with this word in the column half count, such as test.

    Returns
    -------
    dict of str to list of Measured
        `variants`: the whole topic, then its variants; `rules`: the include rules of the whole topic.
        A rule's recall is that of what it alone lets in.

    Raises
    ------
    BadInput
        The labels cannot be read; the message names the line.
    UsageError
        There is nothing to measure by.
    """
    rows = _read(labels)
    if half is not None:
        rows = rows.filter(pl.col("half") == half) if "half" in rows.columns else rows.clear()
    if rows.is_empty():
        raise UsageError(f"{labels}: no labels" + (f" of the half {half!r}" if half else ""))
    whole = read(settings.topic)
    variants = []
    rules = []
    with _documents(settings, labels, rows) as connection:
        for topic in (whole, *(whole.as_variant(name) for name in whole.variant)):
            select(connection, topic)
            chosen = {n for (n,) in connection.sql(f"select publication_number from {SELECTED}").fetchall()}
            variants.append(_measured(topic.name, rows, chosen))
            if topic is whole:
                rules = [_measured(name, rows, by & chosen) for name, by in _by_rule(connection, topic)]
    return {"variants": variants, "rules": rules}


def _measured(name: str, rows: pl.DataFrame, chosen: set[str]) -> Measured:
    is_selected = pl.col("publication_number").is_in(sorted(chosen))
    selected, meant = rows.filter(is_selected), rows.filter("in_topic").with_columns(found=is_selected)
    return Measured(
        name,
        len(selected),
        len(selected.filter("in_topic")),
        Share.of(selected["weight"].to_list(), selected["in_topic"].to_list()),
        Share.of(meant["weight"].to_list(), meant["found"].to_list()),
    )


def _by_rule(connection: duckdb.DuckDBPyConnection, topic: Topic) -> Iterator[tuple[str, set[str]]]:
    for rule in topic.include:
        found = connection.execute(
            "select h.publication_number from intermediate.int_topic_include_hit as h "
            "inner join topic.topic_rule as r using (rule_id) where r.label = ?",
            [rule.id],
        ).fetchall()
        yield rule.id, {number for (number,) in found}


def _read(path: Path) -> pl.DataFrame:
    """Read labels, and see that each row can be one."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            columns = list(reader.fieldnames or [])
            lacking = {"publication_number", "in_topic"} - set(columns)
            if lacking:
                raise BadInput(f"{path}:1: no column {', '.join(sorted(lacking))}")
            rows = [_row(path, reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadInput(f"{path}: cannot be read as labels: {error}") from error
    frame = pl.DataFrame(rows, infer_schema_length=None)
    if frame.is_empty():
        raise BadInput(f"{path}: holds no labels")
    twice = frame.filter(pl.col("publication_number").is_duplicated())
    if len(twice):
        raise BadInput(f"{path}: {twice['publication_number'][0]} is labelled twice")
    return frame


def _row(path: Path, line: int, row: dict[str, str]) -> dict[str, object]:
    answer = _ANSWERS.get((row["in_topic"] or "").strip().lower())
    if answer is None:
        raise BadInput(f"{path}:{line}: in_topic is {row['in_topic']!r}; write yes or no")
    try:
        weight = float(row.get("weight") or 1)
    except ValueError:
        weight = 0.0
    if not 0 < weight < float("inf"):
        raise BadInput(f"{path}:{line}: weight is {row['weight']!r}; write a number above 0")
    return {**row, "in_topic": answer, "weight": weight}


@contextmanager
def _documents(settings: Settings, labels: Path, rows: pl.DataFrame) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a connection whose staging tables hold the labelled documents, and those alone."""
    if "title" not in rows.columns:
        with reading(settings) as connection:
            _take(connection, labels, rows)
            yield connection
    else:
        with scratch(settings) as connection:
            _stage(connection, rows)
            yield connection


def _take(connection: duckdb.DuckDBPyConnection, labels: Path, rows: pl.DataFrame) -> None:
    """Copy the labelled documents out of a warehouse."""
    connection.register("labelled", rows.select("publication_number").to_arrow())
    connection.execute("create schema memory.staging")
    for table in ("stg_document", "stg_classification", "stg_family"):
        connection.execute(
            f"create table memory.staging.{table} as from warehouse.staging.{table} "
            "where publication_number in (select publication_number from labelled)"
        )
    connection.unregister("labelled")
    known = connection.sql("select publication_number from memory.staging.stg_document").fetchall()
    missing = sorted(set(rows["publication_number"]) - {number for (number,) in known})
    if missing:
        raise UsageError(
            f"{labels}: {len(missing)} of {len(rows)} publications are not in the warehouse, such as "
            f"{missing[0]}: load them, or give their texts in the columns title, abstract, ipc and cpc"
        )


def _stage(connection: duckdb.DuckDBPyConnection, rows: pl.DataFrame) -> None:
    """Bring the documents of the labels into the staging tables, each a family of its own."""
    inputs.read_reference(connection)
    for name in ("title", "abstract", "ipc", "cpc"):
        if name not in rows.columns:
            rows = rows.with_columns(pl.lit(None, pl.String).alias(name))
    connection.register("labelled", rows.to_arrow())
    connection.execute("create schema memory.sources")
    connection.execute(
        "create table memory.sources.stg_classification as "
        "select publication_number, scheme, trim(symbol) as symbol, position, "
        "null::boolean as is_inventive, 'labels' as source, 1::bigint as source_rank from ("
        + " union all ".join(
            f"select publication_number, '{scheme}' as scheme, "
            f"unnest(string_split({column}, ';')) as symbol, "
            f"generate_subscripts(string_split({column}, ';'), 1) as position from labelled"
            for column, scheme in (("ipc", "IPC"), ("cpc", "CPC"))
        )
        + ")"
    )
    connection.execute("create schema memory.staging")
    connection.execute(
        "create table memory.staging.stg_document as select publication_number, "
        "nullif(title, '') as title, nullif(abstract, '') as abstract, true as is_invention from labelled"
    )
    connection.execute(
        "create table memory.staging.stg_family as select publication_number, "
        "publication_number as family_id, row_number() over (order by publication_number) as family "
        "from labelled"
    )
    connection.unregister("labelled")
    tables = discover(available())
    connection.execute("set search_path = 'memory.main,memory.reference,memory.sources,memory.staging'")
    build.make(connection, tables["staging.stg_classification"], "memory")


def as_markdown(measured: dict[str, list[Measured]]) -> str:
    """Write what was measured as two tables.

    Examples
    --------
    >>> share = Share.of([1.0] * 4, [True] * 3 + [False])
    >>> print(as_markdown({"variants": [Measured("t", 4, 3, share, share)], "rules": []}))
    | topic or variant | selected | right | precision (95 %) | recall (95 %) |
    |---|---|---|---|---|
    | `t` | 4 | 3 | 0.75 (0.30-0.95) | 0.75 (0.30-0.95) |
    """
    blocks = []
    for key, heading in (("variants", "topic or variant"), ("rules", "include rule")):
        if measured[key]:
            lines = [
                f"| {heading} | selected | right | precision (95 %) | recall (95 %) |",
                "|---|---|---|---|---|",
            ]
            lines += [
                f"| `{m.name}` | {m.selected} | {m.right} | {m.precision} | {m.recall} |"
                for m in measured[key]
            ]
            blocks.append("\n".join(lines))
    return "\n\n".join(blocks)
