"""Values of XML elements, as every office's files write them."""

from datetime import date
from functools import lru_cache
from itertools import product
from string import ascii_uppercase

from lxml import etree

# XX is WIPO's code for an unknown country.
_COUNTRIES = frozenset(map("".join, product(ascii_uppercase, repeat=2))) - {"XX"}
_LONGEST_DATE = len("2013-02-28")

# The files come from outside: no entity is expanded, no DTD or other file is fetched. All are
# UTF-8, and insisting on it lets no other encoding hide an entity declaration from a search.
PARSER = etree.XMLParser(
    encoding="utf-8",
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    huge_tree=False,
    dtd_validation=False,
    remove_comments=True,
    remove_pis=True,
)


def fields(element: etree._Element | None) -> dict[str, str]:
    """Texts of an element's children by tag, without the empty ones."""
    children = () if element is None else element
    return {child.tag: text for child in children if (text := text_of(child))}


def text_of(element: etree._Element | None) -> str | None:
    """All text inside an element on one line, or None if there is none."""
    if element is None:
        return None
    text = "".join(map(str, element.itertext())) if len(element) else element.text or ""
    # Most are a number or a code.
    return text if text.isalnum() else " ".join(text.split()) or None


def country(code: str | None) -> str | None:
    """ISO alpha-2 code; None for what is none."""
    if code in _COUNTRIES:  # as nearly all are
        return code
    code = (code or "").strip().upper()
    return code if code in _COUNTRIES else None


def iso_date(text: str | None) -> str | None:
    """ISO date of `20130228`; None for a month (`19941000`) and for what is no date."""
    text = (text or "").strip()
    return _iso_date(text) if len(text) <= _LONGEST_DATE else None


def given_day(text: str | None) -> str | None:
    """ISO date, or the text if it is none, which the loader counts as unread; None for zeros alone."""
    text = (text or "").strip()
    return iso_date(text) or (text if text.strip("0-/. ") else None)


# A file has few dates and repeats them; a month costs an exception.
@lru_cache(maxsize=2**14)
def _iso_date(text: str) -> str | None:
    try:
        day = date.fromisoformat(text)
        return None if day == date.max else day.isoformat()
    except ValueError:
        return None
