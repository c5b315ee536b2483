"""Who is how many years behind whom, in what?"""

from typing import Any

import polars as pl

from corepath.report.drawing import (
    FEW,
    Drawing,
    Figure,
    Places,
    Scale,
    both,
    columns,
    interval,
    line,
    mark,
    text,
)
from corepath.report.text import capped, counted, fit, listed, number, plain

_MOST = 9  # sub-fields drawn


def lag(lags: pl.DataFrame, places: Places, reference: str | None) -> Figure:
    """Draw by how many years countries follow a reference, by sub-field.

    Parameters
    ----------
    lags
        A row a sub-field, country and reference: subfield (all for the topic), country, reference,
        families, reference_families, lag with its 95 % interval lag_low and lag_high, and direction:
        behind, ahead, level or cannot tell.
    places
        The countries of the release.
    reference
        The country that the others are held against.

    Returns
    -------
    Figure
        A forest plot; hollow where the direction cannot be determined.
    """
    rows = [r for r in lags.rows(named=True) if r["reference"] == reference and r["country"] in places]
    if reference is None or not rows:
        return Figure(
            "Who is how many years behind whom, in what?",
            "Fewer than two compared countries have key core families: there is no one to hold anyone "
            "against.",
            "",
            lags,
        )
    name = places[reference].said
    question = f"Who is how many years behind {name}, in what?"
    fields = sorted({r["subfield"] for r in rows}, key=lambda f: (f != "all", f))
    shown = [f for f in fields if any(r["lag"] is not None for r in rows if r["subfield"] == f)][:_MOST]
    silent = [plain(f) for f in fields if f not in shown and f != "all"]
    note = (
        "Bars: 95 % interval of technologies drawn anew. "
        "Hollow: the direction cannot be determined. Right of 0 a country comes later. A "
        "lag is of what is patented when, not of ability; do not read one below half a year."
        + (f" No lag can be determined for anyone in: {capped(silent, 8)}." if silent else "")
        + places.limits
    )
    own = pl.DataFrame(rows, schema=lags.schema)
    if not shown:
        return Figure(question, _answer(rows, places, name), note, own)
    return Figure(
        question,
        _answer(rows, places, name),
        note,
        own,
        **both(lambda width: _draw(width, rows, shown, places, reference)),
        description="; ".join(_described(r, places) for r in rows if r["subfield"] in shown),
    )


def _years(row: dict[str, Any]) -> str:
    """How far apart, whoever is ahead."""
    low, high = row["lag_low"], row["lag_high"]
    if row["lag"] < 0:
        low, high = -high, -low
    return f"{number(abs(row['lag']), 1)} years (95 %: {number(low, 1)} to {number(high, 1)})"


def _why(row: dict[str, Any]) -> str:
    few = min(row["families"], row["reference_families"])
    if row["lag"] is None:
        return f"too few key core families ({number(few)} of {FEW} needed)"
    return f"the interval runs from {number(row['lag_low'], 1)} to {number(row['lag_high'], 1)} years"


def _described(row: dict[str, Any], places: Places) -> str:
    about = "whole topic" if row["subfield"] == "all" else plain(row["subfield"])
    told = _why(row)
    if row["direction"] in ("behind", "ahead"):
        told = f"{_years(row)} {row['direction']}"
    elif row["lag"] is not None:
        told = f"{row['direction']}, {_why(row)}"
    return f"{about}, {places[row['country']].name}: {told}"


def _answer(rows: list[dict[str, Any]], places: Places, name: str) -> str:
    whole = [r for r in rows if r["subfield"] == "all"]
    parts = []
    for direction in ("behind", "ahead"):
        found = sorted((r for r in whole if r["direction"] == direction), key=lambda r: -abs(r["lag"]))
        if found:
            word = f"behind {name}" if direction == "behind" else f"ahead of {name}"
            parts.append(listed(f"{places[r['country']].said} is {_years(r)} {word}" for r in found))
    level = [places[r["country"]].said for r in whole if r["direction"] == "level"]
    if level:
        parts.append(
            f"{listed(level)} {'is' if len(level) == 1 else 'are'} level with {name} "
            "as far as can be determined"
        )
    open_ = [
        f"{places[r['country']].said} ({_why(r)})"
        for r in whole
        if r["direction"] not in ("behind", "ahead", "level")
    ]
    told = (
        "Over the whole topic: " + "; ".join(parts) + "."
        if parts
        else "Over the whole topic, no lag can be determined."
    )
    if open_:
        told += f" Cannot be determined: {listed(open_)}."
    sure = [r for r in rows if r["subfield"] != "all" and r["direction"] in ("behind", "ahead")]
    if sure:
        most = max(sure, key=lambda r: abs(r["lag"]))
        told += (
            f" By sub-field a direction is sure in {counted(len(sure), 'case')}; the largest is "
            f"{places[most['country']].said} in {plain(most['subfield'])}, {_years(most)} "
            f"{most['direction']}."
        )
    return told


def _draw(
    width: float, rows: list[dict[str, Any]], shown: list[str], places: Places, reference: str
) -> Drawing:
    is_wide = width > 400
    row, gap = 20.0, (10.0 if is_wide else 26.0)
    left, right, top, bottom = (206.0, 128.0, 34.0, 30.0) if is_wide else (36.0, 88.0, 30.0, 30.0)
    others = [code for code in places.codes if code != reference]
    height = top + (row * len(others) + gap) * len(shown) + bottom
    known = [r for r in rows if r["lag"] is not None and r["subfield"] in shown]
    low = max(-10, min(-1, *(r["lag_low"] for r in known)) - 0.5)
    high = min(10, max(1, *(r["lag_high"] for r in known)) + 0.5)
    x = Scale(low, high, left, width - right)
    drawn = text(x.start, 14, "◂ ahead") + text(x.end, 14, "years behind ▸", "ax", "end")
    drawn += columns(x, top - 8, height - bottom, lambda v: f"{v:g}") + line(
        x(0), top - 8, x(0), height - bottom, "ref0"
    )
    y = top
    for field in shown:
        name = "Whole topic" if field == "all" else plain(field)
        drawn += text(
            4,
            y + gap + row * 0.5 + 4 if is_wide else y + gap - 8,
            fit(name, left - 44 if is_wide else width - 8),
            "lab",
        )
        y += gap
        for code in others:
            found = next((r for r in rows if r["subfield"] == field and r["country"] == code), None)
            drawn += text(left - 8, y + row * 0.5 + 4, code, "ax", "end")
            drawn += _row(found, x, y + row * 0.5, places, is_wide)
            y += row
    return Drawing(width, height, drawn)


def _row(row: dict[str, Any] | None, x: Scale, y: float, places: Places, is_wide: bool) -> str:
    if row is None or row["lag"] is None:
        few = number(min(row["families"], row["reference_families"])) if row else "0"
        return text(x.start + 4, y + 4, f"too few ({few})", "faint")
    place, is_sure = places[row["country"]], row["direction"] in ("behind", "ahead", "level")
    drawn = interval(x, row["lag_low"], row["lag_high"], y, f"thick s{place.css}" if is_sure else "other")
    drawn += mark(place, x(row["lag"]), y, 5, not is_sure, _described(row, places))
    words = row["direction"] if is_sure else "cannot tell"
    told = (
        f"{row['lag']:+.1f} y, {words}"
        if is_wide and is_sure
        else f"{row['lag']:+.1f} y"
        if is_sure
        else words
    )
    return drawn + text(
        x.end + 14, y + 4, told, "lab" if row["direction"] in ("behind", "ahead") else "faint"
    )
