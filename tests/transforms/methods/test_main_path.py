"""Main paths, held against the enumeration of all search paths by networkx."""

import math
from itertools import pairwise

import networkx as nx
import numpy as np
import pytest

from corepath.transforms.methods.main_path import MainPaths, main_paths

Link = tuple[int, int]


def random_links(seed: int) -> list[Link]:
    """Links of a small network without a way back, in order; from few links to nearly all."""
    chance = np.random.default_rng(seed)
    nodes, density = int(chance.integers(2, 11)), chance.uniform(0.1, 0.9)
    links = [(a, b) for a in range(nodes) for b in range(a + 1, nodes) if chance.random() < density]
    return links or [(0, 1)]


def search_paths(links: list[Link]) -> list[list[Link]]:
    """All ways from a source to a sink, by enumeration."""
    graph = nx.DiGraph(links)
    sources = [n for n in graph if not graph.in_degree(n)]
    sinks = [n for n in graph if not graph.out_degree(n)]
    return [list(pairwise(path)) for a in sources for b in sinks for path in nx.all_simple_paths(graph, a, b)]


def found_in(links: list[Link], routes: int = 5) -> MainPaths:
    cited, citing = (np.array(ends) for ends in zip(*links, strict=True))
    return main_paths(cited, citing, routes)


@pytest.mark.parametrize("seed", range(60))
def test_weights_and_paths_are_those_of_all_search_paths(seed: int) -> None:
    links = random_links(seed)
    paths = search_paths(links)
    share = {link: sum(link in path for path in paths) / len(paths) for link in links}
    found = found_in(links)
    assert found.weight == pytest.approx([share[link] for link in links])

    def worth(path: list[Link]) -> float:
        return math.fsum(share[link] for link in path)

    whole = [links[i] for i in found.whole]
    assert whole in paths
    assert worth(whole) == pytest.approx(max(map(worth, paths)))
    # The links that are searched from are those of greatest weight.
    weights = sorted(share.values(), reverse=True)[: len(found.key)]
    assert [share[links[i]] for i in found.key] == pytest.approx(weights)
    assert len(found.key) == min(5, len(links))
    for key, route in zip(found.key, found.routes, strict=True):
        way = [links[i] for i in route]
        assert way in paths
        assert links[key] in way
        assert worth(way) == pytest.approx(max(worth(path) for path in paths if links[key] in path))


@pytest.mark.parametrize("seed", range(0, 60, 6))
def test_numbers_and_order_of_the_input_do_not_count(seed: int) -> None:
    links = random_links(seed)
    found = found_in(links)
    # Larger numbers in the same order, and links in another one.
    order = np.random.default_rng(seed).permutation(len(links))
    moved = found_in([(7 * links[i][0] + 3, 7 * links[i][1] + 3) for i in order])
    assert moved.weight == pytest.approx(found.weight[order])
    assert [order[i] for i in moved.whole] == found.whole
    assert [[order[i] for i in route] for route in moved.routes] == found.routes


def test_more_ways_than_numbers_go_are_counted() -> None:
    """A ladder of n diamonds has 2^n ways, and each side of a diamond half of them."""
    diamonds = 2000  # more ways than a float can count
    links = [
        link
        for i in range(0, 3 * diamonds, 3)
        for link in ((i, i + 1), (i, i + 2), (i + 1, i + 3), (i + 2, i + 3))
    ]
    found = found_in(links)
    assert found.weight == pytest.approx(np.full(len(links), 0.5))
    assert len(found.whole) == 2 * diamonds
    assert found.whole[:2] == [0, 2], "of equal ways, that of the smaller numbers"


def test_a_way_back_is_an_error() -> None:
    with pytest.raises(ValueError, match="back to a node"):
        found_in([(0, 1), (1, 2), (2, 0)])
