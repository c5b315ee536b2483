"""What may converge next? Predicted links, with the back-test beside them."""

from typing import Any

import polars as pl

from corepath.report.drawing import WIDE, Drawing, Figure, Places, Scale, line, rect, text
from corepath.report.figures.networks import network_drawing
from corepath.report.layout import Point
from corepath.report.text import counted, fit, number, percent, plain

_MOST = 20  # links drawn


def prediction(
    emerging: pl.DataFrame, backtest: pl.DataFrame, positions: dict[str, Point], places: Places
) -> Figure:
    """Draw the pairs of technologies that are likeliest to meet next, on the map of all networks.

    Parameters
    ----------
    emerging
        A row a pair of the world, the likeliest first: source, target, source_title, target_title,
        rank, chance (0 to 1), is_cross_section, learnt_period.
    backtest
        A row a way to predict, of the world: predictor, average_precision, base_rate, candidates,
        emerged, tested_period.
    positions
        Where each technology lies.
    places
        The countries of the release; the world's links belong to none.

    Returns
    -------
    Figure
        The map with dashed lines, and how good such predictions were for the last period.
    """
    question = "What may converge next?"
    rows = [r for r in emerging.rows(named=True) if r["source"] in positions and r["target"] in positions]
    tests = [r for r in backtest.rows(named=True) if r["average_precision"] is not None]
    if not rows:
        return Figure(
            question, "No new pair emerged in any period that a model could learn from.", "", emerging
        )
    return Figure(
        question,
        _answer(rows, tests),
        "Dashed: the likeliest pairs that have not met, on the same map. Bars: average precision of the "
        "predictions for the last period, learnt without it; the line is that of a guess. A chance is "
        "that of a pair to meet in two families or more, were the next period like the last. No interval "
        "is known for it." + (" " + places.limits if places.limits else ""),
        emerging,
        _draw(WIDE, rows, tests, positions),
        _draw(350, rows, tests, positions),
        "; ".join(f"{r['source']} and {r['target']}, {percent(r['chance'])}" for r in rows[:_MOST]),
    )


def _answer(rows: list[dict[str, Any]], tests: list[dict[str, Any]]) -> str:
    first = rows[0]
    told = (
        f"Likeliest is {first['source']} ({_title(first['source_title'])}) with {first['target']} "
        f"({_title(first['target_title'])}): {percent(first['chance'])}."
    )
    model = next((t for t in tests if t["predictor"] == "logistic"), None)
    if model is None:
        return told + " How good such predictions are could not be tested."
    better = [
        t
        for t in tests
        if t["predictor"] != "logistic" and t["average_precision"] > model["average_precision"]
    ]
    lift = model["average_precision"] / model["base_rate"] if model["base_rate"] else 0
    told += (
        f" Held against {model['tested_period']}, of {counted(model['candidates'], 'pair')} that had not "
        f"met {number(model['emerged'])} did; the model's average precision is "
        f"{number(model['average_precision'], 2)}, {number(lift, 1)} times that of a guess"
    )
    if better:
        best = max(better, key=lambda t: t["average_precision"])
        return (
            told
            + f", and worse than {plain(best['predictor'])} alone ({number(best['average_precision'], 2)}): "
            "read it with care."
        )
    return told + "."


def _title(title: str | None) -> str:
    return fit((title or "no title").split(";")[0].split(",")[0], 300)


def _draw(
    width: float, rows: list[dict[str, Any]], tests: list[dict[str, Any]], positions: dict[str, Point]
) -> Drawing:
    is_wide = width > 400
    side = width * 0.6 if is_wide else width
    shown = rows[:_MOST]
    named: dict[str, dict[str, Any]] = {}
    for r in shown:
        for end in ("source", "target"):
            one = named.setdefault(
                r[end], {"technology": r[end], "title": r[f"{end}_title"], "occurrences": 0}
            )
            one["occurrences"] += r["chance"]
    most = max(r["chance"] for r in shown) or 1
    base = network_drawing(list(named.values()), [], positions, side, 300)
    drawn = ""
    for r in reversed(shown):
        (x1, y1), (x2, y2) = (_at(positions[r[end]], side, 300) for end in ("source", "target"))
        drawn += line(
            x1, y1, x2, y2, "ex next" if r["is_cross_section"] else "ew next", 0.8 + 2.6 * r["chance"] / most
        )
    drawn += base.body
    left, top = (side + 24, 34.0) if is_wide else (8.0, 336.0)
    ordered = sorted(tests, key=lambda t: -t["average_precision"])[:7]
    if not ordered:
        return Drawing(width, 306, drawn + text(left, top, "no back-test", "faint"))
    x = Scale(0, max(t["average_precision"] for t in ordered) * 1.15, left, width - 44)
    drawn += text(left, top - 20, "Back-test: average precision", "lab")
    for i, t in enumerate(ordered):
        y = top + 36 * i
        is_model = t["predictor"] == "logistic"
        drawn += text(
            left,
            y + 4,
            "model of all features" if is_model else plain(t["predictor"]),
            "lab" if is_model else "ax",
        )
        drawn += rect(left, y + 9, x(t["average_precision"]) - left, 10, "bar model" if is_model else "bar")
        drawn += text(x(t["average_precision"]) + 6, y + 18, number(t["average_precision"], 2), "ax")
        drawn += line(x(t["base_rate"]), y + 6, x(t["base_rate"]), y + 22, "ref0")
    end = top + 36 * len(ordered)
    return Drawing(width, max(306, end + 6), drawn)


def _at(point: Point, width: float, height: float) -> Point:
    return 18 + point[0] * (width - 36), 18 + point[1] / 1.08 * (height - 36)
