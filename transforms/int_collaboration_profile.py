"""With whom each country's organisations apply, and how concentrated they are."""

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from corepath.transforms.methods.collaboration import (
    base_rates,
    cohesion,
    concentration,
    habits,
    share_draws,
    share_interval,
)

# Each share: of which families, among which.
SHARES = {
    "co_application_rate": ("is_co", "is_any"),
    "firm_firm": ("is_ff", "is_co"),
    "firm_university": ("is_fu", "is_co"),
    "firm_institute": ("is_fp", "is_co"),
    "university_institute": ("is_up", "is_co"),
    "firm_university_institute": ("is_fup", "is_co"),
    "industry_research": ("is_iur", "is_co"),
    "leader_involvement": ("is_led", "is_co"),
    "chain": ("is_chain", "is_ff"),
}
FLAGS = sorted({flag for pair in SHARES.values() for flag in pair})


def int_collaboration_profile(
    int_family_collaboration: pl.LazyFrame,
    int_family_organisation: pl.LazyFrame,
    int_collaboration_pair: pl.LazyFrame,
    int_co_application_base: pl.LazyFrame,
    topic: pl.LazyFrame,
) -> pl.DataFrame:
    """Measure the collaboration of each country's organisations, in all families and in the core.

    Parameters
    ----------
    int_family_collaboration
        One row a population x country x family: share and FLAGS.
    int_family_organisation
        One row a family x group x country: family, corporate_group, country, share.
    int_collaboration_pair
        One row a network x pair: network, source, target, core_families.
    int_co_application_base
        One row a country: country, families, co_applications, outside the topic.
    topic
        One row: samples, seed.

    Returns
    -------
    pl.DataFrame
        One row a population x country (WORLD, too): families (of organisations, fractional),
        groups; each of SHARES, null where it has nothing to be a share of; base_rate and rate_ratio
        (null without MIN_BASE_FAMILIES outside the topic); what `concentration` and `cohesion`
        return; and for the core, with _low and _high, the 90 % interval of SHARES and rate_ratio.
    """
    method = topic.collect().row(0, named=True)
    organisations = int_family_organisation.collect()
    pairs = int_collaboration_pair.collect()
    habit = habits(int_co_application_base)
    parts = int_family_collaboration.collect().partition_by("population", "country", as_dict=True)
    found = []
    for (population, country), families in sorted(parts.items()):
        members = organisations.join(families, on="family", how="semi")
        own = members if country == "WORLD" else members.filter(country=country)
        ties = pairs.filter(network=country)
        if population == "core":
            ties = ties.filter(pl.col("core_families") > 0)
        patterns, times = _patterns(families)
        measured = (
            {"population": population, "country": country}
            | _shares(patterns.T @ times, _rate(habit.get(country)))
            | concentration(_totals(own).to_numpy())
            | _cohesion(members["corporate_group"].unique().sort(), ties)
        )
        if population == "core":
            random = np.random.default_rng([method["seed"], *country.encode()])
            counts, squares = patterns.T @ times, patterns.power(2).T @ times
            measured |= _intervals(counts, squares, habit.get(country), method["samples"], random)
        found.append(measured)
    # A measure that no country has is a number, too.
    return pl.DataFrame(found, infer_schema_length=None).cast({pl.Null: pl.Float64})


def _totals(own: pl.DataFrame) -> pl.Series:
    """Count families by group; rounded, so that threads decide nothing."""
    return own.group_by("corporate_group").agg(pl.col("share").sum().round(9))["share"]


def _patterns(families: pl.DataFrame) -> tuple[csr_array, np.ndarray]:
    """Count families that are alike; a pattern gives its share to each of FLAGS that it has."""
    alike = families.group_by("share", *FLAGS).len().sort("share", *FLAGS)
    given = alike.select(pl.col(FLAGS).cast(pl.Float64) * pl.col("share")).to_numpy()
    return csr_array(given), alike["len"].to_numpy()


def _rate(habit: tuple[float, float] | None) -> float:
    return habit[1] / habit[0] if habit else np.nan


def _shares(counts: np.ndarray, base: float) -> dict[str, float | None]:
    total = dict(zip(FLAGS, counts.tolist(), strict=True))
    shares: dict[str, float | None] = {
        name: total[part] / total[whole] if total[whole] > 0 else None
        for name, (part, whole) in SHARES.items()
    }
    rate = shares["co_application_rate"]
    shares["base_rate"] = None if np.isnan(base) else base
    shares["rate_ratio"] = rate / base if rate is not None and base > 0 else None
    return {"families": total["is_any"]} | shares


def _intervals(
    counts: np.ndarray,
    squares: np.ndarray,
    habit: tuple[float, float] | None,
    draws: int,
    random: np.random.Generator,
) -> dict[str, float | None]:
    """Give the 90 % interval of each share, and of the rate over what the country is used to."""
    total, squared = (dict(zip(FLAGS, each.tolist(), strict=True)) for each in (counts, squares))
    found: dict[str, float | None] = {}
    for name, (part, whole) in SHARES.items():
        interval = share_interval(total[part], total[whole], squared[whole]) or (None, None)
        found |= dict(zip((f"{name}_low", f"{name}_high"), interval, strict=True))
    # What the country is used to is a sample, too.
    ratios = share_draws(total["is_co"], total["is_any"], squared["is_any"], draws, random) / base_rates(
        habit, draws, random
    )
    known = None if np.isnan(ratios).any() else np.quantile(ratios, [0.05, 0.95]).tolist()
    low, high = known or (None, None)
    return found | {"rate_ratio_low": low, "rate_ratio_high": high}


def _cohesion(members: pl.Series, ties: pl.DataFrame) -> dict[str, float | None]:
    numbered = pl.col("source", "target").replace_strict(members, range(len(members)), return_dtype=pl.Int64)
    source, target = ties.select(numbered).to_numpy().T
    return {"groups": len(members)} | cohesion(source, target, len(members))
