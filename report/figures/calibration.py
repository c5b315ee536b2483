"""How often is such a result wrong? What was measured in worlds whose truth is known."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from corepath.report.drawing import Drawing, Figure, Scale, both, circle, columns, interval, rect, text
from corepath.report.text import counted, fit, listed, percent


def calibration(calibration: pl.DataFrame) -> Figure:
    """Draw how often each kind of result is wrong, and how often it may be.

    Parameters
    ----------
    calibration
        A row a claim, in order: inference, says (what is counted), least and most (what it should be,
        0 to 1; null without a bound), rate (measured), error (standard error), worst (the rate of the worst
        kind of world), holds (null where there is no bound).

    Returns
    -------
    Figure
        A dot a claim beside the band in which it should be.
    """
    question = "How often is such a result wrong?"
    rows = calibration.rows(named=True)
    if not rows:
        return Figure(question, "Nothing was measured.", "", calibration)
    return Figure(
        question,
        _answer(rows),
        "Measured in many generated worlds whose truth is known, not in this release's data. Dots: share of "
        "such results over all worlds, bars: 90 % interval of that; ticks: the worst kind of world. Bands: "
        "where the dot should be. Without a band: how much is found of what is there, for which nothing is "
        "claimed. Read every interval of this page with it.",
        calibration,
        **both(lambda width: _draw(width, rows)),
        description="; ".join(f"{r['inference']}, {r['says']}: {percent(r['rate'])}" for r in rows),
    )


def _answer(rows: list[dict[str, Any]]) -> str:
    bound = [r for r in rows if r["holds"] is not None]
    failed = [r for r in bound if not r["holds"]]
    told = (
        f"{len(bound) - len(failed)} of {counted(len(bound), 'claim')} hold in worlds whose truth is known."
    )
    if not failed:
        return told
    names = list(dict.fromkeys(r["inference"] for r in failed))
    worst = max(
        failed,
        key=lambda r: max((r["least"] or 0) - r["rate"], r["rate"] - (1 if r["most"] is None else r["most"])),
    )
    return (
        f"{told} Those of {listed(names)} do not hold fully: farthest off are {worst['says']}, "
        f"{percent(worst['rate'])} where {bounds(worst)} are claimed."
    )


def bounds(row: Mapping[str, Any]) -> str:
    """Say what is claimed."""
    if row["least"] is None:
        return f"at most {percent(row['most'])}"
    return (
        f"at least {percent(row['least'])}"
        if row["most"] is None
        else f"{percent(row['least'])} to {percent(row['most'])}"
    )


def _draw(width: float, rows: list[dict[str, Any]]) -> Drawing:
    is_wide = width > 400
    row, top, bottom = (24.0, 12.0, 30.0) if is_wide else (42.0, 12.0, 30.0)
    left = width * 0.6 if is_wide else 16.0
    x = Scale(0, 1, left, width - (46 if is_wide else 50))
    drawn, y, last = "", top, ""
    for r in rows:
        if r["inference"] != last:
            last = r["inference"]
            drawn += text(4, y + 15, last, "lab")
            y += row - (0 if is_wide else 18)
        middle = y + (row * 0.5 if is_wide else row * 0.7)
        drawn += text(
            12 if is_wide else 4,
            middle + 4 if is_wide else y + 14,
            fit(r["says"], (left if is_wide else width) - 20),
            "ax",
        )
        if r["holds"] is not None:
            low, high = r["least"] or 0, 1 if r["most"] is None else r["most"]
            drawn += rect(
                x(low), middle - 8, max(x(high) - x(low), 2), 16, "within" if r["holds"] else "outside"
            )
        if r["error"] is not None:
            drawn += interval(
                x,
                max(0, r["rate"] - 1.645 * r["error"]),
                min(1, r["rate"] + 1.645 * r["error"]),
                middle,
                "ink",
            )
        if r["worst"] is not None:
            drawn += rect(x(r["worst"]) - 0.75, middle - 5, 1.5, 10, "bar")
        drawn += circle(
            x(r["rate"]),
            middle,
            4.5,
            "ink" if r["holds"] is not False else "ink hollow",
            f"{r['says']}: {percent(r['rate'])}",
        )
        drawn += text(x.end + 6, middle + 4, percent(r["rate"]), "ax" if r["holds"] is not False else "lab")
        y += row
    height = y + bottom
    return Drawing(width, height, columns(x, top, height - bottom, percent, 5 if is_wide else 4) + drawn)
