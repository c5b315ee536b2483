"""Whether a key core technology is one without an indicator, or without a group that holds it."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from corepath.transforms.methods.core import strata_of, tail

GROUPS = 3


def int_technology_survival(
    int_core_technology: pl.LazyFrame,
    int_family_technology: pl.LazyFrame,
    int_technology_group: pl.LazyFrame,
    int_family_organisation: pl.LazyFrame,
    int_score_rank: pl.LazyFrame,
    int_core_without: pl.LazyFrame,
    topic: pl.LazyFrame,
) -> pl.DataFrame:
    """Test each key core technology again, without one indicator or one leading group at a time.

    First with the core that there would be without each indicator, then without the families of each
    of the three groups that hold most of its core.
    It survives if its chance is still below the topic's false discovery rate times the share of the
    level's technologies that pass it, the limit of Benjamini and Hochberg there, and if it has more
    core families than expected and the topic's minimum of them.

    Parameters
    ----------
    int_core_technology
        One row a level x technology: level, technology, q_value, is_core_technology.
    int_family_technology
        One row a family x level x technology: family, level, technology.
    int_technology_group
        One row a level x technology x group: level, technology, corporate_group, place.
    int_family_organisation
        One row a family x group x country: family, corporate_group.
    int_score_rank
        One row a family: family, is_core.
    int_core_without
        One row an indicator x family that would be core without it: indicator, family.
    topic
        One row: technology_q, technology_minimum.

    Returns
    -------
    pl.DataFrame
        One row a level x key core technology: level, technology; lost_without_indicators and
        lost_without_groups, their names in order, apart by commas, null where none.
    """
    tested = int_core_technology.collect()
    q, least = topic.select("technology_q", "technology_minimum").collect().row(0)
    ranked = int_score_rank.select("family", "is_core").collect()
    without = int_core_without.collect().partition_by("indicator", as_dict=True)
    groups = int_technology_group.filter(pl.col("place") <= GROUPS).sort("place").collect()
    holders = int_family_organisation.select("family", "corporate_group").unique().collect()
    rows = []
    for (level,), technologies in tested.partition_by("level", as_dict=True).items():
        chosen = technologies.filter("is_core_technology")
        classified = int_family_technology.filter(level=level).select("family", "technology").collect()
        highest = q * (technologies["q_value"] < q).sum() / technologies.height
        cores = {
            name: ranked.select("family", is_core=pl.col("family").is_in(families["family"].implode()))
            for (name,), families in sorted(without.items())
        }
        lost = {
            name: set(_lost(classified, families, chosen["technology"], highest, least))
            for name, families in cores.items()
        }
        for technology in chosen["technology"]:
            of_groups = []
            for name in groups.filter(level=level, technology=technology)["corporate_group"]:
                theirs = holders.filter(corporate_group=name)
                rest = classified.join(theirs, on="family", how="anti")
                if list(_lost(rest, ranked, [technology], highest, least)):
                    of_groups.append(name)
            of_indicators = [name for name in lost if technology in lost[name]]
            rows.append((level, technology, ", ".join(of_indicators) or None, ", ".join(of_groups) or None))
    schema = ["level", "technology", "lost_without_indicators", "lost_without_groups"]
    return pl.DataFrame(rows, dict.fromkeys(schema, pl.String), orient="row")


def _lost(
    classified: pl.DataFrame,
    families: pl.DataFrame,
    technologies: pl.Series | list[str],
    highest: float,
    least: int,
) -> Iterator[str]:
    """Name those of the technologies that are no longer key core."""
    broad = classified.join(families, on="family").with_columns(breadth=pl.len().over("family"))
    total = (
        broad.unique("family")
        .group_by("breadth")
        .agg(families=pl.len(), core_families=pl.col("is_core").sum())
        .sort("breadth")
    )
    stratum = strata_of(*total.select("families", "core_families").to_numpy().T)
    size = np.bincount(stratum, weights=total["families"])
    core = np.bincount(stratum, weights=total["core_families"])
    place = dict(zip(total["breadth"], stratum, strict=True))
    for technology in technologies:
        own = broad.filter(technology=technology)
        of_strata = [place[breadth] for breadth in own["breadth"]]
        n = np.bincount(of_strata, minlength=len(size)).astype(float)
        k = int(own["is_core"].sum())
        expected = (n * core / size).sum()
        if k < least or k <= expected or tail(k, n, size, core) > highest:
            yield technology
