"""Where the core may begin: every rule at every threshold."""

import numpy as np
import polars as pl

from corepath.transforms.methods.core_rule import cut_score, head_tail_breaks, own_threshold


def int_threshold(int_score: pl.LazyFrame, topic: pl.LazyFrame) -> pl.DataFrame:
    """Find the cut score of each rule at each threshold, and how many families reach it.

    Parameters
    ----------
    int_score
        One row a family: score.
    topic
        One row: core_rule, core_share, core_deviations, pareto_share.

    Returns
    -------
    pl.DataFrame
        One row a rule x threshold: rule, threshold, cut_score, families (that reach it),
        tied_families (that have the very score of the cut, where they are several; else 0),
        is_default (whether the topic goes by it; true of one row).
    """
    ordered = np.sort(int_score.select("score").collect()["score"].to_numpy())
    method = topic.collect().row(0, named=True)
    breaks = len(head_tail_breaks(ordered))
    usual = {
        "top_share": [0.005, *(percent / 100 for percent in range(1, 51))],
        "mean_sd": [1.0, 2.0],
        "pareto": [0.8],
        "head_tail": [float(i) for i in range(1, breaks + 1)],
        "price": [0.5],
    }
    rows = []
    for rule, thresholds in usual.items():
        own = own_threshold(method, rule)
        if rule == "head_tail":
            own = thresholds[-1]
        for threshold in sorted({*thresholds, own}):
            cut = cut_score(ordered, rule, threshold)
            first, last = np.searchsorted(ordered, cut), np.searchsorted(ordered, cut, "right")
            tied = int(last - first)
            rows.append(
                {
                    "rule": rule,
                    "threshold": threshold,
                    "cut_score": cut,
                    "families": len(ordered) - int(first),
                    "tied_families": tied if tied > 1 else 0,
                    "is_default": rule == method["core_rule"] and threshold == own,
                }
            )
    return pl.DataFrame(rows)
