"""Convergence measures against a corpus of eight families that was computed by hand."""

import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import combinations
from math import comb
from typing import Any

import networkx as nx
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from scipy.stats import false_discovery_control, hypergeom, poisson

from corepath.transforms.methods.convergence import (
    disparity,
    edge_measures,
    hypergeometric_tail,
    network_measures,
    node_measures,
)

Corpus = Sequence[frozenset[str]]
Pair = tuple[str, ...]

TOY: Corpus = [
    frozenset(codes.split())
    for codes in (
        "G06N G06F",
        "G06N G06F H01L",
        "G06N",
        "G06N G11C",
        "G11C H01L",
        "G06F G06T",
        "G06N G06T B60W",
        "G06F G06N",
    )
]
POOL = ["A61B", "B60W", "G06F", "G06N", "G06T", "G11C", "H01L", "H03K"]
corpora = st.lists(st.frozensets(st.sampled_from(POOL), min_size=1), min_size=2, max_size=15)
NO_PAIRS = pl.DataFrame(
    schema={"source": pl.String, "target": pl.String}
    | dict.fromkeys(["full_count", "fractional_count", "pair_fraction"], pl.Float64)
)


def pairs_of(corpus: Corpus) -> pl.DataFrame:
    full, fractional, pair_fraction = (defaultdict[Pair, float](float) for _ in range(3))
    for codes in corpus:
        k = len(codes)
        for pair in combinations(sorted(codes), 2):
            full[pair] += 1.0
            fractional[pair] += 1 / (k - 1)
            pair_fraction[pair] += 2 / (k * (k - 1))
    rows = [(*pair, full[pair], fractional[pair], pair_fraction[pair]) for pair in sorted(full)]
    return pl.DataFrame(rows, schema=NO_PAIRS.schema, orient="row")


def occurrences_of(corpus: Corpus) -> pl.DataFrame:
    n = Counter(code for codes in corpus for code in codes)
    return pl.DataFrame({"technology": sorted(n), "occurrences": [n[code] for code in sorted(n)]})


def edges_of(corpus: Corpus) -> pl.DataFrame:
    return edge_measures(pairs_of(corpus), occurrences_of(corpus), len(corpus))


def nodes_of(pairs: pl.DataFrame, occurrences: pl.DataFrame, families: float = 8) -> pl.DataFrame:
    return node_measures(pairs, occurrences, families, runs=5, seed=1)


def network_of(pairs: pl.DataFrame, occurrences: pl.DataFrame, families: float = 8) -> dict[str, Any]:
    nodes = nodes_of(pairs, occurrences, families)
    return network_measures(pairs, occurrences, families, nodes)


def edge(edges: pl.DataFrame, source: str, target: str) -> dict[str, float]:
    return edges.row(by_predicate=pl.col("source").eq(source) & (pl.col("target") == target), named=True)


@pytest.fixture(scope="module")
def edges() -> pl.DataFrame:
    return edges_of(TOY)


@pytest.fixture(scope="module")
def nodes() -> dict[str, dict[str, float]]:
    frame = nodes_of(pairs_of(TOY), occurrences_of(TOY))
    return {row["technology"]: row for row in frame.to_dicts()}


@pytest.fixture(scope="module")
def network() -> dict[str, Any]:
    return network_of(pairs_of(TOY), occurrences_of(TOY))


# -- the toy corpus ----------------------------------------------------------------------------


def test_toy_counts():
    assert dict(occurrences_of(TOY).iter_rows()) == {
        "B60W": 1,
        "G06F": 4,
        "G06N": 6,
        "G06T": 2,
        "G11C": 2,
        "H01L": 2,
    }
    sums = pairs_of(TOY).select(pl.sum("full_count", "fractional_count", "pair_fraction")).row(0)
    assert sums == pytest.approx((11, 8, 7))


def test_toy_edge(edges):
    published = {
        "full_count": 3,
        "association_strength": 1.0,
        "vos_strength": 1.885714,
        "cosine": 0.612372,
        "jaccard": 0.428571,
        "expected": 3,
        "z": 0,
        "hypergeometric_p": 0.785714,
    }
    found = edge(edges, "G06F", "G06N")
    assert {name: round(found[name], 6) for name in published} == published
    assert round(found["disparity_alpha"], 4) == 0.1066


