"""Topics: which patents to look at, and the choices of method that go with them."""

import re
import tomllib
from pathlib import Path
from typing import Any, Literal, get_args

import polars as pl
from pydantic import Field, ValidationError, field_validator, model_validator

from corepath.transforms.methods.term_search import without_borders
from corepath.warehouse.errors import BadInput, UsageError, meant
from corepath.warehouse.settings import ROOT
from corepath.warehouse.topic.method import Country, Method, Name, Prefix, Strict
from corepath.warehouse.topic.toml_lines import Place, lines

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

    @field_validator("id")
    @classmethod
    def _is_no_key_word(cls, value: str) -> str:
        if value == "all":
            raise ValueError("'all' stands for the whole topic in the marts; choose another id")
        return value


class Variant(Strict):
    """Another reading of the same file.

    Of its include rules only these let a document in; of its exclude rules those named in `without`
    put none out.
    """

    include: list[str] = Field(min_length=1)
    without: list[str] = []


class Fault(ValueError):
    """What is wrong at a place of the topic file, where parts of it do not fit each other."""

    def __init__(self, place: Place, message: str) -> None:
        super().__init__(message)
        self.place = place


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
    variant: dict[Name, Variant] = {}
    method: Method = Field(default_factory=Method)

    @model_validator(mode="after")
    def _hangs_together(self) -> "Topic":
        named: dict[Place, Rule] = {
            (purpose, i): rule
            for purpose in ("include", "exclude", "condition")
            for i, rule in enumerate(getattr(self, purpose))
        }
        nameless: dict[Place, Rule] = {
            ("subfield", i, "any", j): rule
            for i, subfield in enumerate(self.subfield)
            for j, rule in enumerate(subfield.any)
        }
        self._check_names(named)
        self._check_terms(named | nameless)
        if self.classes:
            self.include = [Rule(id="classes", classes=self.classes), *self.include]
        if not self.include:
            raise Fault((), "a topic needs classes, or at least one [[include]] rule")
        for name, variant in self.variant.items():
            for key, purpose in (("include", "include"), ("without", "exclude")):
                known = {rule.id for rule in getattr(self, purpose)}
                for i, rule in enumerate(getattr(variant, key)):
                    if rule not in known:
                        place = ("variant", name, key, i)
                        raise Fault(place, f"{rule!r} is no {purpose} rule")
        return self

    def _check_names(self, named: dict[Place, Rule]) -> None:
        """See that every name is given once, and that those asked for are given."""
        ids = ["classes"] if self.classes else []
        for place, rule in named.items():
            if not rule.id or rule.id in ids:
                raise Fault((*place, "id"), "every rule needs an id of its own")
            ids.append(rule.id)
        for place, rule in named.items():
            if rule.unless and place[0] != "exclude":
                fault = f"rule {rule.id!r}: unless belongs to [[exclude]] rules"
                raise Fault((*place, "unless"), fault)
            for i, other in enumerate(rule.unless):
                if other not in ids:
                    fault = f"rule {rule.id!r}: unless names {other!r}, which is no rule"
                    raise Fault((*place, "unless", i), fault)
        lists: dict[Place, list[str]] = {
            ("countries",): self.countries,
            ("subfield",): [subfield.id for subfield in self.subfield],
            ("method", "indicators"): list(self.method.indicators),
        }
        for place, values in lists.items():
            for i, value in enumerate(values):
                if value in values[:i]:
                    raise Fault((*place, i), f"{value} is given twice")

    def _check_terms(self, rules: dict[Place, Rule]) -> None:
        """See that every term that is asked for is given, and that the engine can search for it."""
        for group, languages in self.terms.items():
            if not languages:
                raise Fault(("terms", group), "has no language")
            for language, pattern in languages.items():
                _try(("terms", group, language), pattern)
        for place, rule in rules.items():
            for group in (rule.terms, *(rule.near or ())):
                if group is not None and group not in self.terms:
                    fault = f"rule {rule.id!r} names the terms {group!r}, which are not given"
                    raise Fault((*place, "terms" if rule.terms else "near"), fault)
            patterns = self.patterns(rule)
            for pattern, *_ in patterns:
                _try((*place, "near"), pattern)
            if rule.near and not patterns:
                fault = f"rule {rule.id!r}: its terms are near each other in no language"
                raise Fault((*place, "near"), fault)

    def as_variant(self, variant: str) -> "Topic":
        """Give a variant as a topic of its own, with a name of its own for its releases.

        Include rules that it leaves out let nothing in, and go on to spare documents from exclusions.
        So a variant selects a part of what the whole topic does, unless it leaves exclusions out.

        Parameters
        ----------
        variant
            Its name in the file.

        Raises
        ------
        UsageError
            The topic has no such variant.

        Examples
        --------
        >>> strict = read("ai_chips").as_variant("strict")
        >>> strict.name, [rule.id for rule in strict.include]
        ('ai_chips_strict', ['a_class'])
        """
        if variant not in self.variant:
            known = ", ".join(self.variant) or "none"
            raise UsageError(
                f"the topic {self.name} has no variant {variant!r}{meant(variant, self.variant)}; "
                f"it has {known}"
            )
        chosen = self.variant[variant].include
        left_out = self.variant[variant].without
        return self.model_copy(
            update={
                "name": f"{self.name}_{variant}",
                "title": f"{self.title} ({variant})",
                "include": [rule for rule in self.include if rule.id in chosen],
                "condition": [rule for rule in self.include if rule.id not in chosen] + self.condition,
                "exclude": [rule for rule in self.exclude if rule.id not in left_out],
                "variant": {},
            }
        )

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
        rules, classes, unless = [], [], []
        terms: dict[tuple[_Pattern, ...], int] = {}
        named = [("include", r.id, r) for r in self.include]
        named += [("exclude", r.id, r) for r in self.exclude]
        named += [("condition", r.id, r) for r in self.condition]
        named += [("subfield", s.id, r) for s in self.subfield for r in s.any]
        for number, (purpose, label, rule) in enumerate(named, start=1):
            patterns = tuple(self.patterns(rule))
            term = terms.setdefault(patterns, len(terms) + 1) if patterns else None
            prefixes = rule.classes or rule.first_classes
            rules.append((number, purpose, label, bool(prefixes), term))
            classes += [(number, below(prefix), not rule.classes) for prefix in prefixes]
            unless += [(number, other) for other in rule.unless]
        # Without dimensions there is one, so that nothing is divided between several.
        dimension_of = {i: name for name, names in self.method.dimensions.items() for i in names}
        if not dimension_of:
            dimension_of = dict.fromkeys(self.method.indicators, "all")
        method = self.method.model_dump(exclude={"preset", "indicators", "dimensions", "count_as"})
        return {
            "topic": pl.DataFrame(
                [{"topic": self.name, "title": self.title} | method],
                schema_overrides={"weight_cap": pl.Float64, "winsorise": pl.Float64},
            ),
            "topic_rule": _frame(
                rules,
                rule_id=pl.Int64,
                purpose=pl.String,
                label=pl.String,
                has_class=pl.Boolean,
                term_id=pl.Int64,
            ),
            "topic_class": _frame(classes, rule_id=pl.Int64, prefix=pl.String, is_first_only=pl.Boolean),
            "topic_unless": _frame(unless, rule_id=pl.Int64, unless_label=pl.String),
            "topic_term": _frame(
                [(term, *pattern) for patterns, term in terms.items() for pattern in patterns],
                term_id=pl.Int64,
                pattern=pl.String,
                one=pl.String,
                other=pl.String,
            ),
            "topic_subfield": _frame(
                [(s.id, s.title, i) for i, s in enumerate(self.subfield, start=1)],
                subfield=pl.String,
                title=pl.String,
                position=pl.Int64,
            ),
            "topic_indicator": _frame(
                [
                    (name, i, dimension_of.get(name, name))
                    for i, name in enumerate(self.method.indicators, start=1)
                ],
                indicator=pl.String,
                position=pl.Int64,
                dimension=pl.String,
            ),
            "topic_count_as": _frame(
                list(self.method.count_as.items()), country=pl.String, counted_as=pl.String
            ),
            "topic_country": _frame(
                [(code, i) for i, code in enumerate(dict.fromkeys(countries or self.countries), start=1)],
                country=pl.String,
                position=pl.Int64,
            ),
        }

    def patterns(self, rule: Rule) -> list["_Pattern"]:
        """Write a rule's terms as regular expressions, one a language."""
        if rule.terms:
            return [(pattern, None, None) for pattern in self.terms[rule.terms].values()]
        if not rule.near:
            return []
        one, other = (self.terms[group] for group in rule.near)
        found = []
        for language in sorted(one.keys() & other.keys()):
            if language in _CHARACTERS_A_WORD:
                gap = f".{{0,{rule.within * _CHARACTERS_A_WORD[language]}}}?"
            else:
                gap = rf"\W+(?:\w+\W+){{0,{rule.within}}}?"
            a, b = f"(?:{one[language]})", f"(?:{other[language]})"
            found.append((f"{a}{gap}{b}|{b}{gap}{a}", one[language], other[language]))
        return found


