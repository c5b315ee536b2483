"""The networks of a release to look around in: one page with its data and one script in it."""

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

import polars as pl

from corepath.report.layout import positions
from corepath.report.page import MADE_UP, Style, document, places_of
from corepath.report.text import escape, json_safe

MOST_BYTES = 2_900_000  # of a page
# Pairs of a network of all years, and of one of a period; of a page that is too large, ever fewer.
_PAIRS = ((1500, 400), (800, 200), (300, 100), (100, 50))
_NODES = 700  # of a level on the map, the most frequent
_TITLE = 120  # letters


def as_explorer(frames: Mapping[str, pl.DataFrame], style: Style, script: str, made_up: bool = False) -> str:
    """Write the explorer of a release.

    Parameters
    ----------
    frames
        By name: release, places, map_edges and map_edges_of_groups (source, target, strength: what
        the map is laid out by), explore_nodes (level, network, population, period, technology,
        title, occurrences, community), explore_edges (level, network, population, period, source,
        target, count, strength, is_backbone, is_cross_section, place and pairs: its place in the
        network and how many there are), core (level, technology), links (network, source, target,
        chance), periods (period).
    style
        Style sheets.
    script
        The script; a browser runs it alone, by its hash.
    made_up
        Whether the world is generated.

    Returns
    -------
    str
        HTML of no more than 2.9 MB.
    """
    shared = _shared(frames)
    data = ""
    for of_all, of_period in _PAIRS:
        chosen = shared | _edges(frames["explore_edges"], shared["ids"], of_all, of_period)
        data = json_safe(json.dumps(chosen, separators=(",", ":"), ensure_ascii=False))
        if len(data.encode()) + len(script) < MOST_BYTES - 60_000:
            break
    release = frames["release"].rows(named=True)[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    title = f"{release['title']} {release['version']}: networks"
    body = _body(release, shared, made_up)
    scripts = f'<script type="application/json" id="data">{data}</script>\n<script>{script}</script>\n'
    return document(title, body, style, scripts, digest)


def _cut(title: str) -> str:
    return title if len(title) <= _TITLE else title[: _TITLE - 1].rstrip() + "…"


def _key(row: Mapping[str, Any]) -> str:
    return f"{row['level']}|{row['network']}|{row['population']}|{row['period']}"


def _shared(frames: Mapping[str, pl.DataFrame]) -> dict[str, Any]:
    """Everything but the pairs: places, titles, technologies of each network, predicted pairs."""
    nodes = frames["explore_nodes"]
    core = {level: set(of["technology"]) for (level,), of in frames["core"].group_by("level")}
    told: dict[str, Any] = {"ids": {}, "titles": {}, "positions": {}, "core": {}, "nodes": {}}
    for level in ("subclass", "main_group"):
        of_level = nodes.filter(pl.col("level") == level)
        if not of_level.height:
            continue
        most = (
            of_level.group_by("technology")
            .agg(pl.col("occurrences").max(), pl.col("title").first())
            .sort(["occurrences", "technology"], descending=[True, False])
            .head(_NODES)
            .sort("technology")
        )
        ids = most["technology"].to_list()
        # Subclasses lie where the report has them.
        placed = positions(ids, frames["map_edges" if level == "subclass" else "map_edges_of_groups"])
        told["ids"][level] = ids
        told["titles"][level] = [_cut(title or "") for title in most["title"]]
        told["positions"][level] = [placed[name] for name in ids]
        told["core"][level] = [int(name in core.get(level, ())) for name in ids]
    index = {level: {name: i for i, name in enumerate(ids)} for level, ids in told["ids"].items()}
    for row in nodes.rows(named=True):
        i = index.get(row["level"], {}).get(row["technology"])
        if i is not None:
            community = -1 if row["community"] is None else row["community"]
            told["nodes"].setdefault(_key(row), []).append([i, round(row["occurrences"], 1), community])
    predicted: dict[str, list[list[float]]] = {}
    subclasses = index.get("subclass", {})
    for network, source, target, chance in frames["links"].iter_rows():
        if source in subclasses and target in subclasses:
            pair = [subclasses[source], subclasses[target], round(chance, 3)]
            predicted.setdefault(network, []).append(pair)
    places = places_of(frames)
    present = {key.split("|")[1] for key in told["nodes"]}
    return told | {
        "predicted": predicted,
        "networks": ["WORLD", *(code for code in places.codes if code in present)],
        "names": {"WORLD": "World", **{place.code: place.name for place in places.compared}},
        "periods": ["all", *frames["periods"]["period"]],
    }


def _edges(edges: pl.DataFrame, ids: Mapping[str, list[str]], of_all: int, of_period: int) -> dict[str, Any]:
    """Take the first pairs of each network; say how many are left out."""
    index = {level: {name: i for i, name in enumerate(of)} for level, of in ids.items()}
    most = pl.when(pl.col("period") == "all").then(of_all).otherwise(of_period)
    told: dict[str, list[list[float]]] = {}
    total: dict[str, int] = {}
    for row in edges.filter(pl.col("place") <= most).rows(named=True):
        own, key = index.get(row["level"], {}), _key(row)
        total[key] = row["pairs"]
        if row["source"] in own and row["target"] in own:
            told.setdefault(key, []).append([
                own[row["source"]], own[row["target"]], round(row["count"], 1), round(row["strength"], 2),
                int(row["is_backbone"]), int(row["is_cross_section"]),
            ])  # fmt: skip
    left = {key: count - len(told.get(key, ())) for key, count in total.items()}
    return {"edges": told, "left": {key: count for key, count in left.items() if count}}


def _options(values: Mapping[str, str]) -> str:
    return "".join(f'<option value="{escape(v)}">{escape(name)}</option>' for v, name in values.items())


def _body(release: Mapping[str, Any], shared: Mapping[str, Any], made_up: bool) -> str:
    levels = {"subclass": "IPC subclass", "main_group": "IPC main group"}
    periods = {period: "all years" if period == "all" else period for period in shared["periods"]}
    controls = {
        "network": ("Country", {code: shared["names"][code] for code in shared["networks"]}),
        "families": ("Families", {"core": "key core", "all": "all"}),
        "period": ("Years", periods),
        "level": ("Level", {level: levels[level] for level in shared["ids"]}),
        "pairs": ("Pairs", {"1": "beyond chance", "0": "all", "2": "predicted"}),
        "colour": ("Colour by", {"section": "IPC section", "community": "community"}),
    }
    fields = "".join(
        f'<label for="{name}">{title}<select id="{name}">{_options(values)}</select></label>'
        for name, (title, values) in controls.items()
    )
    return (
        f'<header><p class="eyebrow">corepath release {escape(release["version"])} · '
        f'<a href="report.html">report</a> · <a href="dictionary.html">dictionary</a></p>'
        f"<h1>{escape(release['title'])}: how technologies converge</h1>{MADE_UP if made_up else ''}"
        '<p class="lead">Dots are technologies, their size the families that have them, a ring a key core '
        "technology. Lines join technologies of the same family; orange and dashed lines join two "
        "sections of the "
        "IPC. Each technology keeps its place in every view, and the address of this page always "
        "leads back to what "
        "you see.</p></header>"
        '<main id="main"><noscript><p class="empty">The explorer needs JavaScript. '
        '<a href="report.html">The report</a> does not.</p></noscript>'
        f'<form id="controls" aria-label="What to show">{fields}'
        '<label for="find">Find<input id="find" type="search" placeholder="G06N or neural" '
        'autocomplete="off" '
        'aria-describedby="count"></label><label class="check"><input id="core" type="checkbox">key '
        "core only, in the "
        'table</label></form><p class="src" id="count" aria-live="polite"></p><ul id="found"></ul>'
        '<div class="explorer"><div><canvas id="map" tabindex="0" role="application" '
        'aria-label="Convergence network. '
        "Arrow keys go from technology to technology, plus and minus zoom, 0 shows all, Escape "
        'clears."></canvas>'
        '<div class="zoom"><button type="button" id="closer" aria-label="Zoom in">+</button>'
        '<button type="button" id="farther" aria-label="Zoom out">−</button>'
        '<button type="button" id="whole">Show all</button></div><p class="src" id="status" '
        'aria-live="polite"></p></div>'
        '<div id="side" aria-live="polite" tabindex="0" role="region" aria-label="The chosen '
        'technology"></div></div>'
        '<section id="table"><h2>Technologies by country</h2><p class="src">Families of the choice '
        "above; the search "
        'filters. <span id="rows"></span></p><div class="scroll" role="region" '
        'aria-label="Technologies by country" '
        'tabindex="0"><table><thead><tr id="head"></tr></thead><tbody '
        'id="body"></tbody></table></div></section></main>'
        '<footer><p class="src">This page is one file. It loads nothing; of scripts it runs the one '
        "whose hash stands in "
        "its policy.</p></footer>"
    )
