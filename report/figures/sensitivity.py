"""Which choice of method moves whom? Ranks under every other choice, one at a time."""

from typing import Any

import polars as pl

from corepath.report.drawing import Drawing, Figure, Places, both, rect, text
from corepath.report.text import counted, fit, listed, number, plain, sentence

# Choices of a topic file in words, in the order of docs/method.md.
CHOICES = {
    "indicator": "an indicator left out",
    "preset": "the study's plain method",
    "cohort": "whom a family is compared with",
    "transform": "how values are transformed",
    "normalisation": "how values are scaled",
    "weighting": "how indicators are weighed",
    "scoring": "how scores are made of them",
    "rule": "where the core begins: rule",
    "threshold": "where the core begins: share",
    "attribution": "whose country counts",
}


def sensitivity(sensitivity: pl.DataFrame, places: Places) -> Figure:
    """Draw the ranks of countries by key core families under other choices of method.

    Parameters
    ----------
    sensitivity
        A row a choice, option and country: choice, option, country, rank_core and rank_core_change
        (less the rank by the topic's own choice).
    places
        The countries of the release.

    Returns
    -------
    Figure
        A table a choice and country: the best and worst rank of its options, darker where they differ
        more from the release's own.
    """
    question = "Which choice of method moves whom?"
    rows = [r for r in sensitivity.rows(named=True) if r["country"] in places]
    if not rows:
        return Figure(
            question, "No compared country has key core families: no choice moves any.", "", sensitivity
        )
    cells: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for r in rows:
        cells.setdefault((r["choice"], r["country"]), []).append(r)
    shown = [
        c
        for c in [*CHOICES, *sorted({r["choice"] for r in rows} - set(CHOICES))]
        if any(k[0] == c for k in cells)
    ]
    return Figure(
        question,
        _answer(rows, places),
        "Rank by key core families if one choice were another, all else as the topic says; of several "
        "options the best and the worst rank. Blue: it would differ from the release's own in the first "
        "line; dark blue: by three places or more. These choices are conventions; no interval of sampling "
        "covers them." + places.limits,
        pl.DataFrame(rows, schema=sensitivity.schema),
        **both(lambda width: _draw(width, shown, cells, places)),
        description="; ".join(
            f"{CHOICES.get(choice, plain(choice))}: "
            + ", ".join(
                f"{places[code].name} {_ranks(cells[choice, code])}"
                for code in places.codes
                if (choice, code) in cells
            )
            for choice in shown
        ),
    )


def _own(row: dict[str, Any]) -> int:
    return row["rank_core"] - row["rank_core_change"]


def _ranks(of: list[dict[str, Any]]) -> str:
    low, high = min(r["rank_core"] for r in of), max(r["rank_core"] for r in of)
    return str(low) if low == high else f"{low}–{high}"


def _said(row: dict[str, Any]) -> str:
    if row["choice"] == "indicator":
        return f"without {row['option'].upper()}"
    return f"with {plain(row['choice'])} {plain(row['option'])}"


def _answer(rows: list[dict[str, Any]], places: Places) -> str:
    told, still = [], []
    for place in places.compared:
        own = [r for r in rows if r["country"] == place.code]
        if not own:
            continue
        most = max(own, key=lambda r: abs(r["rank_core_change"]))
        if not most["rank_core_change"]:
            still.append(f"{place.said} ({_own(most)})")
            continue
        moved = sum(r["rank_core_change"] != 0 for r in own)
        told.append(
            f"{place.said} from {_own(most)} to {most['rank_core']} {_said(most)}; in all "
            f"{number(moved)} of {counted(len(own), 'other option')} move it"
        )
    parts = []
    if still:
        parts.append(f"No choice moves the rank of {listed(still)}.")
    parts += [sentence(f"{one}.") for one in told]
    return " ".join(parts)


def _draw(
    width: float, shown: list[str], cells: dict[tuple[str, str], list[dict[str, Any]]], places: Places
) -> Drawing:
    is_wide = width > 400
    cell = min(72.0 if is_wide else 44.0, width * 0.55 / max(1, len(places.codes)))
    left = width - cell * len(places.codes) - 4
    row, top = 24.0, 52.0
    drawn = text(4, top - 12, "this release", "lab")
    for i, code in enumerate(places.codes):
        middle = left + cell * (i + 0.5)
        drawn += text(middle, 16, code, "ax", "middle")
        own = next((r for (_, country), of in cells.items() if country == code for r in of), None)
        drawn += text(middle, top - 12, _own(own) if own else "–", "lab", "middle")
    for j, choice in enumerate(shown):
        y = top + row * j
        drawn += text(4, y + 15, fit(CHOICES.get(choice, plain(choice)), left - 10), "ax")
        for i, code in enumerate(places.codes):
            of = cells.get((choice, code))
            if not of:
                continue
            far = max(abs(r["rank_core_change"]) for r in of)
            css = "open" if not far else "more1" if far < 3 else "more2"
            hint = f"{places[code].name}: " + "; ".join(f"{_said(r)} {r['rank_core']}" for r in of[:12])
            drawn += rect(left + cell * i, y, cell - 3, row - 3, css, hint)
            drawn += text(left + cell * (i + 0.5) - 1, y + 15, _ranks(of), f"on {css}", "middle")
    return Drawing(width, top + row * len(shown) + 6, drawn)
