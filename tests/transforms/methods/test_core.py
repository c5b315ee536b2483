"""Core technologies against exact enumeration, hand computation, simulation and a planted truth."""

from itertools import product
from math import comb

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control, gamma, hypergeom

from corepath.transforms.methods.core import core_technologies as core_technologies_within
from corepath.transforms.methods.core import strata_of

FAMILIES, CORE = 60, 12
technology = st.integers(1, FAMILIES).flatmap(
    lambda n: st.tuples(st.just(n), st.integers(max(0, n + CORE - FAMILIES), min(n, CORE)))
)
tables = st.lists(technology, min_size=1, max_size=12)


def frame(rows: list[tuple[int, int]]) -> pl.DataFrame:
    return pl.DataFrame(
        [(f"t{i}", n, k) for i, (n, k) in enumerate(rows)],
        schema=["technology", "families", "core_families"],
        orient="row",
    )


def core_technologies(counts: pl.DataFrame, families: int, core_families: int, **limits) -> pl.DataFrame:
    """Test families of one technology each: then there is one stratum."""
    breadths = counts.with_columns(breadth=1, usual=100)
    limits = {"max_q_value": 0.05, "min_core_families": 5} | limits
    return core_technologies_within(counts, breadths, families, core_families, **limits)


def broad(members: list[list[int]], is_core: list[bool]) -> pl.DataFrame:
    """Test families with the technologies that each has."""
    rows = [(f"t{t}", len(own), bool(core)) for own, core in zip(members, is_core, strict=True) for t in own]
    breadths = (
        pl.DataFrame(rows, schema=["technology", "breadth", "core"], orient="row")
        .group_by("technology", "breadth")
        .agg(families=pl.len().cast(pl.Int64), core_families=pl.col("core").sum().cast(pl.Int64))
        .with_columns(usual=100)
    )
    counts = breadths.group_by("technology").agg(pl.sum("families", "core_families")).sort("technology")
    limits = {"max_q_value": 0.05, "min_core_families": 5}
    return core_technologies_within(counts, breadths, len(members), sum(is_core), **limits)


def evaluated(rows: list[tuple[int, int]]) -> pl.DataFrame:
    """Let families outside of the technologies be in one more, so that margins are FAMILIES and CORE."""
    n, k = sum(n for n, _ in rows), sum(k for _, k in rows)
    assume(0 < k < n)
    return core_technologies(frame(rows), n, k)


# -- by hand -----------------------------------------------------------------------------------


def test_by_hand():
    # 20 families of 100 are core. Three technologies of 50, 30 and 20 families have 15, 3 and 2.
    #   E = 10, 6, 4; ratios 1.5, .5, .5; mean 1
    #   prior: spread = 10 * .25 + 6 * .25 + 4 * .25 = 5, 5 - 2 = 3
    #     full = 20 - (100 + 36 + 16) / 20 = 12.4, b = 12.4 / 3
    found = core_technologies(frame([(50, 15), (30, 3), (20, 2)]), 100, 20)
    assert found["expected_core_families"].to_list() == pytest.approx([10, 6, 4])
    assert found["core_ratio"].to_list() == pytest.approx([1.5, 0.5, 0.5])
    assert found["core_rate"].to_list() == pytest.approx([0.3, 0.1, 0.1])
    b = 12.4 / 3
    assert found["shrunken_core_ratio"].to_list() == pytest.approx(
        [(k + b) / (e + b) for e, k in [(10, 15), (6, 3), (4, 2)]]
    )
    tail = sum(comb(50, x) * comb(50, 20 - x) for x in range(15, 21)) / comb(100, 20)
    assert found["p_value"][0] == pytest.approx(tail)
    assert found["q_value"][0] == pytest.approx(3 * tail)
    assert found["is_core_technology"].to_list() == [True, False, False]


