"""How do technologies converge in each country? The same map for all, and how alike they are."""

from typing import Any

import polars as pl

from corepath.report.drawing import (
    NARROW,
    Drawing,
    Figure,
    Place,
    Places,
    circle,
    line,
    mark,
    moved,
    rect,
    text,
)
from corepath.report.layout import Point
from corepath.report.text import counted, fit, listed, number

_EDGE = 18.0  # left free around a map, in pixels
_LABELS = 7  # technologies named in a panel
_PAIRS = 220  # drawn in a panel


def networks(
    edges: pl.DataFrame,
    nodes: pl.DataFrame,
    networks: pl.DataFrame,
    similarity: pl.DataFrame,
    places: Places,
    positions: dict[str, Point],
) -> Figure:
    """Draw the convergence network of each compared country's key core families.

    Parameters
    ----------
    edges
        A row a pair of a country's backbone: network, source, target, count, is_cross_section.
    nodes
        A row a technology of a country: network, technology, title, occurrences.
    networks
        A row a network: network, families.
    similarity
        A row a pair of countries: country_a, country_b, pearson with its 90 % interval pearson_lower
        and pearson_upper.
    places
        The countries of the release.
    positions
        Where each technology lies, the same for all.

    Returns
    -------
    Figure
        A panel a country and a matrix of correlations.
    """
    question = "How do technologies converge in each country?"
    of = {
        code: [r for r in nodes.rows(named=True) if r["network"] == code and r["technology"] in positions]
        for code in places.codes
    }
    drawn = {code: own for code, own in of.items() if own}
    if not drawn:
        return Figure(
            question, "No compared country has key core families with a technology.", "", edges, is_full=True
        )
    families = {r["network"]: r["families"] for r in networks.rows(named=True)}
    pairs = {code: [r for r in edges.rows(named=True) if r["network"] == code] for code in drawn}
    alike = similarity.rows(named=True)

    def draw(across: int, width: float, height: float) -> Drawing:
        size = (width - 10, height - 54)
        parts = [
            _panel(places[code], own, pairs[code], families.get(code), positions, size)
            for code, own in drawn.items()
        ]
        if alike:
            parts.append(_matrix(alike, places, size[0]))
        in_row = min(across, len(parts))
        body = "".join(
            moved((i % in_row) * width, (i // in_row) * height, part) for i, part in enumerate(parts)
        )
        return Drawing(in_row * width, -(-len(parts) // in_row) * height, body)

    return Figure(
        question,
        _answer(pairs, alike, places),
        "A technology has the same place in each panel; lines are pairs that meet more often than their "
        "frequencies explain (noise-corrected backbone). Thick: often; orange and dashed: across two IPC "
        "sections. Networks of few families show fewer lines: compare shapes, not densities. "
        + ("Matrix: correlation of the counts of all pairs, with its 95 % interval. " if alike else "")
        + places.limits,
        edges,
        draw(3, 425, 350),
        draw(1, NARROW, 320),
        "; ".join(_described(code, own, pairs[code], places) for code, own in drawn.items()),
        is_full=True,
    )


def _described(code: str, nodes: list[dict[str, Any]], edges: list[dict[str, Any]], places: Places) -> str:
    largest = sorted(nodes, key=lambda n: (-n["occurrences"], n["technology"]))[:_LABELS]
    return (
        f"{places[code].name}: {counted(len(nodes), 'technology', 'technologies')}, "
        f"{counted(len(edges), 'pair')}, largest {listed(n['technology'] for n in largest)}"
    )


def _answer(pairs: dict[str, list[dict[str, Any]]], alike: list[dict[str, Any]], places: Places) -> str:
    told = []
    for code, own in pairs.items():
        if own:
            top = max(own, key=lambda r: (r["count"], r["source"]))
            told.append(f"{places[code].said} {top['source']} with {top['target']}")
    first = (
        f"The pair that meets most beyond chance: {listed(told)}. "
        if told
        else "No pair meets surely beyond chance. "
    )
    known = [r for r in alike if r["pearson"] is not None]
    if not known:
        return first + "How alike the networks are cannot be determined."
    best = max(known, key=lambda r: r["pearson"])
    name = f"{places[best['country_a']].said} and {places[best['country_b']].said}"
    rivals = [
        r
        for r in known
        if r is not best
        and r["pearson_upper"] is not None
        and best["pearson_lower"] is not None
        and r["pearson_upper"] >= best["pearson_lower"]
    ]
    doubt = f", though {counted(len(rivals), 'other pair')} may be as much" if rivals else ", surely so"
    return first + f"Most alike are {name} (correlation {number(best['pearson'], 2)}){doubt}."


def _panel(
    place: Place,
    nodes: list[dict[str, Any]],
    edges: list[dict[str, Any]],
    families: float | None,
    positions: dict[str, Point],
    size: tuple[float, float],
) -> str:
    width, height = size
    shown = sorted(
        (e for e in edges if e["source"] in positions and e["target"] in positions),
        key=lambda e: (e["count"], e["source"], e["target"]),
    )[-_PAIRS:]
    told = f"{number(families)} core families, {len(nodes)} technologies, {counted(len(edges), 'pair')}"
    if len(shown) < len(edges):
        told += f", {len(shown)} drawn"
    return (
        mark(place, 10, 14, 5.5)
        + text(22, 18, fit(place.name, width - 30), "lab")
        + rect(0, 26, width, height, "panel")
        + moved(0, 26, network_drawing(nodes, shown, positions, width, height).body)
        + text(2, height + 42, told)
    )


def network_drawing(
    nodes: list[dict[str, Any]],
    edges: list[dict[str, Any]],
    positions: dict[str, Point],
    width: float,
    height: float,
) -> Drawing:
    """Draw technologies on the map with the pairs between them.

    Parameters
    ----------
    nodes
        Each with technology, title and occurrences.
    edges
        Each with source, target, count and is_cross_section, the weightiest last.
    positions
        The map.
    width, height
        In pixels.
    """

    def at(name: str) -> Point:
        x, y = positions[name]
        return _EDGE + x * (width - 2 * _EDGE), _EDGE + y / 1.08 * (height - 2 * _EDGE)

    most = max((e["count"] for e in edges), default=1) or 1
    largest = max((n["occurrences"] for n in nodes), default=1) or 1
    own = {n["technology"] for n in nodes}
    drawn = "".join(circle(*at(name), 1.6, "ghost") for name in positions if name not in own)
    for e in edges:
        css = "ex" if e["is_cross_section"] else "ew"
        drawn += line(*at(e["source"]), *at(e["target"]), css, 0.6 + 3.2 * (e["count"] / most) ** 0.5)
    ranked = sorted(nodes, key=lambda n: (-n["occurrences"], n["technology"]))
    for n in ranked:
        radius = 2 + 8 * (n["occurrences"] / largest) ** 0.5
        hint = f"{n['technology']} {n['title'] or ''}: {number(n['occurrences'], 1)} key core families"
        drawn += circle(*at(n["technology"]), radius, f"sec-{n['technology'][0]}", hint)
    placed: list[Point] = []
    for n in ranked[: 3 * _LABELS]:
        x, y = at(n["technology"])
        y = max(10.0, y - 5 - 8 * (n["occurrences"] / largest) ** 0.5)
        if len(placed) < _LABELS and all(abs(x - a) > 34 or abs(y - b) > 12 for a, b in placed):
            placed.append((x, y))
            drawn += text(min(max(x, 18), width - 18), y, n["technology"], "nl", "middle")
    return Drawing(width, height, drawn)


def _matrix(alike: list[dict[str, Any]], places: Places, width: float) -> str:
    codes = [c for c in places.codes if any(c in (r["country_a"], r["country_b"]) for r in alike)]
    wide, high = min(96.0, (width - 44) / max(1, len(codes))), min(52.0, 250 / max(1, len(codes)))
    drawn = ""
    for i, code in enumerate(codes):
        drawn += text(40 + wide * (i + 0.5), 26, code, "lab", "middle")
        drawn += text(32, 36 + high * (i + 0.5), code, "lab", "end")
    for r in alike:
        if r["pearson"] is None or r["country_a"] not in codes or r["country_b"] not in codes:
            continue
        shade = max(0, min(8, round(r["pearson"] * 8)))
        for a, b in ((r["country_a"], r["country_b"]), (r["country_b"], r["country_a"])):
            x, y = 40 + wide * codes.index(a), 32 + high * codes.index(b)
            drawn += rect(x + 1, y + 1, wide - 2, high - 2, f"heat h{shade}", _similarity(r, places))
            has_interval = wide > 84 and high > 40 and r["pearson_lower"] is not None
            middle = y + high / 2 + (-3 if has_interval else 4)
            drawn += text(x + wide / 2, middle, number(r["pearson"], 2), f"on h{shade}", "middle")
            if has_interval:
                told = f"{number(r['pearson_lower'], 2)} to {number(r['pearson_upper'], 2)}"
                drawn += text(x + wide / 2, y + high / 2 + 14, told, f"on small h{shade}", "middle")
    return text(2, 18, "How alike? Correlation of pair counts", "lab") + moved(0, 18, drawn)


def _similarity(row: dict[str, Any], places: Places) -> str:
    return (
        f"{places[row['country_a']].name} and {places[row['country_b']].name}: {number(row['pearson'], 2)} "
        f"({number(row['pearson_lower'], 2)} to {number(row['pearson_upper'], 2)})"
    )
