"""Networks compared: QAP on matrices whose answer is known, portraits, samples of equal size."""

from itertools import permutations

import networkx as nx
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from scipy.stats import pearsonr, spearmanr

from corepath.transforms.int_network_rarefied import int_network_rarefied
from corepath.transforms.int_network_similarity import int_network_similarity
from corepath.transforms.methods.comparison import (
    cells,
    partial_qap,
    portrait,
    portrait_divergence,
    qap,
    sample,
    shape,
    weighted_jaccard,
)
from corepath.transforms.methods.network import steps


def symmetric(seed: int, n: int = 12, density: float = 0.4) -> np.ndarray:
    rng = np.random.default_rng(seed)
    upper = np.triu(rng.integers(1, 9, (n, n)) * (rng.random((n, n)) < density), 1).astype(float)
    return upper + upper.T


@pytest.mark.parametrize("ranked", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_the_correlation_is_scipys(seed, ranked):
    one, other = symmetric(seed), symmetric(seed + 10)
    upper = np.triu_indices(12, 1)
    expected = (spearmanr if ranked else pearsonr)(one[upper], other[upper]).statistic
    assert qap(one, other, 1, 1, ranked)[0] == pytest.approx(expected)


@pytest.mark.parametrize("ranked", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_p_is_that_of_all_permutations(seed, ranked):
    one, other = symmetric(seed, 5, 0.6), symmetric(seed + 5, 5, 0.6)
    upper = np.triu_indices(5, 1)
    a = cells(one[upper], ranked)
    all_of_them = [
        (a * cells(other[np.ix_(name, name)][upper], ranked)).sum() for name in permutations(range(5))
    ]
    found, p = qap(one, other, 4000, 1, ranked)
    assert p == pytest.approx(np.mean(np.array(all_of_them) >= found - 1e-12), abs=0.03)


def regression(y, x, z):
    """The t of x in a least-squares regression of y on x, z and a constant."""
    design = np.column_stack([x, z, np.ones(len(y))])
    inverse = np.linalg.inv(design.T @ design)
    coefficients = inverse @ design.T @ y
    error = ((y - design @ coefficients) ** 2).sum() / (len(y) - 3)
    return coefficients[0] / np.sqrt(error * inverse[0, 0])


@pytest.mark.parametrize("seed", range(3))
def test_the_partial_correlation_and_its_p_are_those_of_regressions(seed):
    n = 5
    upper = np.triu_indices(n, 1)
    control = symmetric(seed + 20, n, 0.9)
    one, other = (symmetric(seed + i, n, 0.6) + control / 2 for i in (0, 5))
    found, p = partial_qap(one, other, control, 4000, 1)
    t = regression(one[upper], other[upper], control[upper])
    assert found == pytest.approx(t / np.sqrt(t**2 + len(upper[0]) - 3))
    # What the control leaves of the other network, under every naming of its nodes.
    z = np.column_stack([control[upper], np.ones(len(upper[0]))])
    left = np.zeros((n, n))
    left[upper] = other[upper] - z @ np.linalg.lstsq(z, other[upper])[0]
    left += left.T
    all_of_them = np.array(
        [
            regression(one[upper], left[np.ix_(name, name)][upper], control[upper])
            for name in permutations(range(n))
        ]
    )
    assert p == pytest.approx(np.mean(all_of_them >= t - 1e-9), abs=0.03)


def test_what_two_networks_owe_to_a_third_is_taken_out():
    world = symmetric(1, 30)
    one, other = world + symmetric(2, 30), world + symmetric(3, 30)
    assert qap(one, other, 199, 1)[1] == 1 / 200
    assert partial_qap(one, other, world, 199, 1)[1] > 0.01
    twin = symmetric(4, 30)
    assert partial_qap(one + twin, other + twin, world, 199, 1)[1] == 1 / 200


def test_a_network_that_the_third_explains_has_no_partial_correlation():
    one = symmetric(1)
    assert np.isnan(partial_qap(one, symmetric(2), 3 * one, 9, 1)).all()


def test_a_network_is_like_itself_and_unlike_itself_renamed():
    one = symmetric(1, 20)
    name = np.random.default_rng(3).permutation(20)
    assert qap(one, one, 999, 1) == pytest.approx((1, 0.001))
    assert qap(one, one[np.ix_(name, name)], 999, 1)[1] > 0.01


def test_a_network_without_ties_has_no_correlation():
    assert np.isnan(qap(np.zeros((5, 5)), symmetric(1, 5), 9, 1)).all()


counts = st.lists(st.integers(0, 9), min_size=6, max_size=6).map(np.array)


@given(counts, counts)
def test_weighted_jaccard_is_of_shares_and_symmetric(one, other):
    found = weighted_jaccard(one, other)
    if not (one.any() and other.any()):
        assert np.isnan(found)
        return
    assert 0 <= found <= 1
    assert found == pytest.approx(weighted_jaccard(other, 7 * one))
    assert weighted_jaccard(one, 3 * one) == pytest.approx(1)


def test_a_portrait_by_definition():
    graph = nx.gnp_random_graph(15, 0.2, seed=1)
    found = portrait(steps(nx.to_numpy_array(graph)))
    lengths = dict(nx.all_pairs_shortest_path_length(graph))
    for far, row in enumerate(found):
        shells = [sum(d == far for d in lengths[i].values()) for i in graph]
        assert row.tolist() == [shells.count(k) for k in range(16)]


def test_portraits_do_not_know_names_and_tell_a_star_from_a_ring():
    def of(graph):
        return portrait(steps(nx.to_numpy_array(graph)))

    star, ring = of(nx.star_graph(9)), of(nx.cycle_graph(10))
    renamed = nx.relabel_nodes(nx.star_graph(9), dict(enumerate(reversed(range(10)))))
    assert portrait_divergence(star, of(renamed)) == 0
    assert 0.3 < portrait_divergence(star, ring) <= 1
    assert portrait_divergence(star, ring) == pytest.approx(portrait_divergence(ring, star))


def test_a_sample_prefers_larger_shares():
    share = np.array([1.0] * 50 + [0.1] * 50)
    rng = np.random.default_rng(1)
    drawn = np.concatenate([sample(share, 20, rng) for _ in range(200)])
    assert np.mean(drawn < 50) > 0.75
    assert len(set(sample(share, 20, rng))) == 20


def test_a_shape_is_that_of_networkx():
    rng = np.random.default_rng(1)
    families = (rng.random((40, 15)) < 0.1).astype(float)
    families[:, 14] = 0
    found, _ = shape(sparse.csr_array(families), np.arange(15) % 3)
    co = families.T @ families
    np.fill_diagonal(co, 0)
    graph = nx.from_numpy_array(co[:14, :14])
    assert found["density"] == pytest.approx(nx.density(graph))
    assert found["clustering"] == pytest.approx(nx.average_clustering(graph))
    lengths = dict(nx.all_pairs_shortest_path_length(graph))
    apart = [d for row in lengths.values() for d in row.values() if d]
    assert found["path_length"] == pytest.approx(np.mean(apart))
    n = families.sum(axis=0)
    within = [co[i, j] * 40 / (n[i] * n[j]) for i, j in graph.edges if i % 3 == j % 3]
    assert found["association_within"] == pytest.approx(np.mean(within))


def of_one_world(sizes: dict[str, int]) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """Give countries families of one and the same distribution."""
    rng = np.random.default_rng(1)
    codes, families = [], []
    chance = 1 / np.arange(1, 31)
    for country, size in sizes.items():
        for i in range(size):
            chosen = rng.choice(30, rng.integers(1, 4), False, chance / chance.sum())
            family = f"{country}{i:05}"
            families += [(network, family, 1.0, False) for network in ("WORLD", country)]
            codes += [("subclass", family, f"{'GH'[c % 2]}{c:02}A", len(chosen)) for c in chosen]
    return (
        pl.LazyFrame(codes, schema=["level", "family", "technology", "codes"], orient="row"),
        pl.LazyFrame(families, schema=["network", "family", "share", "is_core"], orient="row"),
    )


def test_countries_of_one_world_are_alike_at_equal_size():
    codes, families = of_one_world({"AA": 60, "BB": 600})
    topic = pl.LazyFrame({"rarefaction_draws": 50, "seed": 1})
    rarefied = int_network_rarefied(codes, families, topic)
    found = {(r["network"], r["measure"]): r for r in rarefied.to_dicts()}
    small, large = found["AA", "density"], found["BB", "density"]
    assert small["families"] == large["families"] == 60
    # The smallest country is itself in each sample.
    assert small["lower"] == small["upper"]
    assert large["lower"] <= small["mean"] <= large["upper"]
    assert found["AA", "portrait_divergence"]["other"] == "BB"
    # At its own size the large country would look denser.
    own = codes.collect().filter(pl.col("family").str.starts_with("BB"))
    matrix = own.pivot("technology", index="family", values="codes").drop("family")
    there = matrix.with_columns(pl.all().is_not_null().cast(pl.Float64)).to_numpy()
    raw, _ = shape(sparse.csr_array(there), np.zeros(matrix.width, dtype=int))
    assert raw["density"] > large["upper"]


def test_countries_of_one_world_are_similar_and_the_interval_holds_the_figure():
    codes, families = of_one_world({"AA": 300, "BB": 600})
    topic = pl.LazyFrame({"permutations": 199, "rarefaction_draws": 50, "seed": 1})
    countries = pl.LazyFrame({"country": ["AA", "BB"], "position": [1, 2]})
    [all_, core] = int_network_similarity(codes, families, countries, topic).to_dicts()
    assert all_["population"] == "all"
    assert all_["pearson_p"] == all_["spearman_p"] == 1 / 200
    assert all_["pearson"] > 0.7
    for measure in ("pearson", "spearman", "weighted_jaccard"):
        assert all_[f"{measure}_lower"] < all_[f"{measure}_upper"] <= 1
        assert all_[measure] < all_[f"{measure}_upper"]
    # The world is these two: the rest of it is nothing, and explains nothing.
    assert all_["partial"] is None
    assert core["pearson"] is None


def test_the_rest_of_the_world_is_that_of_neither_country():
    codes, families = of_one_world({"AA": 300, "BB": 300, "CC": 300})
    topic = pl.LazyFrame({"permutations": 199, "rarefaction_draws": 5, "seed": 1})
    countries = pl.LazyFrame({"country": ["AA", "BB"], "position": [1, 2]})
    found = int_network_similarity(codes, families, countries, topic).to_dicts()[0]
    ties = {}
    for country in ("AA", "BB", "CC"):
        own = codes.collect().filter(pl.col("family").str.starts_with(country))
        there = own.with_columns(one=1.0).pivot("technology", index="family", values="one")
        names = sorted(codes.collect()["technology"].unique())
        matrix = np.column_stack(
            [
                there[name].fill_null(0).to_numpy() if name in there.columns else np.zeros(len(there))
                for name in names
            ]
        )
        size = matrix.sum(axis=1)
        weight = np.divide(1, size - 1, where=size > 1, out=np.zeros(len(size)))
        ties[country] = matrix.T @ (matrix * weight[:, None])
    known = (ties["AA"] + ties["BB"] - np.diag(np.diag(ties["AA"] + ties["BB"]))).sum(axis=0) > 0
    aa, bb, cc = (square[np.ix_(known, known)] for square in ties.values())
    assert found["technologies"] == known.sum()
    assert found["partial"] == pytest.approx(partial_qap(aa, bb, cc, 1, 1)[0])
    assert found["partial"] < found["pearson"]
