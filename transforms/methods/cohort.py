"""Compare each patent with its cohort: those of its time and field, more where these are few."""

from dataclasses import dataclass, replace
from typing import NamedTuple, Self

import numpy as np
import polars as pl

# What cohorts have in common, and the years before and after one's own; from the closest on.
_CLOSENESS = [
    *((["year", "field", "office"], width) for width in (0, 1, 2)),
    *((["year", "office"], width) for width in (0, 1, 2)),
    *((["year"], width) for width in (0, 1, 2)),
    (["everything"], 0),
]
# What levels are told apart by, from all patents down to a cell; each shrinks towards the one before.
LEVELS = (["year"], ["office"], ["office", "field"], ["office", "field", "year"])


@dataclass(frozen=True)
class Cohorts:
    """Which cohort each patent is compared with, and which patents make up each cohort.

    Patents of one year, field and office are a cell. A cohort is made of cells, and a cell may be
    part of several cohorts, for the cohorts of neighbouring years overlap where they are wide.

    Attributes
    ----------
    cell
        The cell of each of m patents, 0 to c - 1.
    cohort
        The cohort that each of m patents is compared with, 0 to k - 1.
    members
        One row a cohort and cell that is part of it: cohort, cell.
    common
        What each of m patents has in common with its cohort, such as "field, office, years ±1".
    groups
        The group of each of c cells at every step of `LEVELS`, a row a step.
    """

    cell: np.ndarray
    cohort: np.ndarray
    members: pl.DataFrame
    common: pl.Series
    groups: np.ndarray

    def of(self, patents: np.ndarray) -> Self:
        """Give the cohorts of some of the patents, copies too; they are as wide as those of all.

        Parameters
        ----------
        patents
            Places of k patents.

        Returns
        -------
        Cohorts
            Their cohorts, whose members are those k alone.
        """
        return replace(self, cell=self.cell[patents], cohort=self.cohort[patents])

    def sums(self, x: np.ndarray) -> np.ndarray:
        """Add up a value over the members of each cohort.

        Parameters
        ----------
        x
            m values.

        Returns
        -------
        np.ndarray
            k sums.
        """
        cohort, cell = (self.members[name].to_numpy() for name in ("cohort", "cell"))
        of_cells = np.bincount(self.cell, weights=x, minlength=int(cell.max()) + 1)
        return np.bincount(cohort, weights=of_cells[cell])

    def quantiles(self, x: np.ndarray, quantile: float, of: np.ndarray) -> np.ndarray:
        """Find a quantile of the known values of some cohorts, interpolated linearly.

        Parameters
        ----------
        x
            m values, NaN where unknown.
        quantile
            0 to 1; 0.5 for the median.
        of
            Numbers of the cohorts that are asked for.

        Returns
        -------
        np.ndarray
            k quantiles, NaN of a cohort without a known value or that is not asked for.
        """
        known = pl.DataFrame({"cell": self.cell, "x": x}).filter(pl.col("x").is_not_nan())
        found = (
            self.members.lazy()
            .filter(pl.col("cohort").is_in(np.unique(of)))
            .join(known.lazy(), on="cell")
            .group_by("cohort")
            .agg(pl.col("x").quantile(quantile, "linear"))
            .collect()
        )
        result = np.full(int(self.members["cohort"].to_numpy().max()) + 1, np.nan)
        result[found["cohort"].to_numpy()] = found["x"].to_numpy()
        return result


def cohorts(patents: pl.DataFrame, minimum: int = 30) -> Cohorts:
    """Give each patent the closest cohort that is large enough.

    That is the patents of its year, field and office; else of the years ±1, ±2; else of all
    fields in its year, ±1, ±2; else of all offices too in its year, ±1, ±2; else all patents.

    Parameters
    ----------
    patents
        One row a patent: year, field, office. Where offices shall not matter, give all the same.
    minimum
        Patents that a cohort needs.

    Returns
    -------
    Cohorts
        The cohorts of the patents, in the order of the rows.

    References
    ----------
    Year and field: Squicciarini, Dernis & Criscuolo 2013, OECD STI Working Paper 2013/03. How a
    small cohort is widened is our proposal (methods.md 2.6).

    Examples
    --------
    >>> import polars as pl
    >>> patents = pl.DataFrame({"year": [2001, 2002, 2002], "field": ["IT", "IT", "Optics"]})
    >>> found = cohorts(patents.with_columns(office=pl.lit("US")), minimum=2)
    >>> found.sums(np.array([1, 10, 100])).tolist()  # IT of 2001 ±1, of 2002 ±1; all of 2002
    [11.0, 11.0, 110.0]
    >>> found.cohort.tolist()
    [0, 1, 2]
    """
    by = ["year", "field", "office"]
    cells = patents.group_by(by).len("patents").sort(by).with_row_index("cell")
    cells = cells.with_columns(everything=True)
    waiting, placed, members, count = cells, [], [], 0
    for common, width in _CLOSENESS:
        shifts = pl.DataFrame({"shift": range(-width, width + 1)})
        near = (
            cells.join(shifts, how="cross")
            .with_columns(year=pl.col("year") + pl.col("shift"))
            .group_by(common)
            .agg(pl.col("patents").sum(), members=pl.col("cell").sort())
            .filter((pl.col("patents") >= minimum) | ("everything" in common))
            .join(waiting, on=common, how="semi")
            .sort(common)
            .with_row_index("cohort", offset=count)
        )
        placed.append(
            waiting.join(near, on=common).select("cell", "cohort", common=pl.lit(_named(common, width)))
        )
        members.append(near.select("cohort", cell="members").explode("cell"))
        waiting = waiting.join(near, on=common, how="anti")
        count += near.height
    of_patents = patents.join(
        cells.join(pl.concat(placed), on="cell"), on=by, how="left", maintain_order="left"
    )
    return Cohorts(
        of_patents["cell"].to_numpy(),
        of_patents["cohort"].to_numpy(),
        pl.concat(members),
        of_patents["common"],
        cells.select(
            pl.struct(by).rank("dense").cast(pl.Int64).alias(str(step)) - 1 for step, by in enumerate(LEVELS)
        )
        .to_numpy()
        .T,
    )


