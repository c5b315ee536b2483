"""A part of the null model: some chains of networks whose families chance deals technologies."""

import numpy as np
import polars as pl

from corepath.transforms.methods.null_model import CHAIN, Incidence, crossing_shares

# A chain has a chance of its own: how chains are spread changes nothing.
PARTS = 10
# Pairs of sections all cross sections, and of main groups no network is measured as a whole.
LEVELS = ("class", "subclass")


def int_network_null_part(
    part: int, int_convergence_code: pl.LazyFrame, int_network_family: pl.LazyFrame, topic: pl.LazyFrame
) -> pl.DataFrame:
    """Deal families their technologies by chance, and count the pairs that cross sections.

    Each family keeps its number of technologies, and each technology its number of families within
    network, population and year.

    Parameters
    ----------
    part
        Which chains: those of this remainder by PARTS.
    int_convergence_code
        One row a level x family x technology: level, family, technology.
    int_network_family
        One row a network x family: network, family, share, is_core, year, period.
    topic
        One row: null_draws, seed.

    Returns
    -------
    pl.DataFrame
        One row a draw x network of LEVELS by period: level, network, population, period, chain,
        draw (of the chain), crossing and pairs: pairs of technologies that cross sections, and all
        of them, families by share.
    """
    count, seed = topic.select("null_draws", "seed").collect().row(0)
    chains = range(part, -(-count // CHAIN), PARTS)
    if not chains:  # to prepare millions of families for none would take longer than a chain
        return pl.DataFrame(schema=SCHEMA)
    families = int_network_family.select("network", "family", "share", "is_core", "year", "period")
    found = []
    for level in LEVELS:
        entries = (
            int_convergence_code.filter(pl.col("level") == level)
            .select("family", "technology")
            .collect(engine="streaming")
        )
        incidence, networks, group, share, section = _incidence(entries, families)
        codes = np.bincount(incidence.family, minlength=len(share))
        pairs = np.bincount(group, weights=share * codes * (codes - 1) / 2)
        networks = networks.with_columns(pl.lit(level).alias("level"), pairs=pairs)
        for chain in chains:
            size = min(CHAIN, count - chain * CHAIN)
            drawn = crossing_shares(incidence, section, share, group, chain, size, seed)
            found += [
                networks.with_columns(
                    chain=pl.lit(chain, pl.Int64), draw=pl.lit(draw, pl.Int64), crossing=crossing
                ).select(*SCHEMA)
                for draw, crossing in enumerate(drawn)
            ]
    return pl.concat(found)


SCHEMA = {
    "level": pl.String,
    "network": pl.String,
    "population": pl.String,
    "period": pl.String,
    "chain": pl.Int64,
    "draw": pl.Int64,
    "crossing": pl.Float64,
    "pairs": pl.Float64,
}


def _incidence(
    entries: pl.DataFrame, families: pl.LazyFrame
) -> tuple[Incidence, pl.DataFrame, np.ndarray, np.ndarray, np.ndarray]:
    """Number families of each network and population, in order, and their technologies.

    With the networks by period, which are groups of these families; the group and the share of
    each family; and the section of each technology.
    """
    of_all = families.with_columns(population=pl.lit("all"))
    of_core = families.filter("is_core").with_columns(population=pl.lit("core"))
    rows = (
        pl.concat([of_all, of_core])
        .drop("is_core")
        .join(entries.lazy().select("family").unique(), on="family", how="semi")
        .collect(engine="streaming")
        .sort("network", "population", "year", "family")
        .with_columns(
            group=pl.struct("network", "population", "period").rle_id().cast(pl.Int64),
            stratum=pl.struct("network", "population", "year").rle_id().cast(pl.Int64),
        )
        .with_row_index("number")
    )
    networks = rows.unique("group", keep="first", maintain_order=True).select(
        "network", "population", "period"
    )
    rows = rows.select("number", "family", "share", "group", "stratum")
    technologies = entries.select("technology").unique().sort("technology")
    coded = entries.join(technologies.with_row_index("code"), on="technology").drop("technology")
    placed = rows.select("number", "family").join(coded, on="family").sort("number", "code")
    section = technologies["technology"].str.head(1).rank("dense").to_numpy() - 1
    return (
        Incidence(
            placed["number"].to_numpy().astype(np.int64),
            placed["code"].to_numpy().astype(np.int64),
            rows["stratum"].to_numpy(),
        ),
        networks,
        rows["group"].to_numpy(),
        rows["share"].to_numpy(),
        section.astype(np.int64),
    )
