"""How a number of each office is written: one place for all sources, publications and references."""

import csv
import operator
import re
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import duckdb
import pyarrow as pa
from duckdb.func import ARROW, SPECIAL
from duckdb.sqltypes import BIGINT, VARCHAR

from corepath.warehouse.database import literal
from corepath.warehouse.errors import BadInput
from corepath.warehouse.settings import ROOT

RULES = ROOT / "reference" / "publication_number.csv"

# Letters of other scripts that look like Latin ones, or name an era.
_LETTERS = str.maketrans("АУ平昭令", "AUHSR")
_PARTED = re.compile(r"[^A-Z0-9]+")
# A kind behind the number. X is China's check digit.
_KIND_BEHIND = re.compile(r"(?<=\d)-?([A-WYZ]\d?)$", re.ASCII)
_OTHER_OFFICE = re.compile(r"(EP|SU)-?(?=\d{5})", re.ASCII)
_GROUP = re.compile(r"\{(\d)(?:([-+%])(\d+))?(?::(\d))?\}")
_CONDITION = re.compile(r"(year|\{\d\})(>=|<=|=)(\?|\d+|\{(\d)\}\+(\d+)~(\d))")
_COUNT = {"+": operator.add, "-": operator.sub, "%": operator.mod}
_COMPARE = {">=": operator.ge, "<=": operator.le, "=": operator.eq}


@dataclass(frozen=True)
class _Rule:
    """A row of the rules, as `read_rules` tells."""

    reads: re.Pattern[str]
    is_joined: bool
    kinds: re.Pattern[str]
    when: tuple[tuple[str, ...], ...]
    number: str
    as_kind: str

    def write(self, text: str, joined: str, kind: str, year: int | None) -> tuple[str, str] | None:
        """Give number and kind of what the rule reads."""
        found = self.reads.fullmatch(joined if self.is_joined else text)
        if not found or not self.kinds.fullmatch(kind):
            return None
        groups = [(group or "").replace("-", "") for group in (found[0], *found.groups())]
        if not all(_holds(condition, groups, year) for condition in self.when):
            return None
        return _GROUP.sub(lambda place: _filled(place, groups), self.number), self.as_kind or kind

    def renamed(self, kind: str, year: int | None) -> str:
        """Give the kind as it is written everywhere."""
        is_meant = self.kinds.fullmatch(kind) and all(_holds(each, [], year) for each in self.when)
        return self.as_kind if is_meant else kind


def _holds(condition: tuple[str, ...], groups: list[str], year: int | None) -> bool:
    name, sign, value, group, more, near = condition
    if value == "?":
        return year is None
    left = year if name == "year" else int(groups[int(name[1])])
    if left is None:
        return False
    if group:
        return abs(left - int(groups[int(group)]) - int(more)) <= int(near)
    return _COMPARE[sign](left, int(value))


def _filled(place: re.Match[str], groups: list[str]) -> str:
    group, sign, by, width = place.groups()
    digits = groups[int(group)]
    if sign:
        digits = str(_COUNT[sign](int(digits), int(by)))
    return digits.lstrip("0").zfill(int(width)) if width else digits


