"""What figures are drawn with: scales, marks and the elements of SVG."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypedDict

import polars as pl

from corepath.report.text import escape

WIDE, NARROW = 640, 350  # of a drawing, in pixels: one for screens and paper, one for phones
SHAPES = ("circle", "square", "triangle", "diamond", "nabla", "cross", "pentagon", "bar")
COLOURS = 8  # classes c0 to c7 in figures.css
FEW = 30  # key core families below which lags, paths and ratios are not told
MOST_COUNTRIES = 12  # that a figure draws with a mark of their own


Drift = Sequence[
    Mapping[str, Any]
]  # what changed since the release before: what, name, column, before, after


@dataclass(frozen=True)
class Scale:
    """From values to pixels, linear or logarithmic; what lies outside is drawn at the edge.

    Examples
    --------
    >>> Scale(1, 100, 0, 200, log=True)(10)
    100.0
    """

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, value: float) -> float:
        """Give the pixel of a value."""
        low, high = self.low, self.high
        if self.log:
            low, high, value = (math.log(v) for v in (low, high, max(value, 1e-12)))
        share = (value - low) / (high - low) if high > low else 0.5
        return self.start + min(1.0, max(0.0, share)) * (self.end - self.start)

    def holds(self, value: float) -> bool:
        """Whether a value lies within the scale."""
        return self.low <= value <= self.high

    def ticks(self, most: int = 6) -> list[float]:
        """Choose round values along the scale, no more than so many.

        Examples
        --------
        >>> Scale(0, 0.17, 0, 100).ticks()
        [0.0, 0.05, 0.1, 0.15]
        >>> Scale(40, 30000, 0, 100, log=True).ticks(4)
        [100.0, 1000.0, 10000.0]
        """
        if self.log:
            for steps in ((1, 2, 5), (1, 3), (1,)):
                found = [
                    step * 10.0**power
                    for power in range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
                    for step in steps
                    if self.holds(step * 10.0**power)
                ]
                if len(found) <= most:
                    return found
            return found[:: -(-len(found) // most)]
        if not self.high > self.low:
            return [self.low]
        step = 10.0 ** math.floor(math.log10((self.high - self.low) / most))
        step *= next(by for by in (1, 2, 5, 10) if (self.high - self.low) / (step * by) <= most)
        first = math.ceil(self.low / step - 1e-9)
        return [round(i * step, 12) for i in range(first, math.floor(self.high / step + 1e-9) + 1)]


@dataclass(frozen=True)
class Place:
    """A country as figures show it; those that are compared have a mark of their own."""

    code: str
    name: str
    index: int | None = None

    @property
    def said(self) -> str:
        """Its name as a sentence has it.

        Examples
        --------
        >>> Place("US", "United States").said, Place("JP", "Japan").said
        ('the United States', 'Japan')
        """
        first, last = self.name.split(" ")[0], self.name.split(" ")[-1]
        has_article = first in ("United", "Netherlands", "Philippines") or last in ("Islands", "Republic")
        return f"the {self.name}" if has_article else self.name

    @property
    def css(self) -> str:
        """The class of its colour."""
        return "other" if self.index is None else f"c{self.index % COLOURS}"

    @property
    def shape(self) -> str:
        """Its shape: with more countries than colours, colour and shape together differ."""
        return SHAPES[0 if self.index is None else (self.index + self.index // COLOURS) % len(SHAPES)]


@dataclass(frozen=True)
class Places:
    """The countries of a release; the order of those compared decides marks and rows."""

    compared: tuple[Place, ...]
    names: dict[str, str] = field(default_factory=dict)
    left_out: int = 0  # compared countries beyond those that can have a mark

    @classmethod
    def of(cls, compared: Sequence[str], names: dict[str, str]) -> "Places":
        """Give the first countries their marks."""
        drawn = [Place(code, names.get(code, code), i) for i, code in enumerate(compared[:MOST_COUNTRIES])]
        return cls(tuple(drawn), names, max(0, len(compared) - MOST_COUNTRIES))

    def __getitem__(self, code: str) -> Place:
        found = next((place for place in self.compared if place.code == code), None)
        return found or Place(code, self.names.get(code, code))

    def __contains__(self, code: object) -> bool:
        return any(place.code == code for place in self.compared)

    @property
    def codes(self) -> list[str]:
        """Codes of the countries drawn, in order."""
        return [place.code for place in self.compared]

    @property
    def limits(self) -> str:
        """What a note says where not all compared countries are drawn."""
        return f" {self.left_out} more compared countries are in the mart." if self.left_out else ""


@dataclass(frozen=True)
class Drawing:
    """The inside of an SVG picture and its size in pixels."""

    width: float
    height: float
    body: str


class Pictures(TypedDict):
    """The same picture for screens and for phones."""

    wide: Drawing
    narrow: Drawing


@dataclass(frozen=True)
class Figure:
    """A question, what answers it, and what the answer rests on.

    `wide` and `narrow` are the same picture for screens and phones; without them the answer says why
    there is nothing to draw. `description` is for those who cannot see it.
    """

    question: str
    answer: str
    note: str
    table: pl.DataFrame
    wide: Drawing | None = None
    narrow: Drawing | None = None
    description: str = ""
    extra: str = ""  # HTML below the picture, escaped by who made it
    is_full: bool = False  # takes the whole width of a page


def both(draw: Callable[[float], Drawing]) -> Pictures:
    """Draw for screens and for phones."""
    return Pictures(wide=draw(WIDE), narrow=draw(NARROW))


def svg(drawing: Drawing, title: str, description: str, name: str, css: str = "", style: str = "") -> str:
    """Write a picture that can stand in a page, or in a file of its own if the style comes with it."""
    space = ' xmlns="http://www.w3.org/2000/svg"' if style else ""
    inner = f"<style>{style}</style>" if style else ""
    background = '<rect class="paper" width="100%" height="100%"/>' if style else ""
    return (
        f'<svg{space} class="{css}" viewBox="0 0 {_px(drawing.width)} {_px(drawing.height)}" '
        f'width="{_px(drawing.width)}" height="{_px(drawing.height)}" role="img" '
        f'aria-labelledby="{name}-t {name}-d"><title id="{name}-t">{escape(title)}</title>'
        f'<desc id="{name}-d">{escape(description)}</desc>{inner}{background}{drawing.body}</svg>'
    )


def _px(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def text(x: float, y: float, value: object, css: str = "ax", anchor: str = "start") -> str:
    """Write text at a place."""
    return f'<text x="{_px(x)}" y="{_px(y)}" class="{css}" text-anchor="{anchor}">{escape(value)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, css: str = "grid", width: float | None = None) -> str:
    """Draw a line."""
    stroke = f' stroke-width="{width:.1f}"' if width else ""
    return f'<line x1="{_px(x1)}" y1="{_px(y1)}" x2="{_px(x2)}" y2="{_px(y2)}" class="{css}"{stroke}/>'


def path(points: Iterable[tuple[float, float]], css: str, closed: bool = False) -> str:
    """Draw a line through points, or the area that they enclose."""
    way = "L".join(f"{_px(x)},{_px(y)}" for x, y in points)
    return f'<path d="M{way}{"z" if closed else ""}" class="{css}"/>'


def rect(x: float, y: float, width: float, height: float, css: str, title: str = "") -> str:
    """Draw a rectangle; a title shows where a mouse rests on it."""
    size = f'x="{_px(x)}" y="{_px(y)}" width="{_px(max(width, 0))}" height="{_px(max(height, 0))}"'
    return f'<rect {size} class="{css}">{titled(title)}</rect>' if title else f'<rect {size} class="{css}"/>'


def circle(x: float, y: float, radius: float, css: str, title: str = "") -> str:
    """Draw a circle."""
    size = f'cx="{_px(x)}" cy="{_px(y)}" r="{_px(radius)}"'
    return (
        f'<circle {size} class="{css}">{titled(title)}</circle>'
        if title
        else f'<circle {size} class="{css}"/>'
    )


def moved(x: float, y: float, body: str) -> str:
    """Put elements elsewhere."""
    return f'<g transform="translate({_px(x)} {_px(y)})">{body}</g>'


def titled(title: str) -> str:
    """Say what an element is where a mouse rests on it."""
    return f"<title>{escape(title)}</title>"


_CORNERS: dict[str, Sequence[tuple[float, float]]] = {
    "square": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
    "triangle": ((0, -1.2), (1.15, 0.85), (-1.15, 0.85)),
    "diamond": ((0, -1.35), (1.2, 0), (0, 1.35), (-1.2, 0)),
    "nabla": ((0, 1.2), (-1.15, -0.85), (1.15, -0.85)),
    "cross": ((-1.2, -0.4), (-0.4, -0.4), (-0.4, -1.2), (0.4, -1.2), (0.4, -0.4), (1.2, -0.4),
              (1.2, 0.4), (0.4, 0.4), (0.4, 1.2), (-0.4, 1.2), (-0.4, 0.4), (-1.2, 0.4)),
    "pentagon": ((0, -1.2), (1.15, -0.35), (0.7, 1), (-0.7, 1), (-1.15, -0.35)),
    "bar": ((-0.5, -1.3), (0.5, -1.3), (0.5, 1.3), (-0.5, 1.3)),
}  # fmt: skip


def mark(place: Place, x: float, y: float, radius: float = 5, hollow: bool = False, title: str = "") -> str:
    """Draw a country's mark, in its shape and colour; hollow where nothing sure can be said."""
    css = f"m {place.css}{' hollow' if hollow else ''}"
    corners = _CORNERS.get(place.shape)
    if corners is None:
        return circle(x, y, radius, css, title)
    way = "L".join(f"{_px(x + dx * radius)},{_px(y + dy * radius)}" for dx, dy in corners)
    inner = titled(title) if title else ""
    return f'<path d="M{way}z" class="{css}">{inner}</path>'


