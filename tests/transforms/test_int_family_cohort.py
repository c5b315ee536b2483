"""What each family is compared with."""

import polars as pl
import pytest

from corepath.transforms.int_family_cohort import int_family_cohort
from tests.transforms.analysis import Analysis

FIELDS = pl.Series(["IT"] * 35 + ["chemistry"] * 5)


def found(values: dict, **method) -> pl.DataFrame:
    analysis = Analysis(values, **method)
    cohort = analysis.cohort.with_columns(field=FIELDS, office=pl.lit("JP"))
    return int_family_cohort(
        cohort.lazy(), analysis.indicator.lazy(), analysis.choice.lazy(), analysis.topic.lazy()
    )


@pytest.mark.parametrize(
    ("basis", "large", "small", "corrected"),
    [
        ("global", "field, year", "year", 1),
        ("office", "field, office, year", "office, year", 1),
        ("none", "nothing", "nothing", 0),
    ],
)
def test_where_cohorts_are_widened_a_field_of_few_families_is_not_corrected_for(
    basis, large, small, corrected
):
    table = found({"sc": range(40)}, cohort=basis, small_cohorts="widen")
    assert table["cohort"].to_list() == [large] * 35 + [small] * 5
    assert table["field_corrected"].to_list() == [corrected] * 35 + [0] * 5


def test_where_cohorts_shrink_a_field_is_corrected_for_as_far_as_its_families_show_it():
    # Values of 1 and 3 in one field, of 10 and 30 in the other: that is no chance.
    table = found({"sc": [1, 3] * 17 + [1] + [10, 30] * 2 + [10]}, small_cohorts="shrink")
    assert table["cohort"].unique().to_list() == ["field, year"]
    large, small = table["field_corrected"][0], table["field_corrected"][-1]
    assert 0.9 < small < 1
    assert 0.9 < large < 1


def test_fields_that_do_not_differ_need_no_correction():
    table = found({"sc": [1, 3] * 20}, small_cohorts="shrink", cohort="office")
    assert table["field_corrected"].to_list() == [1] * 40
    assert table["cohort"].unique().to_list() == ["field, office, year"]


def test_an_indicator_that_may_be_negative_is_not_corrected():
    table = found({"cd_5": [-1, 1] * 20}, small_cohorts="shrink")
    assert table["field_corrected"].to_list() == [0] * 40
