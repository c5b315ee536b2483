"""Numbers in the order of texts, which stay as they are when texts come and go."""

import polars as pl

# Between two numbers, so that others find place later; and between those that come there at once.
# 150 million numbers stay below 2^63.
GAP = 2**30
STRIDE = 2**8


class Crowded(Exception):
    """Between two numbers that are to stay there is no place for those that come between them."""


def numbered_in_order(texts: pl.Series, known: pl.DataFrame | None = None) -> pl.Series:
    """Number texts in their order; those that have a number keep it.

    Parameters
    ----------
    texts
        Sorted, each once.
    known
        The numbers that texts have, in the order of the texts: two columns, text and number; by
        default none has one.

    Returns
    -------
    pl.Series
        A number for each text, ascending and greater than 0. All are numbered anew if between two
        known ones there is no place for what comes between them.

    Examples
    --------
    >>> first = numbered_in_order(pl.Series(["a", "c"]))
    >>> (first / GAP).to_list()
    [1.0, 2.0]
    >>> known = pl.DataFrame({"text": ["a", "c"], "number": first})
    >>> (numbered_in_order(pl.Series(["a", "b", "c"]), known) - first[0]).to_list()
    [0, 256, 1073741824]
    """
    fresh = pl.int_range(1, len(texts) + 1, dtype=pl.Int64, eager=True) * GAP
    if known is None:
        return fresh
    text, number = known.columns
    place = pl.int_range(pl.len(), dtype=pl.Int64)
    found = (
        pl.DataFrame({text: texts})
        .join(known, on=text, how="left", maintain_order="left")
        .with_columns(place=place, known_place=pl.when(pl.col(number).is_not_null()).then(place))
        .with_columns(
            below=pl.col(number).forward_fill().fill_null(0),
            above=pl.col(number).backward_fill(),
            first=pl.col("known_place").forward_fill().fill_null(-1),
            last=pl.col("known_place").backward_fill(),
        )
        # How far apart those stand that come between two known ones; behind the last there is room.
        .with_columns(
            step=pl.min_horizontal(
                pl.lit(STRIDE), (pl.col("above") - pl.col("below")) // (pl.col("last") - pl.col("first"))
            )
        )
        .with_columns(step=pl.when(pl.col("above").is_null()).then(GAP).otherwise("step"))
        .select(
            number=pl.coalesce(
                pl.col(number), pl.col("below") + (pl.col("place") - pl.col("first")) * pl.col("step")
            )
        )["number"]
    )
    is_ascending = (found.diff().drop_nulls() > 0).all()
    return found if is_ascending else fresh
