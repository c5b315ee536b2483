"""TOPSIS and grey relational scores against published and independent figures."""

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from corepath.transforms.methods.entropy import DegenerateInput
from corepath.transforms.methods.scoring import grey, topsis

matrices = arrays(
    np.float64, st.tuples(st.integers(2, 12), st.integers(1, 5)), elements=st.integers(0, 50).map(float)
)


def frame(rows) -> pl.DataFrame:
    return pl.DataFrame({f"x{j}": c for j, c in enumerate(np.asarray(rows, dtype=float).T)})


def weighed(*weights) -> pl.DataFrame:
    names = [f"x{j}" for j in range(len(weights))]
    return pl.DataFrame({"indicator": names, "weight": [float(w) for w in weights]})


def equal(matrix) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give those columns that vary, with equal weights."""
    kept = matrix[:, np.ptp(matrix, axis=0) > 0]
    assume(kept.shape[1] > 0)
    return frame(kept), weighed(*[1 / kept.shape[1]] * kept.shape[1])


def test_topsis_of_the_fighter_aircraft():
    # Hwang and Yoon (1981); the fourth is a cost, and comes as its negative (methods.md 2.5).
    fighters = [
        [2.0, 1500, 20000, -5.5, 5, 9],
        [2.5, 2700, 18000, -6.5, 3, 5],
        [1.8, 2000, 21000, -4.5, 7, 7],
        [2.2, 1800, 20000, -5.0, 5, 5],
    ]
    found = topsis(frame(fighters), weighed(0.2, 0.1, 0.1, 0.1, 0.2, 0.3))
    assert (found / 100).round(6).to_list() == [0.643277, 0.268384, 0.613542, 0.312291]


def ranking(scores):
    """Places of alternatives, from 1."""
    return scores.rank(descending=True).cast(pl.Int64).to_list()


def test_rankings_of_whole_examples_are_the_published_ones():
    """Hwang and Yoon 1981, fighter aircraft; Papathanasiou and Ploskas 2018, a place for a facility."""
    fighters = [
        [2.0, 1500, 20000, -5.5, 5, 9],
        [2.5, 2700, 18000, -6.5, 3, 5],
        [1.8, 2000, 21000, -4.5, 7, 7],
        [2.2, 1800, 20000, -5.0, 5, 5],
    ]
    assert ranking(topsis(frame(fighters), weighed(0.2, 0.1, 0.1, 0.1, 0.2, 0.3))) == [1, 4, 2, 3]
    places = [[8, 7, 2, 1], [5, 3, 7, 5], [7, 5, 6, 4], [9, 9, 7, 3], [11, 10, 3, 7], [6, 9, 5, 4]]
    found = topsis(frame(places), weighed(0.4, 0.3, 0.1, 0.2))
    assert (found / 100).round(3).to_list() == [0.387, 0.327, 0.391, 0.615, 0.868, 0.493]
    assert ranking(found) == [5, 6, 4, 2, 1, 3]


def test_topsis_of_scikit_criteria():
    # TOPSIS after VectorScaler of scikit-criteria 0.10.
    rows = [[3, 100, 10, 7], [2.5, 80, 8, 5], [1.8, 50, 20, 11], [2.2, 70, 12, 9]]
    found = topsis(frame(rows), weighed(0.4, 0.3, 0.2, 0.1)) / 100
    assert found.to_list() == pytest.approx(
        [0.640072100494, 0.422210007460, 0.411361276146, 0.373138218539], abs=1e-11
    )


def test_grey_relation_by_hand():
    # Gaps 0, 1/2, 1 and 1, 0, 1/2; with ρ = .5 the relations are 1, 1/2, 1/3 and 1/3, 1, 1/2.
    y = frame([[4, 0], [2, 10], [0, 5]])
    assert grey(y, weighed(0.75, 0.25)).to_list() == pytest.approx(
        [100 * (0.75 + 0.25 / 3), 100 * (0.375 + 0.25), 100 * (0.25 + 0.125)]
    )


def test_the_coefficient_sets_the_lowest_grey_relation():
    y = frame([[0.0], [1.0]])
    for coefficient in (0.1, 0.5, 1):
        lowest, highest = grey(y, weighed(1), coefficient)
        assert (lowest, highest) == pytest.approx((100 * coefficient / (1 + coefficient), 100))


@pytest.mark.parametrize("score", [topsis, grey])
@given(matrix=matrices)
def test_scores_are_0_to_100_and_more_is_better(score, matrix):
    y, weights = equal(matrix)
    found = score(y, weights)
    assert found.is_between(0, 100).all()
    best, worst = y.select(pl.all().max()), y.select(pl.all().min())
    scores = score(pl.concat([y, best, worst]), weights)
    assert scores[-2] == pytest.approx(scores.max())
    assert scores[-1] == pytest.approx(scores.min())
    assert scores[-2] == pytest.approx(100)


@pytest.mark.parametrize("score", [topsis, grey])
@given(matrix=matrices, unit=st.sampled_from([1e-300, 1e-3, 7.0, 1e300]))
def test_scores_do_not_depend_on_units(score, matrix, unit):
    y, weights = equal(matrix)
    assert score(y * unit, weights).to_list() == pytest.approx(score(y, weights).to_list())


@pytest.mark.parametrize("score", [topsis, grey])
def test_what_has_no_weight_does_not_count(score):
    y = frame([[1, 5, 9], [2, 4, 9], [4, 6, 9]])
    alone = score(y.select("x0"), weighed(1))
    assert score(y, weighed(1, 0, 0)).to_list() == alone.to_list()
    without = pl.DataFrame({"indicator": ["x0", "x1"], "weight": [1.0, None]})
    assert score(y, without).to_list() == alone.to_list()


@pytest.mark.parametrize("score", [topsis, grey])
def test_patents_that_are_all_alike_have_no_score(score):
    with pytest.raises(DegenerateInput, match="all patents are alike"):
        score(frame([[3], [3]]), weighed(1))
    with pytest.raises(DegenerateInput, match="all patents are alike"):
        score(frame([[1], [3]]), weighed(0))
