"""The results of validation as a page; docs/architecture.md says why it is not that of Great Expectations."""

from collections.abc import Sequence
from itertools import groupby

from corepath.warehouse import markdown
from corepath.warehouse.validate.validator import Result


def as_markdown(results: Sequence[Result]) -> str:
    """Write what was checked of each table, why, and what was found.

    Parameters
    ----------
    results
        One an expectation.

    Returns
    -------
    str
        Markdown: what did not pass, the tables with the number of their checks, and a section a
        table.
    """
    order = sorted(results, key=lambda result: result.table)
    tables = {table: list(of) for table, of in groupby(order, key=lambda result: result.table)}
    wrong = [result for result in results if result.outcome != "passed"]
    parts = [
        "# Data Docs",
        f"Great Expectations validated {len(tables)} tables by {len(results):,} expectations: "
        f"{len(results) - len(wrong):,} passed, {len(wrong):,} did not. A critical one that fails "
        "rejects the release; a warning does not.",
        "## Not passed",
        _results(wrong, with_table=True) or "None.",
        "## Tables",
        markdown.table(
            ["table", "expectations", "not passed"],
            [(name, len(of), sum(r.outcome != "passed" for r in of)) for name, of in tables.items()],
        ),
    ]
    for name, of in tables.items():
        parts += [f"## {markdown.escaped(name)}", _results(of, with_table=False)]
    return "\n\n".join(parts) + "\n"


def _results(results: Sequence[Result], with_table: bool) -> str:
    columns = ["expectation", "column", "severity", "outcome", "observed", "why"]
    rows = [[r.expectation, r.column, r.severity, r.outcome, r.observed, r.why] for r in results]
    if with_table:
        columns = ["table", *columns]
        rows = [[r.table, *row] for r, row in zip(results, rows, strict=True)]
    return markdown.table(columns, rows)
