"""How many years each country is behind each other, by sub-field."""

from itertools import combinations
from typing import Any

import numpy as np
import polars as pl

from corepath.transforms.methods.lag import best_shift, losses, resampled_shifts

Lag = dict[str, float]

MIN_FAMILIES = 30.0
# Technologies that both have families of. Fewer drawn anew tell too little of how they differ.
MIN_TECHNOLOGIES = 8
# Main groups of a fortieth of all families or more; of the smaller ones the subclass, in which they are
# enough to have a mix; and the smallest of these together. Sparse technologies are mostly noise: of 300
# families a country in 180 main groups, single lags were off by 1.4 years on average, and by 0.6 so.
MAX_TECHNOLOGIES = 40
MONTHS = 12
MAX_LAG = 10 * MONTHS
# Every third month: the loss is smooth over a year, and a parabola finds what lies between.
SHIFTS = np.arange(-MAX_LAG, MAX_LAG + 1, 3)
MIN_SHIFTS = 3
WIDTH = 12.0  # months
# Intervals are wider than quantiles of the draws by so much. Without it the interval, of 95 %,
# held the truth in 80 to 97 % of the worlds with which the rule was made: least where one of 300
# families grows by 12 % a year and the other by none.
WIDENED = 1.4
LEVEL = 1.0  # year
WIDEST = 5.0  # years


def int_technology_lag(int_core_month: pl.LazyFrame, topic: pl.LazyFrame) -> pl.DataFrame:
    """Align the countries' mixes of technologies over time, in pairs.

    Parameters
    ----------
    int_core_month
        One row a sub-field x main group x country x month: subfield, main_group, country, month,
        families.
    topic
        One row: samples, seed.

    Returns
    -------
    pl.DataFrame
        One row a sub-field x country x reference, both ways: families and reference_families;
        lag (years the country is behind; below 0 it is ahead), lag_low and lag_high (95 % interval
        of resampled technologies), is_censored (whether the interval reaches MAX_LAG), conclusion
        (behind or ahead where the interval excludes 0, level where it lies within LEVEL, else, and
        wherever it is wider than WIDEST or censored, cannot tell), level_lag (years since the
        reference had as many core families). The lag is null where either country has fewer than
        MIN_FAMILIES, both share fewer than MIN_TECHNOLOGIES, or there are no months to move them by.
    """
    method = topic.collect().row(0, named=True)
    cells = int_core_month.sort("subfield", "main_group", "country", "month").collect()
    if cells.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    cells = cells.with_columns(step=pl.col("month") - pl.col("month").min())
    steps = 1 + cells.select(pl.max("step")).item()
    found = []
    for number, subfield in enumerate(cells["subfield"].unique().sort()):
        counts = _counts(cells.filter(subfield=subfield), steps)
        for one, other in combinations(sorted(counts), 2):
            seed = [method["seed"], number, *f"{one}{other}".encode()]
            lag = _compare(counts[one], counts[other], method["samples"], seed)
            found.append(_row(subfield, counts, other, one, lag))
            found.append(_row(subfield, counts, one, other, _turned(lag)))
    return pl.DataFrame(found, schema=SCHEMA)


SCHEMA = {
    "subfield": pl.String,
    "country": pl.String,
    "reference": pl.String,
    "families": pl.Float64,
    "reference_families": pl.Float64,
    "lag": pl.Float64,
    "lag_low": pl.Float64,
    "lag_high": pl.Float64,
    "is_censored": pl.Boolean,
    "conclusion": pl.String,
    "level_lag": pl.Float64,
}


def _counts(cells: pl.DataFrame, steps: int) -> dict[str, np.ndarray]:
    """Families by technology and month for each country."""
    total = pl.col("families").sum().round(6)
    is_large = total.over("main_group") * MAX_TECHNOLOGIES >= total
    coded = cells.with_columns(
        code=pl.when(is_large).then("main_group").otherwise(pl.col("main_group").str.head(4))
    )
    sizes = coded.group_by("code").agg(total)
    largest = sizes.sort("families", "code", descending=[True, False]).head(MAX_TECHNOLOGIES - 1)
    named = largest.sort("code")["code"].to_list()
    placed = coded.with_columns(
        technology=pl.col("code").replace_strict(
            named, range(len(named)), default=len(named), return_dtype=pl.Int64
        )
    )
    found = {}
    for (country,), own in placed.partition_by("country", as_dict=True).items():
        found[country] = np.zeros((MAX_TECHNOLOGIES, steps))
        place = own.select("technology", "step").to_numpy().T
        np.add.at(found[country], (place[0], place[1]), own["families"].to_numpy())
    return found


def _row(
    subfield: str, counts: dict[str, np.ndarray], country: str, reference: str, lag: Lag
) -> dict[str, Any]:
    own, other = counts[country], counts[reference]
    return {
        "subfield": subfield,
        "country": country,
        "reference": reference,
        "families": own.sum(),
        "reference_families": other.sum(),
        "conclusion": _conclusion(lag),
        "level_lag": _level_lag(other.sum(axis=0), own.sum()),
    } | lag


def _compare(reference: np.ndarray, country: np.ndarray, samples: int, seed: list[int]) -> Lag:
    """Tell how far a country is behind a reference; nothing where that cannot be determined."""
    seen = (reference.sum(axis=1) > 0) | (country.sum(axis=1) > 0)
    shared = (reference.sum(axis=1) > 0) & (country.sum(axis=1) > 0)
    shifts = SHIFTS[np.abs(SHIFTS) < country.shape[1]]
    if (
        min(country.sum(), reference.sum()) < MIN_FAMILIES
        or shared.sum() < MIN_TECHNOLOGIES
        or len(shifts) < MIN_SHIFTS
    ):
        return {}
    lost, told = losses(reference[seen], country[seen], shifts, WIDTH)
    lag = float(best_shift(shifts, lost.sum(axis=0) / told))
    drawn = resampled_shifts(shifts, lost, told, samples, seed)
    low, high = lag + WIDENED * (np.quantile(drawn, [0.025, 0.975]) - lag)
    low, high = max(min(low, lag), shifts[0]), min(max(high, lag), shifts[-1])
    return {
        "lag": lag / MONTHS,
        "lag_low": low / MONTHS,
        "lag_high": high / MONTHS,
        "is_censored": bool(low <= shifts[0] or high >= shifts[-1]),
    }


def _turned(lag: Lag) -> Lag:
    """Say of the reference what was said of the country."""
    turned = {"lag": "lag", "lag_low": "lag_high", "lag_high": "lag_low"}
    return lag | {new: -lag[old] for new, old in turned.items() if lag}


def _conclusion(lag: Lag) -> str:
    """Say no more than the interval does."""
    if not lag or lag["is_censored"] or lag["lag_high"] - lag["lag_low"] > WIDEST:
        return "cannot tell"
    if lag["lag_low"] > 0:
        return "behind"
    if lag["lag_high"] < 0:
        return "ahead"
    return "level" if max(-lag["lag_low"], lag["lag_high"]) <= LEVEL else "cannot tell"


def _level_lag(reference: np.ndarray, families: float) -> float | None:
    """Years since the reference had as many families; None if it never had."""
    reached = reference.cumsum() >= families
    return float(len(reference) - 1 - reached.argmax()) / MONTHS if reached.any() else None
