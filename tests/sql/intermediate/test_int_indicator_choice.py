"""Which indicators are known well enough to weigh families by."""

import polars as pl
import pytest

from corepath.warehouse.settings import ROOT
from corepath.warehouse.topic.files import Topic
from tests.worlds import by, world

METHOD = {"indicators": ["cl", "inv"], "minimum_coverage": 0.7}
EXISTING = pl.read_csv(ROOT / "reference" / "indicator.csv")["indicator"].to_list()
TOPIC = Topic(name="any", title="Any", classes=["A"], countries=["JP", "US"], method=METHOD)


def chosen(*countries, topic=TOPIC):
    """The choice over families of countries: (country, families, families with claims)."""
    indicators, places = [], []
    for country, families, with_claims in countries:
        for i in range(families):
            family = f"{country}{i}"
            places.append((family, country, 1.0, 1))
            indicators.append((family, 1.0 if i < with_claims else None))
    indicator = pl.DataFrame(
        indicators, schema={"family": pl.String, "cl": pl.Float64}, orient="row"
    ).with_columns(inv=pl.lit(1.0))
    unknown = [name for name in EXISTING if name not in indicator.columns]
    indicator = indicator.with_columns(**{name: pl.lit(None, pl.Float64) for name in unknown})
    connection = world(
        {
            "intermediate.int_family": indicator.select("family"),
            "intermediate.int_family_country": pl.DataFrame(
                places,
                schema={
                    "family": pl.String,
                    "country": pl.String,
                    "share": pl.Float64,
                    "source_step": pl.Int64,
                },
                orient="row",
            ),
            "intermediate.int_indicator": indicator,
        },
        "intermediate.int_indicator_choice",
        topic=topic,
    )
    return by(connection, "intermediate.int_indicator_choice", "indicator")


def test_an_indicator_known_often_enough_everywhere_is_covered():
    claims = chosen(("JP", 100, 70), ("US", 100, 100))["cl"]
    assert claims["is_covered"]
    assert claims["coverage"] == pytest.approx(0.85)
    assert (claims["lowest_coverage"], claims["lowest_country"]) == (0.7, "JP")


def test_one_compared_country_that_knows_too_little_vetoes_it():
    found = chosen(("JP", 100, 69), ("US", 900, 900))
    assert not found["cl"]["is_covered"]
    assert found["cl"]["lowest_country"] == "JP"
    assert found["inv"]["is_covered"]


def test_a_country_of_fewer_than_30_families_has_no_veto():
    assert chosen(("JP", 29, 0), ("US", 900, 900))["cl"]["is_covered"]
    assert not chosen(("JP", 30, 0), ("US", 900, 900))["cl"]["is_covered"]


def test_a_country_that_is_not_compared_has_no_veto():
    assert chosen(("DE", 100, 0), ("US", 900, 900))["cl"]["is_covered"]


def test_all_families_together_can_veto_it():
    found = chosen(("DE", 500, 0), ("US", 500, 500))["cl"]
    assert not found["is_covered"]
    assert (found["lowest_country"], found["lowest_coverage"]) == ("WORLD", 0.5)


def test_those_that_the_topic_asks_for_come_first_in_its_order_and_the_others_are_not_used():
    topic = TOPIC.model_copy(update={"method": TOPIC.method.model_copy(update={"indicators": ["inv", "fs"]})})
    found = chosen(("US", 40, 40), topic=topic)
    assert {name: found[name]["position"] for name in ("inv", "fs")} == {"inv": 1, "fs": 2}
    assert sorted(row["position"] for row in found.values()) == list(range(1, len(EXISTING) + 1))
    assert {name for name, row in found.items() if row["is_asked"]} == {"inv", "fs"}
    assert {name for name, row in found.items() if row["is_covered"]} == {"inv"}


@pytest.mark.parametrize(
    ("indicator", "known", "reason"),
    [
        ("inv", 100, None),
        ("cl", 70, None),
        ("cl", 69, "left out: known for 69 % of the families of JP, 70 % are needed"),
        ("cl", 0, "left out: known for 0 % of the families of JP, 70 % are needed"),
        ("fs", 100, "left out: no source records offices of documents"),
        ("pr", 100, "not asked for by the topic"),
    ],
)
def test_each_indicator_is_used_or_says_why_not(indicator, known, reason):
    topic = TOPIC.model_copy(
        update={"method": TOPIC.method.model_copy(update={"indicators": ["inv", "cl", "fs"]})}
    )
    found = chosen(("JP", 100, known), ("US", 900, 900), topic=topic)
    assert found[indicator]["reason"] == reason
    assert found[indicator]["is_covered"] is (reason is None)


def test_the_reason_names_all_families_where_they_are_the_weakest():
    assert chosen(("DE", 500, 1), ("US", 500, 500))["cl"]["reason"] == (
        "left out: known for 50.1 % of all families, 70 % are needed"
    )
