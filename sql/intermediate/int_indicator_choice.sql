-- Which indicators can be used, and why not. One row = one indicator that exists: those that the
-- topic asks for in its order, then the others.
-- An indicator that too few families of any compared country have is left out rather than guessed;
-- a country of fewer than 30 families cannot veto it.
with ranked_coverage as (
    select
        coverage.indicator,
        coverage.country,
        coverage.coverage,
        row_number()
            over (partition by coverage.indicator order by coverage.coverage, coverage.country)
            as place
    from intermediate.int_indicator_coverage as coverage
    left join topic.topic_country as country on coverage.country = country.country
    where coverage.country = 'WORLD' or (country.country is not null and coverage.families >= 30)
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
        indicator.indicator,
        indicator.direction,
        indicator.needs,
        row_number() over (order by topic_indicator.position nulls last, indicator.indicator) as position,
        topic_indicator.position is not null as is_asked,
        topic_indicator.dimension,
        weakest.coverage,
        weakest.lowest_coverage,
        weakest.lowest_country,
        topic_indicator.position is not null
        and weakest.lowest_coverage >= topic.minimum_coverage as is_covered,
        regexp_replace(round(100 * weakest.lowest_coverage, 1)::varchar, '[.]0$', '') as lowest_percent,
        regexp_replace(round(100 * topic.minimum_coverage, 1)::varchar, '[.]0$', '') as needed_percent
    from reference.indicator
    inner join weakest on indicator.indicator = weakest.indicator
    left join topic.topic_indicator on indicator.indicator = topic_indicator.indicator
    cross join topic.topic
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
