"""Topics: which patents to look at, and the choices of method that go with them."""

import re
import tomllib
from pathlib import Path
from typing import Any, Literal

import polars as pl
from pydantic import Field, ValidationError, model_validator

from warehouse.errors import BadInput, UsageError
from warehouse.method import Country, Method, Name, Prefix, Strict
from warehouse.settings import ROOT

TOPICS = ROOT / "topics"


# Chinese and Japanese run words together: a word is taken as two characters there.
_CHARACTERS_A_WORD = {"zh": 2, "ja": 2}


class Rule(Strict):
    """A condition on a document: all that is given must hold.

    `classes` asks for any class below the given ones, `first_classes` asks it of the first class;
    `terms` names a group of terms of which one must occur in title or abstract; `near` names two
    groups of which terms must occur `within` so many words of each other. An exclusion spares
    documents for which a rule named in `unless` holds.
    """

    id: str = ""
    classes: list[Prefix] = []
    first_classes: list[Prefix] = []
    terms: str | None = None
    near: tuple[str, str] | None = None
    within: int = Field(default=8, ge=0, le=50)
    unless: list[str] = []

    @model_validator(mode="after")
    def _says_something(self) -> "Rule":
        if not (self.classes or self.first_classes or self.terms or self.near):
            raise ValueError("a rule needs classes, first_classes, terms or near")
        if self.classes and self.first_classes:
            raise ValueError("a rule takes classes or first_classes, not both")
        if self.terms and self.near:
            raise ValueError("a rule takes terms or near, not both")
        return self


class Subfield(Strict):
    """A part of the topic; a document is in it if any of its rules holds."""

    id: Name
    title: str
    any: list[Rule] = Field(min_length=1)


class Topic(Strict):
    """A topic file. The smallest has a name, a title and classes."""

    name: Name
    title: str
    description: str = ""
    classes: list[Prefix] = []
    countries: list[Country] = ["JP", "US", "KR", "CN"]
    include: list[Rule] = []
    exclude: list[Rule] = []
    condition: list[Rule] = []
    subfield: list[Subfield] = []
    terms: dict[str, dict[Literal["en", "zh", "ja", "ko"], str]] = {}
    method: Method = Field(default_factory=Method)

    @model_validator(mode="after")
    def _hangs_together(self) -> "Topic":
        if self.classes:
            self.include = [Rule(id="classes", classes=self.classes), *self.include]
        if not self.include:
            raise ValueError("a topic needs classes, or at least one [[include]] rule")
        named = self.include + self.exclude + self.condition
        ids = [rule.id for rule in named]
        if "" in ids or len(set(ids)) < len(ids):
            raise ValueError("every rule needs an id of its own")
        for rule in self.include + self.condition:
            if rule.unless:
                raise ValueError(f"rule {rule.id!r}: unless belongs to [[exclude]] rules")
        for field, values in (
            ("countries", self.countries),
            ("subfield", [subfield.id for subfield in self.subfield]),
            ("method.indicators", list[str](self.method.indicators)),
        ):
            if twice := {value for value in values if values.count(value) > 1}:
                raise ValueError(f"{field}: {', '.join(sorted(twice))} is given twice")
        every = named + [rule for subfield in self.subfield for rule in subfield.any]
        for rule in every:
            for group in {rule.terms, *(rule.near or ())} - {None, *self.terms}:
                raise ValueError(f"rule {rule.id!r} names the terms {group!r}, which are not given")
            for other in set(rule.unless) - set(ids):
                raise ValueError(f"rule {rule.id!r}: unless names {other!r}, which is no rule")
        for group, languages in self.terms.items():
            if not languages:
                raise ValueError(f"terms.{group}: has no language")
            for language, pattern in languages.items():
                _try(f"terms.{group}.{language}", pattern)
        for rule in every:
            if pattern := self._pattern(rule):
                _try(f"rule {rule.id!r}", pattern)
            elif rule.near:
                raise ValueError(f"rule {rule.id!r}: its terms are near each other in no language")
        return self

    def tables(self, countries: list[str] | None) -> dict[str, pl.DataFrame]:
        """Spell the topic out as the tables of the schema `topic`.

        Parameters
        ----------
        countries
            Countries to compare instead of the topic's own.

        Returns
        -------
        dict of str to polars.DataFrame
            By table name.
        """
        rules, classes, unless, terms = [], [], [], {}
        named = [("include", r.id, r) for r in self.include]
        named += [("exclude", r.id, r) for r in self.exclude]
        named += [("condition", r.id, r) for r in self.condition]
        named += [("subfield", s.id, r) for s in self.subfield for r in s.any]
        for number, (purpose, label, rule) in enumerate(named, start=1):
            pattern = self._pattern(rule)
            term = terms.setdefault(pattern, len(terms) + 1) if pattern else None
            prefixes = rule.classes or rule.first_classes
            rules.append((number, purpose, label, bool(prefixes), term))
            classes += [(number, _below(prefix), not rule.classes) for prefix in prefixes]
            unless += [(number, other) for other in rule.unless]
        method = self.method.model_dump(exclude={"indicators", "count_as"})
        return {
            "topic": pl.DataFrame(
                [{"topic": self.name, "title": self.title} | method],
                schema_overrides={"weight_cap": pl.Float64, "winsorise": pl.Float64},
            ),
            "topic_rule": _frame(
                rules, rule_id=pl.Int64, purpose=pl.String, label=pl.String, has_class=pl.Boolean,
                term_id=pl.Int64,
            ),
            "topic_class": _frame(
                classes, rule_id=pl.Int64, prefix=pl.String, is_first_only=pl.Boolean
            ),
            "topic_unless": _frame(unless, rule_id=pl.Int64, unless_label=pl.String),
            "topic_term": _frame(
                [(number, pattern) for pattern, number in terms.items()],
                term_id=pl.Int64, pattern=pl.String,
            ),
            "topic_subfield": _frame(
                [(s.id, s.title, i) for i, s in enumerate(self.subfield, start=1)],
                subfield=pl.String, title=pl.String, position=pl.Int64,
            ),
            "topic_indicator": _frame(
                [(name, i) for i, name in enumerate(self.method.indicators, start=1)],
                indicator=pl.String, position=pl.Int64,
            ),
            "topic_count_as": _frame(
                list(self.method.count_as.items()), country=pl.String, counted_as=pl.String
            ),
            "topic_country": _frame(
                [
                    (code, i)
                    for i, code in enumerate(dict.fromkeys(countries or self.countries), start=1)
                ],
                country=pl.String, position=pl.Int64,
            ),
        }  # fmt: skip

    def _pattern(self, rule: Rule) -> str | None:
        """Write a rule's terms as one regular expression over all languages."""
        if rule.terms:
            return "|".join(f"(?:{pattern})" for pattern in self.terms[rule.terms].values())
        if not rule.near:
            return None
        one, other = (self.terms[group] for group in rule.near)
        ways = []
        for language in one.keys() & other.keys():
            if language in _CHARACTERS_A_WORD:
                gap = f".{{0,{rule.within * _CHARACTERS_A_WORD[language]}}}?"
            else:
                gap = rf"\W+(?:\w+\W+){{0,{rule.within}}}?"
            ways += [f"(?:{one[language]}){gap}(?:{other[language]})"]
            ways += [f"(?:{other[language]}){gap}(?:{one[language]})"]
        return "|".join(sorted(ways))


