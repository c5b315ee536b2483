"""Technologies in which core families gather."""

from datetime import date

import polars as pl
import pytest
from scipy.stats import hypergeom

from corepath.warehouse.topic.method import Method
from tests.worlds import ANY, by, world

CORE = "marts.fct_core_technology"


@pytest.fixture(scope="module")
def built():
    """Sixty families: G06N in the best 12 and 4 more, G06F in 40, H01L in 20, none in the rest.

    Those of G06N are in its main groups 3 and, the best four, also 20.
    """
    codes, groups, places = [], [], []
    for i in range(60):
        family = f"f{i:02}"
        mine = ["G06N"] if i < 12 or i in (30, 31, 32, 33) else []
        mine += ["G06F"] if i < 40 else ["H01L"]
        codes += [(family, code, position) for position, code in enumerate(mine, start=1)]
        places.append((family, "ZZ" if i < 3 else "KR" if i < 5 else "US", 1.0, 1))
        if "G06N" in mine:
            groups.append((family, "G06N3", "G06N", 1))
            groups.append((family, None, "G06F", 3))
            groups += [(family, "G06N20", "G06N", 2)] if i < 4 else []
    scores = [(f"f{i:02}", float(100 - i)) for i in range(60)]
    return world(
        {
            "intermediate.int_family_code": pl.DataFrame(
                codes, schema=["family", "subclass", "position"], orient="row"
            ),
            "intermediate.int_family_group": pl.DataFrame(
                groups, schema=["family", "main_group", "subclass", "position"], orient="row"
            ),
            "intermediate.int_score": pl.DataFrame(scores, schema=["family", "score"], orient="row"),
            # Acme holds five of the six core families, and Zeta one with it. Without claims H01L
            # would be core; without citations nothing changes.
            "intermediate.int_family_organisation": pl.DataFrame(
                [(f"f{i:02}", "ACME", "US", "F", 0.5 if i == 0 else 1.0) for i in range(5)]
                + [("f00", "ZETA", "US", "F", 0.5), ("f05", "BETA", "US", "F", 1.0)],
                schema=["family", "corporate_group", "country", "kind", "share"],
                orient="row",
            ),
            "intermediate.int_core_without": pl.DataFrame(
                [("cl", f"f{i}") for i in range(54, 60)] + [("fc_5", f"f{i:02}") for i in range(6)],
                schema=["indicator", "family"],
                orient="row",
            ),
            "intermediate.int_family_country": pl.DataFrame(
                places, schema=["family", "country", "share", "source_step"], orient="row"
            ),
            "intermediate.int_cohort": pl.DataFrame(
                {"family": [f for f, _ in scores], "year": 2010, "field": "IT", "office": "US"}
            ),
            "intermediate.int_family": pl.DataFrame(
                {
                    "family": [f for f, _ in scores],
                    "family_id": [f for f, _ in scores],
                    "priority_date": [date(2010, 1, 1)] * 60,
                    "subfield": pl.Series([None] * 60, dtype=pl.String),
                }
            ),
        },
        CORE,
        "marts.fct_patent_technology",
    )


@pytest.fixture(scope="module")
def found(built):
    return {
        key: row
        for (level, key), row in by(built, CORE, "level", "technology").items()
        if level == "subclass"
    }


@pytest.fixture(scope="module")
def groups(built):
    return {
        key: row
        for (level, key), row in by(built, CORE, "level", "technology").items()
        if level == "main_group"
    }


def test_counts_and_quotient_are_those_of_the_families(found):
    # The core is the best 6 of 60.
    assert (found["G06N"]["families"], found["G06N"]["core_families"]) == (16, 6)
    assert (found["H01L"]["families"], found["H01L"]["core_families"]) == (20, 0)
    assert found["G06N"]["core_rate"] == 6 / 16
    assert found["G06N"]["location_quotient"] == pytest.approx((6 / 6) / (16 / 60))


def test_families_are_compared_with_others_of_as_many_technologies(found):
    # Fewer than twenty are core, so that all families make one stratum, and both tests agree.
    p = {t: hypergeom.sf(row["core_families"] - 1, 60, 6, row["families"]) for t, row in found.items()}
    for technology, row in found.items():
        assert row["p_value"] == pytest.approx(p[technology])
        assert row["hypergeometric_p"] == pytest.approx(p[technology])
        assert row["expected_core_families"] == pytest.approx(row["families"] * 6 / 60)
    ordered = sorted(p.values())
    assert found["G06N"]["q_value"] == pytest.approx(
        min(q * 3 / i for i, q in enumerate(ordered, start=1) if q >= p["G06N"])
    )


def test_a_bare_subclass_is_no_main_group(groups):
    assert all(len(technology) > 4 for technology in groups)


def test_a_core_technology_has_an_excess_that_chance_does_not_explain(found):
    assert [t for t, row in found.items() if row["is_core_technology"]] == ["G06N"]
    assert {t: row["rank"] for t, row in found.items()}["G06N"] == 1
    assert sorted(row["rank"] for row in found.values()) == [1, 2, 3]