# What to find; and the two groups that it asks for near each other, if it does.
_Pattern = tuple[str, str | None, str | None]


def read(name_or_file: str) -> Topic:
    """Read a topic by its name in topics/ or by the path of its file.

    Parameters
    ----------
    name_or_file
        Such as `ai_chips` or `my/topic.toml`; with a colon and the name of a variant, such as
        `ai_chips:strict`, that variant.

    Raises
    ------
    UsageError
        There is no such topic, or it has no such variant.
    BadInput
        The file is not a valid topic; the message names the line and field of each fault.

    Examples
    --------
    >>> read("information_technology").name
    'information_technology'
    >>> read("ai_chips:strict").name
    'ai_chips_strict'
    """
    whole, _, variant = name_or_file.rpartition(":")
    if whole and re.fullmatch(r"\w+", variant):
        return _read(whole).as_variant(variant)
    return _read(name_or_file)


def source_of(name_or_file: str) -> tuple[str, str | None]:
    """Give the text of a topic's file, and the variant that is asked for.

    Parameters
    ----------
    name_or_file
        As `read` takes it.
    """
    whole, _, variant = name_or_file.rpartition(":")
    is_variant = bool(whole) and re.fullmatch(r"\w+", variant) is not None
    return _text(_path(whole if is_variant else name_or_file)), variant if is_variant else None


