"""Publications of all sources, merged, and which of them are inventions and grants."""

from datetime import date

import pytest

from tests.worlds import DEFAULTS, by, publications, rows, world

GOOD = {"source": "good", "source_rank": 1}
POOR = {"source": "poor", "source_rank": 2}


def staged(*documents):
    given = {"sources.stg_document": publications(*documents)}
    return by(world(given, "staging.stg_document"), "staging.stg_document", "publication_number")


# --- Merging -------------------------------------------------------------------------------------


def test_each_field_is_that_of_the_best_source_to_have_it():
    number = {"publication_number": "US-7650331-B1"}
    poor = (
        number
        | POOR
        | {
            "title": "Poor",
            "abstract": "Poor",
            "claim_count": 9,
            "family_id": "22",
            "office": "US",
            "publication_date": "2010-01-19",
            "priority_date": "2003-01-01",
            "inventor_count": 4,
        }
    )
    good = (
        number
        | GOOD
        | {"title": "Good", "claim_count": None, "publication_date": "2010-01-20", "inventor_count": 0}
    )
    for order in ([poor, good], [good, poor]):
        row = staged(*order)["US-7650331-B1"]
        assert row["title"] == "Good"
        assert row["abstract"] == "Poor"
        assert row["claim_count"] == 9
        assert row["inventor_count"] == 0  # none is knowledge, and better known
        assert row["source_family_id"] == "22"
        assert row["publication_date"] == row["grant_date"] == date(2010, 1, 20)
        assert row["priority_date"] == date(2003, 1, 1)
        assert (row["source"], row["source_count"]) == ("good", 2)


def test_a_source_that_knows_no_earlier_date_does_not_make_a_publication_its_own_priority():
    number = {"publication_number": "US-7650331-B1", "publication_date": "2010-01-19"}
    row = staged(
        number | GOOD | {"priority_date": "2010-01-19"}, number | POOR | {"filing_date": "2007-02-03"}
    )["US-7650331-B1"]
    assert row["priority_date"] == row["filing_date"] == date(2007, 2, 3)


def test_a_document_of_one_source_is_as_it_tells_it():
    row = staged({"publication_number": "US-7650331-B1", **POOR})["US-7650331-B1"]
    assert (row["source"], row["source_count"]) == ("poor", 1)
    assert row["title"] is None


def test_a_record_without_a_number_is_no_document():
    given = {"sources.stg_document": [DEFAULTS["sources.stg_document"] | {"title": "Nameless"}]}
    assert world(given, "staging.stg_document").sql("from staging.stg_document").fetchall() == []


# --- Kinds, checked by hand against methods.md 5 -------------------------------------------------

APPLICATION, GRANT, NEITHER, NO_INVENTION = (True, False), (True, True), (False, False), (False,)


