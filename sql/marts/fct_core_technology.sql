-- Technologies tested for holding more key core patents than chance would give them.
-- One that is none is seldom called key core; many that are go unfound, of main groups nearly all:
-- meta.calibration has the rates.
-- One row = one IPC subclass or main group of the topic. Key: topic, level, technology.
-- Refers to: dim_technology (technology), dim_country (leading_country), dim_country
-- (second_country).
-- Never null: subclass, families, core_families, core_rate, location_quotient, hypergeometric_p,
-- q_value, p_value, expected_core_families, core_ratio, shrunken_core_ratio, core_ratio_lower,
-- is_core_technology, rank, fractional_families, fractional_core_families,
-- fractional_location_quotient.
with core_country as (
    select
        technology.level,
        technology.technology,
        country.country,
        sum(country.share::decimal(38, 15))::double as families,
        row_number() over (
            partition by technology.level, technology.technology
            order by sum(country.share::decimal(38, 15)) desc, country.country
        ) as place
    from intermediate.int_family_technology as technology
    inner join intermediate.int_score_rank as score_rank on technology.family = score_rank.family
    inner join intermediate.int_family_country as country on technology.family = country.family
    where score_rank.is_core and country.country <> 'ZZ'
    group by technology.level, technology.technology, country.country
),

topic_size as (
    select count(*) as families, sum(case when is_core then 1 else 0 end) as core_families
    from intermediate.int_score_rank
)

select
    topic.topic, -- Topic of the release
    technology.level, -- subclass or main_group: each level is tested and ranked by itself
    technology.technology, -- IPC symbol: G06N, or G06N3 for the main group G06N3/00
    substring(technology.technology, 1, 4) as subclass, -- Subclass it is or belongs to
    title.title, -- Its title
    technology.families, -- Families of the topic with it, n
    technology.core_families, -- Key core families with it, k
    technology.core_rate, -- k / n
    technology.expected_core_families, -- Those that families as broad let expect, E
    technology.core_ratio, -- k / E: 1 is as expected
    technology.p_value, -- Chance of k or more if core families were drawn among those as broad
    technology.q_value, -- That chance, if need be enlarged, after Benjamini-Hochberg over the level
    technology.shrunken_core_ratio, -- Mean of the gamma posterior of the ratio
    technology.core_ratio_lower, -- 5 % quantile of that posterior: technologies are ranked by it
    technology.is_core_technology, -- Whether q and k keep the topic's limits and the ratio is above 1
    row_number() over (
        partition by technology.level
        order by technology.is_core_technology desc, technology.core_ratio_lower desc,
            coalesce(node.betweenness, 0) desc, technology.technology
    )::bigint as rank, -- Rank in its level: key core first, then by core_ratio_lower, betweenness
    technology.location_quotient, -- (k / K) / (n / N), whatever the families' breadth; decides nothing
    technology.hypergeometric_p, -- Chance of k or more among n of any breadth; decides nothing
    technology.fractional_families, -- n where each family spreads one over its technologies of the level
    technology.fractional_core_families, -- k counted so
    (technology.fractional_core_families / topic_size.core_families)
    / (technology.fractional_families / topic_size.families)
        as fractional_location_quotient, -- Location quotient of the fractional counts
    first_country.country as leading_country, -- Country with the most key core families in it; ZZ left out
    first_country.families as leading_families, -- That country's key core families, fractional
    second_country.country as second_country, -- Country with the second most; null where only one has any
    second_country.families as second_families, -- That country's key core families, fractional
    largest_group.corporate_group as largest_group, -- Corporate group that holds most of its core families
    largest_group.core_families / technology.core_families
        as largest_group_share, -- Its share of them, 0 to 1; over 0.5 it is one company's series
    survival.lost_without_indicators, -- Indicators without which it is not key core; null where none
    survival.lost_without_groups, -- Of the three groups that hold most of it, those; null where none
    case when technology.is_core_technology then
        survival.lost_without_indicators is null and survival.lost_without_groups is null
    end as is_robust -- Whether it is key core without each of them; null where it is not at all
from intermediate.int_core_technology as technology
left join reference.ipc_title as title on technology.technology = title.technology
left join intermediate.int_convergence_node as node
    on
        technology.technology = node.technology and node.network = 'WORLD' and node.population = 'all'
        and node.period = 'all' and node.subfield = 'all' and node.level = 'subclass'
left join core_country as first_country
    on
        technology.level = first_country.level
        and technology.technology = first_country.technology
        and first_country.place = 1
left join core_country as second_country
    on
        technology.level = second_country.level
        and technology.technology = second_country.technology
        and second_country.place = 2
left join intermediate.int_technology_group as largest_group
    on
        technology.level = largest_group.level
        and technology.technology = largest_group.technology
        and largest_group.place = 1
left join intermediate.int_technology_survival as survival
    on technology.level = survival.level and technology.technology = survival.technology
cross join topic_size
cross join topic.topic
