"""Colours of the pages can be read, and tell countries apart also for eyes that lack a kind of cone."""

import re
from itertools import combinations

import pytest

from corepath.report.drawing import COLOURS, Places
from corepath.warehouse.settings import ROOT
from tests.report.colours import CONES, contrast, difference, variables

PAGE, EXPLORE, FIGURES = (
    (ROOT / "report" / f"{name}.css").read_text(encoding="utf-8") for name in ("page", "explore", "figures")
)
SCRIPT = (ROOT / "report" / "explore.js").read_text(encoding="utf-8")
SCHEMES = ("light", "dark")


def colours(css: str, scheme: str):
    return variables(css)[SCHEMES.index(scheme)]


def test_contrast_is_that_of_the_standard():
    # The examples of the W3C's Understanding SC 1.4.3 and of its techniques.
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


def test_eyes_without_a_cone_see_greys_as_they_are_and_confuse_what_they_are_known_to():
    for cones in CONES:
        assert difference("#000000", "#ffffff", cones) == pytest.approx(100, abs=0.1)
    # Red and green of the same lightness; blue and green for those without the short cones.
    assert difference("#a06000", "#708000", "deuteranopia") < 0.4 * difference("#a06000", "#708000")
    assert difference("#0070a0", "#008080", "tritanopia") < 0.5 * difference("#0070a0", "#008080")


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("css", [PAGE, FIGURES])
def test_text_has_the_contrast_of_wcag_aa(css, scheme):
    of = colours(css, scheme)
    grounds = [of[name] for name in ("paper", "panel", "note") if name in of]
    for name in ("ink", "soft", "link"):
        if name in of:
            assert min(contrast(of[name], ground) for ground in grounds) >= 4.5, name


@pytest.mark.parametrize("scheme", SCHEMES)
def test_marks_and_lines_that_mean_something_stand_out(scheme):
    of = colours(FIGURES, scheme)
    for name in (*(f"k{i}" for i in range(COLOURS)), "line", "across", "within", "more", "less"):
        assert contrast(of[name], of["paper"]) >= 3, name
    mixed = dict(re.findall(r"\.(mix\d) \{ fill: (#\w+)", FIGURES))
    assert len(mixed) == 5
    for name, colour in mixed.items():
        assert contrast(colour, of["paper"]) >= 3 or scheme == "dark", name
    for name in ("across", "within"):
        assert contrast(colours(EXPLORE, scheme)[name], colours(PAGE, scheme)["panel"]) >= 3, name


@pytest.mark.parametrize("scheme", SCHEMES)
def test_dots_of_the_explorer_stand_out(scheme):
    (listed,) = re.findall(r"const PALETTE = \[(.*?)\]", SCRIPT)
    for colour in re.findall(r"#\w+", listed):
        assert contrast(colour, colours(PAGE, scheme)["panel"]) >= 3, colour


@pytest.mark.parametrize("scheme", SCHEMES)
def test_numbers_on_coloured_cells_can_be_read(scheme):
    of = colours(FIGURES, scheme)
    cells = re.findall(r"rect\.(h\d)(?:, rect\.(h\d))? \{ fill: (#\w+)", FIGURES)
    ground = {name: colour for one, two, colour in cells for name in (one, two) if name}
    inks = re.findall(r"((?:text\.on\.h\d(?:, )?)+) \{ fill: (#\w+)", FIGURES)
    ink = {name: colour for names, colour in inks for name in re.findall(r"h\d", names)}
    assert len(ground) == len(ink) == 9
    for name in ground:
        assert contrast(ground[name], ink[name]) >= 4.5, name
    for name in ("more", "less"):
        assert contrast(of[name], of["paper"]) >= 4.5, f"{name}2"
        assert contrast(of[f"{name}-soft"], of["ink"]) >= 4.5, f"{name}1"


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("cones", CONES)
def test_countries_are_told_apart_by_colour_or_by_shape(scheme, cones):
    of = colours(FIGURES, scheme)
    places = Places.of([f"C{i}" for i in range(12)], {}).compared
    for one, two in combinations(places, 2):
        seen = difference(of["k" + one.css[1:]], of["k" + two.css[1:]], cones)
        assert one.shape != two.shape or seen >= 15, (one.css, two.css)
    for one, two in combinations(places[:4], 2):  # the usual number of countries
        assert difference(of["k" + one.css[1:]], of["k" + two.css[1:]], cones) >= 12
    if cones == "all cones":
        for one, two in combinations(places[:COLOURS], 2):
            assert difference(of["k" + one.css[1:]], of["k" + two.css[1:]]) >= 20
