"""Applicants and inventors: for each role those of one source."""

import pytest

from tests.worlds import by, world

NUMBER = {"publication_number": "US-7650331-B1"}
GOOD, POOR = NUMBER | {"source_rank": 1}, NUMBER | {"source_rank": 2}


def staged(*rows):
    connection = world({"sources.stg_party": rows}, "staging.stg_party")
    return by(connection, "staging.stg_party", "publication_number", "role", "position")


def test_for_each_role_the_best_source_that_names_anyone_is_taken_whole():
    found = staged(
        GOOD | {"name": "Sony", "country": "JP"},
        POOR | {"name": "SONY CORP"},
        POOR | {"name": "Denso", "position": 2},
        POOR | {"role": "inventor", "name": "Sato, Jun"},
    )
    assert {(role, position): row["name"] for (_, role, position), row in found.items()} == {
        ("applicant", 1): "Sony", ("inventor", 1): "Sato, Jun",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("told", "known"), [("JP", "JP"), ("TW", "TW"), ("NA", "NA"), ("SU", None), ("XX", None),
                        ("EP", None), ("", None), (None, None)],
)  # fmt: skip
def test_a_country_is_one_of_today_or_not_known(told, known):
    [row] = staged(GOOD | {"name": "Sony", "country": told}).values()
    assert row["country"] == known


def test_the_sector_is_kept():
    [row] = staged(GOOD | {"name": "Doe, Jane", "sector": "INDIVIDUAL"}).values()
    assert row["sector"] == "INDIVIDUAL"
