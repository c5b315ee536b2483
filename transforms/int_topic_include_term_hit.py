"""Where the terms of the topic's include rules occur."""

import polars as pl

from corepath.transforms.methods.term_search import search

# What it finds of a row, no other row decides: rows can lie on many machines.
ROW_BY_ROW = "int_topic_include_text"


def int_topic_include_term_hit(
    int_topic_include_text: pl.LazyFrame, topic_rule: pl.LazyFrame, topic_term: pl.LazyFrame
) -> pl.LazyFrame:
    """Find the terms of include rules in the documents whose classes such a rule asks for.

    Parameters
    ----------
    int_topic_include_text
        One row a document that may get in: publication_number, title, abstract.
    topic_rule
        One row a rule: purpose, term_id.
    topic_term
        One row a term x language, see `term_search.search`.

    Returns
    -------
    pl.LazyFrame
        One row a document x term that occurs in it: publication_number, term_id.
    """
    letting_in = topic_rule.filter(pl.col("purpose") == "include")
    return search(int_topic_include_text, topic_term.join(letting_in, on="term_id", how="semi"))
