"""Which family cites which."""

from datetime import date

from tests.worlds import publications, rows, world


def citations(connection):
    """Citations by the ids of families; of one that is not loaded, None."""
    found = rows(
        connection,
        "with f as (select distinct family, family_id from staging.stg_family) "
        "select a.family_id as citing, b.family_id as cited, c.* "
        "from staging.stg_family_citation as c left join f as a on c.citing_family = a.family "
        "left join f as b on c.cited_family = b.family",
    )
    result = {(row["citing"], row["cited"]): row for row in found}
    assert len(result) == len(found)
    return result


def test_families_cite_each_other_once_and_never_themselves():
    connection = world(
        {
            "sources.stg_document": publications(
                {"publication_number": "US-1-A1", "family_id": "f", "publication_date": "2005-01-01"},
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
            ]
            + [{"citing_publication": "US-2-B2", "npl": "A book"}],
        },
        "staging.stg_family_citation",
    )
    found = citations(connection)
    assert {pair: row["citing_publication_date"] for pair, row in found.items()} == {
        ("f", "g"): date(2005, 1, 1),
        ("f", None): date(2005, 1, 1),
        ("g", "f"): date(2010, 6, 1),
    }


def cites(*references):
    """Who cites f, an examiner or not: references are (citing, cited, origin)."""
    connection = world(
        {
            "sources.stg_document": publications(
                {"publication_number": "US-1-B2", "family_id": "f", "publication_date": "2005-01-01"},
                {"publication_number": "US-2-A1", "family_id": "g"},
                {"publication_number": "US-3-B2", "family_id": "g"},
            ),
            "sources.stg_citation": [
                {"citing_publication": citing, "cited_publication": cited, "origin": origin}
                for citing, cited, origin in references
            ],
        },
        "staging.stg_family_citation",
    )
    return citations(connection)


def test_an_examiner_cites_if_one_does_in_any_document():
    found = cites(("US-2-A1", "US-1-B2", "applicant"), ("US-3-B2", "US-1-B2", "examiner"))
    assert found["g", "f"]["is_examiner"] is True


def test_a_reference_of_unknown_origin_is_no_examiners_where_others_are_told():
    found = cites(("US-2-A1", "US-1-B2", "unknown"), ("US-3-B2", "US-9-B2", "examiner"))
    assert found["g", "f"]["is_examiner"] is False


def test_who_cites_is_unknown_where_no_origin_is_told():
    assert cites(("US-2-A1", "US-1-B2", "unknown"))["g", "f"]["is_examiner"] is None


def test_the_cited_family_has_its_first_date_if_it_is_loaded():
    found = cites(("US-2-A1", "US-1-B2", "unknown"), ("US-2-A1", "US-9-B2", "unknown"))
    assert found["g", "f"]["cited_publication_date"] == date(2005, 1, 1)
    assert found["g", None]["cited_publication_date"] is None


def test_who_is_not_loaded_has_a_number_of_its_own_below_0():
    connection = world(
        {
            "sources.stg_document": publications(
                {"publication_number": "US-1-B2", "family_id": "f"},
                {"publication_number": "US-2-B2", "family_id": "g"},
            ),
            "sources.stg_citation": [
                {"citing_publication": citing, "cited_publication": cited}
                for citing, cited in [
                    ("US-1-B2", "EP-9-A1"),
                    ("US-2-B2", "EP-9-B1"),
                    ("US-2-B2", "JP-9-A"),
                    ("US-2-B2", "EP-8-A1"),
                ]
            ],
        },
        "staging.stg_family_citation",
    )
    found = rows(
        connection,
        "select family_id, cited_family from staging.stg_family_citation as cited "
        "inner join staging.stg_family as citing on cited.citing_family = citing.family",
    )
    cited = {"f": set(), "g": set()}
    for row in found:
        assert row["cited_family"] < 0
        cited[row["family_id"]].add(row["cited_family"])
    assert (len(found), len(cited["f"]), len(cited["g"])) == (4, 1, 3)
    assert cited["f"] < cited["g"]
