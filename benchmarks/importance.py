"""Whether planted importance is found: by weighting, indicators and how uneven distractions are.

`python -m benchmarks.importance` makes generated worlds in which some families are core by
construction, adds indicators that are as uneven and mean nothing, and sees how many families of the
core are core. It writes the figures to `benchmarks/results/importance.json` and the table into
`docs/method.md`.
"""

import argparse
import csv
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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
from corepath.warehouse.topic.method import Method

FAMILIES, SEEDS = 3_000, (1,)
INDICATORS = ("fc_5", "bc", "npl", "fs", "sc", "inv", "app", "pct", "cl")
DIMENSIONS = {
    "fc_5": "impact",
    "bc": "science",
    "npl": "science",
    "fs": "protection",
    "pct": "protection",
    "cl": "protection",
    "sc": "breadth",
    "inv": "people",
    "app": "people",
}
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
    transform: Literal["none", "sqrt", "log1p"] = "none"
    winsorise: float | None = None
    cap: float | None = None
    by_dimension: bool = False


WAYS = {
    "entropy (the study's)": Way("entropy"),
    "entropy, cap 0.35": Way("entropy", cap=0.35),
    "entropy, log": Way("entropy", "log1p"),
    "entropy, winsorised": Way("entropy", winsorise=0.99),
    "entropy, log, winsorised, cap 0.35": Way("entropy", "log1p", 0.99, 0.35),
    "entropy in dimensions, log, winsorised": Way("entropy", "log1p", 0.99, by_dimension=True),
    "equal": Way("equal"),
    "equal, log, winsorised": Way("equal", "log1p", 0.99),
    "CRITIC, log, winsorised": Way("critic", "log1p", 0.99),
    "first component, log, winsorised": Way("component", "log1p", 0.99),
}


def main(arguments: list[str] | None = None) -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--families", type=int, default=FAMILIES)
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    parser.add_argument("--results", type=Path, default=RESULTS)
    options = parser.parse_args(arguments)
    found = [
        {"distraction": name, "seed": seed} | row
        for name, plan in WORLDS.items()
        for seed in options.seeds
        for row in measure(
            World(
                name, seed, options.families, options=(("plan", plan),), method=(("minimum_coverage", 0.2),)
            )
        )
    ]
    record = {"families": options.families, "seeds": options.seeds, "rows": found}
    (options.results / "importance.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    if options.results == RESULTS:
        page = ROOT / "docs" / "method.md"
        text = page.read_text(encoding="utf-8")
        before, rest = text.split(START)
        after = rest.split(END)[1]
        page.write_text(f"{before}{START}\n\n{as_markdown(found)}\n\n{END}{after}", encoding="utf-8")


def measure(world: World) -> Iterator[dict[str, Any]]:
    """Score a world in every way, with all indicators and without each; give a row each."""
    with tempfile.TemporaryDirectory() as folder:
        tables = ("intermediate.int_indicator", "intermediate.int_cohort")
        with build(world, tables, Path(folder)) as connection:
            ids = connection.sql("select distinct family, family_id from staging.stg_family").pl()
            indicator, cohort = (connection.sql(f"from {table}").pl() for table in tables)
        with (Path(folder) / "world.core.csv").open(encoding="utf-8", newline="") as file:
            planted = {row["family_id"] for row in csv.DictReader(file)}
    known = [name for name in INDICATORS if indicator[name].null_count() < 0.8 * indicator.height]
    truth = ids.filter(pl.col("family_id").is_in(sorted(planted)))["family"]
    is_planted = indicator.sort("family")["family"].is_in(truth.implode()).to_numpy()
    for name, way in WAYS.items():
        for left_out in ("", *known):
            names = [i for i in known if i != left_out]
            weights, is_core = core(indicator, cohort, names, way, float(is_planted.mean()))
            right = int((is_core & is_planted).sum())
            yield {
                "way": name,
                "without": left_out,
                "precision": right / int(is_core.sum()),
                "recall": right / int(is_planted.sum()),
                "largest_weight": float(weights.max()),
                "decides": names[int(weights.argmax())],
            }


def core(
    indicator: pl.DataFrame, cohort: pl.DataFrame, names: Sequence[str], way: Way, share: float
) -> tuple[np.ndarray, np.ndarray]:
    """Prepare, weigh and score by the functions of the pipeline; cut at the planted share."""
    method = Method(transform=way.transform, winsorise=way.winsorise)
    topic = Topic(name="any", title="Any", classes=["A"], method=method).tables(None)["topic"]
    choice = pl.DataFrame({"indicator": names, "position": range(len(names))}).with_columns(
        direction=pl.lit("+"), is_asked=pl.lit(True), is_covered=pl.lit(True)
    )
    y = int_indicator_value(indicator.lazy(), choice.lazy(), cohort.lazy(), topic.lazy()).drop("family")
    weigh = {"entropy": entropy_weights, "critic": critic_weights, "component": component_weights}
    weights = (
        np.full(y.width, 1 / y.width)
        if way.weighting == "equal"
        else weigh[way.weighting](y)["weight"].to_numpy()
    )
    if way.by_dimension:
        weights = divided(weights, [DIMENSIONS[name] for name in names])
    if way.cap is not None:
        weights = capped(weights, max(way.cap, 1 / np.count_nonzero(weights)))
    score = scores(y, pl.DataFrame({"indicator": names, "weight": weights})).to_numpy()
    return weights, score >= cut_score(np.sort(score), "top_share", share)


def as_markdown(rows: Sequence[Mapping[str, Any]]) -> str:
    """Write recall by way and distraction, and the least of it without one indicator."""
    lines = [
        "| weights and values | "
        + " | ".join(f"distraction {name}" for name in WORLDS)
        + " | largest weight, strong |",
        "|---" * (len(WORLDS) + 2) + "|",
    ]
    for way in WAYS:
        cells = []
        for name in WORLDS:
            here = [row for row in rows if row["way"] == way and row["distraction"] == name]
            full = np.mean([row["recall"] for row in here if not row["without"]])
            without: dict[str, list[float]] = {}
            for row in here:
                if row["without"]:
                    without.setdefault(row["without"], []).append(row["recall"])
            worst = min(without, key=lambda key: np.mean(without[key]))
            cells.append(f"{full:.2f} ({np.mean(without[worst]):.2f} without `{worst}`)")
        last = [row for row in rows if row["way"] == way and row["distraction"] == "strong"]
        whole = [row for row in last if not row["without"]]
        largest = f"{np.mean([row['largest_weight'] for row in whole]):.2f} (`{whole[0]['decides']}`)"
        lines.append(f"| {way} | {' | '.join(cells)} | {largest} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
