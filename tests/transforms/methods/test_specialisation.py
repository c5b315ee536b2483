"""Revealed technological advantage, by published figures and by what must hold."""

import csv
from collections import defaultdict

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.sparse import csr_array

from corepath.transforms.methods.specialisation import profile, resampled_counts, rsca, rta
from corepath.warehouse.settings import ROOT

PUBLISHED = ROOT.parent / "shared" / "data" / "rta"
PERIODS = {"1974-1988": "Data1period_Raw_Info.csv", "1989-2003": "Data2period_Raw_Info.csv"}
COUNTS = arrays(float, (4, 5), elements=st.integers(1, 1000).map(float))


def table(name):
    with (PUBLISHED / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def number(text):
    """Read a number with a decimal comma; NA stands where nothing was filed."""
    return 0.0 if text == "NA" else float(text.replace(",", "."))


@pytest.mark.skipif(not PUBLISHED.exists(), reason="real data are beside the project, not in it")
@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("kind", ["general", "AI"])
def test_published_figures_are_met_for_every_country_and_field(period, kind):
    raw = [row for row in table(PERIODS[period]) if row["info"] == kind]
    fields = [str(field) for field in range(1, 36)]
    counts = np.array([[number(row[f]) for f in fields] for row in raw])
    found = dict(zip([row["country_code"] for row in raw], rta(counts), strict=True))
    published = defaultdict(dict)
    for row in table("RCA_4countries_detailed.csv"):
        if row["Period"] == period:
            value = row["RCA_Gen" if kind == "general" else "RCA_AI"]
            published[row["ctry_code"]][row["techn_field_nr"]] = number(value)
    assert set(published) == {"CN", "JP", "KR", "US"}
    for country, of_fields in published.items():
        if country not in found:  # it filed nothing then
            assert not any(of_fields.values())
            continue
        ours = np.nan_to_num(found[country])
        assert ours == pytest.approx([of_fields[f] for f in fields], abs=1e-9), country


@given(COUNTS, st.floats(0.01, 100))
def test_size_does_not_matter(counts, factor):
    assert rta(counts * factor) == pytest.approx(rta(counts), rel=1e-12)


@given(COUNTS)
def test_advantages_weighed_by_the_countries_shares_average_1(counts):
    shares = counts.sum(axis=1) / counts.sum()
    assert shares @ rta(counts) == pytest.approx(np.ones(5), rel=1e-12)


def test_countries_that_differ_in_size_only_have_no_advantage():
    assert rta(np.outer([1, 10, 500], [3, 1, 7])) == pytest.approx(np.ones((3, 3)))


def test_an_empty_class_has_no_advantage_and_an_absent_country_is_at_minus_1():
    advantage = rta(np.array([[5.0, 0.0, 0.0], [5.0, 10.0, 0.0]]))
    assert np.isnan(advantage[:, 2]).all()
    assert rsca(advantage)[0, 1] == -1


@given(st.floats(1e-6, 1e6))
def test_symmetric_advantage_turns_its_sign_with_the_inverse(advantage):
    there, back = rsca(np.array([advantage, 1 / advantage]))
    assert there == pytest.approx(-back, abs=1e-9)


def test_resampled_counts_vary_as_those_of_single_families_would():
    # 40 of 100 families are of the first cell whole, 60 give it a quarter.
    patterns = csr_array(np.array([[1.0, 0.0], [0.25, 0.75]]))
    drawn = resampled_counts(patterns, np.array([40, 60]), draws=20_000, seed=5)[:, 0]
    given_by_a_family = np.repeat([1.0, 0.25], [40, 60])
    assert drawn.mean() == pytest.approx(55, rel=0.005)
    assert drawn.var() == pytest.approx(100 * given_by_a_family.var(), rel=0.03)


def test_an_interval_of_which_no_resample_tells_anything_is_unknown():
    shares = pl.DataFrame(
        {"family": range(31), "country": ["US"] * 30 + ["AT"], "kind": ["G06N"] * 30 + ["A42B"], "share": 1.0}
    )
    # One draw leaves the only family of AT out in a third of the cases.
    found = pl.concat(profile(shares, draws=1, seed=seed) for seed in range(20))
    assert not found.select(pl.col(pl.Float64).is_nan().any()).row(0).count(True)
    unknown = found.filter(pl.col("rsca_low").is_null())
    assert 0 < unknown.height < found.height
