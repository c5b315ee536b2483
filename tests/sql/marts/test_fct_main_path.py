"""Which families carried a field on: of the world, a country and a sub-field."""

import pytest

from corepath.warehouse.topic.files import Topic
from tests.worlds import publications, rows, world

MART = "marts.fct_main_path"
TOPIC = Topic.model_validate(
    {
        "name": "any",
        "title": "Anything",
        "classes": ["G", "H"],
        "countries": ["JP", "US"],
        "subfield": [{"id": "hardware", "title": "Hardware", "any": [{"classes": ["H"]}]}],
    }
)
# Families a to e are filed one a year; a to d by Japan's, e by an American, a and b are hardware.
FAMILIES = {
    "a": ("US-7000001-B2", "JP", "H01L21/00"),
    "b": ("US-7000002-B2", "JP", "H01L21/00"),
    "c": ("US-7000003-B2", "JP", "G06N3/02"),
    "d": ("US-7000004-B2", "JP", "G06N3/02"),
    "e": ("US-7000005-B2", "US", "G06N3/02"),
}
CITATIONS = ["ba", "ca", "db", "dc", "da", "ed", "ae", "aa"]  # who cites whom


@pytest.fixture(scope="module")
def found() -> dict[tuple[str, str], dict[str, dict]]:
    connection = world(
        {
            "sources.stg_document": publications(
                *(
                    {
                        "publication_number": number,
                        "family_id": family,
                        "priority_date": f"{2000 + i}-05-01",
                        "filing_date": f"{2000 + i}-05-01",
                    }
                    for i, (family, (number, *_)) in enumerate(FAMILIES.items())
                )
            ),
            "sources.stg_classification": [
                {"publication_number": number, "symbol": symbol} for number, _, symbol in FAMILIES.values()
            ],
            "sources.stg_party": [
                {"publication_number": number, "name": f"Qx {country}", "country": country}
                for number, country, _ in FAMILIES.values()
            ],
            "sources.stg_citation": [
                {"citing_publication": FAMILIES[citing][0], "cited_publication": FAMILIES[cited][0]}
                for citing, cited in CITATIONS
            ],
        },
        MART,
        topic=TOPIC,
    )
    networks: dict[tuple[str, str], dict[str, dict]] = {}
    for row in rows(connection, f"from {MART}"):
        links = networks.setdefault((row["network"], row["subfield"]), {})
        links[row["cited_family_id"] + row["citing_family_id"]] = row
    return networks


def test_the_world_has_three_ways_of_which_each_passes_the_last_link(found) -> None:
    links = found["WORLD", "all"]
    shares = {"ab": 1 / 3, "ac": 1 / 3, "ad": 1 / 3, "bd": 1 / 3, "cd": 1 / 3, "de": 1}
    assert {link: row["spc_share"] for link, row in links.items()} == pytest.approx(shares)
    assert {link for link, row in links.items() if row["is_global"]} == {"ab", "bd", "de"}
    assert all(row["is_key_route"] for row in links.values()), "there are fewer than ten links"
    assert {row["network_links"] for row in links.values()} == {6}, "not those to a later or the same family"
    # From the best link first, then from the others in order of their ends.
    assert {link: row["key_route"] for link, row in links.items()} == {
        "de": 1,
        "ab": 1,
        "bd": 1,
        "ac": 3,
        "cd": 3,
        "ad": 4,
    }
    assert (links["de"]["cited_priority_year"], links["de"]["citing_priority_year"]) == (2003, 2004)


def test_a_country_and_a_subfield_have_the_links_within_them(found) -> None:
    assert found.keys() == {("WORLD", "all"), ("WORLD", "hardware"), ("JP", "all"), ("JP", "hardware")}
    assert set(found["JP", "all"]) == {"ab", "ac", "ad", "bd", "cd"}
    assert set(found["WORLD", "hardware"]) == {"ab"}
    assert found["JP", "hardware"]["ab"]["spc_share"] == 1
