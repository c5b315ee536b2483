"""Read delimited text: DuckDB where all is well, line by line where anything is not.

DuckDB reads a clean file as fast as it can be read. Its way of going on after a fault is not exact
enough to account for every row, so that a file with any fault is read again by the csv module,
which decides line by line.
"""

import codecs
import csv
import io
import re
import tempfile
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from corepath.warehouse.database import file_pattern, identifier
from corepath.warehouse.errors import BadInput
from corepath.warehouse.load.readers import Count, DoubtfulError, Part, batched
from corepath.warehouse.load.readers.nested import FIRST_DAY, LAST_DAY, NO_DAY, is_day

MAX_ROW = 16 * 2**20  # bytes: no record of a patent is larger
MAX_LINES = 1000  # of one row: an abstract may have line ends, a lost quote must not eat the file
BATCH = 50_000  # rows in memory
CHUNK = 2**20

csv.field_size_limit(MAX_ROW)

_SHORT_DAY = "[0-9]{2}/[0-9]{2}/[0-9]{2}"
_SHAPES = {"DATE": "[0-9]{4}-[0-9]{2}-[0-9]{2}.*"}  # of what is the type, if not always a value
_KEY = re.compile(r"[-+]?[0-9]{1,18}(\.0+)?")
# Days as spreadsheets save them, maybe with a time; two digits of a year are the Lens's own.
_YEAR_LAST = r"([0-9]{1,2})[/.]([0-9]{1,2})[/.]([0-9]{4}|[0-9]{2})(?: .*)?"
_YEAR_FIRST = r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?:[T ].*)?"
_PLAIN_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_DIGITS_ONLY = r"([0-9]{4})([0-9]{2})([0-9]{2})(?:[.]0+)?"
_DAY_FIRST, _MONTH_FIRST = "day first", "month first"
_MARKED_LINE = b"\n" + codecs.BOM_UTF8
_UNFINISHED = "a quote is opened and not closed"

_Row = tuple[int, list[str], str, bytes]  # line in the file, fields, why there are none, the line


@dataclass(frozen=True)
class _Text:
    """What a pass over the bytes tells of a file."""

    path: Path
    lines: int
    # \\n or \\r\\n throughout, no NUL, no mark but at the start, as DuckDB reads it
    is_plain: bool
    ends: bytes


def read(warehouse: duckdb.DuckDBPyConnection, part: Part, *, exactly: bool) -> Count:
    """Load a file of delimited text into its raw table.

    Parameters
    ----------
    warehouse
        In a transaction, which an error leaves useless.
    part
        The file.
    exactly
        Read it line by line; else DuckDB reads it, and what is not clean is an error.

    Returns
    -------
    Count
        Rows, the header apart.

    Raises
    ------
    BadInput
        The header lacks a required column, or a column is of another type than declared.
    DoubtfulError
        The file is not clean, and was not read exactly.
    """
    if not part.path.stat().st_size:
        part.warn("the file is empty")
        return Count(0, 0)
    header = _header(part)
    chosen = part.find_columns(header)
    with ThreadPoolExecutor(1) as aside:  # it counts while DuckDB reads
        looking = aside.submit(_look, part.path)
        if exactly:
            count = _read_exactly(warehouse, part, looking.result(), header, chosen)
        else:
            count = _read_at_once(warehouse, part, looking, header, chosen)
    _settle_values(warehouse, part, chosen)
    _check_types(warehouse, part, chosen)
    return count


