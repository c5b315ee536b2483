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
        pair.network,
        pair.source,
        pair.target,
        pair.full_count,
        periods.number,
        min(periods.number) over (partition by pair.network, pair.source, pair.target) as first_number
    from intermediate.int_convergence_pair as pair
    inner join periods on pair.period = periods.period
    where pair.population = 'all' and pair.level = 'subclass'
),

ended as (
    select max(number) as number from met
),

paired as (
    select
        met.network,
        met.source,
        met.target,
        min(met.first_number) as first_number,
        sum(case when met.number = met.first_number then met.full_count end) as families,
        sum(case when met.number > met.first_number then 1 else 0 end) as later_periods,
        max(case when met.number = met.first_number + 1 then 1 else 0 end) = 1 as is_next
    from met
    group by met.network, met.source, met.target
)

select
    topic.topic, -- Topic of the release
    paired.network, -- WORLD, or the country whose families (by share) make the network
    paired.source, -- IPC subclass, before target in the alphabet
    paired.target, -- IPC subclass
    periods.period, -- Period of priority years in which they first met
    paired.families, -- Families in which they met in it (times the country's share)
    case when paired.first_number < ended.number then paired.is_next end
        as is_persistent, -- Whether they met in the next period too; null if it was the last
    paired.later_periods::double / nullif(ended.number - paired.first_number, 0)
        as persistence -- Share of the later periods in which they met; null if it was the last
from paired
cross join ended
inner join periods on paired.first_number = periods.number
cross join topic.topic
where paired.families >= 2
