"""Technologies in which core families gather."""

from datetime import date

import polars as pl
import pytest
from scipy.stats import hypergeom

from tests.worlds import by, world

CORE = "marts.fct_core_technology"


@pytest.fixture(scope="module")
def found():
    """Sixty families: G06N in the best 12 and 4 more, G06F in 40, H01L in 20, none in the rest."""
    codes, places = [], []
    for i in range(60):
        family = f"f{i:02}"
        mine = ["G06N"] if i < 12 or i in (30, 31, 32, 33) else []
        mine += ["G06F"] if i < 40 else ["H01L"]
        codes += [(family, code, position) for position, code in enumerate(mine, start=1)]
        places.append((family, "ZZ" if i < 3 else "KR" if i < 5 else "US", 1.0, 1))
    scores = [(f"f{i:02}", float(100 - i)) for i in range(60)]
    connection = world(
        {
            "intermediate.int_family_code": pl.DataFrame(
                codes, schema=["family_id", "subclass", "position"], orient="row"
            ),
            "intermediate.int_score": pl.DataFrame(
                scores, schema=["family_id", "score"], orient="row"
            ),
            "intermediate.int_family_country": pl.DataFrame(
                places, schema=["family_id", "country", "share", "source_step"], orient="row"
            ),
            "intermediate.int_family_group": pl.DataFrame(
                [], schema={"family_id": pl.String, "main_group": pl.String}
            ),
            "intermediate.int_family": pl.DataFrame(
                {
                    "family_id": [f for f, _ in scores],
                    "priority_date": [date(2010, 1, 1)] * 60,
                    "subfield": pl.Series([None] * 60, dtype=pl.String),
                }
            ),
        },
        CORE,
    )
    return by(connection, CORE, "technology")


def test_counts_and_quotient_are_those_of_the_families(found):
    # The core is the best 6 of 60.
    assert (found["G06N"]["families"], found["G06N"]["core_families"]) == (16, 6)
    assert (found["H01L"]["families"], found["H01L"]["core_families"]) == (20, 0)
    assert found["G06N"]["core_rate"] == 6 / 16
    assert found["G06N"]["location_quotient"] == pytest.approx((6 / 6) / (16 / 60))


def test_chance_is_the_hypergeometric_and_its_discovery_rate_after_benjamini_hochberg(found):
    p = {t: hypergeom.sf(row["core_families"] - 1, 60, 6, row["families"])
         for t, row in found.items()}  # fmt: skip
    for technology, row in found.items():
        assert row["hypergeometric_p"] == pytest.approx(p[technology])
    ordered = sorted(p.values())
    assert found["G06N"]["q_value"] == pytest.approx(
        min(q * 3 / i for i, q in enumerate(ordered, start=1) if q >= p["G06N"])
    )


def test_a_core_technology_has_an_excess_that_chance_does_not_explain(found):
    assert [t for t, row in found.items() if row["is_core_technology"]] == ["G06N"]
    assert {t: row["rank"] for t, row in found.items()}["G06N"] == 1
    assert sorted(row["rank"] for row in found.values()) == [1, 2, 3]


def test_the_leading_country_is_one_that_is_known_and_has_the_most_core_families(found):
    assert (found["G06N"]["leading_country"], found["G06N"]["leading_families"]) == ("KR", 2)
    assert found["H01L"]["leading_country"] is None


def test_a_technology_bears_its_title(found):
    assert found["H01L"]["title"].upper().startswith("SEMICONDUCTOR")
