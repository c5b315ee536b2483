"""How much of each network would cross sections by chance."""

import numpy as np
import polars as pl

from transforms.null_model import CHAIN, Incidence, crossing_shares


def int_network_null(
    int_convergence_code: pl.LazyFrame, int_network_family: pl.LazyFrame, topic: pl.LazyFrame
) -> pl.DataFrame:
    """Hold the share of pairs across sections against families with technologies dealt by chance.

    Each family keeps its number of subclasses, and each subclass its number of families within
    network, population and year.

    Parameters
    ----------
    int_convergence_code
        One row a level x family x technology: level, family_id, technology.
    int_network_family
        One row a network x family: network, family_id, share, is_core, year, period.
    topic
        One row: null_draws, seed.

    Returns
    -------
    pl.DataFrame
        One row a network of subclasses, of all periods together and of each: network, population,
        period, null_share (mean of the draws), null_lower, null_upper (their 2.5 % and 97.5 %
        quantiles), null_deviation; null where no family has two subclasses.
    """
    count, seed = topic.select("null_draws", "seed").collect().row(0)
    incidence, families, section = _incidence(int_convergence_code, int_network_family)
    group = families["group"].to_numpy()
    share = families["share"].to_numpy()
    drawn = np.concatenate(
        [
            crossing_shares(
                incidence, section, share, group, chain, min(CHAIN, count - chain * CHAIN), seed
            )
            for chain in range(-(-count // CHAIN))
        ]
    )
    size = np.bincount(incidence.family, minlength=len(share))
    pairs = np.bincount(group, weights=share * size * (size - 1) / 2)
    keys = families.unique("group", maintain_order=True).select(
        "group", "network", "population", "period"
    )
    divided = keys.group_by("network", "population", "period", maintain_order=True)
    undivided = keys.group_by("network", "population", pl.lit("all").alias("period"),
                              maintain_order=True)  # fmt: skip
    rows = []
    for grouped in (divided, undivided):
        for (network, population, period), own in grouped:
            groups = own["group"].to_numpy()
            among = pairs[groups].sum()
            shares = drawn[:, groups].sum(axis=1) / among if among else np.array([np.nan])
            lower, upper = np.quantile(shares, [0.025, 0.975])
            rows.append((network, population, period, shares.mean(), lower, upper, shares.std()))
    return pl.DataFrame(
        rows,
        schema=dict.fromkeys(["network", "population", "period"], pl.String)
        | dict.fromkeys(["null_share", "null_lower", "null_upper", "null_deviation"], pl.Float64),
        orient="row",
    ).with_columns(pl.col(pl.Float64).fill_nan(None))


def _incidence(
    codes: pl.LazyFrame, families: pl.LazyFrame
) -> tuple[Incidence, pl.DataFrame, np.ndarray]:
    """Number families of each network and population, in order, and their technologies."""
    of_all = families.with_columns(population=pl.lit("all"))
    of_core = families.filter("is_core").with_columns(population=pl.lit("core"))
    of_subclass = codes.filter(pl.col("level") == "subclass").select("family_id", "technology")
    known = of_subclass.select("family_id").unique()
    rows = (
        pl.concat([of_all, of_core])
        .join(known, on="family_id", how="semi")
        .sort("network", "population", "year", "family_id")
        .with_columns(
            group=pl.struct("network", "population", "period").rle_id().cast(pl.Int64),
            stratum=pl.struct("network", "population", "year").rle_id().cast(pl.Int64),
        )
        .with_row_index("number")
        .collect()
    )
    technologies = of_subclass.select("technology").unique().sort("technology").collect()
    entries = (
        rows.lazy()
        .select("number", "family_id")
        .join(of_subclass, on="family_id")
        .join(technologies.lazy().with_row_index("code"), on="technology")
        .sort("number", "code")
        .collect()
    )
    section = technologies["technology"].str.head(1).rank("dense").to_numpy() - 1
    return (
        Incidence(
            entries["number"].to_numpy().astype(np.int64),
            entries["code"].to_numpy().astype(np.int64),
            rows["stratum"].to_numpy(),
        ),
        rows,
        section.astype(np.int64),
    )
