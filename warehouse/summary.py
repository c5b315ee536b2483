"""A release in a page of Markdown, read from its own database."""

from pathlib import Path

import duckdb

_COUNTRIES = """
select
    r.rank_families as "#", coalesce(c.name, r.country) as country,
    round(r.families, 1) as families, round(r.core_families, 1) as core,
    r.rank_core as "core #", printf('%.1f %% (%.1f-%.1f)', 100 * r.core_rate,
    100 * r.core_rate_lower, 100 * r.core_rate_upper) as "core rate (95 %)"
from marts.fct_country_ranking as r left join marts.dim_country as c using (country)
where r.is_default and (c.is_compared or r.rank_families <= 6)
order by r.rank_families, country
"""

_TECHNOLOGIES = """
select
    rank as "#", technology, coalesce(
        case when length(title) > 60 then title[1:57] || '...' else title end, ''
    ) as title, families,
    core_families as core, round(location_quotient, 2) as LQ, printf('%.1e', q_value) as q,
    coalesce(leading_country, '') as leads
from marts.fct_core_technology where is_core_technology order by rank limit 10
"""

_WEIGHTS = """
select
    indicator, round(entropy, 4) as entropy, round(weight, 4) as weight,
    printf('%.0f %%', 100 * coverage) as "known for", coalesce(reason, '') as note
from marts.fct_indicator_weight order by position
"""

_NETWORKS = """
select
    network, round(families, 1) as families, nodes as technologies, edges as pairs,
    round(cross_section_share, 3) as "across sections", round(cross_section_lift, 3) as "X / X0",
    round(section_modularity, 3) as modularity
from marts.fct_network_metric
where population = 'all' and period = 'all' and subfield = 'all' and level = 'subclass'
order by network <> 'WORLD', families desc
"""

_SOURCES = """
select source, files, rows, rejected, publications, merged_publications as "merged with others"
from meta.source order by rank
"""

_COUNTRY_SOURCES = """
select country_source as "country known from", round(sum(share), 1) as families,
    printf('%.1f %%', 100 * sum(share) / sum(sum(share)) over ()) as share
from marts.fct_patent_country group by country_source
order by case country_source when 'record' then 1 when 'family' then 2 when 'register' then 3
    when 'namesake' then 4 when 'inventor' then 5 when 'first_filing' then 6 else 7 end
"""


def summarise(path: Path) -> str:
    """Tell what a release holds and what it found.

    Parameters
    ----------
    path
        The release's folder.

    Returns
    -------
    str
        Markdown: the key core technologies, countries, weights, networks, where countries are
        known from, sources, rows, what validation warned of, and how to open it.
    """
    file = path / "corepath.duckdb"
    with duckdb.connect(str(file), read_only=True) as db:
        title, version, countries = db.sql(
            "select title, version, countries from meta.release"
        ).fetchall()[0]
        core, families, imputed, unknown = db.sql(
            "select (select count(*) filter (where is_core) from marts.fct_patent), "
            "(select count(*) from marts.fct_patent), "
            "coalesce(sum(share) filter (where country_source in ('register', "
            "'namesake', 'inventor', 'first_filing')), 0) "
            "/ sum(share), "
            "coalesce(sum(share) filter (where country_source = 'unknown'), 0) / sum(share) "
            "from marts.fct_patent_country"
        ).fetchall()[0]
        rows = db.sql(
            "select table_name as table, estimated_size as rows from duckdb_tables() "
            "where schema_name = 'marts' order by table_name"
        )
        warnings = db.sql(
            'select table_name as "table", expectation, observed, why '
            "from meta.validation_result where outcome <> 'passed' order by all"
        )
        parts = [
            f"# {title} {version}",
            f"{families:,} patent families, {core:,} of them key core; compared: {countries}. "
            f"Countries are imputed for {imputed:.1%} of the families, {unknown:.1%} of all "
            "remain unknown.",
            "## Key core technologies",
            _table(db.sql(_TECHNOLOGIES)) or "None passes the test (q < 0.05, LQ > 1, k >= 5).",
            "## Countries",
            _table(db.sql(_COUNTRIES)),
            "## Indicator weights",
            _table(db.sql(_WEIGHTS)),
            "## Convergence networks",
            _table(db.sql(_NETWORKS)),
            "## Where countries come from",
            _table(db.sql(_COUNTRY_SOURCES)),
            "## Sources",
            _table(db.sql(_SOURCES)),
            "## Rows",
            _table(rows),
            "## Validation warnings",
            _table(warnings) or "None.",
            "## Open it",
            f"`duckdb -readonly '{file}' 'from marts.fct_core_technology order by rank'`, or any "
            "tool that reads DuckDB 1.2 or newer, or the Parquet files beside it.",
        ]
    return "\n\n".join(parts) + "\n"


def _table(relation: duckdb.DuckDBPyRelation) -> str:
    """Write rows as a Markdown table; nothing if there are none."""
    rows = relation.fetchall()
    if not rows:
        return ""
    lines = [relation.columns, ["---"] * len(relation.columns), *rows]
    return "\n".join(
        "| " + " | ".join("" if v is None else str(v).replace("|", "\\|") for v in line) + " |"
        for line in lines
    )
