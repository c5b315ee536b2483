"""Read one JSON object a line; what DuckDB cannot parse, Python explains."""

import json
from collections.abc import Iterator
from typing import Any

import duckdb

from corepath.warehouse.database import identifier, literal
from corepath.warehouse.errors import BadInput
from corepath.warehouse.load.readers import Count, Part

MAX_OBJECT = 64 * 2**20  # bytes: a patent with its full text
SAMPLE = 1000  # rows that are searched for keys that nobody declared


def read(warehouse: duckdb.DuckDBPyConnection, part: Part) -> Count:
    """Load a file of JSON objects into its raw table.

    Returns
    -------
    Count
        Lines, the empty ones apart.

    Raises
    ------
    BadInput
        A line is too long to be a record.
    """
    rows = sum(not line.isspace() for _, line in _lines(part))
    if not rows:
        part.warn("the file is empty")
        return Count(0, 0)
    try:
        warehouse.execute(
            "create or replace temp table incoming as select row_number() over () as row, json "
            "from read_json_objects(?, format = 'newline_delimited', ignore_errors = true, "
            f"compression = 'uncompressed', maximum_object_size = {MAX_OBJECT})",
            [str(part.path)],
        )
    except duckdb.InvalidInputException as error:  # a line of many megabytes is no record
        raise BadInput(f"{part.name}: cannot be read as one JSON object a line: {error}") from error
    _tell_new_keys(warehouse, part)
    names = {c: [c, *part.declared.aliases.get(c, [])] for c in part.declared.columns}
    shape = {
        name: json.loads(structure(part.declared.columns[column]))
        for column, known in names.items()
        for name in known
    }
    values = ", ".join(
        f"{_value(known, part.declared.columns[column])} as {identifier(column)}"
        for column, known in names.items()
    )
    wrong = " ".join(f"when {check} then {reason}" for check, reason in _checks(part))
    warehouse.execute(
        "create or replace temp table judged as with transformed as (select row, json, "
        f"json_transform(json, {literal(json.dumps(shape))}) as record from incoming), "
        f"records as (select row, json, {values} from transformed) "
        f"select *, case when json is null then '' {wrong} end as reason from records"
    )
    columns = ", ".join(identifier(column) for column in part.declared.columns)
    ((loaded,),) = warehouse.execute(
        f"insert into {part.target} select ?, row, {columns} from judged where reason is null", [part.name]
    ).fetchall()
    rejected = dict(warehouse.execute("select row, reason from judged where reason is not null").fetchall())
    if rejected:
        part.reject(warehouse, _explained(part, rejected))
    warehouse.execute("drop table judged; drop table incoming")
    return Count(rows, loaded)


def structure(kind: str) -> str:
    """Write a type as json_transform wants it.

    Examples
    --------
    >>> structure("STRUCT(text VARCHAR, language VARCHAR)[]")
    '[{"text": "VARCHAR", "language": "VARCHAR"}]'
    """

    def nested(part: Any) -> Any:
        if part.id == "list":
            return [nested(part.children[0][1])]
        if part.id == "struct":
            return {name: nested(child) for name, child in part.children}
        return str(part)

    return json.dumps(nested(duckdb.type(kind)))


def _value(names: list[str], kind: str) -> str:
    """Take a value out of `record` under the first of its names; JSON text is parsed."""
    value = f"coalesce({', '.join(f'record.{identifier(name)}' for name in names)})"
    if not kind.startswith("STRUCT") and not kind.endswith("]"):
        return value
    text = f"json ->> {literal(_path(names[0]))}"
    return (
        f"case when json_type(json, {literal(_path(names[0]))}) = 'VARCHAR' "
        f"then json_transform(try_cast({text} as json), {literal(structure(kind))}) "
        f"else {value} end"
    )


def _path(name: str) -> str:
    return f'$."{name}"'


def _checks(part: Part) -> Iterator[tuple[str, str]]:
    """Pairs of SQL: what is wrong with `json`, and the words for it."""
    yield "json_type(json) <> 'OBJECT'", "'not a JSON object'"
    for column, kind in part.declared.columns.items():
        if column in part.declared.required:
            is_empty = f"coalesce({identifier(column)}::varchar, '') = ''"
            yield is_empty, literal(f"{column} is missing")
        if kind.endswith("]"):
            given = f"json -> {literal(_path(column))}"
            yield (
                f"json_type({given}) not in ('ARRAY', 'NULL', 'VARCHAR') or "
                f"(json_type({given}) = 'VARCHAR' and {identifier(column)} is null)",
                literal(f"{column}: no list"),
            )


def _tell_new_keys(warehouse: duckdb.DuckDBPyConnection, part: Part) -> None:
    """Warn of keys that are neither read nor known; a source that lists none expects any."""
    if part.declared.ignored:
        keys = warehouse.execute(
            "select distinct unnest(json_keys(json)) from "
            f"(from incoming where json_type(json) = 'OBJECT' limit {SAMPLE})"
        ).fetchall()
        part.tell_new(sorted(key for (key,) in keys))


def _explained(part: Part, rejected: dict[int, str]) -> Iterator[tuple[int, str, str]]:
    """Give rejected lines, each with its line in the file and the reason."""
    row = 0
    for number, line in _lines(part):
        row += not line.isspace()
        if line.isspace() or row not in rejected:
            continue
        reason = rejected[row]
        if not reason:
            try:
                json.loads(line)
                reason = "not JSON as DuckDB reads it"
            except (ValueError, RecursionError) as error:
                reason = f"not JSON: {error}"
        yield number, reason, line.decode("utf-8", errors="replace")


def _lines(part: Part) -> Iterator[tuple[int, bytes]]:
    with open(part.path, "rb") as stream:
        yield from enumerate(stream, start=1)
