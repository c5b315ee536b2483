"""Compare networks fairly: at equal size, and against chance."""

import numpy as np
from scipy import sparse
from scipy.stats import rankdata

from corepath.transforms.methods.network import steps


def cells(counts: np.ndarray, ranked: bool) -> np.ndarray:
    """Centre the off-diagonal cells of a network, so that the product of two is a correlation.

    Parameters
    ----------
    counts
        A count a cell above the diagonal.
    ranked
        Whether ranks take the place of counts (ties share the mean of theirs).

    Returns
    -------
    ndarray
        As long, of mean 0 and length 1; NaN where all counts are equal.

    Examples
    --------
    >>> cells(np.array([1.0, 2.0, 5.0]), ranked=True).round(4).tolist()
    [-0.7071, 0.0, 0.7071]
    """
    values = rankdata(counts) if ranked else counts
    values = values - values.mean()
    length = np.sqrt((values**2).sum())
    return values / length if length > 1e-12 * len(values) else np.full(len(values), np.nan)


def qap(
    one: np.ndarray, other: np.ndarray, permutations: int, seed: int, ranked: bool = False
) -> tuple[float, float]:
    """Correlate two networks of the same nodes, and tell how often chance correlates as well.

    The nodes of one are renamed at random, rows and columns together, which keeps its structure.

    Parameters
    ----------
    one, other
        n × n, symmetric; the diagonal does not count.
    permutations
        How often nodes are renamed.
    seed
        Of the renaming.
    ranked
        Spearman's correlation rather than Pearson's.

    Returns
    -------
    tuple of float and float
        The correlation, NaN where a network is constant; and p = (1 + permutations that give as
        much or more) / (1 + permutations).

    References
    ----------
    Krackhardt 1988, Social Networks 10:359-381; Phipson & Smyth 2010, SAGMB 9:39.

    Examples
    --------
    >>> path = np.array([[0.0, 1, 0], [1, 0, 1], [0, 1, 0]])
    >>> qap(path, path, permutations=99, seed=1)[0]
    1.0
    """
    n = len(one)
    upper = np.triu_indices(n, 1)
    a, b = cells(one[upper], ranked), cells(other[upper], ranked)
    if np.isnan(a).any() or np.isnan(b).any():
        return np.nan, np.nan
    # Most cells are empty and alike: what they add is known, and only the others are looked up.
    empty_a, empty_b = a[np.argmin(one[upper])], b[np.argmin(other[upper])]
    if np.count_nonzero(a != empty_a) > np.count_nonzero(b != empty_b):
        (a, empty_a), (b, empty_b) = (b, empty_b), (a, empty_a)
    full = np.flatnonzero(a != empty_a)
    rows, columns, weight = upper[0][full], upper[1][full], a[full] - empty_a
    square = np.zeros((n, n))
    square[upper] = b - empty_b
    square += square.T
    # Σ ab over all cells, of which Σ b is 0 and so Σ empty_a b too.
    constant = empty_b * weight.sum()
    found = float((weight * square[rows, columns]).sum() + constant)
    rng = np.random.default_rng(seed)
    as_much = 0
    for _ in range(permutations):
        name = rng.permutation(n)
        as_much += (weight * square[name[rows], name[columns]]).sum() + constant >= found - 1e-12
    return min(found, 1.0), float((1 + as_much) / (1 + permutations))


def partial_qap(
    one: np.ndarray, other: np.ndarray, control: np.ndarray, permutations: int, seed: int
) -> tuple[float, float]:
    """Correlate what a third network does not explain of two, and tell how often chance does.

    A multiple-regression QAP of one on the other and the control, by double semi-partialling: what
    the control leaves of the other is renamed at random, rows and columns together, and correlated
    anew given the control. Partial correlations are in the order of the regressions' t.

    Parameters
    ----------
    one, other, control
        n × n, symmetric; the diagonal does not count.
    permutations, seed
        As for `qap`.

    Returns
    -------
    tuple of float and float
        The partial correlation, NaN where the control explains all of a network; and p as in `qap`.

    References
    ----------
    Dekker, Krackhardt & Snijders 2007, Psychometrika 72:563-581.

    Examples
    --------
    What two networks have in common is what both have of a third:

    >>> rng = np.random.default_rng(1)
    >>> third, one, other = (np.triu(x, 1) + np.triu(x, 1).T for x in rng.random((3, 20, 20)))
    >>> correlation, p = partial_qap(third + one, third + other, third, 999, seed=1)
    >>> abs(correlation) < 0.2, p > 0.1
    (True, True)
    """
    n = len(one)
    upper = np.triu_indices(n, 1)
    a, b, c = (cells(x[upper], ranked=False) for x in (one, other, control))
    a, b = (_unit(x - (x @ c) * c) for x in (a, b))
    if np.isnan(a).any() or np.isnan(b).any():
        return np.nan, np.nan
    square = np.zeros((n, n))
    square[upper] = b
    square += square.T
    found = float(a @ b)
    rng = np.random.default_rng(seed)
    as_much = 0
    for _ in range(permutations):
        name = rng.permutation(n)
        renamed = square[np.ix_(name, name)][upper]
        # Renamed, it is no longer free of the control.
        explained = renamed @ c
        as_much += a @ renamed >= (found - 1e-12) * np.sqrt(1 - explained**2)
    return float(np.clip(found, -1, 1)), float((1 + as_much) / (1 + permutations))


