"""Families, against a plain search for connected components."""

from collections import Counter
from datetime import date

import networkx as nx
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corepath.transforms.stg_family import stg_family
from corepath.transforms.stg_filing import stg_filing

DOCUMENT = {
    "publication_number": pl.String,
    "office": pl.String,
    "application_number": pl.String,
    "source_family_id": pl.String,
    "filing_date": pl.Date,
}
PRIORITY = dict.fromkeys(("publication_number", "priority_office", "priority_number"), pl.String) | {
    "priority_date": pl.Date
}


def grouped(documents, priorities=(), filed=None):
    """Families of (number, application, docdb) and (number, priority): number -> id, basis."""
    told = pl.LazyFrame(
        [(number, number.split("-")[0], *rest, filed) for number, *rest in documents],
        schema=DOCUMENT,
        orient="row",
    )
    claims = pl.LazyFrame(
        [(number, *priority.split(), filed) for number, priority in priorities], schema=PRIORITY, orient="row"
    )
    found = stg_family(told, stg_filing(told, claims).lazy())
    assert found.height == len(documents)
    return {number: (family, basis) for number, _, family, basis in found.rows()}


def test_a_docdb_number_is_the_family():
    assert grouped([("US-1-B2", "7", "55"), ("EP-1-A1", "8", "55")]) == {
        "US-1-B2": ("55", "docdb"),
        "EP-1-A1": ("55", "docdb"),
    }


def test_documents_of_one_application_are_a_family():
    assert grouped([("US-2-B2", "7", None), ("US-1-A1", "7", None), ("US-3-B2", "8", None)]) == {
        "US-1-A1": ("US-1-A1", "priority"),
        "US-2-B2": ("US-1-A1", "priority"),
        "US-3-B2": ("US-3-B2", "application"),
    }


def test_applications_of_one_number_at_two_offices_are_two():
    assert grouped([("US-1-B2", "7", None), ("KR-1-B1", "7", None)]) == {
        "US-1-B2": ("US-1-B2", "application"),
        "KR-1-B1": ("KR-1-B1", "application"),
    }


def test_documents_that_share_a_priority_are_a_family():
    found = grouped(
        [("US-1-B2", "7", None), ("EP-1-A1", "8", None), ("CN-1-A", "9", None)],
        [("US-1-B2", "JP 2001"), ("EP-1-A1", "JP 2001"), ("CN-1-A", "KR 2001")],
    )
    assert found["US-1-B2"] == found["EP-1-A1"] == ("EP-1-A1", "priority")
    assert found["CN-1-A"] == ("CN-1-A", "application")


def test_sharing_goes_through_others():
    found = grouped(
        [(f"US-{i}-B2", None, None) for i in range(4)],
        [("US-0-B2", "JP 1"), ("US-1-B2", "JP 1"), ("US-1-B2", "JP 2"), ("US-2-B2", "JP 2")],
    )
    assert found["US-0-B2"] == found["US-1-B2"] == found["US-2-B2"] == ("US-0-B2", "priority")
    assert found["US-3-B2"] == ("US-3-B2", "application")


def test_a_priority_that_is_itself_published_belongs_to_the_family():
    found = grouped([("JP-1-A", "2001123", None), ("US-1-B2", "7", None)], [("US-1-B2", "JP 2001123")])
    assert found["JP-1-A"] == found["US-1-B2"] == ("JP-1-A", "priority")


def test_a_document_without_a_number_takes_that_of_those_it_belongs_to():
    assert grouped([("US-1-A1", "7", "55"), ("US-2-B2", "7", None)]) == {
        "US-1-A1": ("55", "docdb"),
        "US-2-B2": ("55", "priority"),
    }


def test_families_that_docdb_tells_apart_stay_apart_though_they_share_a_priority():
    found = grouped(
        [("US-1-B2", "7", "55"), ("US-2-B2", "8", "66"), ("US-3-B2", "9", None)],
        [(number, "JP 1") for number in ("US-1-B2", "US-2-B2", "US-3-B2")],
    )
    assert found == {"US-1-B2": ("55", "docdb"), "US-2-B2": ("66", "docdb"), "US-3-B2": ("55", "priority")}


def test_a_document_joins_the_family_it_shares_most_with_and_at_par_the_first():
    documents = [("US-1-A1", "7", None), ("US-2-B2", "7", "66"), ("US-3-B2", "8", "55")]
    shared = [(number, "US 6") for number, *_ in documents]
    assert grouped(documents, shared)["US-1-A1"] == ("66", "priority")
    assert grouped(documents, [*shared, ("US-3-B2", "US 7")])["US-1-A1"] == ("55", "priority")