@pytest.mark.parametrize(
    ("number", "published", "expected"),
    [
        # United States: A was the grant until 2001, B1 and B2 then certificates of re-examination.
        ("US-3857398-A", "1974-12-31", GRANT),
        ("US-6167568-A", "2000-12-26", GRANT),
        ("US-6167568-A", "2001-01-01", GRANT),
        ("US-6167569-B1", "2001-01-02", GRANT),
        ("US-7650331-B2", "2010-01-19", GRANT),
        ("US-4000000-B1", "2001-01-01", NEITHER),
        ("US-4000000-B2", "1990-05-01", NEITHER),
        ("US-4000000-B3", "1999-05-04", NEITHER),
        ("US-3000000-A", "2001-01-02", NEITHER),
        ("US-20020127820-A1", "2000-12-31", NEITHER),
        ("US-20020127820-A1", "2002-09-12", APPLICATION),
        ("US-20020127820-A2", "2003-09-12", APPLICATION),
        ("US-20020127820-A9", "2003-09-12", APPLICATION),
        ("US-PP3823-P", "1975-12-23", NO_INVENTION),
        ("US-20180999999-P1", "2018-12-25", NEITHER),
        ("US-PP30000-P2", "2018-12-25", NO_INVENTION),
        ("US-PP30000-P3", "2018-12-25", NO_INVENTION),
        ("US-D435854-S", "2000-12-26", NO_INVENTION),
        ("US-D656352-S1", "2012-03-27", NO_INVENTION),
        ("US-RE28436-E", "1975-06-03", NO_INVENTION),
        ("US-RE42920-E1", "2011-11-15", NO_INVENTION),
        ("US-H1492-H", "1995-10-03", NEITHER),
        ("US-H2277-H1", "2013-01-01", NEITHER),
        ("US-20050000001-P9", "2005-01-06", NEITHER),
        ("US-20050000001-P4", "2005-01-06", NEITHER),
        ("US-T100001-I5", "1982-01-05", NEITHER),
        ("US-T942010-I4", "1976-01-06", NEITHER),
        ("US-6167569-C1", "2008-01-01", NEITHER),
        ("US-6167569-C2", "2010-01-05", NEITHER),
        ("US-6167569-C3", "2010-01-05", NEITHER),
        ("US-6167569-F1", "2013-01-01", NEITHER),
        ("US-6167569-J1", "2015-01-01", NEITHER),
        ("US-6167569-K1", "2015-01-01", NEITHER),
        ("US-6167569-O1", "1950-01-01", NEITHER),
        # China: B is the grant since 2010-04-07, C was before.
        ("CN-101000000-A", "2007-07-18", APPLICATION),
        ("CN-101000000-B", "2010-04-07", GRANT),
        ("CN-101000000-B", "2010-04-06", APPLICATION),
        ("CN-101000000-B", "2022-11-08", GRANT),
        ("CN-85100001-B", "1988-03-02", APPLICATION),
        ("CN-115000000-A", "2022-08-30", APPLICATION),
        ("CN-101000000-A8", "2008-01-02", NEITHER),
        ("CN-101000000-A9", "2008-01-02", NEITHER),
        ("CN-1000000-C", "1992-10-07", GRANT),
        ("CN-1000000-C", "2010-04-06", GRANT),
        ("CN-1000000-C", "2010-04-07", NEITHER),
        ("CN-200000000-U", "2011-01-01", NO_INVENTION),
        ("CN-2000000-Y", "2005-01-01", NO_INVENTION),
        ("CN-300000000-S", "2011-01-01", NO_INVENTION),
        ("CN-300000000-D", "2005-01-01", NO_INVENTION),
        # Japan: B was published after examination and before grant.
        ("JP-2001123456-A", "2001-05-08", APPLICATION),
        ("JP-2001500001-T", "2001-01-09", APPLICATION),
        ("JP-WO2009000001-A1", "2010-08-19", APPLICATION),
        ("JP-H0612345-B", "1994-02-16", APPLICATION),
        ("JP-S6012345-B", "1985-03-29", APPLICATION),
        ("JP-H0699999-B", "1995-12-27", APPLICATION),
        ("JP-2600001-B", "1997-04-16", GRANT),
        ("JP-H0699999-Y1", "1995-12-27", NO_INVENTION),
        ("JP-S6012345-Y", "1985-03-29", NO_INVENTION),
        ("JP-H0612345-B2", "1994-02-16", GRANT),
        ("JP-3000001-B1", "2000-01-17", GRANT),
        ("JP-5000001-B2", "2012-08-15", GRANT),
        ("JP-S6012345-U", "1985-01-28", NO_INVENTION),
        ("JP-H0612345-Y2", "1994-03-30", NO_INVENTION),
        ("JP-3000001-Z", "2000-01-17", NO_INVENTION),
        ("JP-1000001-S", "2000-01-17", NO_INVENTION),
        # Korea
        ("KR-20100012345-A", "2010-02-08", APPLICATION),
        ("KR-101000001-B1", "2010-12-10", GRANT),
        ("KR-100000001-B", "1995-01-01", GRANT),
        ("KR-100000001-B2", "1995-01-01", GRANT),
        ("KR-200000001-Y1", "2001-01-01", NO_INVENTION),
        ("KR-920000001-Y", "1992-01-09", NO_INVENTION),
        ("KR-19990012345-A", "1999-02-25", APPLICATION),
        ("KR-20200000001-U", "2020-01-02", NO_INVENTION),
        ("KR-300000001-S", "2001-01-01", NO_INVENTION),
        # Europe and the world: search reports and corrections are no documents of their own.
        ("EP-1000000-A1", "2000-05-17", APPLICATION),
        ("EP-1000000-A2", "2000-05-17", APPLICATION),
        ("EP-1000000-A3", "2000-05-17", NEITHER),
        ("EP-1000000-A4", "2000-05-17", NEITHER),
        ("EP-1000000-A8", "2000-05-17", NEITHER),
        ("EP-1000000-A9", "2000-05-17", NEITHER),
        ("EP-1000000-B1", "2003-02-12", GRANT),
        ("EP-1000000-B2", "2003-02-12", GRANT),
        ("EP-1000000-B3", "2003-02-12", GRANT),
        ("EP-1000000-B8", "2003-02-12", GRANT),
        ("EP-1000000-B9", "2003-02-12", GRANT),
        ("WO-2009000001-A1", "2009-01-08", APPLICATION),
        ("WO-2009000001-A2", "2009-01-08", APPLICATION),
        ("WO-2009000001-A3", "2009-01-08", NEITHER),
        ("WO-2009000001-A4", "2009-01-08", NEITHER),
        ("WO-2009000001-A8", "2009-01-08", NEITHER),
        ("WO-2009000001-A9", "2009-01-08", NEITHER),
        # Taiwan
        ("TW-201000001-A", "2010-01-01", APPLICATION),
        ("TW-I300001-B", "2010-01-01", GRANT),
        ("TW-M300001-U", "2010-01-01", NO_INVENTION),
        ("TW-300001-M", "2001-01-01", NO_INVENTION),
        ("TW-D100001-S", "2010-01-01", NO_INVENTION),
        ("TW-100001-D", "2001-01-01", NO_INVENTION),
        ("TW-300001-B", "1997-03-11", GRANT),
        # An office that is not listed
        ("DE-102009000001-A1", "2010-07-01", APPLICATION),
        ("FR-2900001-B1", "2010-07-01", GRANT),
        ("DE-1000001-C2", "1990-07-01", GRANT),
        ("DE-202009000001-U1", "2010-07-01", NEITHER),
        # A kind that a listed office does not have is no invention, for want of knowledge.
        ("US-7650331-Q", "2010-01-19", NEITHER),
    ],
)
def test_kinds_are_told_apart(kinds, number, published, expected):
    row = kinds[number, published]
    assert (row["is_invention"], row["is_grant"])[: len(expected)] == expected
    assert row["grant_date"] == (date.fromisoformat(published) if row["is_grant"] else None)


