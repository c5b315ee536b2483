"""Nodes of the toy corpus of methods.md 4."""

import pytest

from tests.worlds import rows, toy, undivided, world

NODE = "marts.fct_convergence_node"


@pytest.fixture(scope="module")
def nodes():
    return undivided(world(toy(), NODE), NODE, "network", "technology")


def test_occurrences_are_the_published_ones(nodes):
    world_nodes = {t: n["occurrences"] for (network, t), n in nodes.items() if network == "WORLD"}
    assert world_nodes == {"B60W": 1, "G06F": 4, "G06N": 6, "G06T": 2, "G11C": 2, "H01L": 2}


@pytest.mark.parametrize(
    ("measure", "technology", "published"),
    [
        ("betweenness", "G06N", 0.45),
        ("betweenness", "G06F", 0.05),
        ("betweenness", "G06T", 0.05),
        ("betweenness", "H01L", 0.05),
        ("betweenness", "B60W", 0),
        ("betweenness", "G11C", 0),
        ("constraint_unweighted", "G06N", 0.5222),
        ("constraint_unweighted", "G06F", 0.6286),
        ("constraint_unweighted", "G06T", 0.6935),
        ("constraint_unweighted", "H01L", 0.6935),
        ("constraint_unweighted", "B60W", 0.8044),
        ("constraint_unweighted", "G11C", 0.8044),
        ("constraint_weighted", "G06N", 0.5269),
        ("constraint_weighted", "G06F", 0.7010),
        ("effective_size", "G06N", 3.4),
        ("effective_size", "G06F", 1.6667),
        ("pagerank", "G06N", 0.3005),
        ("pagerank", "G06F", 0.2144),
        ("strength", "G06N", 7),
        ("degree", "G06N", 5),
    ],
)
def test_a_node_has_the_published_figure(nodes, measure, technology, published):
    assert nodes["WORLD", technology][measure] == pytest.approx(published, abs=5e-5)


def test_a_node_bears_its_title_and_topic(nodes):
    assert "COMPUT" in nodes["WORLD", "G06N"]["title"].upper()
    assert {node["topic"] for node in nodes.values()} == {"any"}


def test_a_technology_alone_is_a_node_without_ties():
    given = toy()
    given["sources.stg_classification"] = [
        row for row in given["sources.stg_classification"] if row["position"] == 1
    ]
    for claims, row in enumerate(given["sources.stg_document"], start=1):
        row["claim_count"] = claims  # something has to tell families apart
    alone = undivided(world(given, NODE), NODE, "network", "technology")
    assert alone["WORLD", "G06N"]["degree"] == 0
    assert alone["WORLD", "G06N"]["constraint_unweighted"] is None
    assert alone["WORLD", "G06N"]["occurrences"] == 5


@pytest.mark.parametrize(("technology", "degree"), [("G06N", 5 / 6), ("G06F", 1), ("B60W", 1)])
def test_convergence_degree_is_the_share_of_families_with_another_technology(nodes, technology, degree):
    assert nodes["WORLD", technology]["convergence_degree"] == pytest.approx(degree)


def test_main_groups_are_counted_only():
    given = toy()
    [place] = [
        row
        for row in rows(world(given, NODE), f"from {NODE} where network = 'WORLD'")
        if (row["population"], row["technology"]) == ("all", "G06N1")
    ]
    assert (place["occurrences"], place["degree"], place["strength"]) == (6, 5, 7)
    assert place["pagerank"] is place["community"] is None
