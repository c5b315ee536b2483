"""Why a publication is in a topic, or is not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import duckdb
import polars as pl

from corepath.warehouse.explore.selection import SELECTED, find, printable, reading, select
from corepath.warehouse.settings import Settings
from corepath.warehouse.topic.files import Topic, read


@dataclass(frozen=True)
class Word:
    """Words that a rule asks for, where they stand in the text as it is searched (NFKC)."""

    text: str
    field: str  # title or abstract
    position: int  # characters before it in that field
    before: str
    after: str


@dataclass(frozen=True)
class RuleResult:
    """A rule, what of it the publication has, and whether it holds."""

    purpose: str  # include, exclude, condition or subfield
    label: str
    asks_class: bool
    asks_words: bool
    symbols: tuple[str, ...]
    words: tuple[Word, ...]
    spared_by: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether all that the rule asks for is there."""
        return bool(self.symbols or not self.asks_class) and bool(self.words or not self.asks_words)


@dataclass(frozen=True)
class Explanation:
    """A publication, the topic's rules on it, and what follows for it and its family."""

    topic: str
    publication_number: str
    title: str | None
    is_invention: bool
    selected_by: str | None  # null where it is not in the topic
    rules: tuple[RuleResult, ...]
    subfields: tuple[str, ...]  # the main one first
    family_id: str
    members: Mapping[str, str | None]  # invention documents of the family: selected_by


def explain(settings: Settings, publication: str) -> Explanation:
    """Hold a topic's rules to one publication of the warehouse, and to its family.

    The same tables are built as in a refresh, of that family alone.

    Parameters
    ----------
    settings
        Whose `topic` and `warehouse` count.
    publication
        Its number, with or without hyphens: US-7650331-B1 or US7650331B1.

    Returns
    -------
    Explanation
        Every rule of the topic, in the order of the file.

    Raises
    ------
    UsageError
        The topic, the warehouse or the publication is unknown; near spellings are named.
    BadInput
        The topic file is not valid, or the warehouse is no warehouse.
    Busy
        A refresh holds the warehouse.
    """
    topic = read(settings.topic)
    with reading(settings) as connection:
        number = find(connection, publication)
        _take_family(connection, number)
        select(connection, topic)
        return _explanation(connection, topic, number)


def _take_family(connection: duckdb.DuckDBPyConnection, number: str) -> None:
    """Copy what the topic's tables read of a publication's family."""
    connection.execute("create schema memory.staging")
    connection.execute(
        "create table memory.staging.stg_family as from warehouse.staging.stg_family "
        "where family = (select family from warehouse.staging.stg_family "
        "where publication_number = ?)",
        [number],
    )
    for table in ("stg_document", "stg_classification"):
        connection.execute(
            f"create table memory.staging.{table} as from warehouse.staging.{table} where "
            "publication_number in (select publication_number from memory.staging.stg_family)"
        )


def _explanation(connection: duckdb.DuckDBPyConnection, topic: Topic, number: str) -> Explanation:
    title, abstract, is_invention, family = connection.execute(
        "select title, abstract, is_invention, family_id from staging.stg_document "
        "inner join staging.stg_family using (publication_number) where publication_number = ?",
        [number],
    ).fetchall()[0]
    symbols = connection.execute(
        "select distinct s.rule_id, c.symbol from intermediate.int_topic_symbol as s "
        "inner join staging.stg_classification as c on s.scheme = c.scheme "
        "and s.symbol = c.symbol and (not s.is_first_only or c.position = 1) "
        "where c.publication_number = ? order by all",
        [number],
    ).fetchall()
    rules = connection.sql(
        "select rule_id, purpose, label, has_class, term_id from topic.topic_rule order by rule_id"
    ).fetchall()
    patterns = connection.sql("select term_id, pattern from topic.topic_term").fetchall()
    unless = connection.sql("select rule_id, unless_label from topic.topic_unless").fetchall()
    bare = [
        RuleResult(
            purpose,
            label,
            has_class,
            term is not None,
            tuple(symbol for of, symbol in symbols if of == rule),
            tuple(dict.fromkeys(_words(title, abstract, [p for of, p in patterns if of == term]))),
            tuple(other for of, other in unless if of == rule),
        )
        for rule, purpose, label, has_class, term in rules
    ]
    holding = {v.label for v in bare if v.holds and v.purpose != "subfield"}
    rules = tuple(
        replace(v, spared_by=tuple(other for other in v.spared_by if other in holding)) for v in bare
    )
    members = dict(
        connection.sql(
            "select publication_number, selected_by from staging.stg_document "
            f"left join {SELECTED} using (publication_number) where is_invention order by all"
        ).fetchall()
    )
    decided = connection.execute(
        f"select selected_by from {SELECTED} where publication_number = ?", [number]
    ).fetchall()
    return Explanation(
        topic.name,
        number,
        title,
        is_invention,
        decided[0][0] if decided else None,
        rules,
        tuple(dict.fromkeys(v.label for v in rules if v.purpose == "subfield" and v.holds)),
        family,
        members,
    )


