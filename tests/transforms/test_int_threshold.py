"""Every rule at every threshold, of which the topic goes by one."""

import polars as pl
import pytest

from corepath.transforms.int_threshold import int_threshold

METHOD = {"core_rule": "top_share", "core_share": 0.1, "core_deviations": 1.0, "pareto_share": 0.8}


def thresholds(scores, **method) -> dict[tuple[str, float], dict]:
    found = int_threshold(
        pl.LazyFrame({"score": [float(score) for score in scores]}), pl.LazyFrame([METHOD | method])
    )
    return {(row["rule"], row["threshold"]): row for row in found.to_dicts()}


def test_shares_run_from_half_a_percent_to_half_of_the_topic():
    found = thresholds(range(1000))
    shares = sorted(threshold for rule, threshold in found if rule == "top_share")
    assert shares == [0.005, *(i / 100 for i in range(1, 51))]
    assert [found["top_share", share]["families"] for share in (0.005, 0.01, 0.03, 0.5)] == [5, 10, 30, 500]


def test_every_rule_is_there_whatever_the_topic_goes_by():
    found = thresholds(range(1000), core_rule="price")
    assert {(rule, t) for rule, t in found if rule != "top_share"} == {
        ("mean_sd", 1.0),
        ("mean_sd", 2.0),
        ("pareto", 0.8),
        ("price", 0.5),
        ("head_tail", 1.0),
    }


@pytest.mark.parametrize(
    ("method", "default"),
    [
        ({}, ("top_share", 0.1)),
        ({"core_share": 0.125}, ("top_share", 0.125)),
        ({"core_rule": "mean_sd", "core_deviations": 1.5}, ("mean_sd", 1.5)),
        ({"core_rule": "pareto", "pareto_share": 0.6}, ("pareto", 0.6)),
        ({"core_rule": "price"}, ("price", 0.5)),
        # Heads of 30 % and of 33 %: the second break is the last.
        ({"core_rule": "head_tail"}, ("head_tail", 2.0)),
    ],
)
def test_one_threshold_is_the_topics_own(method, default):
    found = thresholds([1 / i for i in range(1, 11)], **method)
    assert [key for key, row in found.items() if row["is_default"]] == [default]


def test_ties_at_the_cut_are_core_and_counted():
    found = thresholds([9, 8, 7, 7, 7, 1, 1, 1, 1, 1])
    assert found["top_share", 0.3] | {"is_default": None} == {
        "rule": "top_share",
        "threshold": 0.3,
        "cut_score": 7,
        "families": 5,
        "tied_families": 3,
        "is_default": None,
    }
    assert found["top_share", 0.2]["tied_families"] == 0
