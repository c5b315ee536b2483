"""What each family is compared with."""

import polars as pl
import pytest

from corepath.transforms.int_family_cohort import int_family_cohort
from tests.transforms.analysis import Analysis


@pytest.mark.parametrize(
    ("basis", "large", "small"),
    [
        ("global", "field, year", "year"),
        ("office", "field, office, year", "office, year"),
        ("none", "nothing", "nothing"),
    ],
)
def test_a_field_of_few_families_is_not_corrected_for(basis, large, small):
    analysis = Analysis({"sc": range(40)}, cohort=basis)
    cohort = analysis.cohort.with_columns(
        field=pl.Series(["IT"] * 35 + ["chemistry"] * 5), office=pl.lit("JP")
    )
    found = int_family_cohort(cohort.lazy(), analysis.topic.lazy())["cohort"].to_list()
    assert found == [large] * 35 + [small] * 5