def test_expected_by_hand_over_strata():
    # Of 100 families with one technology 20 are core, of 60 with two 30: a fifth and a half.
    # t0 has 50 of the first and all 60 of the second: it expects 10 + 30.
    members = [[0]] * 50 + [[1]] * 50 + [[0, 1]] * 40 + [[0, 2]] * 20
    core = ([True] * 15 + [False] * 35) + ([True] * 5 + [False] * 45)
    core += ([True] * 20 + [False] * 20) + ([True] * 10 + [False] * 10)
    found = broad(members, core).rows_by_key("technology", named=True, unique=True)
    assert found["t0"]["expected_core_families"] == pytest.approx(40)
    assert found["t0"]["core_families"] == 45
    # In the second stratum all families have it, so that chance is left in the first alone.
    assert found["t0"]["p_value"] == pytest.approx(hypergeom.sf(14, 100, 20, 50))
    assert found["t1"]["expected_core_families"] == pytest.approx(10 + 20)
    assert found["t2"]["expected_core_families"] == pytest.approx(10)
    # Whatever their breadth, families of t2 are core more often than all are; that is no excess.
    assert found["t2"]["location_quotient"] == pytest.approx(0.5 / (50 / 160))
    assert found["t2"]["core_ratio"] == pytest.approx(1)


def test_cohorts_in_which_breadth_counts_more_lend_nobody_an_excess():
    # t0 is of a cohort where one technology is usual, and half are core; t1 of one where 1.5 are.
    breadths = pl.DataFrame(
        {
            "technology": ["t0", "t2", "t1", "t2"],
            "breadth": [1] * 4,
            "usual": [100, 100, 150, 150],
            "families": [100, 100, 300, 200],
            "core_families": [50, 50, 30, 20],
        }
    )
    counts = breadths.group_by("technology").agg(pl.sum("families", "core_families")).sort("technology")
    found = core_technologies_within(counts, breadths, 700, 150, max_q_value=0.05, min_core_families=5)
    assert found["core_ratio"].to_list() == pytest.approx([1, 1, 1])
    assert found["location_quotient"][0] == pytest.approx((50 / 150) / (100 / 700))
    assert found["p_value"].min() > 0.4


def test_columns_and_order():
    counts = frame([(10, 1), (20, 5)]).with_columns(title=pl.lit("kept"))
    found = core_technologies(counts, 40, 6)
    assert found.select(counts.columns).equals(counts)


# -- strata ------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(0, 90)), min_size=1, max_size=9))
def test_a_stratum_has_twenty_core_families_and_twenty_others_if_there_are_so_many(rows):
    core, others = np.array(rows).T
    stratum = np.array(strata_of(core + others, core))
    assert stratum[0] == 0
    assert set(np.diff(stratum)) <= {0, 1}
    if core.sum() >= 20 and others.sum() >= 20:
        assert np.bincount(stratum, weights=core).min() >= 20
        assert np.bincount(stratum, weights=others).min() >= 20
    else:
        assert set(stratum) == {0}


# -- tests of significance ---------------------------------------------------------------------


@given(tables)
def test_p_is_the_exact_upper_tail_in_one_stratum(rows):
    found = evaluated(rows)
    families, core = sum(n for n, _ in rows), sum(k for _, k in rows)
    expected = [
        sum(comb(n, x) * comb(families - n, core - x) for x in range(k, min(n, core) + 1))
        / comb(families, core)
        for n, k in rows
    ]
    assert found["p_value"].to_list() == pytest.approx(expected)
    # There the tests agree.
    assert found["hypergeometric_p"].to_list() == pytest.approx(expected)


def test_p_counts_all_draws_within_strata():
    # 40 core families of 60 with one technology, of which 3 have t0 alone; 22 of 43 with two.
    members = [[0]] * 3 + [[1]] * 57 + [[0, 1]] * 2 + [[1, 2]] * 41
    core = [True, True, False] + [True] * 38 + [False] * 19 + [True] * 2 + [True] * 20 + [False] * 21
    found = broad(members, core).filter(pl.col("technology") == "t0")
    one = {x: comb(3, x) * comb(57, 40 - x) / comb(60, 40) for x in range(4)}
    two = {x: comb(2, x) * comb(41, 22 - x) / comb(43, 22) for x in range(3)}
    tail = sum(one[x] * two[y] for x, y in product(one, two) if x + y >= 4)
    assert found["p_value"].item() == pytest.approx(tail, rel=1e-9)


