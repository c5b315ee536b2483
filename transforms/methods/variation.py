"""What is varied to see how sure a result is, and the numbers that come of it, a row each."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Self

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from corepath.transforms.methods.core_rule import own_threshold
from corepath.transforms.methods.stability import RANKED, Baseline, in_order, ranks, select

# The choices of method that a result should not hang on (methods.md 3).
WAYS = [
    {"normalisation": normalisation, "transform": transform, "cohort": cohort}
    for normalisation, transform, cohort in product(
        ("minmax", "ratio"), ("none", "log1p"), ("global", "office")
    )
]
SCORINGS = ("sum", "topsis")

# A row of results is a number.
SCHEMA = {
    "kind": pl.String,
    "variation": pl.String,
    "draw": pl.Int64,
    "measure": pl.String,
    "name": pl.String,
    "value": pl.Float64,
}


def variant(draw: int) -> tuple[int, str]:
    """Tell which way of WAYS and which scoring a draw takes: all variants in turn.

    Examples
    --------
    >>> [variant(draw) for draw in (0, 1, 2, 15, 16)]
    [(0, 'sum'), (0, 'topsis'), (1, 'sum'), (7, 'topsis'), (0, 'sum')]
    """
    way, scoring = divmod(draw % (len(WAYS) * len(SCORINGS)), len(SCORINGS))
    return way, SCORINGS[scoring]


@dataclass(frozen=True)
class Judge:
    """What every variation is held against, and how its core is told and counted.

    `leading` are the places of the families that the release ranks best, at most RANKED.
    """

    baseline: Baseline
    leading: np.ndarray
    countries: list[str]
    shares: csr_array
    rule: str
    threshold: float

    @classmethod
    def of(cls, ranked: pl.DataFrame, country: pl.DataFrame, method: dict) -> Self:
        """Prepare for m families in the order of `ranked`.

        Parameters
        ----------
        ranked
            One row a family: family, score, is_core.
        country
            One row a family x country: family, country, share.
        method
            The topic's choices: core_rule and its threshold.
        """
        names = country["country"].unique().sort()
        found = country.join(ranked.select("family").with_row_index("row"), on="family")
        country_row = found["country"].replace_strict(names, range(len(names)), return_dtype=pl.Int64)
        shares = csr_array(
            (found["share"].to_numpy(), (country_row.to_numpy(), found["row"].to_numpy())),
            shape=(len(names), len(ranked)),
        )
        least = ranked["score"].top_k(RANKED).min()
        leading = (
            ranked.with_row_index("row")
            .filter(pl.col("score") >= least)
            .sort("score", "family", descending=[True, False])
            .head(RANKED)
        )
        return cls(
            Baseline.of(ranked["score"].to_numpy(), ranked["is_core"].to_numpy()),
            leading["row"].to_numpy(),
            names.to_list(),
            shares,
            method["core_rule"],
            own_threshold(method, method["core_rule"]),
        )

    def judge(
        self, scores: np.ndarray, drawn: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, Iterator[tuple[str, str | None, float]]]:
        """Cut scores by the topic's rule; rank the best, count each country's core, compare all.

        Parameters
        ----------
        scores
            m scores.
        drawn
            m counts: how often each family is in the variation.

        Returns
        -------
        tuple of two np.ndarray and iterator
            m booleans, whether core; the ranks of the `leading`; and measure, name and value of
            each number.
        """
        ordered = in_order(scores, drawn)
        is_core = select(scores, ordered, self.rule, self.threshold)
        places = ranks(scores[self.leading], ordered)
        return is_core, places, self._numbers(scores, is_core, drawn)

    def _numbers(
        self, scores: np.ndarray, is_core: np.ndarray, drawn: np.ndarray
    ) -> Iterator[tuple[str, str | None, float]]:
        for measure, value in self.baseline.agreement(scores, is_core).items():
            yield measure, None, value
        core = self.shares @ (drawn * is_core)
        for i, country in enumerate(self.countries):
            yield "core_families", country, float(core[i])


def variations(int_stability_part: pl.LazyFrame, int_perturbation: pl.LazyFrame) -> pl.LazyFrame:
    """Put the draws of every variation together; all draws of the bootstrap are one, too.

    Parameters
    ----------
    int_stability_part, int_perturbation
        A row a number: kind, variation, draw, measure, name, value.

    Returns
    -------
    pl.LazyFrame
        The same of all, without the families.
    """
    drawn = int_stability_part.filter(pl.col("draw").is_not_null()).select(*SCHEMA)
    all_draws = drawn.with_columns(kind=pl.lit("bootstrap"), variation=pl.lit("all draws"))
    return pl.concat([drawn, all_draws, int_perturbation.select(*SCHEMA)])
