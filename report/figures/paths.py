"""Which path, and whom to learn from?"""

from typing import Any

import polars as pl

from corepath.report.drawing import NARROW, WIDE, Drawing, Figure, Places, legend_mark, line, mark, rect, text
from corepath.report.text import capped, escape, fit, listed, number, percent, sentence

# Labels of docs/pathways.md in words.
LABELS = {
    "I1": "advantage-led, few industries",
    "I2": "co-development of industries",
    "I3": "many industries, small batches",
    "I4": "parallel but scattered industries",
    "T1": "across categories",
    "T2": "within categories, tight",
    "T3": "within categories, loose",
    "C1": "industry, university and research together",
    "C2": "chain of firms",
    "C3": "leader-driven",
    "C4": "few independent firms",
    "indeterminate": "cannot tell",
}
DIMENSIONS = {"industry": "Industries", "technology": "Technologies", "collaboration": "Collaboration"}
_MOST = 12  # technologies in the table
_WEAK = 0.6  # support below which a label is weak


def paths(pathways: pl.DataFrame, references: pl.DataFrame, places: Places) -> Figure:
    """Tell each country's path with its support, and whom it could learn from in which technology.

    Parameters
    ----------
    pathways
        A row a country: country, families, and for industry, technology and collaboration the label
        (industry_path, ...) and its support (industry_support, ..., 0 to 1).
    references
        A row a technology and country, by rank of the technology: technology, title, country,
        families, standing (leading, level, lagging), kind, reference, reason.
    places
        The countries of the release.

    Returns
    -------
    Figure
        Two tables.
    """
    question = "Which path, and whom to learn from?"
    order = {code: i for i, code in enumerate(places.codes)}
    rows = sorted(
        (r for r in pathways.rows(named=True) if r["country"] in order), key=lambda r: order[r["country"]]
    )
    missing = [place.said for place in places.compared if place.code not in {r["country"] for r in rows}]
    table = [r for r in references.rows(named=True) if r["country"] in order]
    if not rows:
        answer = "No compared country has the 30 key core families that a path needs."
        return Figure(question, answer, "", pathways, is_full=True)
    return Figure(
        question,
        _answer(rows, table, missing, places),
        "A label is given where its tests hold in the country's families; support is the share of samples "
        "with the same label, below 60 % it is weak. “Cannot tell” is an answer: no rule holds for sure. "
        "Patents show classes and co-applicants, not demand, supply or intent. A reference is the nearest "
        "country surely ahead, by "
        "similarity of industries and path; it is a proposal, not a finding." + places.limits,
        pathways.drop("sentence", strict=False),
        _draw(rows, places, 2 * WIDE),
        _draw(rows, places, NARROW),
        "; ".join(_described(r, places) for r in rows),
        _technologies(table, places),
        is_full=True,
    )


def _described(row: dict[str, Any], places: Places) -> str:
    told = ", ".join(
        f"{title.lower()} {in_words(row[f'{d}_path'])} ({percent(row[f'{d}_support'])} of samples)"
        for d, title in DIMENSIONS.items()
    )
    return f"{places[row['country']].name}: {told}"


def in_words(label: str) -> str:
    """Say a path's label in words, with the label where it has one."""
    words = LABELS.get(label, label)
    return words if label in ("indeterminate",) or label not in LABELS else f"{label}: {words}"


def _answer(
    rows: list[dict[str, Any]], table: list[dict[str, Any]], missing: list[str], places: Places
) -> str:
    told = []
    for r in rows:
        sure = [
            LABELS[r[f"{d}_path"]]
            for d in DIMENSIONS
            if r[f"{d}_path"] in LABELS and r[f"{d}_path"] != "indeterminate"
        ]
        told.append(
            f"{sentence(places[r['country']].said)}: {'; '.join(sure) or 'no path can be determined'}"
        )
    parts = ". ".join(told) + "."
    if missing:
        parts += f" Too few key core families (under 30): {capped(missing, 4)}."
    learn: dict[tuple[str, str], int] = {}
    for r in table:
        if r["reference"]:
            learn[r["country"], r["reference"]] = learn.get((r["country"], r["reference"]), 0) + 1
    if learn:
        order = sorted(learn, key=lambda k: (-learn[k], k))[:4]
        parts += (
            " To learn from: "
            + listed(f"{places[a].said} from {places[b].said} in {learn[a, b]}" for a, b in order)
            + (" technologies." if learn[order[-1]] != 1 else " technology.")
        )
    elif table:
        parts += " No country surely lags in a technology that has a reference."
    return parts


