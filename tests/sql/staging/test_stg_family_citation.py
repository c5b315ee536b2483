"""Which family cites which."""

from datetime import date

from tests.worlds import by, publications, world


def test_families_cite_each_other_once_and_never_themselves():
    connection = world(
        {
            "sources.stg_document": publications(
                {"publication_number": "US-1-A1", "family_id": "f",
                 "publication_date": "2005-01-01"},
                {"publication_number": "US-2-B2", "family_id": "f"},
                {"publication_number": "US-3-B2", "family_id": "g"},
                {"publication_number": "US-4-B2", "family_id": "g"},
            ),
            "sources.stg_citation": [
                {"citing_publication": citing, "cited_publication": cited}
                for citing, cited in [
                    ("US-2-B2", "US-1-A1"),  # itself
                    ("US-2-B2", "US-3-B2"),
                    ("US-1-A1", "US-4-B2"),  # the same family once more
                    ("US-2-B2", "EP-9-A1"),  # not loaded
                    ("US-1-A1", "EP-9"),  # the same without its kind
                    ("US-3-B2", "US-1-A1"),
                    ("US-99-B2", "US-1-A1"),  # whoever cites is not loaded
                ]
            ] + [{"citing_publication": "US-2-B2", "npl": "A book"}],
        },
        "staging.stg_family_citation",
    )  # fmt: skip
    found = by(connection, "staging.stg_family_citation", "citing_family", "cited_family")
    assert {pair: row["citing_publication_date"] for pair, row in found.items()} == {
        ("f", "g"): date(2005, 1, 1),
        ("f", "EP-9"): date(2005, 1, 1),
        ("g", "f"): date(2010, 6, 1),
    }
