"""How well the next convergences could have been told the last time."""

import numpy as np
import polars as pl

from corepath.transforms.methods.link_prediction import (
    PREDICTORS,
    area_under_roc,
    average_precision,
    emerged,
    features,
    fit,
    in_networks,
    last_transition,
)


def int_link_prediction(
    int_convergence_pair: pl.LazyFrame, int_convergence_occurrence: pl.LazyFrame, period: pl.LazyFrame
) -> pl.DataFrame:
    """Predict the latest period in which pairs emerged, with what was learnt one period earlier.

    Parameters
    ----------
    int_convergence_pair, int_convergence_occurrence
        One row a network x pair, or technology.
    period
        One row a period: period, first_year.

    Returns
    -------
    pl.DataFrame
        One row a network x predictor (those of one feature and the logistic model of all):
        network, predictor, learnt_period, tested_period, candidates (pairs that had not met),
        emerged (of these, in the period tested), average_precision, area_under_roc (null
        where all emerged). Networks of less than two periods before are left out, and the model
        where nothing emerged to learn from.
    """
    rows = []
    for network, found in in_networks(int_convergence_pair, int_convergence_occurrence, period):
        last = last_transition(found)
        if last is None or last < 2:
            continue
        before, tested, following = found[last - 2 : last + 1]
        met, values = emerged(tested, following), features(tested)
        scores: dict[str, np.ndarray] = dict(zip(PREDICTORS, values.T, strict=True))
        learnt = emerged(before, tested)
        if learnt.any():
            scores["logistic"] = fit(features(before), learnt).chance(values)
        for predictor, score in scores.items():
            rows.append(
                {
                    "network": network,
                    "predictor": predictor,
                    "learnt_period": tested.period,
                    "tested_period": following.period,
                    "candidates": len(met),
                    "emerged": int(met.sum()),
                    "average_precision": average_precision(score, met),
                    "area_under_roc": area_under_roc(score, met),
                }
            )
    return pl.DataFrame(
        rows,
        schema=dict.fromkeys(["network", "predictor", "learnt_period", "tested_period"], pl.String)
        | dict.fromkeys(["candidates", "emerged"], pl.Int64)
        | dict.fromkeys(["average_precision", "area_under_roc"], pl.Float64),
    ).with_columns(pl.col(pl.Float64).fill_nan(None))