def test_the_leading_country_is_one_that_is_known_and_has_the_most_core_families(found):
    assert (found["G06N"]["leading_country"], found["G06N"]["leading_families"]) == ("KR", 2)
    assert found["H01L"]["leading_country"] is None


def test_a_technology_bears_its_title(found):
    assert found["H01L"]["title"].upper().startswith("SEMICONDUCTOR")


def test_each_level_is_tested_and_ranked_by_itself(found, groups):
    assert {t: (row["families"], row["core_families"]) for t, row in groups.items()} == {
        "G06N3": (16, 6),
        "G06N20": (4, 4),
    }
    # The same counts; but only 16 families have a main group, and all of them have this one.
    assert groups["G06N3"]["hypergeometric_p"] == found["G06N"]["hypergeometric_p"]
    assert groups["G06N3"]["p_value"] == pytest.approx(1)
    assert groups["G06N20"]["p_value"] == pytest.approx(hypergeom.sf(3, 16, 6, 4))
    assert sorted(row["rank"] for row in groups.values()) == [1, 2]
    assert not any(row["is_core_technology"] for row in groups.values())


def test_a_main_group_bears_its_title_and_its_subclass(groups):
    assert groups["G06N3"]["subclass"] == "G06N"
    assert "biological models" in groups["G06N3"]["title"]


def test_a_family_spreads_one_over_its_technologies(found, groups):
    # The best 12 and four more have G06N and G06F, 24 have G06F alone.
    counts = {
        t: (row["fractional_families"], row["fractional_core_families"])
        for t, row in (found | groups).items()
    }
    assert counts == {
        "G06N": (8, 3),
        "G06F": (8 + 24, 3),
        "H01L": (20, 0),
        "G06N3": (12 + 2, 4),
        "G06N20": (2, 2),
    }
    assert found["G06N"]["fractional_location_quotient"] == pytest.approx((3 / 6) / (8 / 60))


def test_the_second_country_follows_the_first(found):
    row = found["G06N"]
    assert (row["leading_families"], row["second_country"], row["second_families"]) == (2, "US", 1)
    assert found["H01L"]["second_country"] is None


def test_the_topic_sets_the_limits():
    strict = ANY.model_copy(update={"method": Method(technology_minimum=7)})
    counts = pl.DataFrame(
        {
            "level": "subclass",
            "technology": ["G06N", "H01L"],
            "families": [16, 44],
            "core_families": [6, 0],
            "fractional_families": [16.0, 44.0],
            "fractional_core_families": [6.0, 0.0],
        }
    )
    ranks = pl.DataFrame({"family": range(60), "is_core": [i < 6 for i in range(60)]})
    core = "intermediate.int_core_technology"
    given = {
        "intermediate.int_technology_count": counts,
        "intermediate.int_technology_breadth": counts.with_columns(
            breadth=pl.lit(1, pl.Int64), usual=pl.lit(100, pl.Int64)
        ),
        "intermediate.int_score_rank": ranks,
    }
    assert by(world(given, core), core, "technology")["G06N"]["is_core_technology"]
    assert not by(world(given, core, topic=strict), core, "technology")["G06N"]["is_core_technology"]


def test_main_groups_without_a_core_family_are_left_out():
    counts = pl.DataFrame(
        {
            "level": ["subclass", "subclass", "main_group"],
            "technology": ["G06N", "H01L", "H01L21"],
            "families": [16, 44, 3],
            "core_families": [6, 0, 0],
        }
    )
    ranks = pl.DataFrame({"family": range(60), "is_core": [i < 6 for i in range(60)]})
    core = "intermediate.int_core_technology"
    given = {
        "intermediate.int_technology_count": counts,
        "intermediate.int_technology_breadth": counts.with_columns(
            breadth=pl.lit(1, pl.Int64), usual=pl.lit(100, pl.Int64)
        ),
        "intermediate.int_score_rank": ranks,
    }
    assert set(by(world(given, core), core, "technology")) == {"G06N", "H01L"}


def test_families_are_linked_to_their_technologies(built):
    links = by(built, "marts.fct_patent_technology", "family_id", "level", "technology")
    assert len(links) == 60 + 16 + 16 + 4
    row = links["f00", "main_group", "G06N3"]
    assert (row["position"], row["share"], row["is_core_technology"]) == (1, 0.5, False)
    assert links["f00", "subclass", "G06N"]["is_core_technology"]


def test_who_holds_a_technology_and_what_it_hangs_on(found):
    g06n = found["G06N"]
    assert (g06n["largest_group"], g06n["largest_group_share"]) == ("ACME", 4.5 / 6)
    # Without claims others would be core; without Acme's families one core family is left of it.
    assert (g06n["lost_without_indicators"], g06n["lost_without_groups"]) == ("cl", "ACME")
    assert g06n["is_robust"] is False
    assert found["H01L"]["is_robust"] is None
    assert found["H01L"]["largest_group"] is None
