-- How each compared country stands in each key core subclass, and what kind of technology that is
-- to it. One row = one key core subclass x compared country. Our proposal: docs/pathways.md.
-- Counts are compared as Poisson counts are: x is surely below y if (y - x) / sqrt(x + y) > 2.33.
-- The leader is the largest of several: with 1.64, of four equal countries 12 % would lag, not 5 %.
with common as (
    select avg(indicator.gen) as mean_generality
    from intermediate.int_indicator as indicator
    inner join intermediate.int_score_rank as score_rank on indicator.family = score_rank.family
    where score_rank.is_core
),

generality as (
    select
        technology.technology,
        avg(indicator.gen) as generality
    from intermediate.int_family_technology as technology
    inner join intermediate.int_score_rank as score_rank on technology.family = score_rank.family
    inner join intermediate.int_indicator as indicator on technology.family = indicator.family
    where technology.level = 'subclass' and score_rank.is_core
    group by technology.technology
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
        technology.technology,
        family.subfield,
        row_number()
            over (partition by technology.technology order by count(*) desc, family.subfield)
            as place,
        2 * count(*) >= sum(count(*)) over (partition by technology.technology) as is_main
    from intermediate.int_family_technology as technology
    inner join intermediate.int_score_rank as score_rank on technology.family = score_rank.family
    inner join intermediate.int_family as family on technology.family = family.family
    where technology.level = 'subclass' and score_rank.is_core
    group by technology.technology, family.subfield
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
        placed.*,
        -- To the leader; of the leader, from the second.
        case
            when placed.rank = 1 then coalesce(
                (placed.families - second.families) / nullif(sqrt(placed.families + second.families), 0), 0
            )
            else -(placed.leader_families - placed.families)
                / nullif(sqrt(placed.leader_families + placed.families), 0)
        end as gap,
        centrality.strength_rank,
        centrality.betweenness_rank,
        generality.generality,
        coalesce(
            3 * centrality.strength_rank >= 2 and 3 * centrality.betweenness_rank >= 2
            and coalesce(generality.generality >= common.mean_generality, true),
            false
        ) as is_foundational,
        coalesce(placed.families >= topic.minimum_cell and placed.rsca_low > 0, false) as is_advantage,
        subfields.subfield
    from placed
    cross join topic.topic
    cross join common
    left join second on placed.technology = second.technology
    left join centrality on placed.technology = centrality.technology
    left join generality on placed.technology = generality.technology
    left join subfields
        on placed.technology = subfields.technology and subfields.place = 1 and subfields.is_main
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
