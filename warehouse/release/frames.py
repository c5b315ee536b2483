"""What the pages of a release draw: one query a frame, as the pages show it, over marts and meta.

Queries name columns as `report/` knows them, so that a mart's column is named here and nowhere else
on the way to a page. Only aggregated marts are read; of families, sums alone.
"""

import duckdb
import polars as pl

QUERIES = {
    "release": "select * from meta.release",
    "places": """
select country, name, is_compared from marts.dim_country order by country""",
    "facts": """
select
    (select count(*) from marts.fct_patent) as families,
    (select count(*) from marts.fct_patent where is_core) as core_families,
    (select count(*) from marts.fct_core_technology where level = 'subclass') as technologies,
    (
        select count(*) from marts.fct_core_technology
        where level = 'subclass' and is_core_technology
    ) as core_technologies,
    (select min(core_overlap) from marts.fct_stability where kind = 'sampling') as core_overlap,
    (
        select min(core_overlap) from marts.fct_stability where kind = 'method'
    ) as core_overlap_method,
    (
        select sum(families) filter (where is_imputed) / sum(families)
        from marts.fct_country_source where is_primary
    ) as imputed,
    (
        select
            sum(count) filter (where what = 'publications with an abstract')
            / sum(count) filter (where what = 'publications')
        from meta.source_count
    ) as abstracts,
    (select max(year) from marts.fct_country_year where is_complete) as complete_year,
    (select min(priority_year) from marts.fct_patent) as first_year,
    (select max(priority_year) from marts.fct_patent) as last_year""",
    "warnings": """
select table_name, expectation, severity, observed, why from meta.validation_result
where outcome <> 'passed' order by all""",
    "sources": """
select
    source, title, files, rows, rejected, publications, licence, credit, url,
    coalesce(refs, 0) as refs, coalesce(linked, 0) as linked, unread
from meta.source
left join (
    select
        source, (sum(count) filter (what = 'references'))::bigint as refs,
        (sum(count) filter (what = 'linked references'))::bigint as linked
    from meta.source_count group by source
) using (source)
left join (
    select source, string_agg(
        printf('%s of %s values of %s are %s', format('{:,}', unread), format('{:,}', given),
            column_name, reason), '; ' order by unread desc, column_name, reason
    ) as unread
    from meta.unread where unread > 0 group by source
) using (source)
order by rank""",
    # What the core hangs on, and whether it held up later.
    "said_first": """
select sentence from (
    select 1 as place, sentence from marts.fct_indicator_weight where is_decisive
    union all
    select 2, sentence from marts.fct_validity where is_headline and sentence is not null
) order by place, sentence""",
    "ranking": """
select
    country, families, core_families, core_rate, core_rate_lower, core_rate_upper,
    rank_families, rank_core,
    (select avg(is_core::int) from marts.fct_patent) as topic_rate
from marts.fct_country_ranking where is_default order by rank_families, country""",
    "years": """
select country, year, is_complete, families, core_families
from marts.fct_country_year
where country in (select country from marts.dim_country where is_compared)
union all
select 'WORLD', year, any_value(is_complete), any_value(all_families), any_value(all_core_families)
from marts.fct_country_year group by year
order by country, year""",
    "segments": """
select
    country, series, segment, first_year, last_year, families, annual_growth,
    break_earliest, break_latest, is_surge, p_no_break, reason
from marts.fct_trend_segment
where country = 'WORLD' or country in (select country from marts.dim_country where is_compared)
order by country, series, segment""",
    "thresholds": """
select
    country, threshold, core_families, rank_core, is_default, rank_core_low, rank_core_high,
    rank_core_method_low, rank_core_method_high
from marts.fct_country_ranking where rule = 'top_share' and rank_families <= 40
order by country, threshold""",
    "sensitivity": """
select choice, option, country, core_families, rank_core, rank_core_change
from marts.fct_sensitivity order by choice, option, country""",
    "calibration": """
select
    inference, claim, regexp_replace(says, ' [(]fct_[a-z_]+[)]$', '') as says, least, most, rate,
    error, worst, holds
from meta.calibration order by position""",
    "weights": """
select
    indicator, coalesce(title, indicator) as title, weight, weight_low, weight_high,
    weight_method_low, weight_method_high, is_decisive,
    between_country_share, coverage, is_used, reason
from marts.fct_indicator_weight as weight
left join (
    select indicator, any_value(indicator_title) as title
    from marts.fct_indicator_coverage group by indicator
) as named using (indicator)
where is_asked order by position""",
    "coverage": """
select indicator, country, coverage from marts.fct_indicator_coverage
where country = 'WORLD' or country in (select country from marts.dim_country where is_compared)
order by indicator, country""",
    "technology": """
select
    technology, title, families, core_families,
    shrunken_core_ratio as ratio, core_ratio_lower as ratio_lower, q_value, is_core_technology, rank,
    largest_group, largest_group_share, is_robust
from marts.fct_core_technology
where level = 'subclass' order by rank""",
    "holders": """
select technology, country, families from marts.fct_reference_path order by technology, country""",
    "lags": """
select
    subfield, country, reference, families, reference_families, lag, lag_low, lag_high,
    conclusion as direction, is_censored
from marts.fct_technology_lag order by subfield, country, reference""",
    "networks": """
select
    network, families, nodes, edges, cross_section_share,
    null_lift as lift, null_lift_lower as lift_lower, null_lift_upper as lift_upper
from marts.fct_network_metric
where population = 'core' and period = 'all' and subfield = 'all' and level = 'subclass'
order by network""",
    "edges": """
select network, source, target, full_count as count, association_strength, is_cross_section
from marts.fct_convergence_edge
where
    population = 'core' and period = 'all' and subfield = 'all' and level = 'subclass'
    and network <> 'WORLD' and is_noise_backbone
order by network, source, target""",
    "nodes": """
select network, technology, title, occurrences from marts.fct_convergence_node
where
    population = 'core' and period = 'all' and subfield = 'all' and level = 'subclass'
    and network <> 'WORLD'
order by network, technology""",
    "similarity": """
select country_a, country_b, technologies, pearson, pearson_lower, pearson_upper, pearson_p
from marts.fct_network_similarity where population = 'core' and level = 'subclass'
order by country_a, country_b""",
    "industries": """
select
    scheme, industry, title, country, profile.families, share, rsca, rsca_low, rsca_high, is_small,
    sum(profile.families) over (partition by scheme, industry) as total
from marts.fct_industry_profile as profile
left join marts.dim_industry using (scheme, industry)
where population = 'core' and industry <> 'none'
order by scheme, total desc, industry, country""",
    "collaboration": """
select
    country, families, co_application_rate, base_rate,
    rate_ratio, rate_ratio_low, rate_ratio_high,
    firm_firm, firm_university, firm_institute, university_institute, firm_university_institute
from marts.fct_collaboration_profile where population = 'core' order by country""",
    "pathways": """
select
    country, families, industry_path, industry_support, technology_path, technology_support,
    collaboration_path, collaboration_support, sentence
from marts.fct_pathway order by country""",
    "references": """
select
    path.technology, path.title, path.country, path.families, path.standing, path.kind,
    path.reference, path.reason
from marts.fct_reference_path as path
left join marts.fct_core_technology as technology
    on path.technology = technology.technology and technology.level = 'subclass'
order by technology.rank, path.technology, path.country""",
    "emerging": """
select
    link.source, one.title as source_title, link.target, two.title as target_title, link.rank,
    link.chance, link.is_cross_section, link.learnt_period
from marts.fct_emerging_link as link
left join marts.dim_technology as one on link.source = one.technology
left join marts.dim_technology as two on link.target = two.technology
where link.network = 'WORLD' order by link.rank""",
    "backtest": """
select
    predictor, learnt_period, tested_period, candidates, emerged, base_rate, average_precision,
    area_under_roc
from marts.fct_link_prediction where network = 'WORLD' order by average_precision desc, predictor""",
    "map_nodes": """
select distinct technology from marts.fct_convergence_node
where period = 'all' and subfield = 'all' and level = 'subclass' order by technology""",
    "map_edges": """
select source, target, association_strength as strength from marts.fct_convergence_edge
where
    network = 'WORLD' and population = 'all' and period = 'all' and subfield = 'all'
    and level = 'subclass' and is_noise_backbone
order by source, target""",
}


