"""On which line of a TOML file each of its values stands, which `tomllib` does not tell."""

import re
import tomllib
from collections.abc import Iterator
from typing import NamedTuple

Place = tuple[str | int, ...]

_TOKEN = re.compile(
    r"""
    (?P<skip> [ \t\r]+ | \#[^\n]* )
    | (?P<string> \"{3}(?:\\.|[^\\])*?\"{3,5} | '{3}.*?'{3,5} | "(?:\\.|[^"\\])*" | '[^']*' )
    | (?P<sign> [][{}=,.\n] )
    | (?P<bare> [^][{}=,.\s\#"']+ )
    """,
    re.DOTALL | re.VERBOSE,
)


class _Token(NamedTuple):
    text: str
    line: int


def lines(text: str) -> dict[Place, int]:
    r"""Find the line of every key, table and item of an array.

    Parameters
    ----------
    text
        A TOML file that `tomllib` can read.

    Returns
    -------
    dict of tuple to int
        Lines, counted from 1, by the keys and indexes that lead to the value. Of a table that has
        several headers it is the first.

    Examples
    --------
    >>> lines("a = 1\n[[b]]\nc = [\n  2.5,\n]")
    {('a',): 1, ('b',): 2, ('b', 0): 2, ('b', 0, 'c'): 3, ('b', 0, 'c', 0): 4}
    """
    return _Scan(text).found


class _Scan:
    """One way through the tokens of a file; what tomllib has accepted needs no second check."""

    def __init__(self, text: str) -> None:
        self.found: dict[Place, int] = {}
        self._tables: dict[Place, int] = {}  # how many tables an array of tables has
        self._tokens = list(_tokens(text))
        self._next = 0
        table: Place = ()
        while self._skip_newlines():
            if self._peek() == "[":
                table = self._header()
            else:
                self._pair(table)

    def _peek(self) -> str:
        return self._tokens[self._next].text if self._next < len(self._tokens) else ""

    def _take(self) -> _Token:
        self._next += 1
        return self._tokens[self._next - 1]

    def _skip_newlines(self) -> bool:
        while self._peek() == "\n":
            self._next += 1
        return self._next < len(self._tokens)

    def _header(self) -> Place:
        """Read [a.b] or [[a.b]]; give the place of the table that it opens."""
        is_array = [self._take().text, self._peek()] == ["[", "["]
        if is_array:
            self._take()
        *parents, (last, line) = self._keys("]")
        if is_array:
            self._take()
        place: Place = ()
        for key, at in parents:
            place = self._note((*place, key), at)
            place = self._last(place)
        place = self._note((*place, last), line)
        if not is_array:
            return place
        self._tables[place] = self._tables.get(place, 0) + 1
        return self._note(self._last(place), line)

    def _last(self, place: Place) -> Place:
        """Follow an array of tables to its last, as headers below it mean it."""
        return (*place, self._tables[place] - 1) if place in self._tables else place

    def _keys(self, end: str) -> list[tuple[str, int]]:
        """Read a dotted key and the sign behind it."""
        keys = []
        while True:
            token = self._take()
            is_quoted = token.text[0] in "\"'"
            key = tomllib.loads(f"key = {token.text}")["key"] if is_quoted else token.text
            keys.append((key, token.line))
            if self._take().text == end:
                return keys

    def _pair(self, place: Place) -> None:
        for key, line in self._keys("="):
            place = self._note((*place, key), line)
        self._value(place)

    def _value(self, place: Place) -> None:
        first = self._take().text
        if first == "[":
            index = 0
            while self._skip_newlines() and self._peek() != "]":
                item = self._note((*place, index), self._tokens[self._next].line)
                self._value(item)
                self._skip_newlines()
                if self._peek() == ",":
                    self._take()
                index += 1
            self._take()
        elif first == "{":
            while self._skip_newlines() and self._peek() != "}":
                if self._peek() == ",":
                    self._take()
                else:
                    self._pair(place)
            self._take()
        elif first[0] not in "\"'":
            while self._peek() not in ("", "\n", ",", "]", "}"):  # 1.5, or a date and a time
                self._take()

    def _note(self, place: Place, line: int) -> Place:
        self.found.setdefault(place, line)
        return place


def _tokens(text: str) -> Iterator[_Token]:
    line = 1
    for token in _TOKEN.finditer(text):
        if token.lastgroup != "skip":
            yield _Token(token[0], line)
        line += token[0].count("\n")
