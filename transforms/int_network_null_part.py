"""A part of the null model: draws of networks whose families chance deals technologies."""

import numpy as np
import polars as pl

from corepath.transforms.methods.null_model import Incidence, crossing_shares, pairs_of

# Pairs of sections all cross sections, and of main groups no network is measured as a whole.
LEVELS = ("subclass", "class")
# At each level the world is a part, and its countries, which are about as many families, another: first
# those that take longest, so that several processes end together.
PARTS = 4


def int_network_null_part(
    part: int, int_convergence_code: pl.LazyFrame, int_network_family: pl.LazyFrame, topic: pl.LazyFrame
) -> pl.DataFrame:
    """Deal families their technologies by chance, and count the pairs that cross sections.

    Each family keeps its number of technologies, and each technology its number of families within
    network, population and year.

    Parameters
    ----------
    part
        Which networks: of a level by the half, of the world where it is even.
    int_convergence_code
        One row a level x family x technology: level, family, technology.
    int_network_family
        One row a network x family: network, family, share, is_core, year, period.
    topic
        One row: null_draws (at most), seed.

    Returns
    -------
    pl.DataFrame
        One row a draw x network of LEVELS by period: level, network, population, period, draw, share
        (of pairs of technologies that cross sections) and pairs (all of them, families by share). One
        row without a draw of a network without pairs.
    """
    most, seed = topic.select("null_draws", "seed").collect().row(0)
    level, is_of_world = LEVELS[part // 2], part % 2 == 0
    entries = (
        int_convergence_code.filter(pl.col("level") == level)
        .select("family", "technology")
        .collect(engine="streaming")
    )
    families = int_network_family.filter((pl.col("network") == "WORLD") == is_of_world).select(
        "network", "family", "share", "is_core", "year", "period"
    )
    incidence, networks, group, share, section = _incidence(entries, families)
    network = networks.select(pl.struct("network", "population").rle_id()).to_series().to_numpy()
    drawn = crossing_shares(incidence, section, share, group, network.astype(np.int64), most, seed)
    return (
        networks.with_columns(
            level=pl.lit(level),
            pairs=pairs_of(incidence, share, group, len(networks)),
            share=pl.Series([each.tolist() for each in drawn], dtype=pl.List(pl.Float64)),
            draw=pl.Series([list(range(len(each))) for each in drawn], dtype=pl.List(pl.Int64)),
        )
        .explode("share", "draw", empty_as_null=True)
        .select("level", "network", "population", "period", "draw", "share", "pairs")
    )


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