def _look(path: Path) -> _Text:
    """Count lines, and find what DuckDB does not read as it stands."""
    newlines = returns = pairs = 0
    has_nul = has_mark = False
    last = tail = b""
    with open(path, "rb") as file:
        while chunk := file.read(CHUNK):
            # Several times as fast as `count` of bytes.
            newlines += int(np.count_nonzero(np.frombuffer(chunk, dtype=np.uint8) == ord("\n")))
            if b"\r" in chunk or last == b"\r":
                returns += chunk.count(b"\r")
                pairs += chunk.count(b"\r\n") + (last == b"\r" and chunk[:1] == b"\n")
            has_nul = has_nul or b"\0" in chunk
            has_mark = has_mark or _MARKED_LINE in tail + chunk
            last, tail = chunk[-1:], chunk[-len(_MARKED_LINE) :]
    ends = b"\r" if returns and not newlines else b"\r\n" if pairs and pairs == newlines else b"\n"
    lines = (returns if ends == b"\r" else newlines) + (last not in (b"", ends[-1:]))
    is_plain = not (has_mark or has_nul) and returns == pairs and pairs in (0, newlines)
    return _Text(path, lines, is_plain, ends)


def _header(part: Part) -> list[str]:
    """Read the names of a file's columns."""
    with open(part.path, "rb") as file:
        content = file.read(CHUNK)
    head = content.decode("utf-8-sig", errors="replace")
    try:
        parsed = next(csv.reader(io.StringIO(head, newline=None), **_format(part)), [])
    except csv.Error as error:
        raise BadInput(f"{part.name}: the header cannot be read: {error}") from error
    header = [name.strip() for name in parsed]
    if len({name.lower() for name in header}) < len(header):
        raise BadInput(f"{part.name}: a column's name stands twice in the header: {header}")
    return header


def _format(part: Part) -> dict[str, Any]:
    dialect = part.source.dialect
    return {"delimiter": dialect.delimiter, "quotechar": dialect.quote, "doublequote": True, "strict": True}


# --- DuckDB, for a clean file --------------------------------------------------------------------


def _read_at_once(
    warehouse: duckdb.DuckDBPyConnection,
    part: Part,
    looking: Future[_Text],
    header: list[str],
    chosen: dict[str, int],
) -> Count:
    with open(part.path, "rb") as file:
        first = file.readline(CHUNK)
    stored = part.declared.stored
    dialect = part.source.dialect
    columns = {f"c{place}": "VARCHAR" for place in range(len(header))}
    values = ", ".join(
        _at_once(f"c{chosen[c]}", stored[c]) if c in chosen else "null" for c in part.declared.columns
    )
    try:
        ((loaded,),) = warehouse.execute(
            f"insert into {part.target} select $name, {values} from read_csv($path, "
            f"columns = {columns}, auto_detect = false, header = true, delim = $delimiter, "
            "quote = $quote, escape = $quote, nullstr = '', new_line = $ends, "
            f"max_line_size = {MAX_ROW}, compression = 'none')",
            {
                "name": part.name,
                "path": file_pattern(part.path),
                "delimiter": dialect.delimiter,
                "quote": dialect.quote,
                # If others end otherwise, the file is not plain.
                "ends": "\\r\\n" if first.endswith(b"\r\n") else "\\n",
            },
        ).fetchall()
    except duckdb.Error as error:
        raise DoubtfulError(part.name) from error
    text = looking.result()
    is_all = loaded == text.lines - 1 or loaded == _records(part.path, dialect.quote) - 1
    if not text.is_plain or not is_all:
        raise DoubtfulError(part.name)
    return Count(loaded, loaded)


def _at_once(value: str, kind: str) -> str:
    """Take a value as DuckDB has it; a key that is no integer, which DuckDB would round, is a fault."""
    if kind != "BIGINT":
        return value
    return (
        f"case when {value}::bigint::varchar = {value} or regexp_full_match({value}, '{_KEY.pattern}') "
        f"then {value}::bigint when {value} is not null then error('no integer') end"
    )


def _records(path: Path, quote: str) -> int:
    """Count the lines that do not end within quotes, without parsing anything."""
    records = within = 0
    filled = False
    with open(path, "rb") as file:
        while chunk := file.read(CHUNK):
            data = np.frombuffer(chunk, dtype=np.uint8)
            parity = (np.cumsum(data == ord(quote), dtype=np.uint8) + within) & 1
            records += int(np.count_nonzero((data == ord("\n")) & (parity == 0)))
            within = int(parity[-1])
            filled = chunk[-1:] != b"\n"
    return records + filled


