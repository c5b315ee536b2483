"""CRITIC weights against a published example, scikit-criteria and what must hold."""

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from corepath.transforms.methods.critic import correlations, critic_weights
from corepath.transforms.methods.entropy import DegenerateInput

TUS = [
    [5000, 3, 3, 4, 3, 2],
    [680, 5, 3, 2, 2, 1],
    [2000, 3, 2, 3, 4, 3],
    [600, 4, 3, 1, 2, 2],
    [800, 2, 4, 3, 3, 4],
]
ZAVADSKAS = [[3, 100, 10, 7], [2.5, 80, 8, 5], [1.8, 50, 20, 11], [2.2, 70, 12, 9]]
HWANG = [
    [2.0, 1500, 20000, 5.5, 5, 9],
    [2.5, 2700, 18000, 6.5, 3, 5],
    [1.8, 2000, 21000, 4.5, 7, 7],
    [2.2, 1800, 20000, 5.0, 5, 5],
]

matrices = arrays(
    np.float64, st.tuples(st.integers(3, 12), st.integers(2, 5)), elements=st.integers(0, 50).map(float)
)


def frame(rows) -> pl.DataFrame:
    return pl.DataFrame({f"x{j}": c for j, c in enumerate(np.asarray(rows, dtype=float).T)})


def weights(y) -> np.ndarray:
    return critic_weights(y)["weight"].to_numpy()


def varied(matrix) -> pl.DataFrame:
    """Give the matrix as a frame if CRITIC has an answer on it."""
    kept = matrix[:, np.ptp(matrix, axis=0) > 0]
    assume(kept.shape[1] > 0)
    assume(kept.shape[1] == 1 or np.corrcoef(kept.T).min() < 0.99)
    return frame(matrix)


def test_the_published_weights():
    # Tuş and Aytaç Adalı (2019); methods.md 2.5.
    assert weights(frame(TUS)).round(3).tolist() == [0.157, 0.249, 0.168, 0.121, 0.154, 0.151]


@pytest.mark.parametrize(
    ("matrix", "theirs"),
    [
        (
            TUS,
            [0.157003432042, 0.249489243164, 0.167675249193, 0.121100222430, 0.154099291586, 0.150632561586],
        ),
        (ZAVADSKAS, [0.243670444578, 0.242750056436, 0.263877222514, 0.249702276472]),
        (
            HWANG,
            [0.169103526556, 0.158484121110, 0.170582553473, 0.159874829243, 0.162842050952, 0.179112918665],
        ),
    ],
)
def test_the_weights_of_scikit_criteria(matrix, theirs):
    # CRITIC(correlation="pearson", scale=True) of scikit-criteria 0.10, all to be maximised.
    assert weights(frame(matrix)) == pytest.approx(theirs, abs=1e-11)


@given(matrices)
def test_correlations_are_those_of_numpy(matrix):
    found = correlations(frame(matrix))
    varies = np.ptp(matrix, axis=0) > 0
    expected = np.identity(matrix.shape[1])
    if varies.sum() > 1:
        expected[np.ix_(varies, varies)] = np.corrcoef(matrix[:, varies].T)
    assert found == pytest.approx(expected, abs=1e-9)


@given(matrices)
def test_weights_sum_to_1_and_a_constant_has_none(matrix):
    found = weights(varied(matrix))
    assert abs(found.sum() - 1) < 1e-12
    assert (found >= 0).all()
    assert (found[np.ptp(matrix, axis=0) == 0] == 0).all()


@given(matrices, st.floats(1e-6, 1e6), st.integers(-30, 30), st.randoms(use_true_random=False))
def test_units_and_order_change_no_weight(matrix, unit, offset, random):
    y = varied(matrix)
    before = weights(y)
    assert weights(y.with_columns((pl.col("x0") + offset) * unit)) == pytest.approx(before)
    rows = random.sample(range(y.height), y.height)
    assert weights(y[rows]) == pytest.approx(before)
    assert weights(pl.concat([y, y])) == pytest.approx(before)


def test_one_that_varies_alone_has_all_the_weight():
    y = pl.DataFrame({"flat": [2.0, 2.0, 2.0], "x": [0.0, 1.0, 5.0]})
    assert weights(y).tolist() == [0, 1]


def test_one_that_repeats_another_takes_its_weight_from_both():
    a, b = [0.0, 1.0, 0.0, 1.0], [0.0, 0.0, 1.0, 1.0]
    assert weights(pl.DataFrame({"a": a, "b": b})) == pytest.approx([1 / 2, 1 / 2])
    # Conflicts are 1, 1 and 2: a with b alone, b with both copies of a.
    assert weights(pl.DataFrame({"a": a, "again": a, "b": b})) == pytest.approx([1 / 4, 1 / 4, 1 / 2])


def test_degenerate_input_is_explained():
    with pytest.raises(DegenerateInput, match="every indicator is constant: x0, x1"):
        critic_weights(frame([[1, 2], [1, 2]]))
    with pytest.raises(DegenerateInput, match="x0, x1 are one and the same indicator"):
        critic_weights(frame([[1, 20], [2, 40], [5, 100]]))
