"""The page of the schema says what the code makes."""

from corepath.warehouse.release.schema import as_markdown
from corepath.warehouse.settings import ROOT


def test_the_page_in_docs_is_current(sample_release) -> None:
    page = (ROOT / "docs" / "schema.md").read_text(encoding="utf-8")
    assert page == as_markdown(sample_release.path), (
        "make it again: corepath refresh with the sample, then corepath schema > docs/schema.md"
    )


def test_the_page_names_every_mart_once(sample_release) -> None:
    heads = [
        line.removeprefix("## ")
        for line in as_markdown(sample_release.path).splitlines()
        if line.startswith("## ")
    ]
    assert heads == sorted(sample_release.outcome.rows)
