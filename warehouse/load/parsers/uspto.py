"""Read the weekly full text of US grants and applications, as the USPTO publishes it.

A weekly file is thousands of XML documents one after the other, so it is no XML document itself.
It is cut at the XML declarations, and of each document only the bibliographic part and the
abstract are parsed: the text, nine tenths of the bytes, holds nothing that the tables need.
Grants and applications since 2005 have their elements in common, older applications others.
"""

import re
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, NamedTuple

from lxml import etree

from corepath.warehouse.load.archive import BrokenDownloadError
from corepath.warehouse.load.parsers.elements import PARSER, country, fields, given_day, iso_date, text_of
from corepath.warehouse.numbers import publication_number

MAX_DOCUMENT = 64 * 2**20

Row = dict[str, object]
Rows = Iterator[tuple[str, Row]]
Parts = dict[str, etree._Element]  # of a bibliographic part, by tag
Symbol = tuple[str | None, bool, bool | None]  # code, is it the first, is it inventive

_CHUNK = 2**20
_RAW_CHARACTERS = 2000
_HEAD = 4 * _RAW_CHARACTERS  # a character of UTF-8 takes at most 4 bytes
_DECLARATION = b"<?xml "
_ROOT = re.compile(rb"<([^?!\s/>][^\s/>]*)")
_REFUSED = {
    b"PATDOC": "SGML of 2001 and before is not read, nor is the XML of 2002 to 2004 that keeps "
    "its elements: they are others",
    b"sequence-cwu": "a sequence listing beside its grant, without bibliographic data",
}

_PUBLICATION = re.compile(r"([A-Z]{2})-([A-Z]{0,2}\d*[1-9]\d*)-([A-Z]\d?)", re.ASCII)
_CLAIM_COUNT = re.compile(r"\d{1,5}", re.ASCII)
# Claims that were given up before publication keep their place: "1.-20. (canceled)".
_CANCELLED_CLAIM = re.compile(rb"\([Cc]ancell?ed\)[.;\s]*(?:</[\w-]+>\s*){0,9}</claim>")
_YEAR = re.compile(r"(?:1[789]|20)\d\d(?=\d{4})", re.ASCII)
_SYMBOL = re.compile(r"[A-HY]\d\d[A-Z]\d{1,4}/\d{2,6}", re.ASCII)
# Until 2005: subclass, main group in three columns, subgroup. "A45F  504" is A45F5/04, and so is
# "A45F005/04".
_FIXED_WIDTH_SYMBOL = re.compile(r"(?:\s*\d)?([A-H]\d\d[A-Z])([ \d]{2}\d)/?(\d{2,6})", re.ASCII)
_INVENTIVE = {"I": True, "N": False, "A": False}

_REFERENCE_LEAVES = (
    *("citation", "us-citation", "nplcit", "category"),
    *("country", "doc-number", "kind", "date"),
)
_PARTY_LEAVES = ("last-name", "first-name", "orgname", "role", "country")
_SYMBOL_LEAVES = (
    *("section", "class", "subclass", "main-group", "subgroup"),
    *("symbol-position", "classification-value"),
)


class _DamagedError(Exception):
    """A document that cannot be read; the message says why."""


class _Format(NamedTuple):
    """The tags of a document's parts, and what makes rows of it."""

    bibliography: str
    abstract: str
    read: Callable[[etree._Element, etree._Element, bytes, int], Rows]


class _Party(NamedTuple):
    role: str
    name: str | None
    country: str | None
    kind: str | None = None
    is_inventor: bool = False


class _Claim(NamedTuple):
    """An earlier application whose priority is claimed."""

    kind: str | None
    office: str | None
    number: str | None
    date: str | None


def parse(stream: BinaryIO) -> Rows:
    """Read the documents of a weekly file.

    Each document gives either one row of `document` with its rows of other tables, or one row of
    `rejects` and nothing else.

    Parameters
    ----------
    stream
        The decompressed bytes, read once and never held as a whole.

    Returns
    -------
    Iterator[tuple[str, dict[str, object]]]
        Names of tables (`document`, `party`, `classification`, `citation`, `priority`, `rejects`)
        with rows; a document's rows come together.

    Raises
    ------
    BrokenDownloadError
        The archive is damaged, or the file ends before its end.
    """
    for position, size, content, is_last in _documents(stream):
        if is_last and _is_cut(content, size):
            raise BrokenDownloadError("it ends within a document")
        try:
            rows = list(_rows(content, size, position))
        except _DamagedError as error:
            raw = content[:_HEAD].decode(errors="replace")[:_RAW_CHARACTERS]
            reject: Row = {"position": position, "reason": str(error), "raw": raw}
            rows = [("rejects", reject)]
        yield from rows


