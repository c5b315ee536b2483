"""The core that there would be without each indicator."""

import numpy as np
import polars as pl

from corepath.transforms.methods.core_rule import cut_score, own_threshold
from corepath.transforms.methods.entropy import capped, divided
from corepath.transforms.methods.scoring import score_by


def int_core_without(
    int_indicator_value: pl.LazyFrame, int_indicator_weight: pl.LazyFrame, topic: pl.LazyFrame
) -> pl.DataFrame:
    """Cut the core again without one indicator at a time, by the topic's scoring and rule.

    Its weight goes to the others of its dimension, or to all where it is the only one, in proportion
    to theirs; a cap is held as far as the others allow.

    Parameters
    ----------
    int_indicator_value
        One row a family: family and a normalised indicator a column.
    int_indicator_weight
        One row an indicator: indicator, dimension, weight, is_used.
    topic
        One row: scoring, grey_coefficient, weight_cap, core_rule and its threshold.

    Returns
    -------
    pl.DataFrame
        One row an indicator x family that would be core without it: indicator, family. None where
        one indicator alone is used.
    """
    method = topic.collect().row(0, named=True)
    used = int_indicator_weight.filter("is_used").sort("indicator").collect()
    values = int_indicator_value.collect()
    y = values.select(used["indicator"].to_list()).rechunk()
    rule, cap = method["core_rule"], method["weight_cap"]
    found = [pl.DataFrame(schema={"indicator": pl.String, "family": values.schema["family"]})]
    for place, name in enumerate(y.columns if y.width > 1 else ()):
        own = used["weight"].to_numpy().copy()
        own[place] = 0
        weights = divided(own, used["dimension"].to_list())
        if cap is not None:
            weights = capped(weights, max(cap, 1 / (y.width - 1)))
        score = score_by(method, y, used.select("indicator", weight=pl.Series(weights))).to_numpy()
        core = score >= cut_score(np.sort(score), rule, own_threshold(method, rule))
        found.append(values.select("family").filter(core).select(pl.lit(name).alias("indicator"), "family"))
    return pl.concat(found)
