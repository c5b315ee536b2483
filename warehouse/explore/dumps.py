"""What a folder of raw files holds, and what it will be good for, before anything is loaded."""

import csv
import io
import json
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

import duckdb
import pyarrow.parquet as pq

from corepath.warehouse.build import builder as build
from corepath.warehouse.build import inputs
from corepath.warehouse.build.graph import discover
from corepath.warehouse.database import attach, clear_spilled, connect, find_tables, reach
from corepath.warehouse.errors import BadInput, CorepathError
from corepath.warehouse.explore.selection import ancestors, printable
from corepath.warehouse.load.archive import open_members
from corepath.warehouse.load.loader import load
from corepath.warehouse.settings import Settings
from corepath.warehouse.sources import (
    DELIMITED,
    JSON_LINES,
    PARQUET,
    Source,
    available,
    bare_name,
    files_below,
)
from corepath.warehouse.topic.files import Topic

HEAD_ROWS = 2000  # rows of a file that are read
HEAD_BYTES = 16 * 2**20  # and bytes

# What other tools export: recognised, to say what to do with it.
ELSEWHERE = {
    "resultlist*.xls*": "a list of WIPO PATENTSCOPE: it has neither classes by position nor citations; "
    "take the same families from Lens.org or Google Patents",
    "patentscope*": "an export of WIPO PATENTSCOPE: take the same families from Lens.org or Google Patents",
    "espacenet*": "a spreadsheet of Espacenet: it has no citations; take the same families from DOCDB, "
    "Lens.org or Google Patents",
    "*.sgm": "SGML of the USPTO of 2001 and before, which is not read",
    "*.xls*": "a spreadsheet: save it as CSV if it is an export of Lens.org",
}

_EVERYTHING = Topic(name="everything", title="Everything", classes=list("ABCDEFGHY"))


@dataclass(frozen=True)
class Checked:
    """A file, or a member of an archive: what reads it, and what of its columns is there."""

    name: str
    source: str | None = None
    table: str | None = None
    columns: tuple[str, ...] = ()  # that are read
    missing: tuple[str, ...] = ()  # that will be unknown
    lacking: tuple[str, ...] = ()  # without which the file is refused
    note: str = ""


@dataclass(frozen=True)
class Sampled:
    """What the heads of a source's files hold, once they are loaded."""

    source: str
    rows: int
    rejected: int
    first: str | None  # publication dates
    last: str | None
    titles: list[str]
    known: dict[str, dict[str, float]]  # share of families by country, then by indicator
    fault: str = ""


@dataclass(frozen=True)
class Folder:
    """What a folder of raw files holds."""

    files: list[Checked]
    samples: list[Sampled]


def check(path: Path) -> Folder:
    """Tell what the raw files below a path are, by their heads alone.

    Parameters
    ----------
    path
        A file or a folder.

    Returns
    -------
    Folder
        Every file; and of each source that reads some of them, a sample of the first HEAD_ROWS rows of
        each file: counts, dates, titles, and which indicators are known, country by country.

    Raises
    ------
    BadInput
        The path is not there, or holds no file.
    """
    if not path.exists():
        raise BadInput(f"{path}: no such file or folder")
    files = [path] if path.is_file() else sorted(files_below(path))
    if not files:
        raise BadInput(f"{path}: holds no file")
    sources = available()
    home = path.parent if path.is_file() else path
    with tempfile.TemporaryDirectory() as folder:
        heads = Path(folder)
        checked = []
        for number, file in enumerate(files):
            checked += _file(file, file.relative_to(home).as_posix(), sources, heads, str(number))
        samples = [_sample(s, heads / s.name) for s in sources.values() if (heads / s.name).exists()]
    return Folder(checked, samples)


# --- Which source reads a file -------------------------------------------------------------------


def _file(
    path: Path, name: str, sources: Mapping[str, Source], heads: Path, number: str
) -> Iterator[Checked]:
    """Tell what a file is, and write its head where its source will be sampled."""
    claims = [source for source in sources.values() if source.reads(path.name)]
    if not claims:
        yield Checked(name, note=_elsewhere(path.name) or "no source reads files of this name")
        return
    if path.suffix.lower() in PARQUET:
        yield _parquet(path, name, claims, heads, number)
        return
    is_zip = path.suffix.lower() == ".zip"
    try:
        for count, (member, stream) in enumerate(open_members(path)):
            lines = _head(stream)
            found = _best(f"{name}!{member}" if is_zip else name, bare_name(member), lines, claims)
            if found.source:
                # In folders of their own: members of different archives may share a name.
                head = heads / found.source / number / str(count) / PurePosixPath(bare_name(member)).name
                head.parent.mkdir(parents=True)
                head.write_bytes(b"".join(lines))
            yield found
    except (BadInput, OSError) as error:
        yield Checked(name, note=f"cannot be read: {error}")


