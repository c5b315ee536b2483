"""A real Chromium shows the pages: no error, no request, nothing too wide, the explorer by keyboard.

Skipped where there is none: `make test-browser` says so.
"""

from pathlib import Path

import polars as pl
import pytest

from corepath.report.explore import as_explorer
from corepath.report.page import Style, as_page
from corepath.warehouse.release.frames import QUERIES
from corepath.warehouse.settings import ROOT
from tests.browser.chromium import BINARY, browser
from tests.report import worlds as w
from tests.report.test_explore import explorer_frames

pytestmark = [pytest.mark.slow, pytest.mark.skipif(BINARY is None, reason="there is no Chromium")]

FIRST = {"before": None, "after": "2026.11.0", "drift": [], "warnings": []}
LONG = "Ein sehr langer Name ohne Ende, der eine ganze Zeile einnimmt und dann noch eine Zeile mehr"

# What the spread of the text, the pictures and their labels must not do.
BEYOND = """(() => {
  const width = document.documentElement.clientWidth, wrong = [];
  if (document.documentElement.scrollWidth > width) wrong.push("the page scrolls sideways");
  for (const svg of document.querySelectorAll("figure > svg")) {
    const box = svg.getBoundingClientRect();
    if (!box.width) continue;
    for (const text of svg.querySelectorAll("text")) {
      const own = text.getBoundingClientRect();
      if (own.left < box.left - 1 || own.right > box.right + 1)
        wrong.push(svg.parentNode.id + ": " + text.textContent);
    }
  }
  return wrong;
})()"""


def style(*names: str) -> Style:
    page, figures = (
        "".join((ROOT / "report" / f"{name}.css").read_text(encoding="utf-8") for name in group)
        for group in (names, ("figures",))
    )
    return Style(page, figures)


def _worlds() -> dict[str, dict[str, pl.DataFrame]]:
    full = w.frames()
    kept = ("release", "places", "facts", "sources")
    named = pl.DataFrame([{"country": c, "name": f"{LONG} {c}", "is_compared": True} for c in w.COUNTRIES])
    twelve = [f"C{letter}" for letter in "ABCDEFGHIJKL"]
    many = pl.DataFrame([{"country": c, "name": f"Country {c}", "is_compared": True} for c in twelve])
    return {
        "full": full,
        "empty": {name: frame if name in kept else frame.clear() for name, frame in full.items()},
        "no key core technology": w.frames(
            technology=w.technology(passed=0), references=w.references().clear()
        ),
        "names of eighty letters": w.frames(places=named, technology=w.technology(title=LONG * 4)),
        "other scripts": w.frames(technology=w.technology(title="人工知能チップ مرحبا 🧠" * 20)),
        "twelve countries": w.frames(
            places=many,
            ranking=w.ranking(**{c: (900.0 + 50 * i, 40.0 + 9 * i) for i, c in enumerate(twelve)}),
            thresholds=w.thresholds({c: [i + 1, 12 - i, i + 1] for i, c in enumerate(twelve)}),
        ),
        "half a year": w.frames(years=w.years(2024, 2024), segments=w.segments(None, "too few years", False)),
    }


@pytest.fixture(scope="module")
def tab():
    with browser() as opened:
        yield opened


@pytest.mark.parametrize("world", _worlds())
@pytest.mark.parametrize(("width", "dark"), [(360, False), (390, True), (1400, False), (1600, True)])
def test_the_report_shows_without_error_request_or_overflow(world, width, dark, tab, tmp_path: Path):
    page = tmp_path / "report.html"
    page.write_text(as_page(_worlds()[world], QUERIES, style("page"), FIRST, []), encoding="utf-8")
    tab.open(page.as_uri(), width, dark=dark)
    assert tab.errors == []
    assert tab.requests == [page.as_uri()]
    assert tab.evaluate(BEYOND) == []


def test_the_explorer_is_driven_by_keyboard_and_its_address_keeps_the_view(tab, tmp_path: Path):
    page = tmp_path / "explore.html"
    script = (ROOT / "report" / "explore.js").read_text(encoding="utf-8")
    frames = explorer_frames("Computing <b>", technologies=12, pairs=20)
    page.write_text(as_explorer(frames, style("page", "explore"), script), encoding="utf-8")
    for width in (390, 1400):
        tab.open(page.as_uri(), width)
        assert (tab.errors, tab.requests) == ([], [page.as_uri()])
        assert tab.evaluate(BEYOND) == []
    tab.open(f"{page.as_uri()}#f=all", 1400)
    tab.evaluate("document.getElementById('find').focus()")
    tab.write("G03")
    assert tab.evaluate("document.getElementById('count').textContent") == "1 found"
    tab.press("Enter")
    assert tab.evaluate("document.querySelector('#side h2').firstChild.textContent.trim()") == "G03N"
    tab.evaluate("document.getElementById('map').focus()")
    tab.press("Escape")
    tab.press("ArrowRight")
    chosen = tab.evaluate("new URLSearchParams(location.hash.slice(1)).get('s')")
    assert chosen
    tab.evaluate(
        "const n = document.getElementById('network'); n.value = 'JP'; n.dispatchEvent(new Event('change'))"
    )
    address = tab.evaluate("location.href")
    assert "n=JP" in address
    tab.open(address, 1400, dark=True)
    assert tab.evaluate("document.getElementById('network').value") == "JP"
    assert tab.evaluate("document.querySelector('#side h2').firstChild.textContent.trim()") == chosen
    assert tab.errors == []
