"""A small damaged dump of every source, each row with the name of its damage and what is right.

The same facts are written in every source's own form: numbers in odd spellings, kinds of every
office, dates that are none. Beside them stand rows that the form itself makes unreadable.
"""

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from corepath.warehouse.build import builder as build
from corepath.warehouse.build import inputs
from corepath.warehouse.build.graph import Table, discover
from corepath.warehouse.load.loader import load
from tests.worlds import SOURCES

CANONICAL = ("stg_document", "stg_classification", "stg_party", "stg_citation", "stg_priority")
IMPOSSIBLE = ("0000-00-00", "9999-12-31", "2013-02-30")

Says = tuple[str, bool | None, date | None, date | None, str]


# --- What is told --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fact:
    """A publication as a source may spell it, and what it is."""

    damage: str
    office: str
    number: str
    kind: str
    publication_number: str
    is_invention: bool | None  # None where the date decides, and is none
    published: str = "2015-06-09"
    filed: str = "2009-03-02"
    title: str = "Chip"

    @property
    def says(self) -> Says:
        """Number, whether it is an invention, dates of publication and filing, title."""
        published, filed = (
            None if day in IMPOSSIBLE else date.fromisoformat(day) for day in (self.published, self.filed)
        )
        return self.publication_number, self.is_invention, published, filed, plain(self.title)


def plain(text: str) -> str:
    """Bring a title on one line."""
    return " ".join(text.split())


def us_facts() -> list[Fact]:
    """Give US publications: series of numbers, kinds, dates that are none."""
    facts = [
        Fact("none", "US", "7650331", "B1", "US-7650331-B1", True),
        Fact("leading zero", "US", "07650332", "B2", "US-7650332-B2", True),
        Fact("design", "US", "D0656297", "S1", "US-D656297-S1", False),
        Fact("reissue", "US", "RE037580", "E1", "US-RE37580-E1", False),
        Fact("plant", "US", "PP012345", "P2", "US-PP12345-P2", False),
        Fact("registration", "US", "H002000", "H1", "US-H2000-H1", False),
        Fact("application", "US", "20150000001", "A1", "US-20150000001-A1", True),
        Fact("a correction", "US", "20150000003", "A9", "US-20150000003-A9", True),
        Fact(
            "quotes, commas, tabs and ends of line",
            "US",
            "7650340",
            "B2",
            "US-7650340-B2",
            True,
            title='A "chip", said ""to""\tbe;\nnew\r\nand | fast',
        ),
        Fact("other letters", "US", "7650341", "B2", "US-7650341-B2", True, title="Café 芯片 <β>"),
        Fact("grant of before 2001", "US", "6000001", "A", "US-6000001-A", True, "1999-12-07", "1998-03-02"),
        Fact(
            "re-examination of before 2001",
            "US",
            "5000001",
            "B1",
            "US-5000001-B1",
            False,
            "1999-12-07",
            "1998-03-02",
        ),
    ]
    for place, kind in enumerate(("C1", "F1", "J1", "K1", "O")):
        number = f"51{place:05}"
        facts.append(Fact(f"kind {kind}", "US", number, kind, f"US-{number}-{kind}", False))
    for place, day in enumerate(IMPOSSIBLE):
        was, is_ = f"62{place:05}", f"63{place:05}"
        # Whether B1 is a grant depends on its date, so that nothing is known without one.
        facts += [
            Fact(f"published {day}", "US", was, "B1", f"US-{was}-B1", None, published=day),
            Fact(f"filed {day}", "US", is_, "B1", f"US-{is_}-B1", True, filed=day),
        ]
    return facts


# methods.md, section 5: kinds that are inventions, and those that are not.
_INVENTIONS = {
    "CN": "A B",
    "JP": "A T B1 B2",
    "KR": "A B1 B B2",
    "EP": "A1 A2 B1 B2 B3 B8 B9",
    "WO": "A1 A2",
    "TW": "A B",
}
_OTHERS = {
    "CN": "U Y S D",
    "JP": "U Y Z S",
    "KR": "U Y Y1 S",
    "EP": "A3 A4 A8 A9",
    "WO": "A3 A4 A8 A9",
    "TW": "U M D",
}


