"""Entropy weights against published examples and the theory of inequality indices."""

from math import log
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from corepath.transforms.methods.entropy import DegenerateInput, capped, entropy_weights, normalise, scores

XU = [[30, 30, 38, 29], [19, 54, 86, 29], [19, 15, 85, 28.9], [68, 70, 60, 29]]
ZAVADSKAS = [[3, 100, 10, 7], [2.5, 80, 8, 5], [1.8, 50, 20, 11], [2.2, 70, 12, 9]]
ERSOY = [
    [256, 8, 41, 1.6, 1.77, 7347.16],
    [256, 8, 32, 1, 1.8, 6919.99],
    [256, 8, 53, 1.6, 1.9, 8400],
    [256, 8, 41, 1, 1.75, 6808.9],
    [512, 8, 35, 1.6, 1.7, 8479.99],
    [256, 4, 35, 1.6, 1.7, 7499.99],
]
LEE = [
    [4550, 30, 6.74, 20, 15, 5, 85, 150, 0.87, 4.76],
    [3005, 60.86, 2.4, 35, 27, 4, 26, 200, 0.17, 4.51],
    [2040, 14.85, 1.7, 90, 25, 5, 26, 500, 0.27, 4.19],
    [3370, 99.4, 3.25, 25.3, 54, 3, 45, 222, 0.21, 3.78],
    [3920, 112.6, 4.93, 11.4, 71.7, 2, 50, 100, 0.25, 4.11],
]
HWANG = [
    [2.0, 1500, 20000, 5.5, 5, 9],
    [2.5, 2700, 18000, 6.5, 3, 5],
    [1.8, 2000, 21000, 4.5, 7, 7],
    [2.2, 1800, 20000, 5.0, 5, 5],
]
TUS = [
    [5000, 3, 3, 4, 3, 2],
    [680, 5, 3, 2, 2, 1],
    [2000, 3, 2, 3, 4, 3],
    [600, 4, 3, 1, 2, 2],
    [800, 2, 4, 3, 3, 4],
]
PYMCDM = [[3, 10, 1, 0], [5, 20, 0, 1], [2, 15, 0, 1], [7, 25, 9, 1]]

counts = arrays(
    np.float64, st.tuples(st.integers(2, 12), st.integers(1, 5)), elements=st.integers(0, 50).map(float)
)


def frame(rows) -> pl.DataFrame:
    matrix = np.asarray(rows, dtype=float)
    return pl.DataFrame({f"x{j}": matrix[:, j] for j in range(matrix.shape[1])})


def benefit(x: pl.DataFrame, method: Any = "minmax", **options: Any) -> pl.DataFrame:
    return normalise(x, dict.fromkeys(x.columns, "+"), method, **options)


def weights(y: pl.DataFrame) -> np.ndarray:
    return entropy_weights(y)["weight"].to_numpy()


def varied(matrix: np.ndarray) -> pl.DataFrame:
    assume((matrix.min(axis=0) < matrix.max(axis=0)).any())
    return frame(matrix)


# -- published examples ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("matrix", "digits", "published"),
    [
        (XU, 4, [0.4630, 0.3992, 0.1378, 0.0000]),
        (ZAVADSKAS, 4, [0.1146, 0.1981, 0.4185, 0.2689]),
        (ERSOY, 3, [0.405, 0.221, 0.134, 0.199, 0.007, 0.034]),
        (LEE, 3, [0.026, 0.154, 0.089, 0.199, 0.115, 0.040, 0.080, 0.123, 0.172, 0.002]),
        (HWANG, 6, [0.064190, 0.206088, 0.013445, 0.081326, 0.358680, 0.276272]),
        (PYMCDM, 4, [0.0685, 0.0349, 0.7053, 0.1912]),
    ],
    ids=["Xu 2004", "Zavadskas 2016", "Ersoy 2021", "Lee 2018", "Hwang 1981", "pymcdm demo"],
)
def test_published_weights_of_ratios(matrix, digits, published):
    found = weights(benefit(frame(matrix), "ratio"))
    assert found.round(digits).tolist() == published


