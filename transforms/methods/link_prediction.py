"""Tell which technologies will meet next, from the network so far."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.optimize import minimize
from scipy.special import expit

from corepath.transforms.methods.network import Matrix

# Families in which a pair has to meet in a period, having met in none before.
EMERGES = 2
PREDICTORS = (
    "common_neighbours",
    "adamic_adar",
    "resource_allocation",
    "preferential_attachment",
    "katz",
    "rooted_pagerank",
)


@dataclass(frozen=True)
class Snapshot:
    """A network up to the end of a period, and the pairs that have not met by then."""

    period: str  # the last one in it
    technologies: list[str]  # by name; all of the snapshots before are among them
    ties: Matrix  # 1 where two have met, n × n
    met: Matrix  # families in which two meet in the period itself, n × n
    apart: tuple[Matrix, Matrix]  # places of the pairs that have not met


def snapshots(pairs: pl.DataFrame, occurrences: pl.DataFrame, periods: list[str]) -> list[Snapshot]:
    """Take the network at the end of each period.

    Parameters
    ----------
    pairs
        One row a period x pair: period, source, target, full_count (families).
    occurrences
        One row a period x technology: period, technology.
    periods
        In their order; those without families are passed over.

    Returns
    -------
    list of Snapshot
        In order of the periods.

    Examples
    --------
    >>> pairs = pl.DataFrame([("a", "G06F", "G06N", 1.0), ("b", "G06F", "H01L", 3.0)],
    ...                      schema=["period", "source", "target", "full_count"], orient="row")
    >>> nodes = pl.DataFrame({"period": "a", "technology": ["G06F", "G06N", "H01L"]})
    >>> first, last = snapshots(pairs, pl.concat([nodes, nodes.with_columns(period=pl.lit("b"))]),
    ...                         ["a", "b"])
    >>> emerged(first, last).tolist()
    [True, False]
    """
    with_families = set(occurrences["period"])
    found, past = [], []
    for period in periods:
        if period in with_families:
            past.append(period)
            so_far = pl.col("period").is_in(past)
            names = occurrences.filter(so_far)["technology"].unique().sort()
            ties = _square(pairs.filter(so_far), names) > 0
            met = _square(pairs.filter(period=period), names)
            i, j = np.nonzero(np.triu(~ties, 1))
            found.append(Snapshot(period, names.to_list(), ties.astype(float), met, (i, j)))
    return found


def emerged(before: Snapshot, after: Snapshot) -> Matrix:
    """Tell which pairs that had not met before meet in two families or more right after."""
    place = {name: i for i, name in enumerate(after.technologies)}
    kept = np.array([place[name] for name in before.technologies], dtype=np.int64)
    i, j = before.apart
    return after.met[kept[i], kept[j]] >= EMERGES


def last_transition(found: list[Snapshot]) -> int | None:
    """Give the place of the latest snapshot in which a pair emerged; the latest may be too young.

    Parameters
    ----------
    found
        Snapshots in order.

    Returns
    -------
    int or None
        None where none ever did.
    """
    for place in range(len(found) - 1, 0, -1):
        if emerged(found[place - 1], found[place]).any():
            return place
    return None


def features(snapshot: Snapshot) -> Matrix:
    """Score the pairs that have not met by six predictors.

    Parameters
    ----------
    snapshot
        The network so far.

    Returns
    -------
    ndarray
        Pairs × PREDICTORS: common neighbours; these each weighted by 1 / log(degree) (Adamic and
        Adar 2003), and by 1 / degree (resource allocation, Zhou, Lü & Zhang 2009); product of the
        degrees; Katz 1953, with half the largest damping for which it converges; chance of a walk
        from one to be at the other, that returns to its root with chance 0.15, mean of both ways.

    References
    ----------
    Liben-Nowell & Kleinberg 2007, JASIST 58:1019-1031.
    """
    ties, (i, j) = snapshot.ties, snapshot.apart
    n, degree = len(ties), ties.sum(axis=1)
    largest = np.linalg.eigvalsh(ties)[-1] if degree.any() else 1.0
    walk = np.divide(ties, degree[:, None], where=degree[:, None] > 0, out=np.zeros((n, n)))
    rooted = 0.15 * np.linalg.inv(np.eye(n) - 0.85 * walk)
    katz = np.linalg.inv(np.eye(n) - 0.5 / largest * ties)
    # A common neighbour has two neighbours at least.
    log = np.where(degree > 1, 1 / np.log(np.maximum(degree, 2)), 0)
    squares = (
        ties @ ties,
        (ties * log) @ ties,
        (ties / np.maximum(degree, 1)) @ ties,
        np.outer(degree, degree),
        katz,
        (rooted + rooted.T) / 2,
    )
    return np.stack([square[i, j] for square in squares], axis=1)


@dataclass(frozen=True)
class Model:
    """A logistic regression on logarithms of the features."""

    mean: Matrix
    spread: Matrix
    weight: Matrix  # the last is the constant

    def chance(self, values: Matrix) -> Matrix:
        """Give each pair's chance to meet in the period that follows."""
        return expit(self._standard(values) @ self.weight[:-1] + self.weight[-1])

    def _standard(self, values: Matrix) -> Matrix:
        return (np.log1p(values) - self.mean) / self.spread


