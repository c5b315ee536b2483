"""A part of the bootstrap: families drawn anew, and all that follows done as the topic says."""

import numpy as np
import polars as pl

from corepath.transforms.methods.chain import prepare, weigh
from corepath.transforms.methods.cohort import cohorts
from corepath.transforms.methods.entropy import DegenerateInput
from corepath.transforms.methods.scoring import score_by
from corepath.transforms.methods.stability import resample
from corepath.transforms.methods.variation import SCHEMA, Released

# Each makes a share of the draws. A draw has a chance of its own: how draws are spread over parts
# changes nothing.
PARTS = 8


def int_stability_part(
    part: int,
    int_indicator: pl.LazyFrame,
    int_indicator_choice: pl.LazyFrame,
    int_cohort: pl.LazyFrame,
    int_score_rank: pl.LazyFrame,
    int_family_country: pl.LazyFrame,
    topic: pl.LazyFrame,
) -> pl.DataFrame:
    """Draw families again within their year, and prepare, weigh, score and cut the drawn ones.

    Cohorts are as wide as those of all families; their medians and means are those of the drawn.

    Parameters
    ----------
    part
        Of PARTS, from 0.
    int_indicator, int_indicator_choice
        As `int_indicator_value` takes them.
    int_cohort
        One row a family: family, year, field, office.
    int_score_rank
        One row a family: family, score, is_core.
    int_family_country
        One row a family x country: family, country, share.
    topic
        One row: the method.

    Returns
    -------
    pl.DataFrame
        One row a number: part, kind ("sampling"), variation ("families drawn anew"), draw, measure,
        name, value, family, ranks. Measures are those of `Baseline.agreement`; core_families of the
        country `name`; weight of the indicator `name`; and, over all draws of the part, of a
        family: drawn and selected, how many draws hold it and in how many of these it is core; and
        ranks, if it is one of the best of the release: a list of its rank in each draw that holds
        it (null for other measures). A draw on which the method has no answer has no row.
    """
    method = topic.collect().row(0, named=True)
    choice = int_indicator_choice.filter(pl.col("is_asked") & pl.col("is_covered")).sort("position").collect()
    directions = dict(choice.select("indicator", "direction").iter_rows())
    dimensions = choice["dimension"].to_list()
    families = (
        int_score_rank.select("family", "score", "is_core")
        .join(int_cohort, on="family")
        .join(int_indicator.select("family", *directions), on="family")
        .sort("year", "family")
        .collect()
    )
    values = families.select(pl.col(name).cast(pl.Float64) for name in directions).rechunk()
    office = pl.col("office") if method["cohort"] == "office" else pl.lit("all").alias("office")
    within = cohorts(families.select("year", "field", office))
    released = Released.of(families, int_family_country.collect(), method)
    sizes = families.group_by("year", maintain_order=True).len()["len"].to_numpy()

    held = np.zeros(len(families), dtype=np.int64)
    selected = np.zeros(len(families), dtype=np.int64)
    rows, ranks = [], []
    for draw in range(part, method["samples"], PARTS):
        counts = resample(sizes, np.random.default_rng([method["seed"], 0, draw]))
        at = np.repeat(np.arange(len(families)), counts)
        drawn = values[at]
        try:
            y = prepare(drawn, within.of(at), directions, method)
            fitted = y.filter(drawn.select(pl.all_horizontal(pl.all().is_not_null())).to_series())
            weights = weigh(fitted if method["missing"] == "complete" else y, dimensions, method)
            scores = np.full(len(families), np.nan)
            scores[at] = score_by(method, y, weights).to_numpy()
        except DegenerateInput:
            continue
        is_core, places, numbers = released.compare(scores, counts)
        held += counts > 0
        selected += is_core
        ranks.append(places)
        of_draw = ("sampling", "families drawn anew", draw)
        rows += [(*of_draw, *number, None) for number in numbers]
        rows += [(*of_draw, "weight", *weight, None) for weight in weights.iter_rows()]
    often = [
        pl.DataFrame({"measure": measure, "family": families["family"], "value": times.astype(float)})
        for measure, times in (("drawn", held), ("selected", selected))
    ]
    places = np.array(ranks).T if ranks else np.empty((len(released.leading), 0))
    ranked = pl.DataFrame(
        {
            "measure": "ranks",
            "family": families["family"].gather(released.leading),
            "ranks": pl.Series(places, dtype=pl.Array(pl.Float64, places.shape[1])).arr.to_list(),
        }
    ).with_columns(pl.col("ranks").list.filter(pl.element().is_not_nan()))
    found = [pl.DataFrame(rows, schema=SCHEMA, orient="row"), *often, ranked]
    return pl.concat(found, how="diagonal_relaxed").with_columns(
        part=pl.lit(part, pl.Int64), kind=pl.lit("sampling")
    )
