"""Each network as a whole."""

import polars as pl

from transforms.convergence import network_measures


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
    pairs = int_convergence_pair.sort("network", "source", "target").collect()
    nodes = int_convergence_occurrence.sort("network", "technology").collect()
    return pl.DataFrame(
        [
            {"network": network, "families": own["families"][0]}
            | network_measures(pairs.filter(pl.col("network") == network), own)
            for (network,), own in nodes.group_by("network", maintain_order=True)
        ],
        infer_schema_length=None,
    )
