"""Families in order."""

import polars as pl


def in_order(families: pl.DataFrame) -> pl.DataFrame:
    """Put families in the order of their numbers, lest sums depend on how the rows came.

    Parameters
    ----------
    families
        One row a family: family and whatever else. Where they are in order, as tables of DuckDB
        mostly are, nothing is moved.

    Returns
    -------
    pl.DataFrame
        The same rows.

    Examples
    --------
    >>> import polars as pl
    >>> in_order(pl.DataFrame({"family": [2, 1], "fs": [1, 3]})).rows()
    [(1, 3), (2, 1)]
    """
    return families if families["family"].is_sorted() else families.sort("family")
