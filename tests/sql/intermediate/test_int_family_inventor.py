"""The cascade of de Rassenfosse et al. (2013), step by step, on families made for each step."""

import pytest

from tests.worlds import by, publications, world

FIRST, EQUIVALENT, OTHER = "JP-2005000001-A", "US-7000001-B2", "CN-100300000-C"
# Filed in Japan; in the US a year later; in China later still, with a second priority.
DOCUMENTS = [
    {"publication_number": FIRST, "filing_date": "2004-01-05", "publication_date": "2005-07-07"},
    {"publication_number": EQUIVALENT, "filing_date": "2004-12-20", "publication_date": "2006-01-10"},
    {"publication_number": OTHER, "filing_date": "2005-01-04", "publication_date": "2005-06-01"},
]
JAPANESE = {"priority_number": "2004000001", "priority_office": "JP", "priority_date": "2004-01-05"}
KOREAN = {"priority_number": "20040000009", "priority_office": "KR", "priority_date": "2004-03-01"}
PRIORITIES = [
    {"publication_number": FIRST} | JAPANESE,  # DOCDB has a first filing claim itself
    {"publication_number": EQUIVALENT} | JAPANESE,
    {"publication_number": OTHER} | JAPANESE,
    {"publication_number": OTHER} | KOREAN,
]


def person(number, role, *countries):
    return [
        {
            "publication_number": number,
            "role": role,
            "country": country,
            "position": i,
            "name": f"{number} {role} {i}",
        }
        for i, country in enumerate(countries, start=1)
    ]


def countries(*parties, office="JP", priorities=PRIORITIES, documents=DOCUMENTS):
    """Where the family is from: step and share by country."""
    numbers = [d["publication_number"] for d in documents]
    connection = world(
        {
            "sources.stg_document": publications(
                *(d | {"family_id": "f", "first_filing_office": office} for d in documents)
            ),
            "sources.stg_priority": priorities,
            "sources.stg_classification": [{"publication_number": n, "symbol": "G06N3/02"} for n in numbers],
            "sources.stg_party": [row for rows in parties for row in rows],
        },
        "intermediate.int_family_inventor",
    )
    found = by(connection, "intermediate.int_family_inventor", "country")
    assert {row["total"] for row in found.values()} == {sum(r["parts"] for r in found.values())}
    return {country: (r["step"], r["parts"], r["total"]) for country, r in found.items()}


# Each step's record, in order; a step is reached if those before are missing.
STEPS = [
    person(FIRST, "inventor", "JP"),
    person(EQUIVALENT, "inventor", "US"),
    person(OTHER, "inventor", "CN"),
    person(FIRST, "applicant", "KR"),
    person(EQUIVALENT, "applicant", "DE"),
    person(OTHER, "applicant", "FR"),
]


@pytest.mark.parametrize(
    ("step", "country"), [(1, "JP"), (2, "US"), (3, "CN"), (4, "KR"), (5, "DE"), (6, "FR"), (7, "TW")]
)
def test_each_step_is_asked_after_those_before(step, country):
    assert countries(*STEPS[step - 1 :], office="TW") == {country: (step, 1, 1)}


@pytest.mark.parametrize("office", ["EP", "WO", None])
def test_an_office_that_is_no_country_leaves_it_unknown(office):
    assert countries(office=office) == {"ZZ": (8, 1, 1)}


def test_each_inventor_of_the_document_has_the_same_share():
    assert countries(person(FIRST, "inventor", "JP", "US", "JP"), *STEPS[1:]) == {
        "JP": (1, 2, 3),
        "US": (1, 1, 3),
    }


def test_inventors_without_a_country_leave_the_family_to_the_others():
    assert countries(person(FIRST, "inventor", "JP", None, "US", "XX")) == {"JP": (1, 1, 2), "US": (1, 1, 2)}


def test_a_document_that_names_no_country_leaves_it_to_the_next():
    assert countries(person(FIRST, "inventor", None, None), *STEPS[1:]) == {"US": (2, 1, 1)}


def test_of_several_equivalents_the_earliest_filed_speaks():
    later = {
        "publication_number": "KR-100500000-B1",
        "filing_date": "2004-12-30",
        "publication_date": "2005-02-01",
    }
    assert countries(
        STEPS[1],
        person(later["publication_number"], "inventor", "KR"),
        documents=[*DOCUMENTS, later],
        priorities=[*PRIORITIES, {"publication_number": later["publication_number"]} | JAPANESE],
    ) == {"US": (2, 1, 1)}


def test_a_priority_of_which_only_the_date_is_known_makes_no_first_filing():
    document = {
        "publication_number": EQUIVALENT,
        "filing_date": "2004-12-20",
        "priority_date": "2004-01-05",
        "publication_date": "2006-01-10",
    }
    assert countries(STEPS[1], documents=[document], priorities=[]) == {"US": (2, 1, 1)}
    alone = {k: v for k, v in document.items() if k != "priority_date"}
    assert countries(STEPS[1], documents=[alone], priorities=[]) == {"US": (1, 1, 1)}
