"""The ties between technologies in each network."""

import polars as pl

from corepath.transforms.methods.convergence import edge_measures, networks


def int_convergence_edge(
    int_convergence_pair: pl.LazyFrame, int_convergence_occurrence: pl.LazyFrame
) -> pl.DataFrame:
    """Measure every tie of every network.

    Parameters
    ----------
    int_convergence_pair
        One row a network x pair: the network's key, source, target and its counts.
    int_convergence_occurrence
        One row a network x technology: the network's key, technology, occurrences, families.

    Returns
    -------
    pl.DataFrame
        One row a network x pair: the network's key and what `edge_measures` returns.
    """
    return pl.concat(
        edge_measures(pairs, nodes.select("technology", "occurrences"), nodes["families"][0]).select(
            *(pl.lit(value).alias(name) for name, value in key.items()), pl.all()
        )
        for key, pairs, nodes in networks(int_convergence_pair, int_convergence_occurrence)
    )
