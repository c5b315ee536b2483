"""The weights of the indicators, and what is told beside them."""

import numpy as np
import polars as pl
import pytest

from corepath.transforms.methods.entropy import DegenerateInput, entropy_weights
from tests.transforms.analysis import Analysis, example


def rows(analysis):
    return {row["indicator"]: row for row in analysis.weights().iter_rows(named=True)}


@pytest.mark.parametrize("weighting", ["entropy", "equal", "critic"])
def test_the_weight_is_the_one_that_the_topic_names(weighting):
    found = example(weighting=weighting).weights()
    assert found["weight"].equals(found[f"{weighting}_weight"].alias("weight"))
    for name in ("weight", "entropy_weight", "equal_weight", "critic_weight"):
        assert abs(found[name].sum() - 1) < 1e-12


@pytest.mark.parametrize("weighting", ["entropy", "critic"])
def test_the_cap_holds_for_the_weight_of_the_score_alone(weighting):
    free = example(weighting=weighting).weights()
    found = example(weighting=weighting, weight_cap=0.4).weights()
    assert found["weight"].max() == 0.4
    assert abs(found["weight"].sum() - 1) < 1e-12
    for name in ("entropy_weight", "critic_weight", "divergence"):
        assert found[name].equals(free[name])


def test_a_cap_that_cannot_be_met_is_explained():
    with pytest.raises(DegenerateInput, match=r"cap 0\.2 is below 1/3"):
        example(weight_cap=0.2).weights()


def test_the_values_as_recorded_are_described():
    found = rows(Analysis({"cl": [0, 0, 3, None, 5], "sc": [1, 2, 3, 4, 5]}))
    assert (found["cl"]["mean"], found["cl"]["zero_share"]) == (2, 0.5)
    assert found["cl"]["imputed_share"] == pytest.approx(0.2)
    assert found["sc"]["imputed_share"] == 0


def test_what_is_not_asked_for_is_described_and_has_no_weight():
    analysis = Analysis({"cl": [0, 1, 2], "sc": [1, 2, 2], "inv": [1, 1, 4]})
    analysis.choice = analysis.choice.with_columns(
        is_asked=pl.col("indicator") != "cl",
        position=pl.when(pl.col("indicator") == "cl").then(9).otherwise("position"),
        reason=pl.when(pl.col("indicator") == "cl").then(pl.lit("not asked for")),
    )
    found = analysis.weights()
    assert found["indicator"].to_list() == ["sc", "inv", "cl"]
    last = found.row(-1, named=True)
    assert (last["mean"], last["is_used"], last["reason"]) == (1, False, "not asked for")
    empty = (
        "entropy",
        "divergence",
        "weight",
        "entropy_weight",
        "equal_weight",
        "critic_weight",
        "between_country_share",
        "correlation",
        "correlated_indicator",
        "imputed_share",
    )
    assert {last[name] for name in empty} == {None}


def test_one_that_is_the_same_for_every_family_has_no_weight_and_says_so():
    found = rows(Analysis({"fs": [1, 1, 1, 1], "sc": [1, 2, 3, 3], "inv": [1, 2, 2, 4]}))
    assert found["fs"]["weight"] == found["fs"]["equal_weight"] == found["fs"]["critic_weight"] == 0
    assert not found["fs"]["is_used"]
    assert found["fs"]["reason"] == "no weight: the same for every family"
    assert found["sc"]["equal_weight"] == 0.5
    assert found["sc"]["correlated_indicator"] == "inv"
    assert found["sc"]["reason"] is None


def test_a_value_that_follows_from_the_cohort_alone_tells_families_nothing():
    analysis = Analysis({"fs": [2] * 30 + [3] * 30, "sc": [1, 2] * 30}, years=[0] * 30 + [9] * 30)
    assert rows(analysis)["fs"]["weight"] == 0


def test_nothing_that_varies_is_refused():
    with pytest.raises(DegenerateInput, match="every indicator is constant: fs, sc"):
        Analysis({"fs": [1, 1, 1], "sc": [2, 2, 2]}).weights()


def test_the_closest_indicator_may_be_its_opposite():
    found = rows(Analysis({"sc": [0, 1, 2, 3], "inv": [3, 2, 1, 0], "cl": [0, 1, 0, 1]}))
    assert found["sc"]["correlated_indicator"] == "inv"
    assert found["sc"]["correlation"] == pytest.approx(-1)
    assert found["cl"]["correlation"] == pytest.approx(np.corrcoef([0, 1, 0, 1], range(4))[0, 1])


def test_an_indicator_alone_correlates_with_nothing():
    found = rows(Analysis({"sc": [0, 1, 2]}))["sc"]
    assert (found["weight"], found["critic_weight"]) == (1, 1)
    assert (found["correlation"], found["correlated_indicator"]) == (None, None)


def test_where_critic_has_no_answer_it_is_null_unless_it_is_asked_for():
    twice = {"sc": [0, 1, 2], "inv": [0, 2, 4]}
    assert {row["critic_weight"] for row in rows(Analysis(twice)).values()} == {None}
    with pytest.raises(DegenerateInput, match="one and the same indicator"):
        Analysis(twice, weighting="critic").weights()


def test_the_share_between_countries():
    found = rows(Analysis({"cl": [0, 0, 4, 4], "sc": [0, 4, 0, 4]}, countries=["JP", "JP", "US", "US"]))
    assert found["cl"]["between_country_share"] == pytest.approx(1)
    assert found["sc"]["between_country_share"] == pytest.approx(0, abs=1e-12)


def test_complete_cases_alone_can_fit_the_weights():
    analysis = example(missing="complete")
    known = analysis.indicator.drop_nulls().select("family")
    complete = analysis.values().join(known, on="family").drop("family")
    assert complete.height < analysis.indicator.height
    expected = entropy_weights(complete)["weight"].to_list()
    assert analysis.weights()["weight"].to_list() == pytest.approx(expected)
    assert analysis.scores().height == analysis.indicator.height


def test_too_few_complete_cases_are_explained():
    analysis = Analysis(
        {"cl": [*range(60), *[None] * 60], "sc": [*[None] * 20, *range(100)]}, missing="complete"
    )
    with pytest.raises(DegenerateInput, match="known of 40 families, 50 are needed"):
        analysis.weights()


def test_the_order_of_rows_changes_no_bit():
    assert example().shuffled(2).weights().equals(example().weights())


def test_levels_are_the_values_that_one_percent_of_the_families_have():
    """A rare value is none; a flag has two, and what is spread evenly a hundred."""
    flag = np.arange(1000) < 200
    groups = np.where(np.arange(1000) < 3, 5, 1 + flag)
    found = rows(Analysis({"tri": flag, "app": groups, "gl": np.arange(1000) / 1000}))
    assert [found[name]["levels"] for name in ("tri", "app", "gl")] == [2, 2, 100]