def all_facts() -> list[Fact]:
    """Give publications of all offices in the kinds of methods.md, section 5."""
    facts = us_facts()
    facts += [
        Fact("ten digits for eleven", "US", "2015000002", "A1", "US-20150000002-A1", True),
        Fact("ten for a patent", "KR", "1020110012345", "A", "KR-20110012345-A", True),
        Fact("leading zero", "EP", "0676393", "A1", "EP-676393-A1", True),
        Fact("an emperor's year", "JP", "H11123456", "A", "JP-H11123456-A", True),
        Fact("CN B of before 2010", "CN", "1000001", "B", "CN-1000001-B", True, "2009-06-09"),
        Fact("CN C", "CN", "1000002", "C", "CN-1000002-C", True, "2009-06-09"),
        Fact("JP B", "JP", "1000003", "B", "JP-1000003-B", True, "1995-06-09", "1990-03-02"),
    ]
    for is_invention, kinds in ((True, _INVENTIONS), (False, _OTHERS)):
        for office, listed in kinds.items():
            for place, kind in enumerate(listed.split()):
                number = f"{3 + is_invention}0{place:05}"
                # Translations are numbered among the applications, and written as they are.
                name = f"{office}-{number}-{'A' if (office, kind) == ('JP', 'T') else kind}"
                facts.append(Fact(f"{office} {kind}", office, number, kind, name, is_invention))
    return facts


# --- Rows, files, dumps --------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A row as it stands in a file: its damage, and how the reason of its reject starts."""

    damage: str
    content: bytes
    reject: str = ""
    says: Says | None = None
    # What the bytes say, where the same rows are written in another form.
    record: dict[str, Any] | None = None


@dataclass(frozen=True)
class File:
    """A file of a dump; a reject is placed by its line, or in documents by its first byte."""

    name: str
    rows: list[Row]
    head: bytes = b""
    foot: bytes = b""
    end: bytes = b"\n"
    by_byte: bool = False
    write: Callable[["File"], bytes] | None = None  # another form than lines

    @property
    def content(self) -> bytes:
        """All bytes of the file."""
        if self.write:
            return self.write(self)
        rows = [row.content + self.end for row in self.rows]
        return b"".join([self._start, *rows, self.foot])

    @property
    def _start(self) -> bytes:
        return self.head + self.end if self.head else b""

    @property
    def counted(self) -> int:
        """Rows that are some: blank lines are none."""
        return sum(bool(row.content.strip() or row.reject) for row in self.rows)

    @property
    def rejects(self) -> list[tuple[int, str, str]]:
        """Position, start of the reason, and damage of every row that cannot be loaded."""
        found = []
        before = self._start
        for row in self.rows:
            position = len(before) if self.by_byte else 1 + before.count(self.end)
            if row.reject:
                found.append((position, row.reject, row.damage))
            before += row.content + self.end
        return found


@dataclass(frozen=True)
class Dump:
    """The files of a source."""

    source: str
    files: list[File] = field(default_factory=list)

    @property
    def says(self) -> set[Says]:
        """What there is to know in the end."""
        return {row.says for file in self.files for row in file.rows if row.says}

    def written(self, folder: Path) -> Path:
        """Write the files into a new folder."""
        folder.mkdir(parents=True)
        for file in self.files:
            (folder / file.name).write_bytes(file.content)
        return folder


# --- Delimited text ------------------------------------------------------------------------------


def delimited(fields: list[str], delimiter: str, *, quoted: bool = False) -> bytes:
    """Write a row as the csv module does, without its end."""
    text = io.StringIO()
    quoting = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    csv.writer(text, delimiter=delimiter, lineterminator="", quoting=quoting).writerow(fields)
    return text.getvalue().encode()


