"""A part of the grid of methods: all choices under one cohort, on the families as they are."""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

import numpy as np
import polars as pl

from corepath.transforms.methods.chain import STUDY, gather, prepare, weigh
from corepath.transforms.methods.core_rule import cut_score, own_threshold
from corepath.transforms.methods.entropy import DegenerateInput
from corepath.transforms.methods.scoring import score_by
from corepath.transforms.methods.variation import SCHEMA, Released, counted, shares_of

# The choices that a result should not hang on (methods.md 3), and what may be chosen. All
# combinations of these make the grid; the topic's own choice is added where it is none of them.
GRID = {
    "cohort": ["none", "global", "office"],
    "transform": ["none", "log1p"],
    "normalisation": ["minmax", "ratio"],
    "weighting": ["entropy", "equal", "critic"],
    "scoring": ["sum", "topsis", "grey"],
}
# Choices that are tried one at a time, everything else as the topic says.
RULES = ["top_share", "mean_sd", "pareto", "head_tail", "price"]
SHARES = [0.05, 0.2]
ATTRIBUTIONS = ["applicant", "inventor", "first_filing"]
# A cohort is prepared in one part.
PARTS = len(GRID["cohort"])


def int_specification_part(
    part: int,
    int_indicator: pl.LazyFrame,
    int_indicator_choice: pl.LazyFrame,
    int_cohort: pl.LazyFrame,
    int_score_rank: pl.LazyFrame,
    int_family_country: pl.LazyFrame,
    int_family_attribution: pl.LazyFrame,
    topic: pl.LazyFrame,
) -> pl.DataFrame:
    """Weigh, score and cut all families by every combination of choices under one cohort.

    Parameters
    ----------
    part
        Which cohort of GRID, from 0.
    int_indicator, int_indicator_choice, int_cohort
        As `int_indicator_value` takes them.
    int_score_rank
        One row a family: family, score, rank, is_core.
    int_family_country
        One row a family x country: family, country, share.
    int_family_attribution
        One row a family x country: family, country, and a share by each attribution.
    topic
        One row: the method.

    Returns
    -------
    pl.DataFrame
        One row a number: part, kind, variation, draw (0), measure, name, value, family. Kind is
        "method", with all choices of the grid as variation, such as "global none minmax entropy
        sum"; or "choice", where one differs from the topic's, such as "scoring topsis", "rule
        price", "threshold 0.05", "attribution inventor", "preset study" (its plain method in the place
        of the topic's dimensions and preparation) or "indicator bc" (left out). Measures are
        those of `Baseline.agreement`; core_families of the country `name`; weight of the indicator
        `name`; and of a family, over the grid: specifications, and in how many it is core
        (selected); its best and worst rank (rank_least, rank_most), if it is one of the best of the
        release; and shift, the most ranks by which the choice `name` moves it. Choices that have no
        answer on the values, as a ratio of negative ones, are left out.
    """
    method = topic.collect().row(0, named=True)
    ranked = int_score_rank.select("family", "score", "rank", "is_core").sort("family").collect()
    released = Released.of(ranked, int_family_country.collect(), method)
    found = _Found(ranked, released)
    dimensions = dict(int_indicator_choice.select("indicator", "dimension").collect().iter_rows())
    cohort = GRID["cohort"][part]
    families, directions, within = gather(int_indicator, int_indicator_choice, int_cohort, cohort)
    values = families.select(*directions)
    options = {name: [*known, *({method[name]} - set(known))] for name, known in GRID.items()}
    for transform, normalisation in product(options["transform"], options["normalisation"]):
        prepared = {"cohort": cohort, "transform": transform, "normalisation": normalisation}
        try:
            y = prepare(values, within, directions, method | prepared).rechunk()
        except DegenerateInput:
            continue
        weights = {
            weighting: _weights(y, dimensions, method | {"weighting": weighting})
            for weighting in options["weighting"]
        }
        for weighting, scoring in product(options["weighting"], options["scoring"]):
            chosen = prepared | {"weighting": weighting, "scoring": scoring}
            if result := _scored(y, weights[weighting], method | chosen):
                found.add("method", " ".join(chosen.values()), *result)
                differs = [name for name in GRID if chosen[name] != method[name]]
                if len(differs) == 1:
                    found.add("choice", f"{differs[0]} {chosen[differs[0]]}", *result)
                if not differs:
                    found.add_numbers(
                        _other_cores(result[0], ranked, released, int_family_attribution, method)
                    )
                    for name in y.columns:
                        others = y.drop(name)
                        if without := _scored(others, _weights(others, dimensions, method), method):
                            found.add("choice", f"indicator {name}", *without)
    is_plain = (
        all(method[name] == plain for name, plain in STUDY.items()) and len(set(dimensions.values())) < 2
    )
    if cohort == method["cohort"] and not is_plain:
        y = prepare(values, within, directions, method | STUDY).rechunk()
        if result := _scored(y, _weights(y, dict.fromkeys(y.columns, "all"), method), method):
            found.add("choice", "preset study", *result)
    return found.frame().with_columns(part=pl.lit(part, pl.Int64))


