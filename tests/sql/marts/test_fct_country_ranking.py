"""Countries ranked by quantity and by quality."""

import polars as pl
import pytest
from scipy.stats import binomtest, norm

from corepath.warehouse.topic.files import Topic
from tests.worlds import by, world

# Ten families of each country; scores fall from the first family to the last.
COUNTRIES = ["US"] * 10 + ["JP"] * 10 + ["CN"] * 20
TOPIC = Topic(name="any", title="Any", classes=["A"], method={"core_share": 0.25})


# What draws of families and other methods say of each country.
ENDS = {
    "core_families_low": 1.0,
    "core_families_high": 9.0,
    "rank_core_low": 1.0,
    "rank_core_high": 3.0,
    "core_families_method_low": 0.0,
    "core_families_method_high": 10.0,
    "rank_core_method_low": 1.0,
    "rank_core_method_high": 2.0,
}


def ranking(countries, scores, topic=TOPIC):
    names = [f"f{i:03}" for i in range(len(countries))]
    shares = [
        (name, country, 1 / len(of.split()))
        for name, of in zip(names, countries, strict=True)
        for country in of.split()
    ]
    connection = world(
        {
            "intermediate.int_score": pl.DataFrame({"family": names, "score": scores}),
            "intermediate.int_family_country": pl.DataFrame(
                shares, schema=["family", "country", "share"], orient="row"
            ).with_columns(source_step=pl.lit(1)),
            "intermediate.int_country_interval": pl.DataFrame(
                [{"country": country} | ENDS for country in {c for _, c, _ in shares}]
            ),
        },
        "marts.fct_country_ranking",
        topic=topic,
    )
    return by(connection, "marts.fct_country_ranking", "rule", "threshold", "country")


def top_share(found):
    """By threshold and country, of the rule that the topic goes by."""
    return {(t, c): row for (rule, t, c), row in found.items() if rule == "top_share"}


@pytest.fixture(scope="module")
def by_rule():
    return ranking(COUNTRIES, [float(100 - i) for i in range(40)])


@pytest.fixture(scope="module")
def found(by_rule):
    return top_share(by_rule)


def test_every_country_is_there_under_every_rule_and_threshold(by_rule):
    assert {rule for rule, _, _ in by_rule} == {"top_share", "mean_sd", "pareto", "head_tail", "price"}
    assert {0.005, 0.01, 0.03, 0.05, 0.1, 0.2, 0.25, 0.5} <= {
        t for rule, t, _ in by_rule if rule == "top_share"
    }
    thresholds = {(rule, t) for rule, t, _ in by_rule}
    assert len(by_rule) == 3 * len(thresholds)


def test_one_threshold_of_one_rule_is_the_default(by_rule):
    assert {(rule, t) for (rule, t, _), r in by_rule.items() if r["is_default"]} == {("top_share", 0.25)}


def test_a_share_can_be_read_by_rank_at_every_threshold(found):
    # The scores fall from US to JP to CN, ten families each but CN's twenty.
    ranks = {t: [found[t, c]["rank_core"] for c in ("US", "JP", "CN")] for t, _ in found}
    assert ranks[0.1] == [1, 2, 2]
    assert ranks[0.4] == [1, 2, 3]
    assert ranks[0.5] == [1, 1, 3]


def test_other_rules_count_the_families_that_reach_their_cut(by_rule):
    # The root of 40 is 6.3: the best seven. 80 % of the sum: the best 30 hold 2565 of 3220.
    assert by_rule["price", 0.5, "US"]["core_families"] == 7
    assert [by_rule["pareto", 0.8, c]["core_families"] for c in ("US", "JP", "CN")] == [10, 10, 11]


def test_intervals_stand_beside_the_default_alone(by_rule):
    for (_, _, country), row in by_rule.items():
        expected = ENDS if row["is_default"] else dict.fromkeys(ENDS)
        assert {name: row[name] for name in ENDS} == expected, country


def test_core_families_grow_with_the_threshold(found):
    assert [found[t, "US"]["core_families"] for t in (0.01, 0.05, 0.1, 0.2, 0.25)] == [1, 2, 4, 8, 10]


def test_quantity_and_quality_are_ranked_apart_and_their_gap_told(found):
    ranks = {
        c: (r["rank_families"], r["rank_core"], r["quality_gap"]) for (t, c), r in found.items() if t == 0.25
    }
    assert ranks == {"CN": (1, 2, -1), "US": (2, 1, 1), "JP": (2, 2, 0)}


@pytest.mark.parametrize("country", ["US", "JP", "CN"])
@pytest.mark.parametrize(
    ("method", "wide"),
    [({}, 1), ({"small_cohorts": "widen"}, 1.6), ({"small_cohorts": "widen", "cohort": "none"}, 1)],
)
def test_the_interval_is_wilsons_wider_by_six_tenths_where_cohorts_are_widened(country, method, wide):
    topic = Topic(name="any", title="Any", classes=["A"], method={"core_share": 0.25} | method)
    row = top_share(ranking(COUNTRIES, [float(100 - i) for i in range(40)], topic))[0.2, country]
    confidence = 1 - 2 * norm.sf(wide * norm.isf(0.025))
    counts = int(row["core_families"]), int(row["families"])
    interval = binomtest(*counts).proportion_ci(confidence, method="wilson")
    assert row["core_rate_lower"] == pytest.approx(interval.low, abs=1e-12)
    assert row["core_rate_upper"] == pytest.approx(interval.high, abs=1e-12)
    assert row["core_rate"] == row["core_families"] / row["families"]


def test_the_interval_stays_between_0_and_1_around_the_rate():
    # Countries of 1 to 40 families without and with all core families.
    for scores in ([0.0] * 820, [float(i >= 780) for i in range(820)]):
        countries = [
            f"A{chr(65 + i)}" if i < 26 else f"B{chr(39 + i)}" for i in range(40) for _ in range(i + 1)
        ]
        for row in ranking(countries, scores).values():
            assert -1e-12 <= row["core_rate_lower"] <= row["core_rate"] + 1e-12
            assert row["core_rate"] - 1e-12 <= row["core_rate_upper"] <= 1 + 1e-12


def test_the_location_quotient_is_the_share_of_core_over_the_share_of_all(found):
    assert found[0.2, "US"]["location_quotient"] == pytest.approx((8 / 8) / (10 / 40))
    assert found[0.25, "CN"]["location_quotient"] == 0


def test_shared_families_count_by_shares_and_unknown_countries_not_at_all():
    found = top_share(ranking(["US JP", "ZZ", "US", "US"], [9.0, 8.0, 7.0, 6.0]))
    assert {c for _, c in found} == {"US", "JP"}
    assert found[0.25, "US"]["families"] == 2.5
    assert found[0.25, "US"]["core_families"] == found[0.25, "JP"]["core_families"] == 0.5
    assert found[0.25, "JP"]["location_quotient"] == pytest.approx(0.5 / (0.5 / 3))


def test_ranks_do_not_depend_on_the_rounding_of_shares():
    thirds = ["US JP KR"] * 3 + ["US JP KR"] * 4 + ["CN"] * 7
    found = top_share(ranking([*thirds, "US JP KR", "US JP KR"], [1.0] * 16))
    assert {found[0.25, c]["rank_families"] for c in ("US", "JP", "KR")} == {2}


def test_a_quotient_of_no_core_families_is_unknown_rather_than_infinite():
    found = top_share(ranking(["ZZ", *["US"] * 30], [9.0] + [1.0] * 30))
    assert found[0.01, "US"]["core_families"] == 0
    assert found[0.01, "US"]["location_quotient"] is None
