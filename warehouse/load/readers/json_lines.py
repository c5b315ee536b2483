"""Read one JSON object a line; what DuckDB cannot parse, Python explains."""

import json
import tempfile
from codecs import BOM_UTF8
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from corepath.warehouse.database import file_pattern, identifier, literal
from corepath.warehouse.errors import writing_temporary
from corepath.warehouse.load.readers import Count, Part

MAX_OBJECT = 64 * 2**20  # bytes: a patent with its full text
USUAL_OBJECT = 2**24  # DuckDB holds twice as much for each thread
_TOO_LONG = b"a line beyond any record, which is no JSON\n"
SAMPLE = 1000  # rows that are searched for keys that nobody declared


def read(warehouse: duckdb.DuckDBPyConnection, part: Part) -> Count:
    """Load a file of JSON objects into its raw table.

    Returns
    -------
    Count
        Lines, the empty ones apart.

    """
    rows = longest = 0
    is_plain = True
    for _, line, is_plain_line in _lines(part.path):
        rows += not _is_blank(line)
        longest = max(longest, len(line))
        is_plain = is_plain and is_plain_line
    if not rows:
        part.warn("the file is empty")
        return Count(0, 0)
    with tempfile.TemporaryDirectory(prefix="corepath-") as folder:
        path = part.path if is_plain else _plain_copy(part.path, Path(folder) / "lines")
        warehouse.execute(
            "create or replace temp table incoming as select row_number() over () as row, json "
            "from read_json_objects(?, format = 'newline_delimited', ignore_errors = true, "
            f"compression = 'uncompressed', maximum_object_size = {max(USUAL_OBJECT, longest + 1)})",
            [file_pattern(path)],
        )
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
    for number, line, _ in _lines(part.path):
        row += not _is_blank(line)
        if _is_blank(line) or row not in rejected:
            continue
        reason = rejected[row]
        if len(line) > MAX_OBJECT:
            reason = f"longer than {MAX_OBJECT} bytes, which no record is"
        elif not reason:
            try:
                json.loads(line)
                reason = "not JSON as DuckDB reads it"
            except (ValueError, RecursionError) as error:
                reason = f"not JSON: {error}"
        yield number, reason, line.decode("utf-8", errors="replace")


def _is_blank(line: bytes) -> bool:
    return not line or line.isspace()


def _plain_copy(path: Path, copy: Path) -> Path:
    """Write lines as DuckDB reads them, each in its place: UTF-8 without marks, none too long."""
    with open(copy, "wb") as target:
        for _, line, _ in _lines(path):
            with writing_temporary():
                target.write(_TOO_LONG if len(line) > MAX_OBJECT else line)
    return copy


def _lines(path: Path) -> Iterator[tuple[int, bytes, bool]]:
    """Number a file's lines without byte order marks; of one too long give the head.

    Tells of each whether the file has it so.
    """
    with open(path, "rb") as stream:
        number = 0
        while line := stream.readline(MAX_OBJECT + 1):
            number += 1
            rest = line
            while not rest.endswith(b"\n") and (rest := stream.readline(MAX_OBJECT + 1)):
                pass
            plain = line.removeprefix(BOM_UTF8)
            yield number, plain, len(plain) == len(line) <= MAX_OBJECT
