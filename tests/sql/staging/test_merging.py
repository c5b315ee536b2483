"""Sources meet: what must hold of staging whatever they tell."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.worlds import publications, rows, world

NUMBERS = ["US-7650331-B1", "EP-1000000-A1", "CN-101000000-A", "JP-2001123456-A"]
# The key of each table; a reference or priority is told by its whole row.
KEYS = {
    "stg_document": ["publication_number"],
    "stg_party": ["publication_number", "role", "position"],
    "stg_citation": ["citing_publication", "cited_publication", "npl"],
    "stg_priority": ["publication_number", "priority_office", "priority_number"],
}
NAMES = ["Sony Corp", "SONY CORP", "Denso"]


def optional(*values):
    return st.none() | st.sampled_from(values)


DOCUMENT = st.fixed_dictionaries(
    {
        "title": optional("A chip", "Chip"),
        "abstract": optional("It counts."),
        "claim_count": optional(0, 7),
        "family_id": optional("55"),
        "filing_date": optional("2007-02-03"),
        "priority_date": optional("2003-01-01", "2006-02-03"),
        "application_number": optional("200710089928"),
    }
)
PARTY = st.fixed_dictionaries(
    {
        "name": st.sampled_from(NAMES),
        "country": optional("JP", "US"),
        "sector": optional("COMPANY", "INDIVIDUAL"),
    }
)
CITED = st.sampled_from(["US-6103599", "US-6103599-A", "US-5000000-A"])
CITATION = st.fixed_dictionaries(
    {
        "cited_publication": CITED,
        "origin": st.sampled_from(["examiner", "applicant", "unknown"]),
        "category": optional("X", "A"),
    }
)
PRIORITY = st.fixed_dictionaries(
    {
        "priority_number": st.sampled_from(["11234567", "9"]),
        "priority_office": optional("JP"),
        "priority_date": optional("1999-08-20"),
    }
)
TOLD = st.tuples(
    DOCUMENT, st.lists(PARTY, max_size=3), st.lists(CITATION, max_size=3), st.lists(PRIORITY, max_size=2)
)
SOURCE = st.dictionaries(st.sampled_from(NUMBERS), TOLD, max_size=3)


def told(source, name, rank):
    """Give what a source tells of its publications as rows of the canonical tables."""
    given = {f"sources.{table}": [] for table in KEYS}
    for number, (document, parties, citations, priorities) in source.items():
        mine = {"source": name, "source_rank": rank}
        own = mine | {"publication_number": number}
        given["sources.stg_document"] += publications(own | document)
        given["sources.stg_party"] += [
            own | party | {"position": i} for i, party in enumerate(parties, start=1)
        ]
        given["sources.stg_citation"] += [
            mine | {"citing_publication": number} | citation for citation in citations
        ]
        given["sources.stg_priority"] += [own | priority for priority in priorities]
    return given


def staged(*given):
    """Build staging from the rows of several sources: each table by its key."""
    together = {key: [row for rows_ in given for row in rows_[key]] for key in given[0]}
    connection = world(together, *(f"staging.{table}" for table in KEYS))
    found = {}
    for table, key in KEYS.items():
        all_rows = rows(connection, f"from staging.{table}")
        found[table] = {tuple(row[k] for k in key): row for row in all_rows}
        assert len(found[table]) == len(all_rows), f"{table}: {key} is no key"
    return found


def shuffled(given):
    return {key: rows_[::-1] for key, rows_ in given.items()}


def known(found):
    """Name what is known of publications: field by field, and which have lists of what."""
    facts = {
        (number, field)
        for (number,), row in found["stg_document"].items()
        for field, value in row.items()
        if value is not None
    }
    lists = {
        (table, key[:2] if table == "stg_party" else key[0])
        for table in ("stg_party", "stg_citation", "stg_priority")
        for key in found[table]
    }
    return facts | lists


few = settings(max_examples=12)


@pytest.mark.whole
@few
@given(SOURCE, SOURCE)
def test_what_a_source_knows_stays_known_when_another_joins_it(one, other):
    mine, theirs = told(one, "a", 10), told(other, "b", 20)
    together = known(staged(mine, theirs))
    assert known(staged(mine)) <= together
    assert known(staged(theirs)) <= together


@pytest.mark.whole
@few
@given(SOURCE, SOURCE)
def test_the_order_of_rows_decides_nothing(one, other):
    mine, theirs = told(one, "a", 10), told(other, "b", 20)
    assert staged(mine, theirs) == staged(shuffled(theirs), shuffled(mine))


@pytest.mark.whole
@few
@given(SOURCE)
def test_a_source_told_twice_is_the_source_told_once(source):
    twice = staged(told(source, "a", 10), told(source, "b", 20))
    for row in twice["stg_document"].values():
        assert row.pop("source_count") == 2
    once = staged(told(source, "a", 10))
    for row in once["stg_document"].values():
        assert row.pop("source_count") == 1
    assert twice == once


@pytest.mark.whole
@few
@given(SOURCE, SOURCE)
def test_sources_of_other_publications_stand_side_by_side(one, other):
    other = {number: record for number, record in other.items() if number not in one}
    mine, theirs = told(one, "a", 10), told(other, "b", 20)
    apart = [staged(mine), staged(theirs)]
    together = staged(mine, theirs)
    for table in KEYS:
        assert together[table] == apart[0][table] | apart[1][table]


@pytest.mark.whole
@few
@given(SOURCE, SOURCE)
def test_the_better_source_is_believed(one, other):
    """Whatever it tells itself is in the result; parties are its own, with what they lacked."""
    alone, together = staged(told(one, "a", 10)), staged(told(one, "a", 10), told(other, "b", 20))
    for key, row in alone["stg_document"].items():
        joined = together["stg_document"][key]
        for field in ("title", "abstract", "claim_count", "filing_date", "source_family_id"):
            assert row[field] in (None, joined[field])
    for key, row in alone["stg_party"].items():
        joined = together["stg_party"][key]
        assert joined["name"] == row["name"]
        assert row["country"] in (None, joined["country"])
        assert row["sector"] in (None, joined["sector"])


@pytest.mark.parametrize("table", KEYS)
def test_no_source_tells_nothing(table):
    assert staged(told({}, "a", 10))[table] == {}
