"""The floor: the same tables by one bare DuckDB script, to see what corepath's structure costs.

`python -m benchmarks.floor DUMP OUT` reads a dump of google_patents (Parquet) on one connection, in
memory, and writes the marts as Parquet. Nothing is hashed, kept, validated, versioned or
orchestrated; several sources, rejects, publications that come twice, terms of topics, families
without a DOCDB number and choices of method other than the default are not provided for. What is
large (documents, classes, references, parties, indicators, weights, scores) is written by hand,
here and in `benchmarks.bare_scores`, as lean as may be. The rest, small, or what SQL cannot say, is
corepath's own: how offices write numbers, SELECTs and transforms behind countries, technologies, the
marts, organisations, tests and networks. It makes what `benchmarks.compare` reads and nothing for
other marts: no bootstrap, trends, industries, collaboration, lags or paths, and few indicators beyond
the topic's.
"""

import argparse
import tempfile
from collections.abc import Mapping
from pathlib import Path

import duckdb
import polars as pl

from benchmarks import bare_scores
from benchmarks.bare_scores import keep
from corepath.warehouse import numbers
from corepath.warehouse.build.graph import Table, discover
from corepath.warehouse.topic import files as topics

ROOT = Path(__file__).resolve().parents[1]

# One row a publication; the number is the row's, so that joins are of integers.
PUBLICATION = r"""
create temp table publication as
with records as (
    select
        *,
        split_part(publication_number, '-', 1) as office,
        split_part(publication_number, '-', 3) as kind,
        publication_number(
            split_part(publication_number, '-', 1), split_part(publication_number, '-', 2),
            split_part(publication_number, '-', 3), publication_date // 10000
        ) as number
    from read_parquet($files, filename = true, file_row_number = true)
    where regexp_full_match(publication_number, '[A-Z]{2}-[A-Za-z0-9]+-[A-Z0-9]+')
),
numbered as (
    select
        filename, file_row_number, office, kind, number as publication_number,
        split_part(number, '-', 1) || '-' || split_part(number, '-', 2) as bare_number,
        family_id,
        try_strptime(publication_date::varchar, '%Y%m%d')::date as published,
        try_strptime(filing_date::varchar, '%Y%m%d')::date as filed,
        try_strptime(priority_date::varchar, '%Y%m%d')::date as claimed,
        grant_date = publication_date as is_granted_then,
        split_part(application_number, '-', 1) as filing_office,
        array_length(priority_claim) as priorities,
        list_min(list_transform(
            list_filter(priority_claim, lambda p: p.filing_date > 0),
            lambda p: struct_pack(
                filed := p.filing_date, office := split_part(p.application_number, '-', 1)
            )
        )).office as first_office,
        list_filter(title_localized, lambda t: trim(t.text) <> '') as titles,
        coalesce(
            nullif(array_length(inventor_harmonized), 0), nullif(array_length(inventor), 0)
        ) as inventor_count,
        array_length(citation) as cited,
        list_unique(list_transform(citation, lambda c: nullif(c.npl_text, ''))) as npl,
        coalesce(
            array_length(assignee_harmonized) > 0 or array_length(assignee) > 0, false
        ) as has_applicant
    from records
)
select
    row_number() over () as id,
    n.filename, n.file_row_number, n.office, n.bare_number, n.family_id::bigint as family,
    n.publication_number,
    n.published, n.filed, least(n.claimed, n.filed, n.published) as priority,
    case
        when n.priorities > 0 then nullif(n.first_office, '')
        when n.priorities is not null then nullif(n.filing_office, '')
    end as first_filing_office,
    trim(regexp_replace(
        coalesce(list_filter(n.titles, lambda t: t.language = 'en')[1], n.titles[1]).text,
        '\s+', ' ', 'g'
    )) as title,
    n.inventor_count,
    case
        when n.cited > 0
            or (n.office = 'US' and n.is_granted_then and n.published >= date '1947-02-04')
            then n.npl
    end as npl,
    n.has_applicant,
    coalesce(k.is_invention, o.is_invention, false) as is_invention,
    coalesce(k.is_grant, o.is_grant, false) as is_grant
from numbered as n
left join reference.publication_kind as k
    on n.office = k.office and n.kind = k.kind and n.published between k.valid_from and k.valid_to
left join reference.publication_kind as o
    on o.office = '*' and substring(n.kind, 1, 1) = o.kind
    and n.office not in (select office from reference.publication_kind)
"""

