"""What a topic would be about: its families counted, and titles at its border."""

from dataclasses import dataclass

import duckdb

from corepath.warehouse.explore.selection import (
    EXCLUDED,
    SELECTED,
    Funnel,
    funnel,
    printable,
    reading,
    select,
)
from corepath.warehouse.settings import Settings
from corepath.warehouse.topic.files import read

Counts = list[tuple[str, float]]


@dataclass(frozen=True)
class Title:
    """A document at the border of a topic, and why it is on its side."""

    publication_number: str
    title: str
    why: str


@dataclass(frozen=True)
class Preview:
    """Families of a topic by what they are counted by, and examples from both sides of its border."""

    topic: str
    minimum: int  # families that a release needs
    funnel: Funnel
    by_rule: Counts
    by_subfield: Counts  # families that are in several count in each
    by_country: Counts  # by shares
    by_year: Counts
    let_in: list[Title]
    left_out: list[Title]


def preview(settings: Settings, titles: int = 10) -> Preview:
    """Count a topic's families in a loaded warehouse, without building a release.

    Parameters
    ----------
    settings
        Whose `topic` and `warehouse` count.
    titles
        How many titles to show of each side.

    Returns
    -------
    Preview
        The same titles each time: those whose number's hash is least. Of those left out, first
        documents that an exclude rule put out, then such as have a class that an include rule asks for
        and not its words.

    Raises
    ------
    UsageError
        The topic or the warehouse is unknown.
    BadInput
        The topic file is not valid, or the warehouse is no warehouse.
    Busy
        A refresh holds the warehouse.
    """
    topic = read(settings.topic)
    with reading(settings) as connection:
        select(connection, topic, "intermediate.int_family_country", "intermediate.int_family_subfield")
        return Preview(
            topic.name,
            topic.method.minimum_families,
            funnel(connection),
            _counts(connection, _BY_RULE),
            _counts(connection, _BY_SUBFIELD),
            _counts(connection, _BY_COUNTRY),
            _counts(connection, _BY_YEAR),
            _titles(connection, _LET_IN, titles),
            _titles(connection, _LEFT_OUT, titles),
        )


_BY_RULE = """
select f.selected_by, count(*)
from intermediate.int_family as f
left join topic.topic_rule as r on f.selected_by = r.label and r.purpose = 'include'
group by all order by min(r.rule_id)
"""
_BY_SUBFIELD = """
select t.title, count(s.family)
from topic.topic_subfield as t
left join intermediate.int_family_subfield as s using (subfield)
group by t.title, t.position order by t.position
"""
_BY_COUNTRY = """
select country, sum(share) from intermediate.int_family_country group by all order by 2 desc, 1
"""
_BY_YEAR = """
select coalesce(year(priority_date)::varchar, 'unknown'), count(*)
from intermediate.int_family group by all order by 1
"""
_LET_IN = f"""
select publication_number, title, selected_by
from {SELECTED} inner join staging.stg_document using (publication_number)
order by hash(publication_number), publication_number
"""
_LEFT_OUT = f"""
with near as (
    select e.publication_number, 'put out by ' || min_by(r.label, r.rule_id) as why, 1 as nearness
    from ({EXCLUDED}) as e
    inner join topic.topic_rule as r using (rule_id)
    group by all
    union all
    select h.publication_number, 'has a class of ' || min_by(r.label, r.rule_id) || ', not its words', 2
    from intermediate.int_topic_class_hit as h
    inner join topic.topic_rule as r using (rule_id)
    where
        r.purpose = 'include'
        and h.publication_number not in (select publication_number from intermediate.int_topic_include_hit)
    group by all
)

select n.publication_number, d.title, n.why
from near as n
inner join staging.stg_document as d using (publication_number)
order by n.nearness, hash(n.publication_number), n.publication_number
"""


def _counts(connection: duckdb.DuckDBPyConnection, query: str) -> Counts:
    return [(name, float(count)) for name, count in connection.sql(query).fetchall()]


def _titles(connection: duckdb.DuckDBPyConnection, query: str, limit: int) -> list[Title]:
    found = connection.execute(f"{query} limit {limit:d}").fetchall()
    return [Title(number, title or "(no title)", why) for number, title, why in found]


def as_text(found: Preview) -> str:
    """Tell a preview in lines; what comes from the dump is cleaned of control characters."""
    families = found.funnel.families
    lines = [f"{found.topic}: {families:,} patent famil{'y' if families == 1 else 'ies'}"]
    if families < found.minimum:
        lines += [
            f"Too few for a release, which needs {found.minimum} (minimum_families in the topic file): "
            "widen the topic, or load more documents."
        ]
    lines += ["", "How they are selected", found.funnel.as_text()]
    for heading, counts in (
        ("Families by the rule that let them in", found.by_rule),
        ("Families by sub-field", found.by_subfield),
        ("Families by country, in shares", found.by_country),
        ("Families by year of priority", found.by_year),
    ):
        if counts:
            lines += ["", heading, *(f"{round(count, 1):9,.10g} {printable(name)}" for name, count in counts)]
    for heading, titles in (
        ("Let in, such as", found.let_in),
        ("Left out at the border, such as", found.left_out),
    ):
        if titles:
            lines += [
                "",
                heading,
                *(f"  {t.publication_number:18} {printable(t.title)} ({t.why})" for t in titles),
            ]
    return "\n".join(lines)
