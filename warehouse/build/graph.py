"""The graph of tables, read from the SQL files and the Python functions that make them."""

import ast
import hashlib
import importlib
import itertools
import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from corepath.warehouse.database import SEALED
from corepath.warehouse.errors import CorepathError
from corepath.warehouse.settings import ROOT
from corepath.warehouse.topic.files import Topic

SCHEMA_OF_PREFIX = {"stg": "staging", "int": "intermediate", "dim": "marts", "fct": "marts"}


class GraphError(CorepathError):
    """The tables do not form a graph; the message names the file."""


@dataclass(frozen=True)
class Table:
    """A table, the one file that makes it and the tables it is made from (schema.name)."""

    schema: str
    name: str
    path: Path
    parents: tuple[str, ...]

    @property
    def key(self) -> str:
        """Its name with the schema."""
        return f"{self.schema}.{self.name}"

    @cached_property
    def text(self) -> str:
        """The text of its file."""
        return self.path.read_text(encoding="utf-8")

    @property
    def in_warehouse(self) -> bool:
        """Whether no topic changes it, so that the warehouse keeps it."""
        return self.schema not in ("intermediate", "marts")

    @cached_property
    def is_view(self) -> bool:
        """Whether it is computed where it is read: the head of its file says so and why."""
        return re.match(r"(--.*\n)*-- A view: ", self.text) is not None

    @cached_property
    def is_in_parts(self) -> bool:
        """Whether its function makes a part of it, of as many as its module says (PARTS)."""
        return self.path.suffix == ".py" and re.search(r"^PARTS = ", self.text, re.M) is not None

    @cached_property
    def row_by_row(self) -> str | None:
        """Name the parent whose rows its function sees one by one, if its module says so (ROW_BY_ROW)."""
        said = re.search(r'^ROW_BY_ROW = "(\w+)"', self.text, re.M) if self.path.suffix == ".py" else None
        return said[1] if said else None

    @cached_property
    def takes_before(self) -> bool:
        """Whether its function takes the table as it was, where it makes some of its rows again."""
        return self.path.suffix == ".py" and re.search(r"\bbefore: pl\.LazyFrame", self.text) is not None

    def parts(self) -> int:
        """Tell how many parts it is made in; only where it is."""
        return importlib.import_module(f"corepath.transforms.{self.name}").PARTS

    def function(self) -> Callable[..., pl.DataFrame | pl.LazyFrame]:
        """Import the Python function that makes it; only for a `.py` table."""
        return getattr(importlib.import_module(f"corepath.transforms.{self.name}"), self.name)

    def code(self) -> bytes:
        """Give everything of ours that decides the table's content, for its fingerprint."""
        if self.path.suffix == ".sql":
            return self.text.encode()
        return b"".join(file.read_bytes() for file in sorted(_imported(self.path)))


@dataclass(frozen=True)
class Head:
    """What the head of a table's file declares.

    Attributes
    ----------
    text
        The head as one line.
    key
        The columns that identify a row; none where the head names none.
    filled
        The columns that are never null.
    references
        Pairs of a table and the columns that hold its key; a null refers to nothing.
    """

    text: str
    key: tuple[str, ...]
    filled: tuple[str, ...]
    references: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Hop:
    """A step from keys to other keys: of the rows of a table that hold one, take another column."""

    table: str
    given: str
    found: str


@dataclass(frozen=True)
class Way:
    """How rows of a parent lead to keys of a table: by a column, and the steps from there to the key.

    The column is empty where each row of the table comes from one row of the parent; `rows` names
    the table that has the key of each of these rows.
    """

    parent: str
    column: str
    hops: tuple[Hop, ...]
    rows: str = ""


@dataclass(frozen=True)
class Dependence:
    """By which key, a column of it, the rows of a table depend on rows of its parents.

    Steps `beside` lead from keys to others, whose rows of the parents have to be seen, too.
    """

    key: str
    ways: tuple[Way, ...]
    beside: tuple[Hop, ...] = ()


@dataclass(frozen=True)
class Description(Head):
    """What a mart's file says of it: its head, and a comment for each column."""

    columns: Mapping[str, str]


