"""Fit typed and nested values to the declared types, and tell what of them is not read.

A type is a tree: a name such as "BIGINT", a list of one tree, or a dict of trees by field.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from corepath.warehouse.database import identifier, literal
from corepath.warehouse.errors import BadInput
from corepath.warehouse.load.readers import Part

Tree = str | list[Any] | dict[str, Any]

# Other writers of Parquet wrap a list and each of its elements: {"list": [{"element": ...}]}.
LISTS = {"list", "bag", "array"}
ELEMENTS = {"element", "item", "array", "array_element"}

_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ].*)?"
_DIGITS_DAY = r"[0-9]{8}(\.0+)?"
# An unknown day is written with zeros.
NO_DAY = r"[0/. :TZ-]*"
# The first patent act of the United States; and an office may be a day ahead of this machine.
FIRST_DAY, LAST_DAY = "date '1790-01-01'", "current_date + 1"
_INTEGER = r"-?[0-9]{1,18}(\.0+)?"
_NUMBERS = {"DOUBLE", "FLOAT", "BIGINT", "UBIGINT", "HUGEINT", "INTEGER", "JSON"}
_IDENTIFIER = re.compile(r"id$|identifier", re.IGNORECASE)


@dataclass(frozen=True)
class Checked:
    """A column or nested field whose values may not fit its type, as SQL over a row.

    `given` counts its values, `unread` lists those that do not fit, as text.
    """

    path: str
    kind: str
    given: str
    unread: str


def tree(kind: str) -> Tree:
    """Take a type of DuckDB apart.

    Examples
    --------
    >>> tree("STRUCT(text VARCHAR, days BIGINT[])[]")
    [{'text': 'VARCHAR', 'days': ['BIGINT']}]
    """

    def taken_apart(part: Any) -> Tree:
        if part.id == "list":
            return [taken_apart(part.children[0][1])]
        if part.id == "struct":
            return {name: taken_apart(child) for name, child in part.children}
        return str(part).strip('"')

    return taken_apart(duckdb.type(kind))


def fit(part: Part, path: str, value: str, given: Tree, declared: Tree) -> tuple[str, list[Checked]]:
    """Write a value as the declared type.

    Parameters
    ----------
    part
        The file, for messages.
    path
        The column, and the fields that lead to the value: `ipc.code`.
    value
        SQL of the value.
    given, declared
        Its type in the file and in the raw table.

    Returns
    -------
    tuple of str and list of Checked
        SQL of the value as declared, and what of it may be lost by that.

    Raises
    ------
    BadInput
        It is a list, a record or a plain value where another is declared.
    """
    if isinstance(declared, str):
        if isinstance(given, str):
            return _fit_plain(path, value, given, declared)
    elif given == "NULL":
        return "null", []
    elif given in ("VARCHAR", "JSON"):
        return f"json_transform(try_cast({value} as json), {literal(json.dumps(declared))})", []
    elif isinstance(declared, list):
        value, given = _unwrapped(value, given, LISTS)
        if isinstance(given, list):
            return _fit_list(part, path, value, given, declared)
    elif isinstance(given, dict):
        return _fit_record(part, path, value, given, declared)
    raise BadInput(
        f"{part.name}: column {path} of table {part.source.name}_{part.table} should be "
        f"{_written(declared)}, but is {_written(given)}"
    )


def check(
    warehouse: duckdb.DuckDBPyConnection,
    parts: Sequence[Part],
    relation: str,
    checked: Sequence[Checked],
    parameters: Mapping[str, object] | None = None,
) -> None:
    """Count values that are given and not read: refuse a file of which most are, note the others.

    Parameters
    ----------
    warehouse
        In the transaction of the files.
    parts
        The files.
    relation
        SQL of the rows that the checks are about, with their `_file`.
    checked
        What to count.
    parameters
        Of the relation.

    Raises
    ------
    BadInput
        Most values of a column or field are of another type than declared.
    """
    if not checked:
        return
    counts = ", ".join(
        f"coalesce(sum({c.given}), 0)::bigint, coalesce(sum(array_length({c.unread})), 0)::bigint, "
        + ", ".join(
            f"coalesce(sum(array_length(list_filter({c.unread}, lambda x: {is_so}))), 0)::bigint"
            for is_so in (
                f"not regexp_full_match(x, '{_DAY}|{_DIGITS_DAY}')",
                f"{day('x')} < {FIRST_DAY}",
                f"{day('x')} > {LAST_DAY}",
            )
        )
        + f", min(({c.unread})[1])"
        for c in checked
    )
    query = f"select _file, {counts} from {relation} group by _file"
    for file, *counted in warehouse.execute(query, parameters).fetchall():
        part = next(part for part in parts if part.name == file)
        for number, c in enumerate(checked):
            given, unread, alien, early, late, example = counted[6 * number : 6 * number + 6]
            reasons = {f"no {c.kind}": unread - early - late, "before 1790": early, "after tomorrow": late}
            part.note_unread(warehouse, c.path, c.kind, given, reasons, alien, example)


def is_day(column: str, kind: str) -> bool:
    """Tell a column of days; one of text or numbers by its name."""
    return kind == "DATE" or ("date" in column.lower() and kind in ("BIGINT", "VARCHAR"))


def day(text: str) -> str:
    """Write SQL that gives the day that a text begins with, in ISO's form with dashes or without."""
    return f"try_cast({_iso_day(text)} as date)"


