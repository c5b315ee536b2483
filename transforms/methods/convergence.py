"""Measure how technologies converge: their pairs, their places in the network, the network."""

from collections.abc import Iterator

import numpy as np
import polars as pl
from scipy.stats import poisson

from corepath.transforms.methods.entropy import DegenerateInput
from corepath.transforms.methods.network import (
    WHOLE,
    betweenness,
    brokerage,
    closeness,
    clustering,
    communities,
    constraint,
    effective_size,
    eigenvector,
    network,
    pagerank,
    require_known,
    roles,
)
from corepath.transforms.methods.network import whole as described_whole

# What names a network.
KEY = ("network", "population", "period", "subfield", "level")


def networks(
    pairs: pl.LazyFrame, occurrences: pl.LazyFrame
) -> Iterator[tuple[dict[str, str], pl.DataFrame, pl.DataFrame]]:
    """Take networks one by one.

    Parameters
    ----------
    pairs
        One row a network x pair: the columns of KEY, source, target and counts.
    occurrences
        One row a network x technology: the columns of KEY, technology, occurrences, families.

    Yields
    ------
    tuple of dict, pl.DataFrame, pl.DataFrame
        Its key, its pairs and its technologies, each in order; a network may have no pairs.

    Raises
    ------
    DegenerateInput
        There is no technology at all.

    Examples
    --------
    >>> import polars as pl
    >>> key = {"network": "KR", "population": "all", "period": "all", "subfield": "all",
    ...        "level": "subclass"}
    >>> pairs = pl.LazyFrame([key | {"source": "G06F", "target": "G06N"}])
    >>> occurrences = pl.LazyFrame([key | {"technology": t} for t in ("G06N", "G06F")])
    >>> [(name["network"], len(p), len(o)) for name, p, o in networks(pairs, occurrences)]
    [('KR', 1, 2)]
    """
    ties = pairs.sort(*KEY, "source", "target").collect()
    nodes = occurrences.sort(*KEY, "technology").collect()
    if nodes.is_empty():
        raise DegenerateInput("no family has a class, so there is no network")
    of = ties.partition_by(*KEY, as_dict=True, include_key=False)
    nobody = ties.clear().drop(KEY)
    for key, own in nodes.partition_by(*KEY, as_dict=True, include_key=False).items():
        yield dict(zip(KEY, map(str, key), strict=True)), of.get(key, nobody), own


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
        dealt_expected: families in which they would meet if each family's technologies were dealt
        anew, as many different ones as it has: 2 C n_i n_j / (T² - Σ n²), with C = Σ c and T = Σ n;
        dealt_q: P(X ≥ c) of a Poisson count of that mean, after Benjamini and Hochberg over all
        pairs of technologies, those that never meet being of p = 1; null where a count is not whole;
        disparity_alpha: the lesser of both ends' `disparity`;
        noise_score, noise_deviation: as `noise_corrected` gives them.

    Raises
    ------
    ValueError
        Naming the technologies of pairs that lack occurrences.

    References
    ----------
    van Eck & Waltman 2009, JASIST 60:1635-1651; Benjamini & Hochberg 1995, JRSS B 57:289-300.

    Examples
    --------
    >>> import polars as pl
    >>> pairs = pl.DataFrame({"source": ["G06F"], "target": ["G06N"], "full_count": [3.0]})
    >>> occurrences = pl.DataFrame({"technology": ["G06F", "G06N"], "occurrences": [4, 5]})
    >>> edge = edge_measures(pairs, occurrences, families=10)
    >>> edge.select("association_strength", "expected", pl.col("hypergeometric_p").round(4)).row(0)
    (1.5, 2.0, 0.2619)
    """
    require_known(pairs, occurrences)
    nodes = occurrences.select("technology", pl.col("occurrences").cast(pl.Float64)).join(
        _strengths(pairs), on="technology", how="left"
    )
    sources, targets = (nodes.select(pl.all().name.prefix(f"{end}_")) for end in ("source", "target"))
    edges = pairs.join(
        sources, left_on="source", right_on="source_technology", how="left", maintain_order="left"
    ).join(targets, left_on="target", right_on="target_technology", how="left", maintain_order="left")

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
    most = round(families)
    n, draws = np.minimum(n, most), np.minimum(draws, most)
    p = hypergeometric_tail(np.minimum(x, np.minimum(n, draws)), most, n, draws)
    # A family of many technologies makes many pairs, whichever they are: so these are dealt to
    # families as they are, and not drawn one by one.
    all_n = nodes["occurrences"].to_numpy()
    room = all_n.sum() ** 2 - (all_n**2).sum()
    dealt = edges.select(2 * c.sum() * n_i * n_j / room).to_series()
    q = false_discovery(poisson.sf(x - 1, dealt.to_numpy()), nodes.height * (nodes.height - 1) // 2)
    score, deviation = noise_corrected(*edges.select(c, s_i, s_j).to_numpy().T)
    return edges.select(
        *pairs.columns,
        association_strength=c / mu,
        vos_strength=2 * c.sum() * c / (s_i * s_j),
        cosine=c / (n_i * n_j).sqrt(),
        jaccard=c / (n_i + n_j - c),
        expected=mu,
        z=pl.when(sigma > 0).then((c - mu) / sigma),
        hypergeometric_p=pl.when(whole).then(pl.lit(pl.Series(p))),
        dealt_expected=pl.lit(dealt),
        dealt_q=pl.when(whole).then(pl.lit(pl.Series(q))),
        disparity_alpha=pl.min_horizontal(disparity(c, s_i, k_i), disparity(c, s_j, k_j)),
        noise_score=pl.Series(score),
        noise_deviation=pl.Series(deviation).fill_nan(None),
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


def noise_corrected(
    weight: np.ndarray, source: np.ndarray, target: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Tell how far an edge is above what its ends' strengths lead one to expect, and how sure.

    Parameters
    ----------
    weight
        c, of each edge of a network.
    source, target
        s_i and s_j, the strengths of its ends.

    Returns
    -------
    tuple of ndarray
        The score (κc - 1) / (κc + 1) with κ = 2m / (s_i s_j), -1 to 1, 0 as expected; and its
        standard deviation, from a binomial of 2m draws whose chance has a beta prior with the mean
        and variance that s_i and s_j give it. An edge belongs to the backbone where the score is
        over 1.64 deviations. The variance of the prior is that of the hypergeometric distribution,
        and its second parameter that of a beta distribution with these moments.

    References
    ----------
    Coscia & Neffke 2017, IEEE ICDE: 425-436.

    Examples
    --------
    >>> score, deviation = noise_corrected(np.array([8.0]), np.array([10.0]), np.array([12.0]))
    >>> score.round(4).tolist()
    [0.0323]
    """
    # Both directions of every edge are draws.
    total, product = 2 * weight.sum(), source * target
    kappa = total / product
    mean = product / total**2
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = product * (total - source) * (total - target) / (total**4 * (total - 1))
        size = mean * (1 - mean) / variance - 1  # the prior weighs as much as so many draws
        chance = (mean * size + weight) / (size + total)
        slope = 1 / product - total * (source + target) / product**2
        # dκ/dc is that of 2m / (s_i s_j) with all three growing by the edge.
        change = 2 * (kappa + weight * slope) / (kappa * weight + 1) ** 2
        deviation = np.sqrt(chance * (1 - chance) * total) * np.abs(change)
    return (kappa * weight - 1) / (kappa * weight + 1), deviation


