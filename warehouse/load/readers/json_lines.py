"""Read one JSON object a line; what DuckDB cannot parse, Python explains."""

import json
import tempfile
from codecs import BOM_UTF8
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import duckdb

from corepath.warehouse.database import file_pattern, identifier, literal
from corepath.warehouse.errors import writing_temporary
from corepath.warehouse.load.readers import Count, Part
from corepath.warehouse.load.readers.nested import Checked, Tree, check, fit, misplaced, tree, unwrapped

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

    Raises
    ------
    BadInput
        Most values of a column or nested field are of another type than declared.
    """
    rows = longest = 0
    is_plain = True
    for _, line, is_plain_line in _lines(part.path):
        rows += not _is_blank(line)
        longest = max(longest, len(line))
        is_plain = is_plain and is_plain_line and not _is_wrapped(line)
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
    given = _given(warehouse)
    shape: dict[str, Tree] = {}
    values: list[str] = []
    # Of a column itself that is told by a reject of its row.
    of_source: list[Checked] = [
        _placed(path, wanted)
        for path, wanted in misplaced(given, _declared(part))
        if path.count('."') > 1 or "[*]" in path
    ]
    of_table: list[Checked] = []
    for column, kind in part.declared.columns.items():
        fitted = []
        for name in [column, *part.declared.aliases.get(column, [])]:
            as_read = _as_read(given.get(name), tree(kind))
            shape[name] = _plain_shape(as_read)
            value = f"record.{identifier(name)}"
            fit_value, checked = fit(part, column, value, as_read, tree(kind))
            fitted.append(fit_value)
            of_source += checked if fit_value != value else []
        if fitted == [f"record.{identifier(column)}"]:
            of_table += fit(part, column, identifier(column), tree(kind), tree(kind))[1]
        values.append(f"{_value(column, fitted, tree(kind))} as {identifier(column)}")
    wrong = " ".join(f"when {check_} then {reason}" for check_, reason in _checks(part))
    transformed = (
        f"select row, json, json_transform(json, {literal(json.dumps(shape))}) as record from incoming"
    )
    warehouse.execute(
        f"create or replace temp table checked as with transformed as ({transformed}), "
        f"records as (select row, json, {', '.join(values)} from transformed) "
        f"select *, case when json is null then '' {wrong} end as reason from records"
    )
    file = f"{literal(part.name)} as _file"
    good = "(select row from checked where reason is null)"
    check(warehouse, [part], f"(select *, {file} from ({transformed}) where row in {good})", of_source)
    check(warehouse, [part], f"(select *, {file} from checked where reason is null)", of_table)
    columns = ", ".join(identifier(column) for column in part.declared.columns)
    ((loaded,),) = warehouse.execute(
        f"insert into {part.target} select ?, row, {columns} from checked where reason is null", [part.name]
    ).fetchall()
    rejected = dict(warehouse.execute("select row, reason from checked where reason is not null").fetchall())
    if rejected:
        part.reject(warehouse, _explained(part, rejected))
    warehouse.execute("drop table checked; drop table incoming")
    return Count(rows, loaded)


def _declared(part: Part) -> dict[str, Tree]:
    return {column: tree(kind) for column, kind in part.declared.columns.items()}


def _given(warehouse: duckdb.DuckDBPyConnection) -> dict[str, Tree]:
    """Tell what the records of `incoming` hold, by key."""
    ((found,),) = warehouse.execute(
        "select json_group_structure(json) from incoming where json_type(json) = 'OBJECT'"
    ).fetchall()
    return json.loads(found) if found else {}


# What JSON has, where it is read as it is; all else is read as text and then as its type.
_SAME = {"BIGINT": {"BIGINT", "UBIGINT"}, "VARCHAR": {"VARCHAR"}, "BOOLEAN": {"BOOLEAN"}}


def _as_read(given: Tree | None, declared: Tree) -> Tree:
    """Choose how values are taken out of JSON: of the declared shape, text where types differ."""
    if isinstance(declared, dict):
        fields = given if isinstance(given, dict) else {}
        return {name: _as_read(fields.get(name), kind) for name, kind in declared.items()}
    if isinstance(declared, list):
        return [_as_read(given[0] if isinstance(given, list) else None, declared[0])]
    if given is None or given in ("NULL", *_SAME.get(declared, ())):
        return declared
    return "VARCHAR" if given == "VARCHAR" else "JSON"


def _plain_shape(read: Tree) -> Tree:
    """Write a shape as json_transform wants it: text of any JSON is VARCHAR."""
    if isinstance(read, dict):
        return {name: _plain_shape(kind) for name, kind in read.items()}
    return [_plain_shape(read[0])] if isinstance(read, list) else read.replace("JSON", "VARCHAR")


def _placed(path: str, wanted: str) -> Checked:
    """Count what should be a list or a record and is not."""
    types = f"json_type(json, {literal(path)})" if "[*]" in path else f"[json_type(json, {literal(path)})]"
    return Checked(
        path.removeprefix("$.").replace('"', ""),
        wanted,
        f"array_length(list_filter({types}, lambda t: t <> 'NULL'))",
        f"list_filter({types}, lambda t: t not in ('NULL', {literal(wanted)}))",
    )


def _value(column: str, fitted: list[str], kind: Tree) -> str:
    """Take a value under the first of its names; JSON text is parsed."""
    value = f"coalesce({', '.join(fitted)})"
    if isinstance(kind, str):
        return value
    text = f"json ->> {literal(_path(column))}"
    return (
        f"case when json_type(json, {literal(_path(column))}) = 'VARCHAR' "
        f"then json_transform(try_cast({text} as json), {literal(json.dumps(kind))}) "
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
        if kind.endswith("]") or kind.startswith("STRUCT"):
            wanted, what = ("ARRAY", "no list") if kind.endswith("]") else ("OBJECT", "no record")
            given = f"json -> {literal(_path(column))}"
            yield (
                f"json_type({given}) not in ('{wanted}', 'NULL', 'VARCHAR') or "
                f"(json_type({given}) = 'VARCHAR' and {identifier(column)} is null)",
                literal(f"{column}: {what}"),
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
            plain = _TOO_LONG if len(line) > MAX_OBJECT else line
            if _is_wrapped(line):
                with suppress(ValueError, RecursionError):
                    plain = json.dumps(unwrapped(json.loads(line)), ensure_ascii=False).encode() + b"\n"
            with writing_temporary():
                target.write(plain)
    return copy


def _is_wrapped(line: bytes) -> bool:
    """Whether lists may be wrapped as some writers of Parquet do, which others turned into JSON."""
    return (b'"list"' in line or b'"bag"' in line) and len(line) <= MAX_OBJECT


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
