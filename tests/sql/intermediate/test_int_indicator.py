"""Indicators of methods.md 2.6 on families made to meet their edges."""

from datetime import date

import pytest

from tests.worlds import by, publications, world

FAMILY = "US-7000001-B2"
PUBLISHED = "2010-03-15"


def document(number, family=None, **fields):
    return {"publication_number": number, "family_id": family or number, **fields}


def measured(*documents, **tables):
    """The indicators of families, by family, in data that reach to the end of 2020."""
    last = document("US-9999999-S1", publication_date="2020-12-31")
    given = {
        "sources.stg_document": publications(*documents, last),
        "sources.stg_classification": [
            {"publication_number": d["publication_number"], "symbol": "G06N3/02"} for d in documents
        ],
    }
    for name, rows in tables.items():
        given[f"sources.stg_{name}"] = [*given.get(f"sources.stg_{name}", []), *rows]
    connection = world(given, "intermediate.int_indicator", "intermediate.int_family")
    return by(connection, "intermediate.int_indicator", "family_id")


def cited_on(*days, window_open=False):
    """The indicators of a family that others cite, each published on one of the days."""
    citing = [document(f"US-80000{i:02}-S1", publication_date=day) for i, day in enumerate(days, start=1)]
    found = measured(
        document(FAMILY, publication_date="2018-03-15" if window_open else PUBLISHED),
        *citing,
        citation=[
            {"citing_publication": c["publication_number"], "cited_publication": FAMILY} for c in citing
        ],
    )
    return found[FAMILY]


@pytest.mark.parametrize(
    ("day", "counts"),
    [
        ("2010-03-14", 0),  # before
        ("2010-03-15", 0),  # the same day
        ("2010-03-16", 1),  # the day after
        ("2015-03-15", 1),  # exactly five years after
        ("2015-03-16", 0),  # a day too late
    ],
)
def test_fc_5_counts_from_the_day_after_to_five_years_after(day, counts):
    family = cited_on(day)
    assert (family["fc_5"], family["fc_5_window_closed"]) == (counts, True)


def test_fc_5_of_a_leap_day_ends_on_the_last_of_february():
    citing = [
        document("US-8000001-S1", publication_date="2017-02-28"),
        document("US-8000002-S1", publication_date="2017-03-01"),
    ]
    found = measured(
        document(FAMILY, publication_date="2012-02-29"),
        *citing,
        citation=[
            {"citing_publication": c["publication_number"], "cited_publication": FAMILY} for c in citing
        ],
    )
    assert found[FAMILY]["fc_5"] == 1


def test_fc_5_of_an_open_window_is_unknown_for_the_weights_yet_counted_so_far():
    family = cited_on("2019-01-01", "2019-01-02", window_open=True)
    assert family["fc_5"] is None
    assert family["fc_5_so_far"] == 2
    assert family["fc_5_window_closed"] is False


def test_fc_5_is_zero_and_not_unknown_where_a_closed_window_has_no_citation():
    others = [{"citing_publication": "US-7000002-B2", "cited_publication": "US-6000001-B2"}]
    found = measured(document(FAMILY, publication_date=PUBLISHED), document("US-7000002-B2"), citation=others)
    assert found[FAMILY]["fc_5"] == 0


def test_forward_citations_are_unknown_where_no_citation_is_loaded():
    family = measured(document(FAMILY, publication_date=PUBLISHED))[FAMILY]
    assert [family[name] for name in ("fc_3", "fc_5", "fc_7", "fcx_5", "fc_5_so_far")] == [None] * 5


def test_the_window_is_closed_on_its_last_day():
    found = measured(
        document(FAMILY, publication_date="2015-12-31"),
        document("US-7000002-B2", publication_date="2016-01-01"),
    )
    assert found[FAMILY]["fc_5_window_closed"] is True
    assert found["US-7000002-B2"]["fc_5_window_closed"] is False


