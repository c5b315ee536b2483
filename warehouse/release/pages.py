"""A release as pages for a browser, which fetch nothing."""

import tomllib
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import polars as pl
from markdown_it import MarkdownIt

from corepath.report.explore import as_explorer
from corepath.report.page import FIGURES, MADE_UP, Style, as_page, as_svg, make_figures
from corepath.warehouse.database import opened
from corepath.warehouse.errors import BadInput, UsageError
from corepath.warehouse.release import data_docs, schema
from corepath.warehouse.release.frames import QUERIES, read_frames
from corepath.warehouse.release.package import document
from corepath.warehouse.settings import ROOT
from corepath.warehouse.validate.validator import Result

_REPORT = ROOT / "report"

# Pages of a release beside the report, by file, and how links name them.
_LINKS = [
    ("explore.html", "Explore the networks"),
    ("data_docs.html", "Data Docs"),
    ("dictionary.html", "Dictionary"),
    ("changes.md", "Changes"),
    ("datapackage.json", "datapackage.json"),
]

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
<nav><a href="report.html">Report</a> ·
<a href="explore.html">Explorer</a> · <a href="data_docs.html">Data Docs</a> ·
<a href="dictionary.html">Dictionary</a> · <a href="changes.md">Changes</a> ·
<a href="datapackage.json">datapackage.json</a></nav>
{body}</body>
</html>
"""


def write_pages(
    draft: Path, title: str, results: Sequence[Result], change: Mapping[str, Any], truth: Path | None = None
) -> list[dict[str, Any]]:
    """Write report.html, explore.html, data_docs.html and dictionary.html into a release.

    Parameters
    ----------
    draft
        The release's folder, with corepath.duckdb finished and closed.
    title
        What the pages are of: topic and version.
    results
        The results of validation.
    change
        What changed since the release before, as changes.json has it.
    truth
        Of a generated world, the file of what was planted in it: every page says that the world is made
        up, and the report holds what was found against it.

    Returns
    -------
    list of dict
        What datapackage.json says of each.
    """
    frames = _read(draft, explorer=True)
    planted = read_truth(truth) if truth else None
    is_made_up = planted is not None
    pages = [
        (
            "report",
            as_page(frames, QUERIES, read_style(), change, _LINKS, planted),
            "What this release is and what it found, in figures",
        ),
        (
            "explore",
            as_explorer(frames, _explorer_style(), _asset("explore.js"), is_made_up),
            "The convergence networks, to search and to look around in",
        ),
        (
            "data_docs",
            as_html(f"{title}: data docs", data_docs.as_markdown(results), is_made_up),
            "What was checked, why, and what was found",
        ),
        (
            "dictionary",
            as_html(f"{title}: dictionary", schema.as_markdown(draft), is_made_up),
            "Every table and column",
        ),
    ]
    resources = []
    for name, text, description in pages:
        path = draft / f"{name}.html"
        path.write_text(text, encoding="utf-8")
        resources.append(document(path, description))
    return resources


def read_truth(path: Path) -> dict[str, Any]:
    """Read what was planted in a generated world.

    Raises
    ------
    BadInput
        The file cannot be read, or tells of no country.
    """
    try:
        truth = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(f"{path}: what was planted cannot be read: {error}") from error
    if not truth.get("country"):
        raise BadInput(f"{path} names no country; corepath.synthetic.world writes such a file")
    return truth


def figure(path: Path, name: str) -> str:
    """Draw one figure of a release's report.

    Parameters
    ----------
    path
        The release's folder.
    name
        Of the figure, such as ``rank``.

    Returns
    -------
    str
        SVG, with its style.

    Raises
    ------
    UsageError
        There is no such figure, or this release has nothing to draw in it.
    """
    if name not in FIGURES:
        raise UsageError(f"no such figure: {name}; there are {', '.join(FIGURES)}")
    frames = _read(path)
    made = make_figures(frames)[name]
    # Releases from before there was a truth have none.
    is_made_up = "truth" in frames["release"].columns and frames["release"]["truth"][0] is not None
    drawn = as_svg(made, name, read_style(), is_made_up)
    if drawn is None:
        raise UsageError(f"nothing to draw in {name}: {made.answer}")
    return drawn


def read_style() -> Style:
    """Read the style sheets of the report."""
    return Style(_asset("page.css"), _asset("figures.css"))


def _explorer_style() -> Style:
    return Style(_asset("page.css") + _asset("explore.css"), "")


def _asset(name: str) -> str:
    return (_REPORT / name).read_text(encoding="utf-8")


def _read(path: Path, explorer: bool = False) -> dict[str, pl.DataFrame]:
    with opened(path) as connection:
        return read_frames(connection, explorer)


def as_html(title: str, markdown: str, made_up: bool = False) -> str:
    """Write Markdown as a page that needs no other file.

    HTML in the text is text, and a browser is told to load nothing and to run no script.

    Parameters
    ----------
    title
        For the window's title.
    markdown
        CommonMark with tables.
    made_up
        Whether to say that the world is generated.

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
    return _PAGE.format(title=escape(title), style=_STYLE, body=(MADE_UP if made_up else "") + body)
