"""A real Chromium shows the pages: no error, no request, nothing too wide, the explorer by keyboard.

Skipped where there is none: `make test-browser` says so.
"""

from pathlib import Path

import pytest

from corepath.report.explore import as_explorer
from corepath.report.page import Style, as_page
from corepath.synthetic import demo
from corepath.warehouse.refresh import refresh
from corepath.warehouse.release.frames import QUERIES
from corepath.warehouse.settings import ROOT, Settings
from tests.browser.axe import SCRIPT, findings
from tests.browser.chromium import BINARY, browser
from tests.report import worlds as w
from tests.report.test_explore import explorer_frames

pytestmark = [pytest.mark.slow, pytest.mark.skipif(BINARY is None, reason="there is no Chromium")]

needs_axe = pytest.mark.skipif(SCRIPT is None, reason="`make test-browser` installs axe-core")

# Widths in pixels, light and dark.
SCREENS = [(360, False), (390, False), (390, True), (1400, False), (1400, True), (1600, True)]

FIRST = {"before": None, "after": "2026.11.0", "drift": [], "warnings": []}
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


@pytest.fixture(scope="module")
def tab():
    with browser() as opened:
        yield opened


def shown(name: str, folder: Path) -> str:
    """Write the report of a world and give its address."""
    page = folder / "report.html"
    frames, _ = w.odd()[name]
    page.write_text(as_page(frames, QUERIES, style("page"), FIRST, []), encoding="utf-8")
    return page.as_uri()


@pytest.mark.parametrize("world", w.odd())
def test_the_report_shows_without_error_request_or_overflow(world, tab, tmp_path: Path):
    address = shown(world, tmp_path)
    for width, dark in SCREENS:
        tab.open(address, width, dark=dark)
        assert tab.errors == []
        assert tab.requests == [address]
        assert tab.evaluate(BEYOND) == [], (width, dark)


@needs_axe
@pytest.mark.parametrize("world", w.odd())
def test_axe_has_no_serious_finding_in_the_report(world, tab, tmp_path: Path):
    address = shown(world, tmp_path)
    for width, dark in [(390, True), (1400, False)]:
        tab.open(address, width, dark=dark)
        assert findings(tab) == []


@needs_axe
def test_axe_finds_what_is_wrong(tab, tmp_path: Path):
    page = tmp_path / "page.html"
    page.write_text(
        "<!doctype html><html lang=en><title>t</title><main><h1>h</h1><img src=''>"
        "<p style='color:#bbb;background:#fff'>faint</p></main>"
    )
    tab.open(page.as_uri(), 390)
    assert [found.split(":")[0] for found in findings(tab)] == ["color-contrast", "image-alt"]


# On A4, 14 mm of margin all around: no picture is wider or higher than a sheet, and none is missing.
SHEET = (182 / 25.4 * 96, 269 / 25.4 * 96)
PRINTED = """(() => {
  const boxes = [...document.querySelectorAll("figure > svg.wide")].map((svg) => {
    const box = svg.getBoundingClientRect();
    return [svg.parentNode.id, box.width, box.height, getComputedStyle(svg.parentNode).breakInside];
  });
  const narrow = [...document.querySelectorAll("figure > svg.narrow")];
  return [boxes, narrow.filter((svg) => svg.getBoundingClientRect().height > 0).length];
})()"""


@pytest.mark.parametrize("world", ["everything", "twelve countries", "names of eighty letters"])
def test_no_figure_is_cut_on_paper(world, tab, tmp_path: Path):
    tab.open(shown(world, tmp_path), round(SHEET[0]), dark=True)
    tab.call("Emulation.setEmulatedMedia", media="print")
    boxes, narrow = tab.evaluate(PRINTED)
    assert boxes
    assert narrow == 0
    for name, width, height, breaks in boxes:
        assert 100 < width <= SHEET[0] + 1, name
        assert 30 < height <= SHEET[1], name
        assert breaks == "avoid", name
    paper = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)")  # also of a dark screen
    tab.call("Emulation.setEmulatedMedia", media="")


@pytest.fixture(scope="module")
def made_up(tmp_path_factory) -> Path:
    """A release of a small world of the demo."""
    folder = tmp_path_factory.mktemp("made_up")
    demo.write(folder, 2500)
    settings = Settings(
        topic=str(folder / "ai_chips.toml"),
        sources={"google_patents": folder / "world"},
        truth=folder / "world.truth.toml",
        warehouse=folder / "warehouse.duckdb",
        releases=folder / "releases",
    )
    return refresh(settings).path


@needs_axe
@pytest.mark.parametrize("name", ["report", "explore"])
def test_pages_of_releases_show_without_error_request_overflow_or_serious_finding(
    name, tab, sample_release, made_up
):
    for folder, is_made_up in ((sample_release.path, False), (made_up, True)):
        page = folder.resolve() / f"{name}.html"
        for width, dark in SCREENS:
            tab.open(page.as_uri(), width, dark=dark)
            assert tab.errors == []
            assert tab.requests == [page.as_uri()]
            assert tab.evaluate(BEYOND) == [], (width, dark)
            assert ("A made-up world." in tab.evaluate("document.body.innerText")) is is_made_up
        assert findings(tab) == []


def explorer(folder: Path) -> str:
    """Write an explorer of twelve technologies and give its address."""
    page = folder / "explore.html"
    script = (ROOT / "report" / "explore.js").read_text(encoding="utf-8")
    frames = explorer_frames("Computing <b>", technologies=12, pairs=20)
    page.write_text(as_explorer(frames, style("page", "explore"), script), encoding="utf-8")
    return page.as_uri()


def test_a_finger_chooses_a_technology_in_the_explorer(tab, tmp_path: Path):
    tab.open(f"{explorer(tmp_path)}#f=all", 390)
    tab.call("Emulation.setTouchEmulationEnabled", enabled=True)
    tab.evaluate("document.getElementById('map').scrollIntoView({behavior: 'instant'})")
    symbol, x, y = tab.evaluate(
        "(() => { const node = index.nodes[3], box = canvas.getBoundingClientRect(), [x, y] = place(node[0]);"
        " return [symbols()[node[0]], box.left + x, box.top + y]; })()"
    )
    tab.call("Input.dispatchTouchEvent", type="touchStart", touchPoints=[{"x": x, "y": y}])
    tab.call("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])
    assert tab.evaluate("document.querySelector('#side h2').firstChild.textContent.trim()") == symbol
    tab.call("Emulation.setTouchEmulationEnabled", enabled=False)


def test_the_explorer_is_driven_by_keyboard_and_its_address_keeps_the_view(tab, tmp_path: Path):
    address = explorer(tmp_path)
    for width in (390, 1400):
        tab.open(address, width)
        assert (tab.errors, tab.requests) == ([], [address])
        assert tab.evaluate(BEYOND) == []
    tab.open(f"{address}#f=all", 1400)
    tab.evaluate("document.getElementById('find').focus()")
    tab.write("G03")
    assert tab.evaluate("document.getElementById('count').textContent") == "1 found"
    assert tab.evaluate("document.querySelectorAll('#body tr').length") == 1  # the table filters, too
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
