"""Predictors against networkx, the measures of prediction by definition, and planted emergence."""

import networkx as nx
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corepath.transforms.int_emerging_link import int_emerging_link
from corepath.transforms.int_link_prediction import int_link_prediction
from corepath.transforms.methods.link_prediction import (
    PREDICTORS,
    area_under_roc,
    average_precision,
    features,
    fit,
    snapshots,
)

PERIODS = pl.LazyFrame({"period": ["p1", "p2", "p3", "p4"], "first_year": [1, 2, 3, 4]})


def snapshot_of(graph: nx.Graph):
    names = [f"{i:03}" for i in graph]
    pairs = pl.DataFrame(
        [("p", f"{i:03}", f"{j:03}", 1.0) for i, j in graph.edges],
        schema=["period", "source", "target", "full_count"],
        orient="row",
    )
    [found] = snapshots(pairs, pl.DataFrame({"period": "p", "technology": names}), ["p"])
    return found


@pytest.mark.parametrize("seed", range(3))
def test_predictors_are_those_of_networkx(seed):
    graph = nx.gnp_random_graph(30, 0.15, seed=seed)
    now = snapshot_of(graph)
    pairs = list(zip(*(side.tolist() for side in now.apart), strict=True))
    assert sorted(pairs) == sorted(tuple(sorted(pair)) for pair in nx.non_edges(graph))
    values = dict(zip(PREDICTORS, features(now).T, strict=True))
    for name, oracle in {
        "adamic_adar": nx.adamic_adar_index,
        "resource_allocation": nx.resource_allocation_index,
        "preferential_attachment": nx.preferential_attachment,
    }.items():
        expected = [value for *_, value in oracle(graph, pairs)]
        assert values[name] == pytest.approx(expected)
    common = [len(list(nx.common_neighbors(graph, i, j))) for i, j in pairs]
    assert values["common_neighbours"].tolist() == common
    ties = nx.to_numpy_array(graph)
    damping = 0.5 / np.linalg.eigvalsh(ties)[-1]
    ways = sum(damping**k * np.linalg.matrix_power(ties, k) for k in range(1, 80))
    assert values["katz"] == pytest.approx([ways[i, j] for i, j in pairs])


def test_rooted_pagerank_is_personalised():
    graph = nx.connected_watts_strogatz_graph(12, 4, 0.3, seed=1)
    now = snapshot_of(graph)
    of_root = {i: nx.pagerank(graph, personalization={i: 1}, tol=1e-14) for i in graph}
    expected = [(of_root[i][j] + of_root[j][i]) / 2 for i, j in zip(*now.apart, strict=True)]
    assert features(now)[:, PREDICTORS.index("rooted_pagerank")] == pytest.approx(expected)


scores = st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=2, max_size=30)


@given(scores)
def test_areas_by_definition(rows):
    score, met = np.array([s for s, _ in rows], float), np.array([m for _, m in rows])
    if not met.any():
        assert np.isnan(average_precision(score, met))
        return
    area, before = 0.0, 0.0
    for threshold in sorted(set(score), reverse=True):
        named = score >= threshold
        recall = (met & named).sum() / met.sum()
        area += (recall - before) * (met & named).sum() / named.sum()
        before = recall
    assert average_precision(score, met) == pytest.approx(area)
    if not met.all():
        wins = [(a > b) + (a == b) / 2 for a in score[met] for b in score[~met]]
        assert area_under_roc(score, met) == pytest.approx(np.mean(wins))


def test_the_model_finds_the_weights_that_made_the_data():
    rng = np.random.default_rng(1)
    values = rng.exponential(size=(20_000, 2))
    x = np.log1p(values)
    met = rng.random(20_000) < 1 / (1 + np.exp(2 - 3 * x[:, 0]))
    model = fit(values, met)
    weight = model.weight[:2] / model.spread
    assert weight == pytest.approx([3, 0], abs=0.15)
    assert model.chance(values).mean() == pytest.approx(met.mean(), abs=1e-3)


def closing_triangles(seed: int) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """Let pairs of many common neighbours meet in the next period, period for period."""
    rng = np.random.default_rng(seed)
    n = 40
    ties = np.triu(rng.random((n, n)) < 0.12, 1)
    ties = (ties | ties.T).astype(float)
    names = [f"{'GH'[i % 2]}{i:02}A" for i in range(n)]
    key = {"network": "WORLD", "population": "all", "subfield": "all", "level": "subclass"}
    pairs, nodes = [], []
    fresh = np.triu(ties, 1) > 0
    for period in ("p1", "p2", "p3", "p4"):
        of_period = key | {"period": period}
        nodes += [of_period | {"technology": name} for name in names]
        pairs += [
            of_period | {"source": names[i], "target": names[j], "full_count": 2.0}
            if names[i] < names[j]
            else of_period | {"source": names[j], "target": names[i], "full_count": 2.0}
            for i, j in zip(*np.nonzero(fresh), strict=True)
        ]
        chance = np.clip(0.15 * (ties @ ties - 1), 0, 0.5)
        fresh = np.triu((rng.random((n, n)) < chance) & (ties == 0), 1)
        ties = np.maximum(ties, fresh + fresh.T)
    return pl.LazyFrame(pairs), pl.LazyFrame(nodes)


def test_what_closes_triangles_is_predicted_better_than_by_degree():
    found = int_link_prediction(*closing_triangles(1), PERIODS)
    precision = dict(found.select("predictor", "average_precision").iter_rows())
    assert precision["logistic"] > precision["preferential_attachment"]
    assert precision["logistic"] > found["emerged"][0] / found["candidates"][0]
    assert set(found["tested_period"]) == {"p4"}
    assert set(found["learnt_period"]) == {"p3"}


def test_predicted_pairs_have_not_met_and_stand_in_order():
    pairs, nodes = closing_triangles(2)
    found = int_emerging_link(pairs, nodes, PERIODS)
    met = {(r["source"], r["target"]) for r in pairs.collect().to_dicts()}
    assert not met & set(found.select("source", "target").iter_rows())
    assert found["rank"].to_list() == list(range(1, found.height + 1))
    assert found["chance"].is_sorted(descending=True)
    assert (found["source"] < found["target"]).all()


def test_one_period_predicts_nothing():
    pairs, nodes = (f.filter(pl.col("period") == "p1") for f in closing_triangles(1))
    assert int_emerging_link(pairs, nodes, PERIODS).is_empty()
    assert int_link_prediction(pairs, nodes, PERIODS).is_empty()