def test_toy_expected_spread():
    # μ = 3 and σ = .654654, so that one more family would give z = 1 / σ.
    fuller = pairs_of(TOY).with_columns(pl.col("full_count") + 1)
    found = edge(edge_measures(fuller, occurrences_of(TOY), 8), "G06F", "G06N")
    assert 1 / found["z"] == pytest.approx(0.654654, abs=5e-7)


def test_toy_directed_disparity():
    ends = pl.DataFrame({"neighbour": ["G06F", "B60W", "G06T", "G11C", "H01L"], "w": [3, 1, 1, 1, 1]})
    found = ends.select(disparity(pl.col("w"), pl.sum("w"), pl.len())).to_series()
    assert found.round(4).to_list() == [0.1066, 0.5398, 0.5398, 0.5398, 0.5398]


@pytest.mark.parametrize(
    ("measure", "published"),
    [
        ("degree", {"G06N": 5, "G06F": 3, "G06T": 3, "H01L": 3, "B60W": 2, "G11C": 2}),
        ("strength", {"G06N": 7, "G06F": 5, "G06T": 3, "H01L": 3, "B60W": 2, "G11C": 2}),
        ("betweenness", {"G06N": 0.45, "G06F": 0.05, "G06T": 0.05, "H01L": 0.05, "B60W": 0, "G11C": 0}),
        (
            "constraint_unweighted",
            {"G06N": 0.5222, "G06F": 0.6286, "G06T": 0.6935, "H01L": 0.6935}
            | {"B60W": 0.8044, "G11C": 0.8044},
        ),
        ("constraint_weighted", {"G06N": 0.5269, "G06F": 0.7010}),
        ("effective_size", {"G06N": 3.4, "G06F": 1.6667}),
        ("pagerank", {"G06N": 0.3005, "G06F": 0.2144}),
        ("closeness", {"G06N": 1, "G06F": 0.8, "B60W": 0.7}),
        ("clustering", {"G06N": 0.4, "G06F": 0.6667, "B60W": 1}),
    ],
)
def test_toy_nodes(nodes, measure, published):
    assert {t: round(nodes[t][measure], 4) for t in published} == published


@pytest.mark.parametrize(
    ("measure", "published"),
    [
        ("nodes", 6),
        ("edges", 9),
        ("isolates", 0),
        ("density", 0.6),
        ("mean_degree", 3),
        ("mean_strength", 3.666667),
        ("clustering", 0.733333),
        ("clustering_onnela", 0.282118),
        ("transitivity", 0.571429),
        ("giant_share", 1),
        ("average_path_length", 1.4),
        ("diameter", 2),
        ("cross_section_share", 0.454545),
        ("external_internal_index", -0.090909),
        ("expected_cross_section_share", 0.376033),
        ("section_modularity", -0.078512),
    ],
)
def test_toy_network(network, measure, published):
    assert round(network[measure], 6) == published


# -- any corpus --------------------------------------------------------------------------------


@given(corpora)
def test_countings_of_the_reference(corpus):
    sizes = [len(codes) for codes in corpus if len(codes) > 1]
    sums = pairs_of(corpus).select(pl.sum("full_count", "fractional_count", "pair_fraction")).row(0)
    expected = (sum(comb(k, 2) for k in sizes), sum(k / 2 for k in sizes), len(sizes))
    assert sums == pytest.approx(expected)


@given(corpora)
def test_edges_by_definition(corpus):
    families = len(corpus)
    n = dict(occurrences_of(corpus).iter_rows())
    graph = nx.Graph()
    graph.add_weighted_edges_from(pairs_of(corpus).select("source", "target", "full_count").rows())
    s, k = dict(graph.degree(weight="weight")), dict(graph.degree())
    total = sum(s.values())
    for row in edges_of(corpus).to_dicts():
        i, j, c = row["source"], row["target"], row["full_count"]
        assert row["association_strength"] == pytest.approx(families * c / (n[i] * n[j]))
        assert row["vos_strength"] == pytest.approx(total * c / (s[i] * s[j]))
        assert row["cosine"] == pytest.approx(c / (n[i] * n[j]) ** 0.5)
        assert row["jaccard"] == pytest.approx(c / (n[i] + n[j] - c))
        ways = {x: comb(n[i], x) * comb(families - n[i], n[j] - x) for x in range(min(n[i], n[j]) + 1)}
        p = {x: w / comb(families, n[j]) for x, w in ways.items()}
        mean = sum(x * p[x] for x in p)
        spread = sum((x - mean) ** 2 * p[x] for x in p) ** 0.5
        assert row["expected"] == pytest.approx(mean)
        assert row["hypergeometric_p"] == pytest.approx(sum(p[x] for x in p if x >= c))
        if families in (n[i], n[j]):
            assert row["z"] is None
        else:
            assert row["z"] == pytest.approx((c - mean) / spread, abs=1e-9)
        alphas = [(1 - c / s[end]) ** (k[end] - 1) for end in (i, j) if k[end] > 1]
        assert row["disparity_alpha"] == pytest.approx(min(alphas, default=1))


