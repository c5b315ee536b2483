"""What chance makes of networks when families keep their size and technologies their frequency."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

# Trades before the first draw. After each, one in two of the codes that can move has moved.
BURN_IN = 10
# Draws of one chain. Chains are independent, each with a seed of its own; after each it is seen of what more
# are needed.
CHAIN = 100
# Draws stop where the standard error of both bounds of a share is at most this: its second digit stands.
PRECISION = 0.002
# Neighbouring draws resemble each other; means of so many in a row do not, or hardly.
BATCH = 10
# The standard error of a normal variable's 2.5 % quantile over that of its mean: sqrt(0.025 * 0.975) over
# the density there.
_BOUND_OVER_MEAN = 2.671


@dataclass(frozen=True)
class Incidence:
    """Which family has which technology: an entry each. Arrays, in any order."""

    family: np.ndarray  # an entry: number of its family, from 0, as all here of 64 bits
    code: np.ndarray  # an entry: number of its technology, from 0, below 4096
    # A family: number of its stratum, below 2^16. Codes are traded only within it. Of families and
    # strata there are less than 2^24.
    stratum: np.ndarray


def trade(incidence: Incidence, rng: np.random.Generator) -> Incidence:
    """Let every two families of a random matching exchange technologies (a global curveball trade).

    Families are paired at random within their stratum. Each pair throws the technologies that only
    one of the two has together and deals them out anew, as many to each as it had. So each family
    keeps its number of technologies and each technology its number of families in every stratum,
    and repeated trades reach all such incidences equally often.

    Parameters
    ----------
    incidence
        Which family has which technology, none twice.
    rng
        Where chance comes from.

    Returns
    -------
    Incidence
        After the trade.

    References
    ----------
    Strona et al. 2014, Nature Communications 5:4114; Carstens, Hamann, Meyer, Penschuck, Tran &
    Wagner 2018, ESA: 11:1-11:15, for trades of all at once.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> before = Incidence(np.array([0, 0, 1]), np.array([5, 7, 7]), np.array([0, 0]))
    >>> after = trade(before, rng)
    >>> sorted(after.family.tolist()), sorted(after.code.tolist())
    ([0, 0, 1], [5, 7, 7])
    """
    place, family = _matching(incidence.stratum, rng)
    # Everything of an entry is in one number, so that sorting numbers sorts entries: the pair of
    # its family, its technology, and which of the pair's two families it is.
    entry = np.sort((place >> 1 << 13 | place & 1)[incidence.family] | incidence.code << 1)
    twin = (entry[1:] ^ entry[:-1]) == 1
    alone = np.ones(len(entry), dtype=bool)
    alone[1:] &= ~twin
    alone[:-1] &= ~twin
    # Within a pair families stay where they are, and technologies are shuffled.
    pool = entry[alone]
    shuffle = rng.integers(1 << 28, size=len(pool))
    dealt = np.sort(pool >> 13 << 40 | shuffle << 12 | pool >> 1 & 4095)
    entry[alone] = pool & ~8190 | (dealt & 4095) << 1
    return Incidence(family[entry >> 12 & ~1 | entry & 1], entry >> 1 & 4095, incidence.stratum)


def draws(incidence: Incidence, chain: int, seed: int) -> Iterator[Incidence]:
    """Draw incidences with the margins of the one given, without end.

    Parameters
    ----------
    incidence
        What has the margins.
    chain
        Number of the chain; each goes its own way from the same start.
    seed
        Of all chains.

    Yields
    ------
    Incidence
        A trade after the one before.

    Raises
    ------
    ValueError
        There are more technologies, strata or families than one number of 64 bits has room for.
    """
    most = {"technologies": 1 << 12, "strata": 1 << 16, "families and strata": 1 << 24}
    strata = incidence.stratum.max(initial=-1) + 1
    found = {
        "technologies": incidence.code.max(initial=-1) + 1,
        "strata": strata,
        "families and strata": len(incidence.stratum) + strata,
    }
    for what, number in found.items():
        if number > most[what]:
            raise ValueError(f"the null model of networks takes {most[what]} {what}, not {number}")
    rng = np.random.default_rng([seed, chain])
    for _ in range(BURN_IN):
        incidence = trade(incidence, rng)
    while True:
        incidence = trade(incidence, rng)
        yield incidence


def crossing_pairs(incidence: Incidence, section: np.ndarray) -> np.ndarray:
    """Count each family's pairs of technologies of different sections.

    Parameters
    ----------
    incidence
        Which family has which technology.
    section
        Number of each technology's section, from 0.

    Returns
    -------
    ndarray
        Pairs of each family.

    Examples
    --------
    >>> one = Incidence(np.array([0, 0, 0, 1]), np.array([0, 1, 2, 0]), np.array([0, 0]))
    >>> crossing_pairs(one, np.array([6, 6, 7])).tolist()
    [2.0, 0.0]
    """
    families, sections = len(incidence.stratum), int(section.max(initial=0)) + 1
    size = np.bincount(incidence.family, minlength=families)
    cells = np.bincount(
        incidence.family * sections + section[incidence.code], minlength=families * sections
    ).reshape(families, sections)
    return (size**2 - np.einsum("ij,ij->i", cells, cells)) / 2


def crossing_shares(
    incidence: Incidence,
    section: np.ndarray,
    share: np.ndarray,
    group: np.ndarray,
    network: np.ndarray,
    most: int,
    seed: int,
) -> list[np.ndarray]:
    """Draw the share of pairs that cross sections, in groups of families, as often as their error asks.

    Chains of `CHAIN` draws follow one another. Families whose group has been drawn often enough, and whose
    network's groups together have been, are dealt no more: a group of many families needs few draws, and
    one of few families costs little.

    Parameters
    ----------
    incidence, section
        As for `crossing_pairs`. Strata are within groups.
    share
        How much of each family counts.
    group
        Number of each family's group, from 0.
    network
        Number of each group's network, from 0.
    most
        Draws at most.
    seed
        Of all chains.

    Returns
    -------
    list of ndarray
        A group: by draw the share of its pairs that cross sections, families each by its share. Empty
        where it has no pairs.

    Examples
    --------
    >>> incidence = Incidence(np.array([0, 0, 1, 1]), np.array([0, 1, 2, 3]), np.array([0, 0]))
    >>> one, zero = np.zeros(2, dtype=int), np.zeros(1, dtype=int)
    >>> (drawn,) = crossing_shares(incidence, np.array([0, 0, 1, 1]), np.ones(2), one * 0, zero, 200, 1)
    >>> sorted(set(drawn.tolist())), len(drawn)
    ([0.0, 1.0], 200)
    """
    pairs = pairs_of(incidence, share, group, len(network))
    drawn: list[np.ndarray] = [np.empty(0) for _ in network]
    active = pairs > 0
    for chain in range(-(-most // CHAIN)):
        if not active.any():
            break
        count = min(CHAIN, most - chain * CHAIN)
        own, families = _of(incidence, active[group])
        found = np.array(
            [
                np.bincount(group[families], share[families] * crossing_pairs(each, section), len(network))
                for _, each in zip(range(count), draws(own, chain, seed), strict=False)
            ]
        )
        for each in np.flatnonzero(active):
            drawn[each] = np.r_[drawn[each], found[:, each] / pairs[each]]
        for whole in np.unique(network[active]):
            parts = np.flatnonzero((network == whole) & (pairs > 0))
            if bound_error(together([drawn[part] for part in parts], pairs[parts])) <= PRECISION:
                active[[part for part in parts if bound_error(drawn[part]) <= PRECISION]] = False
    return drawn


def pairs_of(incidence: Incidence, share: np.ndarray, group: np.ndarray, groups: int) -> np.ndarray:
    """Count the pairs of technologies of groups of families, as for `crossing_shares`."""
    codes = np.bincount(incidence.family, minlength=len(share))
    # Of no families NumPy counts in whole numbers.
    return np.bincount(group, share * codes * (codes - 1) / 2, groups).astype(float)


def together(drawn: Sequence[np.ndarray], pairs: np.ndarray) -> np.ndarray:
    """Give the shares of groups taken together, of the draws that all of them have.

    Examples
    --------
    >>> together([np.array([0.5, 0.7, 0.1]), np.array([0.2, 0.4])], np.array([30, 10])).round(3).tolist()
    [0.425, 0.625]
    """
    count = min(map(len, drawn))
    shares = np.array([each[:count] for each in drawn])
    # NumPy's own sum adds up in one order, which a product of matrices need not.
    return (pairs[:, None] * shares).sum(axis=0) / pairs.sum()


def bound_error(drawn: np.ndarray) -> float:
    """Estimate the Monte Carlo standard error of the 2.5 % and 97.5 % quantiles of draws of chains.

    It is that of the mean, by the means of batches of `BATCH` draws, times what it is larger by for a normal
    variable.

    Parameters
    ----------
    drawn
        A draw each, in order.

    References
    ----------
    Flegal & Jones 2010, Annals of Statistics 38:1034-1070, for batches.

    Examples
    --------
    >>> float(bound_error(np.random.default_rng(1).normal(size=100_000)).round(3))
    0.008
    """
    batches = drawn[: len(drawn) // BATCH * BATCH].reshape(-1, BATCH).mean(axis=1)
    return _BOUND_OVER_MEAN * batches.std(ddof=1) / np.sqrt(len(batches))


def _of(incidence: Incidence, chosen: np.ndarray) -> tuple[Incidence, np.ndarray]:
    """Keep some families, whole strata of them, and number these anew; give their old numbers, too."""
    families = np.flatnonzero(chosen)
    number = np.cumsum(chosen) - 1
    entries = chosen[incidence.family]
    _, stratum = np.unique(incidence.stratum[families], return_inverse=True)
    return Incidence(number[incidence.family[entries]], incidence.code[entries], stratum), families


def _matching(stratum: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Give each family a place at random in its stratum, and each place its family.

    Places 2i and 2i + 1 are a pair. Of a stratum of an odd number one has a pair to itself.
    """
    number = np.arange(len(stratum))
    shuffle = rng.integers(1 << 23, size=len(stratum))
    mixed = np.sort(stratum << 47 | shuffle << 24 | number) & (1 << 24) - 1
    size = np.bincount(stratum)
    odd = size % 2
    filled = number + np.repeat(np.cumsum(odd) - odd, size)
    place = np.empty(len(stratum), dtype=np.int64)
    place[mixed] = filled
    family = np.zeros(len(stratum) + odd.sum(), dtype=np.int64)
    family[filled] = mixed
    return place, family
