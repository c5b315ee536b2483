"""Where the terms of the topic's other rules occur."""

import polars as pl

from corepath.transforms.methods.term_search import search

# What it finds of a row, no other row decides: rows can lie on many machines.
ROW_BY_ROW = "int_topic_text"


def int_topic_term_hit(
    int_topic_text: pl.LazyFrame, topic_rule: pl.LazyFrame, topic_term: pl.LazyFrame
) -> pl.LazyFrame:
    """Find the terms of exclusions, conditions and sub-fields in the families that may be let in.

    Parameters
    ----------
    int_topic_text
        One row a document of such a family: publication_number, title, abstract.
    topic_rule
        One row a rule: purpose, term_id.
    topic_term
        One row a term x language, see `term_search.search`.

    Returns
    -------
    pl.LazyFrame
        One row a document x term that occurs in it: publication_number, term_id.
    """
    others = topic_rule.filter(pl.col("purpose") != "include")
    return search(int_topic_text, topic_term.join(others, on="term_id", how="semi"))
