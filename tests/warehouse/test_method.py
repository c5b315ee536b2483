"""Choices of method that cannot be."""

import pytest
from pydantic import ValidationError

from warehouse.method import Method


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
