"""Measures of networks against networkx, on random graphs, and by definition where it has none."""

from fractions import Fraction
from itertools import combinations

import networkx as nx
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corepath.transforms.methods import network as n

SEEDS = range(4)
weights = st.dictionaries(st.sampled_from(list(combinations(range(9), 2))), st.integers(1, 20), min_size=1)


def of(edges: dict[tuple[int, int], float], nodes: int = 9, families: float = 500.0) -> n.Network:
    """Make a network: node i is of section A, B or C in turn, and occurs in 20 + i families."""
    name = [f"{'ABC'[i % 3]}{i:03}" for i in range(nodes)]
    pairs = [(*sorted((name[i], name[j])), float(w)) for (i, j), w in edges.items()]
    return n.network(
        pl.DataFrame(pairs, schema=["source", "target", "full_count"], orient="row"),
        pl.DataFrame({"technology": name, "occurrences": [20.0 + i for i in range(nodes)]}),
        families,
    )


def graph_of(net: n.Network) -> nx.Graph:
    graph = nx.Graph()
    graph.add_nodes_from(range(len(net)))
    for i, j, w, length in zip(net.source, net.target, net.weight, net.length, strict=True):
        graph.add_edge(int(i), int(j), weight=float(w), length=float(length))
    return graph


def random_net(seed: int, nodes: int = 60) -> n.Network:
    rng = np.random.default_rng(seed)
    drawn = nx.gnp_random_graph(nodes, 0.08, seed=seed)
    return of({(i, j): float(rng.integers(1, 30)) for i, j in drawn.edges}, nodes)


def close(found, expected) -> bool:
    expected = [np.nan if x is None else x for x in expected]
    return found == pytest.approx(expected, rel=1e-9, abs=1e-12, nan_ok=True)


def giant(graph: nx.Graph) -> nx.Graph:
    return graph.subgraph(max(sorted(nx.connected_components(graph), key=min), key=len))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("measure", "oracle"),
    [
        (lambda net: n.betweenness(net, weighted=False), nx.betweenness_centrality),
        (
            lambda net: n.betweenness(net, weighted=True),
            lambda g: nx.betweenness_centrality(g, weight="length"),
        ),
        (lambda net: n.closeness(net) * (len(net) - 1), nx.harmonic_centrality),
        (n.pagerank, lambda g: nx.pagerank(g, tol=1e-15, max_iter=1000)),
        (n.clustering, nx.clustering),
        (n.clustering_onnela, lambda g: nx.clustering(g, weight="weight")),
        (lambda net: n.constraint(net, weighted=False), nx.constraint),
        (lambda net: n.constraint(net, weighted=True), lambda g: nx.constraint(g, weight="weight")),
        (n.effective_size, nx.effective_size),
        (
            n.eigenvector,
            lambda g: dict.fromkeys(g, np.nan) | nx.eigenvector_centrality_numpy(giant(g), weight="weight"),
        ),
    ],
)
def test_places_are_those_of_networkx(seed, measure, oracle):
    net = random_net(seed)
    expected = oracle(graph_of(net))
    assert close(measure(net), [expected[i] for i in range(len(net))])


@pytest.mark.parametrize("seed", SEEDS)
def test_paths_of_equal_length_tie_under_fractional_counts(seed):
    """Families shared between countries: networkx counts the same paths with exact fractions."""
    rng = np.random.default_rng(seed)
    drawn = nx.gnp_random_graph(40, 0.15, seed=seed)
    for i, j in drawn.edges:
        drawn.edges[i, j]["count"] = sum(Fraction(1, int(k)) for k in rng.integers(1, 5, size=2))
        drawn.edges[i, j]["length"] = Fraction(20 * 20) / (500 * drawn.edges[i, j]["count"])
    # Counts of pairs are decimals of 15 places.
    pairs = [(f"A{i:02}", f"A{j:02}", round(float(x), 15)) for i, j, x in drawn.edges(data="count")]
    net = n.network(
        pl.DataFrame(pairs, schema=["source", "target", "full_count"], orient="row"),
        pl.DataFrame({"technology": [f"A{i:02}" for i in range(40)], "occurrences": 20.0}),
        500.0,
    )
    expected = nx.betweenness_centrality(drawn, weight="length")
    assert n.betweenness(net, weighted=True) == pytest.approx([expected[i] for i in range(40)], abs=1e-14)


@pytest.mark.parametrize("seed", SEEDS)
def test_wholes_are_those_of_networkx(seed):
    net = random_net(seed)
    graph = graph_of(net)
    community, _ = n.communities(net, runs=5, seed=1)
    found, inner = n.whole(net, community), giant(graph)
    groups = [set(np.flatnonzero(community == c).tolist()) for c in set(community)]
    sections = [set(np.flatnonzero(net.section == s).tolist()) for s in range(3)]
    far = dict(nx.all_pairs_dijkstra_path_length(inner, weight="length"))
    expected = {
        "clustering": nx.average_clustering(graph),
        "clustering_onnela": nx.average_clustering(graph, weight="weight"),
        "transitivity": nx.transitivity(graph),
        "average_path_length": nx.average_shortest_path_length(inner),
        "diameter": nx.diameter(inner),
        "average_distance": nx.average_shortest_path_length(inner, weight="length"),
        "longest_distance": max(max(row.values()) for row in far.values()),
        "efficiency": nx.global_efficiency(graph),
        "modularity": nx.community.modularity(graph, groups),
        "section_modularity": nx.community.modularity(graph, sections),
    }
    assert {name: found[name] for name in expected} == pytest.approx(expected, rel=1e-9)


