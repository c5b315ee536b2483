"""Weigh indicators by what they have in common: the first principal component."""

import numpy as np
import polars as pl

from corepath.transforms.methods.critic import correlations
from corepath.transforms.methods.entropy import DegenerateInput


def component_weights(y: pl.DataFrame) -> pl.DataFrame:
    """Weigh each indicator by its squared loading on the first principal component.

    Parameters
    ----------
    y
        m patents × n indicators, finite.

    Returns
    -------
    pl.DataFrame
        One row an indicator, in the order of the columns: indicator, weight (0 to 1; they sum to
        1); 0 of one that is the same for every patent.

    Raises
    ------
    DegenerateInput
        No indicator varies.

    References
    ----------
    Nicoletti, Scarpetta & Boylaud 2000, OECD Economics Department Working Paper 226; OECD & JRC
    2008, Handbook on Constructing Composite Indicators, step 6. Of the correlations, so that no
    unit counts.

    Examples
    --------
    >>> import polars as pl
    >>> y = pl.DataFrame({"a": [0.0, 1, 2, 3], "twice a": [0.0, 2, 4, 6], "b": [1.0, 0, 0, 1]})
    >>> component_weights(y).select(pl.col("weight").round(3)).to_series().to_list()
    [0.5, 0.5, 0.0]
    """
    varies = np.array([column.n_unique() > 1 for column in y])
    if not varies.any():
        raise DegenerateInput(f"every indicator is constant: {', '.join(y.columns)}")
    r = correlations(y)[np.ix_(varies, varies)]
    loadings = np.linalg.eigh(r)[1][:, -1]
    weights = np.zeros(y.width)
    weights[varies] = loadings**2
    return pl.DataFrame({"indicator": y.columns, "weight": weights})
