"""What tells paths apart, on families that can be counted by hand, and against brute force."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from corepath.transforms.methods.pathway import (
    Corpus,
    chance_alike,
    collaboration_measures,
    effective_number,
    industry_measures,
    technology_measures,
)

FLAGS = ("is_any", "is_co", "is_ff", "is_iur", "is_led", "is_chain")


def corpus(**given_fields):
    """Families of which only some things are told."""
    families = next(
        np.shape(value if not isinstance(value, dict) else next(iter(value.values())))[0]
        for name, value in given_fields.items()
        if name not in ("part_subclass", "part_industry", "sections")
    )
    empty = csr_array((families, 0))
    defaults: dict[str, Any] = {
        "share": np.ones(families),
        "year": np.full(families, 2010),
        "industries": np.zeros((families, 2)),
        "parts": empty,
        "part_subclass": np.arange(0),
        "part_industry": np.arange(0),
        "members": empty,
        "own": empty,
        "flags": {flag: np.zeros(families) for flag in FLAGS},
        "codes": empty,
        "sections": np.arange(0),
    }
    sparse = {
        name: csr_array(np.asarray(value, dtype=float))
        for name, value in given_fields.items()
        if name in ("parts", "members", "own", "codes")
    }
    dense = {name: value for name, value in given_fields.items() if name not in sparse}
    return Corpus(**(defaults | dense | sparse))


# --- Industries ----------------------------------------------------------------------------------


def test_industries_are_counted_by_their_weight():
    # Two families in the first industry, one in the second, one in both: 2.5 and 1.5 of 4.
    measured = industry_measures(
        corpus(industries=np.array([[1, 0], [1, 0], [0, 1], [0.5, 0.5]])), np.array([False, True])
    )
    shares = np.array([2.5, 1.5]) / 4
    assert measured["effective_industries"] == pytest.approx(np.exp(-shares @ np.log(shares)))
    assert measured["advantage_share"] == 1.5 / 4
    assert measured["active_industries"] == pytest.approx(2 - 0.375**15 - 0.625**15)


def test_a_family_counts_by_its_share():
    whole = corpus(industries=np.array([[1, 0], [1, 0], [0, 1]]))
    shared = corpus(industries=np.array([[1.0, 0], [0, 1]]), share=np.array([1.0, 0.5]))
    nowhere = np.zeros(2, dtype=bool)
    assert industry_measures(shared, nowhere)["effective_industries"] == pytest.approx(
        industry_measures(whole, nowhere)["effective_industries"]
    )


def test_industries_among_few_families_are_those_that_drawing_shows():
    random = np.random.default_rng(1)
    shares = np.array([0.6, 0.3, 0.08, 0.02])
    industries = np.eye(4)[np.repeat(np.arange(4), (shares * 1000).round().astype(int))]
    measured = industry_measures(corpus(industries=industries), np.zeros(4, dtype=bool))
    shown = [len(set(random.choice(4, 15, p=shares))) for _ in range(4000)]
    assert measured["active_industries"] == pytest.approx(np.mean(shown), abs=0.05)


def test_applicants_are_told_by_variety_and_families_a_cell():
    # Group A: two families in each industry; B: three in the first; C: one, too few for variety.
    own = np.zeros((8, 3))
    own[:4, 0], own[4:7, 1], own[7, 2] = 1, 1, 1
    first = [1, 1, 0, 0, 1, 1, 1, 1]
    industries = np.array([[i, 1 - i] for i in first], dtype=float)
    measured = industry_measures(corpus(industries=industries, own=own), np.zeros(2, dtype=bool))
    assert measured["variety"] == pytest.approx((2 + 1) / 2)
    assert measured["families_per_cell"] == 8 / 4  # A in two industries, B and C in one


def test_without_any_industry_nothing_is_measured():
    measured = industry_measures(corpus(industries=np.zeros((5, 2))), np.zeros(2, dtype=bool))
    assert np.isnan(list(measured.values())).all()


def test_families_in_several_industries_are_held_against_dealing_subclasses_anew():
    # Subclasses a and b are of the first industry, c and d of the second. Four families: ac, ac,
    # bd, bd. Each pair of two different ones is as likely: of 6 pairs, 4 are across.
    parts = np.array([[1, 0, 1, 0], [1, 0, 1, 0], [0, 1, 0, 1], [0, 1, 0, 1]])
    measured = industry_measures(
        corpus(
            industries=np.full((4, 2), 0.5),
            parts=parts,
            part_subclass=np.arange(4),
            part_industry=np.array([0, 0, 1, 1]),
        ),
        np.zeros(2, dtype=bool),
    )
    assert measured["co_development"] == pytest.approx(1.5)


def test_a_subclass_of_several_industries_is_no_co_development():
    # Whoever has the subclass is in both, whatever is dealt.
    measured = industry_measures(
        corpus(
            industries=np.full((4, 2), 0.5),
            parts=np.ones((4, 1)),
            part_subclass=np.array([0]),
            part_industry=np.array([2]),
        ),
        np.zeros(2, dtype=bool),
    )
    assert measured["co_development"] == 1


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=9))
def test_an_effective_number_is_between_one_and_how_many_there_are(parts):
    assert 1 - 1e-9 <= effective_number(np.array(parts)) <= len(parts) + 1e-9


# --- Chance --------------------------------------------------------------------------------------


def incidence(families, codes, seed):
    """Families with one to five codes each, some codes far more frequent than others."""
    random = np.random.default_rng(seed)
    p = 1 / np.arange(1, codes + 1) ** 0.8
    found = np.zeros((families, codes))
    for row in found:
        row[random.choice(codes, random.integers(1, 6), replace=False, p=p / p.sum())] = 1
    return found


def trades(found, year, random, times):
    """Trade codes between two families of a year at a time: all margins stay as they are.

    Strona et al. 2014, Nature Communications 5:4114 (curveball).
    """
    rows = [set(np.flatnonzero(row)) for row in found]
    peers = [np.flatnonzero(year == y) for y in np.unique(year)]
    for _ in range(times):
        one, other = random.choice(peers[random.integers(len(peers))], 2, replace=False)
        common = rows[one] & rows[other]
        only = random.permutation(sorted(rows[one] ^ rows[other])).tolist()
        number = len(rows[one]) - len(common)
        rows[one], rows[other] = common | set(only[:number]), common | set(only[number:])
    traded = np.zeros_like(found)
    for row, codes in zip(traded, rows, strict=True):
        row[list(codes)] = 1
    return traded


@pytest.mark.whole
def test_the_closed_form_of_chance_agrees_with_a_null_model_that_keeps_all_margins():
    random = np.random.default_rng(2)
    found, sections = incidence(240, 40, seed=3), random.integers(0, 3, 40)
    year = np.repeat([2000, 2001, 2002], 80)
    measured = technology_measures(corpus(codes=found, year=year, sections=sections))
    chance = measured["cross_share"] / measured["lift"]
    drawn, state = [], found
    for _ in range(120):
        state = trades(state, year, random, 1200)
        drawn.append(technology_measures(corpus(codes=state, year=year, sections=sections))["cross_share"])
    assert chance == pytest.approx(np.mean(drawn), abs=float(np.std(drawn)) / 2)


@pytest.mark.whole
def test_chance_of_one_industry_alone_agrees_with_a_null_model_that_keeps_all_margins():
    random = np.random.default_rng(4)
    found, kinds = incidence(300, 25, seed=5), random.integers(0, 3, 25)
    year = np.repeat([2000, 2001, 2002], 100)
    number = found.sum(axis=1).astype(int)
    chance = chance_alike(csr_array(found), year, np.arange(25), kinds, 3)
    expected = chance[year - 2000, number].mean()
    alike, state = [], found
    for _ in range(120):
        state = trades(state, year, random, 1500)
        alike.append(np.mean([len(set(kinds[row > 0])) == 1 for row in state]))
    assert expected == pytest.approx(np.mean(alike), abs=float(np.std(alike)) / 2)


def test_labels_of_one_group_never_meet_in_a_family():
    # A subclass with two industries, and another: two different subclasses are alike by one in two.
    labels = csr_array(np.array([[1, 0, 1], [0, 1, 1]]))
    chance = chance_alike(labels, np.zeros(2, int), np.array([0, 0, 1]), np.array([0, 1, 0]), 2)
    assert chance[0, 2] == pytest.approx(0.5)


def test_what_comes_up_together_in_time_is_no_convergence():
    # Each year has two subclasses of its own, of different sections, and no other to choose from.
    codes = np.kron(np.eye(4), np.ones((10, 2)))
    year = np.repeat(np.arange(4), 10)
    measured = technology_measures(corpus(codes=codes, year=year, sections=np.array([0, 1] * 4)))
    assert measured["cross_share"] == 1
    assert measured["lift"] == pytest.approx(1)


# --- Technologies --------------------------------------------------------------------------------


def test_technologies_are_measured_by_hand():
    # G06F G06N | G06F H01L | G06N H01L | G11C: three pairs, two across; one subclass is alone.
    codes = np.array([[1, 1, 0, 0], [1, 0, 1, 0], [0, 1, 1, 0], [0, 0, 0, 1]])
    measured = technology_measures(corpus(codes=codes, sections=np.array([0, 0, 1, 0])))
    assert measured["cross_share"] == pytest.approx(2 / 3)
    # Occurrences 2, 2, 2, 1 of 7: pairs of different ones 18, across sections 2 · 5 = 10.
    assert measured["lift"] == pytest.approx((2 / 3) / (10 / 18))
    # Within G: one family where two meet; expected (2 · 2 + 2 · 1 + 2 · 1) / 4.
    assert measured["inner_association"] == pytest.approx(1 / 2)
    assert measured["density"] == 3 / 6
    assert measured["clustering"] == 3 / 4


@given(st.integers(0, 10_000))
def test_the_order_of_families_decides_nothing(seed):
    random = np.random.default_rng(seed)
    found, sections = incidence(30, 10, seed), random.integers(0, 3, 10)
    order = random.permutation(30)
    year = random.integers(2000, 2003, 30)
    one = technology_measures(corpus(codes=found, year=year, sections=sections))
    other = technology_measures(corpus(codes=found[order], year=year[order], sections=sections))
    assert one == pytest.approx(other, nan_ok=True)


def test_families_of_one_technology_tell_nothing():
    measured = technology_measures(corpus(codes=np.eye(4), sections=np.array([0, 0, 1, 1])))
    assert np.isnan(measured["lift"])


# --- Collaboration -------------------------------------------------------------------------------


def test_collaboration_is_measured_by_hand():
    # Groups A to F. A with B (firms of different industries), A with C (a university), five alone.
    members = np.zeros((7, 6))
    members[0, [0, 1]] = members[1, [0, 2]] = 1
    members[range(2, 7), [0, 3, 4, 5, 5]] = 1
    flags = {flag: np.zeros(7) for flag in FLAGS}
    flags["is_any"][:] = 1
    flags["is_co"][:2] = flags["is_ff"][:1] = flags["is_iur"][1:2] = flags["is_chain"][:1] = 1
    flags["is_led"][:2] = 1
    own = members / members.sum(axis=1, keepdims=True)
    measured = collaboration_measures(corpus(members=members, own=own, flags=flags), 1 / 7)
    assert measured == pytest.approx(
        {
            "co_application_rate": 2 / 7,
            "rate_ratio": 2,
            "firm_firm": 1 / 2,
            "industry_research": 1 / 2,
            "leader_involvement": 1,
            "chain": 1,
            "cr4": (2 + 2 + 1 + 1) / 7,  # A and F have two each, then D, E
            "isolates": 3 / 6,
        }
    )


def test_a_country_of_which_no_habit_is_known_has_no_ratio():
    measured = collaboration_measures(corpus(share=np.ones(3)), float("nan"))
    assert np.isnan(measured["rate_ratio"])
