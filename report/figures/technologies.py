"""Which technologies are key core, and who holds them?"""

from typing import Any

import polars as pl

from corepath.report.drawing import (
    Drawing,
    Drift,
    Figure,
    Places,
    Scale,
    both,
    circle,
    columns,
    line,
    mark,
    text,
)
from corepath.report.text import counted, fit, listed, number, percent

MOST = 15


def technologies(technology: pl.DataFrame, holders: pl.DataFrame, places: Places, drift: Drift) -> Figure:
    """Draw the core rate of the first subclasses, and the compared countries' families in them.

    Parameters
    ----------
    technology
        A row a subclass, in order of rank: technology, title, families, core_families, ratio (its
        core families over those expected) with the lower bound ratio_lower, is_core_technology, is_robust
        (whether it passes without any one indicator or group), largest_group, largest_group_share.
    holders
        A row a technology and compared country: technology, country, families (key core ones).
    places
        The countries of the release.
    drift
        What is not what it was in the release before.

    Returns
    -------
    Figure
        Dots with bars down to the lower bound; at the right a mark a country.
    """
    question = "Which technologies are key core, and who holds them?"
    rows = technology.rows(named=True)
    if not rows:
        return Figure(question, "No technology has a key core family.", "", technology)
    passed = [r for r in rows if r["is_core_technology"]]
    shown = (passed or rows)[:MOST]
    held: dict[str, dict[str, float]] = {}
    for r in holders.rows(named=True):
        if r["country"] in places:
            held.setdefault(r["technology"], {})[r["country"]] = r["families"]
    new = {d["name"] for d in drift if d["what"] == "technologies" and d["after"]}
    left = max(0, len(passed or rows) - MOST)
    return Figure(
        question,
        _answer(rows, passed, held, places),
        "Left: a technology's key core families over those that families of as many technologies let "
        "expect. The bar reaches down to the value that it exceeds with 95 %; hollow: does not pass the "
        "test. Right: key core families of the compared countries, square-root scale."
        + (f" {counted(left, 'more subclass', 'more subclasses')} in the mart." if left else "")
        + (" New: not key core in the release before." if new else "")
        + places.limits,
        pl.DataFrame(rows[:200], schema=technology.schema),
        **both(lambda width: _draw(width, shown, held, places, new)),
        description="; ".join(
            f"{r['technology']} {r['title'] or ''}: {number(r['ratio'], 2)} times what is expected, at "
            f"least {number(r['ratio_lower'], 2)}"
            for r in shown
        ),
    )


def _answer(
    rows: list[dict[str, Any]], passed: list[dict[str, Any]], held: dict[str, Any], places: Places
) -> str:
    if not passed:
        return (
            f"None of {counted(len(rows), 'subclass', 'subclasses')} passes the test: key core families "
            "are spread over technologies as chance would spread them. Those that come closest are drawn "
            "hollow; do not read a ranking into them."
        )
    first = passed[0]
    pass_ = "passes" if len(passed) == 1 else "pass"
    told = (
        f"{number(len(passed))} of {counted(len(rows), 'subclass', 'subclasses')} {pass_} the test. First is "
        f"{first['technology']}, {fit((first['title'] or 'without a title').split(';')[0], 420)}: key core "
        f"families are {number(first['ratio'], 1)} times as frequent as expected, at least "
        f"{number(first['ratio_lower'], 1)} times."
    )
    fragile = [r["technology"] for r in passed if r["is_robust"] is False]
    if fragile:
        told += (
            f" Without one indicator or one corporate group, {number(len(fragile))} of them would not pass."
        )
    leads: dict[str, int] = {}
    for r in passed:
        own = {c: n for c, n in held.get(r["technology"], {}).items() if n > 0}
        if own:
            leader = max(own, key=lambda c: own[c])
            leads[leader] = leads.get(leader, 0) + 1
    if leads:
        order = sorted(leads, key=lambda c: -leads[c])
        told += (
            " Most key core families of those compared: "
            + listed(f"{places[c].said} in {leads[c]}" for c in order)
            + "."
        )
    return told


def _draw(
    width: float, rows: list[dict[str, Any]], held: dict[str, Any], places: Places, new: set[str]
) -> Drawing:
    is_wide = width > 400
    row, top, bottom = (24.0, 44.0, 30.0) if is_wide else (40.0, 44.0, 30.0)
    height = top + row * len(rows) + bottom
    left = 250.0 if is_wide else 8.0
    most = max((n for r in rows for n in held.get(r["technology"], {}).values()), default=0)
    middle = left + (width - left) * (0.46 if most else 0.95)
    lowest = min(1.0, *(r["ratio_lower"] for r in rows))
    x = Scale(max(0, lowest - 0.1), max(1.2, *(r["ratio"] for r in rows)) * 1.05, left, middle - 16)
    drawn = text(left, 14, "core rate over expected") + columns(
        x, top - 10, height - bottom, lambda v: f"{v:g}", 5 if is_wide else 4
    )
    drawn += line(x(1), top - 14, x(1), height - bottom, "ref")
    root = Scale(0, most**0.5, middle + 10, width - 14)
    if most:
        drawn += text(middle + 10, 14, "key core families")
        for v in [t * t for t in root.ticks(4)]:
            drawn += line(root(v**0.5), top - 10, root(v**0.5), height - bottom)
            drawn += text(root(v**0.5), height - bottom + 15, number(v), "ax", "middle")
    for i, r in enumerate(rows):
        y = top + row * i + row * (0.5 if is_wide else 0.75)
        label = y + 4 if is_wide else y - 13
        drawn += text(4, label, r["technology"], "code")
        if r["technology"] in new:
            drawn += text(x.start + 4, y + 4, "new", "faint")
        title = (r["title"] or "").split(";")[0]
        drawn += text(62, label, fit(title, left - 68 if is_wide else width - 70), "ax")
        css = "ink" if r["is_core_technology"] else "ink hollow"
        drawn += line(x(r["ratio_lower"]), y, x(r["ratio"]), y, "ci ink")
        hint = (
            f"{r['technology']} {title}: {number(r['core_families'])} of {number(r['families'])} key core, "
            f"{percent(r['core_families'] / r['families'])}"
        )
        drawn += circle(x(r["ratio"]), y, 5, css, hint)
        own = held.get(r["technology"], {})
        if own:
            drawn += line(root(min(own.values()) ** 0.5), y, root(max(own.values()) ** 0.5), y, "tie")
        for code in reversed(places.codes):
            if code in own:
                place = places[code]
                drawn += mark(
                    place, root(own[code] ** 0.5), y, 4.6, title=f"{place.name}: {number(own[code], 1)}"
                )
    return Drawing(width, height, drawn)
