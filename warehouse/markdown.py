"""Tables in Markdown, in which text of the data is text and nothing else."""

import re
from collections.abc import Iterable, Sequence


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    r"""Write rows as a Markdown table; nothing if there are none.

    Examples
    --------
    >>> print(table(["a", "b"], [[1, "x|y"]]))
    | a | b |
    | --- | --- |
    | 1 | x\|y |
    """
    lines = [[_cell(value) for value in row] for row in rows]
    if not lines:
        return ""
    return "\n".join(f"| {' | '.join(line)} |" for line in [columns, ["---"] * len(columns), *lines])


# Of links, images, tags, cells, emphasis, entities, headings, and of what becomes a link by itself.
_SIGNS = re.compile(r"[\\|<\[`*~@]|&(?=#?\w+;)|^#|:(?=//)|(?<=www)\.", re.IGNORECASE)


def escaped(text: str) -> str:
    """Take their meaning from the signs by which a name could become more than its text.

    Examples
    --------
    >>> print(escaped("[x](http://a.org) *b*"), escaped("# <img> a@b.org"))
    \\[x](http\\://a.org) \\*b\\* \\# \\<img> a\\@b.org
    """
    return _SIGNS.sub(r"\\\g<0>", " ".join(text.split()))


def _cell(value: object) -> str:
    return "" if value is None else escaped(str(value))
