"""PageRank against networkx and by hand."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corepath.transforms.methods.pagerank import pagerank


@st.composite
def networks(draw):
    nodes = draw(st.integers(2, 12))
    ends = st.integers(0, nodes - 1)
    return nodes, sorted(draw(st.sets(st.tuples(ends, ends), min_size=1, max_size=40)))


@given(networks())
def test_it_is_that_of_networkx(network):
    nodes, links = network
    graph = nx.DiGraph(links)
    graph.add_nodes_from(range(nodes))
    theirs = nx.pagerank(graph, alpha=0.85, tol=1e-14, max_iter=1000)
    citing, cited = np.array(links).T
    ours = pagerank(citing, cited, nodes)
    assert ours == pytest.approx([theirs[i] for i in range(nodes)], abs=1e-10)
    assert ours.sum() == pytest.approx(1, abs=1e-12)


def test_two_that_cite_each_other_share_alike():
    assert pagerank(np.array([0, 1]), np.array([1, 0]), 2).tolist() == [0.5, 0.5]