# --- The csv module, for any file ----------------------------------------------------------------


def _read_exactly(
    warehouse: duckdb.DuckDBPyConnection, part: Part, text: _Text, header: list[str], chosen: dict[str, int]
) -> Count:
    """Decide row by row; what is loaded goes by way of Parquet, so that memory does not grow."""
    stored = part.declared.stored
    keys = [(chosen[c], c, stored[c] == "BIGINT") for c in part.declared.required]
    schema = pa.schema([(column, pa.string()) for column in chosen])
    rows = 0
    with tempfile.TemporaryDirectory(prefix="corepath-") as folder:
        parquet = Path(folder) / "rows.parquet"
        with pq.ParquetWriter(parquet, schema) as writer:
            for batch in batched(_rows(part, text, len(header)), BATCH):
                good, bad = [], []
                for line, fields, reason, raw in batch:
                    rows += 1
                    reason = reason or _missing_key(fields, keys)
                    if reason:
                        bad.append((line, reason, raw.decode(errors="replace")))
                    else:
                        good.append([fields[place] or None for place in chosen.values()])
                part.reject(warehouse, bad)
                columns = zip(*good, strict=True) if good else [()] * len(chosen)
                arrays = [pa.array(column, pa.string()) for column in columns]
                writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
        values = ", ".join(
            f"{identifier(c)}::{stored[c]}" if c in chosen else "null" for c in part.declared.columns
        )
        ((loaded,),) = warehouse.execute(
            f"insert into {part.target} select ?, {values} from read_parquet(?)",
            [part.name, file_pattern(parquet)],
        ).fetchall()
    return Count(rows, loaded)


def _missing_key(fields: list[str], keys: list[tuple[int, str, bool]]) -> str | None:
    for place, column, is_integer in keys:
        if not fields[place]:
            return f"{column} is empty"
        if is_integer and not _KEY.fullmatch(fields[place]):
            return f"{column} is no integer: {fields[place][:40]!r}"
    return None


def _rows(part: Part, text: _Text, width: int) -> Iterator[_Row]:
    """Give every row below the header; one that opens a quote goes on until it is closed."""
    encoding = _encoding(text.path, part.source.dialect.encodings)
    quote = part.source.dialect.quote.encode()
    form = _format(part)
    ahead: deque[tuple[int, bytes]] = deque()
    lines = _lines(text)
    is_header = True
    while first := ahead.popleft() if ahead else next(lines, None):
        number, line = first
        if not line.strip(b"\r\n"):
            continue
        taken = [line]
        fields, fault = _parse(line, form, encoding, width)
        reason = fault
        while reason == _UNFINISHED and len(taken) < MAX_LINES:
            if len(taken) > len(ahead):
                if not (following := next(lines, None)):
                    break
                ahead.append(following)
            taken.append(ahead[len(taken) - 1][1])
            if quote in taken[-1]:  # nothing else can end it
                fields, reason = _parse(b"".join(taken), form, encoding, width)
        if not reason:
            fault = ""
            for _ in taken[1:]:
                ahead.popleft()
        if is_header:
            is_header = False
            continue
        # A fault costs its own line; what was read ahead of it is tried again.
        yield number, fields, fault, line


def _parse(data: bytes, form: dict[str, Any], encoding: str, width: int) -> tuple[list[str], str]:
    """Split a row into fields, or say what is wrong with it."""
    if b"\0" in data:
        return [], "holds a NUL byte"
    if len(data) > MAX_ROW:
        return [], f"longer than {MAX_ROW} bytes"
    try:
        fields = next(csv.reader([data.decode(encoding)], **form), [])
    except UnicodeDecodeError as error:
        return [], f"not {encoding}: {error.reason} at byte {error.start} of the row"
    except csv.Error as error:
        return [], _UNFINISHED if "end of data" in str(error) else f"no row: {error}"
    if len(fields) != width:
        return [], f"{len(fields)} fields where the header has {width}"
    return fields, ""