def damaged_lines(fields: list[str], delimiter: str, keys: dict[int, str]) -> list[Row]:
    """Damage a sound row in every way that delimited text knows; keys by place."""
    width = len(fields)
    sound = delimiter.join(fields).encode()
    cut = delimiter.encode()
    first, *rest = sound.split(cut)

    def started(field: bytes) -> bytes:
        return cut.join([first, field, *rest[1:]])

    rows = [
        Row("a field too few", sound.rpartition(cut)[0], f"{width - 1} fields where the header"),
        Row("a field too many", sound + cut + b"x", f"{width + 1} fields where the header"),
        Row("cut off in the first field", first[:2], "1 fields where the header"),
        Row("blanks only", b"   ", "1 fields where the header"),
        Row("text behind a quote", started(b'"a"b'), "no row: "),
        Row("a quote that is never closed", started(b'"a'), "a quote is opened and not closed"),
        Row("NUL", started(b"a\0b"), "holds a NUL byte"),
        Row("return within a field", started(b"a\rb"), "no row: "),
    ]
    for place, name in keys.items():
        lacking = [*fields[:place], "", *fields[place + 1 :]]
        rows.append(Row(f"no {name}", delimiter.join(lacking).encode(), f"{name} is empty"))
    return rows


# --- One JSON object a line ----------------------------------------------------------------------


def json_row(record: dict[str, Any], damage: str, says: Says | None = None) -> Row:
    """Write a record as a line."""
    return Row(damage, json.dumps(record).encode(), says=says, record=record)


def damaged_json(record: dict[str, Any], keys: list[str], a_list: str) -> list[Row]:
    """Damage a sound record in every way that JSON knows."""
    sound = json.dumps(record).encode()
    rows = [
        Row("cut off", sound[:-1], "not JSON: "),
        Row("two objects", sound + sound, "not JSON: Extra data"),
        Row("comma behind", sound + b",", "not JSON: Extra data"),
        Row("a list", b"[" + sound + b"]", "not a JSON object"),
        Row("null", b"null", "not a JSON object"),
        Row("single quotes", sound.replace(b'"', b"'"), "not JSON: "),
        Row("NUL", sound[:-1] + b', "x": "\0"}', "not JSON: "),
        Row("latin-1", sound[:-1] + b', "x": "\xe9"}', "not JSON: 'utf-8' codec"),
        Row("mark within a line", sound[:1] + b"\xef\xbb\xbf" + sound[1:], "not JSON"),
        json_row(record | {a_list: 7}, "a number for a list"),
    ]
    rows[-1] = replace(rows[-1], reject=f"{a_list}: no list", record=None)
    for key in keys:
        for value in (None, ""):
            row = json_row(record | {key: value}, f"{key} is {value!r}")
            rows.append(replace(row, reject=f"{key} is missing"))
    return rows


def json_file(name: str, rows: list[Row]) -> File:
    """Put blank lines between rows, which are none, and files with byte order marks together."""
    marked = replace(rows[0], content=b"\xef\xbb\xbf" + rows[0].content)
    return File(name, [*rows, Row("blank", b""), Row("blank", b" \t "), rows[0], marked])


# --- The sources ---------------------------------------------------------------------------------


def compact(day: str) -> str:
    """Write a date without dashes."""
    return day.replace("-", "")


