"""Precision and recall of a topic by labels."""

import subprocess
import sys

import pytest

from benchmarks.topic import BEGIN, END, page_with
from corepath.warehouse.errors import BadInput, UsageError
from corepath.warehouse.explore.measure import Share, measure
from corepath.warehouse.settings import ROOT, Settings

TOPIC = """
name = "batteries"
title = "Batteries"
[[include]]
id = "by_class"
classes = ["H01M10"]
[[include]]
id = "by_word"
terms = "battery"
[[exclude]]
id = "of_vehicles"
classes = ["B60"]
[terms.battery]
en = '''batter(?:y|ies)'''
[variant.strict]
include = ["by_class"]
[variant.broad]
include = ["by_class", "by_word"]
without = ["of_vehicles"]
"""
LABELS = """publication_number,in_topic,weight,half,title,abstract,ipc,cpc
US-1-B2,yes,1,test,Cell,,H01M10/05,
US-2-B2,no,1,test,Stack,,H01M10/05;B60L1/00,
US-3-B2,YES,1,test,Separator,For a battery.,,H01M50/40
US-4-B2,no,1,develop,Battery of tests,,G06F11/00,
US-5-B2,yes,3,develop,Electrolyte,,C01B25/00,
"""


@pytest.fixture
def measured(tmp_path):
    def run(labels=LABELS, half=None):
        topic, file = tmp_path / "batteries.toml", tmp_path / "labels.csv"
        topic.write_text(TOPIC)
        file.write_text(labels)
        return measure(Settings(topic=str(topic), warehouse=tmp_path / "none.duckdb", threads=1), file, half)

    return run


def shares(rows):
    return {m.name: (m.selected, m.right, m.precision.share, m.recall.share) for m in rows}


@pytest.mark.whole
def test_a_topic_its_variants_and_its_rules_are_measured_by_hand_counted_labels(measured):
    found = measured()
    # US-5 stands for three documents that the topic misses, of five that belong to it.
    assert shares(found["variants"]) == {
        "batteries": (3, 2, 2 / 3, 2 / 5),
        "batteries_strict": (1, 1, 1.0, 1 / 5),
        "batteries_broad": (4, 2, 2 / 4, 2 / 5),
    }
    assert shares(found["rules"]) == {"by_class": (1, 1, 1.0, 1 / 5), "by_word": (2, 1, 1 / 2, 1 / 5)}


@pytest.mark.whole
def test_a_half_alone_can_be_measured(measured):
    assert shares(measured(half="test")["variants"])["batteries"] == (2, 2, 1.0, 1.0)
    with pytest.raises(UsageError, match="no labels of the half 'x'"):
        measured(half="x")


def test_equal_weights_give_wilsons_interval():
    # Newcombe (1998), Statistics in Medicine 17, table I: 81 of 263, Wilson's score: 0.2553 to 0.3662.
    found = Share.of([2.0] * 263, [True] * 81 + [False] * 182)
    assert (round(found.low, 4), round(found.high, 4)) == (0.2553, 0.3662)


def test_unequal_weights_widen_the_interval():
    equal = Share.of([1.0] * 20, [True] * 10 + [False] * 10)
    unequal = Share.of([19.0, *[1.0] * 9] * 2, [True] * 10 + [False] * 10)
    assert equal.share == unequal.share == 0.5
    assert unequal.low < equal.low
    assert equal.high < unequal.high


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ("publication_number,label\nUS-1-B2,yes\n", "labels.csv:1: no column in_topic"),
        ("publication_number,in_topic\nUS-1-B2,maybe\n", "labels.csv:2: in_topic is 'maybe'"),
        ("publication_number,in_topic,weight\nUS-1-B2,yes,-1\n", "labels.csv:2: weight is '-1'"),
        ("publication_number,in_topic\nUS-1-B2,yes\nUS-1-B2,no\n", "US-1-B2 is labelled twice"),
        ("publication_number,in_topic\n", "holds no labels"),
    ],
)
def test_labels_that_cannot_be_read_are_told_with_their_line(measured, labels, message):
    with pytest.raises(BadInput, match=message):
        measured(labels)


def test_labels_without_texts_want_a_warehouse(measured):
    with pytest.raises(UsageError, match="there is no warehouse"):
        measured("publication_number,in_topic\nUS-1-B2,yes\n")


@pytest.mark.whole
def test_ai_chips_holds_on_the_half_that_was_set_aside():
    found = measure(Settings(topic="ai_chips", threads=1), ROOT / "topics/labels/ai_chips.csv", "test")
    precision, recall = (getattr(found["variants"][0], name).share for name in ("precision", "recall"))
    assert precision >= 0.75
    assert recall >= 0.80
    page = (ROOT / "docs" / "topics.md").read_text(encoding="utf-8")
    whole = found["variants"][0]
    assert f"| `ai_chips` | {whole.selected} | {whole.right} | {whole.precision} | {whole.recall} |" in page


def test_what_was_measured_replaces_what_stood_in_the_page():
    assert page_with(f"a\n{BEGIN}\nold\n{END}\nb\n", "new") == f"a\n{BEGIN}\nnew\n{END}\nb\n"


@pytest.mark.whole
def test_the_benchmark_prints_what_it_measured(tmp_path):
    (tmp_path / "batteries.toml").write_text(TOPIC)
    (tmp_path / "labels.csv").write_text(LABELS)
    command = [sys.executable, "-m", "benchmarks", "topic", "--labels", str(tmp_path / "labels.csv")]
    command += ["--topic", str(tmp_path / "batteries.toml")]
    printed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert printed.count("| `batteries` |") == 3  # each half, and all
