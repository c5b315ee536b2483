"""Cohorts: who is in one, against a search of all patents, and what is done with it."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corepath.transforms.methods.cohort import cohorts, cut, fill, levels, relate, winsorise

patents = st.lists(
    st.tuples(st.integers(2000, 2009), st.sampled_from("ABC"), st.sampled_from(["JP", "US"])),
    min_size=1,
    max_size=60,
)


def frame(rows) -> pl.DataFrame:
    schema = {"year": pl.Int64, "field": pl.String, "office": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def one_cohort(patents: int):
    return cohorts(frame([(2000, "A", "US")] * patents))


def searched(rows, row, minimum):
    """Name the patents of a patent's cohort by going through all of them, the closest first."""
    year, field, office = row
    for same in ((field, office), (None, office), (None, None)):
        for width in (0, 1, 2):
            found = [
                i
                for i, (y, f, o) in enumerate(rows)
                if abs(y - year) <= width and same[0] in (f, None) and same[1] in (o, None)
            ]
            if len(found) >= minimum:
                return found
    return list(range(len(rows)))


@given(patents, st.integers(1, 20))
def test_each_patent_has_the_closest_cohort_that_is_large_enough(rows, minimum):
    found = cohorts(frame(rows), minimum)
    # Powers of 2 add up to a sum that tells which patents are in it.
    marks = 2.0 ** np.arange(len(rows)) if len(rows) <= 50 else np.arange(len(rows), dtype=float)
    expected = [sum(marks[searched(rows, row, minimum)]) for row in rows]
    assert found.sums(marks)[found.cohort].tolist() == expected


@given(patents, st.integers(1, 20), st.randoms(use_true_random=False))
def test_the_order_of_patents_changes_no_cohort(rows, minimum, random):
    order = random.sample(range(len(rows)), len(rows))
    before = cohorts(frame(rows), minimum)
    after = cohorts(frame([rows[i] for i in order]), minimum)
    assert after.cohort.tolist() == before.cohort[order].tolist()


def test_30_patents_make_a_cohort_and_29_do_not():
    rows = [(2000, "A", "US")] * 30 + [(2000, "B", "US")] * 29
    found = cohorts(frame(rows))
    sizes = found.sums(np.ones(59))[found.cohort]
    assert set(sizes[:30]) == {30}
    assert set(sizes[30:]) == {59}


def test_a_cohort_moves_with_the_year():
    rows = [(year, "A", "US") for year in (2000, 2001, 2002, 2003) for _ in range(15)]
    found = cohorts(frame(rows))
    years = np.array([row[0] for row in rows], dtype=float)
    means = found.sums(years) / found.sums(np.ones(60))
    assert means[found.cohort][::15].tolist() == [2000.5, 2001, 2002, 2002.5]


@given(patents, st.floats(0, 1))
def test_quantiles_are_those_of_the_members(rows, quantile):
    found = cohorts(frame(rows), minimum=5)
    values = np.sin(np.arange(len(rows)) * 7)
    values[::3] = np.nan
    got = found.quantiles(values, quantile, of=found.cohort)[found.cohort]
    for row, result in zip(rows, got, strict=True):
        members = values[searched(rows, row, 5)]
        known = members[~np.isnan(members)]
        if len(known):
            assert result == pytest.approx(np.quantile(known, quantile), abs=1e-12)
        else:
            assert np.isnan(result)


def test_a_gap_takes_the_median_of_its_cohort_else_of_all():
    rows = [(2000, "A", "US")] * 30 + [(2010, "A", "US")] * 30
    x = np.array([np.nan, *range(29), *[np.nan] * 30])
    filled = fill(x, cohorts(frame(rows)))
    assert filled[0] == 14
    assert filled[1:30].tolist() == list(range(29))
    assert set(filled[30:]) == {14}


def test_zeros_stay_zeros_and_the_usual_becomes_1():
    x = np.array([0.0, 0.0, 3.0, 9.0])
    assert relate(x, x, one_cohort(4)).tolist() == [0, 0, 1, 3]