def _elsewhere(name: str) -> str:
    return next((note for pattern, note in ELSEWHERE.items() if fnmatchcase(name.lower(), pattern)), "")


def _head(stream: Any) -> list[bytes]:
    lines, size = [], 0
    for line in islice(stream, HEAD_ROWS):
        lines.append(line)
        size += len(line)
        if size > HEAD_BYTES:
            break
    is_cut = bool(stream.readline(1))
    return _whole_documents(b"".join(lines)) if is_cut and _ROOT.search(b"".join(lines[:2])) else lines


# What a line near the beginning of XML has, and the end of a document in it, with the root's prefix.
_ROOT = re.compile(rb"<\?xml|<!DOCTYPE")
_END = re.compile(rb"</(?:us-patent-(?:grant|application)|(?P<root>\w+:)?exchange-document)>\s*")


def _whole_documents(content: bytes) -> list[bytes]:
    """Cut XML behind the last document that is whole, and close what holds the documents."""
    ends = list(_END.finditer(content))
    if not ends:
        return [content]
    last = ends[-1]
    closing = b""
    if b"exchange-document" in last[0]:
        closing = b"</" + (last["root"] or b"") + b"exchange-documents>\n"
    return [*content[: last.end()].splitlines(keepends=True), closing]


def _best(shown: str, name: str, lines: list[bytes], claims: Sequence[Source]) -> Checked:
    """Choose, among the sources that read files of this name, the one whose columns are there."""
    candidates = []
    for source in claims:
        table = source.table_of(name)
        if table is not None and (source.tables[table].files or source.reads(name)):
            candidates.append(_columns(shown, source, table, _given(name, lines, source)))
    if not candidates:
        return Checked(shown, note="no source reads files of this name")
    best = min(candidates, key=_distance)
    if best.columns:
        return best
    names = ", ".join(str(c.source) for c in candidates)
    return Checked(shown, note=f"has a name that {names} reads, and none of its columns")


def _distance(checked: Checked) -> tuple[int, int]:
    return len(checked.lacking), -len(checked.columns)


def _given(name: str, lines: list[bytes], source: Source) -> set[str] | None:
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in JSON_LINES:
        return _keys(lines)
    return _header(lines, source) if suffix in DELIMITED else _elements(lines, source)


def _columns(shown: str, source: Source, table: str, given: set[str] | None) -> Checked:
    declared = source.tables[table]
    if given is None:  # documents of XML: the parser makes the columns
        return Checked(shown, source.name, None, tuple(declared.columns))
    found = [c for c in declared.columns if set(declared.names(c)) & given]
    missing = [c for c in declared.columns if c not in found and c not in declared.required]
    lacking = [c for c in declared.required if c not in found]
    return Checked(shown, source.name, table, tuple(found), tuple(missing), tuple(lacking))


def _keys(lines: list[bytes]) -> set[str]:
    keys: set[str] = set()
    for line in lines:
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if isinstance(record, dict):
            keys |= {key.lower() for key in record}
    return keys


def _header(lines: list[bytes], source: Source) -> set[str]:
    first = re.split(rb"\r(?!\n)", lines[0])[0] if lines else b""
    text = first.decode(source.dialect.encodings[0], errors="replace").removeprefix("\ufeff")
    row = next(csv.reader(io.StringIO(text), delimiter=source.dialect.delimiter), [])
    return {name.strip().lower() for name in row}


# What is in the root of each source's XML.
_ROOTS = {"docdb": b"exchange-document", "uspto": b"us-patent-"}


def _elements(lines: list[bytes], source: Source) -> set[str] | None:
    """Tell by its root whether XML is of a source: None if it is, and no column otherwise."""
    start = b"".join(lines[:200])[:65536]
    return None if _ROOTS[source.name] in start else set()


def _parquet(path: Path, name: str, claims: Sequence[Source], heads: Path, number: str) -> Checked:
    try:
        file = pq.ParquetFile(path)
        given = {column.lower() for column in file.schema_arrow.names}
        best = min((_columns(name, s, s.table_of(path.name) or "", given) for s in claims), key=_distance)
        target = heads / str(best.source) / number
        target.mkdir(parents=True)
        with pq.ParquetWriter(target / path.name, file.schema_arrow) as writer:
            for batch in islice(file.iter_batches(HEAD_ROWS), 1):
                writer.write_batch(batch)
    except (OSError, ValueError) as error:
        return Checked(name, note=f"cannot be read: {error}")
    return best


