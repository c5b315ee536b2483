"""Shares of families by applicant, inventor and first filing, and what counts as what."""

from collections import Counter
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corepath.warehouse.topic.method import Method
from tests.worlds import ANY, by, publications, rows, world

TABLE = "intermediate.int_family_attribution"
BASES = ("applicant", "inventor", "first_filing")
ANY_PARTY = st.tuples(
    st.sampled_from(["applicant", "inventor"]),
    st.sampled_from(["JP", "US", "KR", "CN", "TW", "HK", "XX", None]),
)
# Many of a kind at once: teams of hundreds occur, and thirds, sevenths, ... come of any number.
ANY_FAMILY = st.tuples(
    st.lists(st.tuples(ANY_PARTY, st.integers(1, 40)), max_size=6), st.sampled_from(["US", "JP", "EP", None])
)


def given_families(families):
    numbers = [f"US-70{i:05}-B2" for i in range(len(families))]
    return {
        "sources.stg_document": publications(
            *(
                {"publication_number": number, "first_filing_office": office}
                for number, (_, office) in zip(numbers, families, strict=True)
            )
        ),
        "sources.stg_classification": [{"publication_number": n, "symbol": "G06N3/02"} for n in numbers],
        "sources.stg_party": [
            {
                "publication_number": number,
                "position": position,
                "role": role,
                "country": country,
                "name": f"{role} {position} of {number}",
            }
            for number, (parties, _) in zip(numbers, families, strict=True)
            for position, (role, country) in enumerate(
                (party for party, times in parties for _ in range(times)), start=1
            )
        ],
    }


@pytest.mark.whole
@settings(max_examples=5)
@given(st.lists(ANY_FAMILY, min_size=10, max_size=30))
def test_shares_of_every_family_sum_to_1_exactly_whatever_its_parties(families):
    connection = world(
        given_families(families), "intermediate.int_family_applicant", "marts.fct_patent_country"
    )
    whole = rows(
        connection,
        "select sum(parts) as parts, min(total) as total, max(total) as most "
        "from intermediate.int_family_place group by basis, family",
    )
    assert len(whole) == len(BASES) * len(families)
    assert all(row["parts"] == row["total"] == row["most"] for row in whole)
    shares = rows(connection, "from marts.fct_patent_country")
    assert len({row["family_id"] for row in shares}) == len(families)
    for column in ("share", *(f"share_by_{basis}" for basis in BASES)):
        sums = Counter()
        for row in shares:
            assert row[column] >= 0
            sums[row["family_id"]] += Fraction(row[column])
            # Multiples of 2^-50: no order of addition rounds.
            assert (Fraction(row[column]) * 2**50).denominator == 1
        assert set(sums.values()) == {1}
    known = {r["country"] for r in rows(connection, "from reference.country")} | {"ZZ"}
    assert {row["country"] for row in shares} <= known


@pytest.mark.whole
@settings(max_examples=5)
@given(
    st.lists(
        st.lists(st.sampled_from(["JP", "US", "KR", "CN", "DE"]), min_size=1, max_size=99),
        min_size=5,
        max_size=20,
    )
)
def test_a_share_is_the_fraction_of_the_parties(teams):
    families = [
        ([((role, c), 1) for role in ("applicant", "inventor") for c in team], None) for team in teams
    ]
    found = by(world(given_families(families), TABLE), TABLE, "family_id", "country")
    for i, team in enumerate(teams):
        for country, parts in Counter(team).items():
            expected = pytest.approx(float(Fraction(parts, len(team))), abs=1e-12)
            row = found[f"US-70{i:05}-B2", country]
            assert row["share_by_applicant"] == expected
            assert row["share_by_inventor"] == expected


FAMILY = [
    (
        [
            (("applicant", "HK"), 1),
            (("applicant", "CN"), 1),
            (("applicant", "TW"), 2),
            (("inventor", "HK"), 1),
            (("inventor", "MO"), 2),
        ],
        "HK",
    )
]


def shares_by(column, **choices):
    topic = ANY.model_copy(update={"method": Method(**choices)})
    connection = world(given_families(FAMILY), TABLE, topic=topic)
    return {r["country"]: r[column] for r in rows(connection, f"from {TABLE}") if r[column]}


@pytest.mark.whole
def test_taiwan_hong_kong_and_macao_stand_apart():
    assert shares_by("share_by_applicant") == {"HK": 0.25, "CN": 0.25, "TW": 0.5}
    assert shares_by("share_by_inventor") == pytest.approx({"HK": 1 / 3, "MO": 2 / 3})
    assert shares_by("share_by_first_filing") == {"HK": 1}


@pytest.mark.whole
def test_a_country_counts_as_another_by_every_attribution_where_the_topic_says_so():
    count_as = {"HK": "CN", "MO": "CN"}
    assert shares_by("share_by_applicant", count_as=count_as) == {"CN": 0.5, "TW": 0.5}
    assert shares_by("share_by_inventor", count_as=count_as) == {"CN": 1}
    assert shares_by("share_by_first_filing", count_as=count_as) == {"CN": 1}


@pytest.mark.parametrize("attribution", BASES)
def test_the_topic_chooses_the_attribution_that_all_follow(attribution):
    topic = ANY.model_copy(update={"method": Method(attribution=attribution)})
    connection = world(given_families(FAMILY), "marts.fct_patent_country", topic=topic)
    chosen = {r["country"]: r["share"] for r in rows(connection, "from intermediate.int_family_country")}
    assert chosen == pytest.approx(shares_by(f"share_by_{attribution}"))
    for row in rows(connection, "from marts.fct_patent_country"):
        assert row["share"] == row[f"share_by_{attribution}"] == chosen.get(row["country"], 0)
        assert row["country_source"] == row[f"{attribution}_source"]
        assert (row["country_source"] is None) == (row["share"] == 0)


def test_states_that_are_gone_stand_apart_from_those_that_came_after():
    families = [([(("applicant", "SU"), 1), (("applicant", "RU"), 1)], "DD")]
    found = by(world(given_families(families), TABLE), TABLE, "country")
    assert found["SU"]["share_by_applicant"] == found["RU"]["share_by_applicant"] == 0.5
    assert found["DD"]["share_by_first_filing"] == 1


def test_every_step_of_a_basis_has_a_name():
    connection = world({}, "reference.country_source")
    steps = connection.sql("from reference.country_source").pl()
    for (basis,), names in steps.group_by("basis"):
        assert basis in BASES
        assert names["step"].sort().to_list() == list(range(1, len(names) + 1))
        assert names["country_source"].is_unique().all()
    assert steps.filter(pl.col("country_source") == "unknown").height == len(BASES)
