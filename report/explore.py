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
    nodes, edges = _node_rows(frames["explore_nodes"], shared["ids"]), frames["explore_edges"]
    data = ""
    for of_all, of_period in _PAIRS:
        parts = {"nodes": _grouped(nodes)} | _edges(edges, shared["ids"], of_all, of_period)
        data = _as_json(shared, parts)
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


# What a view is found by: level, network, families, years.
_KEY = pl.concat_str("level", "network", "population", "period", separator="|").alias("key")


def _as_json(shared: Mapping[str, Any], parts: Mapping[str, Mapping[str, str]]) -> str:
    """Write the data; parts are lists by view that are JSON already, of which there are many."""
    written = json.dumps(shared, separators=(",", ":"), ensure_ascii=False).removesuffix("}")
    for name, of in parts.items():
        lists = ",".join(f"{json.dumps(key)}:{rows}" for key, rows in of.items())
        written += f',"{name}":{{{lists}}}'
    return json_safe(written + "}")


def _short(column: str, digits: int) -> pl.Expr:
    return pl.col(column).round(digits).cast(pl.String).str.strip_suffix(".0")


def _rows(*columns: pl.Expr) -> pl.Expr:
    return pl.concat_str(pl.lit("["), pl.concat_str(*columns, separator=","), pl.lit("]")).alias("row")


def _numbered(ids: Mapping[str, list[str]]) -> pl.DataFrame:
    """Number the technologies of each level: level, technology, i."""
    rows = [(level, name, i) for level, names in ids.items() for i, name in enumerate(names)]
    schema = {"level": pl.String, "technology": pl.String, "i": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _grouped(rows: pl.DataFrame) -> dict[str, str]:
    grouped = rows.group_by("key", maintain_order=True).agg(pl.col("row").str.join(","))
    return {key: f"[{of}]" for key, of in grouped.iter_rows()}


def _node_rows(nodes: pl.DataFrame, ids: Mapping[str, list[str]]) -> pl.DataFrame:
    return nodes.join(_numbered(ids), on=["level", "technology"], maintain_order="left").select(
        _KEY, _rows(pl.col("i"), _short("occurrences", 1), pl.col("community").fill_null(-1))
    )


def _shared(frames: Mapping[str, pl.DataFrame]) -> dict[str, Any]:
    """Everything but the pairs: places, titles, technologies of each network, predicted pairs."""
    nodes = frames["explore_nodes"]
    core = {level: set(of["technology"]) for (level,), of in frames["core"].group_by("level")}
    told: dict[str, Any] = {"ids": {}, "titles": {}, "positions": {}, "core": {}, "rarer": {}}
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
        told["rarer"][level] = of_level["technology"].n_unique() - len(ids)
        told["titles"][level] = [_cut(title or "") for title in most["title"]]
        told["positions"][level] = [placed[name] for name in ids]
        told["core"][level] = [int(name in core.get(level, ())) for name in ids]
    predicted: dict[str, list[list[float]]] = {}
    subclasses = {name: i for i, name in enumerate(told["ids"].get("subclass", ()))}
    for network, source, target, chance in frames["links"].iter_rows():
        if source in subclasses and target in subclasses:
            pair: list[float] = [subclasses[source], subclasses[target], round(chance, 3)]
            predicted.setdefault(network, []).append(pair)
    places = places_of(frames)
    present = set(nodes["network"])
    return told | {
        "predicted": predicted,
        "networks": ["WORLD", *(code for code in places.codes if code in present)],
        "names": {"WORLD": "World", **{place.code: place.name for place in places.compared}},
        "periods": ["all", *frames["periods"]["period"]],
    }


def _edges(
    edges: pl.DataFrame, ids: Mapping[str, list[str]], of_all: int, of_period: int
) -> dict[str, dict[str, str]]:
    """Take the first pairs of each network; say how many are left out."""
    most = pl.when(pl.col("period") == "all").then(of_all).otherwise(of_period)
    numbers = _numbered(ids)
    rows = edges.filter(pl.col("place") <= most)
    for end in ("source", "target"):
        numbered = numbers.rename({"technology": end, "i": f"{end}_i"})
        rows = rows.join(numbered, on=["level", end], how="left", maintain_order="left")
    shown = rows.drop_nulls(["source_i", "target_i"]).select(
        _KEY,
        _rows(
            pl.col("source_i"),
            pl.col("target_i"),
            _short("count", 1),
            _short("strength", 2),
            pl.col("is_backbone").cast(pl.Int8),
            pl.col("is_cross_section").cast(pl.Int8),
        ),
    )
    counts = dict(shown.group_by("key").len().iter_rows())
    pairs = dict(rows.group_by(_KEY, maintain_order=True).agg(pl.col("pairs").first()).iter_rows())
    left = {key: total - counts.get(key, 0) for key, total in pairs.items()}
    return {"edges": _grouped(shown), "left": {key: str(count) for key, count in left.items() if count}}


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
