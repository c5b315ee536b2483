"""The path of each country: the first rule of each dimension that holds."""

from typing import Any

import numpy as np
import polars as pl

from corepath.transforms.methods.pathway_rules import INDETERMINATE, PathTest

# Where fewer draws agree there is no label. Found on worlds that no test uses (docs/calibration.md).
FIRM = 0.8


def int_pathway(int_path_test: pl.LazyFrame, pathway_rules: pl.LazyFrame) -> pl.DataFrame:
    """Label every country in every dimension, and tell in how many draws the label is the same.

    Parameters
    ----------
    int_path_test
        One row a country x rule x clause x test: dimension, position, label, clause, holds, draws,
        and the figures. A rule holds if each of its clauses has a test that holds.
    pathway_rules
        One row a rule x clause x test: dimension, label, title, says.

    Returns
    -------
    pl.DataFrame
        One row a country x dimension: label ("indeterminate" too where less than FIRM of the draws
        agree), support (share of draws with the same label, 0 to 1), next_label and next_support:
        the label most frequent in draws among the others, null if there is no other; statement,
        what the label says and rests on, in words.
    """
    rules = {row["label"]: row for row in pathway_rules.collect().iter_rows(named=True)}
    tests = int_path_test.sort("country", "dimension", "position", "clause", "test").collect()
    found = []
    for (country, dimension), of_country in tests.group_by("country", "dimension", maintain_order=True):
        labels = of_country["label"].unique(maintain_order=True).to_list()
        figure, draws = [], []
        for label in labels:
            clauses = [
                (clause["holds"].any(), np.array(clause["draws"].to_list()).any(axis=0))
                for _, clause in of_country.filter(label=label).group_by("clause")
            ]
            figure.append(all(holds for holds, _ in clauses))
            draws.append(np.all([drawn for _, drawn in clauses], axis=0))
        drawn = _first(np.array(draws), labels)
        shares = {other: float((drawn == other).mean()) for other in [*labels, INDETERMINATE]}
        label = _first(np.array(figure)[:, None], labels)[0]
        if shares[label] < FIRM:
            label = INDETERMINATE
        support = shares.pop(label)
        other = max(shares, key=lambda key: shares[key])
        found.append(
            {
                "country": country,
                "dimension": dimension,
                "label": label,
                "support": support,
                "next_label": other if shares[other] else None,
                "next_support": shares[other] or None,
                "statement": _statement(rules.get(label), of_country.filter(label=label), support),
            }
        )
    return pl.DataFrame(found, schema=SCHEMA)


def _first(holds: np.ndarray, labels: list[str]) -> np.ndarray:
    """Name the first rule that holds in each draw; rules × draws."""
    names = np.array([*labels, INDETERMINATE])
    return names[np.vstack([holds, np.ones(holds.shape[1], dtype=bool)]).argmax(axis=0)]


def _statement(rule: dict[str, Any] | None, tests: pl.DataFrame, support: float) -> str:
    """Say what a label means and rests on; of an indeterminate path, that it is."""
    if rule is None:
        return f"no rule holds for sure ({support:.0%} of samples give none)"
    figures = [
        f"{row['metric'].replace('_', ' ')} {row['value']:.3g} ({_against(row)})"
        for row in tests.filter("holds").unique("metric", maintain_order=True).iter_rows(named=True)
    ]
    return f"{rule['title']}: it {rule['says']}; {', '.join(figures)}; {support:.0%} of samples agree"


def _against(test: dict[str, Any]) -> str:
    """Say what a figure is held against: a number, or the benchmark."""
    asked = PathTest.read(test["test"])
    if asked.number is None:
        return f"benchmark {test['benchmark']:.3g}"
    return f"{asked.comparison} {asked.number:g}"


SCHEMA = {
    "country": pl.String,
    "dimension": pl.String,
    "label": pl.String,
    "support": pl.Float64,
    "next_label": pl.String,
    "next_support": pl.Float64,
    "statement": pl.String,
}
