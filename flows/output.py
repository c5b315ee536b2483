"""What commands print: fitted to a terminal, a line a row in a pipe, JSON for programs."""

import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, is_dataclass
from typing import Any

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

# In a pipe a row is a line, however long: who reads it there has grep, cut and less -S.
console = Console(width=None if sys.stdout.isatty() else 10_000)
errors = Console(stderr=True)

_NUMBER = re.compile(r"[-+]?[\d.,]+(e[-+]?\d+)?( ?%)?( \([\d.,-]+\))?")
_TALL = 4  # lines of a row; where cells would need more, a row is written as a paragraph
_APART = "  "  # between columns


def say(text: str) -> None:
    """Print a line as it is, but for signs that would speak to the terminal."""
    console.print(printable(text), markup=False, highlight=False, soft_wrap=True)


def printable(text: str) -> str:
    """Take out what would speak to a terminal."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)


def show_json(value: object) -> None:
    """Print a value as JSON, for programs.

    Examples
    --------
    >>> show_json([{"share": float("nan")}])
    [
      {
        "share": null
      }
    ]
    """
    text = json.dumps(_plain(value), indent=2, ensure_ascii=False, allow_nan=False)
    print(text)


def _plain(value: Any) -> Any:
    """Turn what JSON does not have into what it has; what is no number is null."""
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in value]
    if isinstance(value, float):
        return value if abs(value) < float("inf") else None
    return value if value is None or isinstance(value, str | int | bool) else str(value)


def show_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows, fitted to the terminal; in a pipe a line each."""
    cells = [[_cell(value) for value in row] for row in rows]
    for line in fitted_table(columns, cells, console.width if console.is_terminal else None):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _cell(value: object) -> str:
    """Write a value as a cell; a float with six digits."""
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else printable(str(value))


def show_markdown(markdown: str) -> None:
    """Print Markdown: as it is in a pipe, fitted to a terminal."""
    if not console.is_terminal:
        print(markdown)
        return
    for line, style in fitted(markdown, console.width):
        console.print(Text(line, style=style), markup=False, highlight=False, soft_wrap=True)


def stop_writing() -> None:
    """Let nothing more be written: who read what was printed has read enough."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def fitted(markdown: str, width: int) -> Iterator[tuple[str, str]]:
    r"""Write Markdown of ours as lines of text that fit a terminal.

    Parameters
    ----------
    markdown
        Headings, paragraphs, lists and tables, as `warehouse.markdown` writes them.
    width
        In columns of a terminal.

    Yields
    ------
    str, str
        A line and its style: bold of a heading.

    Examples
    --------
    >>> for line in fitted("# A\n\nb\\|c d\n\n| n | name |\n| --- | --- |\n| 1 | x |", 9): print(line)
    ('A', 'bold')
    ('', '')
    ('b|c d', '')
    ('', '')
    ('n  name', '')
    ('-  ----', '')
    ('1  x', '')
    """
    for number, block in enumerate(re.split(r"\n\n+", markdown.strip())):
        style = "bold" if block.startswith("#") else ""
        if number:
            yield "", ""
        yield from ((line, style) for line in _fitted_block(block.lstrip("# "), width))


def _fitted_block(block: str, width: int) -> list[str]:
    lines = block.splitlines()
    if block.startswith("| "):
        columns, _, *rows = [[_unescaped(cell) for cell in _cells(line)] for line in lines]
        return list(fitted_table(columns, rows, width))
    return [
        part
        for line in lines
        for part in wrapped(_unescaped(line).replace("`", ""), width, "  " if line.startswith("- ") else "")
    ]


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def _unescaped(text: str) -> str:
    return printable(re.sub(r"\\([\\|<\[`*~@&#:.])", r"\1", text))


def fitted_table(columns: Sequence[str], rows: Sequence[Sequence[str]], width: int | None) -> Iterator[str]:
    """Write a table as lines of text, in the first way of three that fits.

    Its columns side by side; or with cells of several lines; or each row as a paragraph, in which its
    values stand behind the names of their columns.

    Parameters
    ----------
    columns
        Their names.
    rows
        A text a cell.
    width
        In columns of a terminal; None for as much as it needs.

    Examples
    --------
    >>> for width in (None, 9): print(*fitted_table(["n", "name"], [["1", "one or two"]], width), sep="/")
    n  name/-  ----------/1  one or two
    n  name/-  ------/1  one or/   two
    """
    numeric = [
        all(_NUMBER.fullmatch(row[i]) or not row[i] for row in rows) and bool(rows)
        for i in range(len(columns))
    ]
    natural = [max(cell_len(cell) for cell in column) for column in zip(columns, *rows, strict=True)]
    widths = natural
    if width is not None:
        widths = _narrowed(natural, _least(columns, rows), width)
        if not widths or any(
            len(wrapped(cell, w)) > _TALL for row in rows for cell, w in zip(row, widths, strict=True)
        ):
            yield from _paragraphs(columns, rows, width)
            return
    for number, row in enumerate([columns, ["-" * w for w in widths], *rows]):
        cells = [wrapped(cell, w) for cell, w in zip(row, widths, strict=True)]
        for i in range(max(len(cell) for cell in cells)):
            parts = [
                _placed(cell[i] if i < len(cell) else "", w, right and number != 1)
                for cell, w, right in zip(cells, widths, numeric, strict=True)
            ]
            yield _APART.join(parts).rstrip()


def _least(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """Find the widest word of each column: below that, cells are cut."""
    return [
        max((cell_len(word) for cell in column for word in cell.split()), default=1)
        for column in zip(columns, *rows, strict=True)
    ]


def _narrowed(natural: list[int], least: list[int], width: int) -> list[int]:
    """Narrow the widest columns until a table fits; give nothing if words would have to be cut."""
    widths, room = list(natural), width - len(_APART) * (len(natural) - 1)
    while sum(widths) > room:
        give = [i for i, w in enumerate(widths) if w > least[i]]
        if not give:
            return []
        widest = max(give, key=lambda i: widths[i])
        widths[widest] -= 1
    return widths


def _paragraphs(columns: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    """Write each row as a paragraph: what it is of, then the other values with their columns' names."""
    named = 2 if columns[0] == "#" and len(columns) > 1 else 1
    for row in rows:
        yield from wrapped(_APART.join(row[:named]), width)
        others = [f"{name}: {value}" for name, value in zip(columns, row, strict=True) if value]
        told = others[sum(bool(value) for value in row[:named]) :]
        yield from ("  " + line for line in wrapped("; ".join(told), width - 2) if line)


def wrapped(text: str, width: int, indent: str = "") -> list[str]:
    """Break a text into lines at its spaces; a word that is too long is cut.

    Examples
    --------
    >>> wrapped("- one two", 7, "  "), wrapped("半導体", 4), wrapped("", 4)
    (['- one', '  two'], ['半導', '体'], [''])
    """
    lines, line = [], ""
    for word in text.split():
        longer = f"{line} {word}" if line.strip() else line + word
        if cell_len(longer) > width and line.strip():
            lines.append(line)
            longer = indent + word
        while cell_len(longer) > width:
            piece = set_cell_size(longer, width).rstrip()
            lines.append(piece)
            longer = indent + longer[len(piece) or 1 :]
        line = longer
    return [*lines, line]


def _placed(text: str, width: int, right: bool) -> str:
    gap = " " * max(0, width - cell_len(text))
    return gap + text if right else text + gap
