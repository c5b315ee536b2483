"""Planted paths and lags are found, and none where none is planted, from raw dumps to the marts.

At half the size that `python -m benchmarks paths --size full` takes.
"""

import pytest

from benchmarks.paths import COUNTRIES, DIMENSIONS, families_for, find

CORE_FAMILIES = 1_500
# tests/benchmarks/test_calibration.py holds labels and lags in small worlds.
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=[False, True], ids=["planted", "null"])
def found(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("paths")
    families = families_for(CORE_FAMILIES)
    return find(families, 4, folder, null=request.param, samples=60)


def test_labels_are_the_planted_ones_or_none(found):
    assert {(row["country"], row["dimension"]) for row in found["paths"]} == {
        (country, dimension) for country in COUNTRIES for dimension in DIMENSIONS
    }
    for row in found["paths"]:
        assert row["found"] in {row["planted"], "indeterminate"}, row
    missed = [row for row in found["paths"] if not row["as_planted"]]
    assert len(missed) <= 0.25 * len(found["paths"]), missed


def test_lags_are_found_within_half_a_year_and_that_of_the_smallest_within_one(found):
    for lag in found["lags"]:
        within = 1 if lag["country"] == "CN" else 0.5
        assert lag["found"] == pytest.approx(lag["planted"], abs=within), lag
