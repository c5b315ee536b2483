"""Specialised in what? Advantage of countries by industry and technology field."""

from typing import Any

import polars as pl

from corepath.report.drawing import Drawing, Figure, Places, both, rect, text
from corepath.report.text import capped, counted, fit, number

_ROWS = 12  # of each scheme
SCHEMES = {"SEI": "Strategic emerging industries", "WIPO": "WIPO technology fields"}


def specialisation(industries: pl.DataFrame, places: Places) -> Figure:
    """Draw in which industries each compared country has more key core families than the world.

    Parameters
    ----------
    industries
        A row an industry of a scheme and country, of key core families: scheme, industry, title,
        country, families, rsca (-1 to 1) with its 90 % interval rsca_low and rsca_high, is_small,
        total (families of the industry over all countries).
    places
        The countries of the release.

    Returns
    -------
    Figure
        A heat map: solid where the interval excludes 0, outlined where not, blank where too few.
    """
    question = "Specialised in what?"
    rows = [r for r in industries.rows(named=True) if r["country"] in places]
    blocks = {
        scheme: sorted(
            {(r["total"], r["industry"], r["title"] or r["industry"]) for r in rows if r["scheme"] == scheme},
            key=lambda one: (-one[0], one[1]),
        )
        for scheme in SCHEMES
    }
    if not rows:
        return Figure(question, "No compared country has key core families in any industry.", "", industries)
    left = sum(max(0, len(of) - _ROWS) for of in blocks.values())
    cells = {(r["scheme"], r["industry"], r["country"]): r for r in rows}
    sure = [r for r in rows if _standing(r) in ("more", "less")]
    return Figure(
        question,
        _answer(rows, places),
        "Numbers: RSCA, from -100 (none) over 0 (the share that the world has) to +100. Filled: the 90 % "
        "interval excludes 0; blue with +: more, orange with −: less. Outlined: may be chance. Blank: too "
        "few families. It is relative: where one country is strong, others look weak."
        + (f" {counted(left, 'smaller industry', 'smaller industries')} in the mart." if left else "")
        + places.limits,
        pl.DataFrame(rows, schema=industries.schema),
        **both(lambda width: _draw(width, blocks, cells, places)),
        description="; ".join(
            f"{places[r['country']].name} in {r['title'] or r['industry']}: {r['rsca'] * 100:+.0f}"
            for r in sure
        )
        or "No advantage is sure.",
    )


def _standing(row: dict[str, Any]) -> str:
    if row["is_small"] or row["rsca"] is None:
        return "small"
    if row["rsca_low"] is None or row["rsca_low"] <= 0 <= row["rsca_high"]:
        return "open"
    return "more" if row["rsca_low"] > 0 else "less"


def _answer(rows: list[dict[str, Any]], places: Places) -> str:
    told, none = [], []
    for place in places.compared:
        own = [r for r in rows if r["country"] == place.code]
        more = sorted((r for r in own if _standing(r) == "more"), key=lambda r: -r["rsca"])
        if more:
            names = list(dict.fromkeys(r["title"] or r["industry"] for r in more))
            told.append(f"{place.said} in {capped([fit(n, 300) for n in names], 3)}")
        elif own:
            none.append(place.said)
    if not told:
        return (
            "No compared country has a sure advantage in any industry: intervals hold 0, or families are "
            "too few."
        )
    last = f" No sure advantage: {capped(none, 4)}." if none else ""
    return f"Surely above the world's share: {'; '.join(told)}.{last}"


def _draw(
    width: float,
    blocks: dict[str, list[tuple[float, str, str]]],
    cells: dict[tuple[str, str, str], dict[str, Any]],
    places: Places,
) -> Drawing:
    is_wide = width > 400
    cell = min(64.0 if is_wide else 40.0, width * 0.52 / max(1, len(places.codes)))
    grid = width - cell * len(places.codes) - 4
    y, drawn = 8.0, ""
    for scheme, heading in SCHEMES.items():
        of = blocks[scheme][:_ROWS]
        if not of:
            continue
        drawn += text(4, y + 16, heading, "lab")
        for i, code in enumerate(places.codes):
            drawn += text(grid + cell * (i + 0.5), y + 16, code, "ax", "middle")
        y += 24
        for _, industry, title in of:
            drawn += text(4, y + 15, fit(title, grid - 12), "ax")
            for i, code in enumerate(places.codes):
                found = cells.get((scheme, industry, code))
                if found:
                    drawn += _cell(found, grid + cell * i, y, cell - 3, places)
            y += 23
        y += 12
    return Drawing(width, y, drawn)


def _cell(row: dict[str, Any], x: float, y: float, size: float, places: Places) -> str:
    standing = _standing(row)
    hint = (
        f"{places[row['country']].name}, {row['title'] or row['industry']}: {number(row['families'], 1)} "
        "key core families"
    )
    if standing == "small":
        return rect(x, y, size, 20, "blank", f"{hint}, too few")
    value = f"{row['rsca'] * 100:+.0f}".replace("-", "−")
    strong = "2" if abs(row["rsca"]) > 0.3 else "1"
    css = {"more": f"more{strong}", "less": f"less{strong}", "open": "open"}[standing]
    return rect(x, y, size, 20, css, hint) + text(x + size / 2, y + 14, value, f"on {css}", "middle")