# Both schemes, one row a class; symbols are parsed once each.
CLASSES = r"""
create temp table recorded as
with read as (
    select p.id, r.ipc, r.cpc
    from read_parquet($files, filename = true, file_row_number = true) as r
    inner join publication as p using (filename, file_row_number)
),
listed as (
    select id, 'IPC' as scheme, list_concat(
        list_filter(ipc, lambda c: c.first),
        list_filter(ipc, lambda c: c.first is distinct from true)
    ) as codes from read
    union all
    select id, 'CPC' as scheme, list_concat(
        list_filter(cpc, lambda c: c.first),
        list_filter(cpc, lambda c: c.first is distinct from true)
    ) as codes from read
)
select id, scheme, unnest(codes).code as spelling, generate_subscripts(codes, 1) as position
from listed;

create temp table symbol as
with spelt as (select distinct scheme, spelling from recorded where spelling <> ''),
cut as (
    select
        *,
        regexp_replace(
            split_part(replace(upper(spelling), ':', '/'), '/', 1), '[^0-9A-Z]', '', 'g'
        ) as head,
        trim(split_part(replace(upper(spelling), ':', '/'), '/', 2)) as tail
    from spelt
),
joined as (
    select
        scheme, spelling,
        case
            when tail = '' and regexp_matches(head, '^[A-Z0-9]{4}[0-9]{10}') then
                substring(head, 1, 4) || regexp_replace(substring(head, 5, 4), '^0+', '')
                || '/' || substring(head, 9, 2)
                || regexp_replace(substring(head, 11, 4), '0+$', '')
            when tail = '' then head
            else substring(head, 1, 4) || regexp_replace(substring(head, 5), '^0+', '')
                || '/' || regexp_replace(tail, '[^0-9].*$', '')
        end as symbol
    from cut
),
readable as (
    select *
    from joined
    where regexp_matches(symbol, '^[A-HY][0-9]{2}[A-Z]([1-9][0-9]{0,3}/[0-9]{2,6})?$')
        and not (scheme = 'IPC' and starts_with(symbol, 'Y'))
)
select
    s.scheme, s.spelling, s.symbol,
    coalesce(max_by(r.new, length(r.old)), min(split_part(s.symbol, '/', 1))) as place
from readable as s
left join reference.ipc_reform as r
    on r.is_main and split_part(s.symbol, '/', 1) = split_part(r.old, '/', 1)
    and starts_with(s.symbol, r.old)
group by s.scheme, s.spelling, s.symbol;

create view staging.stg_classification as
select
    scheme, symbol, substring(place, 1, 4) as subclass,
    case when length(place) > 4 then place end as main_group
from symbol;
"""

