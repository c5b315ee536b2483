"""Read the weekly full text of granted US patents, as the USPTO publishes it since 2005.

A weekly file is thousands of XML documents one after the other, so it is no XML document itself.
It is cut at the XML declarations, and of each document only the bibliographic part and the
abstract are parsed: the text, nine tenths of the bytes, holds nothing that the tables need.
"""

import gzip
import io
import lzma
import re
import zipfile
import zlib
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from lxml import etree

MAX_DOCUMENT = 64 * 2**20
MAX_RATIO = 200  # a published file of designs alone reaches 16, deflate could reach 1000
RATIO_FREE = 256 * 2**20  # so much may come out of any archive, however small

Opener = Callable[[], Any]  # of a binary file that has read1, for which there is no common type
Row = dict[str, object]
Symbol = tuple[str | None, bool, bool | None]  # code, is it the first, is it inventive

_CHUNK = 2**20
_RAW_CHARACTERS = 2000
_HEAD = 4 * _RAW_CHARACTERS  # a character of UTF-8 takes at most 4 bytes
_DECLARATION = b"<?xml "
_GRANT_END = b"</us-patent-grant>"
_ROOT = re.compile(rb"<([^?!\s/>][^\s/>]*)")
_OTHER_ROOTS = {
    b"us-patent-application": "application full text is not read by this source yet",
    b"patent-application-publication": "application full text is not read by this source yet",
    b"PATDOC": "SGML of 2001 and before is not read: its elements are others",
    b"sequence-cwu": "a sequence listing beside its grant, without bibliographic data",
}
# What gzip and zipfile raise of a damaged archive: RuntimeError if a bit says "encrypted" or an
# unknown version, ValueError if a member's name is no text.
_BROKEN_ARCHIVE = (
    OSError,
    EOFError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    RuntimeError,
    ValueError,
)

_PUBLICATION = re.compile(r"([A-Z]{2})-([A-Z]{0,2})0*([1-9]\d*)-([A-Z]\d?)", re.ASCII)
_CLAIM_COUNT = re.compile(r"\d{1,5}", re.ASCII)
_COUNTRY = re.compile(r"(?!XX)[A-Z]{2}")  # XX is WIPO's code for an unknown country
_SYMBOL = re.compile(r"[A-HY]\d\d[A-Z]\d{1,4}/\d{2,6}", re.ASCII)
# Until 2005: subclass, main group right-aligned in three columns, subgroup. "A45F  504" is 5/04.
_FIXED_WIDTH_SYMBOL = re.compile(r"(?:\s*\d)?([A-H]\d\d[A-Z])([ \d]{2}\d)/?(\d{2,6})", re.ASCII)
_INVENTIVE = {"I": True, "N": False, "A": False}

# The files come from outside: no entity is expanded, no DTD or other file is fetched. All are
# UTF-8, and insisting on it lets no other encoding hide an entity declaration from our search.
_PARSER = etree.XMLParser(
    encoding="utf-8",
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    huge_tree=False,
    dtd_validation=False,
)


class _DamagedError(Exception):
    """A document that cannot be read; the message says why."""


class _Member(io.RawIOBase):
    """Bytes of an archive, opened by the first read so that whatever is wrong is a read's error."""

    def __init__(self, opener: Opener, packed: int) -> None:
        self._opener = opener
        self._limit = max(RATIO_FREE, MAX_RATIO * packed)
        self._stream: Any = None
        self._size = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._stream = self._stream or self._opener()
        # read1 hands over what there is; read would lose it if the archive then turns out cut.
        chunk = self._stream.read1(len(buffer))
        self._size += len(chunk)
        if self._size > self._limit:
            raise OSError(f"decompression ratio over {MAX_RATIO} after {self._limit} bytes")
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def close(self) -> None:
        if self._stream:
            self._stream.close()
        super().close()


def open_members(path: Path) -> Iterator[tuple[str, BinaryIO]]:
    """Open the XML and SGML files that a download holds, one after the other.

    A damaged archive raises nothing here: reading its stream does, and `parse` records that.

    Parameters
    ----------
    path
        A `.zip`, a `.gz`, or the file itself.

    Returns
    -------
    Iterator[tuple[str, BinaryIO]]
        Names with decompressed streams; each stream is closed when the next is asked for.

    Raises
    ------
    OSError
        The path cannot be opened.
    """
    for name, opener, packed in _members(path):
        with io.BufferedReader(_Member(opener, packed)) as stream:
            yield name, stream


