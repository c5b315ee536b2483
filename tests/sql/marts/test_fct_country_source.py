"""How countries are known, and how much of each is imputed."""

import pytest

from corepath.warehouse.topic.method import Method
from tests.worlds import ANY, by, publications, toy, world

TABLE = "marts.fct_country_source"


def test_a_countrys_families_are_shared_between_the_steps_that_tell_it():
    given = toy()
    # f2 of two more applicants, whose country is taken from the inventor or the first filing.
    given["sources.stg_party"] += [
        {"publication_number": "US-9000002-B2", "name": "Nobody Knows", "position": 2},
        {"publication_number": "US-9000002-B2", "name": "Nobody Else", "position": 3},
        {"publication_number": "US-9000002-B2", "role": "inventor", "name": "A", "country": "US"},
    ]
    given["sources.stg_document"] = publications(
        *(d | {"first_filing_office": "KR"} for d in given["sources.stg_document"])
    )
    found = by(world(given, TABLE), TABLE, "basis", "country", "country_source")
    # The United States have f1, f2 and f6; two thirds of f2 are a guess.
    recorded, guessed = (found["applicant", "US", step] for step in ("record", "inventor"))
    assert recorded["families"] == pytest.approx(2 + 1 / 3)
    assert guessed["families"] == pytest.approx(2 / 3)
    assert guessed["share"] == pytest.approx(2 / 9)
    assert (recorded["step"], guessed["step"]) == (1, 5)
    assert (recorded["is_imputed"], guessed["is_imputed"]) == (False, True)
    # By inventor only f2 is recorded; the others stand on their applicants.
    assert found["inventor", "US", "priority_inventor"]["families"] == 1
    assert found["inventor", "US", "priority_applicant"]["families"] == 2
    assert found["first_filing", "KR", "first_filing"]["families"] == 8
    assert {key[0]: row["is_primary"] for key, row in found.items()} == {
        "applicant": True,
        "inventor": False,
        "first_filing": False,
    }


def test_the_primary_basis_is_the_topics():
    topic = ANY.model_copy(update={"method": Method(attribution="inventor")})
    found = by(world(toy(), TABLE, topic=topic), TABLE, "basis", "country", "step")
    assert {key[0] for key, row in found.items() if row["is_primary"]} == {"inventor"}
