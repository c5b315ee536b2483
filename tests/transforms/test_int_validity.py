"""Scores held against planted outcomes."""

import numpy as np
import polars as pl
import pytest

from corepath.transforms.int_validity import int_validity
from tests.transforms.analysis import Analysis

FAMILIES = 1000


def validity(later, *, families=FAMILIES, **outcomes):
    """Families of which citations at the horizon foretell what `later` makes of them."""
    chance = np.random.default_rng(1)
    early, claims = chance.poisson(2, families).astype(float), chance.poisson(9, families).astype(float)
    analysis = Analysis({"fc_5": early, "cl": claims}, cohort="none")
    citations = later(early, chance)
    told = {
        "later_citations": citations,
        "reported_citations": [None] * families,
        "is_top_5": citations >= np.quantile(citations, 0.95),
        "is_top_1": [None] * families,
        "is_granted_elsewhere": [None] * families,
        "is_reported_top_5": [None] * families,
    } | outcomes
    subfield = pl.DataFrame({"family": analysis.indicator["family"][:200], "subfield": "chips"})
    found = int_validity(
        analysis.indicator.rename({"fc_5": "fc_3"}).lazy(),
        pl.DataFrame({"family": analysis.indicator["family"], **told}).lazy(),
        analysis.choice.lazy(),
        analysis.cohort.lazy(),
        analysis.country.lazy(),
        subfield.lazy(),
        pl.DataFrame({"country": ["JP", "US"]}).lazy(),
        analysis.topic.lazy(),
    )
    keys = ("knowledge", "outcome", "scope", "name", "weighting", "scoring")
    return {tuple(row[key] for key in keys): row for row in found.iter_rows(named=True)}


def foretold(early, chance):
    return chance.poisson(1 + 3 * early).astype(float)


def unforeseen(early, chance):
    return chance.poisson(5, len(early)).astype(float)


def is_chance(row):
    """Within 3.3 standard errors of one half: the interval of 90 % is as wide as that."""
    return abs(row["auc"] - 0.5) < row["auc_high"] - row["auc_low"]


def test_what_citations_foretell_is_found_by_them_and_not_before_them():
    found = validity(foretold)
    alone = found["horizon", "is_top_5", "all", "all", "citations", "sum"]
    blind = found["ex_ante", "is_top_5", "all", "all", "topic", "sum"]
    assert alone["auc_low"] > 0.8
    assert alone["enrichment_low"] > 5
    assert is_chance(blind)
    assert ("ex_ante", "is_top_5", "all", "all", "citations", "sum") not in found
    assert found["horizon", "later_citations", "all", "all", "citations", "sum"]["rank_correlation"] > 0.7


def test_what_nothing_foretells_is_not_found():
    for weighting in ("topic", "entropy", "equal", "critic", "component", "citations"):
        row = validity(unforeseen)["horizon", "is_top_5", "all", "all", weighting, "sum"]
        assert is_chance(row)


def test_equal_weights_gain_nothing_over_themselves():
    found = validity(foretold)
    for scoring in ("sum", "topsis", "grey"):
        assert found["horizon", "is_top_5", "all", "all", "equal", scoring]["auc_gain"] == 0
        own = found["horizon", "is_top_5", "all", "all", "entropy", scoring]
        equal = found["horizon", "is_top_5", "all", "all", "equal", scoring]
        assert own["auc_gain"] == pytest.approx(own["auc"] - equal["auc"], abs=1e-12)


def test_countries_and_subfields_are_told_where_they_have_families_enough():
    scopes = {(scope, name) for _, _, scope, name, _, _ in validity(foretold)}
    assert scopes == {("all", "all"), ("country", "JP"), ("subfield", "chips")}
    assert validity(foretold, families=99) == {}
