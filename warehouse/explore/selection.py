"""What a topic selects of a warehouse that is loaded, without a build."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from corepath.warehouse.build import builder as build
from corepath.warehouse.build import inputs
from corepath.warehouse.build.graph import Table, discover
from corepath.warehouse.database import connect, find_tables, literal, reach
from corepath.warehouse.errors import BadInput, Busy, UsageError
from corepath.warehouse.settings import Settings
from corepath.warehouse.sources import available
from corepath.warehouse.topic.files import Topic

SELECTED = "intermediate.int_topic_document"


@contextmanager
def reading(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a warehouse for reading, with the reference tables, so that a topic can be tried on it.

    Raises
    ------
    UsageError
        There is none, or it holds no documents yet.
    BadInput
        The file is no warehouse.
    Busy
        A refresh holds it.
    """
    path = settings.warehouse
    if not path.exists():
        raise UsageError(f"there is no warehouse {path}; make one with corepath refresh")
    with connect(settings, reach(settings)) as connection:
        try:
            connection.execute(f"attach {literal(path)} as warehouse (read_only)")
            connection.sql("select family from warehouse.staging.stg_family limit 0")
        except duckdb.CatalogException:
            raise UsageError(f"{path} holds no documents yet; end a corepath refresh") from None
        except duckdb.BinderException:
            raise UsageError(f"{path} was made by an older corepath; refresh it") from None
        except duckdb.IOException as error:
            if "Could not set lock" in str(error):
                raise Busy(f"{path} is held by another run; wait for it") from None
            raise BadInput(f"{path}: {error}") from error
        inputs.read_reference(connection)
        yield connection


def select(connection: duckdb.DuckDBPyConnection, topic: Topic, *wanted: str) -> None:
    """Build, in memory, the tables that tell what a topic selects.

    Parameters
    ----------
    connection
        That has the reference and the staging tables, these in memory or in an attached warehouse.
    topic
        The topic.
    wanted
        Tables to build besides SELECTED, as schema.name, with all of the topic that they need.
    """
    inputs.write_topic(connection, topic, None)
    connection.execute("create schema if not exists memory.intermediate")
    find_tables(connection)
    tables = discover(available())
    keys = dict.fromkeys(key for goal in (SELECTED, *wanted) for key in ancestors(tables, goal))
    for key in keys:
        build.make(connection, tables[key], "memory")


def ancestors(tables: Mapping[str, Table], key: str) -> list[str]:
    """Name a table and those it is made from that a topic decides, parents first."""
    found: dict[str, None] = {}
    for parent in tables[key].parents:
        if parent.startswith("intermediate."):
            found |= dict.fromkeys(ancestors(tables, parent))
    return [*found, key]


@dataclass(frozen=True)
class Funnel:
    """How many documents each step of a topic's selection leaves, and how many each rule concerns."""

    documents: int  # of the warehouse
    with_class: dict[str, int]  # by include rule that asks for classes
    included: dict[str, int]  # by include rule: all that it asks for is there
    excluded: dict[str, int]  # by exclude rule that puts documents out, which others may do as well
    selected: int
    inventions: int  # selected documents that are inventions
    families: int  # that have one

    def as_text(self) -> str:
        """Tell the steps in lines.

        Examples
        --------
        >>> print(Funnel(9, {"a": 4}, {"a": 3, "b": 2}, {"x": 1}, 3, 2, 1).as_text())
              9 documents in the warehouse
              4 have a class that a asks for
              3 let in by a
              2 let in by b
              1 put out again by x
              3 documents selected, 2 of them inventions, in 1 family
        """
        lines = [(self.documents, "documents in the warehouse")]
        lines += [(n, f"have a class that {rule} asks for") for rule, n in self.with_class.items()]
        lines += [(n, f"let in by {rule}") for rule, n in self.included.items()]
        lines += [(n, f"put out again by {rule}") for rule, n in self.excluded.items()]
        families = f"{self.families:,} famil{'y' if self.families == 1 else 'ies'}"
        lines += [
            (self.selected, f"documents selected, {self.inventions:,} of them inventions, in {families}")
        ]
        return "\n".join(f"{n:7,} {what}" for n, what in lines)


