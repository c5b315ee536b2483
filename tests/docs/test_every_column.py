"""docs/method.md explains every number that an analyst meets."""

import re
from pathlib import Path

import pytest

from corepath.warehouse.build.graph import describe, discover

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "method.md").read_text(encoding="utf-8")
MARTS = (
    "fct_patent",
    "fct_indicator_weight",
    "fct_core_technology",
    "fct_country_ranking",
    "fct_country_year",
)


def sections() -> dict[str, str]:
    """Give the text below each heading of the second level by its anchor."""
    texts = re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]
    return {re.sub(r"[^\w -]", "", text.partition("\n")[0].lower()).replace(" ", "-"): text for text in texts}


@pytest.mark.parametrize("mart", MARTS)
def test_every_column_of_a_mart_is_named_where_the_page_says_that_it_is_explained(mart):
    table = sections()["every-column-by-mart"]
    (row,) = re.findall(rf"^\| `{mart}` \|.*$", table, flags=re.MULTILINE)
    # What stands in every mart is explained below the table.
    texts = [table] + [sections()[anchor] for anchor in re.findall(r"\(#([\w-]+)\)", row)]
    assert len(texts) > 1
    named = set(re.findall(r"`(?:fct_\w+\.)?(\w+)`", "\n".join(texts)))
    columns = describe(discover(["patstat"])[f"marts.{mart}"]).columns
    assert [column for column in columns if column not in named] == []