def test_a_numbered_family_does_not_hand_its_guests_on():
    # US-1 shares a priority with 66 only; that 66 shares another with 55 is not its business.
    found = grouped(
        [("US-1-A1", None, None), ("US-2-B2", None, "66"), ("US-3-B2", None, "55"), ("US-4-A1", None, None)],
        [
            ("US-1-A1", "JP 1"),
            ("US-2-B2", "JP 1"),
            ("US-2-B2", "JP 2"),
            ("US-3-B2", "JP 2"),
            ("US-3-B2", "JP 3"),
            ("US-4-A1", "JP 3"),
        ],
    )
    assert (found["US-1-A1"][0], found["US-4-A1"][0]) == ("66", "55")


def test_a_filing_is_one_whichever_source_wrote_its_number():
    found = grouped(
        [("US-1-A1", "201213657122", None), ("US-2-B2", "13657122", None), ("EP-1-A1", "9", None)],
        [("EP-1-A1", "US 13/657,122")],
        filed=date(2012, 10, 22),
    )
    assert set(found.values()) == {("EP-1-A1", "priority")}


def test_what_is_unknown_joins_nobody():
    found = grouped([("US-1-B2", None, None), ("US-2-B2", None, None)])
    assert {basis for _, basis in found.values()} == {"application"}
    assert len(set(found.values())) == 2


def test_no_documents_have_no_families():
    assert grouped([]) == {}


def test_a_priority_of_a_document_that_is_not_loaded_is_ignored():
    found = grouped([("US-1-B2", None, None)], [("US-1-B2", "JP 1"), ("US-9-B2", "JP 1")])
    assert found == {"US-1-B2": ("US-1-B2", "application")}


NUMBERS = [f"{office}-{i}-A" for office in ("US", "JP", "KR") for i in range(8)]


@given(
    st.dictionaries(
        st.sampled_from(NUMBERS),
        st.tuples(st.none() | st.sampled_from("1234"), st.none() | st.sampled_from("ABC")),
    ),
    st.lists(st.tuples(st.sampled_from(NUMBERS), st.sampled_from(["US 1", "US 2", "JP 1", "EP 9"]))),
)
def test_families_are_the_connected_components(documents, priorities):
    found = grouped([(number, *rest) for number, rest in documents.items()], priorities)
    graph = nx.Graph()
    graph.add_nodes_from(documents)
    for number, (application, _) in documents.items():
        if application:
            graph.add_edge(number, ("filing", f"{number.split('-')[0]} {application}"))
    for number, priority in priorities:
        if number in documents:
            graph.add_edge(number, ("filing", priority))
    numbered = {number: docdb for number, (_, docdb) in documents.items() if docdb}
    for number, docdb in numbered.items():
        assert found[number] == (docdb, "docdb")
    hosts = {
        node: {numbered[n] for n in graph[node] if n in numbered} for node in graph if isinstance(node, tuple)
    }
    graph.remove_nodes_from(numbered)
    for component in nx.connected_components(graph):
        members = sorted(node for node in component if isinstance(node, str))
        shared = Counter(host for node in component - set(members) for host in hosts[node])
        known = min(shared, key=lambda host: (-shared[host], host), default=None)
        for member in members:
            basis = "priority" if known or len(members) > 1 else "application"
            assert found[member] == (known or members[0], basis)


@pytest.mark.parametrize("second", [None, "7"])
def test_families_are_numbered_in_the_order_of_their_ids(second):
    found = stg_family(
        pl.LazyFrame(
            {
                "publication_number": ["US-9-B2", "US-10-A1", "US-10-B2", "JP-1-A"],
                "source_family_id": ["55", "7", second, "100"],
            }
        ),
        pl.LazyFrame(schema={"publication_number": pl.String, "filing": pl.String}),
    )
    ids = sorted(set(found["family_id"]))
    numbers = sorted(set(found["family"]))
    assert [numbers.index(each) for each in found["family"]] == [
        ids.index(each) for each in found["family_id"]
    ]


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_of_rows_decides_nothing(order):
    documents = [("US-1-B2", "7", "55"), ("US-2-B2", "7", None), ("US-3-B2", None, None)]
    priorities = [("US-3-B2", "US 7"), ("US-2-B2", "JP 1")]
    assert grouped(documents[::order], priorities[::order])["US-3-B2"] == ("55", "priority")
