"""Measure what tells a country's path from another's, on samples of equal size."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from corepath.transforms.methods.pathway_rules import INDUSTRY_METRICS, TECHNOLOGY_METRICS
from corepath.transforms.methods.specialisation import rsca

NAN = float("nan")
# Of so many families industries are counted: in larger samples every industry shows.
FEW = 15
# A family of more labels is taken for one of so many.
LARGEST = 8


@dataclass(frozen=True)
class Corpus:
    """Core families of one country (or the world): F families, I industries, G groups, K codes.

    Attributes
    ----------
    share
        F: the country's share of each, above 0 to 1.
    year
        F: of priority.
    industries
        F × I: share of each industry, 0 in all where none is known.
    parts
        F × P: 1 for each part that a family has: one of its subclasses as far as its symbols are of
        an industry, with that industry.
    part_subclass
        P: the number of the part's subclass.
    part_industry
        P: the number of the part's industry; I where its symbols are of several.
    members
        F × G: 1 for each group that applies.
    own
        F × G: the group's share of the family, where its applicant is of the country.
    flags
        F each: is_any (an organisation applies), is_co (two groups or more), is_ff (firms only),
        is_iur (firms with universities or institutes), is_led (with one of the five largest
        groups), is_chain (firms of different main industries).
    codes
        F × K: 1 for each subclass.
    sections
        K: the number of each subclass's section.
    """

    share: np.ndarray
    year: np.ndarray
    industries: np.ndarray
    parts: csr_array
    part_subclass: np.ndarray
    part_industry: np.ndarray
    members: csr_array
    own: csr_array
    flags: Mapping[str, np.ndarray]
    codes: csr_array
    sections: np.ndarray

    def sample(self, chosen: np.ndarray) -> "Corpus":
        """Take some of the families."""
        return Corpus(
            self.share[chosen],
            self.year[chosen],
            self.industries[chosen],
            self.parts[chosen],
            self.part_subclass,
            self.part_industry,
            self.members[chosen],
            self.own[chosen],
            {name: flag[chosen] for name, flag in self.flags.items()},
            self.codes[chosen],
            self.sections,
        )


def industry_measures(corpus: Corpus, advantages: np.ndarray) -> dict[str, float]:
    """Tell in how many industries a country is, and how they hang together.

    Parameters
    ----------
    corpus
        The families.
    advantages
        I: whether the country is at an advantage there.

    Returns
    -------
    dict of str to float
        effective_industries: exp of Shannon's entropy of shares, 1 to I;
        advantage_share: share of families in industries of advantage, 0 to 1;
        active_industries: industries that FEW of its families are expected to show, 1 to I;
        co_development: families in two industries or more, over what chance gives if their
        subclasses were dealt out anew within the year, none twice to one; 1 is chance;
        variety: median over groups with three families or more of exp of Shannon's entropy of
        their industries, 1 to I;
        families_per_cell: families by pair of group and industry that has any.
        NaN where there is nothing to measure.

    References
    ----------
    Hill 1973, Ecology 54:427-432, for effective numbers; Hurlbert 1971, Ecology 52:577-586, for
    industries among few; the rest is this project's proposal.
    """
    by_industry = corpus.share @ corpus.industries
    if not by_industry.sum():
        return dict.fromkeys(INDUSTRY_METRICS, NAN)
    shares = by_industry / by_industry.sum()
    by_group = (corpus.own.T @ csr_array(corpus.industries)).toarray()
    large = np.bincount(corpus.own.nonzero()[1], minlength=by_group.shape[0]) >= 3
    varieties = [effective_number(row) for row in by_group[large] if row.sum()]
    cells = np.count_nonzero(by_group)
    return {
        "effective_industries": effective_number(by_industry),
        "advantage_share": float(shares[advantages].sum()),
        "active_industries": float((1 - (1 - shares) ** FEW).sum()),
        "co_development": _co_development(corpus),
        "variety": float(np.median(varieties)) if varieties else NAN,
        "families_per_cell": float(by_group.sum() / cells) if cells else NAN,
    }


def advantages(corpus: Corpus, world: np.ndarray, margin: np.ndarray, least: float) -> np.ndarray:
    """Tell in which industries a country is surely at an advantage.

    Parameters
    ----------
    corpus
        Its families.
    world
        F × I: the world's families' shares of industries.
    margin
        I: how far above 0 its RSCA must be.
    least
        Families that it must have in the industry.

    Returns
    -------
    np.ndarray
        I, of bool.

    References
    ----------
    As `rta` and `rsca` in specialisation.
    """
    own, all_families = corpus.share @ corpus.industries, world.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = (own / corpus.share.sum()) / (all_families / len(world))
    return (rsca(ratio) > margin) & (own >= least)


def effective_number(parts: np.ndarray) -> float:
    """Count parts by their weight: exp of Shannon's entropy.

    Parameters
    ----------
    parts
        Sizes, at least 0, not all 0.

    Returns
    -------
    float
        From 1 to the number of parts.

    References
    ----------
    Hill 1973, Ecology 54:427-432.

    Examples
    --------
    >>> round(effective_number(np.array([5.0, 5.0, 0.0])), 12)
    2.0
    """
    shares = parts[parts > 0] / parts.sum()
    return float(np.exp(-(shares * np.log(shares)).sum()))


def _co_development(corpus: Corpus) -> float:
    """Compare families in two industries or more with what dealing subclasses anew would give.

    Symbols are not dealt one by one: those of a subclass go together, and a family is the more
    likely core the more subclasses it has.
    """
    number = np.diff(corpus.parts.indptr).clip(max=LARGEST)
    several = corpus.share @ ((corpus.industries > 0).sum(axis=1) >= 2)
    alone = chance_alike(
        corpus.parts, corpus.year, corpus.part_subclass, corpus.part_industry, corpus.industries.shape[1]
    )
    year = np.unique(corpus.year, return_inverse=True)[1]
    expected = corpus.share @ np.where(number > 0, 1 - alone[year, number], 0.0)
    return float(several / expected) if expected > 0 else NAN


def chance_alike(
    labels: csr_array, year: np.ndarray, groups: np.ndarray, kinds: np.ndarray, count: int
) -> np.ndarray:
    """Tell how likely all labels of a family are of one kind, if those of its year were dealt anew.

    A family of n gets n labels of different groups. In a year of F families, a group that c of them
    have weighs as its odds c / (F - c): so what is frequent stays as frequent as it is, though no
    family has it twice. Then n different groups are dealt in e_n(odds) ways, the elementary
    symmetric polynomial; all of one kind, in e_n of that kind's parts of the odds.

    Parameters
    ----------
    labels
        F × L: 1 for each label of a family.
    year
        F: labels are dealt out anew among families of the same year.
    groups
        L: the number of each label's group, of which a family has one label at most.
    kinds
        L: the number of each label's kind; `count` is a kind that is never alike.
    count
        How many kinds there are.

    Returns
    -------
    np.ndarray
        Years in order × (0 to LARGEST labels): the chance; 1 for no label, 0 where there are fewer
        groups than labels.

    References
    ----------
    Chen, Dempster & Liu 1994, Biometrika 81:457-469, for such draws.

    Examples
    --------
    Of eight families two have a, two b, two c, two d: each pair is as likely, and two of the six
    are of one kind.

    >>> labels = csr_array(np.eye(4)[[0, 0, 1, 1, 2, 2, 3, 3]])
    >>> kinds = np.array([0, 0, 1, 1])
    >>> chance_alike(labels, np.full(8, 2010), np.arange(4), kinds, 2)[0, :3].round(12).tolist()
    [1.0, 1.0, 0.333333333333]
    """
    years, place = np.unique(year, return_inverse=True)
    family, label = labels.nonzero()
    at, kind = place[family], kinds[label]
    families = np.bincount(place, np.diff(labels.indptr) > 0)
    _, group, times = np.unique(
        at * (groups.max(initial=0) + 1) + groups[label], return_inverse=True, return_counts=True
    )
    # Where all families have it, nearly all.
    odds = 1 / np.maximum(families[at] - times[group], 0.5)
    share = odds / np.bincount(at, odds, len(years))[at]
    all_ways = _ways(group, share, at, len(years))
    alike = _ways(group * (count + 1) + kind, share, at * (count + 1) + kind, len(years) * (count + 1))
    alike = alike.reshape(-1, len(years), count + 1)[..., :count].sum(-1)
    alike[0] = 1
    # What rounding leaves of no way at all is none.
    known = all_ways > 1e-12
    return np.divide(alike, all_ways, out=np.zeros_like(alike), where=known).clip(0, 1).T


def _ways(cells: np.ndarray, share: np.ndarray, to: np.ndarray, count: int) -> np.ndarray:
    """Make elementary symmetric polynomials of cells' shares, for each of what cells belong to.

    By Newton's identities from sums of powers; 0 to LARGEST × count.
    """
    _, first, cell = np.unique(cells, return_index=True, return_inverse=True)
    share, to = np.bincount(cell, share), to[first]
    sums = [np.bincount(to, share**power, count) for power in range(1, LARGEST + 1)]
    found = [np.ones(count)]
    for n in range(1, LARGEST + 1):
        terms = ((-1) ** k * found[n - 1 - k] * sums[k] for k in range(n))
        found.append(sum(terms, np.zeros(count)) / n)
    return np.stack(found)


def technology_measures(corpus: Corpus) -> dict[str, float]:
    """Tell whether technologies meet across sections or within, and how closely.

    Parameters
    ----------
    corpus
        The families.

    Returns
    -------
    dict of str to float
        cross_share: pairs of subclasses of different sections over all pairs of subclasses that
        meet in a family, 0 to 1; lift: that over what chance gives, if families' subclasses were
        dealt out anew within the year, none twice to one; inner_association: families in which two
        subclasses of one section meet over those expected if each came alone, Σ c / Σ (a b / n);
        density: pairs that meet over all pairs; clustering: mean over subclasses of the share of
        pairs of neighbours that meet. NaN where there is nothing to measure.

    References
    ----------
    van Eck & Waltman 2009, JASIST 60:1635-1651, for association strength; Watts & Strogatz 1998,
    Nature 393:440-442, for clustering. Chance in closed form is this project's proposal.
    """
    present = np.asarray(corpus.codes.sum(axis=0)).ravel() > 0
    codes, sections = corpus.codes[:, present], corpus.sections[present]
    met = (codes.T @ (codes * corpus.share[:, None])).toarray()
    occurrences = met.diagonal().copy()
    np.fill_diagonal(met, 0.0)
    total, n = met.sum(), len(sections)
    if not total or n < 3:
        return dict.fromkeys(TECHNOLOGY_METRICS, NAN)
    same = sections[:, None] == sections[None, :]
    np.fill_diagonal(same, False)
    cross = float(met[~same].sum() / total)
    chance = _chance_across(codes, corpus.share, corpus.year, sections)
    expected = np.outer(occurrences, occurrences) / corpus.share.sum()
    ties = (met > 0).astype(np.float32)
    degree = ties.sum(axis=0)
    triangles = ((ties @ ties) * ties).sum(axis=0)
    around = degree * (degree - 1)
    return {
        "cross_share": cross,
        "lift": float(cross / chance) if chance > 0 else NAN,
        "inner_association": float(met[same].sum() / expected[same].sum()) if same.any() else NAN,
        "density": float(degree.sum() / (n * (n - 1))),
        "clustering": float((triangles[around > 0] / around[around > 0]).sum() / n),
    }


def _chance_across(codes: csr_array, share: np.ndarray, year: np.ndarray, sections: np.ndarray) -> float:
    """Give the share of pairs across sections if codes were dealt out anew within each year.

    Two different codes of all that occur in the year, weighed by the year's pairs.
    """
    years, place = np.unique(year, return_inverse=True)
    number = np.diff(codes.indptr)
    pairs = np.bincount(place, share * number * (number - 1), len(years))
    by_year = csr_array((np.ones(len(place)), (place, np.arange(len(place)))))
    times = csr_array(by_year @ codes).toarray()
    by_section = times @ np.eye(sections.max() + 1)[sections]
    total = times.sum(axis=1) ** 2
    different = np.maximum(total - (times**2).sum(axis=1), 1e-9)
    return float(pairs @ ((total - (by_section**2).sum(axis=1)) / different) / pairs.sum())


def collaboration_measures(corpus: Corpus, base_rate: float) -> dict[str, float]:
    """Tell how much and with whom a country's organisations apply together.

    Parameters
    ----------
    corpus
        The families.
    base_rate
        Its rate of co-application outside the topic, 0 to 1; NaN where that is not known.

    Returns
    -------
    dict of str to float
        co_application_rate, rate_ratio (over base_rate), firm_firm, industry_research,
        leader_involvement and chain, as in `fct_collaboration_profile`; cr4; isolates, the share of
        the country's groups that apply with no other. NaN where there is nothing to measure.
    """
    counts = {name: float(corpus.share @ flag) for name, flag in corpus.flags.items()}

    def share(part: str, whole: str) -> float:
        return counts[part] / counts[whole] if counts[whole] else NAN

    rate = share("is_co", "is_any")
    sizes = np.asarray(corpus.own.sum(axis=0)).ravel()
    active = sizes > 0
    tied = np.asarray(corpus.members[corpus.flags["is_co"]].sum(axis=0)).ravel() > 0
    return {
        "co_application_rate": rate,
        "rate_ratio": rate / base_rate if base_rate else NAN,
        "firm_firm": share("is_ff", "is_co"),
        "industry_research": share("is_iur", "is_co"),
        "leader_involvement": share("is_led", "is_co"),
        "chain": share("is_chain", "is_ff"),
        "cr4": float(np.sort(sizes)[-4:].sum() / sizes.sum()) if active.any() else NAN,
        "isolates": float((active & ~tied).sum() / active.sum()) if active.any() else NAN,
    }


def drawn_benchmarks(values: pl.LazyFrame, least: int) -> pl.DataFrame:
    """Tell what each figure is held against in each draw of the world.

    Parameters
    ----------
    values
        One row a path x country x metric x draw: value; the world's in some of the draws.
    least
        So many countries tell a benchmark by their median; fewer leave it to the world.

    Returns
    -------
    pl.DataFrame
        One row a path x metric x draw, in this order: benchmark.
    """
    is_world = pl.col("country") == "WORLD"
    others = pl.col("value").filter(~is_world)
    drawn = values.group_by("path", "metric", "draw").agg(
        is_drawn=is_world.any(),
        world=pl.col("value").filter(is_world).first(),
        middle=others.median(),
        countries=others.count(),
    )
    benchmark = pl.when(pl.col("countries") >= least).then("middle").otherwise("world")
    found = drawn.filter("is_drawn").select("path", "metric", "draw", benchmark=benchmark)
    return found.sort("path", "metric", "draw").collect()