def _weights(
    y: pl.DataFrame, dimensions: Mapping[str, str], method: Mapping[str, Any]
) -> pl.DataFrame | None:
    try:
        return weigh(y, [dimensions[name] for name in y.columns], method)
    except DegenerateInput:
        return None


def _scored(
    y: pl.DataFrame, weights: pl.DataFrame | None, method: Mapping[str, Any]
) -> tuple[np.ndarray, pl.DataFrame] | None:
    try:
        return None if weights is None else (score_by(method, y, weights).to_numpy(), weights)
    except DegenerateInput:
        return None


def _other_cores(
    scores: np.ndarray,
    ranked: pl.DataFrame,
    released: Released,
    int_family_attribution: pl.LazyFrame,
    method: Mapping[str, Any],
) -> Iterator[tuple[Any, ...]]:
    """Cut the topic's own scores by other rules and shares; count its core by other attributions."""
    ordered = np.sort(scores)
    cuts = [("rule", rule, own_threshold(method, rule), rule) for rule in RULES]
    cuts += [("threshold", "top_share", share, f"{share:g}") for share in SHARES]
    for choice, rule, threshold, option in cuts:
        if (rule, threshold) != (released.rule, released.threshold):
            is_core = scores >= cut_score(ordered, rule, threshold)
            agreement = released.baseline.agreement(scores, is_core)
            for measure, value in agreement.items():
                yield "choice", f"{choice} {option}", measure, None, value
            for number in counted(released.countries, released.shares, is_core.astype(float)):
                yield "choice", f"{choice} {option}", *number
    for attribution in ATTRIBUTIONS:
        if attribution != method["attribution"]:
            place = int_family_attribution.select(
                "family", "country", share=f"share_by_{attribution}"
            ).collect()
            names, shares = shares_of(ranked, place)
            core = released.baseline.is_core.astype(float)
            for number in counted(names, shares, core):
                yield "choice", f"attribution {attribution}", *number


class _Found:
    """Gathers what the specifications of a part give."""

    def __init__(self, ranked: pl.DataFrame, released: Released) -> None:
        self.families = ranked["family"]
        self.own = ranked["rank"].to_numpy()[released.leading]
        self.released = released
        self.rows: list[tuple[Any, ...]] = []
        self.specifications = 0
        self.selected = np.zeros(len(ranked))
        self.least = np.full(len(self.own), np.inf)
        self.most = np.zeros(len(self.own))
        self.shift: dict[str, np.ndarray] = {}

    def add(self, kind: str, variation: str, scores: np.ndarray, weights: pl.DataFrame) -> None:
        """Note what a specification gives."""
        everyone = np.ones(len(scores), dtype=np.int64)
        is_core, places, numbers = self.released.compare(scores, everyone)
        self.rows += [(kind, variation, 0, *number, None) for number in numbers]
        self.rows += [(kind, variation, 0, "weight", *weight, None) for weight in weights.iter_rows()]
        self.least = np.minimum(self.least, places)
        self.most = np.maximum(self.most, places)
        if kind == "method":
            self.specifications += 1
            self.selected += is_core
        else:
            choice = variation.split()[0]
            before = self.shift.get(choice, np.zeros(len(places)))
            self.shift[choice] = np.maximum(before, np.abs(places - self.own))

    def add_numbers(self, numbers: Iterator[tuple[Any, ...]]) -> None:
        """Note numbers that come of no new scores: kind, variation, measure, name, value."""
        self.rows += [(kind, variation, 0, *number, None) for kind, variation, *number in numbers]

    def frame(self) -> pl.DataFrame:
        """Give all as rows."""
        leading = self.families.gather(self.released.leading)
        of_all = {"specifications": np.full(len(self.families), float(self.specifications))}
        of_all |= {"selected": self.selected}
        of_leading = {"rank_least": self.least, "rank_most": self.most} if self.rows else {}
        tables = [pl.DataFrame(self.rows, schema=SCHEMA, orient="row")]
        tables += [
            pl.DataFrame({"measure": m, "family": self.families, "value": v}) for m, v in of_all.items()
        ]
        tables += [pl.DataFrame({"measure": m, "family": leading, "value": v}) for m, v in of_leading.items()]
        tables += [
            pl.DataFrame({"measure": "shift", "name": choice, "family": leading, "value": v})
            for choice, v in self.shift.items()
        ]
        return pl.concat(tables, how="diagonal_relaxed").with_columns(kind=pl.col("kind").fill_null("method"))