def test_p_is_the_share_of_random_cores_that_reach_as_many():
    chance = np.random.default_rng(5)
    breadth = 1 + chance.integers(0, 4, 1_000)
    members = [chance.choice(9, b, replace=False).tolist() for b in breadth]
    core = chance.random(1_000) < 0.1 * breadth
    found = broad(members, core.tolist())
    belongs = np.array([[t in own for t in range(9)] for own in members])
    drawn = np.zeros((2_000, 9))
    for i in range(len(drawn)):
        shuffled = core.copy()
        for b in range(1, 5):
            at = breadth == b
            shuffled[at] = chance.permutation(core[at])
        drawn[i] = belongs[shuffled].sum(axis=0)
    share = (drawn >= found["core_families"].to_numpy()).mean(axis=0)
    assert found["expected_core_families"].to_numpy() == pytest.approx(drawn.mean(axis=0), rel=0.03)
    assert found["p_value"].to_numpy() == pytest.approx(share, abs=0.03)


def test_a_sum_of_many_is_near_its_normal_and_far_tails_are_not_lost():
    # 40,000 families of a technology: a convolution of windows, held against scipy's own.
    counts = frame([(40_000, 4_500), (60_000, 5_500)])
    found = core_technologies(counts, 100_000, 10_000)
    assert found["p_value"][0] == pytest.approx(hypergeom.sf(4_499, 100_000, 10_000, 40_000), rel=1e-6)
    assert 0 < found["p_value"][0] < 1e-20


@given(tables)
def test_q_is_benjamini_hochberg(rows):
    found = evaluated(rows)
    p, q = found["p_value"].to_numpy(), found["q_value"].to_numpy()
    m = len(p)
    # Stepping up: the least, over all p no smaller, of p · m / rank.
    by_hand = [min(x * m / (p <= x).sum() for x in p[p >= own]) for own in p]
    assert q == pytest.approx(np.minimum(by_hand, 1))
    assert q == pytest.approx(false_discovery_control(p, method="bh"))
    assert (q >= p - 1e-12).all()


def test_where_most_technologies_lie_wider_than_chance_none_is_sure():
    # Something that is not breadth makes half of forty technologies core half as often again.
    random = np.random.default_rng(31)
    n = np.full(40, 400)
    rates = np.where(np.arange(40) % 2, 0.08, 0.12)
    counts = pl.DataFrame(
        {"technology": np.arange(40), "families": n, "core_families": random.binomial(n, rates)}
    )
    found = core_technologies(counts, int(n.sum()), int(counts["core_families"].sum()))
    assert found["p_value"].min() * 40 < 0.05
    assert not found["is_core_technology"].any()


@given(tables)
def test_core_means_all_three_conditions(rows):
    for row in evaluated(rows).to_dicts():
        assert row["is_core_technology"] == (
            row["q_value"] < 0.05 and row["core_ratio"] > 1 and row["core_families"] >= 5
        )


@pytest.mark.parametrize(("k", "core"), [(4, False), (5, True)])
def test_a_handful_of_core_families_is_not_enough(k, core):
    found = core_technologies(frame([(k, k), (9_000, 500)]), 10_000, 1_000)
    assert found["q_value"][0] < 0.05
    assert found["is_core_technology"].to_list() == [core, False]


def test_the_limits_are_those_asked_for():
    counts = frame([(40, 12), (9_000, 500)])
    for q_value, least, core in [(0.05, 12, True), (0.05, 13, False), (1e-9, 12, False)]:
        found = core_technologies(counts, 10_000, 1_000, max_q_value=q_value, min_core_families=least)
        assert found["is_core_technology"].to_list() == [core, False]


# -- shrunken ratios ---------------------------------------------------------------------------


@given(tables)
def test_ratios_are_shrunk_towards_the_common_one(rows):
    found = evaluated(rows)
    k, e = found["core_families"].to_numpy(), found["expected_core_families"].to_numpy()
    common = k.sum() / e.sum()
    raw, shrunk = found["core_ratio"].to_numpy(), found["shrunken_core_ratio"].to_numpy()
    assert (np.abs(shrunk - common) <= np.abs(raw - common) + 1e-9).all()
    assert (found["core_ratio_lower"] < found["shrunken_core_ratio"]).all()


@given(tables)
def test_lower_ratio_is_the_quantile_of_the_posterior(rows):
    found = evaluated(rows)
    k, e = found["core_families"].to_numpy(), found["expected_core_families"].to_numpy()
    shrunk, lower = found["shrunken_core_ratio"].to_numpy(), found["core_ratio_lower"].to_numpy()
    telling = np.abs(k / e - 1) > 1e-6
    # shrunk = (k + b) / (E + b) gives back the weight b of the prior, whose mean is 1 here.
    b = ((k - e * shrunk)[telling]) / (shrunk - 1)[telling]
    tail = gamma.cdf(lower[telling], k[telling] + b, scale=1 / (e[telling] + b))
    assert tail == pytest.approx(0.05, abs=1e-4)