def discover(sources: Iterable[str], root: Path = ROOT) -> dict[str, Table]:
    """Find every table and what it is made from.

    Parameters
    ----------
    sources
        Names of the sources that are loaded; the others' files are left aside.
    root
        The folder that holds sql/ and transforms/.

    Returns
    -------
    dict of str to Table
        By schema.name, each after its parents.

    Raises
    ------
    GraphError
        A name is used twice, a parent is unknown, tables form a cycle, or one leads to no mart.
    """
    sources = sorted(sources)
    with duckdb.connect(config=SEALED) as parser:
        return _ordered(_find(sources, root, parser), _given(sources, root))


def _given(sources: Iterable[str], root: Path) -> set[str]:
    """Name the tables that the graph starts from: what fills them is no file of the graph."""
    declared = {
        source: tomllib.loads(file.read_text(encoding="utf-8"))["tables"]
        for source in sources
        if (file := root / "sql" / "sources" / source / "source.toml").exists()
    }
    # A topic has the same tables, whatever it asks for.
    topic = Topic(name="any", title="Any", classes=["A"]).tables(None)
    return (
        {f"raw.{source}_{table}" for source, tables in declared.items() for table in tables}
        | {
            f"reference.{path.stem}"
            for path in (root / "reference").iterdir()
            if path.suffix in (".csv", ".toml")
        }
        | {f"topic.{table}" for table in topic}
    )


def _find(sources: Iterable[str], root: Path, parser: duckdb.DuckDBPyConnection) -> dict[str, Table]:
    tables: dict[str, Table] = {}
    names: dict[str, Table] = {}
    unions: dict[str, list[str]] = {}
    for source in sources:
        for path in sorted((root / "sql" / "sources" / source).glob("*.sql")):
            table = Table(source, path.stem, path, parents_of_sql(path, parser))
            tables[table.key] = table
            if path.stem.startswith("stg_"):  # the others are the source's own
                unions.setdefault(path.stem, []).append(table.key)
    for path in sorted((root / "sql" / "sources").glob("*.sql")):
        # The canonical table of all sources: its file declares the columns, the sources the rows.
        table = Table("sources", path.stem, path, tuple(unions.pop(path.stem, ())))
        tables[table.key] = table
    if unions:
        name, keys = next(iter(unions.items()))
        raise GraphError(f"{tables[keys[0]].path}: sql/sources/{name}.sql does not declare {name}")
    files = [
        path
        for layer in ("staging", "intermediate", "marts")
        for path in sorted((root / "sql" / layer).glob("*.sql"))
    ]
    files += sorted((root / "transforms").glob("*_*.py"))
    for path in files:
        schema = SCHEMA_OF_PREFIX.get(path.stem.split("_")[0])
        if schema is None:
            if path.suffix == ".py":
                continue  # a module of functions, not a table
            raise GraphError(f"{path}: a table's name starts with stg_, int_, dim_ or fct_")
        if path.stem in names:
            raise GraphError(f"{path}: {path.stem} is made by {names[path.stem].path} already")
        names[path.stem] = Table(schema, path.stem, path, ())
    for name, table in names.items():
        parents = (
            parents_of_sql(table.path, parser)
            if table.path.suffix == ".sql"
            else tuple(_parents_of_function(table.path, names, root))
        )
        tables[table.key] = Table(table.schema, name, table.path, parents)
    return tables


def _ordered(tables: dict[str, Table], given: set[str]) -> dict[str, Table]:
    for table in tables.values():
        for parent in table.parents:
            if parent not in tables and parent not in given:
                raise GraphError(f"{table.path}: unknown parent {parent}")
            if table.in_warehouse and parent.startswith(("intermediate.", "marts.", "topic.")):
                raise GraphError(f"{table.path}: {table.key} outlives topics, so it cannot read {parent}")
    graph = {key: [p for p in table.parents if p in tables] for key, table in tables.items()}
    try:
        order = list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        cycle = error.args[1]
        raise GraphError(f"{tables[cycle[0]].path}: cycle {' -> '.join(cycle)}") from None
    children = {parent for table in tables.values() for parent in table.parents}
    for table in tables.values():
        if table.schema != "marts" and table.key not in children:
            raise GraphError(f"{table.path}: {table.key} leads to no mart; use it or remove it")
    return {key: tables[key] for key in order}


