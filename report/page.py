"""The report of a release as one page: figures, what they rest on, and how to take them along."""

import base64
import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from corepath.report import text
from corepath.report.drawing import Drift, Figure, Places, legend_mark, svg
from corepath.report.drawing import text as mark_text
from corepath.report.figures import (
    calibration,
    collaboration,
    lag,
    lift,
    networks,
    paths,
    prediction,
    quantity,
    rank,
    score,
    sensitivity,
    since,
    specialisation,
    technologies,
)
from corepath.report.figures.calibration import bounds
from corepath.report.layout import positions
from corepath.report.planted import planted
from corepath.report.text import capped, counted, escape, listed, number, percent

_ROWS = 200  # of a table behind a figure; the mart has all
SHORT_NAMES = {
    "US": "United States",
    "KR": "South Korea",
    "KP": "North Korea",
    "GB": "United Kingdom",
    "RU": "Russia",
    "IR": "Iran",
    "BO": "Bolivia",
    "VE": "Venezuela",
    "TZ": "Tanzania",
    "MD": "Moldova",
    "LA": "Laos",
    "SY": "Syria",
    "CD": "DR Congo",
    "ZZ": "unknown",
    "WORLD": "World",
}

# Section, its name in the navigation, the figure. A figure's parameters are names of frames.
FIGURES: dict[str, tuple[str, Callable[..., Figure]]] = {
    "quantity": ("Countries", quantity.quantity),
    "since": ("Trends", since.since),
    "rank": ("Ranks", rank.rank),
    "sensitivity": ("Choices", sensitivity.sensitivity),
    "score": ("Score", score.score),
    "technologies": ("Technologies", technologies.technologies),
    "lag": ("Lags", lag.lag),
    "lift": ("Categories", lift.lift),
    "networks": ("Convergence", networks.networks),
    "specialisation": ("Specialisation", specialisation.specialisation),
    "collaboration": ("Collaboration", collaboration.collaboration),
    "paths": ("Paths", paths.paths),
    "prediction": ("Next", prediction.prediction),
    "calibration": ("Errors", calibration.calibration),
}
# Of which inferences a figure shows results: names of meta.calibration, and which of their claims.
CALIBRATED: dict[str, tuple[str, tuple[str, ...]]] = {
    "quantity": ("sampling interval", ("core rates",)),
    "since": ("break in a trend", ("fires", "finds")),
    "rank": ("sampling interval", ("ranks of countries", "core families")),
    "score": ("sampling interval", ("weights",)),
    "technologies": ("key core technology", ("false subclass", "finds subclass")),
    "lag": ("technology lag", ("covers", "false direction", "finds")),
    "paths": ("path", ("fires", "wrong", "finds")),
}


@dataclass(frozen=True)
class Style:
    """Style sheets: of the page, and of figures, which a figure takes along."""

    page: str
    figures: str


def places_of(frames: Mapping[str, pl.DataFrame]) -> Places:
    """Give the countries of a release, those compared in the order of its topic."""
    names = dict(frames["places"].select("country", "name").iter_rows()) | SHORT_NAMES
    compared = set(frames["places"].filter("is_compared")["country"])
    asked = (frames["release"]["countries"][0] or "").split(",")
    return Places.of([c for c in asked if c in compared] + sorted(compared - set(asked)), names)


def make_figures(frames: Mapping[str, pl.DataFrame], drift: Drift = ()) -> dict[str, Figure]:
    """Make every figure of the report.

    Parameters
    ----------
    frames
        By name: those of `corepath.warehouse.release.frames`.
    drift
        What changed since the release before: what, name, column, before and after.

    Returns
    -------
    dict
        By name, in the order of the page.
    """
    places = places_of(frames)
    given = {
        **frames,
        "places": places,
        "positions": positions(frames["map_nodes"]["technology"].to_list(), frames["map_edges"]),
        "drift": drift,
        "reference": _reference(frames, places),
    }
    return {
        name: make(**{parameter: given[parameter] for parameter in inspect.signature(make).parameters})
        for name, (_, make) in FIGURES.items()
    }


def _reference(frames: Mapping[str, pl.DataFrame], places: Places) -> str | None:
    """The country that lags are held against: of those compared, the one with most key core families."""
    own = frames["ranking"].filter(pl.col("country").is_in(places.codes) & (pl.col("core_families") > 0))
    return (
        own.sort("core_families", "country", descending=[True, False])["country"][0] if own.height else None
    )


