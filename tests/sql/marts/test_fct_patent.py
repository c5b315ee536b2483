"""Families with their indicators, score and rank."""

import math

import pytest

from corepath.warehouse.topic.method import Method
from tests.worlds import ANY, by, publications, toy, world

PATENT = "marts.fct_patent"


@pytest.fixture(scope="module")
def patents():
    return by(world(toy(), PATENT), PATENT, "family_id")


@pytest.mark.parametrize(
    ("family", "published"),
    [("f1", 0.1667), ("f2", 0.5185), ("f3", 0), ("f4", 0.3333), ("f5", 0.5), ("f7", 0.5185), ("f8", 0.1667)],
)
def test_rao_stirling_diversity_is_the_published_one(patents, family, published):
    assert patents[family]["rao_stirling"] == pytest.approx(published, abs=5e-5)


def test_a_family_whose_first_publication_has_no_class_has_no_diversity():
    first = {"publication_number": "US-20090000003-A1", "family_id": "f3"}
    given = toy()
    given["sources.stg_document"] += publications(first | {"publication_date": "2009-01-01"})
    assert by(world(given, PATENT), PATENT, "family_id")["f3"]["rao_stirling"] is None


def test_one_varying_indicator_decides_the_score_alone(patents):
    # Scope is all that varies: 1, 2 and 3 subclasses become 0, 50 and 100.
    assert {f: p["score"] for f, p in patents.items()} == {
        "f1": 50,
        "f2": 100,
        "f3": 0,
        "f4": 50,
        "f5": 50,
        "f6": 50,
        "f7": 100,
        "f8": 50,
    }
    assert {f: p["rank"] for f, p in patents.items()} == {
        "f1": 5,
        "f2": 1.5,
        "f3": 8,
        "f4": 5,
        "f5": 5,
        "f6": 5,
        "f7": 1.5,
        "f8": 5,
    }
    assert {f for f, p in patents.items() if p["is_core"]} == {"f2", "f7"}
    assert {f for f, p in patents.items() if p["is_tied_at_cut"]} == {"f2", "f7"}


def test_each_row_names_its_topic_and_why_it_is_in(patents):
    assert {(p["topic"], p["selected_by"]) for p in patents.values()} == {("any", "classes")}


def test_the_country_is_the_one_of_the_largest_share_and_the_source_the_weakest():
    given = toy()
    number = "US-9000001-B2"
    given["sources.stg_party"] = [
        p for p in given["sources.stg_party"] if p["publication_number"] != number
    ] + [
        {"publication_number": number, "name": "A", "country": "KR"},
        {"publication_number": number, "name": "B", "country": "KR", "position": 2},
        {"publication_number": number, "name": "C", "country": None, "position": 3},
        {"publication_number": number, "role": "inventor", "name": "D", "country": "CN"},
    ]
    connection = world(given, PATENT, "marts.fct_patent_country")
    shared = by(connection, PATENT, "family_id")["f1"]
    assert (shared["country"], shared["country_count"]) == ("KR", 2)
    assert shared["country_share"] == pytest.approx(2 / 3)
    assert shared["country_source"] == "inventor"
    shares = by(connection, "marts.fct_patent_country", "family_id", "country")
    assert shares["f1", "KR"]["country_source"] == "record"
    assert shares["f1", "CN"]["country_source"] == "inventor"
    assert math.fsum(row["share"] for (f, _), row in shares.items() if f == "f1") == pytest.approx(1)


def test_what_is_known_of_a_country_is_as_good_as_the_weakest_of_its_applicants():
    given = toy()
    given["sources.stg_party"] += [
        {"publication_number": "US-9000001-B2", "name": "Nobody Knows", "position": 2},
        {"publication_number": "US-9000001-B2", "role": "inventor", "country": "US", "name": "A"},
    ]
    given["sources.stg_document"][0]["first_filing_office"] = "US"
    shares = by(world(given, "marts.fct_patent_country"), "marts.fct_patent_country", "family_id", "country")
    assert shares["f1", "US"]["share"] == 1
    assert shares["f1", "US"]["country_source"] == "inventor"


def test_the_country_is_that_of_the_attribution_that_the_topic_chose():
    given = toy()
    given["sources.stg_party"] += [
        {
            "publication_number": "US-9000001-B2",
            "role": "inventor",
            "country": country,
            "name": f"Inventor {i}",
            "position": i,
        }
        for i, country in enumerate(["CN", "KR", "KR"], start=1)
    ]
    topic = ANY.model_copy(update={"method": Method(preset="study", attribution="inventor")})
    patent = by(world(given, PATENT, topic=topic), PATENT, "family_id")["f1"]
    assert (patent["country"], patent["country_count"]) == ("KR", 2)
    assert patent["country_share"] == pytest.approx(2 / 3)
    assert patent["country_source"] == "priority_inventor"


def test_countries_at_par_are_settled_by_the_alphabet():
    given = toy()
    given["sources.stg_party"].append(
        {"publication_number": "US-9000001-B2", "name": "Other", "country": "CN", "position": 2}
    )
    assert by(world(given, PATENT), PATENT, "family_id")["f1"]["country"] == "CN"