def _members(path: Path) -> Iterator[tuple[str, Opener, int]]:
    packed = path.stat().st_size
    match path.suffix.lower():
        case ".gz":
            yield path.stem, partial(gzip.GzipFile, path), packed
        case ".zip":
            try:
                archive = zipfile.ZipFile(path)
            except _BROKEN_ARCHIVE as error:
                yield path.name, partial(_fail, error), packed
                return
            with archive:
                for member in archive.infolist():
                    if member.filename.lower().endswith((".xml", ".sgml")):
                        opener = partial(archive.open, member)
                        yield member.filename, opener, member.compress_size
        case _:
            yield path.name, lambda: path.open("rb"), packed


def _fail(error: Exception) -> NoReturn:
    raise error


def parse(stream: BinaryIO) -> Iterator[tuple[str, Row]]:
    """Read the documents of a weekly file.

    Each document gives either one row of `document` with its rows of other tables, or one row of
    `rejects` and nothing else. A stream that breaks costs the document in progress, no other.

    Parameters
    ----------
    stream
        The decompressed bytes, read once and never held as a whole.

    Returns
    -------
    Iterator[tuple[str, dict[str, object]]]
        Names of tables (`document`, `party`, `classification`, `citation`, `priority`, `rejects`)
        with rows; a document's rows come together.
    """
    for position, size, content, broken in _documents(stream):
        if not (broken or size > MAX_DOCUMENT or content.removeprefix(BOM_UTF8).strip()):
            continue  # nothing stands before the first declaration
        try:
            if broken:
                raise _DamagedError(broken)
            if size > MAX_DOCUMENT:
                raise _DamagedError(f"larger than {MAX_DOCUMENT} bytes")
            rows = list(_rows(_grant(content), position))
        except _DamagedError as error:
            raw = content[:_HEAD].decode(errors="replace")[:_RAW_CHARACTERS]
            reject: Row = {"position": position, "reason": str(error), "raw": raw}
            rows = [("rejects", reject)]
        yield from rows


def _documents(stream: BinaryIO) -> Iterator[tuple[int, int, bytes, str | None]]:
    """Cut a stream at its XML declarations: position, size, bytes, how the stream broke in it."""
    # read1 hands over what there is; read would lose it if the stream then breaks.
    read = getattr(stream, "read1", stream.read)
    buffer = bytearray()
    position = dropped = searched = 0
    broken = None
    while True:
        try:
            chunk = read(_CHUNK)
        except _BROKEN_ARCHIVE as error:
            broken = f"archive truncated, damaged or refused: {error}"
            break
        if not chunk:
            break
        buffer += chunk
        while (cut := buffer.find(_DECLARATION, searched)) >= 0:
            yield position, dropped + cut, bytes(buffer[:cut]), None
            del buffer[:cut]
            position += dropped + cut
            dropped, searched = 0, 1
        if dropped + len(buffer) > MAX_DOCUMENT:
            # Of a document too large keep the head for its reject, and half a declaration.
            surplus = max(0, len(buffer) - _HEAD - len(_DECLARATION))
            del buffer[_HEAD : _HEAD + surplus]
            dropped += surplus
        searched = max(0, len(buffer) - len(_DECLARATION) + 1)
    yield position, dropped + len(buffer), bytes(buffer), broken


def _grant(content: bytes) -> etree._Element:
    """Parse the bibliographic part and the abstract of a grant, and refuse anything else."""
    root = _ROOT.search(content)
    if root and root[1] in _OTHER_ROOTS:
        raise _DamagedError(_OTHER_ROOTS[root[1]])
    if not content.startswith(_DECLARATION):
        raise _DamagedError("bytes before the first XML declaration")
    # Where one of the tags is missing, what is joined here is not well formed.
    bibliography, end, text = content.partition(b"</us-bibliographic-data-grant>")
    _, start, text = text.partition(b"<abstract")
    abstract, stop, _ = text.partition(b"</abstract>")
    kept = b"".join((bibliography, end, start, abstract, stop, _GRANT_END))
    if b"<!ENTITY" in kept:
        raise _DamagedError("entity declarations are refused")
    if not root or root[1] != b"us-patent-grant":
        raise _DamagedError("no us-patent-grant element")
    grant_end = content.find(_GRANT_END)
    if grant_end < 0:
        raise _DamagedError("cut short: us-patent-grant is not closed")
    # A damaged declaration hides the document behind it, which must not vanish unrecorded.
    if content[grant_end + len(_GRANT_END) :].strip():
        raise _DamagedError("bytes after the end of us-patent-grant")
    try:
        return etree.fromstring(kept, _PARSER)
    except etree.XMLSyntaxError as error:
        raise _DamagedError(f"not well formed: {error}") from error