def as_svg(figure: Figure, name: str, style: Style, is_made_up: bool = False) -> str | None:
    """Write a figure as a file of its own; nothing where it has no picture."""
    if figure.wide is None:
        return None
    drawing = figure.wide
    if is_made_up:  # so that it says so wherever it is taken
        note = mark_text(4, drawing.height + 14, f"{text.MADE_UP[0]} Generated patents.", "faint")
        drawing = replace(drawing, height=drawing.height + 20, body=drawing.body + note)
    return svg(drawing, figure.question, f"{figure.answer} {figure.description}", name, style=style.figures)


def as_page(
    frames: Mapping[str, pl.DataFrame],
    queries: Mapping[str, str],
    style: Style,
    change: Mapping[str, Any],
    links: Sequence[tuple[str, str]],
    truth: Mapping[str, Any] | None = None,
) -> str:
    """Write the report of a release.

    Parameters
    ----------
    frames
        What is drawn; see `make_figures`.
    queries
        The SQL of each frame, for readers to run themselves.
    style
        Style sheets.
    change
        changes.json of the release: before, after, drift, warnings.
    links
        Other pages of the release: address and name.
    truth
        What is planted in a generated world, as its truth file has it. The page then says that the
        world is made up, and holds what was found against it.

    Returns
    -------
    str
        HTML that loads nothing and runs no script.
    """
    release = frames["release"].rows(named=True)[0]
    places = places_of(frames)
    beside = None if truth is None else planted(truth, frames, places, _reference(frames, places))
    made = make_figures(frames, change.get("drift", ()))
    title = f"{release['title']} {release['version']}"
    body = (
        _header(release, frames, places, made, change, links, truth is not None)
        + f'<main id="main">{_read_first(frames, places)}{_planted(beside, places)}{_legend(places, change)}'
        + '<div class="grid">'
        + "".join(
            _section(
                name, figure, queries, style, _calibrated(name, frames["calibration"]), truth is not None
            )
            for name, figure in made.items()
        )
        + "</div>"
        + _changes(change, places)
        + f"</main>{_footer(release, frames)}"
    )
    return document(title, body, style)


def document(title: str, body: str, style: Style, script: str = "", script_hash: str = "") -> str:
    """Write a page that loads nothing; of scripts it runs the one whose hash is given, or none."""
    scripts = f"script-src 'sha256-{script_hash}'; " if script_hash else ""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src '
        f"'unsafe-inline'; {scripts}base-uri 'none'; form-action 'none'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(title)}</title>\n<style>{style.page}{style.figures}</style>\n</head>\n<body>\n"
        f'<a class="skip" href="#main">Skip to content</a>\n{body}\n{script}</body>\n</html>\n'
    )


MADE_UP = f'<p class="madeup" role="note"><b>{text.MADE_UP[0]}</b> {text.MADE_UP[1]}</p>'


def _header(
    release: Mapping[str, Any],
    frames: Mapping[str, pl.DataFrame],
    places: Places,
    made: Mapping[str, Figure],
    change: Mapping[str, Any],
    links: Sequence[tuple[str, str]],
    is_made_up: bool,
) -> str:
    facts = frames["facts"].rows(named=True)[0]
    of_core = f"{number(facts['core_technologies'])} of {number(facts['technologies'])}"
    stays = percent(facts["core_overlap"])
    methods = facts["core_overlap_method"]
    worst = "" if methods is None else f"; under the method that changes most, {percent(methods)}"
    years = f"{facts['first_year']}–{facts['last_year']}" if facts["first_year"] else "no year known"
    cards = [
        (number(facts["families"]), f"patent families, first filed {years}"),
        (number(facts["core_families"]), "of them key core: the best by score"),
        (of_core, "subclasses pass the test for key core technologies"),
        (stays, f"of the core stays when families are sampled anew{worst}"),
        (percent(facts["imputed"] or 0), "of countries are imputed: no record names them"),
        (str(facts["complete_year"] or "none"), "last complete year: all its families are published"),
    ]
    inside = [(f"#{name}", FIGURES[name][0]) for name in made] + [("#changes", "Changes")] * bool(
        change.get("before")
    )
    others = [f"{places.left_out} more countries"] * bool(places.left_out)
    return (
        f'<header><p class="eyebrow">corepath release {escape(release["version"])}, published '
        f"{escape(str(release['published_at'])[:10])}</p><h1>{escape(release['title'])}</h1>"
        '<p class="lead">Key core technologies in patents of '
        f"{escape(listed([*(p.said for p in places.compared), *others]))}: "
        "who has them, how sure that is, and what came first where."
        f'</p>{MADE_UP if is_made_up else ""}<ul class="cards">'
        + "".join(f"<li><b>{escape(value)}</b><span>{escape(what)}</span></li>" for value, what in cards)
        + f'</ul><nav aria-label="Sections">{_links(inside)}</nav><nav '
        f'aria-label="Files">{_links(links)}</nav></header>'
    )


