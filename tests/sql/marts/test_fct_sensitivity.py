"""What each choice of method does to the countries."""

import polars as pl
import pytest

from tests.worlds import by, world


def stability(*rows: tuple[str, str, str, float, float]) -> pl.DataFrame:
    """Kind, variation, country, core families and rank."""
    return pl.DataFrame(
        [(kind, variation, country, 1, n, rank) for kind, variation, country, n, rank in rows],
        schema=["kind", "variation", "country", "draws", "core_families_median", "rank_core_median"],
        orient="row",
    )


@pytest.fixture(scope="module")
def found():
    connection = world(
        {
            "intermediate.int_country_stability": stability(
                ("choice", "scoring topsis", "JP", 4.0, 1.0),
                ("choice", "scoring topsis", "US", 4.0, 1.0),
                ("choice", "indicator bc", "JP", 6.0, 1.0),
                ("choice", "indicator bc", "US", 2.0, 2.0),
                ("choice", "threshold 0.2", "JP", 4.0, 2.0),
                ("choice", "threshold 0.2", "US", 16.0, 1.0),
                ("method", "none none minmax entropy sum", "US", 1.0, 2.0),
            ),
            "intermediate.int_country_core": pl.DataFrame(
                [
                    ("top_share", 0.1, "JP", 9.0, 2.0),
                    ("top_share", 0.1, "US", 9.0, 8.0),
                    ("top_share", 0.5, "JP", 9.0, 9.0),
                ],
                schema=["rule", "threshold", "country", "families", "core_families"],
                orient="row",
            ),
            "intermediate.int_threshold": pl.DataFrame(
                {"rule": ["top_share"] * 2, "threshold": [0.1, 0.5], "is_default": [True, False]}
            ),
        },
        "marts.fct_sensitivity",
    )
    return by(connection, "marts.fct_sensitivity", "choice", "option", "country")


def test_each_option_is_compared_with_the_topics_own_choice(found):
    assert len(found) == 6
    row = found["indicator", "bc", "JP"]
    assert (row["core_families"], row["core_share"], row["rank_core"]) == (6, 0.75, 1)
    assert row["core_share_change"] == pytest.approx(0.75 - 0.2)
    assert row["rank_core_change"] == -1
    # A larger core of the same mix changes nothing.
    assert found["threshold", "0.2", "US"]["core_share_change"] == pytest.approx(0)


def test_what_moves_the_rank_comes_first_and_then_the_share(found):
    # Both lift JP to the first rank, bc by more.
    largest = {(choice, country) for (choice, _, country), row in found.items() if row["is_largest"]}
    assert largest == {("indicator", "JP"), ("indicator", "US")}