@pytest.mark.parametrize(
    ("matrix", "published"),
    [
        (XU, [0.887204, 0.902736, 0.966416, 0.999999]),
        (HWANG, [0.994689, 0.982948, 0.998888, 0.993271, 0.970323, 0.977141]),
    ],
    ids=["Xu 2004", "Hwang 1981"],
)
def test_published_entropies_of_ratios(matrix, published):
    found = entropy_weights(benefit(frame(matrix), "ratio"))["entropy"]
    assert found.round(6).to_list() == published


@pytest.mark.parametrize(
    ("matrix", "theirs"),
    [
        (
            TUS,
            [0.562388791214, 0.070405267046, 0.035389005081, 0.132366647200, 0.055209309859, 0.144240979599],
        ),
        (ZAVADSKAS, [0.114575449895, 0.198081971819, 0.418461244560, 0.268881333726]),
        (
            HWANG,
            [0.064189734602, 0.206088164236, 0.013444590874, 0.081325628615, 0.358680024345, 0.276271857328],
        ),
    ],
)
def test_the_weights_of_scikit_criteria(matrix, theirs):
    # EntropyWeighter of scikit-criteria 0.10; on positive values its convention is "ratio".
    assert weights(benefit(frame(matrix), "ratio")) == pytest.approx(theirs, abs=1e-11)


@pytest.mark.parametrize(
    ("matrix", "alpha", "published"),
    [
        (XU, 0, [0.469445, 0.206623, 0.175506, 0.148427]),
        (XU, 1e-4, [0.469295, 0.206666, 0.175558, 0.148481]),
        (XU, 0.01, [0.460902, 0.208843, 0.178530, 0.151725]),
        (XU, 1, [0.307290, 0.226788, 0.234123, 0.231800]),
        (ZAVADSKAS, 0, [0.230704, 0.216180, 0.325875, 0.227242]),
    ],
)
def test_published_weights_of_minmax(matrix, alpha, published):
    found = weights(benefit(frame(matrix), "shift", shift=alpha))
    assert found.round(6).tolist() == published
    if alpha == 0:
        assert weights(benefit(frame(matrix))).round(6).tolist() == published


# -- theory ------------------------------------------------------------------------------------


@given(counts)
def test_weights_are_shares_of_theil_indices(matrix):
    y = varied(matrix)
    theil = []
    for column in matrix.T:
        z = column[column > 0] / column.mean() if column.any() else np.array([])
        theil.append(sum(z * np.log(z)) / len(column))
    expected = np.array(theil) / sum(theil)
    assert weights(y) == pytest.approx(expected, abs=1e-9)
    divergence = entropy_weights(y)["divergence"].to_numpy()
    assert divergence == pytest.approx(np.array(theil) / log(len(matrix)), abs=1e-9)


@given(counts)
def test_weights_sum_to_one_and_entropy_stays_within_bounds(matrix):
    found = entropy_weights(varied(matrix))
    assert abs(found["weight"].sum() - 1) < 1e-12
    assert found["entropy"].is_between(0, 1).all()
    assert (found["is_constant"] == (found["weight"] == 0)).all()


@given(counts, st.integers(2, 4))
def test_replication_changes_no_weight(matrix, times):
    y = varied(matrix)
    assert weights(pl.concat([y] * times)) == pytest.approx(weights(y), abs=1e-12)


@given(counts, st.floats(1e-6, 1e6))
def test_unit_of_a_column_changes_no_weight(matrix, unit):
    y = varied(matrix)
    assert weights(y.with_columns(pl.col("x0") * unit)) == pytest.approx(weights(y), abs=1e-9)


@given(counts, st.integers(-30, 30).filter(bool), st.integers(-30, 30))
def test_minmax_is_blind_to_affine_maps(matrix, slope, offset):
    x = varied(matrix)
    directions = dict.fromkeys(x.columns, "+")
    mapped = x.with_columns(pl.col("x0") * slope + offset)
    if slope < 0:
        directions["x0"] = "-"
    assert weights(normalise(mapped, directions)) == pytest.approx(weights(benefit(x)), abs=1e-9)


def test_ratio_is_not_blind_to_translation():
    x = frame(XU)
    moved = x.with_columns(pl.col("x0") + 100)
    change = weights(benefit(moved, "ratio")) - weights(benefit(x, "ratio"))
    assert change[0] < -0.3


@given(counts)
def test_minmax_and_ratio_agree_where_the_minimum_is_zero(matrix):
    x = varied(matrix - matrix.min(axis=0))
    assert weights(benefit(x)) == pytest.approx(weights(benefit(x, "ratio")), abs=1e-12)