def test_a_cohort_of_zeros_is_0_throughout():
    assert relate(np.zeros(3), np.zeros(3), one_cohort(3)).tolist() == [0, 0, 0]


def test_filled_values_make_no_mean():
    x = np.array([1.0, 3.0, np.nan])
    assert relate(x, np.array([1.0, 3.0, 50.0]), one_cohort(3)).tolist() == [0.5, 1.5, 25]


def test_a_cohort_that_knows_none_is_related_to_the_mean_of_all():
    rows = [(2000, "A", "US")] * 30 + [(2010, "A", "US")] * 30
    x = np.array([*[2.0] * 15, *[6.0] * 15, *[np.nan] * 30])
    within = cohorts(frame(rows))
    assert relate(x, fill(x, within), within).tolist() == [0.5] * 15 + [1.5] * 15 + [1] * 30


def test_equal_ratios_of_whole_numbers_are_ties():
    # Means of 7/3 and 14/3: as fractions of them, 1 and 2 are the same, and stay it in binary.
    rows = [(2000, "A", "US")] * 3 + [(2001, "A", "US")] * 3
    x = np.array([1.0, 2.0, 4.0, 2.0, 4.0, 8.0])
    related = relate(x, x, cohorts(frame(rows), minimum=3))
    assert related[:3].tolist() == related[3:].tolist()


@given(patents, st.floats(1e-3, 1e3))
def test_the_unit_of_an_indicator_does_not_matter_beside_its_cohort(rows, unit):
    within = cohorts(frame(rows), minimum=5)
    x = np.arange(len(rows)) % 7.0
    assert relate(x * unit, x * unit, within) == pytest.approx(relate(x, x, within))


def test_winsorising_cuts_at_the_quantile_of_the_cohort_and_nowhere_else():
    rows = [(2000, "A", "US")] * 100 + [(2010, "A", "US")] * 100
    x = np.array([*range(100), *range(1000, 1100)], dtype=float)
    cut = winsorise(x, x, cohorts(frame(rows)), 0.99)
    assert cut[:99].tolist() == x[:99].tolist()
    assert cut[99] == pytest.approx(98.01)
    assert cut[199] == pytest.approx(1098.01)


@given(patents, st.floats(0.51, 0.99))
def test_winsorising_first_or_relating_first_is_the_same(rows, quantile):
    within = cohorts(frame(rows), minimum=5)
    x = (np.arange(len(rows)) * 5) % 11.0
    cut_first = relate(x, winsorise(x, x, within, quantile), within)
    related = relate(x, x, within)
    largest = within.quantiles(x, quantile, of=within.cohort)[within.cohort]
    assert cut_first == pytest.approx(np.minimum(related, relate(x, largest, within)))


def test_a_cohort_says_what_it_has_in_common():
    """Forty of field A in 2000; twenty of B then and ten in 2001; one of C."""
    rows = [(2000, "A", "US")] * 40 + [(2000, "B", "US")] * 20 + [(2001, "B", "US")] * 10
    found = cohorts(frame([*rows, (2000, "C", "US")])).common
    assert found.unique(maintain_order=True).to_list() == [
        "field, office, year",
        "field, office, years ±1",
        "office, year",
    ]
    assert cohorts(frame([(2000, "A", "US")])).common.to_list() == ["nothing"]


# -- levels of small groups --------------------------------------------------------------------


def test_a_field_is_shrunk_by_its_credibility():
    """By hand. The mean is 3, so that 12 and 6 are expected of the fields, which show 4 and 14:
    1/3 and 7/3 of it. Squares over 3 sum up to 106/3; less 12/9 + 6 * 49/9, over 6 - 2, the variance
    within is 1/3. That between is (12 * 4/9 + 6 * 16/9 - 1/3) / (18 - (144 + 36) / 18) = 47/24, so
    that κ is 8/47, and credibilities are 12 / (12 + 8/47) and 6 / (6 + 8/47). A year within a field
    departs no further.
    """
    rows = [(2001, "IT", "US")] * 4 + [(2001, "Optics", "US")] * 2
    found = levels(np.array([0.0, 2.0, 1.0, 1.0, 6.0, 8.0]), cohorts(frame(rows)))
    large, small = 12 / (12 + 8 / 47), 6 / (6 + 8 / 47)
    assert found.field_credibility == pytest.approx([large] * 4 + [small] * 2)
    assert found.level == pytest.approx([3 * (1 - large * 2 / 3)] * 4 + [3 * (1 + small * 4 / 3)] * 2)