# --- What a source's files are good for ----------------------------------------------------------


def _sample(source: Source, heads: Path) -> Sampled:
    """Load the heads of a source's files aside, and see what becomes known of their families."""
    settings = Settings(topic="everything", sources={}, warehouse=heads / "sample.duckdb", threads=1)
    with connect(settings, reach(settings)) as connection:
        attach(connection, settings.warehouse, "warehouse")
        connection.execute("create schema warehouse.raw; use warehouse")
        try:
            loaded = load(connection, source, heads, reject_share=1)
            return replace(_described(connection, source), rows=loaded.rows, rejected=loaded.rejected)
        except CorepathError as error:
            return Sampled(source.name, 0, 0, None, None, [], {}, str(error).replace(f"{heads}/", ""))
        finally:
            connection.execute("use memory")
            clear_spilled(settings.warehouse)


def _described(connection: duckdb.DuckDBPyConnection, source: Source) -> Sampled:
    connection.execute("use memory")
    inputs.read_reference(connection)
    inputs.write_topic(connection, _EVERYTHING, None)
    find_tables(connection)
    tables = discover([source.name])
    wanted = set(ancestors(tables, "intermediate.int_indicator_coverage"))
    for table in tables.values():
        if table.schema == "sources":
            build.unite_sources(connection, table, {source.name: source})
        elif table.in_warehouse or table.key in wanted:
            build.make(connection, table, "memory")
        find_tables(connection)
    ((first, last),) = connection.sql(
        "select min(publication_date)::varchar, max(publication_date)::varchar from staging.stg_document"
    ).fetchall()
    titles = connection.sql(
        "select publication_number || ': ' || title from staging.stg_document where title is not null "
        "order by hash(publication_number), publication_number limit 3"
    ).fetchall()
    known: dict[str, dict[str, float]] = {}
    for country, indicator, coverage in connection.sql(
        "select country, indicator, coverage from intermediate.int_indicator_coverage "
        "qualify dense_rank() over (order by country <> 'WORLD', families desc, country) <= 6 "
        "order by country <> 'WORLD', families desc, country, indicator"
    ).fetchall():
        known.setdefault(country, {})[indicator] = coverage
    return Sampled(source.name, 0, 0, first, last, [title for (title,) in titles], known)


def as_text(found: Folder) -> str:
    """Tell what a folder holds in lines; what comes from the files is cleaned of control characters."""
    lines = []
    for source in dict.fromkeys(file.source for file in found.files):
        lines += ["", f"{source} reads" if source else "Nothing reads"]
        for file in found.files:
            if file.source == source:
                lines += _told(file)
    for sample in found.samples:
        lines += ["", *_sampled(sample), *_absent(sample.source, found.files)]
    used = " ".join(f"--source {sample.source}=PATH" for sample in found.samples if not sample.fault)
    lines += ["", f"To load them: corepath refresh {used}" if used else "No source can load this."]
    return "\n".join(printable(line) for line in lines[1:])


def _absent(name: str, files: Sequence[Checked]) -> Iterator[str]:
    """Tell what the files that are not there would give."""
    present = {file.table for file in files if file.source == name}
    for table, declared in available()[name].tables.items():
        if declared.files and declared.gives and table not in present:
            yield f"  no {' or '.join(declared.files)}; unknown: {declared.gives}"


def _told(file: Checked) -> Iterator[str]:
    table = f" as {file.table}" if file.table else ""
    yield f"  {file.name}{table}{': ' + file.note if file.note else ''}"
    if file.lacking:
        yield f"    is refused: it lacks the columns {', '.join(file.lacking)}"
    if file.missing:
        yield f"    unknown, for want of a column: {', '.join(file.missing)}"


def _sampled(sample: Sampled) -> Iterator[str]:
    yield f"Sample of {sample.source}, the first {HEAD_ROWS:,} lines of each file"
    if sample.fault:
        yield f"  cannot be loaded: {sample.fault}"
        return
    yield f"  {sample.rows:,} rows loaded, {sample.rejected:,} rejected (the last may be cut by the sample)"
    yield f"  published {sample.first or 'at unknown dates'}{f' to {sample.last}' if sample.last else ''}"
    yield from (f"  {title}" for title in sample.titles)
    for country, shares in sample.known.items():
        known = [f"{name} {share:.0%}" for name, share in shares.items() if share > 0]
        yield f"  known of families of {country}: {', '.join(known) or 'no indicator'}"
    if sample.rows >= HEAD_ROWS:
        yield "  Citations (fc_*) are counted up to the last day of the sample: whole files tell more."
