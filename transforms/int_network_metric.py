"""Each network as a whole."""

import polars as pl
import polars.selectors as cs

from transforms.convergence import network_measures, networks


def int_network_metric(
    int_convergence_pair: pl.LazyFrame, int_convergence_occurrence: pl.LazyFrame
) -> pl.DataFrame:
    """Measure every network.

    Parameters
    ----------
    int_convergence_pair
        One row a network x pair: network, source, target and its counts.
    int_convergence_occurrence
        One row a network x technology: network, technology, occurrences, families.

    Returns
    -------
    pl.DataFrame
        One row a network: network, families and what `network_measures` returns.
    """
    metrics = pl.DataFrame(
        [
            {"network": network, "families": nodes["families"][0]} | network_measures(pairs, nodes)
            for network, pairs, nodes in networks(int_convergence_pair, int_convergence_occurrence)
        ],
        infer_schema_length=None,
    )
    # What no network has, as most without a tie, would be a column of no type.
    return metrics.cast({"diameter": pl.Int64}).cast({cs.by_dtype(pl.Null): pl.Float64})
