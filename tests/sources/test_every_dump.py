"""Every real file that is here, read by the standard library too: no row is lost or made up."""

import csv
import gzip
import io
import json
import re
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from xml.etree import ElementTree

import pytest

from corepath.warehouse.errors import BadInput
from corepath.warehouse.load.loader import load
from corepath.warehouse.settings import ROOT
from tests.sources.damaged import warehouse
from tests.worlds import SOURCES, world

SHARED = ROOT.parent / "shared" / "data"
FOLDERS = {
    "uspto": "uspto_xml",
    "ppubs": "ppubs",
    "patentsview": "patentsview",
    "docdb": "docdb_xml",
    "patstat": "patstat",
    "google_patents": "google_patents",
    "lens": "lens",
}
FILES = [(source, path) for source, name in FOLDERS.items() for path in sorted((SHARED / name).glob("*"))]
# Files of other tables, and of other formats than the source's: with what is said of them.
REFUSED = {
    "table_config_bulk_exp_granted.json": "told by its name, one of g_patent.tsv",
    "g_uspc_at_issue.tsv": "told by its name, one of g_patent.tsv",
    "tls230_appln_techn_field.csv.gz": "told by its name, one of tls201",
    "ppd_sgml_USD435854S1.xml": "SGML of 2001 and before is not read",
}
# The one table of a dump that no other can be loaded without.
NEEDED = {"patentsview": "g_patent.tsv", "patstat": "tls201_appln.csv.gz"}
DAMAGED = {"biopoly_broken1.jsonl": 1}
ROOTS = {"us-patent-grant", "us-patent-application", "patent-application-publication"}


def named(files):
    return pytest.mark.parametrize(("source", "path"), [pytest.param(s, p, id=p.name) for s, p in files])


def of(*suffixes):
    """Choose the files that can be loaded, by the end of the name."""
    return [(s, p) for s, p in FILES if p.name not in REFUSED and bare(p).endswith(suffixes)]


def bare(path):
    return path.name.removesuffix(".gz")


