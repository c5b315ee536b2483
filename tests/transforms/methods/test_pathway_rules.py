"""Tests of rules: how they are written, and where they hold."""

import numpy as np
import pytest

from corepath.transforms.methods.pathway_rules import PathTest


@pytest.mark.parametrize(
    "text", ["lift", "lift >", "lift = 1", "lift > one", "lift very high", "lift > 1 or 2", "", "lfit > 1"]
)
def test_what_is_no_test_is_refused(text):
    with pytest.raises(ValueError, match=r"is no (test|metric)"):
        PathTest.read(text)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("lift > 1", [False, False, True, False]),
        ("lift >= 1", [False, True, True, False]),
        ("lift < 1", [True, False, False, False]),
        ("lift <= 1", [True, True, False, False]),
        ("lift high", [False, False, True, False]),
        ("lift low", [True, False, False, False]),
        ("lift not high", [True, True, False, False]),
        ("lift not low", [False, True, True, False]),
    ],
)
def test_a_figure_that_is_not_known_holds_nothing_not_even_a_negation(text, holds):
    value = np.array([0.5, 1, 2, np.nan])
    high, low = value > 1, value < 1
    assert PathTest.read(text).holds(value, high, low).tolist() == holds
