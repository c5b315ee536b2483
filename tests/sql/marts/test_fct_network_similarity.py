"""Countries' networks compared, from documents to the mart."""

import pytest

from tests.worlds import by, toy, world

SIMILARITY = "marts.fct_network_similarity"


@pytest.fixture(scope="module")
def pairs():
    built = world(toy(), SIMILARITY, countries=["JP", "US", "CN"])
    return by(built, SIMILARITY, "country_a", "country_b", "population", "level")


def test_each_two_countries_are_compared_once_in_the_topics_order(pairs):
    assert {key[:2] for key in pairs} == {("JP", "US"), ("JP", "CN"), ("US", "CN")}
    assert {key[3] for key in pairs} == {"section", "class", "subclass"}


def test_the_jaccard_of_the_toy_corpus_is_that_computed_by_hand(pairs):
    # Fractional counts. US: G06F-G06N 1.5, G06F-H01L .5, G06N-H01L .5, G06F-G06T 1, of 3.5 in all.
    # CN: G06F-G06N 1 of 1. Shares: min 1.5/3.5; max 1 + 2/3.5.
    found = pairs["US", "CN", "all", "subclass"]
    assert found["technologies"] == 4
    assert found["weighted_jaccard"] == pytest.approx((1.5 / 3.5) / (1 + 2 / 3.5))
    # They share no tie.
    assert pairs["JP", "CN", "all", "subclass"]["weighted_jaccard"] == 0


@pytest.mark.parametrize(("times", "has_intervals"), [(29, False), (30, True)])
def test_of_30_families_with_a_tie_there_are_intervals_which_hold_their_numbers(times, has_intervals):
    def again(row, number):
        office, digits, kind = row["publication_number"].split("-")
        ids = {"publication_number": f"{office}-{number}{digits}-{kind}"}
        return row | ids | ({"family_id": f"{row['family_id']}-{number}"} if "family_id" in row else {})

    # Of the toy's families one of China's has a tie.
    given = {
        table: [again(row, number) for row in rows for number in range(times)]
        for table, rows in toy().items()
    }
    built = world(given, "intermediate.int_network_similarity", countries=["US", "CN"])
    (row,) = [
        row
        for row in by(built, "intermediate.int_network_similarity", "population", "level").values()
        if (row["population"], row["level"]) == ("all", "subclass")
    ]
    for measure in ("pearson", "spearman", "weighted_jaccard"):
        if has_intervals:
            assert row[f"{measure}_lower"] <= row[measure] <= row[f"{measure}_upper"]
            assert row[f"{measure}_lower"] < row[f"{measure}_upper"]
        else:
            assert row[measure] is not None
            assert (row[f"{measure}_lower"], row[f"{measure}_upper"]) == (None, None)


def test_networks_too_small_for_equal_samples_have_no_portrait(pairs):
    assert {row["portrait_divergence"] for row in pairs.values()} == {None}
