"""Whether planted importance is found: by weighting, indicators and how uneven distractions are.

`python -m benchmarks.importance` makes generated worlds in which some families are core by
construction, adds indicators that are as uneven and mean nothing, and sees how many families of the
core are core: by the indicators that a topic asks for by default, and with flags and counts of no
meaning beside them. With `--work FOLDER` a world that was measured is not measured again. It writes
the figures to `benchmarks/results/importance.json` and the table into `docs/method.md`.
"""

import argparse
import csv
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import polars as pl

from benchmarks.calibration.build import build
from benchmarks.calibration.inference import World
from benchmarks.run import RESULTS, ROOT
from corepath.transforms.int_indicator_value import int_indicator_value
from corepath.transforms.methods.component import component_weights
from corepath.transforms.methods.core_rule import cut_score
from corepath.transforms.methods.critic import critic_weights
from corepath.transforms.methods.entropy import capped, divided, entropy_weights, scores
from corepath.warehouse.topic.files import Topic
from corepath.warehouse.topic.method import Method, dimension_of

FAMILIES, SEEDS = 3_000, tuple(range(1, 13))
USUAL = tuple(Method().indicators)
LISTS = {"usual": USUAL, "with flags": (*USUAL, "app", "pct")}
# What is laid over the plan: nothing, or distractions that are common, or rare and uneven. Without
# an international application of their own, families have one by the flag alone.
_NO_WO = "[reach]\nWO = 0.0\n"
WORLDS = {
    "none": _NO_WO,
    "moderate": _NO_WO
    + "[distraction]\nrare_flag = 0.10\naffiliates = 0.30\nclaims = 2.0\ncitations = 2.0\n",
    "strong": _NO_WO + "[distraction]\nrare_flag = 0.01\naffiliates = 0.10\nclaims = 4.0\ncitations = 5.0\n",
}
START, END = "<!-- importance: written by `python -m benchmarks.importance` -->", "<!-- end -->"


@dataclass(frozen=True)
class Way:
    """How values are prepared and weighed."""

    weighting: str
    by_dimension: bool = False
    transform: Literal["none", "sqrt", "log1p"] = "log1p"
    winsorise: float | None = 0.99
    small_cohorts: Literal["shrink", "widen"] = "shrink"
    cap: float | None = None


_STUDY = Way("entropy", transform="none", winsorise=None, small_cohorts="widen")
WAYS = {
    "entropy, plain (the study's)": _STUDY,
    "the same, cap 0.35": replace(_STUDY, cap=0.35),
    "the same, shrunken cohorts": replace(_STUDY, small_cohorts="shrink"),
    "the same, log": replace(_STUDY, transform="log1p"),
    "the same, winsorised": replace(_STUDY, winsorise=0.99),
    "the same, in dimensions": replace(_STUDY, by_dimension=True),
    "entropy, tamed": Way("entropy"),
    "entropy, tamed, in dimensions (default)": Way("entropy", True),
    "the same, wide cohorts": Way("entropy", True, small_cohorts="widen"),
    "the same, winsorised at 0.95": Way("entropy", True, winsorise=0.95),
    "equal, plain": replace(_STUDY, weighting="equal"),
    "equal, tamed": Way("equal"),
    "equal, tamed, in dimensions": Way("equal", True),
    "CRITIC, tamed": Way("critic"),
    "CRITIC, tamed, in dimensions": Way("critic", True),
    "first component, tamed": Way("component"),
    "first component, tamed, in dimensions": Way("component", True),
}


def main(arguments: list[str] | None = None) -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--families", type=int, default=FAMILIES)
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--work", type=Path, help="where worlds that were measured are noted")
    options = parser.parse_args(arguments)
    if len(options.seeds) < 2:
        parser.error("two seeds or more: with one world there is no standard error")
    found = []
    for name, plan in WORLDS.items():
        for seed in options.seeds:
            note = options.work and options.work / f"{name}-{seed}-{options.families}.json"
            if note and note.exists():
                found += json.loads(note.read_text(encoding="utf-8"))
                continue
            minimum = (("minimum_coverage", 0.2),)
            world = World(name, seed, options.families, options=(("plan", plan),), method=minimum)
            rows = [{"distraction": name} | row for row in measure(world)]
            if note:
                note.write_text(json.dumps(rows), encoding="utf-8")
            found += rows
    rows = summarised(found)
    lines = ",\n  ".join(json.dumps(row) for row in rows)
    text = f'{{"families": {options.families}, "seeds": {options.seeds}, "rows": [\n  {lines}\n]}}\n'
    (options.results / "importance.json").write_text(text, encoding="utf-8")
    if options.results == RESULTS:
        page = ROOT / "docs" / "method.md"
        text = page.read_text(encoding="utf-8")
        before, rest = text.split(START)
        after = rest.split(END)[1]
        page.write_text(f"{before}{START}\n\n{as_markdown(rows)}\n\n{END}{after}", encoding="utf-8")