@given(corpora, st.permutations(POOL))
def test_names_are_immaterial(corpus, renamed):
    rename = dict(zip(POOL, renamed, strict=True))
    other = [frozenset(rename[code] for code in codes) for codes in corpus]
    after = {frozenset(row[:2]): row[2:] for row in edges_of(other).iter_rows()}
    for i, j, *values in edges_of(corpus).iter_rows():
        assert after[frozenset({rename[i], rename[j]})] == pytest.approx(values, nan_ok=True)

    # Of equally good communities and equally large components the names choose one.
    chosen = [
        "community",
        "community_agreement",
        "within_community_z",
        "participation",
        "eigenvector",
        "coordinator",
        "consultant",
        "gatekeeper",
        "liaison",
    ]
    places = nodes_of(pairs_of(corpus), occurrences_of(corpus)).drop(chosen)
    after = {row[0]: row[1:] for row in nodes_of(pairs_of(other), occurrences_of(other)).drop(chosen).rows()}
    for technology, *values in places.iter_rows():
        assert after[rename[technology]] == pytest.approx(values, abs=1e-9)


@given(corpora, st.randoms(use_true_random=False))
def test_order_of_rows_is_immaterial(corpus, random):
    pairs, occurrences = pairs_of(corpus), occurrences_of(corpus)
    order = random.sample(range(pairs.height), pairs.height)
    other = occurrences[random.sample(range(occurrences.height), occurrences.height)]
    assert_frame_equal(
        edge_measures(pairs[order], other, len(corpus)), edge_measures(pairs, occurrences, len(corpus))[order]
    )
    assert_frame_equal(
        nodes_of(pairs[order], other), nodes_of(pairs, occurrences), check_row_order=False, abs_tol=1e-5
    )
    assert network_of(pairs[order], other) == pytest.approx(network_of(pairs, occurrences))


@given(corpora)
def test_sections_against_networkx(corpus):
    pairs = pairs_of(corpus)
    network: dict[str, Any] = network_of(pairs, occurrences_of(corpus))
    if pairs.is_empty():
        assert network["section_modularity"] is None
        return
    graph = nx.Graph()
    graph.add_weighted_edges_from(pairs.select("source", "target", "full_count").rows())
    sections = [{t for t in graph if t[0] == section} for section in {t[0] for t in graph}]
    modularity = nx.community.modularity(graph, sections)
    assert network["section_modularity"] == pytest.approx(modularity, abs=1e-12)
    assert -1 <= network["external_internal_index"] <= 1
    assert 0 < network["giant_share"] <= 1


@given(corpora)
def test_pagerank_sums_to_one(corpus):
    places = nodes_of(pairs_of(corpus), occurrences_of(corpus))
    assert places["pagerank"].sum() == pytest.approx(1)


# -- edge cases --------------------------------------------------------------------------------


def test_no_pairs():
    occurrences = pl.DataFrame({"technology": ["G06F", "G06N"], "occurrences": [1, 2]})
    assert edge_measures(NO_PAIRS, occurrences, 3).schema == edges_of(TOY).schema
    places = nodes_of(NO_PAIRS, occurrences)
    assert places["degree"].to_list() == [0, 0]
    assert places["closeness"].to_list() == [0, 0]
    assert places["constraint_weighted"].to_list() == [None, None]
    network = network_of(NO_PAIRS, occurrences)
    assert {name for name, value in network.items() if value is not None} == {
        "nodes",
        "edges",
        "isolates",
        "density",
        "mean_degree",
        "mean_strength",
        "giant_share",
    }
    assert network["isolates"] == 2
    assert network["density"] == 0


