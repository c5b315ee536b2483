"""The search for terms finds what a plain search for each whole pattern finds, and no more."""

import gc
import unicodedata
import weakref

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corepath.transforms.methods.term_search import search, without_borders
from corepath.warehouse.topic.files import read

TOPIC = read("ai_chips")
TERMS = TOPIC.tables(None)["topic_term"]


def plainly(texts, terms):
    """Search for the patterns of each term as one, in one way for all texts."""
    normal = pl.Series([unicodedata.normalize("NFKC", text) for text in texts], dtype=pl.String)
    return {
        (str(i), term)
        for (term,), group in terms.group_by("term_id")
        for i in normal.str.contains(f"(?i){'|'.join(f'(?:{p})' for p in group['pattern'])}").arg_true()
    }


def searched(texts, terms):
    documents = pl.LazyFrame(
        {
            "publication_number": [str(i) for i in range(len(texts))],
            "title": texts,
            "abstract": [None] * len(texts),
        },
        schema_overrides={"title": pl.String, "abstract": pl.String},
    )
    hits = search(documents, terms.lazy()).collect(engine="streaming")
    assert not hits.is_duplicated().any()
    return set(hits.rows())


VOCABULARY = """
neural network Neural-Net deep learning CNN CNNs tensors chip Chips chiplet processor GPU input ASIC
basic FPGA PCM memory in-memory computing a of which one DNA lab-on-a-chip
神经网络 深度学习 芯片 加速器 的 一种 图形处理 基于
ニューラル プロセッサ の 半導体装置 ＦＰＧＡ ﾁｯﾌﾟ ＣＮＮ
신경망 신경망을 가속기 가속기는 방법 인공 지능 반도체
K ſ µ é ①
"""
WORDS = st.sampled_from(VOCABULARY.split())
TEXTS = st.lists(st.tuples(WORDS, st.sampled_from([" ", "", "-", ", ", "\n"])), max_size=25).map(
    lambda parts: "".join(part for pair in parts for part in pair)
)


@pytest.mark.whole
@given(st.lists(TEXTS, max_size=8))
@example(["neural network one two three four five six seven eight chip", "神经网络芯片"])
@example([])
def test_every_term_of_a_topic_is_found_where_a_plain_search_finds_it(texts):
    assert searched(texts, TERMS) == plainly(texts, TERMS)


PIECES = st.sampled_from(
    [r"\b", r"\\", r"\\b", r"\w+", r"\W", "a", "b", "ba", ".", "芯", "[ab芯]", r"\b{start}", "^", "$"]
)


@given(st.lists(PIECES, min_size=1, max_size=6), st.text(st.sampled_from("ab \\芯é\n"), max_size=8))
def test_without_its_borders_a_pattern_holds_wherever_it_did(pieces, text):
    pattern, value = "".join(pieces), pl.Series([text])
    if value.str.contains(pattern).item():
        assert value.str.contains(without_borders(pattern)).item()


@pytest.mark.parametrize(
    ("title", "abstract", "is_found"),
    [("A chip", None, True), (None, "A chip", True), (None, None, False), ("A", "b", False)],
)
def test_title_and_abstract_are_searched_if_there(title, abstract, is_found):
    documents = pl.LazyFrame(
        {"publication_number": ["US-1-B2"], "title": [title], "abstract": [abstract]},
        schema=dict.fromkeys(("publication_number", "title", "abstract"), pl.String),
    )
    terms = pl.LazyFrame(
        {"term_id": [7], "pattern": ["chip"], "one": [None], "other": [None]},
        schema_overrides={"one": pl.String, "other": pl.String},
    )
    assert search(documents, terms).collect().rows() == [("US-1-B2", 7)] * is_found


def test_what_is_found_keeps_no_text_in_memory():
    class Memory(bytearray):
        """Bytes of which one can tell whether anybody still holds them."""

    def column(*texts):
        content = Memory("".join(texts).encode())
        ends = np.cumsum([0, *map(len, texts)], dtype=np.int32)
        held.append(weakref.ref(content))
        buffers = [None, pa.py_buffer(ends), pa.py_buffer(content)]
        return pa.Array.from_buffers(pa.string(), len(texts), buffers)

    held = []
    documents = pa.record_batch(
        {
            "publication_number": column(*(f"US-{20010000000 + i}-A1" for i in range(2000))),
            "title": column(*["A neural network", "A chair"] * 1000),
            "abstract": column(*["With a processing unit", "With a seat"] * 1000),
        }
    )
    terms = pl.LazyFrame({"term_id": [1], "pattern": ["neural"], "one": [None], "other": [None]})
    found = search(pl.DataFrame(documents).lazy(), terms).collect()
    del documents
    gc.collect()
    assert found.height == 1000
    assert all(memory() is None for memory in held)
