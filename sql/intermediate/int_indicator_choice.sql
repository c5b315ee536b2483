-- Which indicators can be used, and why not. One row = one indicator.
-- An indicator that too few families of any compared country have is left out rather than guessed;
-- a country of fewer than 30 families cannot veto it.
with judged as (
    select
        c.indicator,
        c.country,
        c.coverage,
        row_number() over (partition by c.indicator order by c.coverage, c.country) as place
    from intermediate.int_indicator_coverage as c
    left join topic.topic_country as t on c.country = t.country
    where c.country = 'WORLD' or (t.country is not null and c.families >= 30)
),

weakest as (
    select
        indicator,
        max(case when country = 'WORLD' then coverage end) as coverage,
        max(case when place = 1 then coverage end) as lowest_coverage,
        max(case when place = 1 then country end) as lowest_country
    from judged
    group by indicator
)

select
    n.indicator,
    n.position,
    i.direction,
    true as is_asked,
    w.lowest_coverage >= t.minimum_coverage as is_covered,
    w.coverage,
    w.lowest_coverage,
    w.lowest_country,
    case
        when w.lowest_coverage < t.minimum_coverage
            then concat(
                'left out: known for ', round(100 * w.lowest_coverage, 1), ' % of ',
                case
                    when w.lowest_country = 'WORLD' then 'all families'
                    else concat('the families of ', w.lowest_country)
                end,
                ', ', round(100 * t.minimum_coverage, 1), ' % are needed'
            )
    end as reason
from topic.topic_indicator as n
inner join weakest as w on n.indicator = w.indicator
inner join reference.indicator as i on n.indicator = i.indicator
cross join topic.topic as t
