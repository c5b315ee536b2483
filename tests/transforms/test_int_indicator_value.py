"""Indicators made comparable: the order of the steps, and each choice of method."""

import numpy as np
import polars as pl
import pytest

from corepath.transforms.methods.entropy import DegenerateInput
from tests.transforms.analysis import Analysis, example


def value(values, **options):
    return Analysis({"cl": values}, **options).values()["cl"].to_list()


def test_without_a_cohort_the_value_itself_is_normalised():
    years = [2000] * 30 + [2010] * 30
    x = [*range(30), *range(100, 130)]
    assert value(x, years=years, cohort="none") == pytest.approx([v / 129 for v in x])


def test_each_family_is_compared_with_its_cohort():
    years = [2000] * 30 + [2010] * 30
    found = value([*[1, 3] * 15, *[10, 30] * 15], years=years)
    assert found == pytest.approx([0, 1] * 30)


def test_offices_are_apart_only_if_asked_for():
    offices = pl.Series(["JP"] * 30 + ["US"] * 30)
    for cohort, expected in (("global", [0, 2 / 29, 9 / 29, 1]), ("office", [0, 1, 0, 1])):
        analysis = Analysis({"cl": [*[1, 3] * 15, *[10, 30] * 15]}, cohort=cohort)
        analysis.cohort = analysis.cohort.with_columns(office=offices)
        found = analysis.values()["cl"]
        assert found[[0, 1, 30, 31]].to_list() == pytest.approx(expected)


def test_gaps_are_filled_before_anything_else():
    # The median of the cohort is 3, its mean without the gap 4: 3/4 between 1/4 and 8/4.
    assert value([1, 3, 8, None]) == pytest.approx([0, 2 / 7, 1, 2 / 7])


def test_gaps_are_filled_from_cohorts_even_where_values_are_not_divided():
    years = [2000] * 30 + [2010] * 31
    x = [*[0, 2] * 15, *[10, 30] * 15, None]
    assert value(x, years=years, cohort="none")[-1] == pytest.approx(20 / 30)


def test_winsorising_comes_before_the_transform_and_the_normalisation():
    x = np.arange(101.0)
    x[100] = 1e6
    found = value(x, cohort="none", winsorise=0.9, transform="log1p")
    assert found == pytest.approx(np.minimum(np.log1p(x) / np.log1p(90), 1))


def test_an_indicator_that_may_be_negative_is_not_divided_by_its_mean():
    found = Analysis({"cd_5": [-1.0, -0.5, 0.0, 1.0]}).values()["cd_5"]
    assert found.to_list() == pytest.approx([0, 0.25, 0.5, 1])


def test_costs_are_turned_round_once():
    costs = {"tct": [2, 4, 8]}
    minmax = Analysis(costs, directions={"tct": "-"}).values()["tct"]
    assert minmax.to_list() == pytest.approx([1, 2 / 3, 0])
    ratio = Analysis(costs, directions={"tct": "-"}, normalisation="ratio", cohort="none")
    assert ratio.values()["tct"].to_list() == pytest.approx([1 / 2, 1 / 4, 1 / 8])
    reflected = Analysis(
        costs, directions={"tct": "-"}, normalisation="ratio", cohort="none", inversion="reflect"
    )
    assert reflected.values()["tct"].to_list() == [8, 6, 2]


def test_only_what_is_asked_for_and_covered_is_in_it_by_position():
    analysis = Analysis({"sc": [1, 2], "cl": [3, 4], "inv": [5, 6], "fs": [7, 8]})
    analysis.choice = analysis.choice.with_columns(
        is_asked=pl.col("indicator") != "cl",
        is_covered=pl.col("indicator") != "inv",
        position=5 - pl.col("position"),
    )
    assert analysis.values().columns == ["family", "fs", "sc"]


@pytest.mark.parametrize("cohort", ["none", "global", "office"])
@pytest.mark.parametrize("normalisation", ["minmax", "ratio", "shift"])
@pytest.mark.parametrize("transform", ["none", "sqrt", "log1p"])
def test_no_choice_makes_a_value_negative_or_unknown(cohort, normalisation, transform):
    found = example(
        cohort=cohort, normalisation=normalisation, transform=transform, winsorise=0.99, shift=0.01
    ).values()
    values = found.drop("family").to_numpy()
    assert np.isfinite(values).all()
    assert (values >= 0).all()
    assert found["family"].is_sorted()


def test_the_order_of_rows_changes_no_bit():
    assert example().shuffled(2).values().equals(example().values())


@pytest.mark.parametrize(
    ("indicators", "method", "message"),
    [
        ({"cl": [None, None]}, {}, "cl is known of no family"),
        ({"cd_5": [-1, 1]}, {"normalisation": "ratio"}, "cd_5: no .* of negative values"),
        (
            {"tct": [0, 1]},
            {"normalisation": "ratio", "directions": {"tct": "-"}},
            'tct: 0 has no reciprocal; inversion = "reflect"',
        ),
    ],
)
def test_what_cannot_be_made_comparable_is_explained(indicators, method, message):
    with pytest.raises(DegenerateInput, match=message):
        Analysis(indicators, **method).values()


def test_no_covered_indicator_is_explained():
    analysis = Analysis({"cl": [1, 2]})
    analysis.choice = analysis.choice.with_columns(is_covered=False)
    with pytest.raises(DegenerateInput, match="no indicator is known for enough families"):
        analysis.values()