def _documents(stream: BinaryIO) -> Iterator[tuple[int, int, bytes, bool]]:
    """Cut a stream at its XML declarations: position, size, bytes, is it the last."""
    buffer = bytearray()
    position = dropped = searched = 0
    while True:
        chunk = stream.read(_CHUNK)
        if not chunk:
            break
        buffer += chunk
        start = 0
        while (cut := _next_declaration(buffer, searched)) >= 0:
            with memoryview(buffer) as view, view[start:cut] as part:
                content = bytes(part)
            if position or dropped or not _is_blank(content):
                yield position, dropped + len(content), content, False
            position += dropped + len(content)
            dropped, start, searched = 0, cut, cut + 1
        del buffer[:start]
        if dropped + len(buffer) > MAX_DOCUMENT:
            # Of a document too large keep the head for its reject, and half a declaration.
            surplus = max(0, len(buffer) - _HEAD - len(_DECLARATION))
            del buffer[_HEAD : _HEAD + surplus]
            dropped += surplus
        searched = max(0, len(buffer) - len(_DECLARATION) + 1)
    if position or dropped or not _is_blank(buffer):
        yield position, dropped + len(buffer), bytes(buffer), True


def _next_declaration(buffer: bytearray, searched: int) -> int:
    """Find an XML declaration; -1 if there is none."""
    # To search for its rarest byte and look around it is several times as fast as to search for it.
    mark = buffer.find(b"?", searched + 1)
    while mark > 0 and not buffer.startswith(_DECLARATION, mark - 1):
        mark = buffer.find(b"?", mark + 1)
    return mark - 1 if mark > 0 else -1


def _is_blank(content: bytes | bytearray) -> bool:
    """Whether there is nothing, as may be before the first declaration."""
    return not content.replace(BOM_UTF8, b"").strip()


def _is_cut(content: bytes, size: int) -> bool:
    """Whether a document that nothing follows lacks its end."""
    if size > MAX_DOCUMENT or not content.startswith(_DECLARATION):
        return False
    if any(content.endswith(_DECLARATION[:length]) for length in range(1, len(_DECLARATION))):
        return True
    if any(b"</%b>" % root in content for root in _FORMATS):
        return False  # it has its end, whatever is damaged before
    found = _ROOT.search(content)
    return not found or b">" not in content[found.start() :] or found[1] in _FORMATS


def _rows(content: bytes, size: int, position: int) -> Rows:
    """Parse the bibliographic part and the abstract of a document; refuse what is none of ours."""
    found = _ROOT.search(content)
    root = found[1] if found else b""
    if root in _REFUSED:
        raise _DamagedError(_REFUSED[root])
    if size > MAX_DOCUMENT:
        raise _DamagedError(f"larger than {MAX_DOCUMENT} bytes")
    if not content.startswith(_DECLARATION):
        raise _DamagedError("bytes before the first XML declaration")
    if root not in _FORMATS:
        raise _DamagedError(f"neither grant nor application: {root[:50].decode(errors='replace')}")
    tags, tag = _FORMATS[root], root.decode()
    bibliography_end = _end(content, tags.bibliography, 0)
    abstract = content.find(f"<{tags.abstract}".encode(), bibliography_end)
    abstract_end = _end(content, tags.abstract, abstract) if abstract >= 0 else abstract
    end = _end(content, tag, max(bibliography_end, abstract_end))
    kept = b"%b%b</%b>" % (content[:bibliography_end], content[abstract:abstract_end], root)
    if b"<!ENTITY" in kept:
        raise _DamagedError("entity declarations are refused")
    # A damaged declaration hides the document behind it, which must not vanish unrecorded.
    if not _is_blank(content[end:]):
        raise _DamagedError(f"bytes after the end of {tag}")
    try:
        document = etree.fromstring(kept, PARSER)
    except etree.XMLSyntaxError as error:
        raise _DamagedError(f"not well formed: {error}") from error
    bibliography = document.find(tags.bibliography)
    if bibliography is None:
        raise _DamagedError(f"no {tags.bibliography} in {tag}")
    return tags.read(document, bibliography, content, position)


