"""A part of the bootstrap: the draws that prepare values in one way."""

import numpy as np
import polars as pl

from transforms.method_grid import WAYS, prepared, variant
from transforms.stability import BLOCK, Values, resample
from transforms.variation import SCHEMA, Judge

# Each prepares values once. A draw has a chance of its own: how draws are spread changes nothing.
PARTS = len(WAYS)


def int_stability_part(
    part: int,
    int_indicator: pl.LazyFrame,
    int_indicator_choice: pl.LazyFrame,
    indicator: pl.LazyFrame,
    int_stratum: pl.LazyFrame,
    int_score_rank: pl.LazyFrame,
    int_family_country: pl.LazyFrame,
    topic: pl.LazyFrame,
) -> pl.DataFrame:
    """Draw families again, weigh and score them in one way of preparing values, cut the core.

    Parameters
    ----------
    part
        Which way of WAYS, from 0.
    int_indicator
        One row a family: family_id and an indicator a column, null where unknown.
    int_indicator_choice
        One row an indicator: indicator, position, is_covered.
    indicator
        One row an indicator that there is: indicator, direction.
    int_stratum
        One row a family: family_id, stratum, first_filing_office.
    int_score_rank
        One row a family: family_id, score, is_core.
    int_family_country
        One row a family x country: family_id, country, share.
    topic
        One row: samples, seed, inversion, core_rule and its threshold.

    Returns
    -------
    pl.DataFrame
        One row a number: part, kind ("method"), variation (the variant), draw, measure, name,
        value. Measures are those of `Baseline.agreement`; core_families of the country `name`;
        weight of the indicator `name`; and, over all draws of the part, selected: how often the
        family `name` was core, where it was at all.
    """
    method = topic.collect().row(0, named=True)
    families = (
        int_score_rank.select("family_id", "score", "is_core")
        .join(int_stratum, on="family_id")
        .sort("stratum", "family_id")
        .collect()
    )
    chosen = (
        int_indicator_choice.filter("is_covered")
        .join(indicator.select("indicator", "direction"), on="indicator")
        .sort("position")
        .collect()
    )
    directions = dict(chosen.select("indicator", "direction").iter_rows())
    values = _values(families, int_indicator, directions, part, method["inversion"])
    country = int_family_country.filter(pl.col("country") != "ZZ").collect()
    judge = Judge.of(families, country, method)
    sizes = families.group_by("stratum", maintain_order=True).len()["len"].to_numpy()

    draws = [draw for draw in range(method["samples"]) if variant(draw)[0] == part]
    selected = np.zeros(len(families), dtype=np.int64)
    rows = []
    for start in range(0, len(draws), BLOCK):
        block = draws[start : start + BLOCK]
        chances = [np.random.default_rng([method["seed"], 0, draw]) for draw in block]
        counts = np.stack([resample(sizes, chance) for chance in chances])
        for draw, drawn, fit in zip(block, counts, values.fit(counts), strict=True):
            scoring = variant(draw)[1]
            scores = values.topsis(fit, drawn) if scoring == "topsis" else values.additive(fit)
            is_core, numbers = judge.judge(scores, drawn)
            selected += is_core
            name = " ".join((*WAYS[part], scoring))
            weights = zip(directions, fit.weights.tolist(), strict=True)
            rows += [("method", name, draw, *number) for number in numbers]
            rows += [("method", name, draw, "weight", *weight) for weight in weights]
    often = families.select(
        kind=pl.lit("method"), variation=pl.lit(None, pl.String), draw=pl.lit(None, pl.Int64),
        measure=pl.lit("selected"), name="family_id", value=pl.Series(selected, dtype=pl.Float64),
    ).filter(pl.col("value") > 0)  # fmt: skip
    return pl.concat([pl.DataFrame(rows, schema=SCHEMA, orient="row"), often]).select(
        pl.lit(part, pl.Int64).alias("part"), pl.all()
    )


def _values(
    families: pl.DataFrame,
    int_indicator: pl.LazyFrame,
    directions: dict[str, str],
    part: int,
    inversion: str,
) -> Values:
    normalisation, transform, cohort = WAYS[part]
    known = families.select("family_id", "stratum", "first_filing_office").join(
        int_indicator.select("family_id", *directions).collect(),
        on="family_id", how="left", maintain_order="left",
    )  # fmt: skip
    base = ["stratum"] if cohort == "global" else ["stratum", "first_filing_office"]
    filled = known.with_columns(
        pl.coalesce(c, pl.col(c).median().over("stratum"), pl.col(c).median()) for c in directions
    ).select((pl.col(c) / pl.col(c).mean().over(base)).fill_nan(0) for c in directions)
    columns = {c: filled[c].to_numpy() for c in directions}
    return prepared(columns, directions, normalisation, transform, inversion)
