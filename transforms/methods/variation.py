"""What is varied to see how sure a result is, and the numbers that come of it, a row each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from corepath.transforms.methods.core_rule import cut_score, own_threshold
from corepath.transforms.methods.stability import RANKED, Baseline, ranks

# A row of results is a number.
SCHEMA = {
    "kind": pl.String,
    "variation": pl.String,
    "draw": pl.Int64,
    "measure": pl.String,
    "name": pl.String,
    "value": pl.Float64,
    "family": pl.Int64,
}

# Measure, name and value.
Number = tuple[str, str | None, float]


@dataclass(frozen=True)
class Released:
    """The release's result, with which every variation is compared, and how a core is cut and counted.

    `leading` are the places of the families that the release ranks best, at most RANKED.
    """

    baseline: Baseline
    leading: np.ndarray
    countries: list[str]
    shares: csr_array
    rule: str
    threshold: float

    @classmethod
    def of(cls, ranked: pl.DataFrame, country: pl.DataFrame, method: Mapping[str, Any]) -> Self:
        """Prepare for m families in the order of `ranked`.

        Parameters
        ----------
        ranked
            One row a family: family, score, is_core.
        country
            One row a family x country: family, country, share. Unknown ones (ZZ) are left out.
        method
            The topic's choices: core_rule and its threshold.
        """
        names, shares = shares_of(ranked, country)
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
            names,
            shares,
            method["core_rule"],
            own_threshold(method, method["core_rule"]),
        )

    def compare(self, scores: np.ndarray, drawn: np.ndarray) -> tuple[np.ndarray, np.ndarray, list[Number]]:
        """Cut scores by the topic's rule; rank the best, count each country's core, compare all.

        Parameters
        ----------
        scores
            m scores, NaN of families that are not drawn.
        drawn
            m counts: how often each family is in the variation.

        Returns
        -------
        tuple of two np.ndarray and a list
            m booleans, whether core; the ranks of the `leading`; and measure, name and value of
            each number.
        """
        ordered = np.sort(np.repeat(scores, drawn))
        is_core = scores >= cut_score(ordered, self.rule, self.threshold)
        places = ranks(scores[self.leading], drawn[self.leading], ordered)
        agreement = self.baseline.agreement(scores, is_core)
        numbers: list[Number] = [(measure, None, value) for measure, value in agreement.items()]
        numbers += counted(self.countries, self.shares, drawn * is_core)
        return is_core, places, numbers


def shares_of(ranked: pl.DataFrame, country: pl.DataFrame) -> tuple[list[str], csr_array]:
    """Spread families over countries.

    Parameters
    ----------
    ranked
        One row a family: family.
    country
        One row a family x country: family, country, share. Unknown ones (ZZ) are left out.

    Returns
    -------
    tuple of list of str and csr_array
        The countries, and countries × families: shares.
    """
    known = country.filter((pl.col("country") != "ZZ") & (pl.col("share") > 0))
    names = known["country"].unique().sort()
    found = known.join(ranked.select("family").with_row_index("row"), on="family")
    row = found["country"].replace_strict(names, range(len(names)), return_dtype=pl.Int64)
    place = (row.to_numpy(), found["row"].to_numpy())
    return names.to_list(), csr_array((found["share"].to_numpy(), place), shape=(len(names), len(ranked)))


def counted(countries: list[str], shares: csr_array, times: np.ndarray) -> Iterator[Number]:
    """Give each country's core families, each as often as it counts."""
    for country, families in zip(countries, shares @ times, strict=True):
        yield "core_families", country, float(families)