def _lines(text: _Text) -> Iterator[tuple[int, bytes]]:
    """Number a file's lines, as bytes with their ends, without byte order marks."""
    end = "\r" if text.ends == b"\r" else "\n"
    # latin-1 maps every byte to itself, there and back.
    with open(text.path, encoding="latin-1", newline=end) as file:
        number = 0
        while line := file.readline(MAX_ROW + 1):
            number += 1
            rest = line
            while not rest.endswith(end) and (rest := file.readline(MAX_ROW)):
                pass  # of a line too long its head is enough to reject it
            yield number, line.encode("latin-1").removeprefix(codecs.BOM_UTF8)


def _encoding(path: Path, allowed: list[str]) -> str:
    """Choose the first encoding that the whole file has, else the first."""
    for encoding in allowed:
        decoder = codecs.getincrementaldecoder(encoding)()
        with open(path, "rb") as file:
            try:
                while chunk := file.read(CHUNK):
                    decoder.decode(chunk)
                decoder.decode(b"", final=True)
                return encoding
            except UnicodeDecodeError:
                continue
    return allowed[0]


# --- What was loaded -----------------------------------------------------------------------------


def _settle_values(warehouse: duckdb.DuckDBPyConnection, part: Part, chosen: dict[str, int]) -> None:
    """Write days as YYYY-MM-DD, and integers that became floats as integers again."""
    texts = {c: part.declared.columns[c] for c in chosen if part.declared.stored[c] == "VARCHAR"}
    # A single scan tells which columns have anything to be written anew: mostly none.
    odd = {
        c: f"not regexp_full_match({identifier(c)}, '{_PLAIN_DAY}')" for c, k in texts.items() if is_day(c, k)
    }
    odd |= {
        c: f"contains({identifier(c)}, '.')"
        for c, kind in texts.items()
        if c not in odd and (kind == "BIGINT" or c.lower().endswith("_id"))
    }
    if not odd:
        return
    counts = ", ".join(f"count(*) filter (where {is_odd})" for is_odd in odd.values())
    found = warehouse.execute(f"select {counts} from {part.target} where _file = ?", [part.name]).fetchall()[
        0
    ]
    columns = [column for column, count in zip(odd, found, strict=True) if count]
    days = [c for c in columns if is_day(c, texts[c])]
    numbers = [c for c in columns if c not in days]
    if days and (order := _order_of_days(warehouse, part, days)):
        for column in days:
            one, two, three = (f"right('0' || parts[{n}], 2)" for n in (1, 2, 3))
            for pattern in (_YEAR_FIRST, _DIGITS_ONLY):
                _rewrite(warehouse, part, column, pattern, f"parts[1] || '-' || {two} || '-' || {three}")
            day, month = (one, two) if order == _DAY_FIRST else (two, one)
            written = (
                f"case when length(parts[3]) = 4 then parts[3] || '-' || {month} || '-' || {day} "
                f"else {day} || '/' || {month} || '/' || parts[3] end"
            )
            _rewrite(warehouse, part, column, _YEAR_LAST, written)
    for column in numbers:
        # An integer with a gap somewhere in its column becomes a float in many tools.
        _rewrite(warehouse, part, column, r"(-?[0-9]+)[.]0+", "parts[1]")