def _words(title: str | None, abstract: str | None, patterns: list[str]) -> Iterator[Word]:
    """Give the first place of each pattern."""
    fields = pl.Series([title or "", abstract or ""]).str.normalize("NFKC").to_list()
    given = [text for text, known in zip(fields, (title, abstract), strict=True) if known is not None]
    whole = pl.Series(["\n".join(given)])
    for pattern in patterns:
        start = whole.str.find(f"(?i){pattern}").item()
        if start is None:
            continue
        text = whole.item()
        at = len(text.encode()[:start].decode())
        found = whole.str.extract(f"(?i)({pattern})").item()
        is_title = title is not None and at <= len(fields[0])
        offset = 0 if is_title or title is None else len(fields[0]) + 1
        before, after = text[max(0, at - 30) : at], text[at + len(found) : at + len(found) + 30]
        yield Word(found, "title" if is_title else "abstract", at - offset, before, after)


def as_text(explanation: Explanation) -> str:
    """Tell an explanation in lines; what comes from the dump is cleaned of control characters.

    Examples
    --------
    >>> rule = RuleResult("include", "a_class", True, False, ("G06N3/063",), (), ())
    >>> print(as_text(Explanation("t", "US-1-B2", "Chip", True, "a_class", (rule,), (), "1",
    ...                           {"US-1-B2": "a_class"})))
    US-1-B2: Chip
    It is in the topic t, by a_class.
    <BLANKLINE>
    Rules that let in
      + a_class: class G06N3/063
    <BLANKLINE>
    Its family 1 has 1 invention document, of which US-1-B2 is in the topic.
    """
    e = explanation
    lines = [f"{e.publication_number}: {printable(e.title or '(no title)')}", _decision(e)]
    # Of include rules also those that fail are told: they say why a publication is not in.
    headings = {
        "include": "Rules that let in",
        "exclude": "Rules that put out",
        "condition": "Conditions that spare",
        "subfield": "Sub-fields",
    }
    for purpose, heading in headings.items():
        rules = [v for v in e.rules if v.purpose == purpose and (v.holds or purpose == "include")]
        if rules:
            lines += ["", heading]
        for rule in rules:
            lines += _told(rule)
    lines += ["", _family(e)]
    return "\n".join(lines)


def _decision(e: Explanation) -> str:
    if e.selected_by:
        kind = "" if e.is_invention else ", but is no invention document, which alone are counted"
        parts = f"; sub-fields: {', '.join(e.subfields)}" if e.subfields else ""
        return f"It is in the topic {e.topic}, by {e.selected_by}{kind}{parts}."
    striking = [v.label for v in e.rules if v.purpose == "exclude" and v.holds and not v.spared_by]
    if any(v.holds for v in e.rules if v.purpose == "include"):
        return f"It is not in the topic {e.topic}: {', '.join(striking)} puts it out."
    return f"It is not in the topic {e.topic}: no rule lets it in."


def _told(rule: RuleResult) -> Iterator[str]:
    parts = []
    if rule.asks_class:
        known = ", ".join(rule.symbols[:6]) + (", ..." if len(rule.symbols) > 6 else "")
        parts.append(f"class {known}" if known else "no such class")
    if rule.asks_words:
        parts.append("words" if rule.words else "no such words")
    spared = f"; spared by {', '.join(rule.spared_by)}" if rule.holds else ""
    mark = "+" if rule.holds else "-"
    yield f"  {mark} {rule.label}: {' and '.join(parts)}{spared if rule.spared_by else ''}"
    for word in rule.words:
        text = word.text if len(word.text) < 90 else f"{word.text[:40]} ... {word.text[-40:]}"
        place = f"{word.field}, character {word.position + 1}"
        yield f"      {printable(f'{word.before}»{text}«{word.after}')} ({place})"


def _family(e: Explanation) -> str:
    inside = [number for number, selected_by in e.members.items() if selected_by]
    count = f"{len(e.members)} invention document{'s' if len(e.members) != 1 else ''}"
    verb = "is" if len(inside) == 1 else "are"
    which = f"of which {', '.join(inside)} {verb}" if inside else "none of them"
    return f"Its family {e.family_id} has {count}, {which} in the topic."