def _links(links: Sequence[tuple[str, str]]) -> str:
    return "".join(f'<a href="{escape(to)}">{escape(name)}</a>' for to, name in links)


def _read_first(frames: Mapping[str, pl.DataFrame], places: Places) -> str:
    facts = frames["facts"].rows(named=True)[0]
    points = [f"<li>{escape(told)}</li>" for told in frames["said_first"]["sentence"]]
    left = [r for r in frames["weights"].rows(named=True) if not r["is_used"]]
    if left:
        told = "".join(
            f"<li>{escape(r['title'])} ({escape(r['indicator'].upper())}): {escape(r['reason'])}</li>"
            for r in left
        )
        points.append(
            f"<li><b>Left out of the score:</b> {counted(len(left), 'indicator')}.<ul>{told}</ul></li>"
        )
    if not facts["core_technologies"]:
        points.append(
            "<li><b>No technology is key core</b> by the test; lists of technologies are not a ranking.</li>"
        )
    if (facts["imputed"] or 0) > 0.2:
        points.append(
            f"<li><b>{percent(facts['imputed'])} of countries are imputed</b>, by registers of "
            "organisations or offices of filing: where a company is at home is not where an invention was "
            "made.</li>"
        )
    if facts["abstracts"] is not None and facts["abstracts"] < 0.5:
        points.append(
            f"<li><b>{percent(facts['abstracts'])} of publications have an abstract:</b> of the others, the "
            "topic's words are looked for in titles alone, and fewer are found.</li>"
        )
    counts = {r["country"]: r["core_families"] for r in frames["ranking"].rows(named=True)}
    few = [
        f"{p.name} ({number(counts.get(p.code, 0))})" for p in places.compared if counts.get(p.code, 0) < 30
    ]
    if few:
        points.append(
            f"<li><b>Fewer than 30 key core families:</b> {escape(listed(few))}. Lags and paths cannot be "
            "told there, and ranks are unsure.</li>"
        )
    warnings = frames["warnings"].rows(named=True)
    if warnings:
        told = "".join(
            f"<li>{escape(text.sentence(r['expectation']))}: does not hold in "
            f"<code>{escape(r['table_name'])}</code>. {escape(r['why'])}.</li>"
            for r in warnings
        )
        points.append(
            f"<li><details><summary><b>{counted(len(warnings), 'warning')} of "
            f"validation</b></summary><ul>{told}</ul></details></li>"
        )
    if not points:
        points = ["<li>No indicator is left out, and validation has no warning.</li>"]
    return (
        f'<aside class="warn" aria-label="Read first"><h2>Read first</h2><ul>{"".join(points)}</ul></aside>'
    )


def _legend(places: Places, change: Mapping[str, Any]) -> str:
    items = "".join(
        f"<li>{legend_mark(p)}{escape(p.name)}{_moved(change, 'ranks', p.code, 'rank_core')}</li>"
        for p in places.compared
    )
    return f'<ul class="legend" aria-label="Countries compared">{items}</ul>'


def _moved(change: Mapping[str, Any], what: str, name: str, column: str) -> str:
    """Mark a rank that is not what it was in the release before."""
    for d in change.get("drift", ()):
        if (d["what"], d["name"], d["column"]) == (what, name, column) and d["before"] and d["after"]:
            by = d["before"] - d["after"]
            sign, word = ("▲", "up") if by > 0 else ("▼", "down")
            return (
                f'<span class="moved" title="rank by key core families, {word} from '
                f'{d["before"]}">{sign}{abs(by)}</span>'
            )
    return ""


def _calibrated(name: str, calibration: pl.DataFrame) -> str:
    """Say how often results such as a figure's are wrong where the truth is known."""
    inference, claims = CALIBRATED.get(name, ("", ()))
    rows = [r for r in calibration.filter(inference=inference).rows(named=True) if r["claim"] in claims]
    told = [
        f"{percent(r['rate'])} of {r['says']}" + (f" ({bounds(r)} claimed)" if r["holds"] is False else "")
        for r in rows
    ]
    return f"In worlds whose truth is known: {'; '.join(told)}." if told else ""


