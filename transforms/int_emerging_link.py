"""Which technologies are likely to meet next."""

import polars as pl

from corepath.transforms.methods.link_prediction import (
    PREDICTORS,
    emerged,
    features,
    fit,
    in_networks,
    last_transition,
)

# The likeliest of each network.
MOST = 100


def int_emerging_link(
    int_convergence_pair: pl.LazyFrame, int_convergence_occurrence: pl.LazyFrame, period: pl.LazyFrame
) -> pl.DataFrame:
    """Predict which pairs that have not met yet will, from what made pairs meet the last time.

    Parameters
    ----------
    int_convergence_pair, int_convergence_occurrence
        One row a network x pair, or technology.
    period
        One row a period: period, first_year.

    Returns
    -------
    pl.DataFrame
        One row a network x pair, the 100 likeliest: network, learnt_period, source, target, rank,
        chance, and a column a predictor. Learnt from the latest period in which a pair emerged; a
        network without is left out.
    """
    frames = []
    for network, found in in_networks(int_convergence_pair, int_convergence_occurrence, period):
        last = last_transition(found)
        if last is None:
            continue
        before, now = found[last - 1], found[-1]
        model = fit(features(before), emerged(before, found[last]))
        values = features(now)
        names = pl.Series(now.technologies)
        frames.append(
            pl.DataFrame(
                {
                    "network": pl.repeat(network, len(values), eager=True),
                    "learnt_period": pl.repeat(found[last].period, len(values), eager=True),
                    "source": names[now.apart[0]],
                    "target": names[now.apart[1]],
                    "chance": model.chance(values),
                }
                | dict(zip(PREDICTORS, values.T, strict=True))
            )
            .sort("chance", "source", "target", descending=[True, False, False])
            .head(MOST)
            .with_columns(rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
        )
    nobody = pl.DataFrame(
        schema=dict.fromkeys(["network", "learnt_period", "source", "target"], pl.String)
        | dict.fromkeys(["chance", *PREDICTORS], pl.Float64)
        | {"rank": pl.Int64}
    )
    return pl.concat([nobody, *frames])