def _end(content: bytes, tag: str, start: int) -> int:
    """Find the position behind the next end of an element."""
    end_tag = f"</{tag}>".encode()
    found = content.find(end_tag, start)
    if found < 0:
        raise _DamagedError(f"cut short: {tag} is not closed")
    return found + len(end_tag)


# --- What every format has -----------------------------------------------------------------------


def _children(element: etree._Element | None) -> dict[str, etree._Element]:
    return {} if element is None else {child.tag: child for child in element}


def _publication_number(*parts: str | None) -> str:
    """Join office, number and kind as every source does."""
    written = "-".join(part or "" for part in parts)
    found = _PUBLICATION.fullmatch(written)
    if not found or not (number := publication_number(*found.groups(), None)):
        raise _DamagedError(f"no publication number: {written}")
    return number


def _publication_date(text: str | None) -> str:
    if not (date := iso_date(text)):
        raise _DamagedError(f"no publication date: {text}")
    return date


def _count_claims(content: bytes, start_tag: bytes) -> int | None:
    """Count the claims in the text of a document, if it has them."""
    start = content.rfind(start_tag)
    if start < 0:
        return None
    cancelled = sum(1 for _ in _CANCELLED_CLAIM.finditer(content, start))
    return content.count(b"</claim>", start) - cancelled


def _person(last: str | None, first: str | None) -> str | None:
    return ", ".join(filter(None, (last, first))) or None


def _party_rows(number: str, parties: list[_Party]) -> Rows:
    inventors = {party.name for party in parties if party.role == "inventor"}
    for role in ("assignee", "applicant", "inventor"):
        listed = [party for party in parties if party.role == role]
        for position, party in enumerate(listed, 1):
            row: Row = {
                "publication_number": number,
                "role": role,
                "position": position,
                "name": party.name,
                "country": party.country,
                "is_inventor": party.is_inventor or party.name in inventors,
                "party_kind": (party.kind or "").lstrip("0") or None,
            }
            yield "party", row


def _classification_rows(number: str, scheme: str, symbols: Iterable[Symbol]) -> Rows:
    for position, (symbol, is_first, is_inventive) in enumerate(symbols, 1):
        if symbol:
            row: Row = {
                "publication_number": number,
                "scheme": scheme,
                "symbol": symbol,
                "position": position,
                "is_first": is_first,
                "is_inventive": is_inventive,
            }
            yield "classification", row


def _fixed_width(code: str | None) -> str | None:
    parts = _FIXED_WIDTH_SYMBOL.fullmatch((code or "").rstrip())
    return f"{parts[1]}{int(parts[2])}/{parts[3]}" if parts else None


def _priority_rows(number: str, claims: Iterable[_Claim]) -> Rows:
    for position, claim in enumerate(claims, 1):
        row: Row = {
            "publication_number": number,
            "position": position,
            "priority_office": country(claim.office),
            "priority_number": claim.number,
            "priority_date": given_day(claim.date),
            "priority_kind": claim.kind,
        }
        yield "priority", row


# --- Grants and applications since 2005 ----------------------------------------------------------


def _since_2005(
    document: etree._Element, bibliography: etree._Element, content: bytes, position: int
) -> Rows:
    # One pass over all parts takes as long as a search for one of them.
    parts = _children(bibliography)
    publication = fields(_children(parts.get("publication-reference")).get("document-id"))
    number = _publication_number(*map(publication.get, ("country", "doc-number", "kind")))
    claim_count = text_of(parts.get("number-of-claims"))
    if claim_count and not _CLAIM_COUNT.fullmatch(claim_count):
        raise _DamagedError(f"number of claims is no number: {claim_count}")
    reference = parts.get("application-reference")
    application = fields(_children(reference).get("document-id"))
    row: Row = {
        "publication_number": number,
        "kind": publication["kind"],
        "is_grant": document.tag == "us-patent-grant",
        "document_type": None if reference is None else reference.get("appl-type"),
        "application_number": application.get("doc-number"),
        "filing_date": given_day(application.get("date")),
        "publication_date": _publication_date(publication.get("date")),
        "title": text_of(parts.get("invention-title")),
        "abstract": text_of(document.find("abstract")),
        "abstract_language": document.get("lang", "").lower() or None,
        "claim_count": int(claim_count) if claim_count else _count_claims(content, b"<claims"),
        "position": position,
    }
    yield "document", row
    yield from _party_rows(number, list(_parties(parts)))
    yield from _classification_rows(number, "IPC", _ipc(parts))
    yield from _classification_rows(number, "CPC", _cpc(parts))
    yield from _citation_rows(number, parts)
    yield from _priority_rows(number, _claims(parts))


