"""Growth of countries between breaks."""

import polars as pl
import pytest

from tests.worlds import by, world

SEGMENT = "marts.fct_trend_segment"


@pytest.fixture(scope="module")
def found():
    """Two countries in 1990 to 2012, of which 2011 and 2012 are not complete.

    JP has 40 families, and 90 from 2000 on, a tenth more each year; half of them are core. US has
    one a year, and none before 1995. The unknown have 10.
    """
    counts = []
    for year in range(1990, 2013):
        japan = (40 if year < 2000 else 90) * 1.1 ** (year - 1990)
        counts += [("JP", year, japan, japan / 2), ("US", year, float(year >= 1995), 0.0)]
        counts += [("ZZ", year, 10.0, 0.0)]
    return by(
        world(
            {
                "intermediate.int_country_year": pl.DataFrame(
                    counts, schema=["country", "year", "families", "core_families"], orient="row"
                ),
                "intermediate.int_data_end": pl.DataFrame({"last_complete_year": [2010]}),
            },
            SEGMENT,
        ),
        SEGMENT,
        "country",
        "series",
        "segment",
    )


def test_segments_end_at_breaks_and_at_the_last_complete_year(found):
    assert {key: (row["first_year"], row["last_year"]) for key, row in found.items() if key[0] == "JP"} == {
        ("JP", "families", 1): (1990, 1999),
        ("JP", "families", 2): (2000, 2010),
        ("JP", "core_families", 1): (1990, 1999),
        ("JP", "core_families", 2): (2000, 2010),
    }


def test_growth_and_level_are_those_of_the_line(found):
    row = found["JP", "families", 2]
    # The line goes through 1 + count, which grows a little less than the count.
    assert row["annual_growth"] == pytest.approx(0.1, abs=0.001)
    assert row["start_level"] == pytest.approx(90 * 1.1**10, rel=0.005)
    assert row["families"] == pytest.approx(sum(90 * 1.1**y for y in range(10, 21)))


def test_a_surge_brings_more_than_the_line_before_promised(found):
    row = found["JP", "families", 2]
    assert row["excess"] == pytest.approx(90 / 40, rel=0.02)
    assert row["is_surge"]
    assert row["break_earliest"] == row["break_latest"] == 2000
    assert row["bic_gain"] > 0
    assert row["p_no_break"] < 0.05


@pytest.mark.parametrize(
    ("counts", "is_surge"),
    [
        # Halved, and growing faster than before: it does not come back to where it was at once.
        ([100 * 1.02**y for y in range(10)] + [50 * 1.1**y for y in range(10)], False),
        # Falling, and then falling less: more than the trend promised, and less than there was.
        ([400 * 0.8**y for y in range(10)] + [50 * 0.97**y for y in range(10)], False),
        # Doubled, and falling slowly from there.
        ([100 * 1.02**y for y in range(10)] + [240 * 0.99**y for y in range(10)], True),
    ],
)
def test_a_surge_also_brings_more_than_there_was(counts, is_surge):
    series = pl.DataFrame(
        {"country": "JP", "series": "families", "year": range(2000, 2020), "families": counts}
    )
    built = world({"intermediate.int_trend_series": series}, SEGMENT)
    assert by(built, SEGMENT, "segment")[2]["is_surge"] is is_surge


def test_the_first_segment_begins_without_a_break(found):
    row = found["JP", "families", 1]
    assert not row["is_surge"]
    assert [row[name] for name in ("excess", "bic_gain", "break_earliest", "break_latest")] == ([None] * 4)


def test_a_series_of_few_families_has_a_reason_and_no_line(found):
    row = found["US", "families", 1]
    assert (row["first_year"], row["last_year"], row["families"]) == (1995, 2010, 16)
    assert row["reason"] == "fewer than 30 families"
    assert [row[name] for name in ("annual_growth", "start_level", "is_surge", "p_no_break")] == ([None] * 4)
    assert found["US", "core_families", 1]["families"] == 0


def test_the_world_has_the_families_of_unknown_countries_too(found):
    world_families = sum(row["families"] for key, row in found.items() if key[:2] == ("WORLD", "families"))
    countries = sum(
        row["families"] for key, row in found.items() if key[0] != "WORLD" and key[1] == "families"
    )
    assert world_families == pytest.approx(countries + 21 * 10)
    assert "ZZ" not in {country for country, _, _ in found}


def test_a_series_of_few_years_has_a_reason():
    counts = pl.DataFrame(
        {"country": "JP", "year": range(2000, 2009), "families": 50.0, "core_families": 5.0}
    )
    end = pl.DataFrame({"last_complete_year": [2010]})
    found = by(
        world({"intermediate.int_country_year": counts, "intermediate.int_data_end": end}, SEGMENT),
        SEGMENT,
        "country",
        "series",
    )
    assert {row["reason"] for row in found.values()} == {"fewer than 10 complete years"}
