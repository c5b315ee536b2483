"""Measure how technologies converge: their pairs, their places in the network, the network."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import networkx as nx
import polars as pl
from scipy.stats import hypergeom

from transforms.entropy import DegenerateInput


def networks(
    pairs: pl.LazyFrame, occurrences: pl.LazyFrame
) -> Iterator[tuple[str, pl.DataFrame, pl.DataFrame]]:
    """Take networks one by one.

    Parameters
    ----------
    pairs
        One row a network x pair: network, source, target and counts.
    occurrences
        One row a network x technology: network, technology, occurrences, families.

    Yields
    ------
    tuple of str, pl.DataFrame, pl.DataFrame
        Its name, its pairs and its technologies, each in order; a network may have no pairs.

    Raises
    ------
    DegenerateInput
        There is no technology at all.

    Examples
    --------
    >>> import polars as pl
    >>> pairs = pl.LazyFrame({"network": ["KR"], "source": ["G06F"], "target": ["G06N"]})
    >>> occurrences = pl.LazyFrame({"network": ["KR", "KR"], "technology": ["G06N", "G06F"]})
    >>> [(name, len(p), len(o)) for name, p, o in networks(pairs, occurrences)]
    [('KR', 1, 2)]
    """
    ties = pairs.sort("network", "source", "target").collect()
    nodes = occurrences.sort("network", "technology").collect()
    if nodes.is_empty():
        raise DegenerateInput("no family has a class, so there is no network")
    for (network,), own in nodes.group_by("network", maintain_order=True):
        yield str(network), ties.filter(pl.col("network") == network).drop("network"), own


def edge_measures(pairs: pl.DataFrame, occurrences: pl.DataFrame, families: float) -> pl.DataFrame:
    """Tell how much more often two technologies meet than chance would have it.

    With c the full count of a pair, n_i the occurrences of a technology, N the families,
    s_i = Σ_j c_ij and 2m = Σ_i s_i, chance draws n_i and n_j of the N families independently.

    Parameters
    ----------
    pairs
        One row a pair: source, target (source < target), and the families in which they meet
        under three countings: full_count, fractional_count, pair_fraction.
    occurrences
        One row a technology: technology, occurrences (families, n_i).
    families
        N; not whole where a family is shared between countries.

    Returns
    -------
    pl.DataFrame
        `pairs` in its order, with
        association_strength: N c / (n_i n_j), 1 where they meet as often as chance has it;
        vos_strength: 2m c / (s_i s_j), the same against co-occurrences, as in VOSviewer;
        cosine: c / √(n_i n_j);
        jaccard: c / (n_i + n_j - c);
        expected: μ = n_i n_j / N, families;
        z: (c - μ) / σ, null where σ is 0, as with a technology of every family;
        hypergeometric_p: P(X ≥ c), null where a count is not whole;
        disparity_alpha: the lesser of both ends' `disparity`.

    Raises
    ------
    ValueError
        Naming the technologies of pairs that lack occurrences.

    References
    ----------
    van Eck & Waltman 2009, JASIST 60:1635-1651; Serrano, Boguñá & Vespignani 2009, PNAS
    106:6483-6488.

    Examples
    --------
    >>> import polars as pl
    >>> pairs = pl.DataFrame({"source": ["G06F"], "target": ["G06N"], "full_count": [3.0]})
    >>> occurrences = pl.DataFrame({"technology": ["G06F", "G06N"], "occurrences": [4, 5]})
    >>> edge = edge_measures(pairs, occurrences, families=10)
    >>> edge.select("association_strength", "expected", pl.col("hypergeometric_p").round(4)).row(0)
    (1.5, 2.0, 0.2619)
    """
    _refuse_strangers(pairs, occurrences)
    ends = _ends(pairs).group_by("technology").agg(strength=pl.sum("full_count"), degree=pl.len())
    nodes = occurrences.select("technology", pl.col("occurrences").cast(pl.Float64)).join(
        ends, on="technology", how="left"
    )
    sources, targets = (
        nodes.select(pl.all().name.prefix(f"{end}_")) for end in ("source", "target")
    )
    edges = pairs.join(
        sources, left_on="source", right_on="source_technology", how="left", maintain_order="left"
    ).join(
        targets, left_on="target", right_on="target_technology", how="left", maintain_order="left"
    )

    c, n_i, n_j = pl.col("full_count"), pl.col("source_occurrences"), pl.col("target_occurrences")
    s_i, s_j = pl.col("source_strength"), pl.col("target_strength")
    k_i, k_j = pl.col("source_degree"), pl.col("target_degree")
    mu = n_i * n_j / families
    variance = mu * (1 - n_i / families) * (families - n_j) / (families - 1)
    sigma = variance.sqrt().fill_nan(0.0)
    # Sums of shares are whole only up to rounding.
    counts = [c, n_i, n_j, pl.lit(families)]
    whole = pl.all_horizontal((x - x.round()).abs() < 1e-9 for x in counts)
    x, n, draws = edges.select(c.round(), n_i.round(), n_j.round()).to_numpy().T
    p = pl.lit(pl.Series(hypergeom.sf(x - 1, round(families), n, draws)))
    return edges.select(
        *pairs.columns,
        association_strength=c / mu,
        vos_strength=2 * c.sum() * c / (s_i * s_j),
        cosine=c / (n_i * n_j).sqrt(),
        jaccard=c / (n_i + n_j - c),
        expected=mu,
        z=pl.when(sigma > 0).then((c - mu) / sigma),
        hypergeometric_p=pl.when(whole).then(p),
        disparity_alpha=pl.min_horizontal(disparity(c, s_i, k_i), disparity(c, s_j, k_j)),
    )


def disparity(weight: pl.Expr, strength: pl.Expr, degree: pl.Expr) -> pl.Expr:
    """Tell how likely chance gives a node's edge so large a share of the node's strength.

    Parameters
    ----------
    weight
        w, of the edge.
    strength
        s, the sum of the weights at one of its ends.
    degree
        k, the number of edges at that end.

    Returns
    -------
    pl.Expr
        (1 - w/s)^(k-1), 0 to 1; 1 for an only edge, which leaves it to the other end to decide.

    References
    ----------
    Serrano, Boguñá & Vespignani 2009, PNAS 106:6483-6488.

    Examples
    --------
    >>> import polars as pl
    >>> ends = pl.DataFrame({"w": [3, 3], "s": [7, 3], "k": [5, 1]})
    >>> ends.select(disparity(pl.col("w"), pl.col("s"), pl.col("k")).round(4)).to_series().to_list()
    [0.1066, 1.0]
    """
    return (1 - weight / strength) ** (degree - 1)


# networkx 3.6 never returns from `constraint(nodes=[one])`: always ask for all nodes.
_NODE_MEASURES: Mapping[str, Callable[[nx.Graph], Any]] = {
    "degree": lambda graph: dict(graph.degree()),
    "strength": lambda graph: dict(graph.degree(weight="full_count")),
    "betweenness": nx.betweenness_centrality,
    "closeness": nx.harmonic_centrality,
    "pagerank": partial(nx.pagerank, weight="full_count"),
    "constraint_unweighted": nx.constraint,
    "constraint_weighted": partial(nx.constraint, weight="full_count"),
    "effective_size": nx.effective_size,
    "clustering": nx.clustering,
}


def node_measures(edges: pl.DataFrame, occurrences: pl.DataFrame) -> pl.DataFrame:
    """Tell each technology's place in the network.

    Parameters
    ----------
    edges
        One row a pair: source, target, full_count (families, the weight where one is used).
    occurrences
        One row a technology, isolates too: technology, occurrences (families).

    Returns
    -------
    pl.DataFrame
        One row a technology, in the order of `occurrences`: technology, occurrences,
        degree: its neighbours;
        strength: the sum of its weights, families;
        betweenness: share of the shortest paths between others, unweighted;
        closeness: mean of 1 / distance to all others, 0 for those out of reach, unweighted;
        pagerank: weighted, sums to 1;
        constraint_unweighted, constraint_weighted: Burt's, high where neighbours are tied;
        effective_size: its neighbours less their mean ties to each other, unweighted;
        clustering: share of its pairs of neighbours that are tied, unweighted.
        Null where undefined: constraint and effective size of an isolate, closeness of one node.

    Raises
    ------
    ValueError
        Naming the technologies of edges that lack occurrences.

    References
    ----------
    Freeman 1977, Sociometry 40:35-41; Marchiori & Latora 2000, Physica A 285:539-546; Brin & Page
    1998; Burt 1992, Structural Holes; Watts & Strogatz 1998, Nature 393:440-442.

    Examples
    --------
    >>> import polars as pl
    >>> edges = pl.DataFrame({"source": ["G06F"], "target": ["G06N"], "full_count": [3.0]})
    >>> occurrences = pl.DataFrame({"technology": ["G06F", "G06N", "H01L"], "occurrences": 4})
    >>> nodes = node_measures(edges, occurrences)
    >>> nodes.select("technology", "strength", "closeness", "effective_size").rows()
    [('G06F', 3.0, 0.5, 1.0), ('G06N', 3.0, 0.5, 1.0), ('H01L', 0.0, 0.0, None)]
    """
    graph = _graph(edges, occurrences)
    # constraint and effective_size refuse a graph without nodes.
    measures = {name: f(graph) if graph else {} for name, f in _NODE_MEASURES.items()}
    columns = {
        name: pl.Series([of[t] for t in graph], dtype=pl.Float64).fill_nan(None)
        for name, of in measures.items()
    }
    return (
        occurrences.select("technology", "occurrences")
        .with_columns(**columns)
        .with_columns(
            pl.col("degree").cast(pl.Int64), (pl.col("closeness") / (pl.len() - 1)).fill_nan(None)
        )
    )


def _giant(graph: nx.Graph) -> nx.Graph:
    # Of equals the first by name, so that the order of rows decides nothing.
    components = sorted(nx.connected_components(graph), key=min)
    # A copy: views answer every question through a filter, ten times slower.
    return graph.subgraph(max(components, key=len)).copy()


def _cross_section_share(graph: nx.Graph) -> float:
    section = nx.get_node_attributes(graph, "section")
    crossing = sum(
        full for i, j, full in graph.edges(data="full_count") if section[i] != section[j]
    )
    return crossing / graph.size(weight="full_count")


def _expected_cross_section_share(graph: nx.Graph) -> float:
    strengths: Counter[str] = Counter()
    section = nx.get_node_attributes(graph, "section")
    for technology, strength in graph.degree(weight="full_count"):
        strengths[section[technology]] += strength
    return 1 - sum((s / strengths.total()) ** 2 for s in strengths.values())


# Only what an edge at least defines.
_NETWORK_MEASURES: Mapping[str, Callable[[nx.Graph], float]] = {
    "clustering": nx.average_clustering,
    "clustering_onnela": partial(nx.average_clustering, weight="full_count"),
    "transitivity": nx.transitivity,
    "average_path_length": lambda graph: nx.average_shortest_path_length(_giant(graph)),
    "diameter": lambda graph: nx.diameter(_giant(graph)),
    "cross_section_share": _cross_section_share,
    "external_internal_index": lambda graph: 2 * _cross_section_share(graph) - 1,
    "expected_cross_section_share": _expected_cross_section_share,
    "section_modularity": lambda graph: (
        _expected_cross_section_share(graph) - _cross_section_share(graph)
    ),
}


def network_measures(
    edges: pl.DataFrame, occurrences: pl.DataFrame
) -> dict[str, int | float | None]:
    """Describe the network as a whole.

    Parameters
    ----------
    edges
        One row a pair: source, target, full_count (families, the weight where one is used). The
        first letter of a technology is its IPC section.
    occurrences
        One row a technology, isolates too: technology, occurrences (families).

    Returns
    -------
    dict[str, int | float | None]
        nodes, edges, isolates: counts;
        density: share of the possible edges that are there;
        mean_degree, mean_strength: edges, and families, at a technology on average;
        clustering, clustering_onnela: mean over all nodes, unweighted, and weighted by the
        geometric mean of a triangle's weights over the largest weight;
        transitivity: share of the paths of two edges that are closed;
        giant_share: share of the nodes in the largest component, of equals the first by name;
        average_path_length, diameter: edges, within the largest component;
        cross_section_share: share X of the weight that joins two IPC sections;
        external_internal_index: 2X - 1;
        expected_cross_section_share: X0 = 1 - Σ_s (S_s / 2m)², S_s being a section's strength;
        section_modularity: X0 - X.
        None where undefined, as most are without an edge.

    Raises
    ------
    ValueError
        Naming the technologies of edges that lack occurrences.

    References
    ----------
    Watts & Strogatz 1998, Nature 393:440-442; Onnela et al. 2005, Physical Review E 71:065103;
    Krackhardt & Stern 1988, Social Psychology Quarterly 51:123-140; Newman & Girvan 2004,
    Physical Review E 69:026113.

    Examples
    --------
    >>> import polars as pl
    >>> edges = pl.DataFrame(
    ...     {"source": ["G06F", "G06N"], "target": ["G06N", "H01L"], "full_count": [3.0, 1.0]}
    ... )
    >>> occurrences = pl.DataFrame({"technology": ["G06F", "G06N", "H01L"], "occurrences": 4})
    >>> network = network_measures(edges, occurrences)
    >>> network["diameter"], network["cross_section_share"]
    (2, 0.25)
    """
    graph = _graph(edges, occurrences)
    n, m = graph.number_of_nodes(), graph.number_of_edges()
    return {
        "nodes": n,
        "edges": m,
        "isolates": nx.number_of_isolates(graph),
        "density": 2 * m / (n * (n - 1)) if n > 1 else None,
        "mean_degree": 2 * m / n if n else None,
        "mean_strength": 2 * graph.size(weight="full_count") / n if n else None,
        "giant_share": len(_giant(graph)) / n if n else None,
    } | {name: f(graph) if m else None for name, f in _NETWORK_MEASURES.items()}


def _ends(edges: pl.DataFrame) -> pl.DataFrame:
    """See each edge from both of its ends: technology, neighbour, full_count."""
    ahead = edges.select(technology="source", neighbour="target", full_count="full_count")
    return pl.concat(
        [ahead, edges.select(technology="target", neighbour="source", full_count="full_count")]
    )


def _graph(edges: pl.DataFrame, occurrences: pl.DataFrame) -> nx.Graph:
    _refuse_strangers(edges, occurrences)
    technologies = occurrences["technology"].to_list()
    # Numbered by name: sets of numbers have one order, those of strings another in every process,
    # and with the order the last digits of sums would change.
    number = {technology: i for i, technology in enumerate(sorted(technologies))}
    graph = nx.Graph()
    graph.add_nodes_from((number[t], {"section": t[0]}) for t in technologies)
    graph.add_weighted_edges_from(
        (
            (number[source], number[target], count)
            for source, target, count in edges.select("source", "target", "full_count").rows()
        ),
        weight="full_count",
    )
    return graph


def _refuse_strangers(edges: pl.DataFrame, occurrences: pl.DataFrame) -> None:
    """Raise where an edge has an end that no occurrence tells of: it would vanish unseen."""
    strangers = set(_ends(edges)["technology"]) - set(occurrences["technology"])
    if strangers:
        raise ValueError(f"edges without occurrences: {', '.join(sorted(strangers))}")