def _rewrite(
    warehouse: duckdb.DuckDBPyConnection, part: Part, column: str, pattern: str, written: str
) -> None:
    """Write the values of a file's column that fit a pattern anew, of the pattern's `parts`."""
    name = identifier(column)
    parts = ", ".join(
        f"regexp_extract({name}, $pattern, {n})" for n in range(1, re.compile(pattern).groups + 1)
    )
    warehouse.execute(
        f"update {part.target} set {name} = list_transform([[{parts}]], lambda parts: {written})[1] "
        f"where _file = $file and regexp_full_match({name}, $pattern) "
        f"and not regexp_full_match({name}, '{_PLAIN_DAY}')",
        {"file": part.name, "pattern": pattern},
    )


def _order_of_days(warehouse: duckdb.DuckDBPyConnection, part: Part, days: list[str]) -> str:
    """Tell whether the day or the month is first in a file; nothing if it writes all days as ISO does.

    Raises
    ------
    BadInput
        Both are, or nothing tells.
    """
    values = " union all ".join(
        f"select {identifier(c)} as text from {part.target} where _file = $file "
        f"and regexp_full_match({identifier(c)}, '{_YEAR_LAST}|{_YEAR_FIRST}|{_DIGITS_ONLY}') "
        f"and not regexp_full_match({identifier(c)}, '{_PLAIN_DAY}')"
        for c in days
    )
    by_day, by_month, written_out, example = warehouse.execute(
        "select count(*) filter (first > 12 or text like '%.%'), count(*) filter (second > 12), "
        "count(*) filter (first is not null and regexp_full_match(text, '.*[0-9]{4}')), "
        "min(text) from (select text, "
        "try_cast(nullif(regexp_extract(text, '^([0-9]{1,2})[/.]', 1), '') as int) as first, "
        "try_cast(nullif(regexp_extract(text, '^[0-9]{1,2}[/.]([0-9]{1,2})', 1), '') as int) as second "
        f"from ({values}))",
        {"file": part.name},
    ).fetchall()[0]
    if by_day and by_month:
        raise BadInput(
            f"{part.name}: some days are written day/month, others month/day, such as {example!r}: "
            "write them as YYYY-MM-DD"
        )
    if written_out and not (by_day or by_month):
        raise BadInput(
            f"{part.name}: whether {example!r} and the like are day/month or month/day cannot be determined: "
            "write days as YYYY-MM-DD"
        )
    if example is None:
        return ""
    return _MONTH_FIRST if by_month else _DAY_FIRST


def _check_types(warehouse: duckdb.DuckDBPyConnection, part: Part, chosen: dict[str, int]) -> None:
    """Hold a column to its declared type: refuse another type, tell of values that do not fit."""
    stored = part.declared.stored
    for column, kind in part.declared.columns.items():
        is_of_days = is_day(column, kind)
        if column not in chosen or (kind == stored[column] and not is_of_days):
            continue
        name = identifier(column)
        kind = "DATE" if is_of_days else kind
        # Of the Lens's own days the year stands in another column.
        is_short = f"regexp_full_match({name}, '{_SHORT_DAY}')"
        value = f"case when not {is_short} then try_cast({name} as {kind}) end"
        unread = f"(value is null and not regexp_full_match(text, '{_SHORT_DAY}'))"
        alien = f"{unread} and not regexp_full_match(text, '{_SHAPES[kind]}')" if kind in _SHAPES else unread
        early, late = (f"value < {FIRST_DAY}", f"value > {LAST_DAY}") if is_of_days else ("false", "false")
        filled, unfit, too_early, too_late, aliens, example = warehouse.execute(
            f"select count(*), count(*) filter ({unread}), count(*) filter ({early}), "
            f"count(*) filter ({late}), count(*) filter ({alien}), "
            f"min(text) filter ({unread} or {early} or {late}) "
            f"from (select {name} as text, {value} as value from {part.target} where _file = ?) "
            f"where text is not null and not regexp_full_match(text, '{NO_DAY if is_of_days else ''}')",
            [part.name],
        ).fetchall()[0]
        reasons = {f"no {kind}": unfit, "before 1790": too_early, "after tomorrow": too_late}
        part.note_unread(warehouse, column, kind, filled, reasons, aliens, example)
