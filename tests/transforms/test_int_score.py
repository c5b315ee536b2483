"""Scores of families, in every way at once."""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from corepath.transforms.methods.entropy import DegenerateInput
from corepath.transforms.methods.scoring import grey, topsis
from corepath.warehouse.settings import ROOT
from tests.transforms.analysis import Analysis, example

SCORES = ["score", "entropy_score", "equal_score", "critic_score", "topsis_score", "grey_score"]


@pytest.mark.parametrize(
    ("method", "same"),
    [
        ({}, "entropy_score"),
        ({"weighting": "equal"}, "equal_score"),
        ({"weighting": "critic"}, "critic_score"),
        ({"scoring": "topsis"}, "topsis_score"),
        ({"scoring": "grey"}, "grey_score"),
    ],
)
def test_the_score_is_the_one_that_the_topic_names(method, same):
    found = example(**method).scores()
    assert found["score"].equals(found[same].alias("score"))
    others = {name for name in SCORES if not found["score"].equals(found[name].alias("score"))}
    assert others == {*SCORES} - {"score", same}


@pytest.mark.parametrize("normalisation", ["minmax", "ratio", "shift"])
def test_every_score_is_0_to_100(normalisation):
    found = example(normalisation=normalisation, shift=0.01).scores()
    for name in SCORES:
        assert found[name].is_between(0, 100).all()


def test_sums_by_hand():
    # Of the shares 0, 1/3 and 2/3 the entropy is (ln 3 - 2/3 ln 2) / ln 3.
    analysis = Analysis({"sc": [0, 1, 2], "inv": [0, 0, 1]})
    divergence = np.array([2 / 3 * np.log(2) / np.log(3), 1])
    weight = divergence / divergence.sum()
    found = analysis.scores()
    assert found["equal_score"].to_list() == pytest.approx([0, 25, 100])
    assert found["entropy_score"].to_list() == pytest.approx([0, 50 * weight[0], 100])


def test_the_other_ways_take_the_capped_weights_of_the_score():
    analysis = example(weight_cap=0.4)
    y, weights = analysis.values().drop("family"), analysis.weights()
    found = analysis.scores()
    assert found["topsis_score"].to_list() == topsis(y, weights).to_list()
    assert found["grey_score"].to_list() == grey(y, weights, 0.5).to_list()
    free = example().scores()
    assert found["entropy_score"].equals(free["entropy_score"])
    assert not found["score"].equals(free["score"])


def test_where_critic_has_no_answer_its_score_is_null():
    found = Analysis({"sc": [0, 1, 2], "inv": [0, 2, 4]}).scores()
    assert found["critic_score"].to_list() == [None] * 3
    assert found["score"].to_list() == pytest.approx([0, 50, 100])


def test_the_order_of_rows_changes_no_bit():
    assert example().shuffled(2).scores().equals(example().scores())


@pytest.mark.whole
def test_the_number_of_threads_changes_no_bit():
    code = (
        "import numpy as np\n"
        "from tests.transforms.analysis import Analysis\n"
        "drawn = np.random.default_rng(1).random((6, 20_000))\n"
        "names = ['fc_5', 'bc', 'npl', 'cl', 'sc', 'inv']\n"
        "analysis = Analysis(dict(zip(names, drawn)))\n"
        "for table in (analysis.values(), analysis.weights(), analysis.scores()):\n"
        "    print(table.hash_rows(seed=1).to_list())"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
            env=os.environ | {"POLARS_MAX_THREADS": threads, "PYTHONPATH": str(ROOT)},
        ).stdout
        for threads in ("1", "3")
    ]
    assert told[0] == told[1]


VALUES = st.none() | st.sampled_from([0.0, 1.0, 2.0, 7.0, 0.1, 1e-12, 1e12])


@given(
    st.integers(1, 8).flatmap(
        lambda m: st.lists(st.lists(VALUES, min_size=m, max_size=m), min_size=1, max_size=4)
    ),
    st.fixed_dictionaries(
        {
            "normalisation": st.sampled_from(["minmax", "ratio", "shift"]),
            "weighting": st.sampled_from(["entropy", "equal", "critic"]),
            "scoring": st.sampled_from(["sum", "topsis", "grey"]),
            "winsorise": st.sampled_from([None, 0.9]),
        }
    ),
)
def test_any_values_have_finite_scores_or_an_explained_error(columns, method):
    analysis = Analysis({f"x{j}": column for j, column in enumerate(columns)}, **method)
    try:
        found = analysis.scores()
    except DegenerateInput:
        event("refused")
        return
    event("scored")
    critic = found["critic_score"].drop_nulls()
    assert len(critic) in (0, found.height)
    for column in (critic, *found.select(SCORES).drop("critic_score")):
        assert column.is_between(0, 100).all()
        assert column.is_finite().all()
