"""Concentration and cohesion of applicants, by known figures and by what must hold."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corepath.transforms.methods.collaboration import cohesion, concentration

FAMILIES = st.lists(st.floats(0.01, 1000), min_size=2, max_size=40).map(np.array)


def test_four_equal_firms_are_as_concentrated_as_the_textbook_says():
    found = concentration(np.full(4, 25.0))
    assert found == pytest.approx({"cr4": 1, "cr10": 1, "hhi": 0.25, "normalised_hhi": 0, "gini": 0})


def test_the_merger_guidelines_example_of_30_30_20_20():
    # US Department of Justice: a market of shares 30, 30, 20 and 20 has an HHI of 2,600 points.
    assert concentration(np.array([30.0, 30, 20, 20]))["hhi"] == pytest.approx(0.26)


def test_one_applicant_has_all_and_no_index_is_made_up():
    found = concentration(np.array([7.0]))
    assert (found["hhi"], found["cr4"], found["gini"]) == (1, 1, 0)
    assert found["normalised_hhi"] is None


@given(FAMILIES, st.floats(0.1, 10))
def test_size_and_order_do_not_matter_and_bounds_hold(families, factor):
    found = concentration(families)
    assert concentration(families[::-1] * factor) == pytest.approx(found, abs=1e-9)
    assert 1 / len(families) - 1e-12 <= found["hhi"] <= 1
    assert found["cr4"] <= found["cr10"] + 1e-12
    assert -1e-12 <= found["gini"] < 1


@given(FAMILIES)
def test_gini_is_half_the_relative_mean_difference(families):
    difference = np.abs(families[:, None] - families[None, :]).mean()
    assert concentration(families)["gini"] == pytest.approx(difference / (2 * families.mean()))


@given(st.integers(0, 2**32 - 1), st.integers(3, 30), st.floats(0, 0.3))
def test_cohesion_is_what_networkx_counts(seed, groups, density):
    graph = nx.gnp_random_graph(groups, density, seed=seed)
    ends = np.array(graph.edges).reshape(-1, 2).T.astype(int)
    found = cohesion(ends[0], ends[1], groups)
    degree = [d for _, d in graph.degree]
    assert found["isolates_share"] == pytest.approx(nx.number_of_isolates(graph) / groups)
    largest = max(nx.connected_components(graph), key=len)
    assert found["giant_share"] == pytest.approx(len(largest) / groups)
    star = sum(max(degree) - d for d in degree) / ((groups - 1) * (groups - 2))
    assert found["degree_centralisation"] == pytest.approx(star)


def test_a_star_is_centralised_and_a_ring_is_not():
    n = 6
    star = cohesion(np.zeros(n - 1, int), np.arange(1, n), n)
    ring = cohesion(np.arange(n), np.roll(np.arange(n), 1), n)
    assert (star["degree_centralisation"], ring["degree_centralisation"]) == (1, 0)