@pytest.fixture(scope="module")
def kinds():
    """All of the cases above in one world; publications that differ in date only, apart."""
    [mark] = [m for m in test_kinds_are_told_apart.pytestmark if m.name == "parametrize"]
    cases = [(number, published) for number, published, _ in mark.args[1]]
    numbered = {}
    for i, (number, published) in enumerate(cases):
        office, bare, kind = number.split("-")
        numbered[f"{office}-{bare}.{i}-{kind}"] = (number, published)
    found = staged(
        *(
            {"publication_number": own, "publication_date": published}
            for own, (_, published) in numbered.items()
        )
    )
    assert len(found) == len(cases)  # no case is in two rows of the table
    return {numbered[own]: row for own, row in found.items()}


def test_kinds_of_an_office_do_not_overlap_in_time():
    connection = world({}, "reference.publication_kind")
    assert (
        connection.sql(
            "select a.office, a.kind from reference.publication_kind as a "
            "inner join reference.publication_kind as b using (office, kind) "
            "where a.valid_from < b.valid_from and a.valid_to >= b.valid_from"
        ).fetchall()
        == []
    )


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        # What a kind has always meant, it means without a date.
        ("CN-101000000-A", APPLICATION),
        ("CN-1000000-C", GRANT),
        ("JP-5000001-B2", GRANT),
        ("US-3857398-A", GRANT),
        ("US-20020127820-A1", APPLICATION),
        ("US-D656352-S1", (False, True)),
        ("EP-1000000-A3", NEITHER),
        ("FR-2900001-B1", GRANT),
        ("DE-202009000001-U1", NEITHER),
        # A grant since 2001, a re-examination before: nobody knows.
        ("US-7650331-B1", (None, None)),
        ("US-7650331-B2", (None, None)),
        # For an invention at all times, but a grant only since.
        ("CN-101000000-B", (True, None)),
        ("JP-2600001-B", (True, None)),
    ],
)
def test_without_a_date_the_kind_alone_decides_if_it_can(number, expected):
    row = staged({"publication_number": number, "publication_date": None})[number]
    assert (row["is_invention"], row["is_grant"]) == expected
    assert row["grant_date"] is None


