"""With whom? The mix of co-applications, and their rate against the country's own base."""

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
    rect,
    text,
)
from corepath.report.text import fit, listed, number, percent

MIX = {
    "firm_firm": "firms",
    "firm_university": "firm and university",
    "firm_institute": "firm and institute",
    "university_institute": "university and institute",
    "firm_university_institute": "all three",
}


def collaboration(collaboration: pl.DataFrame, places: Places) -> Figure:
    """Draw who applies with whom in each compared country's key core families.

    Parameters
    ----------
    collaboration
        A row a country: country, families, co_application_rate with its 90 % interval, base_rate,
        rate_ratio with its 90 % interval rate_ratio_low and rate_ratio_high, and the shares of the
        kinds in ``MIX``.
    places
        The countries of the release.

    Returns
    -------
    Figure
        Stacked shares at the left, the ratio to the base at the right.
    """
    question = "With whom?"
    order = {code: i for i, code in enumerate(places.codes)}
    rows = sorted(
        (r for r in collaboration.rows(named=True) if r["country"] in order),
        key=lambda r: order[r["country"]],
    )
    if not any(r["co_application_rate"] for r in rows):
        answer = "No key core family of a compared country has two applicants of different groups."
        return Figure(question, answer, "", collaboration)
    return Figure(
        question,
        _answer(rows, places),
        "Left: kinds of co-applications, each a share of the country's; what is missing to the whole are "
        "kinds that are not known. Right: rate of co-applications over the country's own rate outside the "
        "topic, which countries differ in for legal "
        "reasons; bars 90 %, log scale. Groups count as one applicant." + places.limits,
        pl.DataFrame(rows, schema=collaboration.schema),
        **both(lambda width: _draw(width, rows, places)),
        description="; ".join(_described(r, places) for r in rows),
    )


def _described(row: dict[str, Any], places: Places) -> str:
    mix = ", ".join(f"{words} {percent(row[kind])}" for kind, words in MIX.items() if row[kind])
    told = f"{places[row['country']].name}: {percent(row['co_application_rate'])} with two groups or more"
    return f"{told} ({mix})" if mix else told


def _is_known(row: dict[str, Any]) -> bool:
    return row["families"] >= FEW and bool(row["rate_ratio"]) and row["rate_ratio_low"] is not None


def _is_sure(row: dict[str, Any]) -> bool:
    return row["rate_ratio_low"] is not None and (row["rate_ratio_low"] > 1 or row["rate_ratio_high"] < 1)


def _answer(rows: list[dict[str, Any]], places: Places) -> str:
    known = [r for r in rows if _is_known(r)]
    more = [
        f"{places[r['country']].said} (× {number(r['rate_ratio'], 1)})"
        for r in known
        if r["rate_ratio_low"] > 1
    ]
    less = [
        f"{places[r['country']].said} (× {number(r['rate_ratio'], 1)})"
        for r in known
        if r["rate_ratio_high"] < 1
    ]
    parts = [f"more together than elsewhere: {listed(more)}"] * bool(more)
    parts += [f"less: {listed(less)}"] * bool(less)
    if not known:
        told = (
            "Whether countries apply together more than elsewhere cannot be determined: too few families "
            "outside the topic."
        )
    elif parts:
        told = (
            f"In key core families, {'; '.join(parts)}; the others' intervals hold 1."
            if len(more + less) < len(known)
            else f"In key core families, {'; '.join(parts)}."
        )
    else:
        told = "No country applies together surely more or less than it does elsewhere: all intervals hold 1."
    kinds = []
    for r in rows:
        mix = {words: r[kind] for kind, words in MIX.items() if r[kind]}
        if mix:
            top = max(mix, key=lambda k: mix[k])
            kinds.append(f"{places[r['country']].said} {top} ({percent(mix[top])})")
    return f"{told} Most frequent kind: {listed(kinds)}." if kinds else told


def _draw(width: float, rows: list[dict[str, Any]], places: Places) -> Drawing:
    is_wide = width > 400
    row, top, bottom = 32.0, 40.0, 70.0 if is_wide else 92.0
    left = 122.0 if is_wide else 34.0
    middle = left + (width - left) * 0.5
    height = top + row * len(rows) + bottom
    across = Scale(0, 1, left, middle - 20)
    ratios = [v for r in rows for v in (r["rate_ratio_low"], r["rate_ratio_high"]) if v]
    x = Scale(
        max(0.1, min([0.5, *ratios]) / 1.1),
        min(20, max([2, *ratios]) * 1.1),
        middle + 16,
        width - 22,
        log=True,
    )
    drawn = text(left, 14, "kinds of co-applications") + text(
        middle + 8, 14, "rate over own base" if is_wide else "rate / base"
    )
    drawn += columns(across, top - 6, height - bottom, percent, 4 if is_wide else 2)
    for v in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20):
        if x.holds(v):
            drawn += line(x(v), top - 6, x(v), height - bottom, "ref0" if v == 1 else "grid")
            drawn += text(x(v), height - bottom + 15, f"{v:g}", "ax", "middle")
    for i, r in enumerate(rows):
        y, place = top + row * (i + 0.5), places[r["country"]]
        drawn += text(left - 8, y + 4, fit(place.name, left - 12) if is_wide else place.code, "lab", "end")
        drawn += _stack(r, across, y, place.name)
        if _is_known(r):
            drawn += interval(
                x,
                max(r["rate_ratio_low"], 1e-3),
                r["rate_ratio_high"],
                y,
                f"thick s{place.css}" if _is_sure(r) else "other",
            )
            drawn += mark(place, x(r["rate_ratio"]), y, 5, not _is_sure(r), _described(r, places))
        else:
            why = f"too few ({number(r['families'])})" if r["families"] < FEW else "cannot tell"
            drawn += text(x.start, y + 4, why, "faint")
    at, y = left, height - bottom + 36
    for i, words in enumerate(MIX.values()):
        if at + 24 + 6.6 * len(words) > width:
            at, y = left, y + 20
        drawn += rect(at, y - 10, 12, 12, f"mix{i}") + text(at + 17, y, words)
        at += 34 + 6.6 * len(words)
    return Drawing(width, height, drawn)


def _stack(row: dict[str, Any], across: Scale, y: float, name: str) -> str:
    drawn, at = "", 0.0
    for i, (kind, words) in enumerate(MIX.items()):
        share = row[kind] or 0
        if share:
            drawn += rect(
                across(at),
                y - 9,
                across(at + share) - across(at),
                18,
                f"mix{i}",
                f"{name}, {words}: {percent(share)}",
            )
            at += share
    return drawn or text(across.start + 2, y + 4, "none", "faint")