def escaped(text: str) -> str:
    """Write text for XML; a parser makes one end of line of \\r\\n."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def twice(facts: list[Fact]) -> list[Fact]:
    """Repeat the first fact, word by word."""
    return [*facts, facts[0]]


# Words for none: a publication without a number is no publication.
NO_NUMBERS = ("-", "000")

SPARE = Fact("sound but for", "US", "8999999", "B2", "", True)


def patentsview() -> Dump:
    """Tables of grants and applications, damaged, and one that is empty."""
    columns = ["patent_id", "patent_title", "patent_date", "wipo_kind", "num_claims"]

    def fields(fact: Fact) -> list[str]:
        return [fact.number, fact.title, fact.published, fact.kind, "7"]

    facts = [fact for fact in us_facts() if len(fact.number) < len("20150000001")]
    patents = [
        Row(f.damage, delimited(fields(f), "\t", quoted=place % 2 == 0), says=f.says)
        for place, f in enumerate(facts)
    ]
    patents.append(patents[0])
    spare = fields(SPARE)
    patents += damaged_lines(spare, "\t", {0: "patent_id", 2: "patent_date", 3: "wipo_kind"})
    patents += [Row(f"number {n}", delimited([n, *spare[1:]], "\t")) for n in NO_NUMBERS]
    wrong = "\t".join(spare).encode().replace(b"Chip", b"Caf\xe9")
    patents += [Row("latin-1", wrong, "not utf-8: "), Row("blank", b"")]
    applications = [
        Row(f.damage, delimited([f.number, f"12{place:06}", f.filed], "\t")) for place, f in enumerate(facts)
    ]
    applications.append(Row("a field too few", b"8999999\t12999999", "2 fields where the header has 3"))
    published = [
        Row(f.damage, delimited([*fields(f)[:4], f.filed], "\t"), says=f.says)
        for f in us_facts()
        if f not in facts
    ]
    claims = [
        Row(f.damage, delimited([f.number, f"10-2008-{place:07}", "KR", f.filed], "\t"))
        for place, f in enumerate(facts)
    ]
    cited = ("D0656297", "RE037580", "07650331", "7,650,331", "H002000")
    citations = [Row(n, delimited(["7650331", n, "A"], "\t")) for n in cited]
    return Dump(
        "patentsview",
        [
            File("g_patent.tsv", patents, delimited(columns, "\t")),
            File(
                "pg_published_application.tsv",
                published,
                b"pgpub_id\tapplication_title\tpublished_date\twipo_kind\tfiling_date",
            ),
            File("g_application.tsv", applications, b"patent_id\tapplication_id\tfiling_date"),
            File("g_us_patent_citation.tsv", citations, b"patent_id\tcitation_patent_id\twipo_kind"),
            File("g_foreign_citation.tsv", []),
            File(
                "g_foreign_priority.tsv",
                claims,
                b"patent_id\tforeign_application_id\tforeign_country_filed\tfiling_date",
            ),
        ],
    )


_RIGHTS = {"U": "UM", "Y": "UM", "Z": "UM", "M": "UM", "S": "DP", "D": "DP"}


def patstat() -> Dump:
    """Applications, titles and publications, in CSV."""
    applications, titles, publications = [], [], []
    facts = all_facts()
    for key, fact in enumerate(facts, start=101):
        right = _RIGHTS.get(fact.kind[0], "PI")
        # A key is an integer, however it is padded.
        filed = [f"{key:09}", fact.office, f"2009{key:06}", right, fact.filed]
        applications.append(Row(fact.damage, delimited(filed, ",")))
        titles.append(Row(fact.damage, delimited([str(key), "en", fact.title], ",", quoted=True)))
        told = [str(key + 1000), fact.office, fact.number, fact.kind, str(key), fact.published]
        publications.append(Row(fact.damage, delimited(told, ","), says=fact.says))
    publications.append(publications[0])
    spare = ["9001", "US", "8999999", "B2", "101", "2015-06-09"]
    for number in NO_NUMBERS:
        told = ["9000", "US", number, *spare[3:]]
        publications.append(Row(f"number {number}", delimited(told, ",")))
    keys = {0: "pat_publn_id", 1: "publn_auth", 2: "publn_nr", 3: "publn_kind", 4: "appln_id"}
    damaged = damaged_lines(spare, ",", keys)
    damaged.append(Row("latin-1", ",".join(spare).encode() + b"\xe9", "not utf-8: "))
    for number in ("12x", "1.5", "1e3", "99999999999999999999"):
        row = delimited([number, *spare[1:]], ",")
        damaged.append(Row(f"key {number}", row, "pat_publn_id is no integer"))
    applications.append(Row("no key", b",US,2009999999,PI,2009-03-02", "appln_id is empty"))
    return Dump(
        "patstat",
        [
            File(
                "tls201_part01.csv", applications, b"appln_id,appln_auth,appln_nr,ipr_type,appln_filing_date"
            ),
            File("tls202_part01.csv", titles, b"appln_id,appln_title_lg,appln_title"),
            File(
                "tls211_part01.csv",
                publications + damaged,
                b"pat_publn_id,publn_auth,publn_nr,publn_kind,appln_id,publn_date",
            ),
            File("tls212_part01.csv", []),
        ],
    )


def ppubs() -> Dump:
    """Search results, with the kinds that the search shortens."""

    def record(fact: Fact) -> dict[str, Any]:
        return {
            "guid": f"US-{fact.number}-{fact.kind}",
            "datePublished": f"{fact.published}T00:00:00Z",
            "applicationFilingDate": [f"{fact.filed}T00:00:00Z"],
            "inventionTitle": fact.title.replace("<", "&lt;").replace(">", "&gt;"),
            "urpn": ["7650331", "D656297"],
        }

    facts = [
        *us_facts(),
        Fact("design, shortened", "US", "D0656298", "S", "US-D656298-S1", False),
        Fact("reissue, shortened", "US", "RE037581", "E", "US-RE37581-E1", False),
        Fact("registration, shortened", "US", "H002001", "H", "US-H2001-H1", False),
    ]
    rows = [json_row(record(f), f.damage, f.says) for f in facts]
    for guid in ("8999999", "US-8999999", "US--B2", "US-000-B2"):
        rows.append(json_row(record(SPARE) | {"guid": guid}, f"guid {guid}"))
    rows += damaged_json(record(SPARE), ["guid", "datePublished"], "urpn")
    return Dump("ppubs", [json_file("ppubs.jsonl", rows), File("empty.jsonl", [])])


def _google_record(fact: Fact) -> dict[str, Any]:
    return {
        "publication_number": f"{fact.office}-{fact.number}-{fact.kind}",
        "publication_date": int(compact(fact.published)),
        "filing_date": int(compact(fact.filed)),
        "priority_claim": [
            {
                "application_number": f"{fact.office}-2008{fact.number}-A",
                "filing_date": int(compact(fact.filed)),
            }
        ],
        "title_localized": [{"text": fact.title, "language": "en"}],
        "citation": [{"publication_number": "US-07650331-B1"}],
    }


def _google_rows() -> list[Row]:
    rows = [json_row(_google_record(f), f.damage, f.says) for f in all_facts()]
    for number in ("8999999", "US-8999999", "US--B2", "US-000-B2"):
        row = _google_record(SPARE) | {"publication_number": number}
        rows.append(json_row(row, f"number {number}"))
    return rows


_GOOGLE_KEYS = ["publication_number", "publication_date"]


def google_patents_jsonl() -> Dump:
    """Records as JSON lines."""
    rows = _google_rows()
    rows += damaged_json(_google_record(SPARE), _GOOGLE_KEYS, "citation")
    text = json_row(_google_record(SPARE) | {"publication_date": "n/a"}, "a date in words")
    rows.append(replace(text, reject="publication_date is missing"))
    return Dump("google_patents", [json_file("part-0.jsonl", rows), File("empty.jsonl", [])])


def _as_parquet(file: File) -> bytes:
    text = pa.string()
    schema = pa.schema(
        [
            ("publication_number", text),
            ("publication_date", pa.int64()),
            ("filing_date", pa.int64()),
            ("priority_claim", pa.list_(pa.struct({"application_number": text, "filing_date": pa.int64()}))),
            ("title_localized", pa.list_(pa.struct(dict.fromkeys(["text", "language"], text)))),
            ("citation", pa.list_(pa.struct({"publication_number": text}))),
        ]
    )
    stream = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist([row.record for row in file.rows], schema), stream)
    return stream.getvalue().to_pybytes()


def google_patents_parquet() -> Dump:
    """Records as Parquet, where only a missing key can be wrong; a shard without rows."""
    rows = _google_rows()
    rows.append(rows[0])
    for key, value in ((_GOOGLE_KEYS[0], None), (_GOOGLE_KEYS[0], ""), (_GOOGLE_KEYS[1], None)):
        row = json_row(_google_record(SPARE) | {key: value}, f"{key} is {value!r}")
        rows.append(replace(row, reject=f"{key} is missing"))
    return Dump(
        "google_patents",
        [File("part-0.parquet", rows, write=_as_parquet), File("part-1.parquet", [], write=_as_parquet)],
    )


def lens_jsonl() -> Dump:
    """Records as JSON lines; a day that is none is missing."""

    def record(fact: Fact) -> dict[str, Any]:
        reference = {"jurisdiction": fact.office, "doc_number": f"2009{fact.number}", "kind": "A"}
        return {
            "jurisdiction": fact.office,
            "doc_number": fact.number,
            "kind": fact.kind,
            "date_published": fact.published,
            "biblio": {
                "application_reference": reference | {"date": fact.filed},
                "priority_claims": {
                    "claims": [reference | {"doc_number": f"2008{fact.number}", "date": fact.filed}]
                },
                "invention_title": [{"text": fact.title, "lang": "en"}],
            },
            "abstract": [{"text": "A chip.", "lang": "en"}],
        }

    rows = []
    for fact in all_facts():
        row = json_row(record(fact), fact.damage, fact.says)
        if fact.published in ("0000-00-00", "2013-02-30"):
            row = replace(row, reject="date_published is missing", says=None)
        rows.append(row)
    rows += [json_row(record(SPARE) | {"doc_number": n}, f"number {n}") for n in NO_NUMBERS]
    keys = ["jurisdiction", "doc_number", "kind", "date_published"]
    rows += damaged_json(record(SPARE), keys, "abstract")
    return Dump("lens", [json_file("lens.jsonl", rows), File("empty.jsonl", [])])


def lens_csv() -> Dump:
    """An export as CSV in latin-1, which any byte is a letter of."""
    columns = [
        "Publication Number",
        "Title",
        "Publication Date",
        "Application Number",
        "Application Date",
        "Priority Numbers",
    ]

    def fields(fact: Fact) -> list[str]:
        return [
            f"{fact.office} {fact.number} {fact.kind}",
            fact.title,
            fact.published,
            f"{fact.office} 2009{fact.number} A",
            fact.filed,
            f"{fact.office} 2008{fact.number} A {compact(fact.filed)}",
        ]

    rows = []
    for fact in twice(all_facts()):
        told = replace(fact, title=fact.title.replace("芯片 <β>", "chip"))
        text = delimited(fields(told), ",").decode()
        rows.append(Row(fact.damage, text.encode("latin-1"), says=told.says))
    for number in ("8999999", "US - B2", "US 8999999", "US 000 B2"):
        rows.append(Row(f"number {number}", delimited([number, *fields(SPARE)[1:]], ",")))
    rows += damaged_lines(fields(SPARE), ",", {0: "Publication Number", 2: "Publication Date"})
    return Dump("lens", [File("export.csv", rows, delimited(columns, ",")), File("empty.csv", [])])


_GRANT = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE us-patent-{what} SYSTEM "us-patent-{what}-v45-2014-04-03.dtd" [ ]>
<us-patent-{what} lang="EN" country="US">
<us-bibliographic-data-{what}>
<publication-reference><document-id><country>US</country><doc-number>{number}</doc-number>\
<kind>{kind}</kind><date>{published}</date></document-id></publication-reference>
<application-reference appl-type="utility"><document-id><country>US</country>\
<doc-number>12999999</doc-number><date>{filed}</date></document-id></application-reference>
<priority-claims><priority-claim kind="national"><country>US</country>\
<doc-number>11999999</doc-number><date>{filed}</date></priority-claim></priority-claims>
<invention-title id="t">{title}</invention-title>
</us-bibliographic-data-{what}>
<abstract><p>A chip.</p></abstract>
<claims><claim><claim-text>1. A chip.</claim-text></claim></claims>
</us-patent-{what}>"""