# What the topic's rules let in, and the families that follow.
FAMILIES = """
create temp table hit as
select distinct t.rule_id, r.id
from recorded as r
inner join symbol as s using (scheme, spelling)
inner join intermediate.int_topic_symbol as t on s.scheme = t.scheme and s.symbol = t.symbol
where not t.is_first_only or r.position = 1;

create temp table member as
with chosen as (
    select h.id, min_by(r.label, r.rule_id) as selected_by
    from hit as h inner join topic.topic_rule as r using (rule_id)
    where r.purpose = 'include'
    group by h.id
),
taken as (
    select p.family, min_by(c.selected_by, p.publication_number) as selected_by
    from chosen as c inner join publication as p using (id)
    where p.is_invention
    group by p.family
)
select
    p.*, t.selected_by,
    row_number() over (
        partition by family order by published, publication_number
    ) as age_order,
    row_number() over (
        partition by family
        order by has_applicant desc, is_grant desc, published, publication_number
    ) as party_order
from taken as t
inner join publication as p using (family)
where p.is_invention and p.published is not null;

create table intermediate.int_family as
with subfield as (
    select h.id, min_by(s.subfield, s.position) as subfield
    from hit as h
    inner join topic.topic_rule as r on h.rule_id = r.rule_id and r.purpose = 'subfield'
    inner join topic.topic_subfield as s on r.label = s.subfield
    group by h.id
)
select
    family,
    family::varchar as family_id,
    'docdb' as family_basis,
    min(selected_by) as selected_by,
    max(case when age_order = 1 then id end) as representative,
    max(case when age_order = 1 then publication_number end) as representative_publication,
    max(case when party_order = 1 then publication_number end) as party_publication,
    max(case when age_order = 1 then title end) as title,
    'google_patents' as source,
    max(case when age_order = 1 then subfield end) as subfield,
    min_by(first_filing_office, age_order) filter (where first_filing_office is not null)
        as first_filing_office,
    min(coalesce(priority, filed, published)) as priority_date,
    min(filed) as filing_date,
    min(published) as publication_date,
    min(case when is_grant then published end) as grant_date,
    count(*) as document_count,
    count(distinct case when office <> 'WO' then office end) as office_count,
    max(inventor_count) as inventor_count,
    max(npl) as npl_citation_count,
    bool_or(npl is not null) as has_patent_citations
from member
left join subfield using (id)
group by family;

-- IPC, or CPC where no IPC is known.
create temp table coded as
select
    f.family, r.scheme, substring(s.place, 1, 4) as subclass,
    case when length(s.place) > 4 then s.place end as main_group, min(r.position) as position
from intermediate.int_family as f
inner join recorded as r on f.representative = r.id
inner join symbol as s using (scheme, spelling)
where r.scheme = 'IPC' or substring(s.place, 1, 4) in (select technology from reference.ipc_title)
group by all;

create table intermediate.int_family_group as
select family, main_group, subclass, position
from coded
where scheme = 'IPC' or family not in (select family from coded where scheme = 'IPC');

create table intermediate.int_family_code as
select family, subclass, min(position) as position
from intermediate.int_family_group group by all;
"""

# Which family cites which, by numbers; a cited publication that is not loaded by its text.
CITATIONS = r"""
create temp table family_citation as
with refs as (
    select distinct p.family, unnest(list_transform(
        r.citation, lambda c: c.publication_number
    )) as cited
    from read_parquet($files, filename = true, file_row_number = true) as r
    inner join publication as p using (filename, file_row_number)
),
split as (
    select
        cited,
        publication_number(
            split_part(cited, '-', 1), split_part(cited, '-', 2), split_part(cited, '-', 3), null
        ) as number
    from (select distinct cited from refs where cited <> '')
),
bare as (
    select
        cited, number,
        -- Of one number may be a patent and a utility model.
        split_part(number, '-', 1) || '-' || split_part(number, '-', 2)
        || if(left(split_part(number, '-', 3), 1) in ('U', 'Y'), '-U', '') as bare_number
    from split
    where number is not null
),
loaded as (
    select
        bare_number || if(left(split_part(publication_number, '-', 3), 1) in ('U', 'Y'), '-U', '')
            as bare_number,
        min_by(family, publication_number) as family
    from publication group by all
),
target as (
    select b.cited, coalesce(e.family, l.family) as cited_family, b.bare_number
    from bare as b
    left join publication as e on b.number = e.publication_number
    left join loaded as l on b.bare_number = l.bare_number
),
dated as (select family, min(published) as published from publication group by family)
select distinct
    r.family as citing_family,
    t.cited_family,
    case when t.cited_family is null then t.bare_number end as elsewhere,
    d.published
from refs as r
inner join target as t using (cited)
inner join dated as d on r.family = d.family
where r.family is distinct from t.cited_family;
"""

