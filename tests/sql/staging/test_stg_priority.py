"""Priorities: those of the best source that tells any, each once."""

from tests.worlds import rows, world

CLAIM = {"publication_number": "US-1-B2", "priority_number": "9", "priority_office": "JP"}


def test_a_priority_told_twice_is_one_and_one_without_a_number_is_none():
    connection = world(
        {
            "sources.stg_priority": [
                CLAIM,
                CLAIM,
                CLAIM | {"priority_office": "KR"},
                CLAIM | {"priority_number": None},
            ]
        },
        "staging.stg_priority",
    )
    found = rows(connection, "from staging.stg_priority order by priority_office")
    assert [row["priority_office"] for row in found] == ["JP", "KR"]


def test_the_best_source_that_tells_any_is_taken_whole():
    connection = world(
        {
            "sources.stg_priority": [
                CLAIM | {"priority_number": None},
                CLAIM | {"source_rank": 2, "priority_number": "11234567"},
                CLAIM | {"source_rank": 3, "priority_number": "23456799"},
                CLAIM | {"source_rank": 3, "publication_number": "US-2-B2"},
            ]
        },
        "staging.stg_priority",
    )
    found = rows(connection, "from staging.stg_priority order by publication_number")
    assert [row["priority_number"] for row in found] == ["11234567", "9"]


def test_a_priority_told_with_two_dates_is_one_of_the_earlier():
    dates = [CLAIM | {"priority_date": day} for day in ("2003-05-06", "2003-05-05", None)]
    connection = world({"sources.stg_priority": dates}, "staging.stg_priority")
    [row] = rows(connection, "from staging.stg_priority")
    assert row["priority_date"].isoformat() == "2003-05-05"
