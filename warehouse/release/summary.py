"""A release in a page of Markdown, read from its own database."""

import json
import textwrap
from pathlib import Path
from typing import Any

import duckdb

from corepath.report.text import MADE_UP
from corepath.warehouse import markdown
from corepath.warehouse.database import opened

_COUNTRIES = """
select
    r.rank_families as "#", coalesce(c.name, r.country) as country,
    round(r.families, 1) as families, round(r.core_families, 1) as core,
    r.rank_core as "core #", printf('%.1f %% (%.1f-%.1f)', 100 * r.core_rate,
    100 * r.core_rate_lower, 100 * r.core_rate_upper) as "core rate (95 %)",
    printf('%.0f %%', 100 * i.imputed) as imputed
from marts.fct_country_ranking as r left join marts.dim_country as c using (country)
left join (
    select country, coalesce(sum(share) filter (where is_imputed), 0) as imputed
    from marts.fct_country_source where is_primary group by country
) as i using (country)
where r.is_default and (c.is_compared or r.rank_families <= 6)
order by r.rank_families, country
"""

# Ranks by key core families, the column an analyst reads "8th" from.
_THRESHOLDS = """
select
    coalesce(c.name, r.country) as country,
    max(r.rank_core) filter (where r.threshold = 0.01) as "1 %",
    max(r.rank_core) filter (where r.threshold = 0.03) as "3 %",
    max(r.rank_core) filter (where r.threshold = 0.05) as "5 %",
    max(r.rank_core) filter (where r.threshold = 0.10) as "10 %",
    max(r.rank_core) filter (where r.threshold = 0.20) as "20 %"
from marts.fct_country_ranking as r inner join marts.dim_country as c using (country)
where c.is_compared and r.rule = 'top_share' group by all order by "10 %", country
"""

_TECHNOLOGIES = """
select
    rank as "#", technology,
    case when length(text) > 60 then text[1:57] || '...' else text end as title, families,
    core_families as core, printf('%.1f', expected_core_families) as expected,
    printf('%.2f (%.2f)', core_ratio, core_ratio_lower) as "ratio (at least, 95 %)",
    printf('%.1e', q_value) as q,
    coalesce(printf('%s (%.1f)', leading_country, leading_families), '') as leads,
    coalesce(printf('%s (%.1f)', second_country, second_families), '') as second,
    coalesce(printf('%s (%.0f %%)', largest_group, 100 * largest_group_share), '')
        as "largest group",
    coalesce(lost_without_indicators || coalesce(', ' || lost_without_groups, ''),
        lost_without_groups, '') as "not core without"
from marts.fct_core_technology
inner join (
    select technology, coalesce(title, title_note) as text from marts.dim_technology
) as titled using (technology)
where is_core_technology and level = $level
order by rank limit 10
"""

_LEADERS = """
select
    coalesce(c.name, c.country) as country, count(f.technology) as "leads in",
    coalesce(array_to_string(list(f.technology order by f.rank)[:8], ', '), '') as "first of them"
from marts.dim_country as c
left join marts.fct_core_technology as f
    on c.country = f.leading_country and f.is_core_technology and f.level = 'subclass'
where c.is_compared group by all order by 2 desc, country
"""

_TRENDS = """
select
    coalesce(c.name, s.country) as country, replace(s.series, '_', ' ') as series,
    printf('%d-%d', s.first_year, s.last_year) as years,
    coalesce(printf('%+.1f %%', 100 * s.annual_growth), s.reason) as "growth a year",
    coalesce(printf('%d-%d', s.break_earliest, s.break_latest), '') as "break (95 %)",
    coalesce(printf('%.2f', s.excess), '') as "over the trend before",
    case when s.is_surge then 'yes' else '' end as surge
from marts.fct_trend_segment as s left join marts.dim_country as c using (country)
where s.country = 'WORLD' or c.is_compared
order by s.country <> 'WORLD', s.country, s.series desc, s.segment
"""

# What the core hangs on, said before any ranking.
_DECISIVE = "select sentence from marts.fct_indicator_weight where is_decisive"

# What cohorts could not correct.
_FIELDS = """
select case
    when share = 0 then 'Differences between fields are not corrected for: ranks may follow fields.'
    else printf('%.0f %% of the differences between fields are corrected for, on average of the families; '
        || 'the rest is left, since fields of few families do not show what is usual in them.', 100 * share)
end
from (select avg(field_corrected) as share from marts.fct_patent)
where share < 0.995
"""

_HELD_UP = "select sentence from marts.fct_validity where is_headline"

