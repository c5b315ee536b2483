"""Data Docs show every result, and first what did not pass."""

from corepath.warehouse.release.data_docs import as_markdown
from corepath.warehouse.validate.validator import Result


def result(table: str, outcome: str = "passed", observed: str = "0") -> Result:
    return Result(table, "key is unique", "a, b", "warning", outcome, observed, "It is the key")  # pyright: ignore[reportArgumentType]


def test_what_did_not_pass_comes_first_and_every_table_has_its_section():
    page = as_markdown([result("b"), result("a", "failed", "3"), result("a"), result("b")])
    assert "2 tables by 4 expectations: 3 passed, 1 did not" in page
    parts = page.split("\n## ")
    assert [part.partition("\n")[0] for part in parts[1:]] == ["Not passed", "Tables", "a", "b"]
    wrong = "key is unique | a, b | warning | failed | 3 | It is the key |"
    assert parts[1].splitlines()[-1] == f"| a | {wrong}"
    assert "| a | 2 | 1 |" in parts[2]
    assert f"| {wrong}" in parts[3]
    assert parts[4].count("passed") == 2


def test_if_all_passed_it_says_so():
    assert "## Not passed\n\nNone." in as_markdown([result("a")])


def test_what_was_observed_is_text_and_nothing_else():
    page = as_markdown([result("a", "failed", "<img src=//x> [b](//c) |")])
    assert "\\<img src=//x> \\[b](//c) \\|" in page
