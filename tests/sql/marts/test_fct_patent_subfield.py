"""Sub-fields of families: all that fit, and the first as the primary one."""

from corepath.warehouse.topic.files import Topic
from tests.worlds import by, publications, rows, world

TOPIC = Topic.model_validate(
    {
        "name": "t",
        "title": "T",
        "classes": ["G", "H"],
        "terms": {"chip": {"en": "chip"}},
        "subfield": [
            {"id": "named", "title": "Named", "any": [{"terms": "chip"}]},
            {
                "id": "made",
                "title": "Made",
                "any": [{"classes": ["H01L"]}, {"classes": ["H10"], "terms": "chip"}],
            },
        ],
    }
)


def build(*documents):
    """Build the mart of (number, family, date, symbol, title)."""
    return world(
        {
            "sources.stg_document": publications(
                *(
                    {"publication_number": n, "family_id": f, "publication_date": d, "title": title}
                    for n, f, d, _, title in documents
                )
            ),
            "sources.stg_classification": [
                {"publication_number": n, "symbol": symbol} for n, _, _, symbol, _ in documents
            ],
        },
        "marts.fct_patent_subfield",
        "intermediate.int_family",
        topic=TOPIC,
    )


def test_a_family_has_each_subfield_that_fits_once_and_the_first_is_primary():
    connection = build(
        ("US-1-B2", "1", "2010-01-01", "H10B12/00", "Chip"),
        ("US-2-B2", "2", "2010-01-01", "H01L21/00", "Wafer"),
        ("US-3-B2", "3", "2010-01-01", "G06N3/02", "Learning"),
    )
    found = by(connection, "marts.fct_patent_subfield", "family_id", "subfield")
    assert {key: (row["is_primary"], row["subfield_title"]) for key, row in found.items()} == {
        ("1", "named"): (True, "Named"),
        ("1", "made"): (False, "Made"),
        ("2", "made"): (True, "Made"),
    }
    assert {row["topic"] for row in found.values()} == {"t"}


def test_the_earliest_invention_document_decides_as_it_does_of_the_primary():
    connection = build(
        ("US-1-A1", "1", "2010-01-01", "H01L21/00", "Wafer"),
        ("US-1-B2", "1", "2012-01-01", "H01L21/00", "Chip"),
    )
    [row] = rows(connection, "from marts.fct_patent_subfield")
    assert (row["family_id"], row["subfield"], row["is_primary"]) == ("1", "made", True)
    assert rows(connection, "select subfield from intermediate.int_family") == [{"subfield": "made"}]
