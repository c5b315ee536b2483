"""The rules that tell paths apart: what they may ask for, and their table."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

SIGNS = {"<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}
INDETERMINATE = "indeterminate"
INDUSTRY_METRICS = (
    "effective_industries",
    "advantage_share",
    "active_industries",
    "co_development",
    "variety",
    "families_per_cell",
)
TECHNOLOGY_METRICS = ("cross_share", "lift", "inner_association", "density", "clustering")
COLLABORATION_METRICS = (
    "co_application_rate",
    "rate_ratio",
    "firm_firm",
    "industry_research",
    "leader_involvement",
    "chain",
    "cr4",
    "isolates",
)
# Ratios of which 1 is chance; <ratio>_z is how far from it they are.
RATIOS = ("lift", "co_development")
METRICS = {
    *INDUSTRY_METRICS,
    *TECHNOLOGY_METRICS,
    *COLLABORATION_METRICS,
    *(f"{ratio}_z" for ratio in RATIOS),
}


@dataclass(frozen=True)
class PathTest:
    """A test of a rule: a metric, and what it must be.

    Attributes
    ----------
    metric
        Its name.
    comparison
        One of < <= > >=, or high, low, not high, not low.
    number
        What a comparison by sign is with.
    """

    metric: str
    comparison: str
    number: float | None

    @classmethod
    def read(cls, text: str) -> "PathTest":
        """Read a test as reference/pathway_rules.toml writes it.

        Raises
        ------
        ValueError
            It is none.

        Examples
        --------
        >>> PathTest.read("lift > 1")
        PathTest(metric='lift', comparison='>', number=1.0)
        >>> PathTest.read("density not low")
        PathTest(metric='density', comparison='not low', number=None)
        """
        metric, _, comparison = " ".join(text.split()).partition(" ")
        if metric not in METRICS:
            raise ValueError(f"{metric!r} is no metric; there are {', '.join(sorted(METRICS))}")
        if comparison in {"high", "low", "not high", "not low"}:
            return cls(metric, comparison, None)
        sign, _, number = comparison.partition(" ")
        try:
            if sign in SIGNS:
                return cls(metric, sign, float(number))
        except ValueError:
            pass  # told below
        raise ValueError(f"{text!r} is no test; such as 'lift > 1' and 'density not low' are")

    def holds(self, value: np.ndarray, high: np.ndarray, low: np.ndarray) -> np.ndarray:
        """Tell where the test holds; where the value is NaN nothing does, not even a negation.

        Parameters
        ----------
        value
            The metric's figures.
        high, low
            Whether each is above or below the benchmark.

        Returns
        -------
        np.ndarray
            Of bool, in the shape of `value`.
        """
        if self.number is not None:
            return SIGNS[self.comparison](value, self.number) & ~np.isnan(value)
        side = high if self.comparison.endswith("high") else low
        return (side != self.comparison.startswith("not")) & ~np.isnan(value)


def rule_table(dimensions: Mapping[str, Any]) -> pl.DataFrame:
    """Spell rules out as a table.

    Parameters
    ----------
    dimensions
        The content of reference/pathway_rules.toml: a table for each dimension, with an array
        `rule` of tables with label, title, says, and `all`: lists of tests.

    Returns
    -------
    pl.DataFrame
        One row for each rule x clause x test: dimension, position (of the rule, from 1), label,
        title, says, clause (from 1), test.

    Raises
    ------
    ValueError
        A rule lacks a field, its label is taken, or a test is none; the message names the rule.
    """
    rows: list[dict[str, Any]] = []
    for dimension, table in dimensions.items():
        for position, rule in enumerate(table.get("rule", ()), start=1):
            try:
                tests = _spelt_out(rule, {row["label"] for row in rows})
            except ValueError as error:
                name = rule.get("label", f"rule {position}")
                raise ValueError(f"{dimension}, {name}: {error}") from error
            rows += [{"dimension": dimension, "position": position} | test for test in tests]
    if not rows:
        raise ValueError("it has no rule")
    return pl.DataFrame(rows)


def _spelt_out(rule: Mapping[str, Any], known: set[str]) -> list[dict[str, Any]]:
    """Give a row for each test of a rule; say what is wrong with it."""
    if lacking := [name for name in ("label", "title", "says", "all") if not rule.get(name)]:
        raise ValueError(f"{' and '.join(lacking)} missing or empty")
    if rule["label"] in known:
        raise ValueError("the label is taken")
    if not all(rule["all"]):
        raise ValueError("a list of tests is empty")
    for test in (test for tests in rule["all"] for test in tests):
        PathTest.read(test)
    return [
        {name: rule[name] for name in ("label", "title", "says")} | {"clause": clause, "test": test}
        for clause, tests in enumerate(rule["all"], start=1)
        for test in tests
    ]
