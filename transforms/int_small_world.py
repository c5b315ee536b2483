"""Which networks are small worlds, and which have a core."""

import polars as pl

from corepath.transforms.methods.convergence import networks
from corepath.transforms.methods.network import network, small_world

# Random networks of the same degrees.
DRAWS = 100


def int_small_world(
    int_convergence_pair: pl.LazyFrame, int_convergence_occurrence: pl.LazyFrame, topic: pl.LazyFrame
) -> pl.DataFrame:
    """Hold the undivided networks of subclasses against random networks of the same degrees.

    Parameters
    ----------
    int_convergence_pair
        One row a network x pair: the network's key, source, target and its counts.
    int_convergence_occurrence
        One row a network x technology: the network's key, technology, occurrences, families.
    topic
        One row: seed.

    Returns
    -------
    pl.DataFrame
        One row a network with ties: its key and what `small_world` returns.
    """
    seed = topic.select("seed").collect().item()
    undivided = (pl.col("level") == "subclass") & (pl.col("period") == "all") & (pl.col("subfield") == "all")
    rows = [
        key | small_world(network(pairs, nodes, nodes["families"][0]), DRAWS, seed)
        for key, pairs, nodes in networks(
            int_convergence_pair.filter(undivided), int_convergence_occurrence.filter(undivided)
        )
        if len(pairs)
    ]
    schema = dict.fromkeys(["network", "population", "period", "subfield", "level"], pl.String)
    found = ["small_world_sigma", "small_world_omega", "core_periphery_p"]
    return pl.DataFrame(rows, schema=schema | dict.fromkeys(found, pl.Float64))