def _section(
    name: str, figure: Figure, queries: Mapping[str, str], style: Style, calibrated: str, is_made_up: bool
) -> str:
    make = FIGURES[name][1]
    used = [p for p in inspect.signature(make).parameters if p in queries and p != "places"]
    marts = list(dict.fromkeys(m for p in used for m in _marts(queries[p])))
    picture = ""
    if figure.wide is not None and figure.narrow is not None:
        described = figure.description or figure.answer
        picture = svg(figure.wide, figure.question, described, f"{name}-wide", "wide") + svg(
            figure.narrow, figure.question, described, f"{name}-narrow", "narrow"
        )
    has_any = bool(picture or figure.extra)
    read = ", ".join(f"<code>{escape(mart)}</code>" for mart in marts)
    files = _downloads(name, figure, style, is_made_up)
    sql = ";\n\n".join(f"-- {p}\n{queries[p].strip()}" for p in used) + ";"
    return (
        f'<figure id="{name}" class="{"full" if figure.is_full else ""}"><h2><a '
        f'href="#{name}">{escape(figure.question)}</a></h2>'
        f'<p class="{"answer" if has_any else "answer empty"}">{escape(text.sentence(figure.answer))}</p>'
        f"{picture}{figure.extra}<figcaption>{escape(figure.note)} {escape(calibrated)}</figcaption>"
        f'<div class="take"><span class="src">Data: {read}</span>{files}'
        f"<details><summary>Table</summary>{_table(figure.table, figure.question)}</details>"
        f'<details><summary>SQL</summary><pre tabindex="0"><code>{escape(sql)}</code></pre></details></div>'
        "</figure>"
    )


def _marts(query: str) -> list[str]:
    found = re.findall(r"\b(marts|meta)\.(\w+)", query)
    return sorted({table if schema == "marts" else f"meta.{table}" for schema, table in found})


def _downloads(name: str, figure: Figure, style: Style, is_made_up: bool) -> str:
    csv = _data("text/csv", text.as_csv(figure.table))
    links = f'<a download="{name}.csv" href="{csv}">CSV</a>' if figure.table.height else ""
    picture = as_svg(figure, name, style, is_made_up)
    return links + (
        f'<a download="{name}.svg" href="{_data("image/svg+xml", picture)}">SVG</a>' if picture else ""
    )


def _data(kind: str, content: str) -> str:
    return f"data:{kind};charset=utf-8;base64,{base64.b64encode(content.encode()).decode()}"


def _table(frame: pl.DataFrame, caption: str) -> str:
    if not frame.height:
        return '<p class="empty">No row.</p>'
    head = "".join(f'<th scope="col">{escape(text.plain(c))}</th>' for c in frame.columns)
    body = "".join("<tr>" + "".join(_cell(v) for v in row) + "</tr>" for row in frame.head(_ROWS).iter_rows())
    more = (
        f'<p class="src">The first {_ROWS} of {number(frame.height)} rows; the mart has all.</p>'
        if frame.height > _ROWS
        else ""
    )
    return (
        f'<div class="scroll" role="region" aria-label="{escape(caption)}" '
        f'tabindex="0"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>{more}"
    )


def _cell(value: object) -> str:
    if value is None:
        return "<td></td>"
    if isinstance(value, bool):
        return f"<td>{'yes' if value else 'no'}</td>"
    if isinstance(value, float):
        return f'<td class="n">{value:,.1f}</td>' if abs(value) >= 100 else f'<td class="n">{value:.3g}</td>'
    return f'<td class="n">{value}</td>' if isinstance(value, int) else f"<td>{escape(value)}</td>"