def fit(values: Matrix, met: Matrix) -> Model:
    """Fit a logistic regression with a slight ridge (1 on standardised features).

    Parameters
    ----------
    values
        Pairs × features, at least 0.
    met
        Which pairs met; all others are negatives.

    Returns
    -------
    Model
        With weights to the features' logarithms, standardised.

    Examples
    --------
    >>> values = np.array([[0.0], [1.0], [8.0], [9.0]])
    >>> model = fit(values, np.array([False, False, True, True]))
    >>> bool(model.chance(values)[3] > model.chance(values)[0])
    True
    """
    logs = np.log1p(values)
    mean, spread = logs.mean(axis=0), logs.std(axis=0)
    spread[spread < 1e-12] = 1
    x = np.column_stack([(logs - mean) / spread, np.ones(len(logs))])

    def loss(weight: Matrix) -> tuple[float, Matrix]:
        score = x @ weight
        ridge = np.r_[weight[:-1], 0]
        value = (np.logaddexp(0, score) - met * score).sum() + (ridge**2).sum() / 2
        return float(value), x.T @ (expit(score) - met) + ridge

    found = minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B")
    return Model(mean, spread, found.x)


def average_precision(score: Matrix, met: Matrix) -> float:
    """Give the area under the curve of precision and recall: Σ (R_k - R_k-1) P_k.

    Pairs of one score are taken together. NaN where none met.

    References
    ----------
    Davis & Goadrich 2006, ICML: 233-240.

    Examples
    --------
    >>> average_precision(np.array([3.0, 2.0, 1.0]), np.array([True, False, True]))
    0.8333333333333333
    """
    order = np.argsort(-score, kind="stable")
    hits = np.cumsum(met[order])
    last = np.flatnonzero(np.r_[np.diff(score[order]) != 0, True])  # of those of one score
    if not len(hits) or not hits[-1]:
        return np.nan
    recall = hits[last] / hits[-1]
    return float((np.diff(recall, prepend=0) * hits[last] / (last + 1)).sum())


def area_under_roc(score: Matrix, met: Matrix) -> float:
    """Give the chance that a pair that met scores above one that did not; NaN without either.

    Examples
    --------
    >>> area_under_roc(np.array([3.0, 2.0, 1.0]), np.array([True, False, False]))
    1.0
    """
    values, number = np.unique(score, return_inverse=True)
    positive = np.bincount(number, weights=met, minlength=len(values))
    negative = np.bincount(number, weights=~met, minlength=len(values))
    pairs = positive.sum() * negative.sum()
    below = np.cumsum(negative) - negative / 2
    return float((positive * below).sum() / pairs) if pairs else np.nan


def in_networks(
    pairs: pl.LazyFrame, occurrences: pl.LazyFrame, periods: pl.LazyFrame
) -> Iterator[tuple[str, list[Snapshot]]]:
    """Take each network of subclasses and all families, period by period.

    Parameters
    ----------
    pairs, occurrences
        One row a network x pair, or technology: the network's key and columns of `snapshots`.
    periods
        One row a period: period, first_year.

    Yields
    ------
    tuple of str and list of Snapshot
        Its name and its `snapshots`.
    """
    divided = (pl.col("population") == "all") & (pl.col("level") == "subclass") & (pl.col("period") != "all")
    order = periods.sort("first_year").collect()["period"].to_list()
    ties = pairs.filter(divided).sort("network", "period", "source", "target").collect()
    nodes = occurrences.filter(divided).sort("network", "period", "technology").collect()
    for (network,), own in nodes.group_by("network", maintain_order=True):
        yield str(network), snapshots(ties.filter(pl.col("network") == network), own, order)


def _square(pairs: pl.DataFrame, names: pl.Series) -> Matrix:
    """Add up the counts of pairs of these technologies, n × n."""
    place = {name: i for i, name in enumerate(names)}
    square = np.zeros((len(place), len(place)))
    for source, target, count in pairs.select("source", "target", "full_count").iter_rows():
        square[place[source], place[target]] += count
        square[place[target], place[source]] += count
    return square
