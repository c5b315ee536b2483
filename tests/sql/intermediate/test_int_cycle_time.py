"""Technology cycle time: how old what a family cites is."""

import pytest

from tests.sql.intermediate.network import indicators


@pytest.mark.parametrize(
    ("cited", "days"),
    [
        (["2009-01-01"], 365),
        (["2009-01-01", "2008-01-01"], (365 + 731) / 2),  # 2008 is a leap year
        (["2009-01-01", "2009-12-31", "2000-01-01"], 365),
        (["2011-01-01"], 0),  # cited by a later document of the family
    ],
)
def test_it_is_the_median_age_of_the_cited_families(cited, days):
    families = {f"c{i}": (day, "") for i, day in enumerate(cited)}
    citations = [("f", name) for name in families] + [("f", "EP-1-A1")]
    found = indicators({"f": ("2010-01-01", "G06N"), **families}, citations, "tct")
    assert found["f"]["tct"] == pytest.approx(days / 365.25, abs=1e-12)


def test_it_is_unknown_where_nothing_cited_is_loaded():
    assert indicators({"f": ("2010-01-01", "G06N")}, [("f", "EP-1-A1")], "tct")["f"]["tct"] is None
