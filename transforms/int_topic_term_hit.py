"""Where the topic's terms occur."""

import polars as pl


def int_topic_term_hit(stg_document: pl.LazyFrame, topic_term: pl.LazyFrame) -> pl.LazyFrame:
    """Find the topic's terms in titles and abstracts.

    Text is put into Unicode's NFKC form first, so that full-width FPGA is FPGA, and case is
    ignored.

    Parameters
    ----------
    stg_document
        One row a publication: publication_number, title, abstract.
    topic_term
        One row a pattern: term_id, pattern (a regular expression).

    Returns
    -------
    pl.LazyFrame
        One row a publication x pattern that occurs in it: publication_number, term_id.

    Examples
    --------
    >>> documents = pl.LazyFrame({"publication_number": ["JP-1-A", "JP-2-A"],
    ...                           "title": ["ＦＰＧＡ装置", "Chair"], "abstract": [None, None]},
    ...                          schema_overrides={"abstract": pl.String})
    >>> terms = pl.LazyFrame({"term_id": [1], "pattern": ["fpga"]})
    >>> int_topic_term_hit(documents, terms).collect().rows()
    [('JP-1-A', 1)]
    """
    text = pl.concat_str("title", "abstract", separator="\n", ignore_nulls=True)
    documents = stg_document.select("publication_number", text=text.str.normalize("NFKC"))
    hits = [
        documents.filter(pl.col("text").str.contains(f"(?i){pattern}")).select(
            "publication_number", term_id=pl.lit(term, pl.Int64)
        )
        for term, pattern in topic_term.collect().iter_rows()
    ]
    none = pl.LazyFrame(schema={"publication_number": pl.String, "term_id": pl.Int64})
    return pl.concat([none, *hits])
