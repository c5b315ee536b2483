"""Measure a network by matrices and networkit; networkx is what the tests hold it against.

Everything is computed in one thread and in the order of names, so that equal networks give equal
digits. Sums of whole numbers go through dense products, which are exact in any order; sums of
others through sparse ones, which have one order.
"""

from dataclasses import dataclass
from functools import cached_property

import networkit as nk
import numpy as np
import polars as pl
from scipy import sparse
from scipy.linalg import solve_triangular
from scipy.sparse import csgraph
from scipy.sparse.linalg import eigsh
from threadpoolctl import threadpool_limits

# Sums of several threads end in other digits, and over matrices this small threads wait for one
# another more than they work.
threadpool_limits(1)
nk.setNumberOfThreads(1)

# Paths are equally long if their lengths differ by less than this share: far more than rounding adds
# up to, far less than two lengths of small fractions differ.
TIE = 1e-12

# Networks of one level are small: a dense matrix of them is at most 4 MB.
Matrix = np.ndarray


@dataclass(frozen=True)
class Network:
    """Technologies in the order of their names, and how much each two of them weigh together."""

    technologies: list[str]
    source: Matrix  # of an edge, its place in `technologies`; below that of the target
    target: Matrix
    weight: Matrix  # full count, families
    length: Matrix  # 1 / association strength: close are those that meet more than by chance

    def __len__(self) -> int:
        return len(self.technologies)

    @cached_property
    def weights(self) -> sparse.csr_array:
        """Full counts, n × n, symmetric."""
        return _symmetric(self, self.weight)

    @cached_property
    def ties(self) -> Matrix:
        """1 where two technologies meet, n × n."""
        return (self.weights.toarray() > 0).astype(float)

    @cached_property
    def steps(self) -> Matrix:
        """Least number of edges between each two, n × n; infinite where there is no way."""
        return steps(self.ties)

    @cached_property
    def triangles(self) -> Matrix:
        """Neighbours that each tied pair shares, n × n."""
        ties = self.ties.astype(np.float32)  # exact for whole numbers up to 2^24
        return (ties @ ties * ties).astype(float)

    @cached_property
    def degree(self) -> Matrix:
        """Neighbours of each."""
        return self.ties.sum(axis=1)

    @cached_property
    def strength(self) -> Matrix:
        """Sum of the weights of each, families."""
        return self.weights.sum(axis=1)

    @cached_property
    def section(self) -> Matrix:
        """Number of each technology's IPC section, the first letter of its symbol."""
        return np.unique([name[0] for name in self.technologies], return_inverse=True)[1]

    @cached_property
    def giant(self) -> Matrix:
        """Places of the largest component's technologies; of equals the first by name."""
        _, component = csgraph.connected_components(self.weights, directed=False)
        return np.flatnonzero(component == np.bincount(component).argmax())


def network(pairs: pl.DataFrame, occurrences: pl.DataFrame, families: float) -> Network:
    """Number the technologies of a network by name and its edges by place.

    Parameters
    ----------
    pairs
        One row a pair: source, target, full_count (families).
    occurrences
        One row a technology, isolates too: technology, occurrences (families).
    families
        N, the families of the network.

    Returns
    -------
    Network
        The same for any order of rows.

    Raises
    ------
    ValueError
        Naming the technologies of pairs that lack occurrences.

    Examples
    --------
    >>> import polars as pl
    >>> pairs = pl.DataFrame({"source": ["G06F"], "target": ["G06N"], "full_count": [3.0]})
    >>> occurrences = pl.DataFrame({"technology": ["G06N", "G06F"], "occurrences": [5, 4]})
    >>> net = network(pairs, occurrences, families=10)
    >>> net.technologies, net.length.round(4).tolist()
    (['G06F', 'G06N'], [0.6667])
    """
    require_known(pairs, occurrences)
    nodes, ties = occurrences.sort("technology"), pairs.sort("source", "target")
    names, n = nodes["technology"].to_list(), nodes["occurrences"].to_numpy()
    place = {name: i for i, name in enumerate(names)}
    source, target = (
        np.array([place[name] for name in ties[end]], dtype=np.int64) for end in ("source", "target")
    )
    weight = ties["full_count"].cast(pl.Float64).to_numpy()
    return Network(names, source, target, weight, n[source] * n[target] / (families * weight))


