"""Read DOCDB exchange files, the EPO's bibliographic data of all offices, as it delivers them.

A file is one XML document of up to some gigabytes, with an `exch:exchange-document` for each
publication. It is read as a stream and cut where such an element starts and ends; each is parsed
by itself, so that damage costs one publication. The frame around them is checked, not parsed.
"""

import re
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import BinaryIO

from lxml import etree

from corepath.warehouse.load.archive import BrokenDownloadError
from corepath.warehouse.load.parsers.elements import PARSER, country, fields, given_day, iso_date, text_of
from corepath.warehouse.numbers import publication_number

MAX_DOCUMENT = 64 * 2**20

Row = dict[str, object]
Parts = dict[str, list[etree._Element]]  # of an element, by tag
Symbol = tuple[str | None, bool | None, bool | None]  # code, is it the first, is it inventive

_CHUNK = 2**20
_RAW_CHARACTERS = 2000
_HEAD = 4 * _RAW_CHARACTERS  # a character of UTF-8 takes at most 4 bytes
_NAME = b"exchange-document"
_BEFORE_NAME = len(b"</exch:")
_TAIL = 64  # bytes, more than any of the tags that a file is cut at
_DOCUMENT = re.compile(rb"<(?:exch:)?exchange-document[\s/>]")
_START = re.compile(rb"<(?:exch:)?exchange-documents?[\s/>]|</(?:exch:)?exchange-documents[\s>]")
_END = re.compile(rb"</(?:exch:)?exchange-document\s{0,8}>")
_OPENED = re.compile(rb"<(?:exch:)?exchange-documents(?:\s[^<>]*)?(?<!/)>")
_EXCHANGED = re.compile(rb"\sdate-of-exchange=[\"'](\d{8})[\"']")
_FRAME = re.compile(
    rb"\s+|<\?[^<>]*>|<!--[^<>]*-->|<!DOCTYPE[^<>\[]*(?:\[\s*\])?\s*>"
    rb"|</?(?:exch:)?exchange-documents(?:\s[^<>]*)?>"
)
_ROOT = re.compile(rb"<([A-Za-z][\w:.-]*)")
# The names of docdb-entities.dtd, but not the five that XML itself knows.
_ENTITY = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);)(?=[A-Za-z][\w.-]{0,31};)")

# A deletion, and a void publication (withdrawn; created or deleted as such), are numbers only.
_ONLY_NUMBERS = {"D", "CV", "DV"}
_KIND = re.compile(r"[A-Z][A-Z0-9]?", re.ASCII)
_FAMILY = re.compile(r"0*([1-9]\d*)", re.ASCII)
_SYMBOL = re.compile(r"\s*([A-HY]\d\d[A-Z])\s*0*(\d{1,4})/(\d{2,6})", re.ASCII)
# WIPO ST.8 behind the symbol: version, level, first or later, inventive or not.
_IPC = re.compile(_SYMBOL.pattern + r"(?:\s+\d{8}[ACS ]([FL ])([IN ]))?", re.ASCII)
_IS_FIRST = {"F": True, "L": False}
_IS_INVENTIVE = {"I": True, "N": False, "A": False}
_SYMBOL_PARTS = (
    *("classification-scheme", "classification-symbol"),
    *("symbol-position", "classification-value"),
)


class _DamagedError(Exception):
    """A piece of a file that cannot be read; the message says why."""


def parse(stream: BinaryIO) -> Iterator[tuple[str, Row]]:
    """Read the publications of an exchange file.

    Each exchange-document gives either one row of `document` with its rows of other tables, or one
    row of `rejects` and nothing else. What stands between them and does not belong there is one
    more reject. An index of a package gives nothing.

    Parameters
    ----------
    stream
        The decompressed bytes, read once and never held as a whole.

    Returns
    -------
    Iterator[tuple[str, dict[str, object]]]
        Names of tables (`document`, `party`, `classification`, `citation`, `priority`, `rejects`)
        with rows; a document's rows come together, and share its `record`, the byte it starts at.

    Raises
    ------
    BrokenDownloadError
        The archive is damaged, or the file ends before its end.
    """
    exchanged = None
    is_open = False
    for position, size, content, is_last in _pieces(stream):
        if is_last and size <= MAX_DOCUMENT and _DOCUMENT.match(content) and not _END.search(content):
            raise BrokenDownloadError("it ends within an exchange-document")
        try:
            if size > MAX_DOCUMENT:
                raise _DamagedError(f"larger than {MAX_DOCUMENT} bytes")
            if _DOCUMENT.match(content):
                yield from _rows(_tree(content), position, exchanged)
            elif content.strip():
                _check_frame(content, position)
                is_open = bool(_OPENED.match(content))
                if date := _EXCHANGED.search(content):
                    exchanged = iso_date(date[1].decode())
        except _DamagedError as error:
            yield _reject(position, str(error), content)
    if is_open:
        raise BrokenDownloadError("exchange-documents is not closed")


