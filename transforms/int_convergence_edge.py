"""The ties between technologies in each network."""

import polars as pl

from transforms.convergence import edge_measures


def int_convergence_edge(
    int_convergence_pair: pl.LazyFrame, int_convergence_occurrence: pl.LazyFrame
) -> pl.DataFrame:
    """Measure every tie of every network.

    Parameters
    ----------
    int_convergence_pair
        One row a network x pair: network, source, target and its counts.
    int_convergence_occurrence
        One row a network x technology: network, technology, occurrences, families.

    Returns
    -------
    pl.DataFrame
        One row a network x pair: network and what `edge_measures` returns.
    """
    pairs = int_convergence_pair.sort("network", "source", "target").collect()
    nodes = int_convergence_occurrence.sort("network", "technology").collect()
    measured = []
    for (network,), own in pairs.group_by("network", maintain_order=True):
        here = nodes.filter(pl.col("network") == network)
        edges = edge_measures(
            own.drop("network"), here.select("technology", "occurrences"), here["families"][0]
        )
        measured.append(edges.select(pl.lit(network).alias("network"), pl.all()))
    return pl.concat(measured)
