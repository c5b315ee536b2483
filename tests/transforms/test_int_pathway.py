"""From figures to tests and labels: precedence, support, and what no figure can tell."""

import polars as pl
import pytest

from corepath.transforms.int_path_metric import int_path_metric
from corepath.transforms.int_path_test import int_path_test
from corepath.transforms.int_path_value import int_path_value
from corepath.transforms.int_pathway import int_pathway
from corepath.warehouse.build.inputs import REFERENCE, read_rules

RULES = read_rules(REFERENCE / "pathway_rules.toml").lazy()
DRAWS = 20
# A country like the benchmark in all: no rule holds.
PLAIN = {
    "effective_industries": 4.0,
    "advantage_share": 0.2,
    "active_industries": 4.0,
    "co_development": 1.0,
    "variety": 2.0,
    "families_per_cell": 2.0,
    "cross_share": 0.5,
    "lift": 1.0,
    "inner_association": 1.0,
    "density": 0.5,
    "clustering": 0.5,
    "co_application_rate": 0.1,
    "rate_ratio": 2.0,
    "firm_firm": 0.4,
    "industry_research": 0.3,
    "leader_involvement": 0.2,
    "chain": 0.3,
    "cr4": 0.2,
    "isolates": 0.5,
}
# What each rule asks for.
PATHS = {
    "I1": {"effective_industries": 2, "advantage_share": 0.6},
    "I2": {"co_development": 1.4},
    "I3": {"variety": 3, "families_per_cell": 1},
    "I4": {"active_industries": 6, "co_development": 0.8},
    "T1": {"lift": 1.4},
    "T2": {"lift": 0.6},
    "T3": {"lift": 0.6, "inner_association": 0.5, "density": 0.2, "clustering": 0.2},
    "C1": {"rate_ratio": 4, "industry_research": 0.6},
    "C2": {"rate_ratio": 4, "firm_firm": 0.7, "chain": 0.6},
    "C3": {"cr4": 0.7, "leader_involvement": 0.9},
    "C4": {"co_application_rate": 0.02, "cr4": 0.3},
}


def drawn(path, country, figures, spread=0.01, wrong=0):
    """Draws around figures; the last `wrong` of them are those of a plain country."""
    for draw in range(DRAWS):
        noise = 1 + spread * (draw - (DRAWS - 1) / 2) / DRAWS
        chosen = PLAIN if draw >= DRAWS - wrong else PLAIN | figures
        for metric, value in chosen.items():
            yield draw, path, country, metric, None if value is None else value * noise


def paths(countries, **how):
    """Labels of {country: figures that are not PLAIN}, by country and dimension."""
    rows = [row for name, figures in countries.items() for row in drawn(name, name, figures, **how)]
    rows += [row for name in countries for row in drawn(name, "WORLD", {})]
    value = int_path_value(
        pl.LazyFrame(rows, schema=["draw", "path", "country", "metric", "value"], orient="row")
    ).lazy()
    test = int_path_test(int_path_metric(value).lazy(), value, RULES)
    found = int_pathway(test.lazy(), RULES)
    return test, {(r["country"], r["dimension"]): r for r in found.iter_rows(named=True)}


DIMENSION = {"I": "industry", "T": "technology", "C": "collaboration"}


@pytest.mark.parametrize("label", PATHS)
def test_each_path_is_found_by_what_its_rule_asks_for(label):
    _, found = paths({"JP": PATHS[label]})
    row = found["JP", DIMENSION[label[0]]]
    assert row["label"] == label
    # Where a figure is like the benchmark's, one draw in twenty is off it.
    assert row["support"] >= 0.95
    assert f"{row['support']:.0%} of samples agree" in row["statement"]


@pytest.mark.parametrize(
    ("one", "other"), [("I3", "I2"), ("I1", "I2"), ("C2", "C1"), ("C2", "C3"), ("C1", "C3"), ("C3", "C4")]
)
def test_of_two_paths_that_hold_the_first_counts(one, other):
    both = PATHS[other] | PATHS[one]
    if one == "I1":
        both["effective_industries"] = 2  # I2 asks for one that is not low
    assert paths({"JP": both})[1]["JP", DIMENSION[one[0]]]["label"] == one


def test_a_country_like_all_is_indeterminate():
    _, found = paths({"JP": {}})
    assert {row["label"] for row in found.values()} == {"indeterminate"}
    assert found["JP", "industry"]["statement"].startswith("no rule holds for sure")


def test_what_is_above_the_benchmark_but_not_surely_is_not_high():
    assert (
        paths({"JP": {"variety": 2.05, "families_per_cell": 1}}, spread=0.2)[1]["JP", "industry"]["label"]
        == "indeterminate"
    )


@pytest.mark.parametrize("label", PATHS)
def test_a_figure_that_is_not_known_makes_no_label(label):
    for metric in PATHS[label]:
        row = paths({"JP": PATHS[label] | {metric: None}})[1]["JP", DIMENSION[label[0]]]
        assert row["label"] != label, metric


def test_support_is_the_share_of_draws_with_the_same_label_and_few_make_none():
    for wrong, label in ((2, "C3"), (9, "indeterminate")):
        row = paths({"JP": PATHS["C3"]}, wrong=wrong)[1]["JP", "collaboration"]
        other = ({"C3", "indeterminate"} - {label}).pop()
        of_c3 = row["support"] if label == "C3" else row["next_support"]
        assert (row["label"], row["next_label"]) == (label, other)
        # Nine plain draws make the interval reach down, but C3 asks for the mean.
        assert of_c3 == pytest.approx(1 - wrong / DRAWS, abs=0.05)
        assert row["support"] + row["next_support"] <= 1


def test_a_benchmark_that_varies_makes_what_is_high_less_sure():
    def support(spread):
        rows = [*drawn("JP", "JP", {"variety": 2.4}), *drawn("JP", "WORLD", {}, spread=spread)]
        value = int_path_value(
            pl.LazyFrame(rows, schema=["draw", "path", "country", "metric", "value"], orient="row")
        ).lazy()
        test = int_path_test(int_path_metric(value).lazy(), value, RULES)
        return test.filter(test="variety high")["support"].item()

    assert support(0.01) == 1
    assert support(1.0) < 0.95


def test_every_test_is_told_with_its_figure_and_a_rule_holds_if_each_clause_has_one_that_does():
    test, found = paths({"JP": PATHS["C4"]})
    of_c4 = test.filter(label="C4").sort("clause", "test")
    assert of_c4.select("test", "holds", "support").rows() == [
        ("co_application_rate low", True, 1.0),
        ("cr4 >= 0.25", True, 1.0),
        ("isolates high", False, 0.0),
    ]
    assert of_c4["value"].to_list() == pytest.approx([0.02, 0.3, 0.5])
    assert of_c4["benchmark"].to_list() == pytest.approx([0.1, 0.2, 0.5])
    assert found["JP", "collaboration"]["label"] == "C4"


def test_the_world_is_no_country():
    assert {country for country, _ in paths({"JP": {}})[1]} == {"JP"}


def test_a_statement_names_each_figure_with_what_it_is_held_against():
    statement = paths({"JP": PATHS["C2"]})[1]["JP", "collaboration"]["statement"]
    assert "rate ratio 4 (benchmark 2)" in statement
    assert "firm firm 0.7 (>= 0.5)" in statement
