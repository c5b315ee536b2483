"""Since when? Families and key core families by year, with structural breaks."""

from typing import Any

import polars as pl

from corepath.report.drawing import NARROW, Drawing, Figure, Places, Scale, both, line, path, rect, text
from corepath.report.text import counted, fit, listed, number, percent

WORLD = "WORLD"


def since(years: pl.DataFrame, segments: pl.DataFrame, places: Places) -> Figure:
    """Draw the families of the world and each compared country by priority year.

    Parameters
    ----------
    years
        A row a country (WORLD too) and year: country, year, is_complete, families, core_families.
    segments
        A row a country, series and segment: country, series, segment, first_year, last_year,
        annual_growth, break_earliest, break_latest, is_surge, reason.
    places
        The countries of the release.

    Returns
    -------
    Figure
        A panel a country, each with a scale of its own; breaks as bands, incomplete years hatched.
    """
    question = "Since when?"
    rows = [r for r in years.rows(named=True) if r["country"] == WORLD or r["country"] in places]
    complete = sorted({r["year"] for r in rows if r["is_complete"]})
    if not rows:
        return Figure(question, "No year holds a family.", "", years)
    shown = [
        WORLD,
        *(code for code in places.codes if any(r["country"] == code and r["families"] for r in rows)),
    ]
    breaks = [r for r in segments.rows(named=True) if r["segment"] > 1 and r["break_earliest"] is not None]
    return Figure(
        question,
        _answer(segments.rows(named=True), breaks, complete, places),
        "Line: all families, area below it: key core ones; by year of first filing, each panel with a "
        "scale of its own. Bands: years in which a structural break of all families may lie (95 %). "
        "Hatched: years whose families "
        "are not all published yet; they are left out of growth and breaks." + places.limits,
        segments if segments.height else years,
        **both(lambda width: _draw(width, shown, rows, breaks, places)),
        description="; ".join(_described(code, rows, places) for code in shown),
    )


def _name(code: str, places: Places) -> str:
    return "World" if code == WORLD else places[code].name


def _answer(
    segments: list[dict[str, Any]], breaks: list[dict[str, Any]], complete: list[int], places: Places
) -> str:
    if not complete:
        return (
            "No year is complete yet: what was filed is still being published, so that no trend can be "
            "determined."
        )
    last = f"Complete until {complete[-1]}. "
    world = [s for s in segments if s["country"] == WORLD and s["series"] == "families"]
    if not world or world[-1]["annual_growth"] is None:
        why = world[-1]["reason"] if world and world[-1]["reason"] else "too few years"
        return f"{last}No trend is fitted for the whole topic: {why}."
    now = world[-1]
    grows = now["annual_growth"]
    told = (
        f"Families {'grow' if grows >= 0 else 'shrink'} by {percent(abs(grows))} a year since "
        f"{now['first_year']}"
    )
    if now["segment"] > 1:
        earliest, latest = now["break_earliest"], now["break_latest"]
        when = f"in {earliest}" if earliest == latest else f"between {earliest} and {latest}"
        told += f", after a break {when} (95 %)"
    else:
        told += ", without a break that can be determined"
    own = [
        f"{places[c].said} "
        f"({listed(str(b['first_year']) for b in breaks if b['country'] == c and b['series'] == 'families')})"
        for c in places.codes
        if any(b["country"] == c and b["series"] == "families" for b in breaks)
    ]
    return (
        last
        + told
        + (f"; breaks of their own: {listed(own)}." if own else "; no compared country has a break.")
    )


def _described(code: str, rows: list[dict[str, Any]], places: Places) -> str:
    own = [r for r in rows if r["country"] == code and r["families"]]
    most = max(own, key=lambda r: r["families"])
    total = counted(sum(r["families"] for r in own), "family", "families")
    return f"{_name(code, places)}: {total} since {own[0]['year']}, most in {most['year']}"


def _draw(
    width: float, shown: list[str], rows: list[dict[str, Any]], breaks: list[dict[str, Any]], places: Places
) -> Drawing:
    across = 2 if width > NARROW else 1
    panel, high, gap = (width - 10) / across, 112.0, 34.0
    first = min(r["year"] for r in rows if r["families"])
    last = max(r["year"] for r in rows)
    drawn = ""
    for i, code in enumerate(shown):
        left, top = (i % across) * panel + 44, (i // across) * (high + gap) + 22
        x = Scale(first, last + 0.5, left, left + panel - 62)
        own = [r for r in rows if r["country"] == code and r["year"] >= first]
        y = Scale(0, max(*(r["families"] for r in own), 1) * 1.05, top + high - 22, top)
        drawn += _panel(
            own,
            [b for b in breaks if b["country"] == code and b["series"] == "families"],
            x,
            y,
            "world" if code == WORLD else places[code].css,
        )
        drawn += text(left, top - 8, fit(_name(code, places), panel - 70), "lab")
    return Drawing(width, ((len(shown) - 1) // across + 1) * (high + gap) + 6, drawn)


def _panel(own: list[dict[str, Any]], breaks: list[dict[str, Any]], x: Scale, y: Scale, css: str) -> str:
    drawn = ""
    for b in breaks:
        start, end = x(b["break_earliest"]), x(b["break_latest"] + 1)
        drawn += rect(start, y.end, end - start, y.start - y.end, "band", f"break in {b['first_year']}")
    open_years = [r["year"] for r in own if not r["is_complete"]]
    if open_years:
        drawn += rect(
            x(min(open_years) - 0.5), y.end, x.end - x(min(open_years) - 0.5), y.start - y.end, "hatch"
        )
        for at in range(int(x(min(open_years) - 0.5)), int(x.end), 6):
            drawn += line(at, y.start, min(at + 6, x.end), y.end, "hatching")
    for v in y.ticks(3):
        drawn += line(x.start, y(v), x.end, y(v)) + text(x.start - 5, y(v) + 4, number(v), "ax", "end")
    for v in x.ticks(4):
        drawn += text(x(v), y.start + 15, f"{v:.0f}", "ax", "middle")
    area = [(x(r["year"]), y(r["core_families"])) for r in own]
    drawn += path([(area[0][0], y.start), *area, (area[-1][0], y.start)], f"area {css}", closed=True)
    return drawn + path([(x(r["year"]), y(r["families"])) for r in own], f"ln s{css}")
