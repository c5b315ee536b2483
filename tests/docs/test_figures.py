"""The figures of the documents are those of the demo, made by `make demo-figures`."""

import re

from corepath.report.page import FIGURES
from corepath.warehouse.settings import ROOT


def test_documents_show_the_figures_of_the_demo_which_say_that_they_are_made_up():
    made = re.findall(r"^FIGURES := (.*)", (ROOT / "Makefile").read_text(), re.MULTILINE)[0].split()
    assert set(made) <= FIGURES.keys()
    texts = "".join(path.read_text() for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
    assert set(re.findall(r"demo-(\w+)\.svg", texts)) == set(made)
    for name in made:
        assert "A made-up world." in (ROOT / "docs" / f"demo-{name}.svg").read_text(encoding="utf-8")