def parents_of_sql(path: Path, parser: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """Name the tables that a SELECT reads, by parsing it.

    Parameters
    ----------
    path
        A file that holds one SELECT.
    parser
        Any DuckDB: it parses, and binds nothing.

    Returns
    -------
    tuple of str
        schema.name of each, sorted.

    Raises
    ------
    GraphError
        The file is no single SELECT, or a table is named without its schema.
    """
    text = path.read_text(encoding="utf-8")
    found: set[tuple[str, str]] = set()
    ctes: set[str] = set()

    def look(node: dict[str, Any]) -> dict[str, Any]:
        if node.get("type") == "BASE_TABLE":
            found.add((node["schema_name"], node["table_name"]))
        if node.get("function_name") == "publication_number":  # it is made of this table
            found.add(("reference", "publication_number"))
        if "cte_map" in node:
            ctes.update(entry["key"] for entry in node["cte_map"]["map"])
        return node

    answer = parser.execute("select json_serialize_sql(?)", [text]).fetchall()
    # To see each node as it is read is several times as fast as to walk through the tree.
    tree = json.loads(answer[0][0], object_hook=look)
    if tree["error"]:
        raise GraphError(f"{path}: {tree['error_message']}")
    if len(tree["statements"]) != 1:
        raise GraphError(f"{path}: holds {len(tree['statements'])} statements; a table is one SELECT")
    loose = {name for schema, name in found if not schema and name not in ctes}
    if loose:
        raise GraphError(f"{path}: name the schema of {', '.join(sorted(loose))}")
    return tuple(sorted(f"{schema}.{name}" for schema, name in found if schema))


def _parents_of_function(path: Path, tables: Mapping[str, Table], root: Path) -> Iterator[str]:
    """Name the tables that the function of a file takes; importing it would take seconds."""
    functions = {
        node.name: node for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)
    }
    if path.stem not in functions:
        raise GraphError(f"{path}: holds no function {path.stem}")
    for name in (argument.arg for argument in functions[path.stem].args.args):
        if (name == "part" and tables[path.stem].is_in_parts) or name == "before":
            continue
        if name in tables:
            yield tables[name].key
        elif name.startswith("topic"):
            yield f"topic.{name}"
        elif any((root / "reference" / f"{name}{kind}").exists() for kind in (".csv", ".toml")):
            yield f"reference.{name}"
        else:
            raise GraphError(f"{path}: unknown parent {name}")


def _imported(path: Path) -> set[Path]:
    """Follow a transform's imports of other transforms."""
    found, waiting = set(), [path]
    while waiting:
        file = waiting.pop()
        found.add(file)
        for name in re.findall(
            r"^from corepath\.transforms\.([\w.]+) import", file.read_text(), re.MULTILINE
        ):
            module = path.parent.joinpath(*name.split(".")).with_suffix(".py")
            if module not in found:
                waiting.append(module)
    return found


_COLUMN = re.compile(r"^\s+.*?(?:\bas\s+|\b)(?P<name>[a-z_0-9]+),?\s+-- (?P<comment>.+)$")


def head_of(table: Table) -> Head:
    """Read what the head of a table's file declares.

    Parameters
    ----------
    table
        A table whose file starts with comment lines (SQL) or a docstring (Python) that tell what it
        is, what one row is, and where they apply ``Key: a, b.``, ``Never null: c.``, ``May be
        null: b.`` of a column of the key, and ``Refers to: dim_x (a), dim_y (b, c).``
    """
    if table.path.suffix == ".py":
        text = " ".join((ast.get_docstring(ast.parse(table.text)) or "").split())
    else:
        lines = itertools.takewhile(lambda line: line.startswith("--"), table.text.splitlines())
        text = " ".join(line.removeprefix("--").strip() for line in lines)
    key, filled, nullable = (_names(what, text) for what in ("Key", "Never null", "May be null"))
    references = re.search(r"Refers to: ([a-z_0-9, ()]+)\.", text)
    found = re.findall(r"(\w+) \(([a-z_0-9, ]+)\)", references[1] if references else "")
    return Head(
        text,
        key,
        tuple(column for column in (*key, *filled) if column not in nullable),
        tuple((other, tuple(own.split(", "))) for other, own in found),
    )


def _names(what: str, text: str) -> tuple[str, ...]:
    found = re.search(rf"{what}: ([a-z_0-9, ]+)\.", text)
    return tuple(found[1].split(", ")) if found else ()


_HOP = re.compile(r"([\w.]+)\((\w+) > (\w+)\)")