def test_a_family_that_cites_itself_counts_neither_forward_nor_backward():
    found = measured(
        document(FAMILY, "f", publication_date=PUBLISHED, patent_citation_count=1),
        document("US-7000009-B2", "f", publication_date="2012-01-01", patent_citation_count=1),
        document("US-6000001-B2"),
        citation=[
            {"citing_publication": "US-7000009-B2", "cited_publication": FAMILY},
            {"citing_publication": "US-6000001-B2", "cited_publication": "US-5000001-A"},
        ],
    )["f"]
    assert (found["fc_5"], found["bc"]) == (0, 0)


def test_a_citing_family_counts_once_by_its_earliest_publication():
    citing = [
        document("US-8000001-A1", "g", publication_date="2014-01-01"),
        document("US-8000002-B2", "g", publication_date="2016-01-01"),
    ]
    found = measured(
        document(FAMILY, publication_date=PUBLISHED),
        *citing,
        citation=[
            {"citing_publication": c["publication_number"], "cited_publication": FAMILY} for c in citing
        ],
    )
    # Only the later member's date is out of the window; the family was published within it.
    assert found[FAMILY]["fc_5"] == 1
    found = measured(
        document(FAMILY, publication_date=PUBLISHED),
        document("US-8000001-A1", "g", publication_date="2009-01-01"),
        document("US-8000002-B2", "g", publication_date="2012-01-01"),
        citation=[{"citing_publication": "US-8000002-B2", "cited_publication": FAMILY}],
    )
    assert found[FAMILY]["fc_5"] == 0


def test_citations_of_any_member_count_for_the_family():
    found = measured(
        document(FAMILY, "f", publication_date=PUBLISHED),
        document("US-7000009-B2", "f", publication_date="2012-01-01"),
        document("US-8000001-S1", publication_date="2012-01-01"),
        document("US-8000002-S1", publication_date="2013-01-01"),
        citation=[
            {"citing_publication": "US-8000001-S1", "cited_publication": FAMILY},
            {"citing_publication": "US-8000001-S1", "cited_publication": "US-7000009-B2"},
            {"citing_publication": "US-8000002-S1", "cited_publication": "US-7000009-B2"},
        ],
    )
    assert found["f"]["fc_5"] == 2


def test_bc_counts_families_loaded_or_not_and_is_unknown_where_references_are_not_listed():
    found = measured(
        document(FAMILY, patent_citation_count=4),
        document("US-7000002-B2", patent_citation_count=0),
        document("US-7000003-B2"),
        document("US-6000001-B2", "old"),
        document("US-6000002-B2", "old"),
        citation=[
            {"citing_publication": FAMILY, "cited_publication": cited}
            for cited in ("US-6000001-B2", "US-6000002-B2", "EP-100-A1", "EP-200-A1")
        ],
    )
    assert found[FAMILY]["bc"] == 3
    assert found["US-7000002-B2"]["bc"] == 0
    assert found["US-7000003-B2"]["bc"] is None


@pytest.mark.parametrize(
    ("indicator", "field"), [("npl", "npl_citation_count"), ("cl", "claim_count"), ("inv", "inventor_count")]
)
def test_what_a_source_does_not_record_is_unknown_and_what_it_counts_as_none_is_zero(indicator, field):
    found = measured(
        document(FAMILY), document("US-7000002-B2", **{field: 0}), document("US-7000003-B2", **{field: 7})
    )
    assert [found[number][indicator] for number in sorted(found)[:3]] == [None, 0, 7]


def test_cl_is_that_of_the_grant_and_inv_and_npl_the_most_of_any_member():
    found = measured(
        document(
            "US-20080000001-A1",
            "f",
            publication_date="2008-01-01",
            claim_count=30,
            inventor_count=3,
            npl_citation_count=0,
        ),
        document(
            FAMILY, "f", publication_date=PUBLISHED, claim_count=12, inventor_count=2, npl_citation_count=5
        ),
        document("US-20080000002-A1", "g", publication_date="2008-01-01", claim_count=30),
    )
    assert (found["f"]["cl"], found["f"]["inv"], found["f"]["npl"]) == (12, 3, 5)
    assert found["g"]["cl"] == 30


