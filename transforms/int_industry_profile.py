"""How countries' families are spread over industries, and where each is at an advantage."""

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from transforms.specialisation import resampled_counts, rsca, rta


def int_industry_profile(
    int_family_industry: pl.LazyFrame,
    int_family_country: pl.LazyFrame,
    int_score_rank: pl.LazyFrame,
    topic: pl.LazyFrame,
) -> pl.DataFrame:
    """Count families by country and industry, and compare with the topic's families of the world.

    Parameters
    ----------
    int_family_industry
        One row a family x scheme x industry: family_id, scheme, industry, share.
    int_family_country
        One row a family x country: family_id, country, share.
    int_score_rank
        One row a family: family_id, is_core.
    topic
        One row: samples, seed.

    Returns
    -------
    pl.DataFrame
        One row a population ("all" or "core") x scheme x industry x country with a family of that
        population: families (fractional), share (of the country's), rta, rsca, and rsca_low and
        rsca_high, the 90 % interval of as many resamples of families as `samples` says; rta and
        rsca are null where the industry has no family.
    """
    method = topic.collect().row(0, named=True)
    shares = (
        int_family_industry.join(int_family_country, on="family_id")
        .join(int_score_rank.select("family_id", "is_core"), on="family_id")
        .select(
            "family_id", "scheme", "industry", "country", "is_core",
            share=pl.col("share") * pl.col("share_right"),
        )
        .collect()
    )  # fmt: skip
    return pl.concat(
        _profile(part, scheme[0], population, method["samples"], method["seed"])
        for scheme, of_scheme in sorted(shares.partition_by("scheme", as_dict=True).items())
        for population, part in (("all", of_scheme), ("core", of_scheme.filter("is_core")))
    )


def _profile(
    shares: pl.DataFrame, scheme: str, population: str, draws: int, seed: int
) -> pl.DataFrame:
    countries = shares["country"].unique().sort()
    industries = shares["industry"].unique().sort()
    grid = (len(countries), len(industries))
    placed = shares.with_columns(
        cell=pl.col("country").replace_strict(countries, range(grid[0]), return_dtype=pl.Int64)
        * grid[1]
        + pl.col("industry").replace_strict(industries, range(grid[1]), return_dtype=pl.Int64)
    ).sort("cell", "share")
    # A family's pattern is the list of its cells; families of one pattern are counted together.
    kinds = (
        placed.group_by("family_id", maintain_order=True)
        .agg("cell", "share")
        .group_by("cell", "share")
        .len()
        .sort("cell", "share")
    )
    entries = kinds.with_row_index("kind").explode("cell", "share")
    patterns = csr_array(
        (entries["share"], (entries["kind"], entries["cell"])),
        shape=(kinds.height, grid[0] * grid[1]),
    )
    families = kinds["len"].to_numpy()
    counts = (patterns.T @ families).reshape(grid)
    drawn = resampled_counts(patterns, families, draws, seed).reshape(draws, *grid)
    low, high = np.nanquantile(rsca(rta(drawn)), [0.05, 0.95], axis=0)
    advantage = rta(counts)
    return pl.DataFrame(
        {
            "population": population,
            "scheme": scheme,
            "industry": np.tile(industries.to_numpy(), grid[0]),
            "country": np.repeat(countries.to_numpy(), grid[1]),
            "families": counts.ravel(),
            "share": (counts / counts.sum(axis=1, keepdims=True)).ravel(),
            "rta": advantage.ravel(),
            "rsca": rsca(advantage).ravel(),
            "rsca_low": low.ravel(),
            "rsca_high": high.ravel(),
        }
    )
