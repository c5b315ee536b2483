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
        ("applicant", 1): "Sony",
        ("inventor", 1): "Sato, Jun",
    }


def listed(*parties, role="applicant", rank=1, source="test"):
    """Rows of a source: a name, or a name and what is known of it."""
    return [
        NUMBER
        | {"source": source, "source_rank": rank, "role": role, "position": position}
        | ({"name": party} if not isinstance(party, tuple) else {"name": party[0], **party[1]})
        for position, party in enumerate(parties, start=1)
    ]


JP, US, KR = {"country": "JP"}, {"country": "US"}, {"country": "KR"}


def countries(*sources):
    found = staged(*(row for source in sources for row in source))
    return [(row["name"], row["country"]) for _, row in sorted(found.items())]


def test_a_list_without_names_hides_none_that_has_them():
    nameless = listed((None, JP), (None, US))
    assert countries(nameless, listed("Sato, Jun", "Doe, Jane", rank=2)) == [
        ("Sato, Jun", "JP"),
        ("Doe, Jane", "US"),
    ]
    assert countries(nameless) == [(None, "JP"), (None, "US")]


def test_a_list_that_names_some_hides_none_that_names_all():
    assert countries(listed("Sato, Jun", (None, JP)), listed("SATO JUN", "ITO KEN", rank=2)) == [
        ("SATO JUN", None),
        ("ITO KEN", "JP"),
    ]


@pytest.mark.parametrize("other", ["SONY CORP", "Sony, Corp.", "Corp. Sony", "sony  corp"])
def test_a_country_comes_from_the_same_name_elsewhere(other):
    others = listed((other, JP), ("Acme", US), "X", rank=2)
    assert countries(listed("Denso", "Sony Corp"), others) == [("Denso", None), ("Sony Corp", "JP")]


def test_the_better_of_two_namesakes_elsewhere_is_asked_first():
    assert countries(
        listed("Sony"), listed(("SONY", KR), "X", rank=3), listed(("SONY", JP), "X", rank=2)
    ) == [("Sony", "JP")]


def test_namesakes_that_differ_lend_nothing():
    assert countries(
        listed("John Smith", "Ann Poe", "Jun Sato"), listed(("Smith, John", JP), ("Smith, John", US), rank=2)
    ) == [("John Smith", None), ("Ann Poe", None), ("Jun Sato", None)]


def test_a_place_in_a_list_as_long_lends_a_country_if_names_begin_alike():
    assert countries(listed("Sony Corporation", "Denso"), listed(("SONY KK", JP), ("Acme", US), rank=2)) == [
        ("Sony Corporation", "JP"),
        ("Denso", None),
    ]
    assert countries(
        listed("Sony Corporation", "Denso"), listed(("SONY KK", JP), ("Acme", US), "X", rank=2)
    ) == [("Sony Corporation", None), ("Denso", None)]


def test_a_country_that_all_share_is_everybodys():
    other = [("Acme", JP), ("Bolt", JP)]
    assert countries(listed("Sony", "Denso", "Ito"), listed(*other, rank=2)) == [
        ("Sony", "JP"),
        ("Denso", "JP"),
        ("Ito", "JP"),
    ]
    assert countries(listed("Sony", "Denso", "Ito"), listed(*other, "Cog", rank=2)) == [
        ("Sony", None),
        ("Denso", None),
        ("Ito", None),
    ]


def test_what_the_list_itself_says_of_a_country_stands():
    assert countries(listed(("Sony", US)), listed(("SONY", JP), rank=2)) == [("Sony", "US")]


def test_inventors_lend_applicants_nothing():
    assert countries(listed("Ito"), listed(("Ito", JP), rank=2, role="inventor")) == [
        ("Ito", None),
        ("Ito", "JP"),
    ]


@pytest.mark.parametrize(
    ("mine", "patstats", "sector"),
    [
        ({"sector": "INDIVIDUAL"}, [("SONY", {"sector": "COMPANY"}), "X"], "COMPANY"),
        ({}, [("SONY KK", {"sector": "COMPANY"})], "COMPANY"),
        ({"sector": "INDIVIDUAL"}, [("SONY KK", {"sector": "COMPANY"})], "COMPANY"),
        ({"sector": "INDIVIDUAL"}, [("SONY", {})], "INDIVIDUAL"),
        ({"sector": "INDIVIDUAL"}, [("Acme", {"sector": "COMPANY"})], "INDIVIDUAL"),
        ({}, [("Acme", {"sector": "COMPANY"})], None),
    ],
)
def test_patstats_sector_of_the_same_party_comes_first(mine, patstats, sector):
    rows = listed(("Sony", mine)) + listed(*patstats, rank=50, source="patstat")
    [row] = staged(*rows).values()
    assert row["sector"] == sector


def test_a_sector_comes_from_elsewhere_where_there_is_none():
    [row] = staged(*listed("Sony"), *listed(("SONY", {"sector": "COMPANY"}), rank=2)).values()
    assert row["sector"] == "COMPANY"


@pytest.mark.parametrize(
    ("told", "known"),
    [
        ("JP", "JP"),
        ("TW", "TW"),
        ("NA", "NA"),
        ("SU", "SU"),
        ("XX", None),
        ("EP", None),
        ("", None),
        (None, None),
    ],
)
def test_a_country_is_one_of_today_or_of_old_or_not_known(told, known):
    [row] = staged(GOOD | {"name": "Sony", "country": told}).values()
    assert row["country"] == known


def test_the_sector_is_kept():
    [row] = staged(GOOD | {"name": "Doe, Jane", "sector": "INDIVIDUAL"}).values()
    assert row["sector"] == "INDIVIDUAL"