def possible_day(text: str) -> str:
    """Write SQL that gives a day, unless no patent can have it."""
    return f"(case when {day(text)} between {FIRST_DAY} and {LAST_DAY} then {day(text)} end)"


def _iso_day(text: str) -> str:
    return (
        f"(case when regexp_full_match({text}, '{_DAY}') then ({text})[1:10] "
        f"when regexp_full_match({text}, '{_DIGITS_DAY}') "
        f"then ({text})[1:4] || '-' || ({text})[5:6] || '-' || ({text})[7:8] end)"
    )


def _fit_plain(path: str, value: str, given: str, declared: str) -> tuple[str, list[Checked]]:
    name = path.rpartition(".")[2]
    is_of_days = is_day(name, declared)
    is_identifier = declared == "VARCHAR" and not is_of_days and _IDENTIFIER.search(name)
    if given == "NULL":
        return f"null::{declared}", []
    if given == declared and not (is_of_days or is_identifier):
        return value, []
    text = f"({value} at time zone 'UTC')" if given == "TIMESTAMP WITH TIME ZONE" else value
    text = f"nullif(({text})::varchar, 'nan')"
    integer = f"case when regexp_full_match({text}, '{_INTEGER}') then split_part({text}, '.', 1)::bigint end"
    is_number = given in _NUMBERS or given.startswith("DECIMAL")
    if given == declared and not is_identifier:
        fitted = value
    elif declared == "BIGINT":
        by_day = f"replace({_iso_day(text)}, '-', '')::bigint"
        fitted = f"coalesce({by_day}, {integer})" if is_of_days else integer
    elif declared == "DATE":
        fitted = day(text)
    elif declared == "VARCHAR" and is_of_days:
        fitted = f"case when regexp_full_match({text}, '{_DIGITS_DAY}') then {_iso_day(text)} else {text} end"
    elif declared == "VARCHAR":
        # An integer with a gap somewhere in its column becomes a float in many tools.
        is_float = is_number or is_identifier
        fitted = f"regexp_replace({text}, '^(-?[0-9]+)\\.0+$', '\\1')" if is_float else text
        return fitted, []
    elif declared == "BOOLEAN" and is_number:
        fitted = f"try_cast(regexp_replace({text}, '\\.0+$', '') as boolean)"
    else:
        fitted = f"try_cast({text} as {declared})"
    filled = f"not regexp_full_match(coalesce({text}, ''), '{NO_DAY if is_of_days else ' *'}')"
    read = possible_day(text) if is_of_days else fitted
    unread = f"case when {filled} and {read} is null then [{text}] else [] end"
    return fitted, [Checked(path, "DATE" if is_of_days else declared, f"({filled})::bigint", unread)]


