"""How far each source of variation leaves scores and core as they were."""

import polars as pl


def int_stability(
    int_stability_part: pl.LazyFrame, int_specification_part: pl.LazyFrame, int_perturbation: pl.LazyFrame
) -> pl.LazyFrame:
    """Sum up the draws of each variation.

    Parameters
    ----------
    int_stability_part, int_specification_part, int_perturbation
        One row a number: kind, variation, draw, measure, name, value.

    Returns
    -------
    pl.LazyFrame
        One row a kind x variation that has scores or a core of its own: draws; kendall_tau,
        core_overlap and rank_biased_overlap, each the median of the draws, and the same with _low,
        the 5 % quantile. A measure is null where no draw has it, as τ of scores that are all equal.
    """
    measures = ["kendall_tau", "core_overlap", "rank_biased_overlap"]
    columns = ["kind", "variation", "draw", "measure", "value"]
    sources = [int_stability_part, int_specification_part, int_perturbation]
    return (
        pl.concat(source.select(columns) for source in sources)
        .filter(pl.col("measure").is_in(measures))
        .with_columns(pl.col("value").fill_nan(None))
        .group_by("kind", "variation")
        .agg(
            draws=pl.col("draw").n_unique().cast(pl.Int64),
            **{
                f"{measure}{end}": pl.col("value")
                .filter(pl.col("measure") == measure)
                .quantile(quantile, "linear")
                for measure in measures
                for end, quantile in (("", 0.5), ("_low", 0.05))
            },
        )
    )
