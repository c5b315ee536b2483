"""How many years each country is behind each other, by sub-field."""

from itertools import combinations
from typing import Any

import numpy as np
import polars as pl

from corepath.transforms.methods.lag import MIN_STRATUM, best_shift, distances

Lag = dict[str, float | bool]

MIN_FAMILIES = 30.0
MAX_LAG = 10  # years
# Technologies in one stratum hide each other's rise: 12 strata make lags a third too short on
# generated worlds.
MAX_STRATA = 40
# Draws held at once: what bounds the memory.
BLOCK = 50


def int_technology_lag(int_core_quarter: pl.LazyFrame, topic: pl.LazyFrame) -> pl.DataFrame:
    """Align the countries' cumulative curves of core families, in pairs.

    Parameters
    ----------
    int_core_quarter
        One row a sub-field x main group x country x quarter: subfield, main_group, country,
        quarter, families.
    topic
        One row: samples, seed.

    Returns
    -------
    pl.DataFrame
        One row a sub-field x country x reference, both ways: families and reference_families;
        lag (years the country is behind; below 0 it is ahead), lag_low and lag_high (90 % interval
        of resampled families), distance and unshifted_distance (root of the mean squared difference
        of the curves, 0 to 1), is_censored (whether the interval reaches MAX_LAG), level_lag
        (years since the reference had as many core families). All but the families are null where
        either country has fewer than MIN_FAMILIES, or where no shift leaves enough to compare.
    """
    method = topic.collect().row(0, named=True)
    cells = int_core_quarter.sort("subfield", "main_group", "country", "quarter").collect()
    schema = {
        "subfield": pl.String,
        "country": pl.String,
        "reference": pl.String,
        "families": pl.Float64,
        "reference_families": pl.Float64,
        "lag": pl.Float64,
        "lag_low": pl.Float64,
        "lag_high": pl.Float64,
        "distance": pl.Float64,
        "unshifted_distance": pl.Float64,
        "is_censored": pl.Boolean,
        "level_lag": pl.Float64,
    }
    if cells.is_empty():
        return pl.DataFrame(schema=schema)
    cells = cells.with_columns(step=pl.col("quarter") - pl.col("quarter").min())
    steps = 1 + cells.select(pl.max("step")).item()
    found = []
    for number, subfield in enumerate(cells["subfield"].unique().sort()):
        curves = _curves(cells.filter(subfield=subfield), steps)
        for one, other in combinations(sorted(curves), 2):
            seed = [method["seed"], number, *f"{one}{other}".encode()]
            behind = _compare(curves[one], curves[other], method["samples"], seed)
            found.append(_row(subfield, curves, other, one, behind))
            found.append(_row(subfield, curves, one, other, _turned(behind)))
    return pl.DataFrame(found, schema=schema)


def _curves(cells: pl.DataFrame, steps: int) -> dict[str, np.ndarray]:
    """Families by stratum and quarter for each country; the smaller main groups are one stratum."""
    sizes = cells.group_by("main_group").agg(pl.col("families").sum().round(6))
    large = sizes.sort("families", "main_group", descending=[True, False]).head(MAX_STRATA - 1)
    strata = large.sort("main_group")["main_group"].to_list()
    placed = cells.with_columns(
        stratum=pl.col("main_group").replace_strict(
            strata, range(len(strata)), default=len(strata), return_dtype=pl.Int64
        )
    )
    found = {}
    for (country,), own in placed.partition_by("country", as_dict=True).items():
        found[country] = np.zeros((MAX_STRATA, steps))
        place = own.select("stratum", "step").to_numpy().T
        np.add.at(found[country], (place[0], place[1]), own["families"].to_numpy())
    return found


def _row(
    subfield: str, curves: dict[str, np.ndarray], country: str, reference: str, lag: Lag
) -> dict[str, Any]:
    own, other = curves[country], curves[reference]
    return {
        "subfield": subfield,
        "country": country,
        "reference": reference,
        "families": own.sum(),
        "reference_families": other.sum(),
        "level_lag": _level_lag(other.sum(0), own.sum()),
    } | lag


def _compare(reference: np.ndarray, country: np.ndarray, samples: int, seed: list[int]) -> Lag:
    """Tell how far a country is behind a reference; nothing where that cannot be told."""
    if min(country.sum(), reference.sum()) < MIN_FAMILIES:
        return {}
    most = min(MAX_LAG * 4, country.shape[1] - 1)
    # What either has too few of says nothing about time.
    told = np.minimum(country.sum(1), reference.sum(1)) >= MIN_STRATUM
    if not told.any():
        return {}
    country, reference = country[told], reference[told]
    shifts, distance = distances(reference, country, most)
    lag = float(best_shift(shifts, distance))
    if np.isnan(lag):
        return {}
    random = np.random.default_rng(seed)
    drawn = []
    for first in range(0, samples, BLOCK):
        size = (min(BLOCK, samples - first), *country.shape)
        # Cells vary as counts do; of shared families that is a little more than they should.
        one, other = (random.poisson(cell, size).astype(float) for cell in (reference, country))
        drawn.append(best_shift(*distances(one, other, most)))
    low, high = np.nanquantile(np.concatenate(drawn), [0.05, 0.95]).tolist()
    return {
        "lag": lag / 4,
        "lag_low": low / 4,
        "lag_high": high / 4,
        "distance": float(distance.min().clip(0) ** 0.5),
        "unshifted_distance": float(distance[most].clip(0) ** 0.5),
        "is_censored": low <= -most or high >= most,
    }


def _turned(behind: Lag) -> Lag:
    """Say of the reference what was said of the country."""
    if not behind:
        return behind
    turned = {"lag": "lag", "lag_low": "lag_high", "lag_high": "lag_low"}
    return behind | {new: -behind[old] for new, old in turned.items()}


def _level_lag(reference: np.ndarray, families: float) -> float | None:
    """Years since the reference had as many families; None if it never had."""
    reached = reference.cumsum() >= families
    return float(len(reference) - 1 - reached.argmax()) / 4 if reached.any() else None
