"""Whether each test of each path holds for each country, and how surely."""

import numpy as np
import polars as pl

from corepath.transforms.int_path_metric import MIN_COUNTRIES
from corepath.transforms.methods.pathway import drawn_benchmarks
from corepath.transforms.methods.pathway_rules import PathTest


def int_path_test(
    int_path_metric: pl.LazyFrame, int_path_value: pl.LazyFrame, pathway_rules: pl.LazyFrame
) -> pl.DataFrame:
    """Put every country to every test.

    A test by `high` or `low` asks whether the whole interval is above or below the benchmark. A
    draw's interval is the country's, moved to the draw's figure: to resample each draw anew would
    tell little more. It is held against the benchmark of a draw, of which there are fewer: they are
    taken in turn.

    Parameters
    ----------
    int_path_metric
        One row a country x metric: value, low, high, benchmark, is_high, is_low.
    int_path_value
        One row a path x country x metric x draw, in this order: value.
    pathway_rules
        One row a rule x clause x test: dimension, position, label, clause, test.

    Returns
    -------
    pl.DataFrame
        One row a country x rule x clause x test: dimension, position, label, clause, test, metric,
        value, low, high, benchmark, holds, support (share of draws in which it holds, 0 to 1), and
        draws, whether it holds in each.
    """
    metrics = {
        (row["country"], row["metric"]): row for row in int_path_metric.collect().iter_rows(named=True)
    }
    values = {
        (country, metric): np.array(drawn)
        for country, metric, drawn in int_path_value.filter(pl.col("path") == pl.col("country"))
        .group_by("country", "metric")
        .agg(pl.col("value").fill_null(float("nan")))
        .collect()
        .iter_rows()
    }
    benchmarks = {
        (path, metric): np.array(drawn)
        for path, metric, drawn in drawn_benchmarks(int_path_value, MIN_COUNTRIES)
        .group_by("path", "metric", maintain_order=True)
        .agg(pl.col("benchmark").fill_null(float("nan")))
        .iter_rows()
    }
    rules = pathway_rules.sort("dimension", "position", "clause", "test").collect()
    found = []
    for country in sorted({country for country, _ in metrics}):
        for rule in rules.iter_rows(named=True):
            test = PathTest.read(rule["test"])
            metric, drawn = metrics[country, test.metric], values[country, test.metric]
            figure = np.array(np.nan if metric["value"] is None else metric["value"])
            holds = test.holds(figure, np.array(metric["is_high"]), np.array(metric["is_low"]))
            below, above = (
                np.nan if metric[end] is None else metric["value"] - metric[end] for end in ("low", "high")
            )
            of_draw = np.resize(benchmarks[country, test.metric], len(drawn))
            draws = test.holds(drawn, drawn - below > of_draw, drawn - above < of_draw)
            found.append(
                {"country": country}
                | {key: rule[key] for key in ("dimension", "position", "label", "clause", "test")}
                | {key: metric[key] for key in ("metric", "value", "low", "high", "benchmark")}
                | {"holds": bool(holds), "support": float(draws.mean()), "draws": draws.tolist()}
            )
    return pl.DataFrame(found, schema=SCHEMA)


SCHEMA = {
    "country": pl.String,
    "dimension": pl.String,
    "position": pl.Int64,
    "label": pl.String,
    "clause": pl.Int64,
    "test": pl.String,
    "metric": pl.String,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "benchmark": pl.Float64,
    "holds": pl.Boolean,
    "support": pl.Float64,
    "draws": pl.List(pl.Boolean),
}