_WEIGHTS = """
select
    indicator, round(entropy, 4) as entropy, round(weight, 4) as weight,
    printf('%.0f %%', 100 * coverage) as "known for",
    coalesce(printf('%.0f %%', 100 * core_changed_without), '') as "core changed without",
    coalesce(reason, '') as note
from marts.fct_indicator_weight where is_asked order by position
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

_MAIN_PATH = """
with links as (
    from marts.fct_main_path where network = 'WORLD' and subfield = 'all' and is_global
),

carrying as (
    select cited_family_id as family_id from links
    union
    select citing_family_id from links
)

select
    p.priority_year as year, coalesce(c.name, p.country) as country,
    case when p.is_core then 'yes' else '' end as core, p.representative_publication as publication,
    case when length(p.title) > 60 then p.title[1:57] || '...' else p.title end as title
from carrying inner join marts.fct_patent as p using (family_id)
left join marts.dim_country as c using (country)
order by p.priority_date, family_id limit 25
"""

_PATHS = """
select
    coalesce(c.name, p.country) as country, p.families as core,
    printf('%s (%.0f %%)', industry_path, 100 * industry_support) as "industries",
    printf('%s (%.0f %%)', technology_path, 100 * technology_support) as "technologies",
    printf('%s (%.0f %%)', collaboration_path, 100 * collaboration_support) as "collaboration"
from marts.fct_pathway as p left join marts.dim_country as c using (country)
where c.is_compared order by country
"""

_SENTENCES = """
select p.sentence from marts.fct_pathway as p inner join marts.dim_country as c using (country)
where c.is_compared order by p.country
"""

_REFERENCES = """
select
    coalesce(c.name, p.country) as country, p.kind,
    coalesce(r.name, p.reference) as "reference", count(*) as technologies,
    array_to_string(list(p.technology order by p.technology)[:8], ', ') as "such as"
from marts.fct_reference_path as p
left join marts.dim_country as c on p.country = c.country
left join marts.dim_country as r on p.reference = r.country
where p.reference is not null group by all order by country, p.kind, technologies desc, 3
"""

# Each pair once, as it is told of the one that is behind.
_LAGS = """
select
    coalesce(c.name, l.country) as country,
    printf('%.1f years (%.1f to %.1f)', l.lag, l.lag_low, l.lag_high) as "behind (95 %)",
    coalesce(r.name, l.reference) as "whom",
    l.conclusion
from marts.fct_technology_lag as l
left join marts.dim_country as c on l.country = c.country
left join marts.dim_country as r on l.reference = r.country
where l.subfield = 'all' and l.conclusion in ('behind', 'level')
    and (l.lag > 0 or (l.lag = 0 and l.country < l.reference))
order by l.lag desc, country
"""

_SOURCES = """
select source, files, rows, rejected, publications, merged_publications as "merged with others"
from meta.source order by rank
"""

# The offices that each source cites most; of one that is not loaded nothing can be linked.
_LINKAGE = """
with counted as (
    select
        source, office,
        sum(count) filter (where what = 'publications') as publications,
        sum(count) filter (where what = 'references') as refs,
        sum(count) filter (where what = 'linked references') as linked,
        sum(count) filter (where what = 'references of unknown kind') as kindless,
        sum(count) filter (where what = 'references that no rule reads') as unread
    from meta.source_count group by source, office
),
beside as (
    select *, coalesce(sum(publications) over (partition by office), 0) as loaded from counted
)
select
    source, office, loaded::bigint as "publications loaded", refs::bigint as "references",
    printf('%.1f %%', 100 * linked / refs) as linked,
    printf('%.1f %%', 100 * kindless / refs) as "of unknown kind",
    printf('%.1f %%', 100 * unread / refs) as unread
from beside where refs > 0
qualify row_number() over (partition by source order by refs desc, office) <= 12
order by source, refs desc, office
"""

# Values of a source's files that are given and could not be read, or cannot be.
_UNREAD = """
select source, column_name as "column", unread, given, reason as "count as unknown, for they are", example
from meta.unread where unread > 0 order by unread desc, source, column_name limit 20
"""

_CREDITS = """
select source, title, licence, credit, url from meta.source order by rank
"""

_CALIBRATION = """
select
    inference, says as "what is counted",
    printf('%.1f %%', 100 * rate) || coalesce(printf(' (± %.1f)', 100 * error), '') as measured,
    coalesce(printf('at least %.0f %%', 100 * least), '')
    || case when least is not null and most is not null then ', ' else '' end
    || coalesce(printf('at most %.0f %%', 100 * most), '') as nominal,
    case when holds then 'yes' when not holds then 'no' else '' end as holds
from meta.calibration order by position
"""

# Releases from before there was a run_id have none.
_RELEASE = """
select columns('^(version|schema_version|published_at|identity|code_version|run_id)$')
from meta.release
"""

_COUNTRY_SOURCES = """
select country_source as "country known from", round(sum(families), 1) as families,
    printf('%.1f %%', 100 * sum(families) / sum(sum(families)) over ()) as share