def _reject(position: int, reason: str, content: bytes = b"") -> tuple[str, Row]:
    raw = content[:_HEAD].decode(errors="replace")[:_RAW_CHARACTERS]
    return "rejects", {"position": position, "reason": reason, "raw": raw}


def _pieces(stream: BinaryIO) -> Iterator[tuple[int, int, bytes, bool]]:
    """Cut a stream into documents and what is around them: position, size, bytes, is it the last."""
    buffer = bytearray()
    position = dropped = searched = 0
    while True:
        chunk = stream.read(_CHUNK)
        if not chunk:
            break
        buffer += chunk
        while cut := _next_cut(buffer, searched):
            yield position, dropped + cut, bytes(buffer[:cut]), False
            del buffer[:cut]
            position += dropped + cut
            dropped = searched = 0
        if dropped + len(buffer) > MAX_DOCUMENT:
            # Of a piece too large keep the head for its reject, and half a tag.
            surplus = max(0, len(buffer) - _HEAD - _TAIL)
            del buffer[_HEAD : _HEAD + surplus]
            dropped += surplus
        searched = max(0, len(buffer) - _TAIL)
    yield position, dropped + len(buffer), bytes(buffer), True


def _next_cut(buffer: bytearray, searched: int) -> int:
    """Find where the piece at the start of a buffer ends; 0 if that is not in the buffer."""
    # To search for the name and look around it is ten times faster than an expression.
    while (found := buffer.find(_NAME, searched)) >= 0:
        tag = buffer.rfind(b"<", max(0, found - _BEFORE_NAME), found)
        if tag >= 0 and (end := _END.match(buffer, tag)):
            return end.end()
        if tag > 0 and _START.match(buffer, tag):
            return tag
        searched = found + len(_NAME)
    return 0


def _check_frame(content: bytes, position: int) -> None:
    """Refuse what stands outside of the documents, unless it belongs there."""
    if b"<!ENTITY" in content:
        raise _DamagedError("entity declarations are refused")
    if not _FRAME.sub(b"", content.replace(BOM_UTF8, b"")):
        return
    root = _ROOT.search(content)
    if position or not root:
        raise _DamagedError("bytes outside of an exchange-document")
    if not root[1].endswith(b"index"):
        raise _DamagedError(f"no exchange-document, but {root[1][:50].decode(errors='replace')}")


def _tree(content: bytes) -> etree._Element:
    """Parse a document, its names without namespace, however it declares that."""
    plain = content.replace(b"<exch:", b"<").replace(b"</exch:", b"</")
    plain = plain.replace(b' xmlns="http://www.epo.org/exchange"', b"")
    plain = _ENTITY.sub(b"&amp;", plain)
    try:
        return etree.fromstring(plain, PARSER)
    except etree.XMLSyntaxError as error:
        is_closed = _END.search(plain[-_TAIL:])
        reason = "not well formed" if is_closed else "cut short: exchange-document is not closed"
        raise _DamagedError(f"{reason}: {error}") from error


def _rows(document: etree._Element, position: int, exchanged: str | None) -> list[tuple[str, Row]]:
    sections = _by_tag(document)
    if "bibliographic-data" in sections:
        # One pass over all parts takes as long as a search for one of them.
        parts = _by_tag(sections["bibliographic-data"][0])
    elif document.get("status") in _ONLY_NUMBERS:
        parts = {}
    else:
        raise _DamagedError("no bibliographic data")
    row = _document(document, parts, sections.get("abstract", []), position, exchanged)
    rows = [("document", row)]
    number = row["publication_number"]
    for table, found in (
        ("party", _parties(parts)),
        ("classification", _classifications(parts)),
        ("citation", _citations(parts)),
        ("priority", _priorities(parts)),
    ):
        for place, row in enumerate(found, 1):
            row["publication_number"] = number
            row["record"] = position
            row["position"] = place
            rows.append((table, row))
    return rows