# What the explorer shows beside: of each network the nodes, and its first pairs, the backbone before others.
EXPLORER = {
    "explore_nodes": """
select
    level, network, population, period, technology, title, occurrences, community
from marts.fct_convergence_node
where subfield = 'all' and level in ('subclass', 'main_group')
order by level, network, population, period, technology""",
    "explore_edges": """
select
    level, network, population, period, source, target, full_count as count,
    association_strength as strength, coalesce(is_noise_backbone, false) as is_backbone,
    is_cross_section,
    row_number() over (
        partition by level, network, population, period
        order by coalesce(is_noise_backbone, false) desc, full_count desc, source, target
    ) as place,
    count(*) over (partition by level, network, population, period) as pairs
from marts.fct_convergence_edge
where subfield = 'all' and level in ('subclass', 'main_group')
qualify place <= 1500
order by level, network, population, period, place""",
    "map_edges_of_groups": """
select source, target, association_strength as strength from marts.fct_convergence_edge
where
    network = 'WORLD' and population = 'all' and period = 'all' and subfield = 'all'
    and level = 'main_group' and is_noise_backbone
order by full_count desc, source, target
limit 3000""",
    "core": """
select level, technology from marts.fct_core_technology where is_core_technology""",
    "links": """
select network, source, target, chance from marts.fct_emerging_link where rank <= 30
order by network, rank""",
    "periods": """
select period from marts.dim_period order by first_year""",
}


def read_frames(connection: duckdb.DuckDBPyConnection, explorer: bool = False) -> dict[str, pl.DataFrame]:
    """Read what the pages draw.

    Parameters
    ----------
    connection
        To a release, whose schemas `marts` and `meta` are found by their names.
    explorer
        Whether to read what the explorer shows, too.

    Returns
    -------
    dict
        A frame a query, by its name.
    """
    queries = QUERIES | EXPLORER if explorer else QUERIES
    return {name: connection.sql(query).pl() for name, query in queries.items()}
