-- Technologies tested for holding more key core patents than chance would give them.
-- One row = one IPC subclass or main group of the topic. Key: topic, level, technology.
-- Refers to: dim_technology (technology), dim_country (leading_country), dim_country
-- (second_country).
-- Never null: subclass, families, core_families, core_rate, location_quotient, hypergeometric_p,
-- q_value, p_value, expected_core_families, core_ratio, shrunken_core_ratio, core_ratio_lower,
-- is_core_technology, rank, fractional_families, fractional_core_families,
-- fractional_location_quotient.
with core_country as (
    select
        c.level,
        c.technology,
        p.country,
        sum(p.share::decimal(38, 15))::double as families,
        row_number() over (
            partition by c.level, c.technology
            order by sum(p.share::decimal(38, 15)) desc, p.country
        ) as place
    from intermediate.int_family_technology as c
    inner join intermediate.int_score_rank as r on c.family = r.family
    inner join intermediate.int_family_country as p on c.family = p.family
    where r.is_core and p.country <> 'ZZ'
    group by c.level, c.technology, p.country
),

topic_size as (
    select count(*) as families, sum(case when is_core then 1 else 0 end) as core_families
    from intermediate.int_score_rank
)

select
    t.topic, -- Topic of the release
    c.level, -- subclass or main_group: each level is tested and ranked by itself
    c.technology, -- IPC symbol: G06N, or G06N3 for the main group G06N3/00
    substring(c.technology, 1, 4) as subclass, -- Subclass it is or belongs to
    n.title, -- Its title
    c.families, -- Families of the topic with it, n
    c.core_families, -- Key core families with it, k
    c.core_rate, -- k / n
    c.expected_core_families, -- Those that families as broad let expect, E
    c.core_ratio, -- k / E: 1 is as expected
    c.p_value, -- Chance of k or more if core families were drawn among those as broad
    c.q_value, -- That chance, if need be enlarged, after Benjamini-Hochberg over the level
    c.shrunken_core_ratio, -- Mean of the gamma posterior of the ratio
    c.core_ratio_lower, -- 5 % quantile of that posterior: technologies are ranked by it
    c.is_core_technology, -- Whether q and k keep the topic's limits and the ratio is above 1
    row_number() over (
        partition by c.level
        order by c.is_core_technology desc, c.core_ratio_lower desc,
            coalesce(b.betweenness, 0) desc, c.technology
    )::bigint as rank, -- Rank in its level: key core first, then by core_ratio_lower, betweenness
    c.location_quotient, -- (k / K) / (n / N), whatever the families' breadth; decides nothing
    c.hypergeometric_p, -- Chance of k or more among n of any breadth; decides nothing
    c.fractional_families, -- n where each family spreads one over its technologies of the level
    c.fractional_core_families, -- k counted so
    (c.fractional_core_families / s.core_families) / (c.fractional_families / s.families)
        as fractional_location_quotient, -- Location quotient of the fractional counts
    l.country as leading_country, -- Country with the most key core families in it; ZZ left out
    l.families as leading_families, -- That country's key core families, fractional
    m.country as second_country, -- Country with the second most; null where only one has any
    m.families as second_families, -- That country's key core families, fractional
    g.corporate_group as largest_group, -- Corporate group that holds most of its core families
    g.core_families / c.core_families
        as largest_group_share, -- Its share of them, 0 to 1; over 0.5 it is one company's series
    v.lost_without_indicators, -- Indicators without which it is not key core; null where none
    v.lost_without_groups, -- Of the three groups that hold most of it, those; null where none
    case when c.is_core_technology then
        v.lost_without_indicators is null and v.lost_without_groups is null
    end as is_robust -- Whether it is key core without each of them; null where it is not at all
from intermediate.int_core_technology as c
left join reference.ipc_title as n on c.technology = n.technology
left join intermediate.int_convergence_node as b
    on
        c.technology = b.technology and b.network = 'WORLD' and b.population = 'all'
        and b.period = 'all' and b.subfield = 'all' and b.level = 'subclass'
left join core_country as l
    on c.level = l.level and c.technology = l.technology and l.place = 1
left join core_country as m
    on c.level = m.level and c.technology = m.technology and m.place = 2
left join intermediate.int_technology_group as g
    on c.level = g.level and c.technology = g.technology and g.place = 1
left join intermediate.int_technology_survival as v
    on c.level = v.level and c.technology = v.technology
cross join topic_size as s
cross join topic.topic as t
