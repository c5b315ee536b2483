"""One map of technologies for all networks of a release: the same places, the same bytes each time."""

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

_STRETCH = 0.55  # of each coordinate is its rank: spreads the crowded middle, tames lonely outliers
_STRIP = 1.08  # height of what is connected to nothing, below the map

Point = tuple[float, float]


def positions(technologies: list[str], edges: pl.DataFrame) -> dict[str, Point]:
    """Lay a network out by PivotMDS and then maximal entropy-stress.

    Parameters
    ----------
    technologies
        All that need a place.
    edges
        A row a pair: source, target, strength (how much more often they meet than by chance).

    Returns
    -------
    dict
        By technology, two coordinates: 0 to 1, and below the map 1.08 for what has no pair.

    Notes
    -----
    Brandes & Pich 2007; Gansner, Hu & North 2013.

    Examples
    --------
    >>> pairs = pl.DataFrame({"source": ["A", "B"], "target": ["B", "C"], "strength": [2.0, 1.0]})
    >>> places = positions(["A", "B", "C", "D"], pairs)
    >>> places == positions(["D", "C", "B", "A"], pairs), places["D"][1]
    (True, 1.08)
    """
    if not technologies:
        return {}
    # It takes most of a second to import: who asks the command line for help need not wait for it.
    import networkit as nk

    order = sorted(technologies)
    index = {name: i for i, name in enumerate(order)}
    pairs = sorted(
        (index[s], index[t], weight)
        for s, t, weight in edges.select("source", "target", "strength").iter_rows()
        if s in index and t in index
    )
    graph = nk.Graph(len(order), weighted=True)
    for source, target, weight in pairs:
        graph.addEdge(source, target, 1 / (0.35 + np.log1p(weight)))
    parts = nk.components.ConnectedComponents(graph).run().getComponents()
    parts.sort(key=lambda part: (-len(part), min(part)))
    placed: dict[str, Point] = {}
    alone = [i for part in parts[1:] for i in sorted(part)]
    if len(parts[0]) == 1:
        alone, main = sorted(range(len(order))), []
    else:
        main = sorted(parts[0])
    if main:
        for i, point in zip(main, _coordinates(graph, main), strict=True):
            placed[order[i]] = point
    for rank, i in enumerate(alone):
        placed[order[i]] = (round((rank + 0.5) / len(alone), 4), _STRIP)
    return placed


def _coordinates(graph: Any, nodes: list[int]) -> list[Point]:
    import networkit as nk

    if len(nodes) == 2:
        return [(0.25, 0.5), (0.75, 0.5)]
    part = nk.graphtools.subgraphFromNodes(graph, nodes, compact=True)
    threads = nk.getMaxNumberOfThreads()
    nk.setNumberOfThreads(1)
    nk.setSeed(20261130, useThreadId=False)
    try:
        first = nk.viz.PivotMDS(part, 2, min(50, len(nodes))).run().getCoordinates()
        stress = nk.viz.MaxentStress(part, 2, 1, first, 0.001)
        found = np.array(stress.run().getCoordinates())
    finally:
        nk.setNumberOfThreads(threads)
    found = _along_axes(found)
    spread = np.column_stack([_stretched(found[:, axis]) for axis in (0, 1)])
    return [(round(float(x), 4), round(float(y), 4)) for x, y in spread]


def _along_axes(found: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Turn a layout so that its longest side lies flat, and its first node at the left top."""
    centred = found - found.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    turned = centred @ axes.T
    return turned * np.where(turned[0] > 0, -1.0, 1.0)


def _stretched(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    width = float(np.ptp(values)) or 1.0
    rank = np.argsort(np.argsort(values, kind="stable"), kind="stable") / max(1, len(values) - 1)
    return (1 - _STRETCH) * (values - values.min()) / width + _STRETCH * rank
