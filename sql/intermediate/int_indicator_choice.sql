-- Which indicators can be used, and why not. One row = one indicator.
-- An indicator that too few families of any compared country have is left out rather than guessed;
-- a country of fewer than 30 families cannot veto it.
with weakest as (
    select
        c.indicator,
        max(case when c.country = 'WORLD' then c.coverage end) as coverage,
        min(case when c.country = 'WORLD' or (t.country is not null and c.families >= 30)
            then c.coverage end) as lowest_coverage,
        min_by(c.country, c.coverage) filter (
            where c.country = 'WORLD' or (t.country is not null and c.families >= 30)
        ) as lowest_country
    from intermediate.int_indicator_coverage as c
    left join topic.topic_country as t on c.country = t.country
    group by c.indicator
)

select
    n.indicator,
    n.position,
    w.coverage,
    w.lowest_coverage,
    w.lowest_country,
    w.lowest_coverage >= t.minimum_coverage as is_covered
from topic.topic_indicator as n
inner join weakest as w on n.indicator = w.indicator
cross join topic.topic as t