def _parties(parts: Parts) -> Iterator[_Party]:
    for assignee in parts.get("assignees", ()):
        yield _party("assignee", assignee)
    for section in ("us-parties", "parties"):
        for group in parts.get(section, ()):
            for party in group:
                # Until 2012 inventors were the applicants, and a file lists them as nothing else.
                if group.tag == "inventors" or (
                    party.tag == "applicant" and party.get("app-type") == "applicant-inventor"
                ):
                    yield _party("inventor", party)
                elif group.tag in ("applicants", "us-applicants"):
                    yield _party("applicant", party)


def _party(role: str, party: etree._Element) -> _Party:
    found: dict[str, str | None] = {}
    for leaf in party.iter(*_PARTY_LEAVES):
        # A country is an address, a residence or a nationality.
        holder = leaf.getparent() if leaf.tag == "country" else None
        found.setdefault(leaf.tag if holder is None else holder.tag, text_of(leaf))
    return _Party(
        role,
        found.get("orgname") or _person(found.get("last-name"), found.get("first-name")),
        country(found.get("residence")) or country(found.get("address")),
        found.get("role"),
        party.get("app-type") == "applicant-inventor",
    )


def _ipc(parts: Parts) -> Iterator[Symbol]:
    for element in parts.get("classifications-ipcr", ()):
        leaves = _symbol_leaves(element)
        is_first = leaves.get("symbol-position") == "F"
        yield _symbol(leaves), is_first, _INVENTIVE.get(leaves.get("classification-value", ""))
    for code in parts.get("classification-ipc", ()):
        if code.tag in ("main-classification", "further-classification"):
            yield _fixed_width(code.text), code.tag == "main-classification", None


def _cpc(parts: Parts) -> Iterator[Symbol]:
    for group in parts.get("classifications-cpc", ()):
        is_main = group.tag == "main-cpc"
        for element in group.iterchildren("classification-cpc"):
            leaves = _symbol_leaves(element)
            value = leaves.get("classification-value", "")
            yield _symbol(leaves), is_main, is_main or _INVENTIVE.get(value)


def _symbol_leaves(element: etree._Element) -> dict[str, str]:
    return {leaf.tag: (leaf.text or "").strip() for leaf in element.iter(*_SYMBOL_LEAVES)}


def _symbol(leaves: dict[str, str]) -> str | None:
    subclass = "".join(leaves.get(leaf, "") for leaf in ("section", "class", "subclass"))
    main_group = leaves.get("main-group", "").lstrip("0")
    symbol = f"{subclass}{main_group}/{leaves.get('subgroup', '')}"
    return symbol if _SYMBOL.fullmatch(symbol) else None


def _citation_rows(number: str, parts: Parts) -> list[tuple[str, Row]]:
    rows: list[tuple[str, Row]] = []
    row: Row = {}
    is_patent = False
    for section in ("references-cited", "us-references-cited"):
        # Most elements of a file are here. One pass over the leaves of all references takes half
        # as long as one for each reference.
        for leaf in parts[section].iter(*_REFERENCE_LEAVES) if section in parts else ():
            tag = leaf.tag
            if tag == "country":
                if is_patent:
                    row["cited_office"] = country(leaf.text)
            elif tag == "doc-number":
                if is_patent:
                    row["cited_number"] = (leaf.text or "").strip() or None
            elif tag == "kind":
                if is_patent:
                    row["cited_kind"] = (leaf.text or "").strip() or None
            elif tag == "date":
                if is_patent:
                    row["cited_date"] = iso_date(leaf.text)
                    row["cited_year"] = _year(leaf.text)
            elif tag == "category":
                row["category"] = (leaf.text or "").strip() or None
                is_patent = False  # what follows is the US class of what is cited
            elif tag == "nplcit":
                row["npl"] = text_of(leaf)
                is_patent = False  # what follows are the parts of a book
            else:
                row = {
                    "publication_number": number,
                    "position": len(rows) + 1,
                    "cited_office": None,
                    "cited_number": None,
                    "cited_kind": None,
                    "cited_date": None,
                    "cited_year": None,
                    "npl": None,
                    "category": None,
                }
                rows.append(("citation", row))
                is_patent = True
    return rows


def _year(text: str | None) -> int | None:
    """Take the year of `19941000`, which is no date."""
    found = _YEAR.match(text or "")
    return int(found[0]) if found else None