def dependence_of(table: Table) -> Dependence | None:
    """Read by which key the rows of a table depend on rows of its parents; None if its head does not say.

    Parameters
    ----------
    table
        A table whose head may have a sentence ``Depends by key on: schema.parent, ...``. A parent
        that has the key by another name is ``schema.parent.column``; steps to the key follow, as
        in ``staging.a.x > staging.b(x > y)``: of b's rows that have such an x, y is the key.
        ``each source`` are all parents. ``schema.parent by row`` says that each row comes from one
        row of the parent, and ``by row of schema.other`` that this table has the key of each. Behind
        the last parent may stand ``beside schema.b(x > y) > ...``: rows of the keys that these steps
        lead to have to be seen, too.

    Raises
    ------
    GraphError
        A table that is no parent, nor itself, is named.
    """
    found = re.search(r"Depends by (\w+) on: (.+?)\.(?: |$)", head_of(table).text)
    if not found:
        return None
    key, said = found.groups()
    if said == "each source":
        return Dependence(key, tuple(Way(parent, key, ()) for parent in table.parents))
    said, _, beside = said.partition(", beside ")
    ways = tuple(_way(text, key, table.key) for text in said.split(", "))
    hops = _hops(beside)
    named = {hop.table for hop in hops}
    for way in ways:
        named |= {way.parent, way.rows or way.parent, *(hop.table for hop in way.hops)}
    if unread := named - {*table.parents, table.key}:
        raise GraphError(f"{table.path}: depends on {', '.join(sorted(unread))}, which it does not read")
    return Dependence(key, ways, hops)


def _way(text: str, key: str, own: str) -> Way:
    """Read `schema.parent`, perhaps with a column and steps, or `by row`."""
    start, _, steps = text.partition(" > ")
    parent, by_row, rows = start.partition(" by row")
    schema, name, *column = parent.split(".")
    column = "" if by_row else column[0] if column else key
    return Way(f"{schema}.{name}", column, _hops(steps), (rows.removeprefix(" of ") or own) if by_row else "")


def _hops(text: str) -> tuple[Hop, ...]:
    return tuple(Hop(*hop) for hop in _HOP.findall(text))


def describe(table: Table) -> Description:
    """Read a mart's comments: the head of its file, and those beside its final columns.

    Parameters
    ----------
    table
        A table made by SQL, whose head names the key, and whose last SELECT has a comment behind
        each column.

    Returns
    -------
    Description
        Its head, and column comments in order of column.

    Raises
    ------
    GraphError
        The head, the key or the comments are missing.
    """
    head = head_of(table)
    if not head.key:
        raise GraphError(f"{table.path}: its head does not tell the key (`-- Key: a, b.`)")
    lines = table.text.splitlines()
    last_select = max(i for i, line in enumerate(lines) if line.startswith("select"))
    columns = {}
    for line in lines[last_select + 1 :]:
        if line.startswith("from"):
            break
        if found := _COLUMN.match(line):
            columns[found["name"]] = found["comment"].strip()
    return Description(head.text, head.key, head.filled, head.references, columns)


def fingerprints(tables: Mapping[str, Table], given: Mapping[str, str]) -> dict[str, str]:
    """Identify each table's content by what makes it.

    Parameters
    ----------
    tables
        In order, parents first.
    given
        Fingerprints of the tables the graph starts from (raw, reference, topic).

    Returns
    -------
    dict of str to str
        A sha256 a table: over its code and its parents' fingerprints.
    """
    marks = dict(given)
    for key, table in tables.items():
        digest = hashlib.sha256(table.code())
        for parent in table.parents:
            digest.update(f"{parent}={marks[parent]}\n".encode())
        marks[key] = digest.hexdigest()
    return {key: marks[key] for key in tables}


def as_text(tables: Mapping[str, Table]) -> str:
    """Write the graph as one line a table: its name, then its parents."""
    width = max(map(len, tables))
    return "\n".join(
        f"{key:<{width}}  <- {', '.join(table.parents) or '(declared columns)'}"
        for key, table in tables.items()
    )


def as_mermaid(tables: Mapping[str, Table]) -> str:
    """Write the graph in Mermaid's notation, parents left of children."""
    edges = [f"  {parent} --> {table.key}" for table in tables.values() for parent in table.parents]
    return "\n".join(["graph LR", *edges])