def _fit_list(
    part: Part, path: str, value: str, given: list[Any], declared: list[Any]
) -> tuple[str, list[Checked]]:
    # A lambda within a lambda needs a name of its own.
    name = f"e{value.count('lambda')}_{len(path)}"
    element, inner = (name, given[0])
    if not (isinstance(declared[0], dict) and declared[0].keys() & ELEMENTS):
        element, inner = _unwrapped(name, given[0], ELEMENTS)
    fitted, checked = fit(part, path, element, inner, declared[0])
    whole = value if fitted == name else f"list_transform({value}, lambda {name}: {fitted})"
    return whole, [
        Checked(
            c.path,
            c.kind,
            f"coalesce(list_sum(list_transform({value}, lambda {name}: {c.given})), 0)",
            f"coalesce(flatten(list_transform({value}, lambda {name}: {c.unread})), [])",
        )
        for c in checked
    ]


def _fit_record(
    part: Part, path: str, value: str, given: dict[str, Any], declared: dict[str, Any]
) -> tuple[str, list[Checked]]:
    names = {name.lower(): name for name in given}
    packed, checked = [], []
    is_same = list(given) == list(declared)
    for field, kind in declared.items():
        if field.lower() in names:
            name = names[field.lower()]
            taken = f"{value}.{identifier(name)}"
            fitted, more = fit(part, f"{path}.{field}", taken, given[name], kind)
            is_same = is_same and fitted == taken
            checked += more
        else:
            part.warn("no field %s.%s: unknown", path, field)
            fitted, is_same = f"null::{_written(kind)}", False
        packed.append(f"{identifier(field)} := {fitted}")
    whole = f"case when {value} is not null then struct_pack({', '.join(packed)}) end"
    return value if is_same else whole, checked


def _unwrapped(value: str, given: Tree, wrappers: Iterable[str]) -> tuple[str, Tree]:
    """Take a value out of a record whose one field has a name that only writers of Parquet give."""
    if isinstance(given, dict) and len(given) == 1:
        ((name, inner),) = given.items()
        if name.lower() in wrappers:
            return f"{value}.{identifier(name)}", inner
    return value, given


def unwrapped(value: Any) -> Any:
    """Take the wrappers off a record of JSON, at any depth.

    Examples
    --------
    >>> unwrapped({"ipc": {"list": [{"element": {"code": "A"}}]}})
    {'ipc': [{'code': 'A'}]}
    """
    if isinstance(value, dict):
        if len(value) == 1:
            ((name, inner),) = value.items()
            if name in LISTS and isinstance(inner, list):
                return unwrapped([_bare_element(element) for element in inner])
        return {name: unwrapped(inner) for name, inner in value.items()}
    return [unwrapped(element) for element in value] if isinstance(value, list) else value


def _bare_element(element: Any) -> Any:
    if isinstance(element, dict) and len(element) == 1:
        ((name, inner),) = element.items()
        return inner if name in ELEMENTS else element
    return element


def misplaced(given: Tree, declared: Tree, path: str = "$") -> Iterator[tuple[str, str]]:
    """Find lists and records that are something else in some rows of JSON: paths, what they should be."""
    if isinstance(declared, dict) and isinstance(given, dict):
        for field, kind in declared.items():
            if field in given:
                yield from misplaced(given[field], kind, f'{path}."{field}"')
    elif isinstance(declared, list) and isinstance(given, list):
        yield from misplaced(given[0], declared[0], f"{path}[*]")
    elif isinstance(declared, (list, dict)) and given != "NULL":
        yield path, "ARRAY" if isinstance(declared, list) else "OBJECT"


def _written(kind: Tree) -> str:
    if isinstance(kind, list):
        return f"{_written(kind[0])}[]"
    if isinstance(kind, dict):
        return f"STRUCT({', '.join(f'{identifier(n)} {_written(k)}' for n, k in kind.items())})"
    return kind