def _rows(grant: etree._Element, position: int) -> Iterator[tuple[str, Row]]:
    bibliography = grant.find("us-bibliographic-data-grant")
    if bibliography is None:
        raise _DamagedError("no bibliographic part")
    document = _document(grant, bibliography, position)
    key = {"publication_number": document["publication_number"]}
    yield "document", document
    for table, rows in (
        ("party", _parties(bibliography)),
        ("classification", _classifications(bibliography)),
        ("citation", _citations(bibliography)),
        ("priority", _priorities(bibliography)),
    ):
        for row in rows:
            yield table, key | row


def _document(grant: etree._Element, bibliography: etree._Element, position: int) -> Row:
    publication = _fields(bibliography.find("publication-reference/document-id"))
    number = "-".join(publication.get(part, "") for part in ("country", "doc-number", "kind"))
    parts = _PUBLICATION.fullmatch(number)
    if not parts:
        raise _DamagedError(f"no publication number: {number}")
    publication_date = _date(publication.get("date"))
    if not publication_date:
        raise _DamagedError(f"no publication date: {publication.get('date')}")
    claim_count = _text(bibliography.find("number-of-claims"))
    if claim_count and not _CLAIM_COUNT.fullmatch(claim_count):
        raise _DamagedError(f"number of claims is no number: {claim_count}")
    reference = bibliography.find("application-reference")
    application = _fields(bibliography.find("application-reference/document-id"))
    return {
        "publication_number": f"{parts[1]}-{parts[2]}{parts[3]}-{parts[4]}",
        "kind": parts[4],
        "document_type": None if reference is None else reference.get("appl-type"),
        "application_number": application.get("doc-number"),
        "filing_date": _date(application.get("date")),
        "publication_date": publication_date,
        "title": _text(bibliography.find("invention-title")),
        "abstract": _text(grant.find("abstract")),
        "abstract_language": grant.get("lang", "").lower() or None,
        "claim_count": int(claim_count) if claim_count else None,
        "position": position,
    }


def _parties(bibliography: etree._Element) -> Iterator[Row]:
    inventors = [*bibliography.iterfind("us-parties/inventors/*")]
    inventors += bibliography.iterfind("parties/inventors/*")
    applicants = [*bibliography.iterfind("us-parties/us-applicants/us-applicant")]
    # Until 2012 inventors were the applicants, and a file lists them as nothing else.
    for applicant in bibliography.iterfind("parties/applicants/applicant"):
        is_inventor = applicant.get("app-type") == "applicant-inventor"
        (inventors if is_inventor else applicants).append(applicant)
    names = {_name(inventor) for inventor in inventors}
    for role, elements in (
        ("assignee", bibliography.iterfind("assignees/assignee")),
        ("applicant", applicants),
        ("inventor", inventors),
    ):
        for position, element in enumerate(elements, 1):
            name = _name(element)
            yield {
                "role": role,
                "position": position,
                "name": name,
                # A nationality stands beside them and is no residence.
                "country": _country(element.findtext("residence/country"))
                or _country(element.findtext("addressbook/address/country")),
                "is_inventor": name in names or element.get("app-type") == "applicant-inventor",
                "party_kind": (element.findtext(".//role") or "").strip().lstrip("0") or None,
            }


def _name(party: etree._Element) -> str | None:
    # A few assignees have their name without an address book around it.
    book = party.find("addressbook")
    names = _fields(party if book is None else book)
    person = (names.get("last-name"), names.get("first-name"))
    return names.get("orgname") or ", ".join(filter(None, person)) or None