def test_a_star_is_as_central_as_can_be():
    net = of({(0, i): 1 for i in range(1, 9)})
    found = n.whole(net, np.zeros(9, dtype=int))
    assert found["degree_centralisation"] == pytest.approx(1)
    assert n.betweenness(net, weighted=False)[0] == pytest.approx(1)


@given(weights)
def test_barrat_by_definition(edges):
    net = of(edges)
    graph = graph_of(net)
    for i, found in enumerate(n.clustering_barrat(net)):
        s, k = graph.degree(i, weight="weight"), graph.degree(i)
        closed = sum(
            (graph[i][j]["weight"] + graph[i][h]["weight"]) / 2
            for j in graph[i]
            for h in graph[i]
            if j != h and graph.has_edge(j, h)
        )
        assert found == pytest.approx(closed / (s * (k - 1)) if k > 1 else 0)


@given(weights)
def test_brokerage_by_definition(edges):
    net = of(edges)
    graph, section = graph_of(net), net.section
    found = n.brokerage(net)
    for i in graph:
        counted = dict.fromkeys(found, 0)
        for j, h in combinations(graph[i], 2):
            if not graph.has_edge(j, h):
                own = [section[j], section[h]].count(section[i])
                role = (
                    "coordinator"
                    if own == 2
                    else "gatekeeper"
                    if own == 1
                    else "consultant"
                    if section[j] == section[h]
                    else "liaison"
                )
                counted[role] += 1
        assert {role: counts[i] for role, counts in found.items()} == counted


@given(weights, st.lists(st.integers(0, 2), min_size=9, max_size=9))
def test_roles_by_definition(edges, community):
    net = of(edges)
    graph, group = graph_of(net), np.array(community)
    found = n.roles(net, group)
    own = np.array([sum(group[j] == group[i] for j in graph[i]) for i in graph])
    for i in graph:
        peers = own[group == group[i]]
        z = (own[i] - peers.mean()) / peers.std() if len(set(peers)) > 1 else np.nan
        assert found["within_community_z"][i] == pytest.approx(z, nan_ok=True)
        k = len(graph[i])
        p = 1 - sum((sum(group[j] == s for j in graph[i]) / k) ** 2 for s in range(3)) if k else None
        assert close([found["participation"][i]], [p])


def test_communities_of_cliques_are_found_and_agreed_on():
    cliques = [range(0, 5), range(5, 10), range(10, 15)]
    edges = {pair: 9 for clique in cliques for pair in combinations(clique, 2)}
    net = of(edges | {(4, 5): 1, (9, 10): 1}, nodes=16)
    community, agreement = n.communities(net, runs=20, seed=1)
    by_name = dict(zip(net.technologies, community, strict=True))
    of_node = [by_name[f"{'ABC'[i % 3]}{i:03}"] for i in range(16)]
    assert all(len({of_node[i] for i in clique}) == 1 for clique in cliques)
    assert len(set(of_node)) == 4  # the isolate is one of its own
    assert agreement == pytest.approx(1)


def test_communities_are_the_same_every_time():
    net = random_net(1)
    first, agreement = n.communities(net, runs=20, seed=3)
    for _ in range(3):
        again, as_before = n.communities(net, runs=20, seed=3)
        assert (again == first).all()
        assert as_before == agreement


def test_communities_are_as_modular_as_those_of_networkx():
    net = random_net(2)
    community, _ = n.communities(net, runs=50, seed=1)
    graph = graph_of(net)
    best = max(
        nx.community.modularity(graph, nx.community.louvain_communities(graph, seed=s)) for s in range(10)
    )
    assert n.modularity(net, community) > 0.95 * best


@given(st.lists(st.integers(0, 3), min_size=2, max_size=20))
def test_mutual_information_does_not_know_names_of_groups(groups):
    one = np.array(groups)
    assert n.mutual_information(one, (one + 1) % 4) == pytest.approx(1)
    assert n.mutual_information(one, one[::-1]) == pytest.approx(n.mutual_information(one[::-1], one))


@given(weights)
def test_core_by_definition(edges):
    ties = of(edges).ties
    order = np.argsort(-ties.sum(axis=1), kind="stable")
    upper = np.triu_indices(9, 1)
    best = -2.0
    for size in range(1, 9):
        core = np.isin(np.arange(9), order[:size])
        cells = core[upper[0]] == core[upper[1]]
        seen, ideal = ties[upper][cells], core[upper[0]][cells].astype(float)
        if seen.std() > 0 and ideal.std() > 0:
            best = max(best, np.corrcoef(seen, ideal)[0, 1])
    found, _ = n.core_periphery(ties)
    assert found == pytest.approx(best) if best > -2 else np.isnan(found)


def test_a_rewired_lattice_is_a_small_world_and_a_random_graph_is_none():
    lattice = nx.connected_watts_strogatz_graph(80, 8, 0.05, seed=1)
    chance = nx.gnm_random_graph(80, lattice.number_of_edges(), seed=1)
    small, none = (
        n.small_world(of(dict.fromkeys(g.edges, 1), nodes=80), draws=20, seed=1) for g in (lattice, chance)
    )
    assert small["small_world_sigma"] > 2
    assert none["small_world_sigma"] == pytest.approx(1, abs=0.3)
    assert none["small_world_omega"] > small["small_world_omega"]


def test_a_component_is_the_giant_by_name_where_sizes_tie():
    net = of({(0, 1): 1, (2, 3): 5})
    assert [net.technologies[i] for i in net.giant] == ["A000", "B001"]
