"""What is planted in a generated world beside what a release found in it."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from corepath.report.drawing import Places
from corepath.report.figures.paths import DIMENSIONS, in_words
from corepath.report.text import number

_SCHEMA = {
    "country": pl.String,
    "what": pl.String,
    "planted": pl.String,
    "found": pl.String,
    "agrees": pl.Boolean,
}


def planted(
    truth: Mapping[str, Any], frames: Mapping[str, pl.DataFrame], places: Places, reference: str | None
) -> pl.DataFrame:
    """Hold what a release found against the truth of its world.

    Parameters
    ----------
    truth
        The truth file of `corepath.synthetic.world`: of each country its paths, its lag in years and
        its rank by core families; the key core technologies; the year of the surge.
    frames
        Those of the report: pathways, lags, thresholds, technology, segments.
    places
        The countries of the release.
    reference
        The country that lags are held against.

    Returns
    -------
    polars.DataFrame
        A row a planted difference: country, what, planted, found, and agrees: null where the release
        says that it cannot tell.
    """
    countries = truth["country"]
    own = [place.code for place in places.compared if place.code in countries]
    rows = [row for code in own for row in _paths(code, countries[code], frames["pathways"])]
    rows += [
        _rank(code, countries[code], frames["thresholds"]) for code in own if "core_rank" in countries[code]
    ]
    if reference is not None and reference in countries:
        rows += [
            _lag(
                code,
                countries[code]["lag"] - countries[reference]["lag"],
                frames["lags"],
                places[reference].said,
                reference,
            )
            for code in own
            if code != reference
        ]
    rows += [
        _technology(name, frames["technology"]) for name in truth.get("core", {}).get("technologies", ())
    ]
    if "year" in truth.get("surge", {}):
        rows.append(_surge(truth["surge"]["year"], frames["segments"]))
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")


Row = tuple[str, str, str, str, bool | None]


def _paths(code: str, country: Mapping[str, Any], pathways: pl.DataFrame) -> list[Row]:
    found = next((r for r in pathways.rows(named=True) if r["country"] == code), None)
    rows: list[Row] = []
    for dimension, title in DIMENSIONS.items():
        label = country[f"{dimension}_path"]
        if not label:
            continue
        told = found[f"{dimension}_path"] if found else "indeterminate"
        agrees = None if told == "indeterminate" else told == label
        rows.append((code, f"path: {title.lower()}", in_words(label), in_words(told), agrees))
    return rows


def _rank(code: str, country: Mapping[str, Any], thresholds: pl.DataFrame) -> Row:
    found = next((r for r in thresholds.rows(named=True) if r["country"] == code and r["is_default"]), None)
    what, rank = "rank by key core families (planted: in all fields)", country["core_rank"]
    if found is None or found["rank_core_low"] is None:
        return code, what, str(rank), "cannot tell", None
    told = f"{found['rank_core']} ({found['rank_core_low']:.0f} to {found['rank_core_high']:.0f})"
    return code, what, str(rank), told, found["rank_core_low"] <= rank <= found["rank_core_high"]


def _lag(code: str, years: float, lags: pl.DataFrame, name: str, reference: str) -> Row:
    what = f"years behind {name}"
    found = next(
        (
            r
            for r in lags.rows(named=True)
            if (r["subfield"], r["country"], r["reference"]) == ("all", code, reference)
        ),
        None,
    )
    if found is None or found["lag"] is None or found["direction"] == "cannot tell":
        return code, what, number(years, 1), "cannot tell", None
    told = f"{number(found['lag'], 1)} ({number(found['lag_low'], 1)} to {number(found['lag_high'], 1)})"
    return code, what, number(years, 1), told, found["lag_low"] <= years <= found["lag_high"]


def _technology(name: str, technology: pl.DataFrame) -> Row:
    found = next((r for r in technology.rows(named=True) if r["technology"] == name), None)
    what = f"technology: {name}"
    if found is None:
        return "WORLD", what, "key core", "no key core family", False
    times = f"× {number(found['ratio'], 1)}, at least {number(found['ratio_lower'], 1)}"
    if not found["is_core_technology"]:
        return "WORLD", what, "key core", f"does not pass the test ({times})", None
    return "WORLD", what, "key core", f"key core ({times})", True


def _surge(year: int, segments: pl.DataFrame) -> Row:
    breaks = [
        r
        for r in segments.rows(named=True)
        if r["country"] == "WORLD" and r["series"] == "families" and r["break_earliest"] is not None
    ]
    if not breaks:
        return "WORLD", "surge of families", str(year), "no break is sure", None
    nearest = min(breaks, key=lambda r: abs(r["first_year"] - year))
    told = f"{nearest['first_year']} ({nearest['break_earliest']} to {nearest['break_latest']})"
    return (
        "WORLD",
        "surge of families",
        str(year),
        told,
        nearest["break_earliest"] <= year <= nearest["break_latest"],
    )