def _by_tag(element: etree._Element) -> Parts:
    children: Parts = {}
    for child in element:
        children.setdefault(child.tag, []).append(child)
    return children


def _child(element: Iterable[etree._Element], tag: str) -> etree._Element | None:
    # `find` takes several times as long.
    for child in element:
        if child.tag == tag:
            return child
    return None


def _each(section: etree._Element, tag: str, *tags: str) -> Iterator[dict[str, etree._Element]]:
    """Give each element of a tag in a section with what it holds of other tags, by tag."""
    # Symbols have twice as many parts as are asked for; those left out here cost nothing.
    found: dict[str, etree._Element] = {}
    for element in section.iter(tag, *tags):
        if element.tag == tag and found:
            yield found
            found = {}
        found[element.tag] = element
    if found:
        yield found


def _document(
    document: etree._Element,
    parts: Parts,
    abstracts: list[etree._Element],
    position: int,
    exchanged: str | None,
) -> Row:
    publication = _docdb(parts.get("publication-reference", ()))
    number = document.get("doc-number") or publication.get("doc-number")
    kind = (document.get("kind") or publication.get("kind") or "").strip()
    office = document.get("country") or publication.get("country")
    published = document.get("date-publ") or publication.get("date")
    named = {"country": office, "doc-number": number, "kind": kind}
    written = _publication_number(named, iso_date(published))
    if not written or not _KIND.fullmatch(kind):
        raise _DamagedError(f"no publication number: {office}-{number}-{kind}")
    application = _docdb(parts.get("application-reference", ()))
    languages = (
        text_of(element)
        for tag in ("language-of-publication", "language-of-filing")
        for element in parts.get(tag, ())[:1]
    )
    language = next(filter(None, languages), None)
    title = _preferred(parts.get("invention-title", ()), language)
    abstract = _preferred(abstracts, language)
    family = _FAMILY.fullmatch(document.get("family-id", ""))
    last_exchange = iso_date(document.get("date-of-last-exchange"))
    return {
        "publication_number": written,
        "office": written[:2],
        "doc_number": number,
        "kind": kind,
        "doc_id": document.get("doc-id"),
        "family_id": family[1] if family else None,
        "is_representative": _flag(document.get("is-representative"), "YES"),
        "originating_office": document.get("originating-office"),
        "status": document.get("status"),
        "exchange_date": exchanged or last_exchange,
        "last_exchange_date": last_exchange,
        "publication_date": given_day(published),
        "application_office": country(application.get("country")),
        "application_number": application.get("doc-number"),
        "application_kind": application.get("kind"),
        "filing_date": given_day(application.get("date")),
        "title": text_of(title),
        "title_language": _language(title),
        "abstract": _paragraphs(abstract),
        "abstract_language": _language(abstract),
        "has_references": "references-cited" in parts,
        "record": position,
    }


def _docdb(references: Iterable[etree._Element]) -> dict[str, str]:
    """Take the parts of a number from the one that is in the DOCDB format."""
    for reference in references:
        if reference.get("data-format", "docdb") == "docdb":
            return fields(_child(reference, "document-id"))
    return {}


def _publication_number(leaves: Mapping[str, str | None], date: str | None) -> str | None:
    """Write a number as every source does: US-20130101709-A1; None if a part is missing."""
    office, number = country(leaves.get("country")), leaves.get("doc-number")
    if not office or not number:
        return None
    return publication_number(office, number, leaves.get("kind"), int(date[:4]) if date else None)


def _preferred(texts: Iterable[etree._Element], language: str | None) -> etree._Element | None:
    """Choose the English text, else that in the document's language, else the first."""
    return min(texts, key=lambda text: (text.get("lang") != "en", text.get("lang") != language), default=None)


def _paragraphs(text: etree._Element | None) -> str | None:
    parts = () if text is None else list(text) or (text,)
    return " ".join(filter(None, map(text_of, parts))) or None


def _language(text: etree._Element | None) -> str | None:
    language = "ol" if text is None else text.get("lang", "ol").lower()
    return None if language == "ol" else language  # "original language", which it is not told


def _flag(value: str | None, yes: str) -> bool | None:
    return value == yes if value else None