def _claims(parts: Parts) -> Iterator[_Claim]:
    for claim in parts.get("priority-claims", ()):
        yield _claim(claim.get("kind"), claim)
    for related in parts.get("us-related-documents", ()):
        if related.tag == "us-provisional-application":
            yield _claim("provisional", related.find("document-id"))
        elif (parent := related.find("relation/parent-doc/document-id")) is not None:
            yield _claim(related.tag.removeprefix("us-"), parent)


def _claim(kind: str | None, document_id: etree._Element | None) -> _Claim:
    leaves = fields(document_id)
    return _Claim(kind, leaves.get("country"), leaves.get("doc-number"), leaves.get("date"))


# --- Applications of 2001 to 2004 ----------------------------------------------------------------


def _before_2005(
    document: etree._Element, bibliography: etree._Element, content: bytes, position: int
) -> Rows:
    publication = fields(bibliography.find("document-id"))
    kind = publication.get("kind-code")
    number = _publication_number("US", publication.get("doc-number"), kind)
    row: Row = {
        "publication_number": number,
        "kind": kind,
        "is_grant": False,
        "document_type": "plant" if (kind or "").startswith("P") else "utility",
        "application_number": text_of(
            bibliography.find("domestic-filing-data/application-number/doc-number")
        ),
        "filing_date": given_day(bibliography.findtext("domestic-filing-data/filing-date")),
        "publication_date": _publication_date(publication.get("document-date")),
        "title": text_of(bibliography.find("technical-information/title-of-invention")),
        "abstract": text_of(document.find("subdoc-abstract")),
        "abstract_language": "en",
        "claim_count": _count_claims(content, b"<subdoc-claims"),
        "position": position,
    }
    yield "document", row
    yield from _party_rows(number, list(_parties_before_2005(bibliography)))
    yield from _classification_rows(number, "IPC", _ipc_before_2005(bibliography))
    yield from _priority_rows(number, _claims_before_2005(bibliography))


def _parties_before_2005(bibliography: etree._Element) -> Iterator[_Party]:
    for assignee in bibliography.iterfind("assignee"):
        yield _Party(
            "assignee",
            text_of(assignee.find("organization-name")) or _person_before_2005(assignee),
            country(assignee.findtext("address/country/country-code")),
            text_of(assignee.find("assignee-type")),
        )
    for inventor in bibliography.iterfind("inventors/*"):
        # A residence is one in the US, elsewhere, or with the forces.
        residence = country(inventor.findtext("residence/*/country-code"))
        yield _Party("inventor", _person_before_2005(inventor), residence, is_inventor=True)


def _person_before_2005(party: etree._Element) -> str | None:
    names = fields(party.find("name"))
    last = filter(None, map(names.get, ("family-name", "name-suffix")))
    first = filter(None, map(names.get, ("given-name", "middle-name")))
    return _person(", ".join(last), " ".join(first))


def _ipc_before_2005(bibliography: etree._Element) -> Iterator[Symbol]:
    for code in bibliography.iterfind("technical-information/classification-ipc/*/ipc"):
        holder = code.getparent()
        is_first = holder is not None and holder.tag == "classification-ipc-primary"
        yield _fixed_width(code.text), is_first, None


def _claims_before_2005(bibliography: etree._Element) -> Iterator[_Claim]:
    for claim in bibliography.iterfind("foreign-priority-data"):
        yield _Claim(
            "foreign",
            claim.findtext("country-code"),
            text_of(claim.find("priority-application-number/doc-number")),
            claim.findtext("filing-date"),
        )
    for document_id in bibliography.iterfind("continuity-data//document-id"):
        # A child is the application itself, and a parent's patent is no application.
        path = [holder.tag for holder in document_id.iterancestors()]
        if path[0] == "non-provisional-of-provisional":
            kind = "provisional"
        elif path[:2] == ["parent", "parent-child"]:
            kind = path[2].removesuffix("-of")
        else:
            continue
        leaves = fields(document_id)
        yield _Claim(kind, leaves.get("country-code"), leaves.get("doc-number"), leaves.get("document-date"))


_FORMATS = {
    b"us-patent-grant": _Format("us-bibliographic-data-grant", "abstract", _since_2005),
    b"us-patent-application": _Format("us-bibliographic-data-application", "abstract", _since_2005),
    b"patent-application-publication": _Format(
        "subdoc-bibliographic-information", "subdoc-abstract", _before_2005
    ),
}
