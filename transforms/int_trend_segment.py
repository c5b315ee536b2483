"""How countries grew between structural breaks."""

from itertools import pairwise

import numpy as np
import polars as pl

from corepath.transforms.methods.trend import MIN_YEARS, Segment, Trend, find_trends

# Fewer say nothing of growth (our proposal).
MIN_FAMILIES = 30

SCHEMA = {
    "country": pl.String,
    "series": pl.String,
    "segment": pl.Int64,
    "first_year": pl.Int64,
    "last_year": pl.Int64,
    "families": pl.Float64,
    "start_level": pl.Float64,
    "annual_growth": pl.Float64,
    "excess": pl.Float64,
    "is_surge": pl.Boolean,
    "bic_gain": pl.Float64,
    "break_earliest": pl.Int64,
    "break_latest": pl.Int64,
    "p_no_break": pl.Float64,
    "q_no_break": pl.Float64,
    "reason": pl.String,
}


def int_trend_segment(int_trend_series: pl.LazyFrame, topic: pl.LazyFrame) -> pl.DataFrame:
    """Find the breaks of every series; all are tested together.

    Parameters
    ----------
    int_trend_series
        One row a country x series x year, without gaps: country, series, year, families.
    topic
        One row: seed.

    Returns
    -------
    pl.DataFrame
        One row a country x series x segment; one, with a reason, where there is too little to fit.
    """
    seed = topic.select("seed").collect().item()
    ordered = int_trend_series.sort("country", "series", "year").collect()
    every = [
        (names, years["year"].to_list(), years["families"].to_numpy())
        for names, years in ordered.group_by("country", "series", maintain_order=True)
    ]
    trends = iter(find_trends([counts for _, _, counts in every if not _too_little(counts)], seed))
    rows = []
    for (country, series), years, counts in every:
        reason = _too_little(counts)
        found = (
            [
                {
                    "segment": 1,
                    "first_year": years[0],
                    "last_year": years[-1],
                    "families": float(counts.sum()),
                    "reason": reason,
                }
            ]
            if reason
            else _describe(next(trends), counts, years[0])
        )
        rows += [{"country": country, "series": series} | row for row in found]
    return pl.DataFrame(rows, schema=SCHEMA)


def _too_little(counts: np.ndarray) -> str | None:
    if counts.sum() < MIN_FAMILIES:
        return f"fewer than {MIN_FAMILIES} families"
    if len(counts) < 2 * MIN_YEARS:
        return f"fewer than {2 * MIN_YEARS} complete years"
    return None


def _describe(trend: Trend, counts: np.ndarray, first: int) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = [
        {
            "segment": number,
            "first_year": first + segment.start,
            "last_year": first + segment.stop - 1,
            "families": float(counts[segment.start : segment.stop].sum()),
            "start_level": float(np.expm1(segment.intercept)),
            "annual_growth": float(np.expm1(segment.slope)),
            "is_surge": False,
            "p_no_break": trend.p_no_break,
            "q_no_break": trend.q_no_break,
        }
        for number, segment in enumerate(trend.segments, start=1)
    ]
    for row, (before, segment) in zip(rows[1:], pairwise(trend.segments), strict=True):
        now, carried_on, then = _first_years(before, segment)
        row |= {"excess": float(np.exp(now - carried_on)), "is_surge": bool(now > carried_on and now > then)}
        if segment.broken:
            row |= {
                "bic_gain": segment.broken.bic_gain,
                "break_earliest": first + segment.broken.earliest,
                "break_latest": first + segment.broken.latest,
            }
    return rows


def _first_years(before: Segment, segment: Segment) -> tuple[float, float, float]:
    """Give the mean of the line in the first years after a break.

    With it come the mean of the line before, carried on into these years, and the mean of its last
    years.
    """
    middle = (MIN_YEARS - 1) / 2
    length = segment.start - before.start
    return (
        segment.intercept + segment.slope * middle,
        before.intercept + before.slope * (length + middle),
        before.intercept + before.slope * (length - 1 - middle),
    )
