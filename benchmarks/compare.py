"""See whether two folders of marts say the same: `python -m benchmarks.compare ONE OTHER`.

Compared is what every contender computes: selection, the seven usual indicators, weights, scores
and core, countries, core subclasses, and the networks of subclasses. What corepath tells beyond
that is not: other indicators and rules for the core, the bootstrap, trends, main groups,
industries, collaboration, lags and paths.
"""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import duckdb


class Compared(NamedTuple):
    """The key of a mart's rows, the columns that must agree, and which rows are meant.

    A condition of `only`, by column, is dropped where the mart does not have the column.
    """

    key: tuple[str, ...]
    columns: tuple[str, ...]
    only: dict[str, str] = {}


# Of the convergence marts: all of the topic's subclasses, undivided.
_PLAIN = {column: f"{column} = 'all'" for column in ("population", "period", "subfield")} | {
    "level": "level = 'subclass'"
}
MARTS = {
    "fct_patent": Compared(
        ("family_id",),
        (
            "representative_publication",
            "title",
            "selected_by",
            "subfield",
            "country",
            "country_share",
            "country_count",
            "priority_year",
            "priority_date",
            "filing_date",
            "publication_date",
            "grant_date",
            "document_count",
            "fc_5",
            "fc_5_window_closed",
            "bc",
            "npl",
            "fs",
            "cl",
            "sc",
            "inv",
            "rao_stirling",
            "score",
            "rank",
            "position",
            "is_core",
        ),
    ),
    "fct_patent_country": Compared(("family_id", "country"), ("share",), {"share": "share > 0"}),
    "fct_indicator_weight": Compared(
        ("indicator",),
        (
            "position",
            "mean",
            "zero_share",
            "coverage",
            "imputed_share",
            "lowest_coverage",
            "lowest_country",
            "entropy",
            "divergence",
            "weight",
            "is_used",
        ),
        {"reason": "reason is distinct from 'not asked for by the topic'"},
    ),
    "fct_core_technology": Compared(
        ("technology",),
        (
            "families",
            "core_families",
            "core_rate",
            "expected_core_families",
            "core_ratio",
            "p_value",
            "q_value",
            "shrunken_core_ratio",
            "core_ratio_lower",
            "location_quotient",
            "hypergeometric_p",
            "is_core_technology",
            "rank",
            "fractional_families",
            "fractional_core_families",
            "leading_country",
            "leading_families",
        ),
        {"level": "level = 'subclass'"},
    ),
    "fct_country_ranking": Compared(
        ("threshold", "country"),
        (
            "families",
            "core_families",
            "rank_families",
            "rank_core",
            "quality_gap",
            "core_rate",
            "core_rate_lower",
            "core_rate_upper",
            "location_quotient",
        ),
        {"rule": "rule = 'top_share'"},
    ),
    "fct_country_year": Compared(
        ("country", "year"),
        (
            "families",
            "core_families",
            "core_rate",
            "all_families",
            "all_core_families",
            "family_share",
            "core_family_share",
            "rank_families",
            "rank_core",
            "growth",
            "core_growth",
            "compound_growth",
            "cumulative_families",
            "cumulative_core_families",
        ),
    ),
    "fct_convergence_edge": Compared(
        ("network", "source", "target"),
        (
            "full_count",
            "fractional_count",
            "pair_fraction",
            "association_strength",
            "vos_strength",
            "cosine",
            "jaccard",
            "expected",
            "z",
            "hypergeometric_p",
            "disparity_alpha",
            "is_cross_section",
        ),
        _PLAIN,
    ),
    "fct_convergence_node": Compared(
        ("network", "technology"),
        (
            "occurrences",
            "degree",
            "strength",
            "betweenness",
            "closeness",
            "pagerank",
            "constraint_unweighted",
            "constraint_weighted",
            "effective_size",
            "clustering",
        ),
        _PLAIN,
    ),
    "fct_network_metric": Compared(
        ("network",),
        (
            "families",
            "nodes",
            "edges",
            "isolates",
            "density",
            "mean_degree",
            "mean_strength",
            "clustering",
            "clustering_onnela",
            "transitivity",
            "giant_share",
            "average_path_length",
            "diameter",
            "cross_section_share",
            "external_internal_index",
            "expected_cross_section_share",
            "cross_section_lift",
            "section_modularity",
        ),
        _PLAIN,
    ),
}
TOLERANCE = 1e-9  # relative above 1, absolute below
# Of families whose scores differ by rounding alone, which comes first is chance.
LOOSE = {"fct_patent": {"rank", "position"}}
_NUMBERS = {"DOUBLE", "BIGINT", "INTEGER", "HUGEINT"}


