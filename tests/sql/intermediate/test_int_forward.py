"""Citation windows: three lengths, examiners', and open ones made whole."""

import pytest

from tests.sql.intermediate.network import indicators

LAST = ("2020-12-31", "")


def test_one_scan_counts_all_windows():
    citing = {
        "a": ("2011-01-01", ""),
        "b": ("2013-01-01", ""),
        "c": ("2013-01-02", ""),
        "d": ("2016-06-01", ""),
    }
    found = indicators({"f": ("2010-01-01", "G06N"), **citing, "last": LAST}, [(c, "f") for c in citing])["f"]
    assert (found["fc_3"], found["fc_5"], found["fc_7"]) == (2, 3, 4)


def examined(*origins):
    """A family cited once by each origin, within five years."""
    families = {f"c{i}": ("2012-01-01", "") for i in range(len(origins))}
    return indicators(
        {"f": ("2010-01-01", "G06N"), "g": ("2010-01-01", "G06N"), **families, "last": LAST},
        [(f"c{i}", "f", origin) for i, origin in enumerate(origins)],
    )


def test_fcx_counts_families_whose_examiner_cites():
    found = examined("examiner", "applicant", "examiner")
    assert (found["f"]["fc_5"], found["f"]["fcx_5"]) == (3, 2)
    assert found["g"]["fcx_5"] == 0


def test_fcx_is_unknown_where_a_citing_family_tells_no_origin():
    assert examined("examiner", "unknown")["f"]["fcx_5"] is None


def test_fcx_is_unknown_for_all_where_no_origin_is_told():
    assert examined("unknown")["g"]["fcx_5"] is None


def test_citations_by_others_leave_out_the_group_of_the_cited_family():
    """Samsung SDI cites Samsung Electronics: one group; IBM with Samsung is not others either."""
    owners = {
        "f": ["Samsung Electronics Co., Ltd."],
        "subsidiary": ["Samsung SDI Co., Ltd."],
        "joint": ["IBM", "Samsung Electronics"],
        "other": ["IBM"],
        "nobody": [],
    }
    families = dict.fromkeys(owners, ("2012-01-01", "")) | {"f": ("2010-01-01", "G06N"), "last": LAST}
    citations = [(name, "f") for name in owners if name != "f"]
    found = indicators(families, citations, applicants=owners)["f"]
    assert (found["fc_5"], found["fc_5_others"]) == (4, 2)


def planted(truncation):
    """Old families with 1, 1 and 2 citations after 1, 2 and 4 years; young ones on the same path.

    Of the 4 citations that a window of 5 years holds, half have come after 2 years and after 3.
    """
    days = {"old1": 2002, "old2": 2004, "young2": 2018, "young3": 2017, "young1": 2019}
    families = {name: (f"{year}-06-01", "G06N") for name, year in days.items()}
    citations = []
    for name, year in days.items():
        for i, after in enumerate((1, 2, 4, 4)):
            if year + after <= 2020:
                citing = f"{name} {i}"
                families[citing] = (f"{year + after}-01-01", "")
                citations.append((citing, name))
    families["last"] = ("2020-07-01", "")
    return indicators(families, citations, truncation=truncation)


def test_an_open_window_is_deflated_by_what_complete_ones_had_at_its_age():
    found = planted("deflate")
    assert {name: found[name]["fc_5"] for name in ("young2", "young3")} == {"young2": 4, "young3": 4}


def test_deflating_leaves_closed_windows_alone_and_those_of_under_two_years_unknown():
    closed, deflated = planted("closed"), planted("deflate")
    assert closed["old1"]["fc_5"] == deflated["old1"]["fc_5"] == 4
    assert closed["young1"]["fc_5"] is deflated["young1"]["fc_5"] is None
    assert closed["young2"]["fc_5"] is None


@pytest.mark.parametrize("truncation", ["closed", "deflate"])
def test_what_has_been_seen_is_shown_as_it_is(truncation):
    assert planted(truncation)["young2"]["fc_5_so_far"] == 2
