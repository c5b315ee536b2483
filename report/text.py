"""Text of the data as text of a page, and numbers as a reader expects them: the one place to escape."""

import html
import re
import unicodedata
from collections.abc import Iterable

import polars as pl

# Signs that XML does not allow, and those that turn the direction of the text around them.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")


def escape(value: object) -> str:
    """Write a value so that it is text in HTML and SVG, in elements and in quoted attributes.

    Examples
    --------
    >>> escape('<b onload="x">')
    '&lt;b onload=&quot;x&quot;&gt;'
    """
    return html.escape(_UNFIT.sub("\N{REPLACEMENT CHARACTER}", str(value)), quote=True)


def json_safe(text: str) -> str:
    """Write JSON so that it can stand in a script element: none of its signs can end that.

    Examples
    --------
    >>> json_safe('"</script>"')
    '"\\\\u003c/script\\\\u003e"'
    """
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def width_of(text: str) -> float:
    """Estimate how wide a text is, in units of its font's size.

    Examples
    --------
    >>> width_of("AI"), width_of("人工")
    (1.2, 2.1)
    """
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in text)
    return round(0.6 * (len(text) - wide) + 1.05 * wide, 2)


def fit(text: str, width: float, size: float = 12) -> str:
    """Cut a text so that it takes no more than a width, with an ellipsis where something is gone.

    Parameters
    ----------
    text
        Any text.
    width
        In pixels.
    size
        Of the font, in pixels.

    Examples
    --------
    >>> fit("Broadcast communication", 80)
    'Broadcast…'
    """
    text = " ".join(text.split())
    if width_of(text) * size <= width:
        return text
    while text and width_of(text + "…") * size > width:
        text = text[:-1]
    return text.rstrip() + "…"


def number(value: float | None, digits: int = 0) -> str:
    """Write a number with its thousands apart; a dash where there is none.

    Examples
    --------
    >>> number(12345.6), number(0.345, 2), number(None)
    ('12,346', '0.34', '–')
    """
    return "–" if value is None else f"{value:,.{digits}f}".replace("-", "−")


def percent(value: float | None) -> str:
    """Write a share in percent, with a digit more where it is small.

    Examples
    --------
    >>> [percent(share).replace("\\xa0", "_") for share in (0.434, 0.0061, 0.02, 0)]
    ['43_%', '0.6_%', '2_%', '0_%']
    """
    if value is None:
        return "–"
    return f"{100 * value:.{0 if value >= 0.0995 else 1}f}".removesuffix(".0") + "\N{NO-BREAK SPACE}%"


def listed(parts: Iterable[str], word: str = "and") -> str:
    """Join words as a sentence does.

    Examples
    --------
    >>> listed(["Japan", "China", "France"])
    'Japan, China and France'
    """
    *first, last = list(parts) or [""]
    return f"{', '.join(first)} {word} {last}" if first else last


def capped(parts: list[str], most: int) -> str:
    """Join words, and say how many are left out of a long list.

    Examples
    --------
    >>> capped(["a", "b", "c", "d"], 2)
    'a, b and 2 more'
    """
    return listed(parts) if len(parts) <= most else listed([*parts[:most], f"{len(parts) - most} more"])


def counted(count: float, one: str, many: str | None = None) -> str:
    """Write a number with its noun.

    Examples
    --------
    >>> counted(1, "family", "families"), counted(3, "pair")
    ('1 family', '3 pairs')
    """
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def sentence(text: str) -> str:
    """Begin a sentence with a capital, whatever it begins with."""
    return text[:1].upper() + text[1:]


def plain(name: str) -> str:
    """Write a name of the data, such as artificial_intelligence, in words."""
    return name.replace("_", " ")


def as_csv(frame: pl.DataFrame) -> str:
    """Write a frame as CSV, so that a spreadsheet takes no text of the data for a formula.

    Examples
    --------
    >>> print(as_csv(pl.DataFrame({"name": ["=1+1", "a, b"], "n": [-1, None]})), end="")
    name,n
    "'=1+1",-1
    "a, b",
    """
    lines = [",".join(frame.columns)]
    lines += [",".join(_csv_cell(value) for value in row) for row in frame.iter_rows()]
    return "\n".join(lines) + "\n"


def _csv_cell(value: object) -> str:
    if not isinstance(value, str):
        return "" if value is None else str(value)
    guarded = f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t") else value
    return '"' + guarded.replace('"', '""') + '"'
