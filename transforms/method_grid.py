"""The ways of preparing values and of scoring that a result should not hang on."""

from collections.abc import Mapping
from itertools import product

import numpy as np

from transforms.stability import Values

# Normalisation, transform and the cohort whose mean divides values: methods.md 3.
WAYS = tuple(product(("minmax", "ratio"), ("none", "log1p"), ("global", "office")))
SCORINGS = ("sum", "topsis")


def variant(draw: int) -> tuple[int, str]:
    """Tell which way of WAYS and which scoring a draw takes: all variants in turn.

    Examples
    --------
    >>> [variant(draw) for draw in (0, 1, 2, 15, 16)]
    [(0, 'sum'), (0, 'topsis'), (1, 'sum'), (7, 'topsis'), (0, 'sum')]
    """
    way, scoring = divmod(draw % (len(WAYS) * len(SCORINGS)), len(SCORINGS))
    return way, SCORINGS[scoring]


def prepared(
    x: Mapping[str, np.ndarray],
    directions: Mapping[str, str],
    normalisation: str,
    transform: str,
    inversion: str,
) -> Values:
    """Turn indicators into values to draw from.

    Parameters
    ----------
    x
        m values an indicator, complete and at least 0.
    directions
        "+" where more is better, "-" where less is, by indicator.
    normalisation
        "minmax", which is fitted anew to each draw; or "ratio".
    transform
        "none" or "log1p".
    inversion
        What "ratio" makes of "-": "reciprocal", 1/x; or "reflect", the lowest and the highest
        value less x, which also serves where a 0 has no reciprocal.

    Returns
    -------
    Values
        n × m.

    Examples
    --------
    >>> age = {"age": np.array([0.0, 2.0, 4.0])}
    >>> prepared(age, {"age": "-"}, "minmax", "none", "reciprocal").y.tolist()
    [[2.0, 1.0, 0.0]]
    """
    rows = []
    for name, column in x.items():
        value = np.log1p(column) if transform == "log1p" else column
        if directions[name] == "-":
            if normalisation == "minmax":
                value = -value
            elif inversion == "reciprocal" and (value > 0).all():
                value = 1 / value
            else:
                value = value.min() + value.max() - value
        rows.append(value)
    return Values.of(np.stack(rows), from_low=normalisation == "minmax")