@given(counts, st.randoms(use_true_random=False))
def test_order_of_patents_and_indicators_is_immaterial(matrix, random):
    y = varied(matrix)
    rows = random.sample(range(y.height), y.height)
    columns = random.sample(y.columns, y.width)
    before = dict(zip(y.columns, weights(y), strict=True))
    after = dict(zip(columns, weights(y[rows].select(columns)), strict=True))
    assert after == pytest.approx(before, abs=1e-12)


@given(st.integers(2, 200), st.data())
def test_binary_indicator(patents, data):
    ones = data.draw(st.integers(1, patents - 1))
    y = pl.DataFrame({"flag": [1.0] * ones + [0.0] * (patents - ones)})
    found = entropy_weights(y)["entropy"].item()
    assert found == pytest.approx(log(ones) / log(patents), abs=1e-12)


@pytest.mark.parametrize("patents", range(2, 60))
def test_one_patent_of_many(patents):
    y = pl.DataFrame({"only": [1.0] + [0.0] * (patents - 1)})
    found = entropy_weights(y)
    assert found["entropy"].item() == pytest.approx(0, abs=1e-12)
    assert found["entropy"].item() >= 0


@given(st.integers(3, 400), st.floats(1e-4, 1e-2))
def test_entropy_weighs_faint_spreads_by_their_squared_variation(patents, spread):
    # T = CV² / 2 but for terms of higher order (methods.md 2.2).
    wave = np.sin(np.arange(patents))
    y = frame(np.column_stack([100 * (1 + spread * wave), 7 * (1 + spread * wave / 3)]))
    squared = (y.to_numpy().std(axis=0) / y.to_numpy().mean(axis=0)) ** 2
    theil = entropy_weights(y)["divergence"].to_numpy() * log(patents)
    assert theil == pytest.approx(squared / 2, rel=2 * spread)


@given(counts, st.sampled_from([2, 10]))
def test_weights_do_not_depend_on_the_base_of_the_logarithm(matrix, base):
    y = varied(matrix)
    divergence = []
    for column in matrix.T:
        p = column[column > 0] / column.sum() if column.any() else np.array([])
        flat = column.min() == column.max()
        divergence.append(0 if flat else log(len(column), base) + (p * np.log(p)).sum() / log(base))
    assert weights(y) == pytest.approx(np.array(divergence) / sum(divergence), abs=1e-9)


@given(st.permutations(range(1, 9)))
def test_percentile_ranks_get_equal_weights(ranks):
    y = frame(np.column_stack([range(1, 9), ranks]))
    assert weights(y) == pytest.approx([0.5, 0.5])


