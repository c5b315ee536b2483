"""Whether what the score says turns out later."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import polars as pl

from corepath.transforms.int_indicator_value import int_indicator_value
from corepath.transforms.methods.component import component_weights
from corepath.transforms.methods.core_rule import cut_score
from corepath.transforms.methods.critic import critic_weights
from corepath.transforms.methods.entropy import DegenerateInput, capped, divided, entropy_weights
from corepath.transforms.methods.scoring import score_by
from corepath.transforms.methods.validity import (
    Measured,
    Placements,
    area,
    enrichment,
    placements,
    rank_correlation,
)

# What stands at the horizon for indicators that look further ahead.
_STANDS_FOR = {
    **dict.fromkeys(("fc_3", "fc_5", "fc_7", "fcx_5", "fc_5_others", "fc_reported"), "fc_3"),
    "fs_reported": "fs",
}
_CITATIONS = "fc_3"
_YES_OR_NO = ("is_top_5", "is_top_1", "is_granted_elsewhere", "is_reported_top_5")
# Fewer tell nothing of a country or sub-field.
_FAMILIES, _POSITIVES = 100, 5
_MEASURES = ("auc", "auc_gain", "enrichment", "rank_correlation")
_SCHEMA = {
    "knowledge": pl.String,
    "outcome": pl.String,
    "scope": pl.String,
    "name": pl.String,
    "weighting": pl.String,
    "scoring": pl.String,
    "families": pl.Int64,
    "positives": pl.Int64,
    "core_families": pl.Int64,
    **{f"{measure}{end}": pl.Float64 for measure in _MEASURES for end in ("", "_low", "_high")},
}


def int_validity(
    int_validity_indicator: pl.LazyFrame,
    int_validity_outcome: pl.LazyFrame,
    int_indicator_choice: pl.LazyFrame,
    int_cohort: pl.LazyFrame,
    int_family_country: pl.LazyFrame,
    int_family_subfield: pl.LazyFrame,
    topic_country: pl.LazyFrame,
    topic: pl.LazyFrame,
) -> pl.DataFrame:
    """Score old families by what was known at a horizon, and hold that against what came later.

    The topic's indicators are used as far as the horizon knows them, prepared as the topic says;
    weights and cohorts come from these values alone.

    Parameters
    ----------
    int_validity_indicator
        One row a family old enough: family and an indicator a column, as known at the horizon.
    int_validity_outcome
        One row a family old enough: family, later_citations, reported_citations, is_top_5,
        is_top_1, is_granted_elsewhere, is_reported_top_5; null where the source cannot tell.
    int_indicator_choice
        One row an indicator: indicator, position, direction, dimension, is_asked.
    int_cohort
        One row a family: family, year, field, office.
    int_family_country
        One row a family x country: family, country, share.
    int_family_subfield
        One row a family x sub-field: family, subfield.
    topic_country
        One row a compared country: country.
    topic
        One row: what `int_indicator_value` takes, weighting, weight_cap, scoring, core_share.

    Returns
    -------
    pl.DataFrame
        One row a knowledge ("horizon", "ex_ante": without citations) x outcome x scope ("all",
        "country", "subfield") and its name x weighting ("topic", "entropy", "equal", "critic",
        "component", "citations") x scoring: families, positives, core_families; auc, auc_gain
        (over equal weights under the same scoring), enrichment (of the best core_share) and
        rank_correlation (of a count), each with _low and _high, null where there is none.
    """
    outcomes = int_validity_outcome.sort("family").collect()
    known = outcomes.select("family").join(
        int_validity_indicator.collect(), on="family", maintain_order="left"
    )
    choice = _choice(int_indicator_choice, known)
    method = topic.collect().row(0, named=True)
    scopes = list(_scopes(outcomes, int_family_country, int_family_subfield, topic_country))
    rows: list[dict[str, Any]] = []
    for knowledge, chosen in (
        ("horizon", choice),
        ("ex_ante", choice.filter(pl.col("indicator") != _CITATIONS)),
    ):
        if outcomes.is_empty() or chosen.is_empty():
            continue
        try:
            y = int_indicator_value(known.lazy(), chosen.lazy(), int_cohort, topic).drop("family")
            found = dict(_scores(y, chosen["dimension"].to_list(), method))
            cores = {key: _core(score, method["core_share"]) for key, score in found.items()}
        except DegenerateInput:  # the values do not suit the topic's method: nothing to hold
            continue
        for scope, name, of_scope in scopes:
            for outcome, values in _outcomes(outcomes, knowledge):
                told = of_scope & ~np.isnan(values)
                later = values[told]
                # Each score is ranked once, and those of equal weights are beside several.
                placed: dict[tuple[str, str], Placements] = {}
                for (weighting, scoring), score in found.items():
                    measured = _measure(
                        score[told], cores[weighting, scoring][told], later, outcome in _YES_OR_NO
                    )
                    if "positives" in measured:
                        own, equal = (weighting, scoring), ("equal", scoring)
                        for key in {own, equal} - placed.keys():
                            placed[key] = placements(found[key][told], later > 0)
                        measured |= _columns("auc", area(placed[own]))
                        measured |= _columns("auc_gain", area(placed[own], placed[equal]))
                    if measured:
                        label = (knowledge, outcome, scope, name, weighting, scoring)
                        rows.append(dict(zip(_SCHEMA, label, strict=False)) | measured)
    return pl.DataFrame(rows, schema=_SCHEMA)


def _choice(int_indicator_choice: pl.LazyFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Name the topic's indicators as the horizon knows them, those that enough families have."""
    choice = (
        int_indicator_choice.filter("is_asked")
        .sort("position")
        .with_columns(pl.col("indicator").replace(_STANDS_FOR))
        .unique("indicator", keep="first", maintain_order=True)
        .with_columns(is_covered=pl.lit(True))
        .collect()
    )
    usable = [
        name
        for name in choice["indicator"]
        if name in known.columns
        and known[name].null_count() < 0.3 * known.height
        and known[name].n_unique() > 1
    ]
    return choice.filter(pl.col("indicator").is_in(usable))


