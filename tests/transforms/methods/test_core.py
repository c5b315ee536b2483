"""Core technologies against exact enumeration, hand computation and a planted truth."""

from functools import partial
from itertools import combinations
from math import comb

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import beta, false_discovery_control

from corepath.transforms.methods.core import core_technologies as core_technologies_within

core_technologies = partial(core_technologies_within, max_q_value=0.05, min_core_families=5)

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


def judged(rows: list[tuple[int, int]]) -> pl.DataFrame:
    assume(0 < sum(k for _, k in rows) < sum(n for n, _ in rows))
    return core_technologies(frame(rows), FAMILIES, CORE)


# -- by hand -----------------------------------------------------------------------------------


def test_by_hand():
    # 20 families of 100 are core. Three technologies of 50, 30 and 20 families have 15, 3 and 2.
    #   LQ: (15/20)/(50/100) = 1.5, (3/20)/(30/100) = .5, (2/20)/(20/100) = .5
    #   prior: p = .2, spread = (50 * .1² + 30 * .1² + 20 * .1²) / .16 = 6.25, 6.25 - 2 = 4.25
    #     full excess = 100 - (2500 + 900 + 400) / 100 - 2 = 60
    #     a + b = 60 / 4.25 - 1 = 13.117647, a = 2.623529
    found = core_technologies(frame([(50, 15), (30, 3), (20, 2)]), 100, 20)
    assert found["location_quotient"].to_list() == pytest.approx([1.5, 0.5, 0.5])
    assert found["core_rate"].to_list() == pytest.approx([0.3, 0.1, 0.1])
    prior = 60 / 4.25 - 1
    assert found["shrunken_core_rate"].to_list() == pytest.approx(
        [(k + 0.2 * prior) / (n + prior) for n, k in [(50, 15), (30, 3), (20, 2)]]
    )
    assert found["shrunken_core_rate"].round(4).to_list() == [0.2792, 0.1304, 0.1396]
    tail = sum(comb(50, x) * comb(50, 20 - x) for x in range(15, 21)) / comb(100, 20)
    assert found["hypergeometric_p"][0] == pytest.approx(tail)
    assert found["q_value"][0] == pytest.approx(3 * tail)
    assert found["is_core_technology"].to_list() == [True, False, False]


def test_columns_and_order():
    counts = frame([(10, 1), (20, 5)]).with_columns(title=pl.lit("kept"))
    found = core_technologies(counts, 40, 6)
    assert found.select(counts.columns).equals(counts)
    assert found.columns == [
        *counts.columns,
        "location_quotient",
        "hypergeometric_p",
        "q_value",
        "core_rate",
        "shrunken_core_rate",
        "core_rate_lower",
        "is_core_technology",
    ]


# -- tests of significance ---------------------------------------------------------------------


@given(tables)
def test_p_is_the_exact_upper_tail(rows):
    expected = [
        sum(comb(n, x) * comb(FAMILIES - n, CORE - x) for x in range(k, min(n, CORE) + 1))
        / comb(FAMILIES, CORE)
        for n, k in rows
    ]
    assert judged(rows)["hypergeometric_p"].to_list() == pytest.approx(expected)


def test_p_counts_all_draws():
    # Every way to choose 3 core families of 7, of which 4 belong to the technology.
    draws = [sum(family < 4 for family in draw) for draw in combinations(range(7), 3)]
    for k in range(1, 4):
        found = core_technologies(frame([(4, k), (7, 3)]), 7, 3)["hypergeometric_p"][0]
        assert found == pytest.approx(sum(x >= k for x in draws) / len(draws))


@given(tables)
def test_q_is_benjamini_hochberg(rows):
    found = judged(rows)
    p, q = found["hypergeometric_p"].to_numpy(), found["q_value"].to_numpy()
    m = len(p)
    # Stepping up: the least, over all p no smaller, of p · m / rank.
    by_hand = [min(x * m / (p <= x).sum() for x in p[p >= own]) for own in p]
    assert q == pytest.approx(np.minimum(by_hand, 1))
    assert q == pytest.approx(false_discovery_control(p, method="bh"))
    assert (q >= p - 1e-12).all()


@given(tables)
def test_core_means_all_three_conditions(rows):
    for row in judged(rows).to_dicts():
        assert row["is_core_technology"] == (
            row["q_value"] < 0.05 and row["location_quotient"] > 1 and row["core_families"] >= 5
        )


@pytest.mark.parametrize(("k", "core"), [(4, False), (5, True)])
def test_a_handful_of_core_families_is_not_enough(k, core):
    found = core_technologies(frame([(k, k), (9_000, 500)]), 10_000, 1_000)
    assert found["q_value"][0] < 0.05
    assert found["is_core_technology"].to_list() == [core, False]


def test_the_limits_are_those_asked_for():
    counts = frame([(40, 12), (9_000, 500)])
    for q_value, least, core in [(0.05, 12, True), (0.05, 13, False), (1e-9, 12, False)]:
        found = core_technologies_within(counts, 10_000, 1_000, max_q_value=q_value, min_core_families=least)
        assert found["is_core_technology"].to_list() == [core, False]


# -- shrunken rates ----------------------------------------------------------------------------


@given(tables)
def test_rates_are_shrunk_towards_the_common_one(rows):
    found = judged(rows)
    common = sum(k for _, k in rows) / sum(n for n, _ in rows)
    raw, shrunk = found["core_rate"].to_numpy(), found["shrunken_core_rate"].to_numpy()
    assert (np.abs(shrunk - common) <= np.abs(raw - common) + 1e-12).all()
    assert ((shrunk > 0) & (shrunk < 1)).all()
    assert found["core_rate_lower"].is_between(0, 1).all()