def test_fs_counts_offices_not_documents_and_wo_is_none():
    found = measured(
        document("WO-2009000001-A1", "f", publication_date="2009-01-01"),
        document("EP-2000001-A1", "f"),
        document("EP-2000001-B1", "f"),
        document(FAMILY, "f"),
        document("JP-5000001-U", "f"),  # a utility model is no invention
        document("WO-2009000002-A1", "pct only"),
    )
    assert found["f"]["fs"] == 2
    assert found["pct only"]["fs"] == 0


def test_a_source_that_names_no_office_leaves_fs_unknown():
    families = {"XX-1-A": "x", "XX-2-A": "x", "WO-3-A1": "w", "XX-4-A": "mixed", "EP-5-A1": "mixed"}
    given = {
        "sources.stg_document": publications(
            *({"publication_number": n, "family_id": family} for n, family in families.items())
        ),
        "sources.stg_classification": [
            {"publication_number": number, "symbol": "G06N3/02"} for number in families
        ],
    }
    found = by(world(given, "intermediate.int_indicator"), "intermediate.int_indicator", "family_id")
    assert {family: row["fs"] for family, row in found.items()} == {"x": None, "w": 0, "mixed": 1}


def test_sc_counts_subclasses_of_the_earliest_publication_of_cpc_only_where_it_has_no_ipc():
    codes = [
        ("A1", "IPC", "G06N3/04"),
        ("A1", "IPC", "G06N3/08"),
        ("A1", "IPC", "H01L21/00"),
        ("A1", "CPC", "G11C11/54"),
        ("B2", "IPC", "G06T1/20"),
    ]
    number = {"A1": "US-20080000001-A1", "B2": FAMILY}
    connection = world(
        {
            "sources.stg_document": publications(
                document(number["A1"], "f", publication_date="2008-01-01"),
                document(number["B2"], "f", publication_date="2010-01-01"),
                document("US-7000002-B2"),
                document("US-7000003-B2"),
            ),
            "sources.stg_classification": [
                {"publication_number": number[kind], "scheme": scheme, "symbol": symbol, "position": position}
                for position, (kind, scheme, symbol) in enumerate(codes, start=1)
            ]
            + [
                # Y02D only tags, and F05D is no subclass of the IPC.
                {"publication_number": number, "scheme": "CPC", "symbol": symbol}
                for number, symbols in {
                    "US-7000002-B2": ["G06N3/02", "G06T1/00", "Y02D10/00", "F05D2220/32"],
                    "US-7000003-B2": ["Y02D10/00"],
                }.items()
                for symbol in symbols
            ],
        },
        "intermediate.int_indicator",
    )
    found = by(connection, "intermediate.int_indicator", "family_id")
    assert found["f"]["sc"] == 2
    assert found["US-7000002-B2"]["sc"] == 2
    assert found["US-7000003-B2"]["sc"] is None


def test_the_mart_shows_what_has_been_cited_so_far():
    given = {
        "sources.stg_document": publications(
            document(FAMILY, publication_date="2018-01-01", claim_count=1),
            document("US-7000002-B2", publication_date="2018-02-01", claim_count=2),
            document("US-8000001-S1", publication_date="2019-01-01"),
        ),
        "sources.stg_classification": [
            {"publication_number": n, "symbol": "G06N3/02"} for n in (FAMILY, "US-7000002-B2")
        ],
        "sources.stg_citation": [{"citing_publication": "US-8000001-S1", "cited_publication": FAMILY}],
    }
    patents = by(world(given, "marts.fct_patent"), "marts.fct_patent", "family_id")
    assert (patents[FAMILY]["fc_5"], patents[FAMILY]["fc_5_window_closed"]) == (1, False)
    assert patents["US-7000002-B2"]["fc_5"] == 0
    assert patents[FAMILY]["publication_date"] == date(2018, 1, 1)
