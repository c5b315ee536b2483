"""Choices of method: those that cannot be, and that the documents list all."""

import json
import re

import pytest
from pydantic import ValidationError

from corepath.warehouse.settings import ROOT
from corepath.warehouse.topic.method import Method


def test_countries_may_count_as_another():
    method = Method(count_as={"HK": "CN", "MO": "CN", "SU": "RU"})
    assert method.count_as == {"HK": "CN", "MO": "CN", "SU": "RU"}


@pytest.mark.parametrize(
    ("count_as", "words"),
    [
        ({"HK": "CN", "CN": "TW"}, "HK counts as CN, which does not count as itself"),
        ({"HK": "CN", "CN": "HK"}, "HK counts as CN, which does not count as itself"),
        ({"HK": "HK"}, "HK counts as HK, which does not count as itself"),
        ({"HKG": "CN"}, "'HKG' is no ISO 3166"),
        ({"HK": "China"}, "'China' is no ISO 3166"),
    ],
)
def test_what_counts_as_another_does_not_count_on(count_as, words):
    with pytest.raises(ValidationError, match=words):
        Method(count_as=count_as)


@pytest.mark.parametrize("page", ["method.md", "topics.md"])
def test_the_documents_list_every_choice_with_its_default(page):
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| `(\w+)` \| (none|`[^`]*`) \|", text, flags=re.M))
    for name, field in Method.model_fields.items():
        if name == "dimensions":  # its default follows the indicators
            assert "| `dimensions` | those of `reference/indicator.csv` |" in text
            continue
        default = field.get_default(call_default_factory=True)
        expected = "none" if default is None else f"`{json.dumps(default)}`"
        shown = listed[name]
        assert shown == expected or float(shown.strip("`")) == default, name


def test_by_default_each_indicator_is_in_the_dimension_of_the_reference():
    method = Method(indicators=["fc_5", "inv", "app", "cl"])
    assert method.dimensions == {"impact": ["fc_5"], "people": ["inv", "app"], "protection": ["cl"]}
    assert Method(indicators=["fc_5", "cl"], dimensions={}).dimensions == {}


def test_one_word_gives_the_studys_plain_method():
    plain = Method(preset="study")
    chosen = plain.model_dump(include={"small_cohorts", "winsorise", "transform", "dimensions", "weighting"})
    assert chosen == {
        "small_cohorts": "widen",
        "winsorise": None,
        "transform": "none",
        "dimensions": {},
        "weighting": "entropy",
    }
    mixed = Method(preset="study", transform="sqrt", dimensions={"any": ["fc_5"]})
    assert (mixed.transform, mixed.winsorise, mixed.dimensions) == ("sqrt", None, {"any": ["fc_5"]})


@pytest.mark.parametrize("preset", ["recommended", "study"])
def test_what_a_release_records_reads_back_as_the_same_method(preset):
    method = Method(preset=preset)
    assert Method.model_validate_json(method.model_dump_json()) == method