def funnel(connection: duckdb.DuckDBPyConnection) -> Funnel:
    """Count the documents at each step of the selection, once its tables are built.

    Parameters
    ----------
    connection
        That has the tables of `select`.

    Returns
    -------
    Funnel
        The counts; of rules, those that concern no document are there with 0.
    """
    with_class = connection.sql(
        "select r.label, count(distinct h.publication_number) from topic.topic_rule as r "
        "left join intermediate.int_topic_class_hit as h using (rule_id) "
        "where r.purpose = 'include' and r.has_class group by all order by min(r.rule_id)"
    ).fetchall()
    included = connection.sql(
        "select r.label, count(distinct h.publication_number) from topic.topic_rule as r "
        "left join intermediate.int_topic_include_hit as h using (rule_id) "
        "where r.purpose = 'include' group by all order by min(r.rule_id)"
    ).fetchall()
    ((documents, selected, inventions, families),) = connection.sql(
        "select (select count(*) from staging.stg_document), count(t.publication_number), "
        "count(*) filter (where d.is_invention), "
        "count(distinct f.family) filter (where d.is_invention) "
        f"from {SELECTED} as t inner join staging.stg_document as d using (publication_number) "
        "inner join staging.stg_family as f using (publication_number)"
    ).fetchall()
    return Funnel(
        documents, dict(with_class), dict(included), _excluded(connection), selected, inventions, families
    )


def _excluded(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    return dict(
        connection.sql(
            "select r.label, count(distinct e.publication_number) from topic.topic_rule as r "
            f"left join ({EXCLUDED}) as e using (rule_id) "
            "where r.purpose = 'exclude' group by all order by min(r.rule_id)"
        ).fetchall()
    )


# Documents that an include rule lets in and an exclude rule puts out. One row = one of the latter x
# document.
EXCLUDED = """
select distinct h.rule_id, h.publication_number
from intermediate.int_topic_rule_hit as h
inner join topic.topic_rule as r on h.rule_id = r.rule_id
where
    r.purpose = 'exclude'
    and h.publication_number in (select publication_number from intermediate.int_topic_include_hit)
    and not exists (
        select 1
        from topic.topic_unless as u
        inner join topic.topic_rule as o on u.unless_label = o.label and o.purpose <> 'subfield'
        inner join intermediate.int_topic_rule_hit as s on o.rule_id = s.rule_id
        where u.rule_id = h.rule_id and s.publication_number = h.publication_number
    )
"""


def find(connection: duckdb.DuckDBPyConnection, publication: str) -> str:
    """Find a publication of the warehouse by its number in any spelling.

    Raises
    ------
    UsageError
        The warehouse has none; near spellings are named.
    """
    asked = re.sub(r"[^0-9A-Z]", "", publication.upper())
    spelt = "replace(publication_number, '-', '')"
    found = connection.execute(
        f"select publication_number from warehouse.staging.stg_document where {spelt} = ?", [asked]
    ).fetchall()
    if found:
        return found[0][0]
    near = connection.execute(
        "select publication_number from warehouse.staging.stg_document "
        f"where starts_with({spelt}, $1) or office = left($1, 2) and levenshtein({spelt}, $1) <= 2 "
        f"order by levenshtein({spelt}, $1), publication_number limit 5",
        [asked],
    ).fetchall()
    hint = f"; near it are {', '.join(number for (number,) in near)}" if near else ""
    raise UsageError(f"the warehouse has no publication {publication!r}{hint}")


def printable(text: str) -> str:
    """Leave out what could steer a terminal, such as escape sequences and marks of direction."""
    return "".join(c if c.isprintable() else " " for c in text)
