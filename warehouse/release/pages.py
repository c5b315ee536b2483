"""A release as pages for a browser, which fetch nothing."""

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

from corepath.warehouse.release import data_docs, schema, summary
from corepath.warehouse.release.package import document
from corepath.warehouse.validate.validator import Result

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #222; max-width: 75rem; margin: 2rem auto;
       padding: 0 1rem; }
h2 { margin-top: 2.5rem; border-bottom: 1px solid #ccc; }
table { border-collapse: collapse; display: block; overflow-x: auto; font-size: 13px; }
th, td { border: 1px solid #ddd; padding: .25rem .5rem; text-align: left; vertical-align: top; }
th { background: #f2f2f2; }
td { overflow-wrap: break-word; max-width: 40rem; }
code { background: #f2f2f2; padding: 0 .2rem; }
"""

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<nav><a href="report.html">Report</a> · <a href="data_docs.html">Data Docs</a> ·
<a href="dictionary.html">Dictionary</a> · <a href="changes.md">Changes</a> ·
<a href="datapackage.json">datapackage.json</a></nav>
{body}</body>
</html>
"""


def write_pages(draft: Path, title: str, results: Sequence[Result]) -> list[dict[str, Any]]:
    """Write report.html, data_docs.html and dictionary.html into a release.

    Parameters
    ----------
    draft
        The release's folder, with corepath.duckdb finished and closed.
    title
        What the pages are of: topic and version.
    results
        The verdicts of validation.

    Returns
    -------
    list of dict
        What datapackage.json says of each.
    """
    pages = [
        ("report", summary.summarise(draft, "."), "What this release is and what it found"),
        ("data_docs", data_docs.as_markdown(results), "What was checked, why, and what was found"),
        ("dictionary", schema.as_markdown(draft), "Every table and column"),
    ]
    resources = []
    for name, text, description in pages:
        path = draft / f"{name}.html"
        path.write_text(as_html(f"{title}: {name.replace('_', ' ')}", text), encoding="utf-8")
        resources.append(document(path, description))
    return resources


def as_html(title: str, markdown: str) -> str:
    """Write Markdown as a page that needs no other file.

    HTML in the text is text, and a browser is told to load nothing and to run no script.

    Parameters
    ----------
    title
        For the window's title.
    markdown
        CommonMark with tables.

    Returns
    -------
    str
        HTML.

    Examples
    --------
    >>> "<h1>A &lt;b&gt;</h1>" in as_html("A", "# A <b>")
    True
    """
    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown)
    return _PAGE.format(title=escape(title), style=_STYLE, body=body)