def require_known(pairs: pl.DataFrame, occurrences: pl.DataFrame) -> None:
    """Raise where a pair has an end that no occurrence tells of: it would vanish unseen."""
    unknown = {*pairs["source"], *pairs["target"]} - set(occurrences["technology"])
    if unknown:
        raise ValueError(f"edges without occurrences: {', '.join(sorted(unknown))}")


def steps(ties: Matrix) -> Matrix:
    """Count the edges of the shortest way between each two nodes.

    Parameters
    ----------
    ties
        n × n, symmetric, 1 where two are tied.

    Returns
    -------
    ndarray
        n × n; infinite where there is no way.

    Examples
    --------
    >>> steps(np.array([[0.0, 1, 0], [1, 0, 1], [0, 1, 0]])).tolist()
    [[0.0, 1.0, 2.0], [1.0, 0.0, 1.0], [2.0, 1.0, 0.0]]
    """
    ties = ties.astype(np.float32)  # only whether a sum is 0 counts
    distance = np.where(ties > 0, 1.0, np.inf)
    np.fill_diagonal(distance, 0)
    front, far = ties, 1.0
    while front.any():
        far += 1
        front = ((front @ ties > 0) & np.isinf(distance)).astype(np.float32)
        distance[front > 0] = far
    return distance


# --- Technologies ---------------------------------------------------------------------------------


def betweenness(net: Network, weighted: bool) -> Matrix:
    """Tell the share of shortest paths between others that pass through each technology.

    Parameters
    ----------
    net
        The network.
    weighted
        Whether a path is short by 1 / association strength rather than by edges.

    Returns
    -------
    ndarray
        0 to 1, a technology each; 0 where there are no two others.

    References
    ----------
    Brandes 2001, Journal of Mathematical Sociology 25:163-177.
    """
    if len(net) < 3 or not len(net.weight):
        return np.zeros(len(net))
    if weighted:
        return _betweenness_by_length(net)
    return np.array(nk.centrality.Betweenness(_networkit(net, None), normalized=True).run().scores())


def _betweenness_by_length(net: Network) -> Matrix:
    """Count shortest paths of which several may be equally long.

    Lengths are fractions, so that sums of equal length seldom end in the same digits, and networkit
    asks for the same digits. Here paths tie that differ by less than TIE. From each source, edges
    of shortest paths lead from nearer to farther technologies, so that with these in order of their
    distance Brandes' two recursions are triangular systems.
    """
    n = len(net)
    far = csgraph.dijkstra(_symmetric(net, net.length), directed=False)
    direct = net.length <= far[net.source, net.target] * (1 + TIE)  # no other edge is on a shortest path
    start, end = np.r_[net.source, net.target], np.r_[net.target, net.source]
    start, end, length = (x[np.r_[direct, direct]] for x in (start, end, np.r_[net.length, net.length]))
    passing = np.zeros(n)
    for distance in far:
        order = np.argsort(distance, kind="stable")[: np.isfinite(distance).sum()]
        place = np.argsort(np.r_[order, np.flatnonzero(np.isinf(distance))])
        near, farther = distance[start], distance[end]
        follows = (near < farther) & (near + length <= farther * (1 + TIE))
        ways = np.zeros((len(order), len(order)), order="F")
        ways[place[start[follows]], place[end[follows]]] = -1
        from_source = np.zeros(len(order))
        from_source[0] = 1
        paths = solve_triangular(ways.T, from_source, lower=True, unit_diagonal=True, check_finite=False)
        beyond = solve_triangular(ways, 1 / paths, unit_diagonal=True, check_finite=False)
        passing[order[1:]] += (paths * beyond - 1)[1:]
    return passing / ((n - 1) * (n - 2))


