"""Whom a country learns from in what: an output of the data, not an opinion in the code."""

import polars as pl
import pytest

from tests.worlds import by, world

PATHS = {
    "US": ("I2", "T1", "C1"),
    "JP": ("I3", "T1", "C2"),
    "KR": ("I1", "T2", "C3"),
    "CN": ("I4", "T3", "C4"),
}
# Where their core families are: Chinese ones are spread as Korean ones rather than as American.
PROFILES = {"US": (0.2, 0.2, 0.6), "JP": (0.1, 0.3, 0.6), "KR": (0.7, 0.2, 0.1), "CN": (0.6, 0.3, 0.1)}
# Core families, and advantage (or none), in a technology where much meets and in one apart.
COUNTS = {
    "G06N": {"US": (400, 0.3), "JP": (150, -0.1), "KR": (60, -0.3), "CN": (40, -0.4)},
    "G11C": {"US": (180, -0.2), "JP": (150, 0.0), "KR": (300, 0.5), "CN": (60, 0.4)},
}
PLACES = {"G06N": (900.0, 0.5), "G11C": (50.0, 0.01), **{f"H0{i}L": (10.0, 0.0) for i in range(8)}}


def references(counts=COUNTS, profiles=PROFILES, paths=PATHS, places=PLACES, lags=(), generality=None):
    """Build the mart from figures of countries."""
    advantage = pl.DataFrame(
        [
            (technology, country, float(families), rsca, rsca - 0.05, rsca + 0.05)
            for technology, of_country in counts.items()
            for country, (families, rsca) in of_country.items()
        ],
        schema=["technology", "country", "families", "rsca", "rsca_low", "rsca_high"],
        orient="row",
    )
    labels = pl.DataFrame(
        [
            (country, dimension, label)
            for country, of_country in paths.items()
            for dimension, label in zip(("industry", "technology", "collaboration"), of_country, strict=True)
        ],
        schema=["country", "dimension", "label"],
        orient="row",
    )
    profile = pl.DataFrame(
        [
            ("core", "SEI", str(industry), country, share)
            for country, shares in profiles.items()
            for industry, share in enumerate(shares)
        ],
        schema=["population", "scheme", "industry", "country", "share"],
        orient="row",
    )
    nodes = pl.DataFrame(
        [("WORLD", technology, *place) for technology, place in places.items()],
        schema=["network", "technology", "strength", "betweenness"],
        orient="row",
    )
    undivided = {"population": "all", "period": "all", "subfield": "all", "level": "subclass"}
    # Those of the core are other networks, and must not be taken for it.
    nodes = pl.concat(
        nodes.with_columns(
            **{key: pl.lit(value) for key, value in (undivided | {"population": population}).items()}
        )
        for population in ("all", "core")
    )
    families = {"family": [f"f{i}" for i in range(len(counts))]}
    connection = world(
        {
            "intermediate.int_technology_advantage": advantage,
            "intermediate.int_pathway": labels,
            "intermediate.int_industry_profile": profile,
            "intermediate.int_convergence_node": nodes,
            "intermediate.int_score_rank": pl.DataFrame(families).with_columns(is_core=True),
            "intermediate.int_family": pl.DataFrame(families).with_columns(subfield=pl.lit("memory")),
            "intermediate.int_family_technology": pl.DataFrame(families).with_columns(
                level=pl.lit("subclass"), technology=pl.Series(list(counts))
            ),
            "intermediate.int_indicator": pl.DataFrame(families).with_columns(
                gen=pl.Series([(generality or {}).get(technology) for technology in counts], dtype=pl.Float64)
            ),
            "intermediate.int_technology_lag": pl.DataFrame(
                list(lags),
                schema={
                    "subfield": pl.String,
                    "country": pl.String,
                    "reference": pl.String,
                    "lag": pl.Float64,
                    "lag_low": pl.Float64,
                    "lag_high": pl.Float64,
                    "conclusion": pl.String,
                },
                orient="row",
            ),
        },
        "marts.fct_reference_path",
        countries=list(PATHS),
    )
    return by(connection, "marts.fct_reference_path", "technology", "country")


def test_the_advice_of_the_study_follows_from_data_that_have_its_structure():
    # The US path for what is foundational, the Korean one for existing advantages.
    found = references()
    foundational, advantage = found["G06N", "CN"], found["G11C", "CN"]
    assert (foundational["standing"], foundational["kind"]) == ("lagging", "foundational")
    assert (foundational["reference"], foundational["reference_path"]) == ("US", "I2, T1, C1")
    assert (advantage["standing"], advantage["kind"]) == ("lagging", "advantage")
    assert (advantage["reference"], advantage["reference_path"]) == ("KR", "I1, T2, C3")