def content(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def rows_of(path):
    data = content(path)
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    delimiter = "\t" if bare(path).endswith(".tsv") else ","
    header, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    assert all(len(row) == len(header) for row in rows)
    return header, rows


def lines_of(path):
    """Give the records of a file by line, and the lines that are none."""
    good, bad = {}, []
    for number, line in enumerate(content(path).split(b"\n"), start=1):
        try:
            good[number] = json.loads(line)
        except ValueError:
            if line.strip():
                bad.append(number)
    return good, bad


def ledger(connection, name):
    return connection.execute(
        "select rows, loaded, rejected from raw.source_file where file = ?", [name]
    ).fetchall()[0]


def _as_identifier(value):
    """Take off the empty fraction that a spreadsheet gives to an integer (3004.0000)."""
    whole, _, fraction = value.partition(".")
    return whole if whole.isdecimal() and not fraction.strip("0") else value


def values(connection, source, table, column, name):
    return connection.execute(
        f'select "{column}"::varchar from {SOURCES[source].raw(table)} where _file = ?', [name]
    ).fetchall()


def test_there_is_a_way_to_read_every_file():
    if not FILES:
        pytest.skip(f"{SHARED} is not here")
    read = {path for _, path in of(".csv", ".tsv", ".jsonl", ".xml")}
    assert {path.name for _, path in FILES if path not in read} == set(REFUSED)
    assert len(read) >= 30


@named([(s, p) for s, p in FILES if p.name in REFUSED])
def test_a_file_that_fills_no_table_is_refused_with_the_reason(source, path):
    with warehouse() as connection, pytest.raises(BadInput, match=REFUSED[path.name]):
        load(connection, SOURCES[source], path)


@named([(s, p) for s, p in of(".csv", ".tsv") if s not in NEEDED or p.name == NEEDED[s]])
def test_a_table_that_needs_no_other_loads_alone(source, path):
    _, rows = rows_of(path)
    with warehouse() as connection:
        assert load(connection, SOURCES[source], path).rows == len(rows)


@pytest.fixture(scope="module")
def delimited():
    """The sources of delimited text, each loaded whole."""
    with ExitStack() as stack:
        found = {}
        for source in ("patentsview", "patstat", "lens"):
            if (SHARED / FOLDERS[source]).exists():
                found[source] = stack.enter_context(warehouse())
                load(found[source], SOURCES[source], SHARED / FOLDERS[source])
        yield found


@named(of(".csv", ".tsv"))
def test_delimited_text_is_as_the_csv_module_reads_it_value_by_value(source, path, delimited):
    connection = delimited[source]
    header, rows = rows_of(path)
    assert ledger(connection, path.name) == (len(rows), len(rows), 0)
    assert len(rows) > 0
    name = SOURCES[source].table_of(bare(path))
    table = SOURCES[source].tables[name]
    places = {column.lower(): place for place, column in enumerate(header)}
    for column in table.columns:
        place = next((places[n] for n in table.names(column) if n in places), None)
        written = _as_identifier if column.endswith("_id") else str
        theirs = Counter(written(row[place]) or None for row in rows) if place is not None else {None}
        ours = Counter(value for (value,) in values(connection, source, name, column, path.name))
        assert set(ours) == theirs if place is None else ours == theirs


@named(of(".jsonl"))
def test_json_is_as_the_json_module_reads_it(source, path):
    good, bad = lines_of(path)
    assert len(bad) == DAMAGED.get(path.name, 0)
    with warehouse() as connection:
        load(connection, SOURCES[source], path)
        assert ledger(connection, path.name) == (len(good) + len(bad), len(good), len(bad))
        found = connection.sql("select position, reason from raw.rejects").fetchall()
        assert [position for position, _ in found] == bad
        assert all(reason.startswith("not JSON: ") for _, reason in found)
        name, table = next((n, t) for n, t in SOURCES[source].tables.items() if not t.is_delimited)
        raw = SOURCES[source].raw(name)
        for column, kind in table.columns.items():
            theirs = [record.get(column) for record in good.values()]
            if kind.endswith("]"):
                theirs = [value if value is None else len(value) for value in theirs]
                query = f'array_length("{column}")'
            elif kind in ("VARCHAR", "BIGINT", "DATE"):
                theirs = [value if value is None else str(value) for value in theirs]
                query = f'"{column}"::varchar'
            else:
                theirs = [value is None for value in theirs]
                query = f'"{column}" is null'
            ours = connection.sql(f"select {query} from {raw} order by _row").fetchall()
            assert [value for (value,) in ours] == theirs, column


def documents_of(path):
    """Give (office, number, kind) of every document in a file, and how many are none."""
    data = content(path)
    if path.parent.name == "docdb_xml":
        # Entities of the EPO's own DTD are text; a single document declares no namespace.
        data = re.sub(rb"&(?!amp|lt|gt|quot|apos|#)(\w+);", rb"\1", data)
        root = ElementTree.fromstring(data.replace(b"<exch:", b"<").replace(b"</exch:", b"</"))
        found = [e for e in root.iter() if e.tag.endswith("exchange-document")]
        return [tuple(e.get(n) for n in ("country", "doc-number", "kind")) for e in found], 0
    documents, others = [], 0
    for part in re.split(rb"(?=<\?xml )", data):
        if not part.strip():
            continue
        body = re.sub(rb"<!DOCTYPE[^>\[]*(\[[^\]]*\])?\s*>", b"", part)
        root = ElementTree.fromstring(re.sub(rb"&(?!amp|lt|gt|quot|apos|#)(\w+);", rb"\1", body))
        if root.tag not in ROOTS:
            others += 1
            continue
        place = root.find(".//publication-reference/document-id")
        place = root.find(".//document-id") if place is None else place
        texts = {child.tag: (child.text or "").strip() for child in place}
        kind = texts.get("kind") or texts["kind-code"]
        documents.append((texts.get("country", "US"), texts["doc-number"], kind))
    return documents, others


def unpadded(office, number, kind):
    """Write a number as it is printed."""
    return f"{office}-{re.sub(r'^([A-Z]*)0+', lambda m: m[1], number.upper())}-{kind}"


@named(of(".xml"))
def test_documents_are_as_elementtree_reads_them(source, path):
    documents, others = documents_of(path)
    with warehouse() as connection:
        load(connection, SOURCES[source], path)
        total = len(documents) + others
        assert ledger(connection, path.name) == (total, len(documents), others)
        assert documents
        ours = values(connection, source, "document", "publication_number", path.name)
        assert Counter(number for (number,) in ours) == Counter(unpadded(*document) for document in documents)
        reasons = connection.sql("select distinct reason from raw.rejects").fetchall()
        assert all("sequence listing" in reason for (reason,) in reasons)


@pytest.mark.parametrize("source", FOLDERS)
def test_of_a_folder_what_no_table_claims_is_passed_over(source):
    folder = SHARED / FOLDERS[source]
    if not folder.exists():
        pytest.skip(f"{folder} is not here")
    unclaimed = {name for name, reason in REFUSED.items() if reason.startswith("told by")}
    assert {name for name, _ in SOURCES[source].find(folder)} == {
        path.name for s, path in FILES if s == source
    } - unclaimed


@pytest.mark.whole
@pytest.mark.parametrize("source", sorted(FOLDERS))
def test_the_newest_publication_is_noted_as_staging_dates_it(source, tmp_path):
    files = [path for s, path in FILES if s == source and path.name not in REFUSED]
    if not files:
        pytest.skip(f"{SHARED} is not here")
    for path in files:
        (tmp_path / path.name).symlink_to(path)
    with warehouse() as connection:
        load(connection, SOURCES[source], tmp_path, 1.0)
        noted = connection.sql("select max(newest_publication) from raw.source_table").fetchall()
        raw = {
            f"raw.{source}_{name}": connection.sql(f"from {SOURCES[source].raw(name)}").pl()
            for name in SOURCES[source].tables
        }
    with world(raw, f"{source}.stg_document", sources=[source]) as made:
        dated = made.sql(f"select max(publication_date) from {source}.stg_document").fetchall()
    # The extract of PATSTAT has no date of publication: years of filing stand in, and are no news.
    assert noted == ([(None,)] if source == "patstat" else dated)