def hypergeometric_tail(met: np.ndarray, families: int, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Give the chance that two technologies meet so often or more, drawn independently.

    Terms are added up from the figure away from the mean, until they no longer count. SciPy's own
    takes a millisecond each below 104,729 families, since it factorises them into primes.

    Parameters
    ----------
    met
        Whole numbers of families in which two meet, at least 1.
    families
        N.
    one, other
        Families of each technology.

    Returns
    -------
    ndarray
        P(X ≥ met), 0 to 1.

    Examples
    --------
    >>> hypergeometric_tail(np.array([3]), 8, np.array([4]), np.array([6])).round(6).tolist()
    [0.785714]
    """
    met, one, other = (np.rint(x).astype(np.int64) for x in (met, one, other))
    log = np.log(np.arange(1, families + 1, dtype=np.longdouble))
    factorial = np.concatenate([[np.longdouble(0)], np.cumsum(log)])

    def choose(n: np.ndarray | int, k: np.ndarray) -> np.ndarray:
        return factorial[n] - factorial[k] - factorial[n - k]

    # Beyond the mean the tail is summed up, before it the rest is.
    upper = met * families >= one * other
    x = np.where(upper, met, met - 1)
    possible = x >= np.maximum(0, one + other - families)
    total, term = np.zeros(len(x)), np.zeros(len(x))
    at, n, k = x[possible], one[possible], other[possible]
    chance = choose(n, at) + choose(families - n, k - at) - choose(families, k)
    term[possible] = np.exp(chance).astype(float)
    left = np.flatnonzero(possible)
    while len(left):
        total[left] += term[left]
        at, n, k, up = x[left], one[left], other[left], upper[left]
        grown = (n - at) * (k - at) / ((at + 1) * (families - n - k + at + 1.0))
        shrunk = at * (families - n - k + at) / ((n - at + 1) * (k - at + 1.0))
        term[left] *= np.where(up, grown, shrunk)
        x[left] += np.where(up, 1, -1)
        left = left[term[left] > total[left] * 1e-17]
    return np.clip(np.where(upper, total, 1 - total), 0, 1)


def false_discovery(p: np.ndarray, tests: int) -> np.ndarray:
    """Give Benjamini and Hochberg's q of chances, where all other tests have p = 1.

    Examples
    --------
    >>> false_discovery(np.array([0.01, 0.04]), tests=4).tolist()
    [0.04, 0.08]
    """
    order = np.argsort(p, kind="stable")
    q = np.empty(len(p))
    least = np.minimum.accumulate((p[order] * tests / np.arange(1, len(p) + 1))[::-1])[::-1]
    q[order] = np.minimum(least, 1)  # the others' chance of 1 bounds them all
    return q


def node_measures(
    pairs: pl.DataFrame, occurrences: pl.DataFrame, families: float, runs: int, seed: int
) -> pl.DataFrame:
    """Tell each technology's place in the network.

    Parameters
    ----------
    pairs
        One row a pair: source, target, full_count (families, the weight where one is used).
    occurrences
        One row a technology, isolates too: technology, occurrences (families).
    families
        N, the families of the network.
    runs, seed
        Of the search for communities.

    Returns
    -------
    pl.DataFrame
        One row a technology, by name: technology,
        degree: its neighbours;
        strength: the sum of its weights, families;
        betweenness, betweenness_weighted: share of the shortest paths between others, by edges,
        and by the sum of 1 / association strength;
        closeness: mean of 1 / distance to all others, 0 for those out of reach, unweighted;
        eigenvector: weighted, within the largest component;
        pagerank: weighted, sums to 1;
        constraint_unweighted, constraint_weighted: Burt's, high where neighbours are tied;
        effective_size: its neighbours less their mean ties to each other, unweighted;
        clustering: share of its pairs of neighbours that are tied, unweighted;
        coordinator, consultant, gatekeeper, liaison: pairs it brokers, by section;
        community, community_agreement: the consensus, and how well the runs agree on it;
        within_community_z, participation: its ties within and across communities, unweighted.
        Null where undefined: constraint and effective size of an isolate, closeness of one node.

    Raises
    ------
    ValueError
        Naming the technologies of edges that lack occurrences.

    Examples
    --------
    >>> import polars as pl
    >>> pairs = pl.DataFrame({"source": ["G06F"], "target": ["G06N"], "full_count": [3.0]})
    >>> occurrences = pl.DataFrame({"technology": ["G06F", "G06N", "H01L"], "occurrences": 4})
    >>> nodes = node_measures(pairs, occurrences, families=10, runs=10, seed=1)
    >>> nodes.select("technology", "strength", "closeness", "effective_size").rows()
    [('G06F', 3.0, 0.5, 1.0), ('G06N', 3.0, 0.5, 1.0), ('H01L', 0.0, 0.0, None)]
    """
    net = network(pairs, occurrences, families)
    community, agreement = communities(net, runs, seed)
    measures = {
        "degree": net.degree,
        "strength": net.strength,
        "betweenness": betweenness(net, weighted=False),
        "betweenness_weighted": betweenness(net, weighted=True),
        "closeness": closeness(net),
        "eigenvector": eigenvector(net),
        "pagerank": pagerank(net),
        "constraint_unweighted": constraint(net, weighted=False),
        "constraint_weighted": constraint(net, weighted=True),
        "effective_size": effective_size(net),
        "clustering": clustering(net),
        **brokerage(net),
        "community": community,
        "community_agreement": np.full(len(net), agreement),
        **roles(net, community),
    }
    whole = ["degree", "coordinator", "consultant", "gatekeeper", "liaison", "community"]
    return pl.DataFrame({"technology": net.technologies} | measures).with_columns(
        pl.col(whole).cast(pl.Int64), pl.col(pl.Float64).exclude(whole).fill_nan(None)
    )


def node_counts(pairs: pl.DataFrame, occurrences: pl.DataFrame) -> pl.DataFrame:
    """Tell of each technology what counting alone tells, for networks of thousands.

    Parameters
    ----------
    pairs, occurrences
        As for `node_measures`.

    Returns
    -------
    pl.DataFrame
        One row a technology, by name: technology, degree, strength.

    Examples
    --------
    >>> import polars as pl
    >>> pairs = pl.DataFrame({"source": ["G06F3"], "target": ["G06N3"], "full_count": [3.0]})
    >>> occurrences = pl.DataFrame({"technology": ["G06N3", "G06F3", "H01L21"]})
    >>> node_counts(pairs, occurrences).rows()
    [('G06F3', 1, 3.0), ('G06N3', 1, 3.0), ('H01L21', 0, 0.0)]
    """
    return (
        occurrences.select("technology")
        .sort("technology")
        .join(_strengths(pairs), on="technology", how="left", maintain_order="left")
        .with_columns(pl.col("degree", "strength").fill_null(0))
    )


def network_measures(
    pairs: pl.DataFrame, occurrences: pl.DataFrame, families: float, nodes: pl.DataFrame
) -> dict[str, int | float | None]:
    """Describe the network as a whole.

    Parameters
    ----------
    pairs
        One row a pair: source, target, full_count (families, the weight where one is used). The
        first letter of a technology is its IPC section.
    occurrences
        One row a technology, isolates too: technology, occurrences (families).
    families
        N, the families of the network.
    nodes
        Its `node_measures`.

    Returns
    -------
    dict[str, int | float | None]
        nodes, edges, isolates: counts;
        density: share of the possible edges that are there;
        mean_degree, mean_strength: edges, and families, at a technology on average;
        giant_share: share of the nodes in the largest component, of equals the first by name;
        clustering, clustering_onnela, clustering_barrat: mean over all nodes, unweighted, weighted
        by the geometric mean of a triangle's weights over the largest weight, and by the weight on
        closed pairs of edges;
        transitivity: share of the paths of two edges that are closed;
        average_path_length, diameter: edges, within the largest component;
        average_distance, longest_distance: the same with 1 / association strength as an edge's
        length;
        efficiency: mean over all pairs of 1 / edges between them, 0 where there is no way;
        degree_centralisation, betweenness_centralisation: 0 where all are alike, 1 of a star;
        communities: those with ties; modularity: of their consensus; community_agreement: of runs;
        cross_section_share: share X of the weight that joins two IPC sections;
        external_internal_index: 2X - 1;
        expected_cross_section_share: X0 = 1 - Σ_s (S_s / 2m)², S_s being a section's strength;
        section_modularity: X0 - X;
        core_periphery: correlation with a core and a periphery.
        None where undefined, as most are without an edge.

    Raises
    ------
    ValueError
        Naming the technologies of edges that lack occurrences.

    References
    ----------
    Latora & Marchiori 2001, Physical Review Letters 87:198701; Freeman 1978, Social Networks
    1:215-239; Krackhardt & Stern 1988, Social Psychology Quarterly 51:123-140.

    Examples
    --------
    >>> import polars as pl
    >>> pairs = pl.DataFrame(
    ...     {"source": ["G06F", "G06N"], "target": ["G06N", "H01L"], "full_count": [3.0, 1.0]}
    ... )
    >>> occurrences = pl.DataFrame({"technology": ["G06F", "G06N", "H01L"], "occurrences": 4})
    >>> nodes = node_measures(pairs, occurrences, families=10, runs=10, seed=1)
    >>> whole = network_measures(pairs, occurrences, 10, nodes)
    >>> whole["diameter"], whole["cross_section_share"]
    (2, 0.25)
    """
    net = network(pairs, occurrences, families)
    n, m = len(net), len(net.weight)
    nodes = nodes.sort("technology")
    between = nodes["betweenness"].to_numpy()
    whole: dict[str, int | float | None] = {
        "nodes": n,
        "edges": m,
        "isolates": int((net.degree == 0).sum()),
        "density": 2 * m / (n * (n - 1)) if n > 1 else None,
        "mean_degree": 2 * m / n,
        "mean_strength": 2 * float(net.weight.sum()) / n,
        "giant_share": len(net.giant) / n,
        "community_agreement": nodes["community_agreement"][0],
        "betweenness_centralisation": (
            float((between.max() - between).sum() / (n - 1)) if m and n > 2 else None
        ),
    }
    described = described_whole(net, nodes["community"].to_numpy()) if m else {}
    return whole | {name: described.get(name) for name in WHOLE}


def _strengths(edges: pl.DataFrame) -> pl.DataFrame:
    """Count the neighbours of each technology and add up its weights: degree, strength.

    Lists are added up in their order, where sums of groups depend on the number of threads.
    """
    ahead = edges.select(technology="source", neighbour="target", weight="full_count")
    back = edges.select(technology="target", neighbour="source", weight="full_count")
    return (
        pl.concat([ahead, back])
        .sort("technology", "neighbour")
        .group_by("technology", maintain_order=True)
        .agg("weight")
        .select(
            "technology",
            degree=pl.col("weight").list.len().cast(pl.Int64),
            strength=pl.col("weight").list.sum(),
        )
    )
