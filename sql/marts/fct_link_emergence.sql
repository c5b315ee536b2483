-- When technologies first met, and whether they went on to: pairs of subclasses absent before a
-- period that meet in two families or more in it.
-- One row = one network x pair. Key: topic, network, source, target.
-- Refers to: dim_technology (source), dim_technology (target), dim_period (period).
-- Never null: period, families.
with periods as (
    select period, row_number() over (order by first_year) as number
    from reference.period
),

met as (
    select
        p.network,
        p.source,
        p.target,
        p.full_count,
        o.number,
        min(o.number) over (partition by p.network, p.source, p.target) as first_number
    from intermediate.int_convergence_pair as p
    inner join periods as o on p.period = o.period
    where p.population = 'all' and p.level = 'subclass'
),

ended as (
    select max(number) as number from met
),

paired as (
    select
        m.network,
        m.source,
        m.target,
        min(m.first_number) as first_number,
        sum(case when m.number = m.first_number then m.full_count end) as families,
        sum(case when m.number > m.first_number then 1 else 0 end) as later_periods,
        max(case when m.number = m.first_number + 1 then 1 else 0 end) = 1 as is_next
    from met as m
    group by m.network, m.source, m.target
)

select
    t.topic, -- Topic of the release
    m.network, -- WORLD, or the country whose families (by share) make the network
    m.source, -- IPC subclass, before target in the alphabet
    m.target, -- IPC subclass
    o.period, -- Period of priority years in which they first met
    m.families, -- Families in which they met in it (times the country's share)
    case when m.first_number < e.number then m.is_next end
        as is_persistent, -- Whether they met in the next period too; null if it was the last
    m.later_periods::double / nullif(e.number - m.first_number, 0)
        as persistence -- Share of the later periods in which they met; null if it was the last
from paired as m
cross join ended as e
inner join periods as o on m.first_number = o.number
cross join topic.topic as t
where m.families >= 2