@given(st.integers(20, 200), st.data())
def test_middle_ranks_give_rare_flags_the_least_weight_and_flags_themselves_the_most(size, data):
    rare = data.draw(st.integers(1, size // 10))
    common = data.draw(st.integers(size // 4, size // 2))
    flags = np.arange(size)[:, None] < np.array([rare, common])
    # A flag has two ranks: the middle of the places of those that have it, and of the others.
    middles = np.where(flags, size - (flags.sum(axis=0) - 1) / 2, (size - flags.sum(axis=0) + 1) / 2)
    ranked, plain = weights(benefit(frame(middles), "ratio")), weights(frame(flags))
    assert ranked[0] < ranked[1]
    assert plain[0] > plain[1]


@pytest.mark.parametrize("scale", [1e-300, 1e306])
def test_extreme_units_do_not_overflow(scale):
    y = frame(ZAVADSKAS)
    assert weights(y * scale) == pytest.approx(weights(y), abs=1e-12)


def test_faint_spread_keeps_its_digits():
    # Theil's T of 1 ± s is s² / 2 for small s; subtracting entropy from 1 would leave no digit.
    y = pl.DataFrame({"faint": [1 - 1e-5, 1 + 1e-5], "fainter": [1 - 5e-6, 1 + 5e-6]})
    found = entropy_weights(y)
    assert found["divergence"].to_list() == pytest.approx(
        [0.5e-10 / log(2), 0.125e-10 / log(2)], rel=1e-9, abs=0
    )


# -- normalisation -----------------------------------------------------------------------------


@given(counts)
def test_normalised_values_are_never_negative(matrix):
    x = frame(matrix)
    for method in ("minmax", "ratio", "shift"):
        y = benefit(x, method, shift=0.01)
        assert y.columns == x.columns
        assert (y.to_numpy() >= 0).all()
    assert benefit(x).to_numpy().max() <= 1


def test_directions():
    x = pl.DataFrame({"gain": [1, 2, 4], "cost": [1, 2, 4]})
    directions = {"cost": "-", "gain": "+"}
    assert normalise(x, directions).to_dict(as_series=False) == {
        "gain": pytest.approx([0, 1 / 3, 1]),
        "cost": pytest.approx([1, 2 / 3, 0]),
    }
    assert normalise(x, directions, "ratio").rows() == [(1, 1), (2, 0.5), (4, 0.25)]
    reflected = normalise(x, directions, "ratio", inversion="reflect")
    assert reflected.rows() == [(1, 4), (2, 3), (4, 1)]


@given(counts)
def test_reflected_costs_weigh_what_their_mirror_image_does(matrix):
    x = varied(matrix)
    costs = dict.fromkeys(x.columns, "-")
    mirror = x.select(pl.all().min() + pl.all().max() - pl.all())
    reflected = normalise(x, costs, "ratio", inversion="reflect")
    assert reflected.equals(benefit(mirror, "ratio"))
    # Under minmax an inversion has nothing to choose.
    assert normalise(x, costs).equals(normalise(x, costs, inversion="reflect"))


def test_a_reflected_cost_may_be_0():
    x = pl.DataFrame({"cost": [0, 1, 3]})
    assert normalise(x, {"cost": "-"}, "ratio", inversion="reflect")["cost"].to_list() == [3, 2, 0]


def test_differences_of_rounding_are_none():
    # 0.1 divided by the mean of such values is 1 but for the last digits, which are not stretched.
    x = pl.DataFrame({"flat": [0.1 * 3, 0.3, 0.3], "small": [0.0, 1e-13, 2e-13]})
    assert benefit(x)["flat"].to_list() == [0, 0, 0]
    assert benefit(x)["small"].to_list() == [0, 0.5, 1]


def test_transforms_come_first():
    x = pl.DataFrame({"x": [0.0, 1.0, 16.0]})
    assert benefit(x, transform="sqrt")["x"].to_list() == [0, 0.25, 1]
    assert benefit(x, "ratio", transform="log1p")["x"].to_list() == pytest.approx([0, log(2), log(17)])


def test_no_root_or_logarithm_is_taken_of_an_indicator_with_negative_values():
    x = pl.DataFrame({"disruption": [-1.0, 0.0, 1.0], "count": [0.0, 1.0, 3.0]})
    found = benefit(x, transform="log1p")
    assert found["disruption"].to_list() == [0, 0.5, 1]
    assert found["count"].to_list() == pytest.approx([0, 0.5, 1])


def test_constant_column_becomes_zero():
    x = pl.DataFrame({"flat": [7, 7], "steep": [0, 1]})
    assert benefit(x)["flat"].to_list() == [0, 0]
    assert benefit(x, "shift", shift=0.5)["flat"].to_list() == [0.5, 0.5]


@pytest.mark.parametrize(
    ("x", "options", "message"),
    [
        ([1.0, None], {}, "bad: null, NaN or infinity"),
        ([1.0, float("nan")], {}, "bad: null, NaN or infinity"),
        ([1.0, float("inf")], {}, "bad: null, NaN or infinity"),
        ([1.0, -1.0], {"method": "ratio"}, "bad: no .* of negative values"),
        ([1.0, -1.0], {"method": "shift", "shift": -0.1}, "shift must not be negative"),
    ],
)
def test_normalise_refuses(x, options, message):
    with pytest.raises(ValueError, match=message):
        benefit(pl.DataFrame({"good": [0.0, 1.0], "bad": x}), **options)


def test_normalise_refuses_to_invert_zero():
    with pytest.raises(ValueError, match="cost: 0 has no reciprocal"):
        normalise(pl.DataFrame({"cost": [0, 1]}), {"cost": "-"}, "ratio")


@pytest.mark.parametrize("directions", [{}, {"x": "−"}], ids=["missing", "minus sign U+2212"])
def test_normalise_refuses_unknown_directions(directions):
    with pytest.raises(ValueError, match=r"x: neither \+ nor - as direction"):
        normalise(pl.DataFrame({"x": [0, 1]}), directions)


# -- edge cases --------------------------------------------------------------------------------


def test_columns_that_tell_nothing_weigh_nothing():
    y = pl.DataFrame({"zero": [0.0, 0.0, 0.0], "flat": [3.0, 3.0, 3.0], "x": [0.0, 1.0, 5.0]})
    found = entropy_weights(y)
    assert found["weight"].to_list() == [0, 0, 1]
    assert found["divergence"].to_list()[:2] == [0, 0]
    assert found["entropy"].to_list()[:2] == [1, 1]
    assert found["is_constant"].to_list() == [True, True, False]


def test_divergence_below_rounding_is_none():
    y = pl.DataFrame({"rounding": [1.0, 1.0 + 1e-9], "x": [0.0, 1.0]})
    assert entropy_weights(y)["divergence"].to_list() == [0, 1]


def test_all_columns_constant():
    with pytest.raises(DegenerateInput, match="every indicator is constant: zero, flat"):
        entropy_weights(pl.DataFrame({"zero": [0.0, 0.0], "flat": [2.0, 2.0]}))


def test_one_patent():
    with pytest.raises(DegenerateInput, match="at least two patents, got 1"):
        entropy_weights(pl.DataFrame({"x": [1.0]}))


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), -1.0])
def test_weights_refuse(value):
    with pytest.raises(ValueError, match="bad: null, NaN, infinity or negative values"):
        entropy_weights(pl.DataFrame({"good": [0.0, 1.0], "bad": [1.0, value]}))


# -- cap ---------------------------------------------------------------------------------------


portions = arrays(
    np.float64, st.integers(1, 12), elements=st.floats(0, 1).map(lambda x: x if x > 1e-6 else 0.0)
).filter(lambda x: x.any())


@given(portions, st.floats(0.01, 1))
def test_cap(parts, cap):
    free = parts / parts.sum()
    if cap < (1 - 1e-12) / np.count_nonzero(free):
        with pytest.raises(DegenerateInput, match="cap"):
            capped(free, cap)
        return
    found = capped(free, cap)
    assert found.max() <= cap
    assert abs(found.sum() - 1) < 1e-12
    # Proportional redistribution raises all uncapped weights by one and the same factor.
    below = (found < cap) & (free > 0)
    assert not below.any() or np.ptp(found[below] / free[below]) < 1e-9
    assert (found >= np.minimum(free, cap) - 1e-15).all()
    assert (found[free == 0] == 0).all()


@given(portions)
def test_a_cap_that_none_exceeds_changes_nothing(parts):
    free = parts / parts.sum()
    assert capped(free, float(free.max())) == pytest.approx(free, abs=1e-15)


def test_cap_is_applied_until_none_exceeds():
    # Capping the first lifts the second to .45, so that one pass is not enough.
    assert capped(np.array([0.1, 0.6, 0.3]), 0.4) == pytest.approx([0.2, 0.4, 0.4])


@pytest.mark.parametrize("n", [1, 6, 49])
def test_cap_of_exactly_one_over_n_means_equal_weights(n):
    staircase = np.arange(1.0, n + 1)
    assert capped(staircase / staircase.sum(), 1 / n) == pytest.approx([1 / n] * n)


# -- scores ------------------------------------------------------------------------------------


@given(counts, st.sampled_from(["minmax", "ratio", "shift"]))
def test_scores_lie_between_0_and_100(matrix, method):
    y = benefit(varied(matrix), method, shift=0.5)
    found = scores(y, entropy_weights(y))
    assert found.len() == y.height
    assert found.is_between(0, 100).all()


def test_scores_by_hand():
    y = pl.DataFrame({"a": [0.0, 2.5, 5.0], "b": [0.1, 0.0, 0.1], "flat": [0.0, 0.0, 0.0]})
    found = pl.DataFrame({"indicator": ["flat", "b", "a"], "weight": [0.0, 0.25, 0.75]})
    assert scores(y, found).to_list() == [25, 37.5, 100]


@given(counts)
def test_scores_do_not_depend_on_units(matrix):
    y = varied(matrix)
    weighed = entropy_weights(y)
    assert scores(y * 1000, weighed).to_list() == pytest.approx(scores(y, weighed).to_list())
