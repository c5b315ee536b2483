"""Who leads, and does it hang on the threshold? Ranks along the share that counts as core."""

from typing import Any

import polars as pl

from corepath.report.drawing import (
    Drawing,
    Drift,
    Figure,
    Places,
    Scale,
    both,
    line,
    mark,
    path,
    spread,
    text,
)
from corepath.report.text import capped, fit, listed, percent

_OTHERS = 6  # countries that are not compared, drawn in grey
_LOWEST = 20  # rank that is drawn at most


def rank(thresholds: pl.DataFrame, places: Places, drift: Drift) -> Figure:
    """Draw the rank of countries by key core families along the threshold.

    Parameters
    ----------
    thresholds
        A row a country and share of the topic that counts as core: country, threshold, rank_core,
        core_families, is_default; at the default also rank_core_low and rank_core_high, its 90 %
        interval over draws.
    places
        The countries of the release.
    drift
        What is not what it was in the release before.

    Returns
    -------
    Figure
        A line a country; at the release's own threshold the interval of its rank.
    """
    question = "Who leads, and does it hang on the threshold?"
    rows = [r for r in thresholds.rows(named=True) if r["core_families"] > 0]
    if not any(r["country"] in places for r in rows):
        return Figure(question, "No compared country has a key core family at any threshold.", "", thresholds)
    default = [r for r in rows if r["is_default"]]
    best = sorted(
        {r["country"] for r in rows if r["country"] not in places},
        key=lambda c: min(r["rank_core"] for r in rows if r["country"] == c),
    )
    shown = [*best[:_OTHERS], *reversed([c for c in places.codes if any(r["country"] == c for r in rows)])]
    moves = {
        d["name"]: f" {'▲' if d['after'] < d['before'] else '▼'}{abs(d['after'] - d['before'])}"
        for d in drift
        if d["column"] == "rank_core" and d["before"] and d["after"]
    }
    return Figure(
        question,
        _answer(rows, default, places),
        "Rank 1 has the most key core families. Thick bars at the release's own threshold: 90 % interval "
        "of sampling families anew; thin lines beside: range over other methods with a core as large. Lines "
        "that cross say that the order depends on where the core begins, which is a choice. "
        + ("Grey: other countries. " if best else "")
        + ("▲▼: places since the release before." if moves else "")
        + places.limits,
        thresholds.filter(pl.col("country").is_in(places.codes)),
        **both(lambda width: _draw(width, rows, default, shown, places, moves)),
        description="; ".join(_described(r, places) for r in default if r["country"] in places),
    )


def _described(row: dict[str, Any], places: Places) -> str:
    told = f"{places[row['country']].name}: rank {row['rank_core']} at {percent(row['threshold'])}"
    if row["rank_core_low"] is None:
        return told
    return f"{told}, 90 % of samples {row['rank_core_low']:.0f} to {row['rank_core_high']:.0f}"


def _answer(rows: list[dict[str, Any]], default: list[dict[str, Any]], places: Places) -> str:
    leaders: list[tuple[float, str]] = []
    for share in sorted({r["threshold"] for r in rows}):
        first = [r for r in rows if r["threshold"] == share]
        leader = min(first, key=lambda r: (r["rank_core"], r["country"]))["country"]
        if not leaders or leaders[-1][1] != leader:
            leaders.append((share, leader))
    if len(leaders) == 1:
        told = f"{places[leaders[0][1]].said} is first at every threshold."
    elif len(leaders) > 4:
        who = capped([places[c].said for c in dict.fromkeys(c for _, c in leaders)], 4)
        told = f"The first place changes {len(leaders) - 1} times along the threshold, between {who}."
    else:
        told = (
            f"{places[leaders[0][1]].said} is first up to {percent(leaders[1][0])}, "
            + listed(
                [
                    f"{places[c].said} from there" if i == 0 else f"{places[c].said} from {percent(share)}"
                    for i, (share, c) in enumerate(leaders[1:])
                ],
                "then",
            )
            + "."
        )
    sure = [r for r in default if r["country"] in places and r["rank_core_low"] is not None]
    if not sure:
        return told + " How sure a rank is cannot be determined here."
    first = min(sure, key=lambda r: r["rank_core"])
    rivals = [
        places[r["country"]].said
        for r in sure
        if r is not first and r["rank_core_low"] <= first["rank_core_high"]
    ]
    name = places[first["country"]].said
    at = f" At the release's own {percent(first['threshold'])}, {name} is number {first['rank_core']}"
    wide = max(sure, key=lambda r: r["rank_core_high"] - r["rank_core_low"])
    if rivals:
        at += f", but sampling does not set it apart from {capped(rivals, 3)}"
    else:
        at += ", whose interval lies before those of the others compared"
    ranges = [r for r in sure if r["rank_core_method_low"] is not None]
    moved = [r for r in ranges if r["rank_core_method_high"] - r["rank_core_method_low"] >= 2]
    if moved:
        most = max(moved, key=lambda r: r["rank_core_method_high"] - r["rank_core_method_low"])
        at += (
            f"; other methods would move {places[most['country']].said} most, to any rank from "
            f"{most['rank_core_method_low']:.0f} to {most['rank_core_method_high']:.0f}"
        )
    elif wide["rank_core_high"] - wide["rank_core_low"] >= 3:
        at += (
            f"; least sure is {places[wide['country']].said}: {wide['rank_core']} at the default, "
            f"{wide['rank_core_low']:.0f} to {wide['rank_core_high']:.0f} over samples"
        )
    return told + at + "."