from marts.fct_country_source where is_primary group by step, country_source order by step
"""


_BRIEF_LEADERS = """
select coalesce(c.name, r.country), r.core_families
from marts.fct_country_ranking as r left join marts.dim_country as c using (country)
where r.is_default and r.core_families > 0 order by r.rank_core, r.country limit 2
"""

_BRIEF_TECHNOLOGIES = """
select technology from marts.fct_core_technology
where is_core_technology and level = 'subclass' order by rank
"""

_BRIEF_WARNINGS = """
select printf('%s: "%s" does not hold. %s', table_name, expectation, why)
from meta.validation_result where outcome <> 'passed'
order by not starts_with(table_name, 'fct_'), table_name, expectation
"""


def brief(path: Path) -> list[tuple[str, str]]:
    """Tell in a few lines what a release holds, who leads, and the first warning.

    Parameters
    ----------
    path
        The release's folder.

    Returns
    -------
    list of (str, str)
        What a line is about, and the line. Of several warnings the first is told.
    """
    change = json.loads((path / "changes.json").read_text(encoding="utf-8"))
    with opened(path) as db:
        ((families, core, until),) = db.sql(
            "select count(*), count(*) filter (where is_core), "
            "(select max(year) from marts.fct_country_year where is_complete) from marts.fct_patent"
        ).fetchall()
        sources = [source for (source,) in db.sql("select source from meta.source order by rank").fetchall()]
        leaders = db.sql(_BRIEF_LEADERS).fetchall()
        technologies = [technology for (technology,) in db.sql(_BRIEF_TECHNOLOGIES).fetchall()]
        warnings = [warning for (warning,) in db.sql(_BRIEF_WARNINGS).fetchall()] + change["warnings"]
        ((rejected,),) = db.sql("select coalesce(sum(rejected), 0)::bigint from meta.source").fetchall()
    leads = ", ".join(f"{country} {held:.1f}" for country, held in leaders)
    lines = [
        (
            "data",
            f"{families:,} families, {core:,} key core; {', '.join(sources)}"
            + (f"; complete to {until}" if until else ""),
        ),
        ("leads", f"{leads} key core families" if leads else "no country has a key core family"),
        (
            "core",
            f"{', '.join(technologies[:8])}: {len(technologies)} key core technologies (subclasses)"
            if technologies
            else "no subclass passes the test of a key core technology",
        ),
        (
            "changed",
            f"{len(change['tables'])} tables differ from {change['before']}"
            if change["before"]
            else "nothing to compare with: it is the first release",
        ),
    ]
    if rejected:
        lines.append(("rejected", f"{rejected:,} damaged rows, in raw.rejects of the warehouse"))
    if warnings:
        others = f" (and {len(warnings) - 1} more)" if len(warnings) > 1 else ""
        lines.append(("warning", f"{textwrap.shorten(warnings[0], 120, placeholder=' ...')}{others}"))
    return lines


def summarise(path: Path, shown: str | None = None) -> str:
    """Tell what a release holds and what it found.

    Parameters
    ----------
    path
        The release's folder.
    shown
        The folder by the name that its reader knows; `path` by default.

    Returns
    -------
    str
        Markdown: the key core technologies and who leads in them, countries and their trends,
        weights, networks, the main path of citations, paths and lags, how often such results are
        wrong, where countries are known from, sources with what was rejected, their licences and how
        to cite them, rows, what validation warned of, how to open it, and what made it.
    """
    with opened(path) as db:
        title, version, countries = db.sql("select title, version, countries from meta.release").fetchall()[0]
        core, families, imputed, unknown = db.sql(
            "select (select count(*) filter (where is_core) from marts.fct_patent), "
            "(select count(*) from marts.fct_patent), "
            "coalesce(sum(families) filter (where is_imputed), 0) / sum(families), "
            "coalesce(sum(families) filter (where country_source = 'unknown'), 0) / sum(families) "
            "from marts.fct_country_source where is_primary"
        ).fetchall()[0]
        [(complete,)] = db.sql(
            "select coalesce(max(year)::varchar, 'no year') from marts.fct_country_year where is_complete"
        ).fetchall()
        rows = db.sql(
            "select table_name as table, estimated_size as rows from duckdb_tables() "
            "where schema_name = 'marts' order by table_name"
        )
        warnings = db.sql(
            'select table_name as "table", expectation, observed, why '
            "from meta.validation_result where outcome <> 'passed' order by all"
        )
        none = "None passes the test."
        # Releases from before there was a truth have none.
        truth = db.sql("select columns('^(version|truth)$') from meta.release").fetchall()[0][1:]
        parts = [
            f"# {markdown.escaped(title)} {version}",
            *[" ".join(MADE_UP)] * any(truth),
            f"{families:,} patent families, {core:,} of them key core; compared: {countries}. "
            f"Countries are imputed for {imputed:.1%} of the families, {unknown:.1%} of all "
            "remain unknown.",
            *(markdown.escaped(sentence) for (sentence,) in db.sql(_DECISIVE).fetchall()),
            markdown.escaped(" ".join(sentence for (sentence,) in db.sql(_HELD_UP).fetchall()))
            or "Whether the score holds up later cannot be determined: too few families are old enough.",
            *(sentence for (sentence,) in db.sql(_FIELDS).fetchall()),
            "## Key core technologies",
            "By IPC subclass:",
            _table(db.sql(_TECHNOLOGIES, params={"level": "subclass"})) or none,
            "By IPC main group:",
            _table(db.sql(_TECHNOLOGIES, params={"level": "main_group"})) or none,
            "Who leads in the subclasses:",
            _table(db.sql(_LEADERS)),
            "## Countries",
            _table(db.sql(_COUNTRIES)),
            "Rank by key core families, if the core is the best so much of the topic:",
            _table(db.sql(_THRESHOLDS)),
            "## Trend",
            f"Growth by priority year between structural breaks; complete until {complete}.",
            _table(db.sql(_TRENDS)) or "No year is complete.",
            "## Indicator weights",
            _table(db.sql(_WEIGHTS)),
            "## Convergence networks",
            _table(db.sql(_NETWORKS)),
            "## Main path of citations",
            "The families that most ways through the field's citations pass (fct_main_path):",
            _table(db.sql(_MAIN_PATH)) or "No family of the topic cites an earlier one.",
            "## Paths",
            "Labels with their support, see docs/pathways.md:",
            _table(db.sql(_PATHS)) or "No compared country has 30 key core families.",
            *(f"- {markdown.escaped(sentence)}" for (sentence,) in db.sql(_SENTENCES).fetchall()),
            "Nearest reference by kind of technology:",
            _table(db.sql(_REFERENCES)) or "No country lags in a technology that has one.",
            "## Who is behind whom",
            _table(db.sql(_LAGS)) or "No pair has enough key core families to tell.",
            "## How often such results are wrong",
            "Measured in worlds whose truth is known, at their worst; docs/calibration.md says how:",
            _table(db.sql(_CALIBRATION)),
            "## Where countries come from",
            _table(db.sql(_COUNTRY_SOURCES)),
            "## Sources",
            _table(db.sql(_SOURCES)),
            "References of each source by the office that is cited, and how many meet a publication that any "
            "source has loaded; meta.source_count has them all:",
            _table(db.sql(_LINKAGE)) or "There are no references.",
            "Values that are given and count as unknown; meta.unread has them all:",
            _table(db.sql(_UNREAD)) or "None.",
            "A release is under the terms of each of its sources:",
            _table(db.sql(_CREDITS)),
            "## Rows",
            _table(rows),
            "## Validation warnings",
            _table(warnings) or "None.",
            "## Open it",
            f"`duckdb -readonly '{shown or path}/corepath.duckdb' "
            "'from marts.fct_core_technology order by level, rank'`, or any tool that reads DuckDB "
            "1.2 or newer, or the Parquet files beside it.",
            "## This release",
            _table(db.sql(_RELEASE)),
        ]
    return "\n\n".join(parts) + "\n"


def as_dict(path: Path) -> dict[str, Any]:
    """Give what `summarise` tells as rows of the marts, for programs."""
    with opened(path) as db:
        [release] = _rows(db.sql("from meta.release"))
        parsed = {name: json.loads(text) for name, text in release.items() if str(text).startswith("{")}
        return {"release": release | parsed} | {name: _rows(db.sql(query)) for name, query in _ROWS.items()}


_ROWS = {
    "technologies": "from marts.fct_core_technology where is_core_technology order by level, rank",
    "countries": "from marts.fct_country_ranking where is_default order by rank_core, country",
    "trends": "from marts.fct_trend_segment order by country, series, segment",
    "weights": "from marts.fct_indicator_weight where is_asked order by position",
    "networks": "from marts.fct_network_metric where population = 'all' and period = 'all' "
    "and subfield = 'all' and level = 'subclass' order by network",
    "paths": "from marts.fct_pathway order by country",
    "lags": "from marts.fct_technology_lag where subfield = 'all' order by country, reference",
    "sources": "from meta.source order by rank",
    "warnings": "from meta.validation_result where outcome <> 'passed' order by all",
    "calibration": "from meta.calibration order by position",
}


def _rows(relation: duckdb.DuckDBPyRelation) -> list[dict[str, Any]]:
    return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]


def _table(relation: duckdb.DuckDBPyRelation) -> str:
    """Write rows as a Markdown table; nothing if there are none."""
    return markdown.table(relation.columns, relation.fetchall())
