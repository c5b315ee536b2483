"""Main paths of citations: the links that most ways through a network of citations pass."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

# Of logarithms of counts: what differs by less is equal, so that ties do not hang on rounding.
DECIMALS = 9


@dataclass(frozen=True)
class MainPaths:
    """Main paths, as numbers of links.

    Attributes
    ----------
    weight
        Of every link of the network: the share of all search paths that pass it, 0 to 1.
    routes
        The links of each key-route path in order of time, by the rank of its key-route, best first.
    key
        The link that each of them was searched from.
    whole
        The links of the global main path in order of time.
    """

    weight: np.ndarray
    routes: list[list[int]]
    key: list[int]
    whole: list[int]


def main_paths(cited: np.ndarray, citing: np.ndarray, routes: int) -> MainPaths:
    """Find the global main path of a network of citations, and its key-route main paths.

    A search path leads from a source, which cites nothing in the network, along links to a sink, which
    nothing cites. The weight of a link is its search path count (SPC) as a share of all search paths.
    The global main path is the search path with the greatest sum of weights. A key-route main path is
    the one with the greatest sum among those that pass one of the links of greatest weight.

    Parameters
    ----------
    cited, citing
        The network's links, as numbers of nodes; no link twice, and no way back to a node.
    routes
        How many key-routes to search from.

    Returns
    -------
    MainPaths
        Of equal links and paths, the one of the smaller cited and then citing number counts.

    Raises
    ------
    ValueError
        Links lead back to a node.

    References
    ----------
    Hummon & Doreian 1989, Social Networks 11:39-63; Batagelj 2003, arXiv:cs/0309023 (SPC);
    Liu & Lu 2012, Journal of the American Society for Information Science and Technology 63:528-542
    (global and key-route search).

    Examples
    --------
    Of three search paths 0-1-3-4, 0-2-3-4 and 0-3-4, all pass the last link.

    >>> found = main_paths(np.array([0, 0, 0, 1, 2, 3]), np.array([1, 2, 3, 3, 3, 4]), routes=1)
    >>> found.weight.round(2).tolist()
    [0.33, 0.33, 0.33, 0.33, 0.33, 1.0]
    >>> found.whole, found.routes, found.key
    ([0, 3, 5], [[0, 3, 5]], [5])
    """
    nodes, ends = np.unique(np.concatenate([cited, citing]), return_inverse=True)
    start, end = ends[: len(cited)], ends[len(cited) :]
    level = _levels(start, end, len(nodes))
    ways_to = _ways(start, end, level, len(nodes))
    ways_on = _ways(end, start, -level, len(nodes))
    is_source = np.bincount(end, minlength=len(nodes)) == 0
    total = np.logaddexp.reduce(ways_on[is_source])
    weight = np.exp(np.round(ways_to[start] + ways_on[end] - total, DECIMALS))
    before, _ = _best(start, end, level, weight, len(nodes))
    after, worth = _best(end, start, -level, weight, len(nodes))
    first = int(np.flatnonzero(is_source)[np.argmax(np.round(worth[is_source], DECIMALS))])
    key = np.lexsort((end, start, -weight))[:routes].tolist()
    return MainPaths(
        weight,
        [
            [
                *reversed(list(_walk(int(start[link]), before, start))),
                link,
                *_walk(int(end[link]), after, end),
            ]
            for link in key
        ],
        key,
        list(_walk(first, after, end)),
    )


def _levels(start: np.ndarray, end: np.ndarray, nodes: int) -> np.ndarray:
    """Give the length of the longest way to each node."""
    level = np.zeros(nodes, dtype=np.int64)
    for _ in range(nodes):
        longer = level.copy()
        np.maximum.at(longer, end, level[start] + 1)
        if np.array_equal(longer, level):
            return level
        level = longer
    raise ValueError("links lead back to a node")


def _by_level(start: np.ndarray, end: np.ndarray, level: np.ndarray) -> Iterator[np.ndarray]:
    """Give the links that lead to the nodes of each level, the lowest first, in order of their ends."""
    order = np.lexsort((start, end, level[end]))
    steps = np.flatnonzero(np.diff(level[end[order]])) + 1
    yield from np.split(order, steps)


def _ways(start: np.ndarray, end: np.ndarray, level: np.ndarray, nodes: int) -> np.ndarray:
    """Count the ways that lead to each node, as logarithms: there can be more than numbers go."""
    ways = np.zeros(nodes)  # a source can be reached in one way
    for links in _by_level(start, end, level):
        reached, firsts = np.unique(end[links], return_index=True)
        ways[reached] = np.logaddexp.reduceat(ways[start[links]], firsts)
    return ways


def _best(
    start: np.ndarray, end: np.ndarray, level: np.ndarray, weight: np.ndarray, nodes: int
) -> tuple[np.ndarray, np.ndarray]:
    """Find the last link of the way of greatest weight to each node, -1 where none leads, and its weight."""
    last, worth = np.full(nodes, -1), np.zeros(nodes)
    for links in _by_level(start, end, level):
        through = np.round(worth[start[links]] + weight[links], DECIMALS)
        best = links[np.lexsort((start[links], -through, end[links]))]
        reached, firsts = np.unique(end[best], return_index=True)
        last[reached] = best[firsts]
        worth[reached] = worth[start[best[firsts]]] + weight[best[firsts]]
    return last, worth


def _walk(node: int, along: np.ndarray, to: np.ndarray) -> Iterator[int]:
    """Follow the best link from each node, as far as one leads."""
    while (link := along[node]) >= 0:
        yield int(link)
        node = int(to[link])