def _changes(change: Mapping[str, Any], places: Places) -> str:
    if not change.get("before"):
        return (
            '<section id="changes"><h2>What changed?</h2><p class="answer empty">This is the first '
            "release of its topic: there is none to compare it with.</p></section>"
        )
    drift = change["drift"]
    of = {
        what: [d for d in drift if d["what"] == what]
        for what in ("technologies", "ranks", "weights", "labels")
    }
    new = [d["name"] for d in of["technologies"] if d["after"]]
    gone = [d["name"] for d in of["technologies"] if not d["after"]]
    own = [d for d in of["ranks"] if d["name"] in places]
    lines = [f"New key core technologies: {capped(new, 12)}."] * bool(new)
    lines += [f"No longer key core: {capped(gone, 12)}."] * bool(gone)
    lines += [
        f"{places[d['name']].name}: "
        f"{'rank by key core families' if d['column'] == 'rank_core' else 'rank by families'} "
        f"{_was(d['before'])} → {_was(d['after'])}"
        for d in own
    ]
    lines += [
        f"Weight of {d['name'].upper()}: {_was(d['before'])} → {_was(d['after'])}" for d in of["weights"]
    ]
    lines += [
        f"{places[d['name']].name}, {text.plain(d['column'])}: {_label(d['before'])} → {_label(d['after'])}"
        for d in of["labels"]
    ]
    lines += [f"Warning: {w}" for w in change.get("warnings", ())]
    answer = (
        f"Since {change['before']}, {counted(len(own), 'rank')} of compared countries, "
        f"{counted(len(of['weights']), 'weight')} and {counted(len(of['labels']), 'path label')} changed, "
        f"and {counted(len(new), 'technology', 'technologies')} became key core."
        if lines
        else f"Since {change['before']}, no rank of a compared country, weight, path label or key core "
        "technology changed."
    )
    told = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return (
        f'<section id="changes"><h2>What changed?</h2><p class="answer">{escape(answer)}</p><ul '
        f'class="changes">{told}</ul>'
        '<p class="src">Row by row: <a href="changes.md">changes.md</a></p></section>'
    )


def _was(value: object) -> str:
    if value is None:
        return "none"
    return percent(value) if isinstance(value, float) else str(value)


def _label(value: object) -> str:
    return "none" if value is None else paths.in_words(str(value))


def _planted(beside: pl.DataFrame | None, places: Places) -> str:
    if beside is None:
        return ""
    rows = beside.rows(named=True)
    agreed = sum(r["agrees"] is True for r in rows)
    told = sum(r["agrees"] is not None for r in rows)
    codes = [code for code in (*places.codes, "WORLD") if any(r["country"] == code for r in rows)]
    cells = {(r["what"], r["country"]): r for r in rows}
    head = "".join(
        f'<th scope="col">{legend_mark(places[code]) if code in places else ""}'
        f"{escape(places[code].name)}</th>"
        for code in codes
    )
    body = "".join(
        f'<tr><th scope="row">{escape(what)}</th>'
        + "".join(_planted_cell(cells.get((what, code))) for code in codes)
        + "</tr>"
        for what in dict.fromkeys(r["what"] for r in rows)
    )
    return (
        '<section id="planted"><h2>What was planted, and what was found</h2><p class="answer">The '
        f"world was made with known differences between countries. Of {len(rows)} of them corepath tells "
        f"{told}, and {agreed} of these as they were planted; where the families are too few to tell, it "
        "says so.</p>"
        '<div class="scroll" role="region" aria-label="Planted and found" tabindex="0"><table class="paths">'
        f'<thead><tr><th scope="col">Planted, and found</th>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div></section>"
    )


def _planted_cell(row: Mapping[str, Any] | None) -> str:
    if row is None:
        return "<td></td>"
    sign = {True: "✓", False: "✗ differs:", None: "–"}[row["agrees"]]
    css = {True: "agrees", False: "differs", None: "open"}[row["agrees"]]
    return f'<td class="{css}">{escape(row["planted"])}<small>{sign} {escape(row["found"])}</small></td>'


def _linkage(source: Mapping[str, Any]) -> str:
    """Say how many references meet a loaded publication, and which values count as unknown."""
    refs = source["refs"]
    unread = f"Count as unknown: {escape(source['unread'])}. " if source["unread"] else ""
    if not refs:
        return f"No references. {unread}"
    linked = percent(source["linked"] / refs)
    return f"{linked} of {counted(refs, 'reference')} meet a loaded publication. {unread}"


def _footer(release: Mapping[str, Any], frames: Mapping[str, pl.DataFrame]) -> str:
    sources = "".join(
        f"<li>{escape(r['title'])}: {number(r['publications'])} publications from "
        f"{counted(r['files'] or 0, 'file')}, {number(r['rejected'])} rows rejected. "
        f"{_linkage(r)}{escape(r['licence'] or '')}. {escape(r['credit'] or '')}</li>"
        for r in frames["sources"].rows(named=True)
    )
    return (
        f'<footer><h2>Sources</h2><ul class="src">{sources}</ul><p class="src">corepath '
        f"{escape(release['code_version'])}, schema {escape(release['schema_version'])}, run "
        f"{escape(release['run_id'])}. This page is one file: it loads nothing and runs no "
        "script.</p></footer>"
    )