def _scores(
    y: pl.DataFrame, dimensions: list[str], method: dict[str, Any]
) -> Iterator[tuple[tuple[str, str], np.ndarray]]:
    """Score by every weighting and scoring; those that have no answer on the values are left out."""
    weights = {"equal": np.full(y.width, 1 / y.width), "entropy": entropy_weights(y)["weight"].to_numpy()}
    for name, weigh in (("critic", critic_weights), ("component", component_weights)):
        try:
            weights[name] = weigh(y)["weight"].to_numpy()
        except DegenerateInput:
            continue
    own = weights.get(method["weighting"], weights["entropy"])
    if len(set(dimensions)) > 1:
        own = divided(own, dimensions)
    if method["weight_cap"] is not None:
        own = capped(own, max(method["weight_cap"], 1 / np.count_nonzero(own)))
    for weighting, weight in weights.items():
        for scoring in ("sum", "topsis", "grey"):
            yield (weighting, scoring), _scored(y, weight, method | {"scoring": scoring})
    yield ("topic", method["scoring"]), _scored(y, own, method)
    if _CITATIONS in y.columns:
        alone = np.array([float(name == _CITATIONS) for name in y.columns])
        yield ("citations", "sum"), _scored(y, alone, method | {"scoring": "sum"})


def _scored(y: pl.DataFrame, weights: np.ndarray, method: Mapping[str, Any]) -> np.ndarray:
    return score_by(method, y, pl.DataFrame({"indicator": y.columns, "weight": weights})).to_numpy()


def _core(score: np.ndarray, share: float) -> np.ndarray:
    return score >= cut_score(np.sort(score), "top_share", share)


def _outcomes(outcomes: pl.DataFrame, knowledge: str) -> Iterator[tuple[str, np.ndarray]]:
    """Give what came later; citations of any age only to scores that know no citations."""
    names = ["is_top_5", "is_top_1", "is_granted_elsewhere", "later_citations"]
    if knowledge == "ex_ante":
        names += ["is_reported_top_5", "reported_citations"]
    for name in names:
        yield name, outcomes[name].cast(pl.Float64).to_numpy()


def _scopes(
    outcomes: pl.DataFrame,
    int_family_country: pl.LazyFrame,
    int_family_subfield: pl.LazyFrame,
    topic_country: pl.LazyFrame,
) -> Iterator[tuple[str, str, np.ndarray]]:
    """Tell all families from those of each compared country and of each sub-field."""
    yield "all", "all", np.ones(outcomes.height, dtype=bool)
    main = (
        int_family_country.sort("share", "country", descending=[True, False])
        .unique("family", keep="first", maintain_order=True)
        .join(topic_country, on="country", how="semi")
    )
    for scope, members in (
        ("country", main.select("family", name="country")),
        ("subfield", int_family_subfield.select("family", name="subfield")),
    ):
        for (name,), part in sorted(members.collect().partition_by("name", as_dict=True).items()):
            yield scope, name, outcomes["family"].is_in(part["family"].implode()).to_numpy()


def _measure(score: np.ndarray, core: np.ndarray, values: np.ndarray, is_yes_or_no: bool) -> dict[str, Any]:
    """Measure a score against an outcome, but for its area; nothing where there is too little of it."""
    if len(score) < _FAMILIES or score.min() == score.max() or values.min() == values.max():
        return {}
    result: dict[str, Any] = {"families": len(score), "core_families": int(core.sum())}
    if not is_yes_or_no:
        return result | _columns("rank_correlation", rank_correlation(score, values))
    positive = values > 0
    if min(positive.sum(), (~positive).sum()) < _POSITIVES:
        return {}
    return result | {"positives": int(positive.sum())} | _columns("enrichment", enrichment(core, positive))


def _columns(name: str, measured: Measured) -> dict[str, float | None]:
    ends = zip(("", "_low", "_high"), measured, strict=True)
    return {f"{name}{end}": None if np.isnan(value) else float(value) for end, value in ends}