def _draw(
    width: float,
    rows: list[dict[str, Any]],
    default: list[dict[str, Any]],
    shown: list[str],
    places: Places,
    moves: dict[str, str],
) -> Drawing:
    is_wide = width > 400
    lowest = min(_LOWEST, max(2, *(int(r["rank_core"]) for r in rows if r["country"] in shown)))
    left, right, top, bottom = 30.0, 130.0 if is_wide else 46.0, 34.0, 44.0
    height = top + bottom + max(230, 17 * lowest)
    shares = sorted({r["threshold"] for r in rows})
    x = Scale(shares[0], shares[-1] if len(shares) > 1 else shares[0] * 2, left, width - right, log=True)
    y = Scale(1, lowest, top, height - bottom)
    drawn = text(2, 12, "rank by key core families")
    for k in range(1, lowest + 1):
        drawn += line(left, y(k), width - right, y(k))
        if k == 1 or k % (1 if lowest <= 12 else 5) == 0:
            drawn += text(left - 8, y(k) + 4, k, "ax", "end")
    for v in (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5):
        if x.holds(v):
            drawn += text(x(v), height - bottom + 18, percent(v).replace(".0", ""), "ax", "middle")
    ends = []
    for code in shown:
        own = sorted((r for r in rows if r["country"] == code), key=lambda r: r["threshold"])
        css = "other" if code not in places else f"s{places[code].css}"
        drawn += path([(x(r["threshold"]), y(r["rank_core"])) for r in own], f"ln {css}")
        ends.append((code, y(own[-1]["rank_core"])))
    for (code, _), at in zip(
        ends, spread([end + 4 for _, end in ends], 13, top, height - bottom + 4), strict=True
    ):
        name = fit(places[code].name, right - 14) if is_wide and code in places else code
        drawn += text(width - right + 8, at, name + moves.get(code, ""), "lab" if code in places else "ax")
    sure = [r for r in default if r["country"] in places and r["rank_core_low"] is not None]
    for i, r in enumerate(sure):
        at = x(r["threshold"]) + (i - (len(sure) - 1) / 2) * 13
        place = places[r["country"]]
        drawn += line(at, y(r["rank_core_low"]), at, y(r["rank_core_high"]) + 1, f"ci thick s{place.css}")
        if r["rank_core_method_low"] is not None:
            drawn += line(
                at + 5,
                y(r["rank_core_method_low"]),
                at + 5,
                y(r["rank_core_method_high"]) + 1,
                f"ci faint s{place.css}",
            )
        drawn += mark(place, at, y(r["rank_core"]), 4.5, title=_described(r, places))
    if default:
        at = x(default[0]["threshold"])
        drawn += text(at, top - 10, f"this release: {percent(default[0]['threshold'])}", "ax", "middle")
    drawn += text(
        (left + width - right) / 2,
        height - 6,
        "best share of the topic that counts as core (log scale)"
        if is_wide
        else "share that counts as core (log scale)",
        "ax",
        "middle",
    )
    return Drawing(width, height, drawn)
