"""Families in order, and families as numbers."""

import polars as pl


def in_order(families: pl.DataFrame) -> pl.DataFrame:
    """Put families in the order of their ids, lest sums depend on how the rows came.

    Parameters
    ----------
    families
        One row a family: family_id and whatever else. Where they are in order, as tables of DuckDB
        mostly are, nothing is moved.

    Returns
    -------
    pl.DataFrame
        The same rows.

    Examples
    --------
    >>> import polars as pl
    >>> in_order(pl.DataFrame({"family_id": ["JP-2", "JP-1"], "fs": [1, 3]})).rows()
    [('JP-1', 3), ('JP-2', 1)]
    """
    return families if families["family_id"].is_sorted() else families.sort("family_id")


def numbered(families: pl.LazyFrame) -> pl.LazyFrame:
    """Number families, so that what is joined and sorted by family holds no long texts.

    Parameters
    ----------
    families
        One row a network x family: family_id.

    Returns
    -------
    pl.LazyFrame
        One row a family: family (from 0, in order of family_id), family_id.

    Examples
    --------
    >>> import polars as pl
    >>> numbered(pl.LazyFrame({"family_id": ["JP-2", "JP-1", "JP-2"]})).collect().rows()
    [(0, 'JP-1'), (1, 'JP-2')]
    """
    known = families.select("family_id").unique().collect(engine="streaming")
    return known.sort("family_id").with_row_index("family").lazy()