def _draw(rows: list[dict[str, Any]], places: Places, width: float) -> Drawing:
    is_wide = width > NARROW
    left = 190.0 if is_wide else 8.0
    column = (width - left) / 3 if is_wide else width - left
    row = 58.0 if is_wide else 182.0
    drawn = ""
    if is_wide:
        for i, title in enumerate(DIMENSIONS.values()):
            drawn += text(left + i * column, 16, title)
    top = 26.0 if is_wide else 6.0
    for i, r in enumerate(rows):
        y, place = top + row * i, places[r["country"]]
        drawn += line(0, y, width, y) + mark(place, 10, y + 18, 5.5)
        drawn += text(24, y + 22, fit(place.name, 150 if is_wide else 190), "lab")
        few = f"{number(r['families'])} core families"
        drawn += text(24, y + 40, few) if is_wide else text(width - 4, y + 22, few, "ax", "end")
        for j, (dimension, title) in enumerate(DIMENSIONS.items()):
            x, at = (left + j * column, y + 4) if is_wide else (24.0, y + 32 + 48 * j)
            heading = "" if is_wide else f"{title}: "
            drawn += _label(r[f"{dimension}_path"], r[f"{dimension}_support"], heading, x, at, column - 24)
    return Drawing(width, top + row * len(rows) + 4, drawn)


def _label(label: str, support: float | None, heading: str, x: float, y: float, width: float) -> str:
    """A path in words above the bar of its support; hollow where it is weak or none."""
    share = support or 0
    is_sure = label != "indeterminate" and share >= _WEAK
    told = f"{percent(support)} of samples agree" + ("" if share >= _WEAK else ", weak")
    bar = min(130.0, width * 0.4)
    return (
        text(x, y + 15, fit(f"{heading}{in_words(label)}", width), "lab" if is_sure else "ax")
        + rect(x, y + 23, bar, 9, "bar outline")
        + rect(x, y + 23, bar * share, 9, "bar model" if is_sure else "bar")
        + text(x + bar + 8, y + 32, told, "faint")
    )


def _technologies(table: list[dict[str, Any]], places: Places) -> str:
    names = list(dict.fromkeys(r["technology"] for r in table))
    if not names:
        return '<p class="empty">No technology is key core, so that there is none to learn in.</p>'
    of = {(r["technology"], r["country"]): r for r in table}
    titles = {r["technology"]: r["title"] or "" for r in table}
    head = "".join(f'<th scope="col">{legend_mark(p)}{escape(p.name)}</th>' for p in places.compared)
    body = "".join(
        f'<tr><th scope="row"><code>{escape(name)}</code> {escape(fit(titles[name].split(";")[0], 300))}</th>'
        + "".join(_standing(of.get((name, p.code)), places) for p in places.compared)
        + "</tr>"
        for name in names[:_MOST]
    )
    left = len(names) - _MOST
    more = f'<p class="src">{left} more in the mart and in the explorer.</p>' if left > 0 else ""
    return (
        '<h4>Standing by technology</h4><div class="scroll" role="region" aria-label="Standing by '
        'technology" tabindex="0"><table class="paths"><thead><tr>'
        f'<th scope="col">Technology</th>{head}</tr></thead><tbody>{body}</tbody></table></div>{more}'
    )


def _standing(row: dict[str, Any] | None, places: Places) -> str:
    if row is None:
        return "<td>–</td>"
    sign = {"leading": "▲ leads", "lagging": "▼ lags", "level": "● level"}.get(
        row["standing"], row["standing"]
    )
    learn = f"<small>learn from {escape(places[row['reference']].name)}</small>" if row["reference"] else ""
    hint = escape(row["reason"] or "")
    return (
        f'<td class="{escape(row["standing"])}" title="{hint}">{escape(sign)} '
        f"<small>{number(row['families'], 1)}</small>{learn}</td>"
    )
