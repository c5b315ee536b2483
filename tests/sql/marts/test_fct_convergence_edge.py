"""Edges of the toy corpus of methods.md 4, whose figures were published with it."""

import pytest

from tests.worlds import rows, toy, undivided, world

EDGE = "marts.fct_convergence_edge"


@pytest.fixture(scope="module")
def built():
    return world(toy(), EDGE)


@pytest.fixture(scope="module")
def edges(built):
    return undivided(built, EDGE, "network", "source", "target")


def test_the_three_countings_sum_to_the_published_figures(built):
    [sums] = rows(
        built,
        "select sum(full_count) as full, sum(fractional_count) as fractional, "
        f"sum(pair_fraction) as pair from {EDGE} where network = 'WORLD' "
        "and population = 'all' and period = 'all' and subfield = 'all' and level = 'subclass'",
    )
    assert sums == pytest.approx({"full": 11, "fractional": 8, "pair": 7})


def test_the_edge_of_computing_and_ai_has_the_published_figures(edges):
    edge = edges["WORLD", "G06F", "G06N"]
    assert edge["full_count"] == 3
    assert edge["association_strength"] == pytest.approx(1.0)
    assert edge["vos_strength"] == pytest.approx(1.885714, abs=5e-7)
    assert edge["cosine"] == pytest.approx(0.612372, abs=5e-7)
    assert edge["jaccard"] == pytest.approx(0.428571, abs=5e-7)
    assert edge["expected"] == pytest.approx(3.0)
    assert edge["z"] == pytest.approx(0.0, abs=1e-12)
    assert edge["hypergeometric_p"] == pytest.approx(0.785714, abs=5e-7)
    assert edge["disparity_alpha"] == pytest.approx(0.1066, abs=5e-5)
    assert edge["topic"] == "any"


def test_an_edge_knows_whether_it_crosses_sections(edges):
    assert not edges["WORLD", "G06F", "G06N"]["is_cross_section"]
    assert edges["WORLD", "G11C", "H01L"]["is_cross_section"]
    crossing = sum(
        e["full_count"] for e in edges.values() if e["network"] == "WORLD" and e["is_cross_section"]
    )
    assert crossing == 5


def test_source_stands_before_target_and_every_pair_once(edges):
    assert all(source < target for _, source, target in edges)
    assert len([1 for network, *_ in edges if network == "WORLD"]) == 9


def test_countries_hold_only_their_own_families(edges):
    own = {
        network: {(s, t): e["full_count"] for (n, s, t), e in edges.items() if n == network}
        for network in ("US", "KR", "CN", "JP")
    }
    assert own["US"] == {("G06F", "G06N"): 2, ("G06F", "H01L"): 1, ("G06N", "H01L"): 1, ("G06F", "G06T"): 1}
    assert own["KR"] == {("G11C", "H01L"): 1}
    assert own["CN"] == {("G06F", "G06N"): 1}
    assert own["JP"] == {("G06N", "G11C"): 1, ("B60W", "G06N"): 1, ("B60W", "G06T"): 1, ("G06N", "G06T"): 1}


def test_countries_that_are_not_compared_have_no_network():
    networks = {
        n for n, _, _ in undivided(world(toy(), EDGE, countries=["KR"]), EDGE, "network", "source", "target")
    }
    assert networks == {"WORLD", "KR"}


def test_a_family_shared_by_countries_counts_in_each_by_its_share():
    given = toy()
    given["sources.stg_party"].append(
        {"publication_number": "US-9000001-B2", "name": "Another", "country": "CN", "position": 2}
    )
    shared = undivided(world(given, EDGE), EDGE, "network", "source", "target")
    assert shared["WORLD", "G06F", "G06N"]["full_count"] == 3
    assert shared["US", "G06F", "G06N"]["full_count"] == 1.5
    assert shared["CN", "G06F", "G06N"]["full_count"] == 1.5
    # The hypergeometric distribution is one of whole families.
    assert shared["CN", "G06F", "G06N"]["hypergeometric_p"] is None


def test_a_topic_whose_families_all_have_one_technology_has_no_edges():
    given = toy()
    given["sources.stg_classification"] = [
        row | {"symbol": "G06N3/02"} for row in given["sources.stg_classification"] if row["position"] == 1
    ]
    for claims, row in enumerate(given["sources.stg_document"], start=1):
        row["claim_count"] = claims  # something has to tell families apart
    assert undivided(world(given, EDGE), EDGE, "network", "source", "target") == {}
