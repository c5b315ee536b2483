"""Networks of countries at the size of the smallest."""

from collections import defaultdict
from itertools import combinations

import numpy as np
import polars as pl
from scipy import sparse

from corepath.transforms.methods.comparison import portrait_divergence, sample, shape

# Below, a network is mostly chance.
FEWEST = 10


def int_network_rarefied(
    int_convergence_code: pl.LazyFrame, int_network_family: pl.LazyFrame, topic: pl.LazyFrame
) -> pl.DataFrame:
    """Draw as many families from each network as the smallest country has, and measure.

    Parameters
    ----------
    int_convergence_code
        One row a level x family x technology: level, family, technology.
    int_network_family
        One row a network x family: network, family, share, is_core.
    topic
        One row: rarefaction_draws, seed.

    Returns
    -------
    pl.DataFrame
        One row a network or pair of networks x population x measure, of subclasses, undivided:
        network, other (null but for portrait_divergence), population, measure, families (drawn),
        and mean, lower and upper (2.5 % and 97.5 %) of the draws. Countries with less than 10
        families are left out.
    """
    count, seed = topic.select("rarefaction_draws", "seed").collect().row(0)
    codes = (
        int_convergence_code.filter(pl.col("level") == "subclass")
        .select("family", "technology")
        .sort("family", "technology")
        .collect()
    )
    families = (
        int_network_family.select("network", "family", "share", "is_core").sort("network", "family").collect()
    )
    rows = []
    for population in ("all", "core"):
        own = families if population == "all" else families.filter("is_core")
        found, size = _draw(codes, own, count, seed)
        for (network, other, measure), values in found.items():
            known = np.array(values)[np.isfinite(values)]
            if len(known):
                bounds = np.quantile(known, [0.025, 0.975])
                rows.append((network, other, population, measure, size, known.mean(), *bounds))
    return pl.DataFrame(
        rows,
        schema=dict.fromkeys(["network", "other", "population", "measure"], pl.String)
        | {"families": pl.Int64}
        | dict.fromkeys(["mean", "lower", "upper"], pl.Float64),
        orient="row",
    )


def _draw(
    codes: pl.DataFrame, families: pl.DataFrame, count: int, seed: int
) -> tuple[dict[tuple[str, str | None, str], list[float]], int]:
    """Draw each network `count` times: the values of each measure, and the families drawn."""
    technologies = codes["technology"].unique().sort()
    section = (technologies.str.head(1).rank("dense").to_numpy() - 1).astype(np.int64)
    place = dict(zip(technologies, range(len(technologies)), strict=True))
    incidence, share = {}, {}
    for (network,), own in families.group_by("network", maintain_order=True):
        here = own.join(codes, on="family", maintain_order="left_right")
        number = (here["family"].rle_id()).to_numpy().astype(np.int64)
        if len(number) and number[-1] + 1 >= FEWEST:
            column = here["technology"].replace_strict(place).to_numpy()
            incidence[str(network)] = sparse.csr_array(
                (np.ones(len(number)), (number, column)), shape=(number[-1] + 1, len(technologies))
            )
            first = np.r_[True, number[1:] != number[:-1]]
            share[str(network)] = here["share"].to_numpy()[first]
    countries = [network for network in incidence if network != "WORLD"]
    if not countries:
        return {}, 0
    size = max(FEWEST, int(min(share[country].sum() for country in countries)))
    values = defaultdict(list)
    for draw in range(count):
        rng = np.random.default_rng([seed, draw])
        portraits = {}
        for network, own in incidence.items():
            chosen = sample(share[network], size, rng)
            measures, portraits[network] = shape(own[chosen], section)
            for measure, value in measures.items():
                values[network, None, measure].append(value)
        for one, other in combinations(countries, 2):
            apart = portrait_divergence(portraits[one], portraits[other])
            values[one, other, "portrait_divergence"].append(apart)
    return values, size
