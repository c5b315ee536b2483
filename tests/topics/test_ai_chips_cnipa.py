"""CNIPA's smart chips: the official table, and what this project's equivalents add to it."""

import json
import re

import polars as pl
import pytest

from corepath.warehouse.settings import ROOT
from corepath.warehouse.topic.files import read
from tests.topics.selecting import selected

TOPIC = read("ai_chips_cnipa")
TABLE = ROOT.parent / "shared" / "reference" / "key_digital_tech_2023_ai_chip.jsonl"
BRANCHES = {
    "smart_chip": "1.1",
    "gpu": "1.1.1",
    "fpga": "1.1.2",
    "asic": "1.1.3",
    "brain_like": "1.1.4",
    "npu": "1.1.5",
}


@pytest.mark.skipif(not TABLE.exists(), reason="needs ../shared")
@pytest.mark.parametrize("rule", BRANCHES)
def test_a_branch_has_the_classes_and_keywords_of_the_official_table(rule):
    official = next(
        row
        for row in map(json.loads, TABLE.read_text(encoding="utf-8").splitlines())
        if (row["subsystem"], row["branch_no"]) == ("人工智能", BRANCHES[rule])
    )
    rules = {r.id: r for r in TOPIC.include}
    patterns = [pattern.removesuffix("*") for pattern in official["ipc_patterns"]]
    assert rules[rule].classes == rules[f"{rule}_translated"].classes == patterns
    assert rules[rule].terms == rule
    [(language, pattern)] = TOPIC.terms[rule].items()
    assert language == "zh"
    # A guard is what keeps NPU out of "input".
    bare = re.sub(r"\(\?:[^)]*\)", "", pattern)
    assert bare.split("|") == official["keywords"]


def test_subfields_are_the_branches_below_with_the_rules_of_their_own():
    rules = {r.id: r for r in TOPIC.include}
    assert [s.id for s in TOPIC.subfield] == list(BRANCHES)[1:]
    for subfield in TOPIC.subfield:
        own = [rules[subfield.id], rules[f"{subfield.id}_translated"]]
        assert [(r.classes, r.terms) for r in subfield.any] == [(r.classes, r.terms) for r in own]


OFFICIAL = {
    ("G06F3/06", "一种智能芯片"): "smart_chip",
    ("H10P72/00", "AI芯片的制造方法"): "smart_chip",  # H01L 21 as it is named since 2026
    ("G06T1/20", "Scheduling work on a GPU"): "smart_chip",
    ("G06F9/50", "基于图形处理器的计算方法"): "gpu",
    ("H03K19/17728", "现场可编程门阵列"): "fpga",
    ("H03K5/00", "一种专用芯片"): "asic",
    ("G11C13/00", "忆阻器阵列"): "brain_like",
    ("G06N3/063", "神经网络处理器"): "npu",
    ("G06N3/063", "Scheduling an NPU"): "npu",
}
OURS = {
    ("G06F3/06", "An AI chip"): "smart_chip_translated",
    ("G06T15/00", "Graphics processing unit"): "gpu_translated",
    ("H03K19/177", "フィールドプログラマブルゲートアレイ"): "fpga_translated",
    ("H01L23/00", "Application-specific integrated circuits"): "asic_translated",
    ("G11C13/00", "멤리스터 어레이"): "brain_like_translated",
    ("G06N3/063", "ニューラルネットワークプロセッサ"): "npu_translated",
}
NEITHER = [
    ("G06N3/063", "Input and output of a basic model"),
    ("G06F30/00", "算法模型"),
    ("A01B1/00", "一种智能芯片"),  # a word without its class
    ("G11C13/00", "一种智能芯片"),
    ("G06F3/06", "一种存储方法"),
]


def test_the_whole_topic_finds_texts_of_every_language():
    found = selected(TOPIC, *OFFICIAL, *OURS, *NEITHER)
    assert found == dict(enumerate([*OFFICIAL.values(), *OURS.values()]))


def test_the_official_variant_is_cnipas_words_alone():
    found = selected(TOPIC.as_variant("official"), *OFFICIAL, *OURS, *NEITHER)
    assert found == dict(enumerate(OFFICIAL.values()))


@pytest.mark.parametrize(
    ("group", "says", "does_not"),
    [
        ("smart_chip", ["system-on-a-chip", "인공지능 반도체", "AIチップ"], ["potato chip", "칩"]),
        ("gpu", ["image processors", "그래픽 처리 장치", "画像処理装置"], ["processor", "画像"]),
        ("fpga", ["field programmable logic device"], ["programmable", "필드"]),
        ("asic", ["dedicated chip", "주문형 반도체", "専用LSI"], ["integrated circuit", "반도체"]),
        ("brain_like", ["brain-inspired computer", "뉴로모픽", "メモリスタ"], ["neural", "신경망"]),
        ("npu", ["neural network processor", "신경망 처리 장치"], ["neural network", "신경망"]),
    ],
)
def test_equivalents_say_what_the_keyword_says(group, says, does_not):
    pattern = "|".join(TOPIC.terms[f"{group}_translated"].values())
    found = pl.Series([*says, *does_not]).str.contains(f"(?i){pattern}")
    assert found.to_list() == [True] * len(says) + [False] * len(does_not)
