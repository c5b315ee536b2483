"""The place of each technology in each network."""

import polars as pl

from corepath.transforms.methods.convergence import networks, node_counts, node_measures


def int_convergence_node(
    int_convergence_pair: pl.LazyFrame, int_convergence_occurrence: pl.LazyFrame, topic: pl.LazyFrame
) -> pl.DataFrame:
    """Measure every technology of every network.

    Parameters
    ----------
    int_convergence_pair
        One row a network x pair: the network's key, source, target and its counts.
    int_convergence_occurrence
        One row a network x technology: the network's key, technology, occurrences, families.
    topic
        One row: communities (runs of the search), seed.

    Returns
    -------
    pl.DataFrame
        One row a network x technology: the network's key and what `node_measures` returns; of
        main groups, of which there are thousands, only what `node_counts` returns.
    """
    runs, seed = topic.select("communities", "seed").collect().row(0)
    return pl.concat(
        [
            (
                node_counts(pairs, nodes)
                if key["level"] == "main_group"
                else node_measures(pairs, nodes, nodes["families"][0], runs, seed)
            ).select(*(pl.lit(value).alias(name) for name, value in key.items()), pl.all())
            for key, pairs, nodes in networks(int_convergence_pair, int_convergence_occurrence)
        ],
        how="diagonal",
    )