def _classifications(bibliography: etree._Element) -> Iterator[Row]:
    for scheme, symbols in (("IPC", _ipc(bibliography)), ("CPC", _cpc(bibliography))):
        for position, (symbol, is_first, is_inventive) in enumerate(symbols, 1):
            if symbol:
                yield {
                    "scheme": scheme,
                    "symbol": symbol,
                    "position": position,
                    "is_first": is_first,
                    "is_inventive": is_inventive,
                }


def _ipc(bibliography: etree._Element) -> Iterator[Symbol]:
    for element in bibliography.iterfind("classifications-ipcr/classification-ipcr"):
        fields = _fields(element)
        is_first = fields.get("symbol-position") == "F"
        yield _symbol(fields), is_first, _INVENTIVE.get(fields.get("classification-value", ""))
    for tag in ("main-classification", "further-classification"):
        for element in bibliography.iterfind(f"classification-ipc/{tag}"):
            code = _FIXED_WIDTH_SYMBOL.fullmatch((element.text or "").rstrip())
            symbol = f"{code[1]}{int(code[2])}/{code[3]}" if code else None
            yield symbol, tag == "main-classification", None


def _cpc(bibliography: etree._Element) -> Iterator[Symbol]:
    for tag in ("main-cpc", "further-cpc"):
        for element in bibliography.iterfind(f"classifications-cpc/{tag}/classification-cpc"):
            fields = _fields(element)
            is_main = tag == "main-cpc"
            value = fields.get("classification-value", "")
            yield _symbol(fields), is_main, is_main or _INVENTIVE.get(value)


def _symbol(fields: dict[str, str]) -> str | None:
    subclass = "".join(fields.get(part, "") for part in ("section", "class", "subclass"))
    main_group = fields.get("main-group", "").lstrip("0")
    symbol = f"{subclass}{main_group}/{fields.get('subgroup', '')}"
    return symbol if _SYMBOL.fullmatch(symbol) else None


def _citations(bibliography: etree._Element) -> Iterator[Row]:
    citations = chain(
        bibliography.iterfind("references-cited/citation"),
        bibliography.iterfind("us-references-cited/us-citation"),
    )
    for position, citation in enumerate(citations, 1):
        # Most elements of a file are citations, and one pass is faster than a search for each.
        parts = {part.tag: part for part in citation}
        patent = parts.get("patcit")
        cited = _fields(None if patent is None else next(patent.iter("document-id"), None))
        yield {
            "position": position,
            "cited_office": _country(cited.get("country")),
            "cited_number": cited.get("doc-number"),
            "cited_kind": cited.get("kind"),
            "cited_date": _date(cited.get("date")),
            "npl": _text(parts.get("nplcit")),
            "category": _text(parts.get("category")),
        }


def _priorities(bibliography: etree._Element) -> Iterator[Row]:
    claims = [
        (claim.get("kind"), _fields(claim))
        for claim in bibliography.iterfind("priority-claims/priority-claim")
    ]
    for related in bibliography.iterfind("us-related-documents/*"):
        if related.tag == "us-provisional-application":
            claims.append(("provisional", _fields(related.find("document-id"))))
        elif (parent := related.find("relation/parent-doc/document-id")) is not None:
            claims.append((related.tag.removeprefix("us-"), _fields(parent)))
    for position, (kind, claim) in enumerate(claims, 1):
        yield {
            "position": position,
            "priority_office": _country(claim.get("country")),
            "priority_number": claim.get("doc-number"),
            "priority_date": _date(claim.get("date")),
            "priority_kind": kind,
        }


def _fields(element: etree._Element | None) -> dict[str, str]:
    """Texts of an element's children by tag, without the empty ones."""
    children = () if element is None else element
    return {child.tag: text for child in children if (text := _text(child))}


def _text(element: etree._Element | None) -> str | None:
    """All text inside an element on one line, or None if there is none."""
    if element is None:
        return None
    text = "".join(map(str, element.itertext())) if len(element) else element.text or ""
    return " ".join(text.split()) or None


def _country(code: str | None) -> str | None:
    code = (code or "").strip().upper()
    return code if _COUNTRY.fullmatch(code) else None


def _date(text: str | None) -> str | None:
    """ISO date of `20130228`; None for a month (`19941000`) and for what is no date."""
    try:
        return date.fromisoformat((text or "").strip()).isoformat()
    except ValueError:
        return None
