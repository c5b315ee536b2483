"""Each measure of a network beside a library's bare call: `python -m benchmarks.networks FILE`.

The network is as large as one of all subclasses of the IPC, drawn at random. Ours begins with the
matrix of its weights, the library with its own graph of them, made before the clock starts; where
ours asks a library, making the library's graph is in its time. Both have one thread. A figure is
the least CPU time of several. FILE gets `nodes`, `edges`, and by measure the library's call, and
the seconds of ours and of it.
"""

import argparse
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from time import process_time
from typing import Any

import networkit as nk
import networkx as nx
import numpy as np
import polars as pl
from scipy.sparse import csgraph
from scipy.sparse.linalg import eigsh

from corepath.transforms.methods import network as ours
from corepath.transforms.methods.comparison import sample
from corepath.transforms.methods.network import Network

# How many subclasses the IPC has, about, and with how many each meets.
NODES, DEGREE = 640, 60
# The steps of corepath that make networks, but the null model, and those of the null model.
STEPS = [
    f"intermediate.{name}"
    for name in (
        "int_convergence_code",
        "int_network_family",
        "int_convergence_pair",
        "int_convergence_occurrence",
        "int_convergence_edge",
        "int_convergence_node",
        "int_network_metric",
        "int_small_world",
        "int_network_rarefied",
        "int_network_similarity",
    )
]
NULL = ["intermediate.int_network_null_part", "intermediate.int_network_null"]
LEIDEN_RUNS = 100
# What takes so many seconds is not repeated.
SLOW = 2


