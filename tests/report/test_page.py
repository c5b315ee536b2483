"""The page as a whole: what it says first, what changed, what is planted, and that text stays text."""

import re

import polars as pl
import pytest

from corepath.report.drawing import Place, Places, mark
from corepath.report.page import FIGURES, Style, as_page
from tests.report import worlds as w

FIRST = {"before": None, "after": "2026.11.0", "drift": [], "warnings": []}
QUERIES = {name: f"select * from marts.{name}" for name in w.frames()}


def page(change: dict | None = None, truth: dict | None = None, **frames: pl.DataFrame) -> str:
    made = as_page(
        w.frames(**frames), QUERIES, Style("", ""), change or FIRST, [("explore.html", "Explore")], truth
    )
    return made.replace("\N{NO-BREAK SPACE}", " ")


def test_every_figure_has_its_question_sql_table_and_files():
    sections = re.split("<figure ", page())[1:]
    assert len(sections) == len(FIGURES)
    for section in sections:
        assert "<summary>SQL</summary>" in section
        assert "from marts." in section
        assert 'download="' in section
        assert section.count("<desc") == 2, (
            "the picture for screens and the one for phones say what they show"
        )


def test_what_limits_the_release_is_said_first():
    first = page().split("</aside>")[0]
    hangs, held, left = map(first.index, ("Without SC the core is another.", "It held up.", "Left out of"))
    assert hangs < held < left
    assert "NPL title (NPL): left out: known for 3 % of the families of CN" in first
    assert "Fewer than 30 key core families:</b> South Korea" not in first
    assert "China (20)" in first
    assert "Windows are closed" in first


def test_each_source_tells_its_links_and_what_counts_as_unknown():
    sources = w.frames()["sources"]
    footer = page().split("<footer>")[1]
    assert "12 % of 200 references meet a loaded publication." in footer
    assert "Count as unknown: 3 of 90 values of filing_date are before 1790." in footer
    none = sources.with_columns(refs=pl.lit(0), linked=pl.lit(0), unread=pl.lit(None, pl.String))
    footer = page(sources=none).split("<footer>")[1]
    assert "No references." in footer
    assert "Count as unknown" not in footer


def test_a_figure_says_how_often_its_results_are_wrong():
    section = page().split('id="lag"')[1].split("</figure>")[0]
    assert (
        "In worlds whose truth is known: 88 % of intervals of 95 % that hold the lag (at least 92 %"
        in section
    )


def test_a_first_release_has_nothing_to_compare():
    assert "the first release of its topic" in page()


def test_changes_are_told_and_marked():
    drift = [
        {"what": "ranks", "name": "JP", "column": "rank_core", "before": 2, "after": 1},
        {
            "what": "technologies",
            "name": "G06N",
            "column": "is_core_technology",
            "before": None,
            "after": True,
        },
        {"what": "labels", "name": "US", "column": "industry_path", "before": "indeterminate", "after": "I2"},
        {"what": "weights", "name": "fc_5", "column": "weight", "before": 0.5, "after": 0.6},
    ]
    told = page({"before": "2026.10.0", "after": "2026.11.0", "drift": drift, "warnings": ["fewer rows"]})
    assert "Since 2026.10.0, 1 rank of compared countries, 1 weight and 1 path label changed" in told
    assert "New key core technologies: G06N." in told
    assert "cannot tell → I2: co-development of industries" in told
    assert "▲1" in told
    assert "Warning: fewer rows" in told
    assert ">new</text>" in told


TRUTH = {
    "surge": {"year": 2011},
    "core": {"technologies": ["G06N", "H01L", "H04W"]},
    "country": {
        "JP": {
            "industry_path": "I3",
            "technology_path": "T2",
            "collaboration_path": "C2",
            "lag": 1.5,
            "core_rank": 1,
        },
        "KR": {
            "industry_path": "",
            "technology_path": "",
            "collaboration_path": "",
            "lag": 4.0,
            "core_rank": 5,
        },
    },
}


def test_a_generated_world_says_so_and_holds_findings_against_what_was_planted():
    told = page(truth=TRUTH)
    assert "A made-up world" in told
    # JP: industries agree, technologies differ, collaboration cannot be determined, rank agrees; KR: rank
    # differs, lag of 2.5 lies in 1 to 3; the surge is found; of technologies G06N is found, H01L does not
    # pass the test, and H04W has no key core family.
    assert "Of 10 of them corepath tells 8, and 5 of these as they were planted" in told
    assert "key core<small>✓ key core (× 2.0, at least 1.4)" in told
    assert "<small>✗ differs: no key core family" in told
    assert "made-up" not in page()


@pytest.mark.parametrize("name", w.odd())
def test_what_is_odd_about_a_release_is_said(name):
    frames, said = w.odd()[name]
    told = page(**frames)
    for words in said:
        assert words in told
    assert told.count("<figure") == len(FIGURES)
    assert "None" not in re.sub(r"None of|None passes", "", re.sub(r"<[^>]*>", "", told))
    assert "nan" not in re.findall(r"[a-z]+", re.sub(r"<pre.*?</pre>", "", told, flags=re.DOTALL))


@pytest.mark.parametrize(
    "evil", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "\u202eevil\x00", "人工" * 150]
)
def test_titles_and_names_are_text_and_nothing_else(evil):
    names = pl.DataFrame([{"country": c, "name": evil, "is_compared": True} for c in w.COUNTRIES])
    told = page(
        places=names,
        technology=w.technology(title=evil),
        references=w.references(title=evil),
        release=w.frames()["release"].with_columns(pl.lit(evil).alias("title")),
        nodes=w.nodes().with_columns(pl.lit(evil).alias("title")),
    )
    assert "<script" not in told
    assert "<img" not in told
    assert "\u202e" not in told


def test_colour_and_shape_together_tell_countries_apart():
    places = Places.of([f"C{i}" for i in range(12)], {})
    assert len({(place.css, place.shape) for place in places.compared}) == 12
    assert len({place.shape for place in places.compared[:8]}) == 8
    assert mark(Place("X", "X"), 0, 0).startswith("<circle")