def test_small_technologies_do_not_lead():
    # All 2 families core, and 60 of 100: raw ratios rank the first on top, cautious ones do not.
    rest = [(200, 10)] * 20 + [(200, 40)] * 20
    found = core_technologies(frame([(2, 2), (100, 60), *rest]), 8_102, 1_062)
    assert found["core_ratio"][0] > found["core_ratio"][1]
    assert found["core_ratio_lower"][0] < found["core_ratio_lower"][1]


def test_prior_is_recovered():
    random = np.random.default_rng(7)
    n = random.integers(400, 4_000, 3_000)
    k = random.binomial(n, np.minimum(1, 0.02 * random.gamma(30, 1 / 30, n.size)))
    counts = pl.DataFrame({"technology": np.arange(n.size), "families": n, "core_families": k})
    found = core_technologies(counts, int(n.sum()), int(k.sum()))
    e, shrunk = found["expected_core_families"].to_numpy(), found["shrunken_core_ratio"].to_numpy()
    i = int(np.argmax(k / e))
    assert (k[i] - e[i] * shrunk[i]) / (shrunk[i] - 1) == pytest.approx(30, rel=0.15)


def test_ratios_that_vary_no_more_than_chance_are_pooled():
    # The prior weighs as much as all 30 expected families: (9 + 30) / (10 + 30) and so on.
    found = core_technologies(frame([(100, 9), (100, 10), (100, 11)]), 300, 30)
    assert found["shrunken_core_ratio"].to_list() == pytest.approx([0.975, 1, 1.025])
    assert not found["is_core_technology"].any()


def test_one_technology():
    found = core_technologies(frame([(50, 8)]), 50, 8)
    assert found["shrunken_core_ratio"].item() == pytest.approx(1)
    assert found["q_value"].item() == pytest.approx(1)


@pytest.mark.parametrize("rows", [[], [(10, 0), (5, 0)], [(10, 10), (5, 5)]])
def test_nothing_to_compare(rows):
    with pytest.raises(ValueError, match="nothing to compare"):
        core_technologies(frame(rows), 100, 10)


# -- planted truth -----------------------------------------------------------------------------


def families_of_breadth(seed: int, boost: float) -> tuple[list[list[int]], list[bool], set[str]]:
    """Draw 6,000 families over 40 technologies: the more a family has, the more often it is core.

    Families of the first three technologies are core `boost` times as often.
    """
    chance = np.random.default_rng(seed)
    breadth = 1 + chance.integers(0, 6, 6_000)
    often = 1 / np.arange(1, 41) ** 0.5
    members = [chance.choice(40, b, replace=False, p=often / often.sum()).tolist() for b in breadth]
    planted = {5, 15, 25}
    rate = 0.04 * breadth * np.array([boost if planted & set(own) else 1 for own in members])
    return members, (chance.random(6_000) < rate).tolist(), {f"t{t}" for t in planted}


def test_planted_technologies_are_found_and_no_other():
    members, core, planted = families_of_breadth(101, 2)
    found = broad(members, core)
    assert set(found.filter("is_core_technology")["technology"]) == planted
    best = found.sort("core_ratio_lower", descending=True)["technology"][:3]
    assert set(best) == planted


@pytest.mark.whole
def test_where_only_breadth_tells_no_technology_is_core():
    # With the old test, which asks nobody's breadth, most would be.
    false = old = 0
    for seed in range(102, 112):
        members, core, _ = families_of_breadth(seed, 1)
        found = broad(members, core)
        false += int(found["is_core_technology"].any())
        old += int((found["hypergeometric_p"] < 0.01).sum())
    assert false <= 2
    assert old > 100


@pytest.mark.parametrize("dtype", [pl.UInt32, pl.Int64])
def test_type_of_counts_is_immaterial(dtype):
    counts = frame([(3_000_000, 0), (4_000_000, 900_000)])
    typed = counts.with_columns(pl.col("families", "core_families").cast(dtype))
    found = core_technologies(typed, 7_000_000, 900_000)
    assert found["p_value"][0] == pytest.approx(1)
    assert found["core_ratio"].to_list() == pytest.approx([0, 7 / 4])
