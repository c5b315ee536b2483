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
