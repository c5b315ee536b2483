"""Many patents, or key core ones? Families by key core rate."""

from typing import Any

import polars as pl

from corepath.report.drawing import (
    Drawing,
    Figure,
    Place,
    Places,
    Scale,
    both,
    circle,
    line,
    mark,
    spread,
    text,
)
from corepath.report.text import capped, counted, fit, number, percent

_OTHERS = 8  # countries that are not compared, drawn in grey
_LEAST = 30  # families of such a country


def quantity(ranking: pl.DataFrame, places: Places) -> Figure:
    """Draw the key core rate of countries by their number of families.

    Parameters
    ----------
    ranking
        A row a country: country, families, core_families, core_rate with its 95 % interval
        core_rate_lower and core_rate_upper; topic_rate, the same in each row.
    places
        The countries of the release.

    Returns
    -------
    Figure
        Families on a logarithmic scale, the area of a mark by key core families.
    """
    question = "Many patents, or key core ones?"
    compared = [r for r in ranking.rows(named=True) if r["country"] in places and r["families"] > 0]
    if not compared:
        answer = "No family of a compared country is known, so that their shares cannot be determined."
        return Figure(question, answer, "", ranking)
    others = [r for r in ranking.rows(named=True) if r["country"] not in places and r["families"] >= _LEAST][
        :_OTHERS
    ]
    rate = compared[0]["topic_rate"]
    described = "; ".join(
        f"{places[r['country']].name}: {number(r['families'])} families, {percent(r['core_rate'])} key "
        f"core ({percent(r['core_rate_lower'])} to {percent(r['core_rate_upper'])})"
        for r in compared
    )
    note = (
        "Dark bars: 50 % interval, light bars: 95 % (Wilson), of counts alone. Area of a mark: key core "
        "families. Dashed: all of the topic. "
        f"{'Grey: other countries with at least 30 families. ' if others else ''}"
        "A rate says nothing about size: read both axes." + places.limits
    )
    return Figure(
        question,
        _answer(compared, places, rate),
        note,
        ranking,
        **both(lambda width: _draw(width, compared, others, places, rate)),
        description=described,
    )


def _answer(rows: list[dict[str, Any]], places: Places, rate: float) -> str:
    def told(row: dict[str, Any]) -> str:
        return (
            f"{percent(row['core_rate'])} of its {counted(row['families'], 'family', 'families')} are key "
            f"core (95 %: {percent(row['core_rate_lower'])} to {percent(row['core_rate_upper'])})"
        )

    most = max(rows, key=lambda r: r["families"])
    best = max(rows, key=lambda r: r["core_rate"])
    name = places[most["country"]].said
    if len(rows) == 1:
        return f"{name}: {told(most)}; of the whole topic {percent(rate)} are."
    where = (
        "above"
        if most["core_rate_lower"] > rate
        else "below"
        if most["core_rate_upper"] < rate
        else "not surely off"
    )
    first = (
        f"{name} has the most families of those compared; {told(most)}, {where} the topic's {percent(rate)}."
    )
    level = [
        places[r["country"]].said
        for r in rows
        if r is not best and r["core_rate_upper"] >= best["core_rate_lower"]
    ]
    if best is most and not level:
        return f"{first} No other compared country has so high a share."
    doubt = f", though {capped(level, 3)} cannot be distinguished from it" if level else ", surely so"
    if best is most:
        return f"{first} Its share is the highest{doubt}."
    return f"{first} The highest share is {places[best['country']].said}'s: {told(best)}{doubt}."


def _draw(
    width: float, compared: list[dict[str, Any]], others: list[dict[str, Any]], places: Places, rate: float
) -> Drawing:
    is_wide = width > 400
    height, left, right, top, bottom = 340.0, 46.0, 16.0, 26.0, 44.0
    rows = others + sorted(compared, key=lambda r: -r["core_families"])
    many = [r["families"] for r in rows]
    across = Scale(min(many) / 1.5, max(many) * 1.6, left, width - right, log=True)
    highest = max(min(r["core_rate_upper"], 2.5 * max(r["core_rate"] for r in rows)) for r in rows)
    up = Scale(0, max(highest, rate) * 1.1, height - bottom, top)
    drawn = text(4, 12, "share of families that is key core")
    for v in up.ticks(5):
        drawn += line(left, up(v), width - right, up(v)) + text(
            left - 6, up(v) + 4, f"{100 * v:g} %", "ax", "end"
        )
    for v in across.ticks(6 if is_wide else 4):
        drawn += line(across(v), height - bottom, across(v), height - bottom + 4, "tick")
        drawn += text(across(v), height - bottom + 17, number(v), "ax", "middle")
    drawn += line(left, up(rate), width - right, up(rate), "ref")
    drawn += text((left + width - right) / 2, height - 6, "patent families (log scale)", "ax", "middle")
    largest = max(r["core_families"] for r in rows) or 1
    for r in rows:
        drawn += _country(r, places[r["country"]], across, up, 13 * (r["core_families"] / largest) ** 0.5)
    drawn += _labels(rows, places, across, up, is_wide)
    # Where the fewest countries are in its way.
    near = [
        across(r["families"])
        for r in rows
        if up(r["core_rate_upper"]) < up(rate) + 14 and up(r["core_rate_lower"]) > up(rate) - 30
    ]
    places_along = [left + 4 + (width - right - left - 104) * step / 8 for step in range(9)]
    free = min(places_along, key=lambda start: sum(start - 14 < x < start + 114 for x in near))
    drawn += text(free, up(rate) - 5, f"whole topic {percent(rate)}", "ax halo")
    return Drawing(width, height, drawn)


def _country(row: dict[str, Any], place: Place, across: Scale, up: Scale, radius: float) -> str:
    x, share, n = across(row["families"]), row["core_rate"], row["families"]
    low, high = _wilson(share, n, 0.674)
    css = "other" if place.index is None else f"s{place.css}"
    drawn = line(x, up(row["core_rate_lower"]), x, up(row["core_rate_upper"]), f"ci faint {css}")
    drawn += line(x, up(low), x, up(high), f"ci {css}")
    hint = f"{place.name}: {number(n)} families, {number(row['core_families'])} key core, {percent(share)}"
    if place.index is None:
        return drawn + circle(x, up(share), max(3.5, radius), "m other", hint)
    return drawn + mark(place, x, up(share), max(4.5, radius), title=hint)


def _wilson(share: float, n: float, z: float) -> tuple[float, float]:
    """Wilson's interval of a share, z deviations to either side."""
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5
    return max(0.0, middle - half), min(1.0, middle + half)


def _labels(rows: list[dict[str, Any]], places: Places, across: Scale, up: Scale, is_wide: bool) -> str:
    """Names beside marks, on the side with room, moved apart where marks are close."""
    shown = [r for r in rows if r["country"] in places or is_wide]
    heights = spread([up(r["core_rate"]) + 4 for r in shown], 13, up.end + 6, up.start - 4)
    drawn = ""
    for r, y in zip(shown, heights, strict=True):
        place = places[r["country"]]
        name = place.name if place.index is not None and is_wide else place.code
        to_left = across(r["families"]) > across.start + 0.6 * (across.end - across.start)
        x = across(r["families"]) + (-18 if to_left else 18)
        css = "ax" if place.index is None else "lab"
        drawn += text(x, y, fit(name, 150), css, "end" if to_left else "start")
    return drawn