INDICATORS = """
create table intermediate.int_indicator as
with forward as (
    select
        f.family,
        count(*) filter (c.published <= f.publication_date + interval 3 year) as fc_3,
        count(*) filter (c.published <= f.publication_date + interval 5 year) as fc_5,
        count(*) as fc_7
    from intermediate.int_family as f
    inner join family_citation as c on f.family = c.cited_family
    where c.published > f.publication_date
        and c.published <= f.publication_date + interval 7 year
    group by f.family
),
backward as (select citing_family as family, count(*) as bc from family_citation group by all),
last as (select max(published) as day from publication)
select
    f.family,
    case when f.publication_date + interval 3 year <= last.day then coalesce(w.fc_3, 0)::double end
        as fc_3,
    case when f.publication_date + interval 5 year <= last.day then coalesce(w.fc_5, 0)::double end
        as fc_5,
    case when f.publication_date + interval 7 year <= last.day then coalesce(w.fc_7, 0)::double end
        as fc_7,
    coalesce(w.fc_5, 0)::double as fc_5_so_far,
    case when f.has_patent_citations then coalesce(b.bc, 0)::double end as bc,
    f.npl_citation_count::double as npl,
    f.office_count::double as fs,
    null::double as cl,
    s.sc, s.mg, s.conv, s.xsec,
    f.inventor_count::double as inv,
    f.publication_date + interval 5 year <= last.day as fc_5_window_closed
from intermediate.int_family as f
left join forward as w using (family)
left join backward as b using (family)
left join intermediate.int_scope as s using (family)
cross join last;
"""

PARTIES = r"""
create table staging.stg_party as
with read as (
    select
        p.publication_number, p.office,
        case when array_length(r.assignee_harmonized) > 0 then r.assignee_harmonized else
            list_transform(r.assignee, lambda n: struct_pack(name := n, country_code := null))
        end as applicants,
        case when array_length(r.inventor_harmonized) > 0 then r.inventor_harmonized else
            list_transform(r.inventor, lambda n: struct_pack(name := n, country_code := null))
        end as inventors
    from read_parquet($files, filename = true, file_row_number = true) as r
    inner join publication as p using (filename, file_row_number)
),
named as (
    select
        *,
        list_transform(inventors, lambda i: i.name) as inventor_names,
        list_filter(applicants, lambda a: not list_contains(inventor_names, a.name)) as others
    from read
),
listed as (
    select
        publication_number, 'applicant' as role, inventor_names,
        unnest(case when office = 'WO' and array_length(others) > 0 then others else applicants end)
            as party
    from named
    union all
    select publication_number, 'inventor', null, unnest(inventors) from named
)
select
    l.publication_number, l.role, trim(l.party.name) as name, c.country,
    case when list_contains(l.inventor_names, l.party.name) then 'INDIVIDUAL' end as sector
from listed as l
left join reference.country as c on l.party.country_code = c.country
where trim(l.party.name) <> '';

create view staging.stg_family as
select publication_number, family from publication;

create view staging.stg_document as
select
    publication_number, published as publication_date, filed as filing_date,
    priority as priority_date
from publication;

create table staging.stg_priority as
select
    p.publication_number,
    try_strptime(unnest(list_distinct(list_filter(
        r.priority_claim, lambda c: split_part(c.application_number, '-', 2) <> ''
    ))).filing_date::varchar, '%Y%m%d')::date as priority_date
from read_parquet($files, filename = true, file_row_number = true) as r
inner join publication as p using (filename, file_row_number);
"""

# Corepath's marts join what the bootstrap found; here it found nothing.
NO_BOOTSTRAP = """
create table intermediate.int_indicator_stability as
select
    '' as indicator, 0 as weight_low, 0 as weight_high, 0 as weight_method_low,
    0 as weight_method_high, 0 as rank_correlation_without, 0 as core_overlap_without
limit 0;

create table intermediate.int_country_interval as
select
    '' as country, 0 as core_families_low, 0 as core_families_high, 0 as rank_core_low,
    0 as rank_core_high, 0 as core_families_method_low, 0 as core_families_method_high,
    0 as rank_core_method_low, 0 as rank_core_method_high
limit 0;
"""

PATENTS = """
create table marts.fct_patent as
with main_country as (
    select
        family, min_by(country, (-share, country)) as country, max(share) as country_share,
        count(*) as country_count
    from intermediate.int_family_country group by family
)
select
    f.family_id, f.representative_publication, f.title, f.selected_by, f.subfield,
    c.country, c.country_share, c.country_count, year(f.priority_date) as priority_year,
    f.priority_date, f.filing_date, f.publication_date, f.grant_date, f.document_count,
    i.* exclude (family, fc_5, fc_5_so_far), i.fc_5_so_far as fc_5,
    r.rao_stirling, v.* exclude (family, score),
    s.score, s.rank, s.position, s.is_core, s.is_tied_at_cut
from intermediate.int_family as f
inner join intermediate.int_indicator as i using (family)
inner join intermediate.int_score_rank as s using (family)
inner join intermediate.int_score as v using (family)
inner join main_country as c using (family)
left join intermediate.int_rao_stirling as r using (family)
"""

