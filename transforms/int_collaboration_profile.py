"""With whom each country's organisations apply, and how concentrated they are."""

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from transforms.collaboration import cohesion, concentration
from transforms.specialisation import resampled_counts

# A country is held against its own habit if that many of its families lie outside the topic.
MIN_BASE_FAMILIES = 30
LEADERS = 5

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
    "chain": ("chained", "is_ff"),
}
FLAGS = sorted({flag for pair in SHARES.values() for flag in pair})


def int_collaboration_profile(
    int_family_organisation: pl.LazyFrame,
    int_co_application: pl.LazyFrame,
    int_co_application_base: pl.LazyFrame,
    int_collaboration_pair: pl.LazyFrame,
    int_family_industry: pl.LazyFrame,
    int_score_rank: pl.LazyFrame,
    topic: pl.LazyFrame,
) -> pl.DataFrame:
    """Measure the collaboration of each country's organisations, in all families and in the core.

    Parameters
    ----------
    int_family_organisation
        One row a family x group x country: family_id, corporate_group, country, kind, share.
    int_co_application
        One row a family: family_id, groups, has_firm, has_university, has_institute, has_unknown.
    int_co_application_base
        One row a country: country, families, co_applications, outside the topic.
    int_collaboration_pair
        One row a network x pair: network, source, target, core_families.
    int_family_industry
        One row a family x scheme x industry: family_id, scheme, industry, share.
    int_score_rank
        One row a family: family_id, is_core.
    topic
        One row: samples, seed.

    Returns
    -------
    pl.DataFrame
        One row a population x country (WORLD, too): families (of organisations, fractional),
        groups; each of SHARES, null where it has nothing to be a share of; base_rate and rate_ratio
        (null without MIN_BASE_FAMILIES outside the topic); what `concentration` and `cohesion`
        return; and for the core, with _low and _high, the 90 % interval of resampled families of
        SHARES and rate_ratio.
    """
    method = topic.collect().row(0, named=True)
    organisations = (
        int_family_organisation.join(int_score_rank.select("family_id", "is_core"), on="family_id")
        .sort("family_id", "corporate_group", "country")
        .collect()
    )
    kinds = _kinds(int_co_application).join(
        _chained(int_family_organisation, int_family_industry), on="family_id", how="left"
    )
    families = kinds.sort("family_id").collect()
    pairs = int_collaboration_pair.collect()
    base = {
        row["country"]: row["co_applications"] / row["families"]
        for row in int_co_application_base.collect().iter_rows(named=True)
        if row["families"] >= MIN_BASE_FAMILIES
    }
    found = []
    for population, chosen, ties in (
        ("all", organisations, pairs),
        ("core", organisations.filter("is_core"), pairs.filter(pl.col("core_families") > 0)),
    ):
        countries = chosen["country"].unique().sort().to_list()
        networks = {"WORLD": chosen} | {
            country: chosen.filter(country=country) for country in countries if country != "ZZ"
        }
        for country, own in networks.items():
            patterns, times = _patterns(_with_leaders(own, chosen, families))
            members = (
                chosen.join(own, on="family_id", how="semi")["corporate_group"].unique().sort()
            )
            measured = (
                {"population": population, "country": country, "groups": len(members)}
                | _shares(patterns.T @ times, base.get(country))
                | concentration(_totals(own)["share"].to_numpy())
                | _cohesion(members, ties.filter(network=country))
            )
            if population == "core":
                seed = [method["seed"], *country.encode()]
                drawn = resampled_counts(patterns, times, method["samples"], seed)
                measured |= _interval([_shares(draw, base.get(country)) for draw in drawn])
            found.append(measured)
    return pl.DataFrame(found, infer_schema_length=None)


def _kinds(int_co_application: pl.LazyFrame) -> pl.LazyFrame:
    """Tell what kinds meet in a family; of unknown kind, a family is of no pair of kinds."""
    firm, university, institute, unknown = (
        pl.col(f"has_{kind}") for kind in ("firm", "university", "institute", "unknown")
    )
    together = pl.col("groups") > 1
    known = together & ~unknown
    return int_co_application.select(
        "family_id",
        is_any=pl.lit(True),
        is_co=together,
        is_ff=known & firm & ~university & ~institute,
        is_fu=known & firm & university & ~institute,
        is_fp=known & firm & ~university & institute,
        is_up=known & ~firm & university & institute,
        is_fup=known & firm & university & institute,
        is_iur=together & firm & (university | institute),
    )


