"""Each network as a whole."""

import polars as pl
import polars.selectors as cs

from corepath.transforms.methods.convergence import KEY, network_measures, networks


def int_network_metric(
    int_convergence_pair: pl.LazyFrame,
    int_convergence_occurrence: pl.LazyFrame,
    int_convergence_node: pl.LazyFrame,
) -> pl.DataFrame:
    """Measure every network but those of main groups, of which there are thousands.

    Parameters
    ----------
    int_convergence_pair
        One row a network x pair: the network's key, source, target and its counts.
    int_convergence_occurrence
        One row a network x technology: the network's key, technology, occurrences, families and
        convergent_families (of two technologies or more).
    int_convergence_node
        One row a network x technology: the network's key and what `node_measures` returns.

    Returns
    -------
    pl.DataFrame
        One row a network: its key, families, convergent_share and what `network_measures` returns.
    """
    coarse = pl.col("level") != "main_group"
    places = (
        int_convergence_node.filter(coarse)
        .select(*KEY, "technology", "betweenness", "community", "community_agreement")
        .collect()
        .partition_by(*KEY, as_dict=True)
    )
    metrics = [
        key
        | {
            "families": nodes["families"][0],
            "convergent_share": nodes["convergent_families"][0] / nodes["families"][0],
        }
        | network_measures(pairs, nodes, nodes["families"][0], places[tuple(key.values())])
        for key, pairs, nodes in networks(
            int_convergence_pair.filter(coarse), int_convergence_occurrence.filter(coarse)
        )
    ]
    # What no network has, as most without a tie, would be a column of no type.
    return pl.DataFrame(metrics, infer_schema_length=None).cast({cs.by_dtype(pl.Null): pl.Float64})