def test_scores_are_the_weighted_sum_of_the_scaled_indicators():
    claims, inventors = [1, 5, 9, 21], [4, 1, 2, 3]
    connection = world(
        {
            "sources.stg_document": publications(
                *(
                    {"publication_number": f"US-{i}-B2", "claim_count": c, "inventor_count": n}
                    for i, (c, n) in enumerate(zip(claims, inventors, strict=True))
                )
            ),
            "sources.stg_classification": [
                {"publication_number": f"US-{i}-B2", "symbol": "G06N3/02"} for i in range(4)
            ],
        },
        PATENT,
        "marts.fct_indicator_weight",
    )

    def divergence(values):
        scaled = [(v - min(values)) / (max(values) - min(values)) for v in values]
        p = [s / sum(scaled) for s in scaled]
        return scaled, 1 + sum(x * math.log(x) for x in p if x) / math.log(len(p))

    (cl, d_cl), (inv, d_inv) = divergence(claims), divergence(inventors)
    weights = by(connection, "marts.fct_indicator_weight", "indicator")
    assert weights["cl"]["weight"] == pytest.approx(d_cl / (d_cl + d_inv))
    assert weights["inv"]["weight"] == pytest.approx(d_inv / (d_cl + d_inv))
    assert weights["cl"]["entropy"] == pytest.approx(1 - d_cl)
    found = by(connection, PATENT, "family_id")
    for i in range(4):
        assert found[f"US-{i}-B2"]["score"] == pytest.approx(
            100 * (cl[i] * d_cl + inv[i] * d_inv) / (d_cl + d_inv)
        )
    # The others do not vary or are not known, and say which.
    assert weights["sc"]["reason"] == "no weight: the same for every family"
    assert weights["sc"]["weight"] == 0
    assert weights["npl"]["reason"].startswith("left out: no source records ")
    assert weights["npl"]["weight"] is None
    assert weights["fc_5"]["is_used"] is False
    assert sum(row["weight"] or 0 for row in weights.values()) == pytest.approx(1, abs=1e-12)
    assert [row["position"] for row in weights.values() if row["is_used"]] == [5, 7]


def test_a_gap_takes_the_median_of_its_cohort_and_is_shown_as_unknown():
    years = ["2001"] * 31 + ["2002"] * 30
    claims = [None, *[2] * 15, *[4] * 15, *[30] * 29, 31]
    connection = world(
        {
            "sources.stg_document": publications(
                *(
                    {"publication_number": f"US-{i:02}-B2", "claim_count": c, "priority_date": f"{y}-05-05"}
                    for i, (y, c) in enumerate(zip(years, claims, strict=True))
                )
            ),
            "sources.stg_classification": [
                {"publication_number": f"US-{i:02}-B2", "symbol": "G06N3/02"} for i in range(61)
            ],
        },
        PATENT,
    )
    found = by(connection, PATENT, "family_id")
    assert found["US-00-B2"]["cl"] is None
    # Beside the mean of 3, the least is 2/3, the most 4/3, and the median of 3 is 1.
    assert found["US-00-B2"]["score"] == pytest.approx(50)


def test_breakthroughs_are_the_most_cited_of_their_year():
    """The 99th percentile included; where nobody cites them, or five years are not over, none."""
    counts = {1990: [0] * 96 + [1, 2, 3, 4], 1991: [0] * 97 + [1, 1, 1], 1992: [0] * 10, 2008: [0, 1, 2]}
    cited = {f"EP-{year}{i:03}-B1": year for year, found in counts.items() for i in range(len(found))}
    citing = {f"JP-{year}{i}-B2": year for year, found in counts.items() for i in range(max(found))}
    given = {
        "sources.stg_document": publications(
            *({"publication_number": n, "publication_date": f"{year}-02-01"} for n, year in cited.items()),
            *(
                {"publication_number": n, "publication_date": f"{year + 1}-01-01"}
                for n, year in citing.items()
            ),
        ),
        "sources.stg_classification": [
            *({"publication_number": number, "symbol": "G06N3/02"} for number in [*cited, *citing]),
            # Scope differs, so that there is a score.
            *({"publication_number": n, "symbol": "G11C1/00", "position": 2} for n in list(cited)[::2]),
        ],
        "sources.stg_citation": [
            {"citing_publication": f"JP-{year}{place}-B2", "cited_publication": f"EP-{year}{i:03}-B1"}
            for year, found in counts.items()
            for i, count in enumerate(found)
            for place in range(count)
        ],
    }
    patents = by(world(given, PATENT), PATENT, "representative_publication")
    breakthroughs = {year: [] for year in counts}
    for number, year in cited.items():
        if patents[number]["is_breakthrough"]:
            breakthroughs[year].append(counts[year][int(number[7:10])])
    assert breakthroughs == {1990: [3, 4], 1991: [1, 1, 1], 1992: [], 2008: []}
    assert {patents[n]["is_breakthrough"] for n, year in cited.items() if year == 2008} == {None}
