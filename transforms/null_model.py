"""What chance makes of networks when families keep their size and technologies their frequency."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

# Trades before the first draw. After each, one in two of the codes that can move has moved.
BURN_IN = 10
# Draws of one chain. Chains are independent, each with a seed of its own, so that they can be run
# anywhere and in any order.
CHAIN = 100


@dataclass(frozen=True)
class Incidence:
    """Which family has which technology: an entry each. Arrays, in any order."""

    family: np.ndarray  # an entry: number of its family, from 0
    code: np.ndarray  # an entry: number of its technology, from 0, below 4096
    # A family, of which there are less than 2^24: number of its stratum, below 2^16. Codes are
    # traded only within it.
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
    first, second = _matching(incidence.stratum, rng)
    pair = np.empty(len(incidence.stratum), dtype=np.uint64)
    side = np.zeros(len(incidence.stratum), dtype=np.uint64)
    pair[first] = np.arange(len(first))
    pair[second] = np.arange(len(second))
    side[second] = 1
    alone = np.ones(len(incidence.stratum), dtype=bool)
    alone[first[: len(second)]] = alone[second] = False

    stays = alone[incidence.family]
    family, code = incidence.family[~stays], incidence.code[~stays].astype(np.uint64)
    # Everything of an entry is in one number, so that sorting numbers sorts entries.
    entry = np.sort(pair[family] << 13 | code << 1 | side[family])
    twin = entry[1:] >> 1 == entry[:-1] >> 1
    shared = np.zeros(len(entry), dtype=bool)
    shared[1:] |= twin
    shared[:-1] |= twin

    pool = entry[~shared]
    of_first = np.bincount((pool[pool & 1 == 0] >> 13).astype(np.int64), minlength=len(second))
    shuffle = rng.integers(1 << 28, size=len(pool), dtype=np.uint64)
    dealt = np.sort(pool >> 13 << 40 | shuffle << 12 | pool >> 1 & 4095)
    of_pair = (dealt >> 40).astype(np.int64)
    start = np.searchsorted(of_pair, np.arange(len(second)))
    to_second = np.arange(len(dealt)) - start[of_pair] >= of_first[of_pair]

    kept = entry[shared]
    pairs = np.r_[of_pair, (kept >> 13).astype(np.int64)]
    sides = np.r_[to_second, kept & 1 == 1]
    return Incidence(
        np.r_[np.where(sides, second[pairs], first[pairs]), incidence.family[stays]],
        np.r_[dealt & 4095, kept >> 1 & 4095, incidence.code[stays]].astype(np.int64),
        incidence.stratum,
    )


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
        There are more families, technologies or strata than one number of 64 bits has room for.
    """
    most = {"families": 1 << 24, "technologies": 1 << 12, "strata": 1 << 16}
    found = {
        "families": len(incidence.stratum),
        "technologies": incidence.code.max(initial=-1) + 1,
        "strata": incidence.stratum.max(initial=-1) + 1,
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
    cells = np.bincount(
        incidence.family * sections + section[incidence.code], minlength=families * sections
    ).reshape(families, sections)
    return (cells.sum(axis=1) ** 2 - (cells**2).sum(axis=1)) / 2


def crossing_shares(
    incidence: Incidence,
    section: np.ndarray,
    share: np.ndarray,
    group: np.ndarray,
    chain: int,
    count: int,
    seed: int,
) -> np.ndarray:
    """Draw the share of pairs that cross sections, in groups of families.

    Parameters
    ----------
    incidence, section
        As for `crossing_pairs`.
    share
        How much of each family counts.
    group
        Number of each family's group, from 0.
    chain, seed
        As for `draws`.
    count
        How many draws.

    Returns
    -------
    ndarray
        count × groups: pairs across sections, families each by its share.
    """
    found = draws(incidence, chain, seed)
    return np.array(
        [
            np.bincount(group, weights=share * crossing_pairs(drawn, section))
            for _, drawn in zip(range(count), found, strict=False)
        ]
    )


def _matching(stratum: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Pair families of one stratum at random; those left over follow at the end of the first."""
    number = np.arange(len(stratum), dtype=np.uint64)
    shuffle = rng.integers(1 << 24, size=len(stratum), dtype=np.uint64)
    mixed = np.sort(stratum.astype(np.uint64) << 48 | shuffle << 24 | number)
    order = (mixed & (1 << 24) - 1).astype(np.int64)
    size = np.bincount(stratum)
    start = np.cumsum(size) - size
    place = np.arange(len(order)) - start[stratum[order]]
    over = place == size[stratum[order]] - 1
    over &= place % 2 == 0
    paired, left = order[~over], order[over]
    return np.r_[paired[::2], left], paired[1::2]