def _read(name_or_file: str) -> Topic:
    path = _path(name_or_file)
    text = _text(path)
    try:
        return Topic.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"at line (\d+)", str(error))
        line = int(at[1]) if at else len(text.splitlines())
        raise BadInput(f"{path}:{line}: cannot be read as a topic: {error}") from error
    except ValidationError as error:
        found = lines(text)
        raise BadInput("\n".join(f"{path}:{_say(e, found)}" for e in error.errors())) from error


def _path(name_or_file: str) -> Path:
    path = Path(name_or_file)
    if path.suffix != ".toml":
        path = TOPICS / f"{name_or_file}.toml"
        if path not in available():
            shipped = sorted(file.stem for file in available())
            guess = meant(name_or_file, shipped)
            if Path(f"{name_or_file}.toml").is_file():
                guess = f" (did you mean the file {name_or_file}.toml?)"
            raise UsageError(
                f"no topic {name_or_file!r}{guess}; shipped are {', '.join(shipped)}; "
                "or give the path of a .toml"
            )
    return path


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")  # editors on Windows begin it with a mark
    except OSError as error:
        raise BadInput(f"{path}: cannot be read as a topic: {error}") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise BadInput(f"{path}:{line}: cannot be read as a topic: it is not UTF-8") from error


def available() -> list[Path]:
    """List the topic files that ship."""
    return sorted(TOPICS.glob("*.toml"))


def _say(error: Any, found: dict[Place, int]) -> str:
    """Write a fault with its line: where a key is missing, that of the table that lacks it."""
    cause = error.get("ctx", {}).get("error")
    place: Place = error["loc"] + (cause.place if isinstance(cause, Fault) else ())
    known = (found[place[:n]] for n in range(len(place), 0, -1) if place[:n] in found)
    where = ".".join(map(str, place))
    message = error["msg"].removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        message = f"there is no key {place[-1]!r}" + _meant(place)
    return f"{next(known, 1)}: {where}: {message}" if where else f"{next(known, 1)}: {message}"


def _meant(place: Place) -> str:
    """Guess which key a misspelt one was to be: of the model that it stands in."""
    model: Any = Topic
    for step in place[:-1]:
        fields = getattr(model, "model_fields", {})
        if step in fields:
            model = _model_in(fields[step].annotation)
    return meant(str(place[-1]), getattr(model, "model_fields", {}))


def _model_in(annotation: Any) -> Any:
    """Find the model in an annotation such as list[Rule]."""
    inner = [_model_in(part) for part in get_args(annotation)]
    return next((part for part in inner if part), annotation if hasattr(annotation, "model_fields") else None)


def _try(place: Place, pattern: str) -> None:
    """Raise where the engine that is to search for a pattern cannot."""
    for tried in (pattern, without_borders(pattern)):
        try:
            pl.Series([""]).str.contains(f"(?i){tried}")
        except pl.exceptions.ComputeError as error:
            raise Fault(place, str(error).partition("This error occurred")[0]) from None


def below(prefix: str) -> str:
    """Close a main group, so that H03M1 does not mean H03M13.

    Examples
    --------
    >>> [below(prefix) for prefix in ("G06N", "H03M1", "G06N3/06")]
    ['G06N', 'H03M1/', 'G06N3/06']
    """
    return f"{prefix}/" if re.fullmatch(r"[A-HY]\d\d[A-Z]\d+", prefix) else prefix


def _frame(rows: list[tuple[Any, ...]], **schema: pl.DataType | type[pl.DataType]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=schema, orient="row")