def _uspto_document(fact: Fact) -> bytes:
    return _GRANT.format(
        what="application" if fact.kind in ("A1", "A9") else "grant",
        number=fact.number,
        kind=fact.kind,
        published=compact(fact.published),
        filed=compact(fact.filed),
        title=escaped(fact.title),
    ).encode()


def uspto() -> Dump:
    """A weekly file; what has no date of publication is refused."""
    rows = []
    for fact in twice(us_facts()):
        row = Row(fact.damage, _uspto_document(fact), says=fact.says)
        if fact.published in IMPOSSIBLE:
            row = replace(row, reject="no publication date", says=None)
        rows.append(row)
    sound = _uspto_document(SPARE)
    declaration = b'<?xml version="1.0" encoding="UTF-8"?>\n'
    half = sound.replace(b"</us-bibliographic-data-grant>", b"")
    rows += [
        Row("cut short", sound[: len(sound) // 2], "cut short: "),
        Row("no end of a part", half, "cut short: "),
        Row("tags crossed", sound.replace(b"</kind><date>", b"<date></kind>"), "not well formed"),
        Row("NUL", sound.replace(b"Chip", b"Ch\0p"), "not well formed"),
        Row("latin-1", sound.replace(b"Chip", b"Caf\xe9"), "not well formed"),
        Row("bytes behind", sound + b"<x/>", "bytes after the end"),
        Row("no number", sound.replace(b"8999999", b""), "no publication number"),
        Row("letters for a number", sound.replace(b"8999999", b"ABC"), "no publication number"),
        Row("an entity", sound.replace(b"[ ]", b'[<!ENTITY a "b">]'), "entity declarations"),
        Row("a sequence listing", declaration + b"<sequence-cwu></sequence-cwu>", "a sequence"),
        Row("of 2001", declaration + b"<PATDOC></PATDOC>", "SGML of 2001"),
        Row("a declaration only", declaration.strip(), "neither grant nor application"),
        Row("another root", declaration + b"<html></html>", "neither grant nor application: html"),
    ]
    return Dump("uspto", [File("ipg150609.xml", rows, by_byte=True), File("empty.xml", [])])


_DOCDB = """\
<exch:exchange-document country="{office}" doc-number="{number}" kind="{kind}" \
date-publ="{published}" family-id="1"><exch:bibliographic-data>\
<exch:publication-reference data-format="docdb"><document-id><country>{office}</country>\
<doc-number>{number}</doc-number><kind>{kind}</kind></document-id></exch:publication-reference>\
<exch:application-reference data-format="docdb"><document-id><country>{office}</country>\
<doc-number>2009{number}</doc-number><kind>A</kind><date>{filed}</date></document-id>\
</exch:application-reference><exch:priority-claims><exch:priority-claim data-format="docdb">\
<document-id><country>{office}</country><doc-number>2008{number}</doc-number><kind>A</kind>\
<date>{filed}</date></document-id></exch:priority-claim></exch:priority-claims>\
<exch:invention-title lang="en">{title}</exch:invention-title>\
</exch:bibliographic-data></exch:exchange-document>"""
_DOCDB_HEAD = b"""\
<?xml version="1.0" encoding="UTF-8"?><exch:exchange-documents \
xmlns:exch="http://www.epo.org/exchange" date-of-exchange="20240218">"""


def _docdb_document(fact: Fact) -> bytes:
    return _DOCDB.format(
        office=fact.office,
        number=fact.number,
        kind=fact.kind,
        published=compact(fact.published),
        filed=compact(fact.filed),
        title=escaped(fact.title),
    ).encode()


def docdb() -> Dump:
    """An exchange file; bytes between documents belong to none."""
    rows = [Row(f.damage, _docdb_document(f), says=f.says) for f in twice(all_facts())]
    sound = _docdb_document(SPARE)
    gone = (
        b'<exch:exchange-document country="US" doc-number="8999998" kind="B2" status="D" '
        b'originating-office="EP"/>'
    )
    rows += [
        Row("cut short", sound[: len(sound) // 2], "cut short: "),
        Row("tags crossed", sound.replace(b"</kind></", b"</"), "not well formed"),
        Row("NUL", sound.replace(b"Chip", b"Ch\0p"), "not well formed"),
        Row("latin-1", sound.replace(b"Chip", b"Caf\xe9"), "not well formed"),
        Row("no number", sound.replace(b"8999999", b""), "no publication number"),
        Row("no kind", sound.replace(b"B2", b""), "no publication number"),
        Row("no office", sound.replace(b"US", b""), "no publication number"),
        Row("no data", sound.replace(b"bibliographic-data", b"other"), "no bibliographic data"),
        Row("an entity", b'<!ENTITY a "b">', "entity declarations are refused"),
        Row(
            "the EPO's entity",
            sound.replace(b"Chip", b"KO&SACUTE;NIK").replace(b"8999999", b"8999997"),
            says=replace(SPARE, publication_number="US-8999997-B2", title="KO&SACUTE;NIK").says,
        ),
        Row("a deletion", gone.replace(b"/>", b"></exch:exchange-document>")),
        Row("bytes between", b"lost", "bytes outside of an exchange-document"),
    ]
    foot = b"</exch:exchange-documents>"
    return Dump(
        "docdb",
        [File("DOCDB-202407.xml", rows, _DOCDB_HEAD, foot, end=b"", by_byte=True), File("empty.xml", [])],
    )


DUMPS: dict[str, Callable[[], Dump]] = {
    "uspto": uspto,
    "ppubs": ppubs,
    "patentsview": patentsview,
    "docdb": docdb,
    "patstat": patstat,
    "google_patents_jsonl": google_patents_jsonl,
    "google_patents_parquet": google_patents_parquet,
    "lens_jsonl": lens_jsonl,
    "lens_csv": lens_csv,
}


# --- Packing and reading -------------------------------------------------------------------------


def gzipped(folder: Path) -> None:
    """Replace every file of a folder by its gzip."""
    for path in list(folder.iterdir()):
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()


def zipped(folder: Path) -> None:
    """Replace every file of a folder by a zip."""
    for path in list(folder.iterdir()):
        with zipfile.ZipFile(f"{path}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(path, path.name)
        path.unlink()


def warehouse() -> duckdb.DuckDBPyConnection:
    """Open a database in memory that can load."""
    return duckdb.connect(config={"threads": 1, "autoinstall_known_extensions": False})


def built(dumps: dict[str, Path], *wanted: str) -> duckdb.DuckDBPyConnection:
    """Load dumps, however damaged, and build tables from them as a refresh does.

    Parameters
    ----------
    dumps
        Path by source.
    wanted
        Tables as schema.name; all they need is built.

    Returns
    -------
    duckdb.DuckDBPyConnection
        A database in memory.
    """
    connection = warehouse()
    for name, path in dumps.items():
        load(connection, SOURCES[name], path, reject_share=1.0)
    make(connection, dumps, *wanted)
    return connection


@cache
def _tables(sources: frozenset[str]) -> dict[str, Table]:
    return discover(sources)


def make(connection: duckdb.DuckDBPyConnection, sources: Iterable[str], *wanted: str) -> None:
    """Build tables, with all that they need, from raw ones of these sources."""
    tables = _tables(frozenset(sources))
    needed = set(wanted)
    for key, table in reversed(tables.items()):
        if key in needed:
            needed.update(table.parents)
    if any(key.startswith("reference.") for key in needed):
        inputs.read_reference(connection)
    for key, table in tables.items():
        if key not in needed:
            continue
        if table.schema == "sources":
            build.unite_sources(connection, table, SOURCES)
        else:
            build.make(connection, table, "memory")


def rejects(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, int, str]]:
    """Give file, position and reason of every rejected row."""
    yield from connection.sql(
        "select file, position, reason from raw.rejects order by file, position"
    ).fetchall()