def test_data_of_another_structure_give_another_answer():
    # Japan is at the front of what is foundational, and the US has the advantage in memory.
    counts = {
        "G06N": COUNTS["G06N"] | {"US": (150, -0.1), "JP": (400, 0.3)},
        "G11C": COUNTS["G11C"] | {"US": (300, 0.5), "KR": (180, -0.2)},
    }
    found = references(counts)
    assert found["G06N", "CN"]["reference"] == "JP"
    assert found["G11C", "CN"]["reference"] == "US"


def test_of_several_that_are_ahead_the_most_similar_is_the_reference():
    counts = {"G11C": COUNTS["G11C"] | {"US": (300, 0.5), "KR": (290, 0.5)}}
    found = references(counts)["G11C", "CN"]
    assert (found["reference"], found["candidates"]) == ("KR", 2)
    # Common: 0.6 + 0.2 + 0.1; none of three labels is the same.
    assert found["industry_similarity"] == pytest.approx(0.9)
    assert (found["path_similarity"], found["similarity"]) == (0, pytest.approx(0.45))
    profiles = PROFILES | {"CN": PROFILES["US"]}
    assert references(counts, profiles)["G11C", "CN"]["reference"] == "US"
    paths = PATHS | {"US": PATHS["CN"]}
    assert references(counts, paths=paths)["G11C", "CN"]["reference"] == "US"


def test_who_leads_has_no_reference_and_the_reason_says_so():
    leader = references()["G06N", "US"]
    assert (leader["standing"], leader["rank"], leader["reference"]) == ("leading", 1, None)
    assert leader["gap"] == pytest.approx((400 - 150) / 550**0.5)
    assert leader["reason"].endswith("No compared country is surely ahead.")


def test_a_difference_that_chance_can_make_is_level():
    found = references({"G06N": COUNTS["G06N"] | {"JP": (385, 0.2)}})
    assert {found["G06N", c]["standing"] for c in ("US", "JP")} == {"level"}
    # Both are at the front and as similar to China: more families decide.
    assert found["G06N", "CN"]["reference"] == "US"
    assert found["G06N", "CN"]["candidates"] == 2


def test_neither_foundational_nor_an_advantage_is_proposed_nothing():
    found = references(places=PLACES | {"G06N": (1.0, 0.0)})["G06N", "CN"]
    assert (found["kind"], found["reference"]) == ("neither", None)
    assert "no reference is proposed" in found["reason"]


def test_what_few_other_classes_cite_is_not_foundational():
    general = {"G06N": 0.8, "G11C": 0.2}
    assert references(generality=general)["G06N", "CN"]["is_foundational"]
    special = {"G06N": 0.2, "G11C": 0.8}
    assert not references(generality=special)["G06N", "CN"]["is_foundational"]


def test_a_country_of_unknown_path_is_no_reference():
    paths = {c: p for c, p in PATHS.items() if c != "US"} | {"US": ("indeterminate",) * 3}
    found = references(paths=paths)["G06N", "CN"]
    assert found["reference"] is None
    assert "No country with a known path" in found["reason"]


def test_an_advantage_of_less_than_a_cell_is_none():
    counts = {"G11C": COUNTS["G11C"] | {"CN": (4, 0.4)}}
    assert not references(counts)["G11C", "CN"]["is_advantage"]


def test_the_lag_behind_the_leader_is_told_if_it_is_known_well_enough():
    known = ("memory", "CN", "US", 1.5, 1.0, 2.0, "behind")
    vague = ("memory", "CN", "KR", 1.5, -4.0, 6.0, "cannot tell")
    found = references(lags=[known, vague])
    assert found["G06N", "CN"]["lag"] == 1.5
    assert "lag 1.5 years in memory" in found["G06N", "CN"]["reason"]
    assert found["G11C", "CN"]["lag"] == 1.5
    assert "lag" not in found["G11C", "CN"]["reason"].replace("lagging", "")
    assert found["G06N", "JP"]["lag"] is None


def test_every_row_has_a_sentence_with_its_figures():
    for row in references().values():
        assert row["technology"] in row["reason"]
        assert f"{row['families']:.1f}" in row["reason"]
