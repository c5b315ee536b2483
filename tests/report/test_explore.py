"""The explorer holds what its frames say, no more than it may, and text as text."""

import json
import re

import polars as pl

from corepath.report.explore import MOST_BYTES, as_explorer
from corepath.report.page import Style
from tests.report import worlds as w


def explorer_frames(
    title: str = "Computing", technologies: int = 4, pairs: int = 3
) -> dict[str, pl.DataFrame]:
    names = [f"G{i:02d}N" for i in range(technologies)]
    key = {"level": "subclass", "population": "all", "period": "all"}
    nodes = [
        key
        | {
            "network": network,
            "technology": name,
            "title": title,
            "occurrences": 10.0 - i % 7,
            "community": i % 3,
        }
        for network in ("WORLD", "JP")
        for i, name in enumerate(names)
    ]
    edges = [
        key
        | {
            "network": "WORLD",
            "source": names[i % technologies],
            "target": names[(i * 7 + 1) % technologies],
            "count": 5.0,
            "strength": 1.5,
            "is_backbone": i % 2 == 0,
            "is_cross_section": False,
            "place": i + 1,
            "pairs": pairs,
        }
        for i in range(min(pairs, 1500))
    ]
    pair = {"source": [names[0]], "target": [names[1]]}
    return w.frames() | {
        "explore_nodes": pl.DataFrame(nodes),
        "explore_edges": pl.DataFrame(edges),
        "map_edges": pl.DataFrame(pair | {"strength": [2.0]}),
        "map_edges_of_groups": pl.DataFrame(pair | {"strength": [2.0]}),
        "core": pl.DataFrame({"level": ["subclass"], "technology": [names[0]]}),
        "links": pl.DataFrame({"network": ["WORLD"]} | pair | {"chance": [0.25]}),
        "periods": pl.DataFrame({"period": ["2012-2016"]}),
    }


def held(page: str) -> dict:
    return json.loads(
        re.findall('<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)[0]
    )


def test_it_holds_networks_pairs_and_what_was_left_out():
    data = held(as_explorer(explorer_frames(technologies=40, pairs=2000), Style("", ""), ""))
    assert (data["networks"], data["periods"]) == (["WORLD", "JP"], ["all", "2012-2016"])
    assert len(data["nodes"]["subclass|JP|all|all"]) == 40
    assert len(data["edges"]["subclass|WORLD|all|all"]) == 1500
    assert data["left"] == {"subclass|WORLD|all|all": 500}
    assert data["core"]["subclass"] == [1] + [0] * 39
    assert data["predicted"] == {"WORLD": [[0, 1, 0.25]]}


def test_technologies_beyond_what_a_map_holds_are_counted():
    data = held(as_explorer(explorer_frames(technologies=5000), Style("", ""), ""))
    assert len(data["ids"]["subclass"]) + data["rarer"]["subclass"] == 5000
    assert data["rarer"]["subclass"] > 0


def test_the_same_frames_give_the_same_bytes():
    frames = explorer_frames()
    shuffled = frames | {"explore_nodes": frames["explore_nodes"].sort("technology", descending=True)}
    one, other = (held(as_explorer(f, Style("", ""), ""))["positions"] for f in (frames, shuffled))
    assert as_explorer(frames, Style("", ""), "") == as_explorer(frames, Style("", ""), "")
    assert one == other


def test_markup_in_titles_cannot_end_the_data():
    evil = "</script><script>alert(1)</script><!-- & ]]>"
    page = as_explorer(explorer_frames(evil), Style("", ""), "")
    assert held(page)["titles"]["subclass"][0] == evil
    assert page.count("<script") == 2


def test_a_browser_may_run_the_script_and_no_other():
    import base64
    import hashlib

    page = as_explorer(explorer_frames(), Style("", ""), "let a = 1;")
    digest = base64.b64encode(hashlib.sha256(b"let a = 1;").digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page
    assert "default-src 'none'" in page


def test_a_page_stays_below_three_megabytes():
    frames = explorer_frames(technologies=600, pairs=1500)
    many = pl.concat(
        [
            frames["explore_edges"].with_columns(
                pl.lit(period).alias("period"), pl.lit(network).alias("network")
            )
            for period in ("all", "p1", "p2", "p3", "p4", "p5")
            for network in ("WORLD", *(f"C{i}" for i in range(40)))
        ]
    )
    page = as_explorer(frames | {"explore_edges": many}, Style("", ""), "")
    assert len(page.encode()) <= MOST_BYTES


def test_a_made_up_world_says_so():
    assert "A made-up world" in as_explorer(explorer_frames(), Style("", ""), "", made_up=True)
    assert "made-up" not in as_explorer(explorer_frames(), Style("", ""), "")
