"""Search texts for the terms of a topic, as few of them and as cheaply as can be.

Nothing here changes what is found: each step only passes over texts in which the next cannot find
anything. They matter a thousandfold, for the engine is fast on small patterns and on plain ASCII:

- a term is searched language by language, since one pattern of all languages is too large for the
  engine's quick way;
- text that is not plain ASCII first meets the pattern without its word borders, which the engine
  can only find slowly there;
- two groups of words are sought each by itself before they are sought near each other.
"""

import re

import polars as pl


def search(documents: pl.LazyFrame, topic_term: pl.LazyFrame) -> pl.LazyFrame:
    """Find terms in texts, in one pass over the texts.

    Text is put into Unicode's NFKC form first, so that full-width FPGA is FPGA, and case is
    ignored.

    Parameters
    ----------
    documents
        One row a document: publication_number, title, abstract.
    topic_term
        One row a term x language: term_id, pattern, and the two groups of words that the pattern
        asks for near each other, `one` and `other` (null for others). All are regular expressions.

    Returns
    -------
    pl.LazyFrame
        One row a document x term that occurs in it: publication_number, term_id.

    Examples
    --------
    >>> documents = pl.LazyFrame({"publication_number": ["JP-1-A", "JP-2-A"],
    ...                           "title": ["ＦＰＧＡ装置", "Chair"], "abstract": [None, "Seat"]})
    >>> terms = pl.LazyFrame({"term_id": [1], "pattern": ["fpga"], "one": [None], "other": [None]})
    >>> search(documents, terms).collect().rows()
    [('JP-1-A', 1)]
    """
    terms = topic_term.select("term_id", "pattern", "one", "other").collect().rows()
    hits = {"publication_number": pl.String, "term_id": pl.Int64}
    if not terms:
        return pl.LazyFrame(schema=hits)

    def find(batch: pl.DataFrame) -> pl.DataFrame:
        is_ascii = batch["text"].str.len_bytes() == batch["text"].str.len_chars()
        other = batch.filter(~is_ascii).with_columns(pl.col("text").str.normalize("NFKC"))
        found = [pl.DataFrame(schema=hits)]
        for part, is_plain in ((batch.filter(is_ascii), True), (other, False)):
            text = _Text(part["text"], is_plain)
            found += [
                part[rows, ["publication_number"]].with_columns(term_id=pl.lit(term, pl.Int64))
                for term, *patterns in terms
                if len(rows := text.near(*patterns))
            ]
        # Numbers of its own: a view of a batch's would keep all texts of the batch in memory.
        own = pl.col("publication_number") + ""
        return pl.concat(found).unique(maintain_order=True).with_columns(own)

    text = pl.concat_str("title", "abstract", separator="\n", ignore_nulls=True)
    return documents.select("publication_number", text=text).map_batches(find, schema=hits, streamable=True)


class _Text:
    """Texts, and the rows of them in which each pattern was found."""

    def __init__(self, text: pl.Series, is_plain: bool) -> None:
        self._text = text
        self._is_plain = is_plain
        self._known: dict[str, pl.Series] = {}

    def near(self, pattern: str, one: str | None, other: str | None) -> pl.Series:
        """Give the rows where a pattern occurs; it can only where both groups do."""
        if one is None or other is None:
            return self._rows(pattern)
        both = self._rows(one)
        both = both.filter(both.is_in(self._rows(other).implode()))
        return self._among(both, pattern)

    def _rows(self, pattern: str) -> pl.Series:
        if pattern not in self._known:
            rows = pl.int_range(len(self._text), eager=True)
            if not self._is_plain:
                rows = self._among(rows, without_borders(pattern))
            self._known[pattern] = self._among(rows, pattern)
        return self._known[pattern]

    def _among(self, rows: pl.Series, pattern: str) -> pl.Series:
        if not len(rows):
            return rows
        return rows.filter(self._text.gather(rows).str.contains(f"(?i){pattern}"))


def without_borders(pattern: str) -> str:
    r"""Let a pattern hold wherever it did, and more: leave out its word borders.

    Examples
    --------
    >>> without_borders(r"\bchips?\b|a\\b")
    '(?:)chips?(?:)|a\\\\b'
    """
    # An escape is two characters, so that the b behind \\ is a letter.
    return re.sub(
        r"\\(?:b(?:\{[a-z-]+\})?|.)",
        lambda found: "(?:)" if found[0][1] == "b" else found[0],
        pattern,
        flags=re.DOTALL,
    )
