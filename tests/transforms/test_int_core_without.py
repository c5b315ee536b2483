"""The core without each indicator."""

import numpy as np

from corepath.transforms.int_core_without import int_core_without
from tests.transforms.analysis import Analysis


def without(analysis):
    found = int_core_without(analysis.values().lazy(), analysis.weights().lazy(), analysis.topic.lazy())
    return {
        name: set(rows["family"]) for (name,), rows in found.partition_by("indicator", as_dict=True).items()
    }


def flags(**method):
    """A flag of ten families of a hundred, and scope that ten others lead in."""
    flag, scope = np.zeros(100), np.ones(100)
    flag[:10], scope[10:20] = 1, 2
    return Analysis({"tri": flag, "sc": scope}, cohort="none", **method)


def test_without_the_flag_the_core_is_that_of_the_other_indicator():
    rare = {f"f{i:06}" for i in range(10)}
    wide = {f"f{i:06}" for i in range(10, 20)}
    assert without(flags()) == {"tri": wide, "sc": rare}


def test_a_single_indicator_has_nothing_beside_it():
    assert without(Analysis({"sc": [1, 2, 3]})) == {}


def test_without_one_its_dimension_keeps_the_weight():
    """Of two indicators of one dimension the other takes all its weight, and outweighs the third."""
    one, other, third = (np.zeros(100) for _ in range(3))
    one[:10], other[10:20], third[20:30] = 1, 1, 1
    analysis = Analysis({"tri": one, "pct": other, "sc": third}, cohort="none", weighting="equal")
    analysis.choice = analysis.choice.with_columns(
        dimension=analysis.choice["indicator"].replace_strict({"tri": "a", "pct": "a", "sc": "b"})
    )
    found = analysis.weights()
    assert found["weight"].to_list() == [0.25, 0.25, 0.5]
    assert without(analysis)["pct"] == {f"f{i:06}" for i in (*range(10), *range(20, 30))}
