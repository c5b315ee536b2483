"""Across categories, against chance?"""

from typing import Any

import polars as pl

from corepath.report.drawing import (
    FEW,
    Drawing,
    Figure,
    Place,
    Places,
    Scale,
    both,
    interval,
    line,
    mark,
    text,
)
from corepath.report.text import fit, listed, number

WORLD = Place("WORLD", "World")


def lift(networks: pl.DataFrame, places: Places) -> Figure:
    """Draw how much more than by chance technologies of different IPC sections meet.

    Parameters
    ----------
    networks
        A row a network of key core families: network (WORLD or a country), lift with its 95 %
        interval lift_lower and lift_upper, families, cross_section_share.
    places
        The countries of the release.

    Returns
    -------
    Figure
        A forest plot around 1, which is chance, on a logarithmic scale.
    """
    question = "Do technologies meet across categories more than chance gives?"
    order = ["WORLD", *places.codes]
    rows = [
        r
        for r in networks.rows(named=True)
        if r["network"] in order and r["lift"] is not None and r["lift"] > 0
    ]
    rows.sort(key=lambda r: order.index(r["network"]))
    if not rows:
        answer = (
            "Too few key core families have two technologies or more: nothing can be held against chance."
        )
        return Figure(question, answer, "", networks)
    return Figure(
        question,
        _answer(rows, places),
        "1: families dealt their technologies by chance. Bars: 95 % of such draws; log scale. Hollow: 1 "
        "lies within, or fewer than 30 families. The measure does not depend on size, so that countries "
        "may be compared. Categories are the eight sections of the "
        "IPC, such as G, physics, and H, electricity." + places.limits,
        pl.DataFrame(rows, schema=networks.schema),
        **both(lambda width: _draw(width, rows, places)),
        description="; ".join(_described(r, places) for r in rows),
    )


def _place(code: str, places: Places) -> Place:
    return WORLD if code == "WORLD" else places[code]


def _described(row: dict[str, Any], places: Places) -> str:
    return (
        f"{_place(row['network'], places).name}: {number(row['lift'], 2)} times chance "
        f"({number(row['lift_lower'], 2)} to {number(row['lift_upper'], 2)})"
    )


def _standing(row: dict[str, Any]) -> str:
    if row["families"] < FEW:
        return "few"
    return "more" if row["lift_lower"] > 1 else "less" if row["lift_upper"] < 1 else "level"


def _answer(rows: list[dict[str, Any]], places: Places) -> str:
    found: dict[str, list[str]] = {"more": [], "less": [], "level": [], "few": []}
    for r in rows:
        if r["network"] != "WORLD":
            found[_standing(r)].append(f"{places[r['network']].said} (× {number(r['lift'], 2)})")
    parts = [
        f"{lead} {listed(found[kind])}"
        for kind, lead in (
            ("more", "more than chance in"),
            ("less", "less than chance in"),
            ("level", "not surely either in"),
            ("few", "too few key core families in"),
        )
        if found[kind]
    ]
    world = next((r for r in rows if r["network"] == "WORLD"), None)
    told = ""
    if world:
        word = {
            "more": "more often than",
            "less": "less often than",
            "level": "about as often as",
            "few": "by all that few can tell as often as",
        }[_standing(world)]
        told = (
            f"In the world's key core families, technologies meet across categories {word} chance gives (× "
            f"{number(world['lift'], 2)}). "
        )
    return told + (f"By country: {'; '.join(parts)}." if parts else "No country has enough of them to tell.")


def _draw(width: float, rows: list[dict[str, Any]], places: Places) -> Drawing:
    is_wide = width > 400
    left, right, top, bottom, row = (
        (128.0, 138.0, 32.0, 30.0, 28.0) if is_wide else (58.0, 66.0, 30.0, 30.0, 28.0)
    )
    height = top + row * len(rows) + bottom
    low = max(0.2, min(0.75, *(r["lift_lower"] for r in rows)) / 1.08)
    high = min(5.0, max(1.35, *(r["lift_upper"] for r in rows)) * 1.08)
    x = Scale(low, high, left, width - right, log=True)
    drawn = text(x.start, 14, "◂ within") + text(x.end, 14, "across ▸", "ax", "end")
    for v in (0.2, 0.3, 0.5, 0.7, 1, 1.4, 2, 3, 5):
        if x.holds(v):
            drawn += line(x(v), top - 8, x(v), height - bottom, "ref0" if v == 1 else "grid")
            drawn += text(x(v), height - bottom + 15, f"{v:g}", "ax", "middle")
    for i, r in enumerate(rows):
        y, place = top + row * (i + 0.5), _place(r["network"], places)
        drawn += text(
            left - 10,
            y + 4,
            fit(place.name, left - 12) if is_wide else place.code.title() if place is WORLD else place.code,
            "lab",
            "end",
        )
        drawn += interval(
            x, r["lift_lower"], r["lift_upper"], y, "thick " + ("ink" if place is WORLD else f"s{place.css}")
        )
        drawn += mark(place, x(r["lift"]), y, 5, _standing(r) in ("level", "few"), _described(r, places))
        told = f"× {number(r['lift'], 2)}"
        drawn += text(
            x.end + 14,
            y + 4,
            f"{told} ({number(r['lift_lower'], 2)}–{number(r['lift_upper'], 2)})" if is_wide else told,
        )
    return Drawing(width, height, drawn)
