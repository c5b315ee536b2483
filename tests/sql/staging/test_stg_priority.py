"""Priorities: those of every source, each once."""

from tests.worlds import rows, world

CLAIM = {"publication_number": "US-1-B2", "priority_number": "9", "priority_office": "JP"}


def test_a_priority_told_by_two_sources_is_one_and_one_without_a_number_is_none():
    connection = world(
        {"sources.stg_priority": [
            CLAIM, CLAIM | {"source_rank": 2}, CLAIM | {"priority_office": "KR"},
            CLAIM | {"priority_number": None},
        ]},
        "staging.stg_priority",
    )  # fmt: skip
    found = rows(connection, "from staging.stg_priority order by priority_office")
    assert [row["priority_office"] for row in found] == ["JP", "KR"]