@given(tables)
def test_lower_rate_is_the_quantile_of_the_posterior(rows):
    found = judged(rows)
    n, k = found["families"].to_numpy(), found["core_families"].to_numpy()
    common = k.sum() / n.sum()
    shrunk, lower = found["shrunken_core_rate"].to_numpy(), found["core_rate_lower"].to_numpy()
    # shrunk = (k + common w) / (n + w) gives back the weight w of the prior.
    telling = np.abs(k / n - common) > 1e-6
    w = (k - n * shrunk)[telling] / (shrunk - common)[telling]
    n, k, lower = n[telling], k[telling], lower[telling]
    tail = beta.cdf(lower, k + common * w, n - k + (1 - common) * w)
    # Below the smallest float there is no quantile to be found.
    assert tail[lower > 1e-300] == pytest.approx(0.05, abs=1e-6)


@given(st.integers(1, 40), st.integers(0, 10), st.integers(1, 5))
def test_more_core_families_never_lower_a_rate(n, k, more):
    # Two rows of a hundred stand for the rest, so that the prior stays nearly the same.
    assume(k + more <= n)
    rest = [(5_000, 250), (5_000, 750)] * 50
    few, many = (core_technologies(frame([(n, x), *rest]), 10**6, 10**5) for x in (k, k + more))
    assert many["hypergeometric_p"][0] < few["hypergeometric_p"][0]
    assert many["location_quotient"][0] > few["location_quotient"][0]
    assert many["shrunken_core_rate"][0] > few["shrunken_core_rate"][0]
    assert many["core_rate_lower"][0] > few["core_rate_lower"][0]


def test_small_technologies_do_not_lead():
    # All 2 families core, and 60 of 100: raw rates rank the first on top, cautious ones do not.
    rest = [(200, 10)] * 20 + [(200, 40)] * 20
    found = core_technologies(frame([(2, 2), (100, 60), *rest]), 8_000, 1_000)
    assert found["core_rate"][0] > found["core_rate"][1]
    assert found["core_rate_lower"][0] < found["core_rate_lower"][1]


def test_prior_is_recovered():
    random = np.random.default_rng(7)
    n = random.integers(20, 2_000, 3_000)
    k = random.binomial(n, random.beta(3, 27, n.size))
    counts = pl.DataFrame({"technology": np.arange(n.size), "families": n, "core_families": k})
    found = core_technologies(counts, int(n.sum()), int(k.sum()))
    # A posterior mean is (k + a) / (n + a + b): two technologies give a and b back.
    rate, i, j = (found["shrunken_core_rate"].to_numpy(), int(np.argmin(k / n)), int(np.argmax(k / n)))
    a, total = np.linalg.solve([[1, -rate[i]], [1, -rate[j]]], [rate[i] * n[i] - k[i], rate[j] * n[j] - k[j]])
    assert a / total == pytest.approx(0.1, abs=0.005)
    assert total == pytest.approx(30, rel=0.15)


def test_rates_that_vary_no_more_than_chance_are_pooled():
    # The prior weighs as much as all 300 families: (9 + 30) / (100 + 300) and so on.
    found = core_technologies(frame([(100, 9), (100, 10), (100, 11)]), 300, 30)
    assert found["shrunken_core_rate"].to_list() == pytest.approx([0.0975, 0.1, 0.1025])
    assert not found["is_core_technology"].any()


def test_technologies_of_one_family_each():
    # Nothing tells how rates vary: the prior weighs one family.
    found = core_technologies(frame([(1, 0), (1, 0), (1, 0), (1, 1)]), 4, 1)
    assert found["shrunken_core_rate"].to_list() == pytest.approx([0.125] * 3 + [0.625])


def test_one_technology():
    found = core_technologies(frame([(50, 8)]), 100, 10)
    assert found["shrunken_core_rate"].item() == pytest.approx(0.16)
    assert found["q_value"].item() == found["hypergeometric_p"].item()


@pytest.mark.parametrize("rows", [[], [(10, 0), (5, 0)], [(10, 10), (5, 5)]])
def test_nothing_to_compare(rows):
    with pytest.raises(ValueError, match="nothing to compare"):
        core_technologies(frame(rows), 100, 10)


# -- planted truth -----------------------------------------------------------------------------


def test_planted_truth():
    # 200 technologies; a tenth of all families is core, but three in ten in the first 20.
    random = np.random.default_rng(11)
    n = random.integers(60, 1_500, 200)
    planted = np.arange(200) < 20
    k = random.binomial(n, np.where(planted, 0.3, 0.1))
    counts = pl.DataFrame({"technology": np.arange(200), "families": n, "core_families": k})
    found = core_technologies(counts, int(n.sum()), int(k.sum()))["is_core_technology"].to_numpy()
    assert found[planted].mean() >= 0.95
    assert found[~planted].mean() <= 0.05


def test_no_truth_no_technology():
    random = np.random.default_rng(13)
    n = random.integers(60, 1_500, 200)
    k = random.binomial(n, 0.1)
    counts = pl.DataFrame({"technology": np.arange(200), "families": n, "core_families": k})
    found = core_technologies(counts, int(n.sum()), int(k.sum()))["is_core_technology"]
    assert found.sum() <= 2


@pytest.mark.parametrize("dtype", [pl.UInt32, pl.Int64, pl.Float64])
def test_type_of_counts_is_immaterial(dtype):
    counts = frame([(3_000_000, 0), (4_000_000, 900_000)])
    typed = counts.with_columns(pl.col("families", "core_families").cast(dtype))
    found = core_technologies(typed, 10_000_000, 1_000_000)
    assert found["hypergeometric_p"][0] == 1
    assert found["location_quotient"].to_list() == pytest.approx([0, 2.25])