def _named(common: list[str], width: int) -> str:
    """Say what a cohort has in common."""
    if "everything" in common:
        return "nothing"
    years = f"years ±{width}" if width else "year"
    return ", ".join([*(name for name in ("field", "office") if name in common), years])


def fill(x: np.ndarray, within: Cohorts) -> np.ndarray:
    """Fill gaps with the median of the cohort, or of all patents where the cohort knows none.

    Parameters
    ----------
    x
        m values, NaN where unknown, at least one known.
    within
        The cohorts of the m patents.

    Returns
    -------
    np.ndarray
        m values, none unknown.

    Examples
    --------
    >>> import polars as pl
    >>> rows = {"year": [2001] * 4, "field": ["IT"] * 4, "office": ["US"] * 4}
    >>> fill(np.array([1, 2, 5, np.nan]), cohorts(pl.DataFrame(rows))).tolist()
    [1.0, 2.0, 5.0, 2.0]
    """
    gaps = np.isnan(x)
    if not gaps.any():
        return x
    medians = within.quantiles(x, 0.5, of=within.cohort[gaps])
    medians[np.isnan(medians)] = np.nanmedian(x)
    return np.where(gaps, medians[within.cohort], x)


def relate(x: np.ndarray, filled: np.ndarray, within: Cohorts) -> np.ndarray:
    """Divide by the mean of the cohort, so that what is usual in a time and field becomes 1.

    Parameters
    ----------
    x
        m values, at least 0, NaN where unknown: the known ones make the means.
    filled
        The m values to divide, none unknown.
    within
        The cohorts of the m patents.

    Returns
    -------
    np.ndarray
        m values without unit; 0 where the mean is 0. Where a cohort knows none, the mean is that
        of all patents.

    References
    ----------
    methods.md 2.6. Unlike a percentile rank, the ratio keeps zeros and the tail.

    Examples
    --------
    >>> import polars as pl
    >>> rows = {"year": [2001] * 4, "field": ["IT"] * 4, "office": ["US"] * 4}
    >>> x = np.array([0.0, 2.0, 4.0, 2.0])
    >>> relate(x, x, cohorts(pl.DataFrame(rows))).tolist()
    [0.0, 1.0, 2.0, 1.0]
    """
    known = ~np.isnan(x)
    total, count = within.sums(np.where(known, x, 0)), within.sums(known.astype(float))
    total[count == 0], count[count == 0] = x[known].sum(), known.sum()
    total, count = total[within.cohort], count[within.cohort]
    # Multiplied first: equal ratios of whole numbers then come out equal, and stay ties.
    return np.divide(filled * count, total, out=np.zeros_like(filled), where=total > 0)


def winsorise(x: np.ndarray, filled: np.ndarray, within: Cohorts, quantile: float) -> np.ndarray:
    """Cut values above a quantile of the cohort down to it.

    Parameters
    ----------
    x
        m values, NaN where unknown: the known ones make the quantiles.
    filled
        The m values to cut, none unknown.
    within
        The cohorts of the m patents.
    quantile
        0.5 to 1, such as 0.99.

    Returns
    -------
    np.ndarray
        m values; those of a cohort that knows none are left as they are.

    Examples
    --------
    >>> import polars as pl
    >>> rows = {"year": [2001] * 5, "field": ["IT"] * 5, "office": ["US"] * 5}
    >>> x = np.array([0.0, 1.0, 2.0, 3.0, 90.0])
    >>> winsorise(x, x, cohorts(pl.DataFrame(rows)), 0.75).tolist()
    [0.0, 1.0, 2.0, 3.0, 3.0]
    """
    return np.fmin(filled, within.quantiles(x, quantile, of=within.cohort)[within.cohort])