def test_isolates_are_kept():
    corpus = [*TOY, frozenset({"A61B"})]
    places = nodes_of(pairs_of(corpus), occurrences_of(corpus))
    isolate = places.row(by_predicate=pl.col("technology") == "A61B", named=True)
    assert (isolate["degree"], isolate["strength"], isolate["closeness"]) == (0, 0, 0)
    assert isolate["constraint_unweighted"] is isolate["effective_size"] is None
    network = network_of(pairs_of(corpus), occurrences_of(corpus))
    assert network["isolates"] == 1
    assert network["giant_share"] == pytest.approx(6 / 7)
    assert network["average_path_length"] == pytest.approx(1.4)


def test_of_equal_components_the_first_by_name_is_the_giant():
    triangle, path = [frozenset({"A", "B", "C"})], [frozenset({"D", "E"}), frozenset({"E", "F"})]
    for corpus in (triangle + path, path + triangle):
        pairs, occurrences = pairs_of(corpus), occurrences_of(corpus)
        for order in (pairs, pairs.reverse()):
            for technologies in (occurrences, occurrences.reverse()):
                assert network_of(order, technologies)["diameter"] == 1


def test_disparity_of_an_only_edge_is_decided_by_the_other_end():
    found = edges_of([frozenset({"A61B", "G06N"}), frozenset({"G06F", "G06N"})])
    assert found["disparity_alpha"].to_list() == [0.5, 0.5]
    assert edges_of([frozenset({"A61B", "G06N"})])["disparity_alpha"].to_list() == [1]


@pytest.mark.parametrize("others", [[], [frozenset({"G06N"})]])
def test_technology_of_every_family_has_no_z(others):
    found = edge(edges_of([frozenset({"G06N", "G06F"}), *others]), "G06F", "G06N")
    assert found["z"] is None
    assert found["hypergeometric_p"] == 1


@pytest.mark.parametrize("share", [0.5, 1 / 3])
def test_shared_families_have_no_p(share):
    pairs = pairs_of(TOY).with_columns(pl.col("full_count") * share)
    occurrences = occurrences_of(TOY).with_columns(pl.col("occurrences") * share)
    found = edge_measures(pairs, occurrences, 8 * share)
    assert edge(found, "B60W", "G06N")["hypergeometric_p"] is None
    # A ratio of shares is a ratio of counts.
    assert found["association_strength"].to_list() == pytest.approx(
        edges_of(TOY)["association_strength"].to_list()
    )


def test_counts_that_are_whole_up_to_rounding_have_a_p():
    pairs = pairs_of(TOY).with_columns(pl.col("full_count") + 1e-12)
    occurrences = occurrences_of(TOY).with_columns(pl.col("occurrences") - 1e-12)
    found = edge_measures(pairs, occurrences, 8 + 1e-12)["hypergeometric_p"]
    assert found.to_list() == edges_of(TOY)["hypergeometric_p"].to_list()


def test_edges_without_occurrences_are_refused():
    known = occurrences_of(TOY).filter(pl.col("technology") != "H01L")
    for measure in (nodes_of, edge_measures):
        with pytest.raises(ValueError, match="edges without occurrences: H01L"):
            measure(pairs_of(TOY), known, 8)


def test_an_edge_is_tested_among_all_pairs_of_technologies():
    found = edges_of(TOY)
    p = poisson.sf(found["full_count"].to_numpy() - 1, found["dealt_expected"].to_numpy())
    # Six technologies make 15 pairs; those that never meet are tests of chance 1.
    tests = np.append(p, np.ones(15 - len(p)))
    expected = false_discovery_control(tests)[: len(p)]
    assert found["dealt_q"].to_numpy() == pytest.approx(expected)


def test_dealt_pairs_are_as_many_as_the_families_have():
    """Over all pairs of technologies, met or not, the expected sum up to those that there are."""
    n = Counter(code for codes in TOY for code in codes)
    found = edges_of(TOY)
    share = found["dealt_expected"][0] / (n[found["source"][0]] * n[found["target"][0]])
    total = share * sum(n[one] * n[other] for one, other in combinations(n, 2))
    assert total == pytest.approx(found["full_count"].sum())