def read(name_or_file: str) -> Topic:
    """Read a topic by its name in topics/ or by the path of its file.

    Raises
    ------
    UsageError
        There is no such topic.
    BadInput
        The file is not a valid topic; the message names each field that is wrong.

    Examples
    --------
    >>> read("information_technology").name
    'information_technology'
    """
    path = Path(name_or_file)
    if path.suffix != ".toml":
        path = TOPICS / f"{name_or_file}.toml"
        if path not in available():
            shipped = ", ".join(sorted(file.stem for file in available()))
            raise UsageError(
                f"no topic {name_or_file!r}; shipped are {shipped}; or give the path of a .toml"
            )
    try:
        return Topic.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInput(f"{path}: cannot be read as a topic: {error}") from error
    except ValidationError as error:
        raise BadInput("\n".join(f"{path}: {_say(e)}" for e in error.errors())) from error


def available() -> list[Path]:
    """List the topic files that ship."""
    return sorted(TOPICS.glob("*.toml"))


def _say(error: Any) -> str:
    where = ".".join(str(part) for part in error["loc"])
    message = error["msg"].removeprefix("Value error, ")
    return f"{where}: {message}" if where else message


def _try(where: str, pattern: str) -> None:
    """Raise where the engine that is to search for a pattern cannot."""
    try:
        pl.Series([""]).str.contains(f"(?i){pattern}")
    except pl.exceptions.ComputeError as error:
        raise ValueError(f"{where}: {str(error).partition('This error occurred')[0]}") from None


def _below(prefix: str) -> str:
    """Close a main group, so that H03M1 does not mean H03M13.

    Examples
    --------
    >>> [_below(prefix) for prefix in ("G06N", "H03M1", "G06N3/06")]
    ['G06N', 'H03M1/', 'G06N3/06']
    """
    return f"{prefix}/" if re.fullmatch(r"[A-HY]\d\d[A-Z]\d+", prefix) else prefix


def _frame(rows: list[tuple[Any, ...]], **schema: pl.DataType | type[pl.DataType]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=schema, orient="row")
