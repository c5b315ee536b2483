"""The choices of method that a topic file makes; docs/method.md explains each."""

import csv
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from corepath.transforms.methods.chain import STUDY
from corepath.warehouse.settings import ROOT


def _name(value: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", value):
        raise ValueError(f"{value!r} is no name; use lower-case letters, digits and _")
    return value


def _prefix(value: str) -> str:
    if not re.fullmatch(r"[A-HY](\d\d([A-Z](\d{1,4}(/\d{0,6})?)?)?)?", value):
        raise ValueError(
            f"{value!r} starts no IPC or CPC symbol; such as H, H01, H01L, H01L21 or H01L21/02 do"
        )
    return value


def _country(value: str) -> str:
    if not re.fullmatch(r"[A-Z]{2}", value):
        raise ValueError(f"{value!r} is no ISO 3166 alpha-2 country code such as JP")
    return value


Name = Annotated[str, AfterValidator(_name)]
# Every symbol below it is meant.
Prefix = Annotated[str, AfterValidator(_prefix)]
Country = Annotated[str, AfterValidator(_country)]


def dimension_of() -> dict[str, str]:
    """Tell the dimension of every indicator that exists: what kind of importance it measures."""
    with (ROOT / "reference" / "indicator.csv").open(encoding="utf-8", newline="") as file:
        return {row["indicator"]: row["dimension"] for row in csv.DictReader(file)}


def _known_indicator(value: str) -> str:
    known = dimension_of()
    if value not in known:
        raise ValueError(f"{value!r} is no indicator; there are {', '.join(known)}")
    return value


Indicator = Annotated[str, AfterValidator(_known_indicator)]


class Strict(BaseModel):
    """A table of a topic file: a field that is not declared is an error."""

    model_config = ConfigDict(extra="forbid")


# What the study's plain entropy method does otherwise than the one that docs/method.md recommends.
_STUDY = STUDY | {"dimensions": {}}


class Method(Strict):
    """The choices of method; the defaults are those of docs/method.md."""

    # Where the choices that are not made come from.
    preset: Literal["recommended", "study"] = "recommended"

    # Indicators and their values.
    indicators: list[Indicator] = Field(default=["fc_5", "bc", "npl", "fs", "cl", "sc", "inv"], min_length=1)
    truncation: Literal["closed", "deflate"] = "closed"
    minimum_coverage: float = Field(default=0.7, ge=0, le=1)
    missing: Literal["cohort_median", "complete"] = "cohort_median"
    cohort: Literal["none", "global", "office"] = "global"
    small_cohorts: Literal["shrink", "widen"] = "shrink"
    winsorise: float | None = Field(default=0.99, gt=0.5, le=1)
    transform: Literal["none", "sqrt", "log1p"] = "log1p"
    normalisation: Literal["minmax", "ratio", "shift"] = "minmax"
    shift: float = Field(default=0.0, ge=0)
    inversion: Literal["reciprocal", "reflect"] = "reciprocal"

    # Weights and scores.
    weighting: Literal["entropy", "equal", "critic"] = "entropy"
    weight_cap: float | None = Field(default=None, gt=0, le=1)
    # Indicators of one kind and the name of the kind; each kind has the same weight. By default the
    # kinds of reference/indicator.csv; with none, all indicators are of one.
    dimensions: dict[Name, Annotated[list[Indicator], Field(min_length=1)]] = {}
    scoring: Literal["sum", "topsis", "grey"] = "sum"
    grey_coefficient: float = Field(default=0.5, gt=0, le=1)

    # Core patents and technologies.
    core_rule: Literal["top_share", "mean_sd", "pareto", "head_tail", "price"] = "top_share"
    core_share: float = Field(default=0.10, gt=0, lt=1)
    core_deviations: float = Field(default=1.0, gt=0)
    pareto_share: float = Field(default=0.8, gt=0, lt=1)
    samples: int = Field(default=500, ge=10)
    stable_selection: float = Field(default=0.9, gt=0.5, le=1)
    seed: int = Field(default=20261122, ge=0)
    technology_q: float = Field(default=0.05, gt=0, lt=1)
    technology_minimum: int = Field(default=5, ge=1)

    # Networks.
    communities: int = Field(default=100, ge=1)
    null_draws: int = Field(default=1000, ge=100)
    rarefaction_draws: int = Field(default=200, ge=20)
    permutations: int = Field(default=5000, ge=99)

    # Countries.
    attribution: Literal["applicant", "inventor", "first_filing"] = "applicant"
    # A country and the one that its families count for, such as HK = "CN".
    count_as: dict[Country, Country] = {}

    # Industries.
    industry_mode: Literal["ipc_only", "ipc_and_keyword", "unconditional"] = "ipc_only"
    minimum_cell: int = Field(default=5, ge=1)

    minimum_families: int = Field(default=50, ge=10)

    @model_validator(mode="before")
    @classmethod
    def _starts_from_its_preset(cls, given: Any) -> Any:
        if isinstance(given, dict) and given.get("preset") == "study":
            return _STUDY | given
        return given

    @model_validator(mode="after")
    def _divides_its_indicators(self) -> "Method":
        if "dimensions" not in self.model_fields_set:
            of, dimensions = dimension_of(), {}
            for indicator in dict.fromkeys(self.indicators):
                dimensions.setdefault(of[indicator], []).append(indicator)
            self.dimensions = dimensions
        grouped = [name for names in self.dimensions.values() for name in names]
        for name in grouped:
            if name not in self.indicators or grouped.count(name) > 1:
                raise ValueError(
                    f"dimensions: {name} must be in one dimension only, and among the indicators"
                )
        return self

    @field_validator("count_as")
    @classmethod
    def _leads_somewhere(cls, value: dict[str, str]) -> dict[str, str]:
        for country, counted_as in value.items():
            if counted_as in value:
                raise ValueError(
                    f"{country} counts as {counted_as}, which does not count as itself; "
                    "name the country that both count as, or leave one out"
                )
        return value