def closeness(net: Network) -> Matrix:
    """Give each technology's mean of 1 / steps to all others, 0 for those out of reach.

    Null (NaN) for a technology alone. Marchiori & Latora 2000, Physica A 285:539-546.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        near = 1 / net.steps
        np.fill_diagonal(near, 0)
        return near.sum(axis=1) / (len(net) - 1)


def pagerank(net: Network, damping: float = 0.85) -> Matrix:
    """Give the share of time that a random walk along the weights is at each technology.

    It starts anew anywhere with chance 1 - `damping`, and where there is no way on. Brin & Page
    1998. Computed to 1e-14, which networkx's own tolerance is not.
    """
    n = len(net)
    share = np.full(n, 1 / n)
    per_strength = np.divide(1, net.strength, where=net.strength > 0, out=np.zeros(n))
    alone = net.strength == 0
    while True:
        walked = net.weights @ (share * per_strength) + share[alone].sum() / n
        following = damping * walked + (1 - damping) / n
        if np.abs(following - share).sum() < 1e-14:
            return following
        share = following


def eigenvector(net: Network) -> Matrix:
    """Give eigenvector centrality by weights within the largest component, of length 1.

    NaN outside it and without edges. Bonacich 1972. By Lanczos' method from a fixed start: the
    largest eigenvalue is one of a kind in a component.
    """
    result = np.full(len(net), np.nan)
    giant = net.giant
    if len(giant) > 1:
        inner = net.weights[giant][:, giant]
        _, vector = eigsh(inner, k=1, which="LA", v0=np.ones(len(giant)))
        result[giant] = np.abs(vector[:, 0])
    return result


def clustering(net: Network) -> Matrix:
    """Give the share of each technology's pairs of neighbours that are tied; 0 without a pair.

    Watts & Strogatz 1998, Nature 393:440-442.
    """
    pairs = net.degree * (net.degree - 1)
    return np.divide(net.triangles.sum(axis=1), pairs, where=pairs > 0, out=np.zeros(len(net)))


def clustering_onnela(net: Network) -> Matrix:
    """Cluster by the geometric mean of a triangle's weights over the largest weight.

    Onnela et al. 2005, Physical Review E 71:065103.
    """
    root = net.weights.copy()
    root.data = np.cbrt(root.data / root.data.max(initial=0))
    pairs = net.degree * (net.degree - 1)
    closed = ((root @ root) * root).sum(axis=1)
    return np.divide(closed, pairs, where=pairs > 0, out=np.zeros(len(net)))


def clustering_barrat(net: Network) -> Matrix:
    """Cluster by the share of a technology's weight that lies on closed pairs of its edges.

    Barrat et al. 2004, PNAS 101:3747-3752.
    """
    closed = (net.weights.toarray() * net.triangles).sum(axis=1)
    most = net.strength * (net.degree - 1)
    return np.divide(closed, most, where=most > 0, out=np.zeros(len(net)))


def constraint(net: Network, weighted: bool) -> Matrix:
    """Give Burt's constraint: high where neighbours are tied to each other; NaN for isolates.

    Burt 1992, Structural Holes; as networkx, over neighbours only.
    """
    weights = net.weights if weighted else sparse.csr_array(net.ties)
    with np.errstate(divide="ignore"):
        invested = sparse.diags_array(1 / weights.sum(axis=1)) @ weights
    total = sparse.csr_array(invested + invested @ invested).toarray() * net.ties
    return np.where(net.degree > 0, (total**2).sum(axis=1), np.nan)


def effective_size(net: Network) -> Matrix:
    """Give Burt's effective size: neighbours less their mean ties to each other; NaN for isolates.

    Unweighted, by Borgatti's formula k - 2t/k with t the ties among k neighbours.
    """
    with np.errstate(invalid="ignore"):
        return net.degree - net.triangles.sum(axis=1) / net.degree


def roles(net: Network, community: Matrix) -> dict[str, Matrix]:
    """Give Guimerà and Amaral's place of each technology in its community.

    Parameters
    ----------
    net
        The network.
    community
        Number of the community of each technology, from 0.

    Returns
    -------
    dict of str to ndarray
        within_community_z: degree within its community, in standard deviations from the mean of
        that community; NaN where all are alike. participation: 1 - Σ_s (k_is / k_i)², 0 with all
        edges in one community; NaN for isolates. Both by edges, not weights.

    References
    ----------
    Guimerà & Amaral 2005, Nature 433:895-900.
    """
    member = np.eye(int(community.max(initial=-1)) + 1)[community]
    to = net.ties @ member
    own = to[np.arange(len(net)), community]
    size = member.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = own @ member / size
        # Exact where all are alike, which a difference of squares is not.
        spread = np.sqrt(((own - mean[community]) ** 2) @ member / size)[community]
        return {
            "within_community_z": np.where(spread > 0, (own - mean[community]) / spread, np.nan),
            "participation": 1 - ((to / net.degree[:, None]) ** 2).sum(axis=1),
        }


def brokerage(net: Network) -> dict[str, Matrix]:
    """Count the pairs of technologies that each one joins and that are not tied, by section.

    Parameters
    ----------
    net
        The network; its sections are the groups.

    Returns
    -------
    dict of str to ndarray
        coordinator: all three of one section; consultant: the pair of one, the broker of another;
        gatekeeper: the broker of the section of one of the pair (gatekeeper and representative are
        one where ties have no direction); liaison: three sections.

    References
    ----------
    Gould & Fernandez 1989, Sociological Methodology 19:89-126.
    """
    ties, own = net.ties, net.section
    groups = np.eye(int(own.max(initial=-1)) + 1)[own]
    k = ties @ groups
    # Tied pairs of neighbours (j, h) by the sections of both; each pair is met twice.
    closed = np.stack(
        [(ties * (ties[:, own == t] @ ties[own == t])) @ groups for t in range(groups.shape[1])], axis=2
    )
    apart = k[:, :, None] * k[:, None, :] - closed
    diagonal = np.arange(groups.shape[1])
    apart[:, diagonal, diagonal] -= k  # a technology is no pair with itself
    who = np.arange(len(net))
    within = apart[:, diagonal, diagonal].sum(axis=1)
    same = apart[who, own, own]
    half = apart[who, own, :].sum(axis=1) - same
    return {
        "coordinator": same / 2,
        "consultant": (within - same) / 2,
        "gatekeeper": half,
        "liaison": (apart.sum(axis=(1, 2)) - within) / 2 - half,
    }


# --- Communities ----------------------------------------------------------------------------------


def communities(net: Network, runs: int, seed: int) -> tuple[Matrix, float]:
    """Find the communities on which many runs of the Leiden algorithm agree.

    Each run maximises modularity from another seed. Of the share of runs that put two technologies
    together, that of at least one half is a network in its turn, and its communities by one more
    run are the consensus.

    Parameters
    ----------
    net
        The network; weights are full counts.
    runs
        How many.
    seed
        Of the first run; each further one takes the next.

    Returns
    -------
    tuple of ndarray and float
        The community of each technology, numbered from 0 in the order of names, a technology
        without ties being one of its own; and the mean normalised mutual information of a run and
        the consensus, 1 where all agree, NaN without ties.

    References
    ----------
    Traag, Waltman & van Eck 2019, Scientific Reports 9:5233; Lancichinetti & Fortunato 2012,
    Scientific Reports 2:336.
    """
    n = len(net)
    if not len(net.weight):
        return np.arange(n), np.nan
    graph = _networkit(net, net.weight)
    found = [_leiden(graph, seed + run) for run in range(runs)]
    together = np.zeros((n, n), dtype=np.int32)
    for part in found:
        together += part[:, None] == part[None, :]
    source, target = np.nonzero(np.triu(2 * together >= runs, 1))
    agreed = nk.GraphFromCoo((together[source, target].astype(float), (source, target)), n=n, weighted=True)
    consensus = _named_in_order(_leiden(agreed, seed))
    tied = net.degree > 0
    return consensus, float(np.mean([mutual_information(part[tied], consensus[tied]) for part in found]))


def mutual_information(one: Matrix, other: Matrix) -> float:
    """Tell how much two partitions know of each other: 2 I / (H + H), 1 where they are the same.

    Examples
    --------
    >>> mutual_information(np.array([0, 0, 1, 1]), np.array([5, 5, 2, 2]))
    1.0
    """
    table = np.zeros((one.max() + 1, other.max() + 1))
    np.add.at(table, (one, other), 1)
    joint = table / len(one)

    def entropy(p: Matrix) -> float:
        p = p[p > 0]
        return float(-(p * np.log(p)).sum())

    apart = entropy(joint.sum(axis=1)) + entropy(joint.sum(axis=0))
    return 2 * (apart - entropy(joint.ravel())) / apart if apart > 0 else 1.0


def modularity(net: Network, group: Matrix) -> float:
    """Give Newman and Girvan's modularity of a partition: weight within, less that expected.

    Newman & Girvan 2004, Physical Review E 69:026113. NaN without edges.
    """
    total = net.weight.sum()
    if not total:
        return np.nan
    within = net.weight[group[net.source] == group[net.target]].sum() / total
    strength = np.bincount(group, weights=net.strength) / (2 * total)
    return float(within - (strength**2).sum())


def _leiden(graph: nk.Graph, seed: int) -> Matrix:
    nk.setSeed(seed, False)
    leiden = nk.community.ParallelLeiden(graph)
    leiden.run()
    return np.array(leiden.getPartition().getVector(), dtype=np.int64)


def _named_in_order(part: Matrix) -> Matrix:
    """Number communities in the order in which they first appear."""
    _, first, number = np.unique(part, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[number]


# --- The network as a whole -----------------------------------------------------------------------

# What `whole` tells of.
WHOLE = (
    "clustering",
    "clustering_onnela",
    "clustering_barrat",
    "transitivity",
    "average_path_length",
    "diameter",
    "average_distance",
    "longest_distance",
    "efficiency",
    "degree_centralisation",
    "communities",
    "modularity",
    "cross_section_share",
    "external_internal_index",
    "expected_cross_section_share",
    "section_modularity",
    "core_periphery",
)


def whole(net: Network, community: Matrix) -> dict[str, int | float | None]:
    """Describe the network as a whole, by measures that need an edge at least.

    Parameters
    ----------
    net
        The network.
    community
        Number of the community of each technology, from 0.

    Returns
    -------
    dict
        As `transforms.convergence.network_measures` tells them.
    """
    giant, n = net.giant, len(net)
    apart = net.steps[np.ix_(giant, giant)]
    far = distances(net)
    others = len(giant) * (len(giant) - 1)
    strength = np.bincount(net.section, weights=net.strength) / (2 * net.weight.sum())
    crossing = net.weight[net.section[net.source] != net.section[net.target]].sum()
    share, expected = crossing / net.weight.sum(), 1 - (strength**2).sum()
    closed, triples = net.triangles.sum(), (net.degree * (net.degree - 1)).sum()
    measures = {
        "clustering": clustering(net).mean(),
        "clustering_onnela": clustering_onnela(net).mean(),
        "clustering_barrat": clustering_barrat(net).mean(),
        "transitivity": closed / triples if triples else 0.0,
        "average_path_length": apart.sum() / others,
        "average_distance": far.sum() / others,
        "longest_distance": far.max(),
        "efficiency": closeness(net).mean(),
        "degree_centralisation": (
            (net.degree.max() - net.degree).sum() / ((n - 1) * (n - 2)) if n > 2 else np.nan
        ),
        "modularity": modularity(net, community),
        "cross_section_share": share,
        "external_internal_index": 2 * share - 1,
        "expected_cross_section_share": expected,
        "section_modularity": expected - share,
        "core_periphery": core_periphery(net.ties)[0],
    }
    counts = {"diameter": int(apart.max()), "communities": len(set(community[net.degree > 0]))}
    return _without_nan(measures) | counts


def distances(net: Network) -> Matrix:
    """Give the shortest way between each two technologies of the largest component.

    By 1 / association strength; g × g. Dijkstra 1959.
    """
    giant = net.giant
    return csgraph.dijkstra(_symmetric(net, net.length)[giant][:, giant], directed=False)


def core_periphery(ties: Matrix) -> tuple[float, int]:
    """Tell how well a network is a core, in which all are tied, and a periphery, in which none are.

    Ties between the two do not count. The core is the best of those that hold the technologies of
    highest degree; Lip (2011) shows that the best by number of misplaced ties is one of them.

    Parameters
    ----------
    ties
        n × n, symmetric, 1 where two are tied.

    Returns
    -------
    tuple of float and int
        The correlation with the ideal, NaN where no core has one; and the size of the core.

    References
    ----------
    Borgatti & Everett 2000, Social Networks 21:375-395; Lip 2011, arXiv:1102.5511.

    Examples
    --------
    >>> star = np.array([[0.0, 1, 1, 1], [1, 0, 1, 0], [1, 1, 0, 0], [1, 0, 0, 0]])
    >>> core_periphery(star)
    (1.0, 2)
    """
    n = len(ties)
    order = np.argsort(-ties.sum(axis=1), kind="stable")
    ordered = ties[np.ix_(order, order)]
    size = np.arange(1, n)
    core_ties = np.cumsum(np.tril(ordered, -1).sum(axis=1))[:-1]
    outer_ties = np.cumsum(np.triu(ordered, 1).sum(axis=1)[::-1])[::-1][1:]
    core, outer = size * (size - 1) / 2, (n - size) * (n - size - 1) / 2
    cells, tied = core + outer, core_ties + outer_ties
    with np.errstate(invalid="ignore", divide="ignore"):
        correlation = (core_ties * cells - core * tied) / np.sqrt(core * outer * tied * (cells - tied))
    if np.isnan(correlation).all():
        return np.nan, 0
    best = int(np.nanargmax(correlation))
    return float(correlation[best]), int(size[best])


def small_world(net: Network, draws: int, seed: int) -> dict[str, float | None]:
    """Hold clustering, path length and core against random networks of the same degrees.

    Parameters
    ----------
    net
        The network; weights do not count.
    draws
        How many random networks.
    seed
        Of the first; each further one takes the next.

    Returns
    -------
    dict of str to float
        sigma: (C / C_r) / (L / L_r), above 1 in a small world; omega: L_r / L - C / C_l, near 0 in
        a small world, with C_l = 3 (k - 2) / (4 (k - 1)) of a ring lattice of the mean degree k;
        core_periphery_p: share of the random networks, and this one, with as clear a core. C is
        the mean clustering, L the average path length of the largest component. None where a
        division by 0 would be.

    References
    ----------
    Humphries & Gurney 2008, PLoS ONE 3:e2051; Telesford et al. 2011, Brain Connectivity 1:367-375;
    Carstens, Hamann, Meyer et al. 2018 for the random networks.
    """
    graph = _networkit(net, None)
    found = np.array([_shape(net.ties)])
    for draw in range(draws):
        nk.setSeed(seed + draw, False)
        switching = nk.randomization.EdgeSwitching(graph, 10.0)
        switching.run()
        drawn = np.zeros_like(net.ties)
        edges = np.array(list(switching.getGraph().iterEdges()))
        drawn[edges[:, 0], edges[:, 1]] = drawn[edges[:, 1], edges[:, 0]] = 1
        found = np.vstack([found, _shape(drawn)])
    (c, length, core), (c_r, l_r, _) = found[0], found[1:].mean(axis=0)
    k = net.degree.mean()
    lattice = 3 * (k - 2) / (4 * (k - 1)) if k > 2 else np.nan
    with np.errstate(invalid="ignore", divide="ignore"):
        sigma = (c / c_r) / (length / l_r)
    clearer = (found[1:, 2] >= core - 1e-12).sum()
    return _without_nan(
        {
            "small_world_sigma": sigma,
            "small_world_omega": l_r / length - c / lattice,
            "core_periphery_p": np.nan if np.isnan(core) else (1 + clearer) / (1 + draws),
        }
    )


def _shape(ties: Matrix) -> tuple[float, float, float]:
    degree = ties.sum(axis=1)
    pairs = degree * (degree - 1)
    closed = ((ties @ ties) * ties).sum(axis=1)
    _, component = csgraph.connected_components(sparse.csr_array(ties), directed=False)
    giant = np.flatnonzero(component == np.bincount(component).argmax())
    apart = steps(ties[np.ix_(giant, giant)])
    return (
        float(np.divide(closed, pairs, where=pairs > 0, out=np.zeros(len(ties))).mean()),
        float(apart.sum() / (len(giant) * (len(giant) - 1))),
        core_periphery(ties)[0],
    )


def _without_nan(measures: dict[str, float]) -> dict[str, float | None]:
    return {name: float(x) if np.isfinite(x) else None for name, x in measures.items()}


def _symmetric(net: Network, value: Matrix) -> sparse.csr_array:
    place = (np.r_[net.source, net.target], np.r_[net.target, net.source])
    return sparse.coo_array((np.r_[value, value], place), shape=(len(net), len(net))).tocsr()


def _networkit(net: Network, value: Matrix | None) -> nk.Graph:
    place = (net.source, net.target)
    if value is None:
        return nk.GraphFromCoo(place, n=len(net))
    return nk.GraphFromCoo((value, place), n=len(net), weighted=True)
