"""Collaboration of countries, counted by hand."""

import numpy as np
import polars as pl
import pytest
from scipy.stats import binom

from corepath.transforms.int_collaboration_profile import int_collaboration_profile
from corepath.transforms.int_family_collaboration import int_family_collaboration

KINDS = {"Firm": "F", "Univ": "U", "Lab": "P", "Odd": "X"}
FLAGS = {"F": "has_firm", "U": "has_university", "P": "has_institute", "X": "has_unknown"}


def table(families, base=(), industries=None, samples=50):
    """Profiles of families: {(group, country): share}; groups are named for their kind."""
    rows = [
        (f"f{i:03}", group, country, KINDS[group.split()[0]], share)
        for i, applicants in enumerate(families)
        for (group, country), share in applicants.items()
    ]
    members = pl.DataFrame(
        rows, schema=["family", "corporate_group", "country", "kind", "share"], orient="row"
    )
    together = members.group_by("family").agg(
        groups=pl.col("corporate_group").n_unique(),
        **{flag: (pl.col("kind") == kind).any() for kind, flag in FLAGS.items()},
    )
    named = members.select("family", "corporate_group").unique()
    ties = (
        named.join(named, on="family", suffix="_2")
        .filter(pl.col("corporate_group") < pl.col("corporate_group_2"))
        .rename({"corporate_group": "source", "corporate_group_2": "target"})
    )
    of_countries = members.select("family", network="country").unique()
    pairs = pl.concat(
        [
            ties.join(of_countries, on="family").select("network", "source", "target"),
            ties.select(pl.lit("WORLD").alias("network"), "source", "target"),
        ]
    ).unique()
    collaboration = int_family_collaboration(
        members.lazy(),
        together.lazy(),
        pl.LazyFrame(
            [(f"f{i:03}", "SEI", industry, 1.0) for i, industry in enumerate(industries or [])],
            schema={"family": pl.String, "scheme": pl.String, "industry": pl.String, "share": pl.Float64},
            orient="row",
        ),
        members.select("family", is_core=pl.lit(True)).unique().lazy(),
    )
    return int_collaboration_profile(
        collaboration.lazy(),
        members.lazy(),
        pairs.with_columns(core_families=1.0).lazy(),
        pl.LazyFrame(
            base,
            schema={"country": pl.String, "families": pl.Float64, "co_applications": pl.Float64},
            orient="row",
        ),
        pl.LazyFrame({"samples": [samples], "seed": [7]}),
    )


def profile(*args, **options):
    found = table(*args, **options)
    return {(row["population"], row["country"]): row for row in found.iter_rows(named=True)}


ALONE = {("Firm a", "JP"): 1.0}
FIRMS = {("Firm a", "JP"): 0.5, ("Firm b", "JP"): 0.5}
CAMPUS = {("Firm a", "JP"): 0.5, ("Univ x", "JP"): 0.5}
ABROAD = {("Firm a", "JP"): 0.5, ("Lab y", "US"): 0.5}
TRIPLE = {("Firm b", "JP"): 1 / 3, ("Univ x", "JP"): 1 / 3, ("Lab z", "JP"): 1 / 3}


def test_a_measure_that_no_country_has_is_a_number_nonetheless():
    found = table([ALONE] * 5)
    assert found["base_rate"].null_count() == found.height
    assert pl.Null not in found.dtypes


def test_shares_are_those_one_counts():
    japan = profile([ALONE] * 5 + [FIRMS, FIRMS, CAMPUS, TRIPLE])["all", "JP"]
    assert japan["families"] == 9
    assert japan["co_application_rate"] == pytest.approx(4 / 9)
    assert japan["firm_firm"] == pytest.approx(2 / 4)
    assert japan["firm_university"] == pytest.approx(1 / 4)
    assert japan["firm_university_institute"] == pytest.approx(1 / 4)
    assert japan["industry_research"] == pytest.approx(2 / 4)
    assert japan["groups"] == 4
    # a: 5 + 1 + .5; b: 1 + 1/3; x: .5 + 1/3; z: 1/3; all four are all.
    assert japan["cr4"] == pytest.approx(1)
    assert japan["hhi"] == pytest.approx(
        (6.5 / 9) ** 2 + (4 / 3 / 9) ** 2 + (5 / 6 / 9) ** 2 + (1 / 3 / 9) ** 2
    )


def test_a_family_of_two_countries_counts_half_in_each():
    found = profile([ALONE, ABROAD])
    assert found["all", "JP"]["families"] == 1.5
    assert found["all", "JP"]["co_application_rate"] == pytest.approx(1 / 3)
    assert found["all", "US"]["co_application_rate"] == 1
    assert found["all", "WORLD"]["families"] == 2
    assert found["all", "WORLD"]["firm_institute"] == 1