def read_rules(path: Path = RULES) -> dict[str, list[_Rule]]:
    r"""Read the rules of each office; of an office's rules the first that reads a number wins.

    Parameters
    ----------
    path
        A table with the columns `office` (`*` for all others), `kind`, `reads`, `when`, `number`,
        `as_kind` and `says`. `reads` is a regular expression of the whole number, in capitals and
        with one hyphen between groups; behind `~`, without hyphens. `kind` is one of the kind:
        without any the rule reads all, with `none` what has no kind. `when` lists conditions on the
        year of publication and on groups: `year>=2001`, `year=?` (unknown), `{1}<=64`,
        `year={1}+1925~2` (at most two years apart). `number` is what is written: `{1}` is a group,
        `{0}` all, `{2:6}` padded to six digits, `{2:0}` without zeros in front, `{1-1925:2}` less
        1925. `as_kind` is the kind that the number tells. A row without `reads` stands before the
        others and is about the kind alone: `as_kind` is how it is written everywhere.

    Returns
    -------
    dict of str to list
        By office.

    Raises
    ------
    BadInput
        A rule cannot be read; the message names file and line.
    """
    rules: dict[str, list[_Rule]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        for row in rows:
            try:
                rules.setdefault(row["office"], []).append(_rule(row))
            except (KeyError, ValueError, re.error) as error:
                raise BadInput(f"{path}:{rows.line_num}: {error}") from error
    return rules


def _rule(row: dict[str, str]) -> _Rule:
    conditions = [_CONDITION.fullmatch(text) for text in row["when"].split()]
    if None in conditions:
        raise ValueError(f"no condition: {row['when']}")
    return _Rule(
        re.compile(row["reads"].removeprefix("~"), re.ASCII),
        row["reads"].startswith("~"),
        re.compile({"": ".*", "none": ""}.get(row["kind"], row["kind"]), re.ASCII),
        tuple(found.groups() for found in conditions if found),
        row["number"],
        row["as_kind"],
    )


_rules = cache(read_rules)


@lru_cache(maxsize=2**16)
def publication_number(office: str, number: str, kind: str | None, year: int | None) -> str | None:
    """Write a number as every source does.

    The form is DOCDB's, but that numbers of the EPO and grants of the USPTO have no zeros in front,
    and applications of the USPTO the office's eleven digits. What is parted and no rule reads keeps
    slashes between its groups and a question mark: it is no office's form, and meets nothing by
    mistake.

    Parameters
    ----------
    office
        Two letters, in capitals.
    number
        As printed, with or without punctuation, padding, office and kind.
    kind
        As printed, if known.
    year
        Of publication, if known: of some numbers it tells the era, the series or the width.

    Returns
    -------
    str or None
        Office, number and, where it is known, kind; None where there is no number.

    Examples
    --------
    >>> publication_number("US", "07,650,331", "B1", None)
    'US-7650331-B1'
    >>> publication_number("JP", "62-123456", None, 1987)
    'JP-S62123456'
    >>> publication_number("JP", "7-248211", "A", 2005)
    'JP-7/248211?-A'
    """
    text = _PARTED.sub("-", number.upper().translate(_LETTERS)).strip("-")
    if office == "WO" and text.startswith("W0"):  # as some print it
        text = "WO" + text[2:]
    for prefix in (office, "NO-"):
        text = text.removeprefix(prefix).lstrip("-")
    if other := _OTHER_OFFICE.match(text):  # some references are filed under another office
        office, text = other[1], text[other.end() :]
    letters = (kind or "").strip().upper()
    if behind := _KIND_BEHIND.search(text):
        text, letters = text[: behind.start()], letters or behind[1]
    joined = text.replace("-", "")
    if not office or not joined.strip("0"):
        return None
    for rule in _rules().get(office, _rules()["*"]):
        if not rule.reads.pattern:
            letters = rule.renamed(letters, year)
        elif found := rule.write(text, joined, letters, year):
            return "-".join(filter(None, (office, *found)))
    unread = text.replace("-", "/") + "?" * ("-" in text)
    return "-".join(filter(None, (office, unread, letters)))


def define(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `publication_number` a function of SQL.

    What is written as it should be, as most numbers are, DuckDB knows at a glance; the rest is
    handed over to Python, which remembers what it met lately.

    Parameters
    ----------
    connection
        Where it is made, in memory.
    """
    with suppress(duckdb.InvalidInputException):  # it is not there yet
        connection.remove_function("respelt_number")
    connection.create_function(
        "respelt_number",
        _respelt,
        [VARCHAR, VARCHAR, VARCHAR, BIGINT],
        VARCHAR,
        type=ARROW,
        null_handling=SPECIAL,
    )
    connection.execute(
        "create or replace macro memory.main.publication_number(office, number, kind, year) as case "
        f"when regexp_full_match(concat(office, '-', number, ':', kind), {literal(_plain())}) "
        "then concat(office, '-', number, '-' || nullif(kind, '')) "
        "when office is not null and number is not null "
        "then respelt_number(office, number, kind, year) end"
    )


def _plain() -> str:
    """Read office, number and kind of what the rules leave as it is."""
    return "|".join(
        f"{office}-(?:{rule.reads.pattern}):(?:{rule.kinds.pattern})"
        for office, rules in _rules().items()
        for rule in rules
        if rule.number == "{0}" and not rule.when
    )


def _respelt(
    office: pa.ChunkedArray, number: pa.ChunkedArray, kind: pa.ChunkedArray, year: pa.ChunkedArray
) -> pa.Array:
    rows = zip(*(column.to_pylist() for column in (office, number, kind, year)), strict=True)
    return pa.array([publication_number(*row) for row in rows], pa.string())
