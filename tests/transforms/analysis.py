"""A made-up topic, from indicators to scores, for the tests of the tables between them."""

from typing import Any

import numpy as np
import polars as pl

from corepath.transforms.int_indicator_coverage import int_indicator_coverage
from corepath.transforms.int_indicator_value import int_indicator_value
from corepath.transforms.int_indicator_weight import int_indicator_weight
from corepath.transforms.int_score import int_score
from corepath.warehouse.topic.files import Topic


class Analysis:
    """Families with their indicators, and the tables that are made of them.

    Parameters
    ----------
    indicators
        Values by indicator, None or NaN where unknown; all are asked for, and more is better.
    years, countries
        By family; one for all if not given.
    directions
        Of those indicators of which less is better.
    method
        Fields of the topic's method; those not given are the study's.
    """

    def __init__(
        self,
        indicators: dict[str, Any],
        years: Any = 2000,
        countries: Any = "JP",
        directions: dict[str, str] | None = None,
        **method: Any,
    ) -> None:
        method = {"preset": "study"} | method
        topic = Topic.model_validate({"name": "any", "title": "Any", "classes": ["A"], "method": method})
        self.topic = topic.tables(None)["topic"]
        values = pl.DataFrame(indicators).cast(pl.Float64).fill_nan(None)
        ids = pl.Series("family", [f"f{i:06}" for i in range(values.height)])
        self.indicator = values.insert_column(0, ids)
        self.cohort = pl.DataFrame({"family": ids}).with_columns(
            year=_column(years), field=pl.lit("IT"), office=pl.lit("JP")
        )
        self.country = pl.DataFrame({"family": ids}).with_columns(country=_column(countries), share=1.0)
        self.choice = pl.DataFrame(
            [
                {
                    "indicator": name,
                    "position": i,
                    "is_asked": True,
                    "is_covered": True,
                    "direction": (directions or {}).get(name, "+"),
                    "lowest_country": "WORLD",
                    "coverage": 1 - values[name].null_count() / values.height,
                    "lowest_coverage": 1 - values[name].null_count() / values.height,
                }
                for i, name in enumerate(indicators, start=1)
            ]
        ).with_columns(reason=pl.lit(None, pl.String), dimension=pl.lit("all"))

    def shuffled(self, seed: int) -> "Analysis":
        """Give the same in another order of rows."""
        for name in ("indicator", "cohort", "country", "choice"):
            frame = getattr(self, name)
            setattr(self, name, frame.sample(fraction=1, shuffle=True, seed=seed))
        return self

    def coverage(self) -> pl.DataFrame:
        """Make int_indicator_coverage."""
        return int_indicator_coverage(
            self.indicator.lazy(), self.country.lazy(), self.choice.lazy().select("indicator")
        )

    def values(self) -> pl.DataFrame:
        """Make int_indicator_value."""
        return int_indicator_value(
            self.indicator.lazy(), self.choice.lazy(), self.cohort.lazy(), self.topic.lazy()
        )

    def weights(self) -> pl.DataFrame:
        """Make int_indicator_weight."""
        return int_indicator_weight(
            self.values().lazy(),
            self.choice.lazy(),
            self.coverage().lazy(),
            self.indicator.lazy(),
            self.country.lazy(),
            self.topic.lazy(),
        )

    def scores(self) -> pl.DataFrame:
        """Make int_score."""
        return int_score(self.values().lazy(), self.weights().lazy(), self.topic.lazy())


def example(families: int = 200, **method: Any) -> Analysis:
    """Give a topic of three indicators with gaps, over several years and countries."""
    random = np.random.default_rng(1)
    citations = random.poisson(3 * random.gamma(0.5, 2, families)).astype(float)
    claims = random.poisson(12, families) / 7
    claims[random.random(families) < 0.2] = np.nan
    return Analysis(
        {"fc_5": citations, "cl": claims, "tct": random.uniform(1, 9, families)},
        years=random.integers(2000, 2006, families),
        countries=random.choice(["JP", "US", "KR"], families),
        directions={"tct": "-"},
        **method,
    )


def _column(values: Any) -> pl.Expr | pl.Series:
    return pl.lit(values) if isinstance(values, int | str) else pl.Series(values)