def draw(nodes: int, seed: int = 1) -> Network:
    """Draw a network in which technologies meet by their frequency, by Zipf's law."""
    rng = np.random.default_rng(seed)
    often = 1e4 / np.arange(1, nodes + 1)
    i, j = np.triu_indices(nodes, 1)
    met = sample(often[i] * often[j], nodes * DEGREE // 2, rng)
    i, j = i[met], j[met]
    count = 1 + rng.poisson(often[i] * often[j] / often.sum())
    names = np.array([f"{'ABCDEFGH'[k % 8]}{k:03}" for k in range(nodes)])
    source, target = np.sort(np.stack([names[i], names[j]]), axis=0)
    pairs = pl.DataFrame({"source": source, "target": target, "full_count": count})
    occurrences = pl.DataFrame({"technology": names, "occurrences": often + 1})
    return ours.network(pairs, occurrences, families=1e5)


def measures(net: Network) -> dict[str, tuple[str, Callable[[Network], Any], Callable[[], Any]]]:
    """Name each measure, the library's call, ours, and theirs.

    What no library here has is left out: Barrat's clustering, brokerage, roles, core and periphery.
    """
    place = (net.source, net.target)
    plain = nk.GraphFromCoo(place, n=len(net))
    weighted = nk.GraphFromCoo((net.weight, place), n=len(net), weighted=True)
    apart = nk.GraphFromCoo((net.length, place), n=len(net), weighted=True)
    graph = nx.Graph()
    graph.add_nodes_from(range(len(net)))
    graph.add_weighted_edges_from(zip(*place, net.weight, strict=True))
    ties, lengths = net.weights, net.weights.copy()
    both = np.r_[net.source, net.target], np.r_[net.target, net.source]
    lengths[both] = np.r_[net.length, net.length]
    community = np.arange(len(net)) % 8
    partition = nk.Partition(len(net))
    partition.setUpperBound(8)
    for node, group in enumerate(community):
        partition.addToSubset(int(group), node)

    def leiden() -> None:
        for _ in range(LEIDEN_RUNS):
            nk.community.ParallelLeiden(weighted).run()

    def switching() -> None:
        # What is held against each other, of the network and of one drawn at random.
        drawn = nk.randomization.EdgeSwitching(plain, 10.0)
        drawn.run()
        for each in (plain, drawn.getGraph()):
            nk.centrality.LocalClusteringCoefficient(each).run().scores()
            csgraph.shortest_path(ties, directed=False, unweighted=True)

    def betweenness(of: nk.Graph) -> list[float]:
        return nk.centrality.Betweenness(of, normalized=True).run().scores()

    central = nk.centrality
    return {
        "betweenness": (
            "networkit Betweenness",
            lambda n: ours.betweenness(n, weighted=False),
            lambda: betweenness(plain),
        ),
        "betweenness_weighted": (
            "networkit Betweenness",
            lambda n: ours.betweenness(n, weighted=True),
            lambda: betweenness(apart),
        ),
        "closeness": (
            "networkit HarmonicCloseness",
            ours.closeness,
            lambda: central.HarmonicCloseness(plain).run().scores(),
        ),
        "pagerank": (
            "networkit PageRank",
            ours.pagerank,
            lambda: central.PageRank(weighted, 0.85, 1e-14).run().scores(),
        ),
        "eigenvector": ("scipy eigsh", ours.eigenvector, lambda: eigsh(ties, k=1, which="LA")),
        "clustering": (
            "networkit LocalClusteringCoefficient",
            ours.clustering,
            lambda: central.LocalClusteringCoefficient(plain).run().scores(),
        ),
        "clustering_onnela": (
            "networkx clustering",
            ours.clustering_onnela,
            lambda: nx.clustering(graph, weight="weight"),
        ),
        "constraint_unweighted": (
            "networkx constraint",
            lambda n: ours.constraint(n, weighted=False),
            lambda: nx.constraint(graph),
        ),
        "effective_size": ("networkx effective_size", ours.effective_size, lambda: nx.effective_size(graph)),
        "communities": (
            f"networkit ParallelLeiden, {LEIDEN_RUNS} times",
            lambda n: ours.communities(n, LEIDEN_RUNS, 1),
            leiden,
        ),
        "modularity": (
            "networkit Modularity",
            lambda n: ours.modularity(n, community),
            lambda: nk.community.Modularity().getQuality(partition, weighted),
        ),
        "average_path_length, diameter": (
            "scipy shortest_path",
            lambda n: n.steps,
            lambda: csgraph.shortest_path(ties, directed=False, unweighted=True),
        ),
        "average_distance, longest_distance": (
            "scipy dijkstra",
            ours.distances,
            lambda: csgraph.dijkstra(lengths, directed=False),
        ),
        "giant_share": (
            "scipy connected_components",
            lambda n: n.giant,
            lambda: csgraph.connected_components(ties, directed=False),
        ),
        "small_world": (
            "networkit EdgeSwitching and clustering, scipy paths",
            lambda n: ours.small_world(n, 1, 1),
            switching,
        ),
    }


def least(work: Callable[[], Any], times: int) -> float:
    """Take the least CPU seconds of several runs."""
    found = []
    while len(found) < times and sum(found) < SLOW:
        started = process_time()
        work()
        found.append(process_time() - started)
    return min(found)


def compare(nodes: int, times: int) -> Mapping[str, Any]:
    """Time every measure: ours from a network of which nothing is known yet."""
    net = draw(nodes)
    found = {}
    for name, (library, own, bare) in measures(net).items():
        fresh = [replace(net) for _ in range(times)]
        for each in fresh:
            _ = each.weights  # computed once and cached; nothing else is known of it yet
        seconds = {
            "ours": least(lambda own=own, fresh=fresh: own(fresh.pop()), times),
            "bare": least(bare, times),
        }
        found[name] = {"library": library} | seconds
    return {"nodes": nodes, "edges": len(net.weight), "measures": found}


def main(arguments: list[str] | None = None) -> None:
    """Compare, and write down the seconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--nodes", type=int, default=NODES)
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args(arguments)
    options.file.write_text(json.dumps(compare(options.nodes, options.times), indent=1))


if __name__ == "__main__":
    main()
