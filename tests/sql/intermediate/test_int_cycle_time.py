"""Technology cycle time: how old what a family cites is."""

import pytest

from tests.sql.intermediate.network import side_by_side


def test_it_is_the_median_age_of_the_cited_families():
    cases = [
        (["2009-01-01"], 365),
        (["2009-01-01", "2008-01-01"], (365 + 731) / 2),  # 2008 is a leap year
        (["2009-01-01", "2009-12-31", "2000-01-01"], 365),
        (["2011-01-01"], 0),  # cited by a later document of the family
    ]
    networks = []
    for cited, _ in [*cases, ([], None)]:
        families = {f"c{i}": (day, "") for i, day in enumerate(cited)}
        citations = [("f", name) for name in families] + [("f", "EP-1-A1")]
        networks.append(({"f": ("2010-01-01", "G06N"), **families}, citations))
    *found, unknown = (families["f"]["tct"] for families in side_by_side(networks, "tct"))
    assert found == pytest.approx([days / 365.25 for _, days in cases], abs=1e-12)
    assert unknown is None, "nothing that it cites is loaded"