def test_what_does_not_differ_beyond_chance_is_left_at_the_mean_of_all():
    rows = [(2000 + i % 3, "AB"[i % 2], "US") for i in range(60)]
    found = levels(np.array([1.0, 1.0, 3.0, 3.0] * 15), cohorts(frame(rows)))
    assert found.level == pytest.approx([2.0] * 60)
    assert set(found.field_credibility) == {1}


@given(patents, st.floats(1e-3, 1e3), st.randoms(use_true_random=False))
def test_neither_the_unit_nor_the_order_of_patents_changes_a_level(rows, unit, random):
    x = (np.arange(len(rows)) * 5) % 11.0
    x[1::4] = np.nan
    before = levels(x, cohorts(frame(rows)))
    order = random.sample(range(len(rows)), len(rows))
    after = levels(unit * x[order], cohorts(frame([rows[i] for i in order])))
    assert after.level == pytest.approx(unit * before.level[order], rel=1e-6)
    assert np.isfinite(before.level).all()
    assert (before.level >= 0).all()
    assert ((before.field_credibility >= 0) & (before.field_credibility <= 1)).all()


@given(patents)
def test_a_level_lies_between_the_least_and_the_largest_mean_that_a_step_sees(rows):
    """Of one year and office, between the mean of all and that of the field."""
    rows = [(2000, field, "US") for _, field, _ in rows]
    x = (np.arange(len(rows)) * 5) % 11.0
    found = levels(x, cohorts(frame(rows))).level
    for field in {row[1] for row in rows}:
        own = np.array([row[1] == field for row in rows])
        ends = sorted((x.mean(), x[own].mean()))
        assert ends[0] - 1e-9 <= found[own][0] <= ends[1] + 1e-9


def test_small_fields_that_differ_are_corrected_for_where_widening_gives_them_up():
    """Planted: forty fields of some 15 families in ten years, usual values of 1 to 20."""
    random = np.random.default_rng(5)
    fields = np.repeat(np.arange(40), 15)
    usual = np.geomspace(1, 20, 40)[fields]
    years = random.integers(2000, 2010, len(fields))
    growth = 1 + (years - 2000) / 5
    x = random.poisson(usual * growth * random.gamma(1, 1, len(fields))).astype(float)
    within = cohorts(frame([(y, f"field {f}", "US") for y, f in zip(years.tolist(), fields, strict=True)]))
    truth = usual * growth

    def left(beside: np.ndarray) -> float:
        """Tell how much of a field's difference is left: the slope of logarithms, 1 for all."""
        means = np.array([beside[fields == field].mean() for field in range(40)])
        return np.polyfit(np.log(np.geomspace(1, 20, 40)), np.log(means), 1)[0]

    found = levels(x, within)
    assert left(relate(x, x, within)) > 0.9
    assert abs(left(x / found.level)) < 0.2
    assert found.field_credibility.min() > 0.4
    # And closer to the truth than the mean of each field's few families in a year.
    cells = fields * 10 + years - 2000
    own = (np.bincount(cells, x) / np.maximum(np.bincount(cells), 1))[cells]
    error = np.mean((np.log(found.level) - np.log(truth)) ** 2)
    assert error < 0.5 * np.mean((np.log(np.maximum(own, 0.1)) - np.log(truth)) ** 2)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=40), st.floats(0.51, 1))
def test_a_cut_makes_no_value_larger_and_leaves_some_difference(values, quantile):
    x = np.array(values, dtype=float)
    found = cut(x, x, quantile)
    assert (found <= x).all()
    assert (len(set(found)) == 1) == (len(set(values)) == 1)
    assert (np.diff(found[np.argsort(x, kind="stable")]) >= 0).all()