def _parties(parts: Parts) -> Iterator[Row]:
    groups = [group for parties in parts.get("parties", ()) for group in parties]
    for role in ("applicant", "inventor"):
        formats: dict[str, list[etree._Element]] = {}
        for group in groups:
            for party in group.iterchildren(role) if group.tag == f"{role}s" else ():
                formats.setdefault(party.get("data-format", "docdb"), []).append(party)
        best, *others = [formats[name] for name in ("docdb", "docdba", "original") if name in formats] or [[]]
        for party in best:
            details = {detail.tag: detail for detail in party}
            name = text_of(details.get(f"{role}-name"))
            if not name:
                # Other formats repeat the same parties, not always in the same order: only a party
                # without a name is called what another format calls the party of its number.
                same = (e for e in chain(*others) if e.get("sequence") == party.get("sequence"))
                names = (text_of(_child(e, f"{role}-name")) for e in same)
                name = next(filter(None, names), None)
            residence = _child(details.get("residence", ()), "country")
            yield {"role": role, "name": name, "country": country(text_of(residence))}


def _classifications(parts: Parts) -> Iterator[Row]:
    for scheme, symbols in (("IPC", _ipc(parts)), ("CPC", _cpc(parts))):
        for symbol, is_first, is_inventive in symbols:
            if symbol:
                yield {"scheme": scheme, "symbol": symbol, "is_first": is_first, "is_inventive": is_inventive}


def _ipc(parts: Parts) -> Iterator[Symbol]:
    if "classifications-ipcr" in parts:
        for text in parts["classifications-ipcr"][0].iter("text"):
            if found := _IPC.match(text.text or ""):
                yield _symbol(found), _IS_FIRST.get(found[4]), _IS_INVENTIVE.get(found[5])
        return
    # The editions before 2006, of documents that were not classified anew.
    for tag in ("main-classification", "further-classification"):
        for edition in parts.get("classification-ipc", ()):
            for text in edition.iterchildren(tag):
                found = _SYMBOL.match(text.text or "")
                yield _symbol(found), tag == "main-classification", None


def _cpc(parts: Parts) -> Iterator[Symbol]:
    for section in parts.get("patent-classifications", ()):
        for found in _each(section, "patent-classification", *_SYMBOL_PARTS):
            scheme = found.get("classification-scheme")
            # CPCI, CPC, CPCNO; others are an office's own: FI, FTERM, DEKLA.
            if scheme is not None and scheme.get("scheme", "").startswith("CPC"):
                symbol, first, inventive = (
                    "" if (part := found.get(tag)) is None else (part.text or "").strip()
                    for tag in ("classification-symbol", "symbol-position", "classification-value")
                )
                yield (_symbol(_SYMBOL.match(symbol)), _IS_FIRST.get(first), _IS_INVENTIVE.get(inventive))


def _symbol(code: re.Match[str] | None) -> str | None:
    return f"{code[1]}{code[2]}/{code[3]}" if code else None


def _citations(parts: Parts) -> Iterator[Row]:
    for section in parts.get("references-cited", ()):
        for citation in section.iterchildren("citation"):
            cited: dict[str, str] = {}
            npl = None
            categories: list[str] = []  # of the whole citation
            passages: list[str] = []  # of its passages
            for part in citation:
                tag = part.tag
                if tag == "patcit":
                    # An application that is cited by its number is no publication.
                    if not part.get("dnum-type", "").startswith("application"):
                        cited = fields(_child(part, "document-id"))
                elif tag == "nplcit":
                    text = _child(part, "text")
                    npl = text_of(part if text is None else text)
                elif tag == "category":
                    categories.append(part.text or "")
                elif tag == "rel-passage":
                    passages += [leaf.text or "" for leaf in part if leaf.tag == "category"]
            yield {
                "cited_publication": _publication_number(cited, iso_date(cited.get("date"))),
                "cited_date": iso_date(cited.get("date")),
                "npl": npl,
                "cited_phase": citation.get("cited-phase"),
                "cited_by": citation.get("cited-by"),
                "category": "".join(dict.fromkeys(map(str.strip, categories or passages))) or None,
            }


def _priorities(parts: Parts) -> Iterator[Row]:
    for section in parts.get("priority-claims", ()):
        for claim in section.iterchildren("priority-claim"):
            if claim.get("data-format", "docdb") == "docdb":
                details = {detail.tag: detail for detail in claim}
                priority = fields(details.get("document-id"))
                yield {
                    "priority_office": country(priority.get("country")),
                    "priority_number": priority.get("doc-number"),
                    "priority_kind": priority.get("kind"),
                    "priority_date": given_day(priority.get("date")),
                    "linkage_type": text_of(details.get("priority-linkage-type")),
                    "is_active": _flag(text_of(details.get("priority-active-indicator")), "Y"),
                }