MARTS = (
    "fct_patent",
    "fct_patent_country",
    "fct_indicator_weight",
    "fct_core_technology",
    "fct_country_ranking",
    "fct_country_year",
    "fct_convergence_edge",
    "fct_convergence_node",
    "fct_network_metric",
    "dim_organisation",
)


def main(arguments: list[str] | None = None) -> None:
    """Read a dump, write the marts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dump", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--topic", default="information_technology")
    parser.add_argument("--memory", default="4GB")
    parser.add_argument("--threads", type=int, default=0, help="0 for all")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="floor-", dir=options.out) as scratch:
        settings = {"memory_limit": options.memory, "temp_directory": scratch}
        if options.threads:
            settings["threads"] = options.threads
        with duckdb.connect(config=settings) as con:
            numbers.define(con)
            build(con, options.dump, topics.read(options.topic))
            for mart in MARTS:
                con.execute(f"copy marts.{mart} to '{options.out / mart}.parquet'")


def build(con: duckdb.DuckDBPyConnection, dump: Path, topic: topics.Topic) -> None:
    """Make the marts in the connection's memory.

    Raises
    ------
    ValueError
        The topic asks for terms or excludes, or for another method, which the floor cannot do.
    """
    if topic.exclude or topic.terms:
        raise ValueError(f"the floor takes topics of classes only, not {topic.name}")
    if topic.method.preset != "study":
        raise ValueError(f'the floor weighs by the study\'s method: set preset = "study" in {topic.name}')
    for schema in ("reference", "topic", "staging", "intermediate", "marts"):
        con.execute(f"create schema {schema}")
    for path in (ROOT / "reference").glob("*.csv"):
        con.execute(
            f"create table reference.{path.stem} as from "
            f"read_csv('{path}', header = true, nullstr = '', sample_size = -1)"
        )
    for name, frame in topic.tables(None).items():
        keep(con, f"topic.{name}", frame)
    tables = discover([])
    files = {"files": f"{dump}/*.parquet"}
    con.execute(PUBLICATION, files)
    _read(con, CLASSES, files)
    derive(con, tables, "intermediate.int_topic_symbol")
    con.execute(FAMILIES)
    con.execute(CITATIONS, files)
    derive(con, tables, "intermediate.int_scope")
    con.execute(INDICATORS)
    _read(con, PARTIES, files)
    con.execute(NO_BOOTSTRAP)
    for name in ("int_rao_stirling", "int_family_country", "int_cohort"):
        derive(con, tables, f"intermediate.{name}")
    bare_scores.make(con, topic.method.indicators)
    con.execute(PATENTS)
    for mart in MARTS:
        derive(con, tables, f"marts.{mart}")


def derive(con: duckdb.DuckDBPyConnection, tables: Mapping[str, Table], key: str) -> None:
    """Make a table as corepath does, and what it needs, as far as it is not there."""
    schema, name = key.split(".")
    there = con.execute(
        "select 1 from information_schema.tables where table_schema = ? and table_name = ?", [schema, name]
    )
    if there.fetchall():
        return
    for parent in tables[key].parents:
        derive(con, tables, parent)
    if tables[key].path.suffix == ".sql":
        con.execute(f"create table {key} as {tables[key].text}")
    else:
        frames = {p.split(".")[1]: con.sql(f"from {p}").pl().lazy() for p in tables[key].parents}
        function = tables[key].function()
        parts = range(tables[key].parts()) if tables[key].is_in_parts else None
        made = [function(**frames)] if parts is None else [function(n, **frames) for n in parts]
        keep(con, key, pl.concat([part.lazy() for part in made]).collect())


def _read(con: duckdb.DuckDBPyConnection, script: str, files: dict[str, str]) -> None:
    """Run statements of which some read the dump: parameters go with one statement."""
    for statement in script.split(";\n"):
        con.execute(statement, files if "$files" in statement else None)


if __name__ == "__main__":
    main()
