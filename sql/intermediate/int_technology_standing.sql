-- How each compared country stands in each key core subclass, and what kind of technology that is
-- to it. One row = one key core subclass x compared country. Our proposal: docs/pathways.md.
-- Counts are compared as Poisson counts are: x is surely below y if (y - x) / sqrt(x + y) > 2.33.
-- The leader is the largest of several: with 1.64, of four equal countries 12 % would lag, not 5 %.
with common as (
    select avg(i.gen) as mean_generality
    from intermediate.int_indicator as i
    inner join intermediate.int_score_rank as r on i.family = r.family
    where r.is_core
),

generality as (
    select
        t.technology,
        avg(i.gen) as generality
    from intermediate.int_family_technology as t
    inner join intermediate.int_score_rank as r on t.family = r.family
    inner join intermediate.int_indicator as i on t.family = i.family
    where t.level = 'subclass' and r.is_core
    group by t.technology
),

centrality as (
    select
        technology,
        percent_rank() over (order by strength) as strength_rank,
        percent_rank() over (order by betweenness) as betweenness_rank
    from intermediate.int_convergence_node
    where network = 'WORLD' and population = 'all' and period = 'all' and subfield = 'all'
        and level = 'subclass'
),

-- The sub-field that half of a technology's core families or more are of.
subfields as (
    select
        t.technology,
        f.subfield,
        row_number() over (partition by t.technology order by count(*) desc, f.subfield) as place,
        2 * count(*) >= sum(count(*)) over (partition by t.technology) as is_main
    from intermediate.int_family_technology as t
    inner join intermediate.int_score_rank as r on t.family = r.family
    inner join intermediate.int_family as f on t.family = f.family
    where t.level = 'subclass' and r.is_core
    group by t.technology, f.subfield
),

placed as (
    select
        *,
        row_number() over (partition by technology order by families desc, country) as rank,
        first_value(country) over (partition by technology order by families desc, country)
            as leader,
        max(families) over (partition by technology) as leader_families
    from intermediate.int_technology_advantage
),

second as (
    select technology, families from placed where rank = 2
),

standing_of as (
    select
        p.*,
        -- To the leader; of the leader, from the second.
        case
            when p.rank = 1 then coalesce(
                (p.families - s.families) / nullif(sqrt(p.families + s.families), 0), 0
            )
            else -(p.leader_families - p.families)
                / nullif(sqrt(p.leader_families + p.families), 0)
        end as gap,
        c.strength_rank,
        c.betweenness_rank,
        g.generality,
        coalesce(
            3 * c.strength_rank >= 2 and 3 * c.betweenness_rank >= 2
            and coalesce(g.generality >= m.mean_generality, true),
            false
        ) as is_foundational,
        coalesce(p.families >= t.minimum_cell and p.rsca_low > 0, false) as is_advantage,
        f.subfield
    from placed as p
    cross join topic.topic as t
    cross join common as m
    left join second as s on p.technology = s.technology
    left join centrality as c on p.technology = c.technology
    left join generality as g on p.technology = g.technology
    left join subfields as f on p.technology = f.technology and f.place = 1 and f.is_main
)

select
    technology,
    country,
    families,
    rank,
    leader,
    leader_families,
    gap,
    case when gap > 2.33 then 'leading' when gap < -2.33 then 'lagging' else 'level' end
        as standing,
    strength_rank,
    betweenness_rank,
    generality,
    is_foundational,
    rsca,
    rsca_low,
    rsca_high,
    is_advantage,
    -- What a country is good at is what it can build on, be it foundational or not.
    case
        when is_advantage then 'advantage'
        when is_foundational then 'foundational'
        else 'neither'
    end as kind,
    coalesce(subfield, 'all') as subfield
from standing_of
