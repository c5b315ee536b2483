"""What is the score made of? Weights with intervals, and where each indicator is known."""

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
    rect,
    text,
)
from corepath.report.text import counted, fit, listed, percent


def score(weights: pl.DataFrame, coverage: pl.DataFrame, places: Places, drift: Drift) -> Figure:
    """Draw the weights of the indicators that the topic asks for, and how well each is known.

    Parameters
    ----------
    weights
        A row an indicator, in the topic's order: indicator, title, weight, weight_low, weight_high
        (90 % interval of sampling), weight_method_low and weight_method_high (range over other methods),
        is_decisive, between_country_share, is_used, reason.
    coverage
        A row an indicator and country: indicator, country, coverage (0 to 1).
    places
        The countries of the release.
    drift
        What is not what it was in the release before.

    Returns
    -------
    Figure
        Weights at the left, a heat map of coverage at the right.
    """
    question = "What is the score made of?"
    rows = weights.rows(named=True)
    used = [r for r in rows if r["is_used"] and r["weight"] is not None]
    known = {(r["indicator"], r["country"]): r["coverage"] for r in coverage.rows(named=True)}
    if not used:
        return Figure(
            question, "No indicator could be used: each is unknown for too many families.", "", weights
        )
    before = {d["name"]: d["before"] for d in drift if d["what"] == "weights" and d["before"]}
    return Figure(
        question,
        _answer(rows, used),
        "Dots: weight by entropy, which rewards indicators that differ between families. Bars: 90 % interval "
        "of sampling families anew; thin lines below: range over other methods. Squares: share of a "
        "country's families for which the indicator is known. An indicator that is known for too few "
        "families of any compared country is left out, so that the gap does not decide ranks."
        + (" Dashed: weight in the release before." if before else "")
        + places.limits,
        weights,
        **both(lambda width: _draw(width, rows, known, places, before)),
        description="; ".join(_described(r) for r in rows),
    )


def _described(row: dict[str, Any]) -> str:
    if not row["is_used"]:
        return f"{row['title']}: {row['reason']}"
    return (
        f"{row['title']}: weight {percent(row['weight'])} ({percent(row['weight_low'])} to "
        f"{percent(row['weight_high'])})"
    )


def _answer(rows: list[dict[str, Any]], used: list[dict[str, Any]]) -> str:
    most = max(r["weight"] for r in used)
    # By kinds that count alike, several may weigh the same.
    first = [r for r in used if r["weight"] > most - 1e-9]
    told = f"{listed(r['title'] for r in first)} weigh most: {percent(most)} of the score"
    if len(first) > 1:
        told += " each"
    elif first[0]["weight_low"] is not None:
        told += f" (90 %: {percent(first[0]['weight_low'])} to {percent(first[0]['weight_high'])})"
    if len(used) < 3:
        told += f"; with {counted(len(used), 'indicator')} in use, the score says little more than that"
    told += "."
    tells = [r for r in used if r["between_country_share"] is not None and r["between_country_share"] >= 0.2]
    if tells:
        told += (
            " Differences between countries make up "
            + listed(
                f"{percent(r['between_country_share'])} of the weight of {r['indicator'].upper()}"
                for r in tells
            )
            + ": with other countries, it would weigh less."
        )
    decisive = next((r["indicator"].upper() for r in used if r["is_decisive"]), None)
    if decisive:
        told += f" The core hangs most on {decisive}: without it, it would change most."
    left = [r["indicator"].upper() for r in rows if not r["is_used"]]
    return f"{told} Left out: {listed(left)}." if left else f"{told} All {len(rows)} asked for are used."


def _draw(
    width: float,
    rows: list[dict[str, Any]],
    known: dict[tuple[str, str], float],
    places: Places,
    before: dict[str, float],
) -> Drawing:
    is_wide = width > 400
    row, top, bottom = (28.0, 44.0, 30.0) if is_wide else (42.0, 44.0, 30.0)
    heads = ["WORLD", *places.codes]
    cell = min(30.0, (width * 0.42) / len(heads))
    grid = width - cell * len(heads) - 4
    left = 210.0 if is_wide else 18.0
    height = top + row * len(rows) + bottom
    most = max(max(r["weight_high"] or 0, r["weight_method_high"] or 0, r["weight"] or 0) for r in rows)
    x = Scale(0, max(most, 0.05) * 1.05, left, grid - 26)
    drawn = text(left, 14, "weight in the score") + text(width - 4, 14, "known for", "ax", "end")
    drawn += columns(x, top - 8, height - bottom, percent, 4 if is_wide else 3)
    for i, code in enumerate(heads):
        drawn += text(grid + cell * (i + 0.5), top - 12, "all" if code == "WORLD" else code, "ax", "middle")
    for i, r in enumerate(rows):
        y = top + row * i + row * (0.5 if is_wide else 0.7)
        drawn += text(4, y + 4 if is_wide else y - 14, fit(r["title"], left - 12 if is_wide else grid), "ax")
        if r["is_used"]:
            if r["weight_low"] is not None:
                drawn += line(x(r["weight_low"]), y, x(r["weight_high"]) + 1, y, "ci ink")
            if r["weight_method_low"] is not None:
                drawn += line(
                    x(r["weight_method_low"]), y + 8, x(r["weight_method_high"]) + 1, y + 8, "ci faint other"
                )
            if r["indicator"] in before:
                drawn += line(x(before[r["indicator"]]), y - 8, x(before[r["indicator"]]), y + 8, "ref")
            drawn += circle(x(r["weight"]), y, 5, "ink", _described(r))
        else:
            drawn += text(left + 4, y + 4, "left out", "faint")
        for j, code in enumerate(heads):
            share = known.get((r["indicator"], code))
            drawn += _cell(grid + cell * j, y - 10, cell - 3, share, r["title"], code)
    return Drawing(width, height, drawn)


def _cell(x: float, y: float, size: float, share: float | None, title: str, code: str) -> str:
    if share is None:
        return text(x + size / 2, y + 14, "–", "faint", "middle")
    css = f"heat h{round(share * 8)}"
    number = text(x + size / 2, y + 14, f"{share * 100:.0f}", f"on h{round(share * 8)}", "middle")
    return rect(x, y, size, 20, css, f"{title}, {code}: known for {percent(share)}") + number