def differences(one: Path, other: Path, marts: Iterable[str] = MARTS) -> list[str]:
    """Tell where two folders of marts differ.

    Parameters
    ----------
    one
        A release.
    other
        The same tables as Parquet, with the columns that are compared.
    marts
        Which of MARTS to compare.

    Returns
    -------
    list of str
        One line a table or column that differs; none if they agree. Ranks of families may differ
        between scores that are equal but for rounding.

    Raises
    ------
    ValueError
        A folder lacks a table, or a table a column that is compared.
    """
    found = []
    with duckdb.connect() as con:
        for mart in marts:
            compared, types = MARTS[mart], {}
            for name, folder in (("b", other), ("a", one)):
                path = folder / f"{mart}.parquet"
                if not path.exists():
                    raise ValueError(f"{path} is missing")
                types = {c: t for c, t, *_ in con.sql(f"describe from '{path}'").fetchall()}
                if lacking := {*compared.key, *compared.columns} - set(types):
                    raise ValueError(f"{path} lacks {sorted(lacking)}")
                only = [condition for c, condition in compared.only.items() if c in types]
                con.execute(
                    f"create or replace view {name} as from read_parquet('{path}') "
                    f"where {' and '.join(only) or 'true'}"
                )
            found += _of_mart(con, mart, types)
    return found


def _of_mart(con: duckdb.DuckDBPyConnection, mart: str, types: dict[str, str]) -> list[str]:
    key, columns, _ = MARTS[mart]
    on = " and ".join(f"a.{k} is not distinct from b.{k}" for k in key)
    con.execute(f"create or replace temp table both_ as select a, b from a full join b on {on}")
    rows, only_a, only_b = con.sql(
        "select count(*), count(*) filter (b is null), count(*) filter (a is null) from both_"
    ).fetchall()[0]
    found = [f"{mart}: {n} rows in {w} only" for n, w in ((only_a, "one"), (only_b, "other")) if n]
    if not rows:
        found.append(f"{mart}: no rows to compare")
    for column in columns:
        x, y = f"a.{column}", f"b.{column}"
        differs = f"{x} is distinct from {y}"
        if types[column] in _NUMBERS:
            scale = f"greatest(1, abs({x}), abs({y}))"
            differs = (
                f"({x} is null) <> ({y} is null) or (isnan({x}::double) <> isnan({y}::double)) "
                f"or abs({x} - {y}) > {TOLERANCE} * {scale}"
            )
        if column in LOOSE.get(mart, ()):
            # Neighbours of about the same score may change places.
            differs = (
                f"({differs}) and not exists (select 1 from a as n where "
                f"n.family_id <> a.family_id and abs(n.score - a.score) < {TOLERANCE} * 100)"
            )
        count, example = con.sql(
            f"select count(*), min([{', '.join(f'coalesce(a.{k}, b.{k})::varchar' for k in key)}, "
            f"{x}::varchar, {y}::varchar]) from both_ where a is not null and b is not null "
            f"and ({differs})"
        ).fetchall()[0]
        if count:
            found.append(f"{mart}.{column}: {count} of {rows} rows differ, such as {example}")
    return found


if __name__ == "__main__":
    told = differences(Path(sys.argv[1]), Path(sys.argv[2]))
    print("\n".join(told) or "the same")
    sys.exit(bool(told))