def _chained(
    int_family_organisation: pl.LazyFrame, int_family_industry: pl.LazyFrame
) -> pl.LazyFrame:
    """Tell which families join firms whose main industries differ: a sign of a supply chain.

    A firm's main industry is the one with most of its families; WIPO's field where none is known.
    """
    members = int_family_organisation.select("family_id", "corporate_group", "kind").unique()
    industry = int_family_industry.filter(pl.col("industry") != "none")
    main = (
        members.filter(pl.col("kind") == "F")
        .join(industry, on="family_id")
        .group_by("corporate_group", "scheme", "industry")
        .agg(pl.col("share").sum().round(9))
        .sort(
            "corporate_group", "scheme", "share", "industry", descending=[False, False, True, False]
        )
        .group_by("corporate_group", maintain_order=True)
        .agg(main=pl.concat_str("scheme", "industry").first())
    )
    return (
        members.join(main, on="corporate_group")
        .group_by("family_id")
        .agg(differ=pl.col("main").n_unique() > 1)
    )


def _totals(own: pl.DataFrame) -> pl.DataFrame:
    """Count families by group; rounded, so that threads decide nothing."""
    return own.group_by("corporate_group").agg(pl.col("share").sum().round(9))


def _with_leaders(own: pl.DataFrame, chosen: pl.DataFrame, families: pl.DataFrame) -> pl.DataFrame:
    """Give each family of a country its share and its flags, the country's leaders known."""
    leaders = _totals(own).sort("share", "corporate_group", descending=[True, False]).head(LEADERS)
    led = chosen.join(leaders, on="corporate_group", how="semi").select("family_id").unique()
    return (
        own.group_by("family_id", maintain_order=True)
        .agg(pl.col("share").sum())
        .join(families, on="family_id")
        .join(led.with_columns(is_led=True), on="family_id", how="left")
        .with_columns(
            is_led=pl.col("is_co") & pl.col("is_led").fill_null(False),
            chained=pl.col("is_ff") & pl.col("differ").fill_null(False),
        )
    )


def _patterns(families: pl.DataFrame) -> tuple[csr_array, np.ndarray]:
    """Count families that are alike; a pattern gives its share to each of FLAGS that it has."""
    alike = families.group_by("share", *FLAGS).len().sort("share", *FLAGS)
    given = alike.select(pl.col(FLAGS).cast(pl.Float64) * pl.col("share")).to_numpy()
    return csr_array(given), alike["len"].to_numpy()


def _shares(counts: np.ndarray, base: float | None) -> dict[str, float | None]:
    total = dict(zip(FLAGS, counts.tolist(), strict=True))
    shares: dict[str, float | None] = {
        name: total[part] / total[whole] if total[whole] > 0 else None
        for name, (part, whole) in SHARES.items()
    }
    rate = shares["co_application_rate"]
    shares["base_rate"] = base
    shares["rate_ratio"] = rate / base if rate is not None and base else None
    return {"families": total["is_any"]} | shares


def _interval(draws: list[dict[str, float | None]]) -> dict[str, float | None]:
    """Take the 5 % and 95 % quantiles of each share over the draws in which it is defined."""
    found = {}
    for name in (*SHARES, "rate_ratio"):
        values = [draw[name] for draw in draws if draw[name] is not None]
        low, high = np.quantile(np.array(values), [0.05, 0.95]) if values else (None, None)
        found |= {f"{name}_low": low, f"{name}_high": high}
    return found


def _cohesion(members: pl.Series, ties: pl.DataFrame) -> dict[str, float | None]:
    ends = (
        ties.select(
            pl.col("source", "target").replace_strict(
                members, range(len(members)), return_dtype=pl.Int64
            )
        )
        .to_numpy()
        .T
    )
    return cohesion(ends[0], ends[1], len(members))