# --- Days that cannot be -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("related", "claimed", "priority"),
    [
        (["0001-01-03T00:00:00Z"], [], date(2012, 1, 5)),
        (["0000-01-03T00:00:00Z", "2011-03-01T00:00:00Z"], [], date(2011, 3, 1)),
        ([], ["1789-12-31T00:00:00Z", "2010-02-01T00:00:00Z"], date(2010, 2, 1)),
        (["2999-01-01T00:00:00Z"], ["9999-12-31T00:00:00Z"], date(2012, 1, 5)),
    ],
)
def test_a_day_that_no_patent_has_is_unknown_and_hides_no_other(related, claimed, priority):
    row = {
        "guid": "US-20130000001-A1",
        "datePublished": "2013-01-03T00:00:00Z",
        "applicationFilingDate": ["2012-01-05T00:00:00Z"],
        "relatedApplFilingDate": related,
        "priorityClaimsDate": claimed,
    }
    made = world({"raw.ppubs_publication": [row]}, "staging.stg_document", sources=["ppubs"])
    (found,) = by(made, "staging.stg_document", "publication_number").values()
    assert (found["priority_date"], found["filing_date"]) == (priority, date(2012, 1, 5))


def test_days_of_no_source_are_before_1790_or_after_tomorrow():
    early, late = "0001-01-01", "2999-01-01"
    record = {"jurisdiction": "US", "kind": "A1"}
    raw = [
        record | {"doc_number": "20130000001", "date_published": "2013-01-03"}
        | {"biblio": {"application_reference": {"date": early}, "priority_claims": {"claims": [
            {"jurisdiction": "DE", "doc_number": "1", "kind": "A", "date": early},
            {"jurisdiction": "DE", "doc_number": "2", "kind": "A", "date": "2011-05-05"},
        ], "earliest_claim": {"date": early}}}},
        record | {"doc_number": "20130000002", "date_published": late},
    ]  # fmt: skip
    made = world({"raw.lens_record": raw}, "staging.stg_document", "staging.stg_priority", sources=["lens"])
    found = by(made, "staging.stg_document", "publication_number")
    first, second = found["US-20130000001-A1"], found["US-20130000002-A1"]
    assert (first["filing_date"], first["priority_date"]) == (None, date(2011, 5, 5))
    assert second["publication_date"] is None
    days = {r["priority_number"]: r["priority_date"] for r in rows(made, "from staging.stg_priority")}
    assert days == {"1": None, "2": date(2011, 5, 5)}


@pytest.mark.parametrize(
    ("filed", "claimed", "is_filed", "is_priority"),
    [
        ("2015-12-31", None, date(2014, 12, 31), date(2014, 12, 31)),  # filed behind its publication
        ("2014-12-31", "2015-12-30", date(2014, 12, 31), date(2014, 12, 30)),
        ("2015-01-10", "2015-12-29", date(2015, 1, 10), date(2014, 12, 29)),
        ("2014-12-31", None, date(2014, 12, 31), date(2014, 12, 31)),  # nothing proves it wrong
        ("2015-11-30", None, date(2015, 11, 30), date(2015, 6, 1)),  # a slip of another kind
    ],
)
def test_a_year_that_is_that_of_the_week_is_lowered_where_the_order_proves_it(
    filed, claimed, is_filed, is_priority
):
    document = {"publication_number": "US-7650331-B1", "publication_date": "2015-06-01"} | GOOD
    row = staged(document | {"filing_date": filed, "priority_date": claimed})["US-7650331-B1"]
    assert (row["filing_date"], row["priority_date"]) == (is_filed, is_priority)