def measure(world: World) -> Iterator[dict[str, Any]]:
    """Score a world in every way, with all indicators and without each; give a row each."""
    with tempfile.TemporaryDirectory() as folder:
        tables = ("intermediate.int_indicator", "intermediate.int_cohort")
        with build(world, tables, Path(folder)) as connection:
            ids = connection.sql("select distinct family, family_id from staging.stg_family").pl()
            indicator, cohort = (connection.sql(f"from {table}").pl() for table in tables)
        with (Path(folder) / "world.core.csv").open(encoding="utf-8", newline="") as file:
            planted = {row["family_id"] for row in csv.DictReader(file)}
    truth = ids.filter(pl.col("family_id").is_in(sorted(planted)))["family"]
    is_planted = indicator.sort("family")["family"].is_in(truth.implode()).to_numpy()
    yield from measured(indicator, cohort, is_planted)


def measured(
    indicator: pl.DataFrame, cohort: pl.DataFrame, is_planted: np.ndarray
) -> Iterator[dict[str, Any]]:
    """Score families in every way; give a row for each, list of indicators and one left out."""
    known = [name for name in LISTS["with flags"] if indicator[name].null_count() < 0.8 * indicator.height]
    for name, way in WAYS.items():
        y = values(indicator, cohort, known, way)
        for asked, listed in LISTS.items():
            names = [i for i in known if i in listed]
            for left_out in ("", *names):
                kept = [i for i in names if i != left_out]
                weights, is_core = core(y.select(kept), way, float(is_planted.mean()))
                yield {
                    "way": name,
                    "indicators": asked,
                    "without": left_out,
                    "recall": int((is_core & is_planted).sum()) / int(is_planted.sum()),
                    "largest_weight": float(weights.max()),
                    "decides": kept[int(weights.argmax())],
                }


def values(indicator: pl.DataFrame, cohort: pl.DataFrame, names: Sequence[str], way: Way) -> pl.DataFrame:
    """Prepare indicators by the functions of the pipeline."""
    method = Method(transform=way.transform, winsorise=way.winsorise, small_cohorts=way.small_cohorts)
    topic = Topic(name="any", title="Any", classes=["A"], method=method).tables(None)["topic"]
    choice = pl.DataFrame({"indicator": names, "position": range(len(names))}).with_columns(
        direction=pl.lit("+"), is_asked=pl.lit(True), is_covered=pl.lit(True)
    )
    return int_indicator_value(indicator.lazy(), choice.lazy(), cohort.lazy(), topic.lazy()).drop("family")


def core(y: pl.DataFrame, way: Way, share: float) -> tuple[np.ndarray, np.ndarray]:
    """Weigh and score by the functions of the pipeline; cut at the planted share."""
    weigh = {"entropy": entropy_weights, "critic": critic_weights, "component": component_weights}
    weights = (
        np.full(y.width, 1 / y.width)
        if way.weighting == "equal"
        else weigh[way.weighting](y)["weight"].to_numpy()
    )
    if way.by_dimension:
        of = dimension_of()
        weights = divided(weights, [of[name] for name in y.columns])
    if way.cap is not None:
        weights = capped(weights, max(way.cap, 1 / np.count_nonzero(weights)))
    score = scores(y, pl.DataFrame({"indicator": y.columns, "weight": weights})).to_numpy()
    return weights, score >= cut_score(np.sort(score), "top_share", share)


def summarised(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Give mean and standard error over worlds of a way's recall, and the least without one indicator."""
    table = pl.DataFrame(rows)
    by = ["indicators", "way", "distraction"]
    whole = table.filter(pl.col("without") == "").group_by(by, maintain_order=True)
    least = (
        table.filter(pl.col("without") != "")
        .group_by(*by, "without")
        .agg(pl.col("recall").mean().round(4).alias("least"))
        .sort(*by, "least", "without")
        .unique(by, keep="first")
    )
    return (
        whole.agg(
            worlds=pl.len(),
            recall=pl.col("recall").mean().round(4),
            error=(pl.col("recall").std() / pl.len().sqrt()).round(4),
            largest_weight=pl.col("largest_weight").mean().round(3),
            decides=pl.col("decides").mode().sort().first(),
        )
        .join(least, on=by, maintain_order="left")
        .to_dicts()
    )


def as_markdown(rows: Sequence[Mapping[str, Any]]) -> str:
    """Write recall by list of indicators, way and distraction, and the least without one indicator."""
    parts = []
    for asked, title in (
        ("usual", "Indicators asked for by default"),
        ("with flags", "With `app` and `pct`, which mean nothing here"),
    ):
        lines = [
            f"| {title} | "
            + " | ".join(f"distraction {name}" for name in WORLDS)
            + " | largest weight, strong |",
            "|---" * (len(WORLDS) + 2) + "|",
        ]
        of_list = {(row["way"], row["distraction"]): row for row in rows if row["indicators"] == asked}
        for way in WAYS:
            cells = [
                f"{row['recall']:.3f} ± {row['error']:.3f} ({row['least']:.2f} without `{row['without']}`)"
                for row in (of_list[way, name] for name in WORLDS)
            ]
            last = of_list[way, "strong"]
            largest = f"{last['largest_weight']:.2f} (`{last['decides']}`)"
            lines.append(f"| {way} | {' | '.join(cells)} | {largest} |")
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


if __name__ == "__main__":
    main()