@given(st.data())
def test_the_tail_is_scipys(data):
    families = data.draw(st.integers(2, 3000))
    one, other = (data.draw(st.integers(1, families)) for _ in range(2))
    met = data.draw(st.integers(max(1, one + other - families), min(one, other)))
    found = hypergeometric_tail(np.array([met]), families, np.array([one]), np.array([other]))
    expected = hypergeom.sf(met - 1, families, one, other)
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-14)


@given(corpora)
def test_noise_correction_by_definition(corpus):
    found = edges_of(corpus)
    strength: Counter[str] = Counter()
    for row in found.to_dicts():
        for end in ("source", "target"):
            strength[row[end]] += row["full_count"]
    total = sum(strength.values())
    for row in found.to_dicts():
        c, i, j = row["full_count"], strength[row["source"]], strength[row["target"]]
        expected = i * j / total
        assert row["noise_score"] == pytest.approx((c - expected) / (c + expected), abs=1e-12)
        # Moments of a beta distribution by its parameters, and the slope by a small step.
        mean = i * j / total**2
        variance = mean * (total - i) * (total - j) / (total**2 * (total - 1))
        size = mean * (1 - mean) / variance - 1
        chance = (mean * size + c) / (size + total)
        step = 1e-5 * c
        score = [
            (k * (c + h) - 1) / (k * (c + h) + 1)
            for h in (-step, step)
            for k in [(total + h) / ((i + h) * (j + h))]
        ]
        slope = abs(score[1] - score[0]) / (2 * step)
        deviation = (chance * (1 - chance) * total) ** 0.5 * slope
        assert row["noise_deviation"] == pytest.approx(deviation, rel=1e-5, abs=1e-9)


STRENGTHS = """
import numpy as np
import polars as pl
from corepath.transforms.methods.convergence import edge_measures, node_counts

rng, n = np.random.default_rng(1), 300
names = np.array([f"G{i:03}" for i in range(n)])
source, target = (names[end] for end in np.triu_indices(n, 1))
count = rng.random(len(source))
pairs = pl.DataFrame({"source": source, "target": target, "full_count": count})
nodes = pl.DataFrame({"technology": names, "occurrences": 1000.0})
for found in (node_counts(pairs, nodes), edge_measures(pairs, nodes, 5e3)):
    print(found.hash_rows().sum())
"""


@pytest.mark.whole
def test_the_number_of_threads_decides_nothing():
    said = {
        subprocess.check_output(
            [sys.executable, "-c", STRENGTHS], env=os.environ | {"POLARS_MAX_THREADS": threads}
        )
        for threads in ("1", "4")
    }
    assert len(said) == 1


def drawn_corpus(seed: int, families: int, together: float) -> Corpus:
    """Families of one mix of 20 technologies; a share of those of T00 has T19, too."""
    random = np.random.default_rng(seed)
    names = [f"T{i:02}" for i in range(20)]
    often = np.exp(random.normal(0, 1, 20))
    found = []
    for size in np.minimum(random.geometric(0.45, families), 8):
        codes = set(random.choice(names, size, replace=False, p=often / often.sum()).tolist())
        found.append(frozenset(codes | ({"T19"} if "T00" in codes and random.random() < together else set())))
    return found


def significant(corpus: Corpus) -> set[Pair]:
    occurrences = Counter(code for codes in corpus for code in codes)
    nodes = pl.DataFrame({"technology": list(occurrences), "occurrences": list(occurrences.values())})
    edges = edge_measures(pairs_of(corpus), nodes, len(corpus))
    return set(edges.filter(pl.col("dealt_q") < 0.05).select("source", "target").iter_rows())


def test_technologies_that_meet_by_chance_are_seldom_called_more_and_planted_ones_are():
    by_chance = [significant(drawn_corpus(seed, 1000, together=0.0)) for seed in range(20)]
    # One world in twenty may have a false pair, and two more by chance.
    assert sum(map(bool, by_chance)) <= 3
    planted = [significant(drawn_corpus(seed, 1000, together=0.4)) for seed in range(20, 30)]
    # Four in five are found (docs/method.md), and fewer of ten by chance.
    assert sum(("T00", "T19") in found for found in planted) >= 6