def interval(scale: Scale, low: float, high: float, y: float, css: str) -> str:
    """Draw how sure a value on a horizontal scale is; an arrow where that goes beyond the scale."""
    drawn = line(scale(low), y, max(scale(high), scale(low) + 1), y, f"ci {css}")
    if low < scale.low:
        drawn += text(scale.start - 1, y + 4, "◂", "ax", "end")
    if high > scale.high:
        drawn += text(scale.end + 1, y + 4, "▸", "ax")
    return drawn


def columns(scale: Scale, top: float, bottom: float, label: Callable[[float], str], most: int = 6) -> str:
    """Draw the grid of a horizontal scale, with its values below."""
    return "".join(
        line(scale(v), top, scale(v), bottom) + text(scale(v), bottom + 15, label(v), "ax", "middle")
        for v in scale.ticks(most)
    )


def legend_mark(place: Place) -> str:
    """A country's mark as a picture of its own, for legends and tables."""
    return (
        '<svg class="key" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">'
        f"{mark(place, 8, 8, 5)}</svg>"
    )


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move labels apart along an axis so that none covers another, each as little as that needs.

    Parameters
    ----------
    wanted
        Where the labels belong, in pixels, in any order.
    gap
        Least distance of two.
    low, high
        Where they may be.

    Returns
    -------
    list of float
        Where to put them, in the order given.

    Examples
    --------
    >>> spread([10, 12, 50], 10, 0, 100)
    [10.0, 20.0, 50.0]
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    placed = [0.0] * len(wanted)
    at = low - gap
    for i in order:
        at = placed[i] = max(float(wanted[i]), at + gap)
    at = high + gap
    for i in reversed(order):
        at = placed[i] = min(placed[i], at - gap)
    return placed