def _unit(residual: np.ndarray) -> np.ndarray:
    """Bring what is left of a vector of length 1 to length 1; NaN where nothing is."""
    length = np.sqrt((residual**2).sum())
    return residual / length if length > 1e-9 else np.full(len(residual), np.nan)


def weighted_jaccard(one: np.ndarray, other: np.ndarray) -> float:
    """Tell how much of two networks' weight is on the same cells, each network's weight being 1.

    Σ min / Σ max of the shares: 1 where the shares are the same, 0 where no tie is shared. Shares,
    because a larger country has more of everything (our proposal).

    Examples
    --------
    >>> weighted_jaccard(np.array([2.0, 2.0, 0.0]), np.array([0.0, 1.0, 1.0]))
    0.3333333333333333
    """
    if not one.sum() or not other.sum():
        return np.nan
    one, other = one / one.sum(), other / other.sum()
    return float(np.minimum(one, other).sum() / np.maximum(one, other).sum())


def portrait(distance: np.ndarray) -> np.ndarray:
    """Count nodes by how many others they have at each distance: the portrait of a network.

    Parameters
    ----------
    distance
        n × n steps; infinite where there is no way.

    Returns
    -------
    ndarray
        (n's largest finite distance + 1) × (n + 1): at [l, k] the nodes with k nodes l steps away.

    References
    ----------
    Bagrow, Bollt, Skufca & ben-Avraham 2008, EPL 81:68004.

    Examples
    --------
    >>> portrait(steps(np.array([[0.0, 1], [1, 0]]))).tolist()
    [[0, 2, 0], [0, 2, 0]]
    """
    n = len(distance)
    longest = int(distance[np.isfinite(distance)].max(initial=0))
    shells = np.stack([(distance == far).sum(axis=1) for far in range(longest + 1)])
    return np.stack([np.bincount(shell, minlength=n + 1) for shell in shells])


def portrait_divergence(one: np.ndarray, other: np.ndarray) -> float:
    """Tell how differently two networks are built, whatever their nodes are.

    The Jensen-Shannon divergence, in bits, of the chance that a node drawn at random has k nodes l
    steps away, of which a pair at distance l is drawn; 0 for networks of the same portrait, 1 at
    most.

    Parameters
    ----------
    one, other
        Portraits.

    Returns
    -------
    float
        0 to 1.

    References
    ----------
    Bagrow & Bollt 2019, Applied Network Science 4:45.

    Examples
    --------
    >>> pair = portrait(steps(np.array([[0.0, 1], [1, 0]])))
    >>> portrait_divergence(pair, pair)
    0.0
    """
    shape = np.maximum(one.shape, other.shape)
    p, q = (
        _chances(np.pad(x, [(0, s - d) for s, d in zip(shape, x.shape, strict=True)])) for x in (one, other)
    )
    middle = (p + q) / 2

    def divergence(chance: np.ndarray) -> float:
        there = chance > 0
        return float((chance[there] * np.log2(chance[there] / middle[there])).sum())

    return (divergence(p) + divergence(q)) / 2


def _chances(portrait: np.ndarray) -> np.ndarray:
    """Weigh each cell by the pairs of nodes it stands for."""
    pairs = portrait * np.arange(portrait.shape[1])
    return pairs / pairs.sum()


def sample(share: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    """Draw families without replacement, each the likelier the larger its share.

    Parameters
    ----------
    share
        Of each family, above 0.
    size
        How many; all where there are not more.
    rng
        Where chance comes from.

    Returns
    -------
    ndarray
        Places of those drawn, in order.

    References
    ----------
    Efraimidis & Spirakis 2006, Information Processing Letters 97:181-185.

    Examples
    --------
    >>> sample(np.ones(3), 3, np.random.default_rng(1)).tolist()
    [0, 1, 2]
    """
    if size >= len(share):
        return np.arange(len(share))
    waiting = rng.exponential(size=len(share)) / share
    return np.sort(np.argpartition(waiting, size)[:size])


def shape(families: sparse.csr_array, section: np.ndarray) -> tuple[dict[str, float], np.ndarray]:
    """Measure a network of whole families by what depends on its size.

    Parameters
    ----------
    families
        Families × technologies, 1 where a family has it.
    section
        Number of each technology's section.

    Returns
    -------
    tuple of dict and ndarray
        density, clustering (mean, unweighted), path_length (steps between nodes of which one can
        be reached from the other), association_within (mean association strength of the pairs
        that meet and are of one section), NaN where there is none; and the portrait. Technologies
        of no family are no nodes.
    """
    occurrences = np.asarray(families.sum(axis=0))
    there = np.flatnonzero(occurrences)
    own = families[:, there]
    counts = sparse.csr_array(own.T @ own).toarray()
    np.fill_diagonal(counts, 0)
    n, occurrences, section = len(there), occurrences[there], section[there]
    ties = (counts > 0).astype(float)
    degree = ties.sum(axis=1)
    chances = degree * (degree - 1)
    closed = (ties @ ties * ties).sum(axis=1)
    distance = steps(ties)
    reached = distance[np.isfinite(distance) & (distance > 0)]
    within = (ties > 0) & (section[:, None] == section)
    strength = counts * (len(families.indptr) - 1) / np.outer(occurrences, occurrences)
    measures = {
        "density": ties.sum() / (n * (n - 1)) if n > 1 else np.nan,
        "clustering": np.divide(closed, chances, where=chances > 0, out=np.zeros(n)).mean(),
        "path_length": reached.mean() if len(reached) else np.nan,
        "association_within": strength[within].mean() if within.any() else np.nan,
    }
    return {name: float(value) for name, value in measures.items()}, portrait(distance)
