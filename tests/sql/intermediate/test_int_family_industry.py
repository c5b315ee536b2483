"""How families are shared between industries, in each mode."""

import pytest

from corepath.warehouse.topic.files import Topic
from tests.worlds import publications, rows, with_ids, world


def shares(*families, mode="ipc_only"):
    """Industry shares of families: (symbols, abstract)."""
    numbers = [f"CN-{i}-A" for i in range(len(families))]
    connection = world(
        {
            "sources.stg_document": publications(
                *(
                    {"publication_number": n, "family_id": n, "title": "T", "abstract": abstract}
                    for n, (_, abstract) in zip(numbers, families, strict=True)
                )
            ),
            "sources.stg_classification": [
                {"publication_number": n, "symbol": symbol, "position": i}
                for n, (symbols, _) in zip(numbers, families, strict=True)
                for i, symbol in enumerate(symbols.split(), start=1)
            ],
        },
        "intermediate.int_family_industry",
        topic=Topic(name="any", title="Any", classes=list("ABCDEFGH"), method={"industry_mode": mode}),
    )
    found = {}
    for row in rows(connection, with_ids("intermediate.int_family_industry")):
        number = numbers.index(row["family_id"])
        found.setdefault((number, row["scheme"]), {})[row["industry"]] = row["share"]
    return found


def test_a_family_is_shared_equally_between_its_industries_and_fields():
    found = shares(("G06N3/063 G06N3/08 H01L21/02 G06T1/20", None))
    assert found[0, "SEI"] == pytest.approx({"1.5": 1 / 3, "1.2": 1 / 3, "8.2": 1 / 3})
    assert found[0, "WIPO"] == pytest.approx({"6": 1 / 2, "8": 1 / 2})


def test_a_family_without_an_industry_is_of_none_and_counts_still():
    assert shares(("A01B1/02", None))[0, "SEI"] == {"none": 1}


def test_fields_follow_the_main_group_where_a_subclass_is_divided():
    assert set(shares(("H04N21/23", None))[0, "WIPO"]) == {"4"}
    assert set(shares(("H04N5/74", None))[0, "WIPO"]) == {"2"}


def test_without_keywords_only_the_rules_that_have_none_are_left():
    assert shares(("G06N3/063 G06F40/30", None), mode="unconditional")[0, "SEI"] == {"1.5": 1}
    assert shares(("G06N3/063", None), mode="unconditional")[0, "SEI"] == {"none": 1}


def test_with_keywords_a_rule_that_has_some_needs_one_in_the_text():
    found = shares(
        ("H03K19/17", "一种集成电路制造方法"),
        ("H03K19/17", "A circuit"),
        ("G06F40/30", None),
        mode="ipc_and_keyword",
    )
    assert found[0, "SEI"] == {"1.2": 1}
    assert found[1, "SEI"] == {"none": 1}
    assert found[2, "SEI"] == {"1.5": 1}
