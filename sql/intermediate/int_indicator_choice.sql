-- Which indicators can be used, and why not. One row = one indicator that exists: those that the
-- topic asks for in its order, then the others.
-- An indicator that too few families of any compared country have is left out rather than guessed;
-- a country of fewer than 30 families cannot veto it.
with ranked_coverage as (
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
    from ranked_coverage
    group by indicator
),

chosen as (
    select
        i.indicator,
        i.direction,
        i.needs,
        row_number() over (order by n.position nulls last, i.indicator) as position,
        n.position is not null as is_asked,
        n.dimension,
        w.coverage,
        w.lowest_coverage,
        w.lowest_country,
        n.position is not null and w.lowest_coverage >= t.minimum_coverage as is_covered,
        regexp_replace(round(100 * w.lowest_coverage, 1)::varchar, '[.]0$', '') as lowest_percent,
        regexp_replace(round(100 * t.minimum_coverage, 1)::varchar, '[.]0$', '') as needed_percent
    from reference.indicator as i
    inner join weakest as w on i.indicator = w.indicator
    left join topic.topic_indicator as n on i.indicator = n.indicator
    cross join topic.topic as t
)

select
    indicator,
    position,
    direction,
    dimension,
    is_asked,
    is_covered,
    coverage,
    lowest_coverage,
    lowest_country,
    case
        when is_covered then null
        when not is_asked then 'not asked for by the topic'
        when coverage = 0 then 'left out: no source records ' || needs
        else 'left out: known for ' || lowest_percent || ' % of '
            || case
                when lowest_country = 'WORLD' then 'all families'
                else 'the families of ' || lowest_country
            end
            || ', ' || needed_percent || ' % are needed'
    end as reason
from chosen