def cut(x: np.ndarray, filled: np.ndarray, quantile: float | None) -> np.ndarray:
    """Cut values above a quantile of all patents down to it, unless that made all of them alike.

    Parameters
    ----------
    x
        m values, NaN where unknown: the known ones make the quantile.
    filled
        The m values to cut, none unknown.
    quantile
        0.5 to 1, such as 0.99; None cuts nothing.

    Returns
    -------
    np.ndarray
        m values. An indicator that fewer have than lie above the quantile is a flag: nothing is cut.

    Examples
    --------
    >>> x = np.array([0.0, 1.0, 2.0, 3.0, 90.0])
    >>> cut(x, x, 0.75).tolist(), cut(np.array([0.0, 0, 0, 0, 1]), np.array([0.0, 0, 0, 0, 1]), 0.75).tolist()
    ([0.0, 1.0, 2.0, 3.0, 3.0], [0.0, 0.0, 0.0, 0.0, 1.0])
    """
    if quantile is None:
        return filled
    highest = np.nanquantile(x, quantile)
    return filled if highest <= np.nanmin(x) else np.minimum(filled, highest)


class Levels(NamedTuple):
    """What is usual for each patent, and how much of what its field shows is believed.

    Attributes
    ----------
    level
        Of each of m patents: the mean to expect of its year, field and office.
    field_credibility
        Of each of m patents: 0 to 1, the part of its field's difference from all fields that its
        level takes in; 1 where fields do not differ beyond chance.
    """

    level: np.ndarray
    field_credibility: np.ndarray


def levels(x: np.ndarray, within: Cohorts) -> Levels:
    """Estimate what is usual in the year, field and office of each patent, however few they are.

    The mean of all patents is multiplied by how far the year departs from it, that by how far the
    office departs from what its years let expect, then the field within the office, and then
    the year within the field. Each departure is shrunk towards none by its credibility
    Z = w / (w + κ), where w is what is expected of the group in sum and κ = σ² / τ², the variance
    within groups over that between them, both estimated from all groups of the step.

    Parameters
    ----------
    x
        m values, at least 0, NaN where unknown, at least one known.
    within
        The cohorts of the m patents.

    Returns
    -------
    Levels
        Of each patent, unknown ones, too. A group of which nothing is known departs in nothing.

    References
    ----------
    Bühlmann & Straub 1970, Bulletin of the Swiss Association of Actuaries 70:111-133, for κ and its
    estimate; one level above another as in Jewell 1975. Expected sums as weights, and the order
    of the steps, are our proposal.

    Examples
    --------
    >>> import polars as pl
    >>> rows = {"year": [2001] * 6, "field": ["IT"] * 4 + ["Optics"] * 2, "office": ["US"] * 6}
    >>> found = levels(np.array([0.0, 2.0, 1.0, 1.0, 6.0, 8.0]), cohorts(pl.DataFrame(rows)))
    >>> found.level.round(3).tolist()  # the fields' means are 1 and 7
    [1.028, 1.028, 1.028, 1.028, 6.89, 6.89]
    >>> found.field_credibility.round(3).tolist()
    [0.986, 0.986, 0.986, 0.986, 0.972, 0.972]
    """
    known = ~np.isnan(x)
    cells, values = within.cell[known], x[known]
    count, total, squares = (
        np.bincount(cells, weights=powers, minlength=within.groups.shape[1])
        for powers in (np.ones(len(values)), values, values**2)
    )
    level = np.full(len(count), total.sum() / count.sum())
    credibility = np.ones(len(count))
    for step, group in zip(LEVELS, within.groups, strict=True):
        departure, believed = _departure(count, total, squares, level, group)
        level = level * departure[group]
        if step == ["office", "field"]:
            credibility = believed[group]
    return Levels(level[within.cell], credibility[within.cell])


def _departure(
    count: np.ndarray, total: np.ndarray, squares: np.ndarray, level: np.ndarray, group: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Give how far each group departs from its level, shrunk towards 1, and its credibility.

    Cells give the number of their values, their sum, that of their squares and the level they are at.
    """
    weight = np.bincount(group, weights=count * level)
    held = weight > 0
    observed = np.bincount(group, weights=total)
    ratio = np.divide(observed, weight, out=np.ones_like(weight), where=held)
    # The sum of w (x / level - ratio)² over values, of weight w = level each.
    spread = np.divide(squares, level, out=np.zeros_like(level), where=level > 0).sum()
    spread -= np.sum(weight * ratio**2)
    freedom, groups, everything = count.sum() - held.sum(), held.sum(), weight.sum()
    if groups < 2:
        return np.ones_like(weight), np.ones_like(weight)
    if freedom < 1:  # every value is a group alone: chance cannot be determined from a departure
        return np.ones_like(weight), np.zeros_like(weight)
    inner = max(spread, 0) / freedom
    between = np.sum(weight * (ratio - observed.sum() / everything) ** 2) - (groups - 1) * inner
    between /= everything - np.sum(weight**2) / everything
    if between <= 0:
        return np.ones_like(weight), np.ones_like(weight)
    believed = np.divide(weight, weight + inner / between, out=np.zeros_like(weight), where=held)
    return 1 + believed * (ratio - 1), believed
