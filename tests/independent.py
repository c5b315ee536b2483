"""Cohorts, weights and scores once more, from the formulas, in plain NumPy and slowly."""

import numpy as np


def members(years: np.ndarray, fields: np.ndarray, i: int) -> np.ndarray:
    """Tell who is in the cohort of family i: its year and field, or more where these are few."""
    same_field = fields == fields[i]
    for field in (same_field, np.ones(len(years), dtype=bool)):
        for width in (0, 1, 2):
            found = field & (np.abs(years - years[i]) <= width)
            if found.sum() >= 30:
                return found
    return np.ones(len(years), dtype=bool)


def beside_cohort(x: np.ndarray, years: np.ndarray, fields: np.ndarray) -> np.ndarray:
    """Fill gaps with the median, divide by the mean of what is known of the cohort."""
    result = np.empty(len(x))
    for i, value in enumerate(x):
        cohort = x[members(years, fields, i)]
        known = cohort[~np.isnan(cohort)] if not np.isnan(cohort).all() else x[~np.isnan(x)]
        filled = np.median(known) if np.isnan(value) else value
        result[i] = filled / known.mean() if known.mean() > 0 else 0
    return result


def beside_levels(x: np.ndarray, years: np.ndarray, fields: np.ndarray) -> np.ndarray:
    """Divide by what is usual in year and field, shrunk; fill gaps with the median of the cohort."""
    level = np.full(len(x), np.nanmean(x))
    for labels in (years, fields, np.array([f"{f} {y}" for f, y in zip(fields, years, strict=True)])):
        level = level * departures(x, level, labels)
    beside = x / level
    result = beside.copy()
    for i in np.flatnonzero(np.isnan(x)):
        cohort = beside[members(years, fields, i)]
        result[i] = np.nanmedian(beside if np.isnan(cohort).all() else cohort)
    return result


def departures(x: np.ndarray, level: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Tell how far each one's group departs from its level, by Buhlmann's and Straub's credibility."""
    known = ~np.isnan(x)
    groups = [g for g in (known & (labels == label) for label in np.unique(labels)) if g.any()]
    weights = np.array([level[g].sum() for g in groups])
    means = np.array([x[g].sum() for g in groups]) / weights
    within = sum(
        (level[g] * (x[g] / level[g] - mean) ** 2).sum() for g, mean in zip(groups, means, strict=True)
    ) / (known.sum() - len(groups))
    around = np.average(means, weights=weights)
    between = (weights * (means - around) ** 2).sum() - (len(groups) - 1) * within
    between /= weights.sum() - (weights**2).sum() / weights.sum()
    result = np.ones(len(x))
    if between > 0:
        for g, mean, weight in zip(groups, means, weights, strict=True):
            everyone = labels == labels[np.flatnonzero(g)[0]]
            result[everyone] = 1 + weight / (weight + within / between) * (mean - 1)
    return result


def minmax(x: np.ndarray) -> np.ndarray:
    """Map each column onto 0 to 1."""
    return (x - x.min(axis=0)) / (x.max(axis=0) - x.min(axis=0))


def entropy(y: np.ndarray) -> np.ndarray:
    """Give the entropy of each column, in units of the largest possible."""
    p = y / y.sum(axis=0)
    terms = np.where(p > 0, p * np.log(np.where(p > 0, p, 1)), 0)
    return -terms.sum(axis=0) / np.log(len(y))


def critic(y: np.ndarray) -> np.ndarray:
    """Weigh columns by spread and conflict."""
    information = y.std(axis=0) * (1 - np.corrcoef(y.T)).sum(axis=1)
    return information / information.sum()


def topsis(y: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Give the closeness of each row to the best, in percent."""
    v = weights * y / np.linalg.norm(y, axis=0)
    best, worst = v.max(axis=0), v.min(axis=0)
    to_best, to_worst = (np.linalg.norm(v - end, axis=1) for end in (best, worst))
    return 100 * to_worst / (to_best + to_worst)


def grey(y: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Give the grey relation of each row of values up to 1 with the best, in percent."""
    gap = np.abs(1 - y)
    relation = (gap.min() + 0.5 * gap.max()) / (gap + 0.5 * gap.max())
    return 100 * relation @ weights
