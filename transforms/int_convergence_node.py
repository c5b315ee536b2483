"""The place of each technology in each network."""

import polars as pl

from transforms.convergence import networks, node_measures


def int_convergence_node(
    int_convergence_pair: pl.LazyFrame, int_convergence_occurrence: pl.LazyFrame
) -> pl.DataFrame:
    """Measure every technology of every network.

    Parameters
    ----------
    int_convergence_pair
        One row a network x pair: network, source, target and its counts.
    int_convergence_occurrence
        One row a network x technology: network, technology, occurrences, families.

    Returns
    -------
    pl.DataFrame
        One row a network x technology: network and what `node_measures` returns.
    """
    return pl.concat(
        node_measures(pairs, nodes).select(pl.lit(network).alias("network"), pl.all())
        for network, pairs, nodes in networks(int_convergence_pair, int_convergence_occurrence)
    )