def test_a_kind_that_is_unknown_makes_no_pair_of_kinds():
    japan = profile([{("Firm a", "JP"): 0.5, ("Odd o", "JP"): 0.5}])["all", "JP"]
    assert japan["co_application_rate"] == 1
    assert japan["firm_firm"] == 0


def test_a_rate_is_held_against_what_the_country_is_used_to():
    found = profile([ALONE] * 9 + [FIRMS], base=[("JP", 200.0, 10.0), ("US", 29.0, 29.0)])
    assert found["all", "JP"]["base_rate"] == pytest.approx(0.05)
    assert found["all", "JP"]["rate_ratio"] == pytest.approx(2)


def test_too_few_families_elsewhere_are_no_habit():
    found = profile([ABROAD], base=[("US", 29.0, 29.0)])["all", "US"]
    assert (found["base_rate"], found["rate_ratio"]) == (None, None)


def test_the_interval_of_a_ratio_knows_that_the_habit_is_a_sample_too():
    base = [("JP", 60.0, 12.0)]
    core = profile([ALONE] * 120 + [FIRMS] * 80, base=base, samples=4000)["core", "JP"]
    # By the delta method the logarithm of a ratio of two rates has the variance
    # (1 - p) / (n p) + (1 - b) / (m b); of the first term alone it would be a third as wide.
    error = np.sqrt(0.6 / (200 * 0.4) + 0.8 / (60 * 0.2))
    width = np.log(core["rate_ratio_high"] / core["rate_ratio_low"])
    assert width == pytest.approx(2 * 1.645 * error, rel=0.1)
    assert core["rate_ratio_low"] < core["rate_ratio"] < core["rate_ratio_high"]
    # Of many families elsewhere it is known well.
    known = profile([ALONE] * 120 + [FIRMS] * 80, base=[("JP", 6e6, 12e5)], samples=4000)
    known = known["core", "JP"]
    width = np.log(known["rate_ratio_high"] / known["rate_ratio_low"])
    assert width == pytest.approx(2 * 1.645 * np.sqrt(0.6 / 80), rel=0.1)


def test_a_chain_joins_firms_of_different_industries():
    # Firm a is in 1.2, b in 1.5: twice a lone family each decides.
    b_alone = {("Firm b", "JP"): 1.0}
    families = [ALONE, ALONE, b_alone, b_alone, FIRMS]
    differ = profile(families, industries=["1.2", "1.2", "1.5", "1.5", "1.2"])["all", "JP"]
    same = profile(families, industries=["1.2"] * 5)["all", "JP"]
    assert (differ["chain"], same["chain"]) == (1, 0)


def test_without_a_co_application_nothing_is_shared():
    japan = profile([ALONE])["all", "JP"]
    assert japan["co_application_rate"] == 0
    assert japan["firm_firm"] is None
    assert japan["isolates_share"] == 1


def test_leaders_are_the_five_largest_of_the_country():
    large = [{(f"Firm {i}", "JP"): 1.0} for i in range(5) for _ in range(3)]
    small = {("Firm s", "JP"): 0.5, ("Firm t", "JP"): 0.5}
    with_leader = {("Firm 0", "JP"): 0.5, ("Firm s", "JP"): 0.5}
    assert profile([*large, small, with_leader])["all", "JP"]["leader_involvement"] == 0.5


def test_intervals_hold_the_figure_and_belong_to_the_core():
    found = profile([ALONE] * 60 + [FIRMS] * 40, samples=400)
    core = found["core", "JP"]
    assert core["co_application_rate_low"] < 0.4 < core["co_application_rate_high"]
    # A binomial of 100 at 0.4 has a standard error of 0.049.
    width = core["co_application_rate_high"] - core["co_application_rate_low"]
    assert width == pytest.approx(2 * 1.645 * 0.049, rel=0.2)
    assert found["all", "JP"]["co_application_rate_low"] is None


def test_the_interval_of_few_co_applications_holds_the_rate_as_often_as_it_says():
    """Summed over all that 20 families may show, of which one in twenty is a co-application."""
    families, rate, holds = 20, 0.05, 0.0
    for together in range(families + 1):
        core = profile([ALONE] * (families - together) + [FIRMS] * together, samples=10)["core", "JP"]
        if core["co_application_rate_low"] <= rate <= core["co_application_rate_high"]:
            holds += binom.pmf(together, families, rate)
    # Percentiles of resampled families hold it in 64 %: they never draw what was not seen.
    assert holds == pytest.approx(0.925, abs=0.001)
