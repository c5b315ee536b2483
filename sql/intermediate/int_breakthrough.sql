-- Breakthroughs: families cited as much as the most cited 1 % of their priority year, the 99th
-- percentile included. One row = one family of the topic whose five years are over.
with ranked as (
    select
        family.family,
        indicator.fc_5_so_far as fc_5,
        count(*) over (partition by year(family.priority_date)) as families,
        count(*) over (
            partition by year(family.priority_date) order by indicator.fc_5_so_far
            range between unbounded preceding and current row
        ) as not_more_cited
    from intermediate.int_family as family
    inner join intermediate.int_indicator as indicator on family.family = indicator.family
    where indicator.fc_5_window_closed and indicator.fc_5_so_far is not null
)

select
    family,
    fc_5 > 0 and 100 * not_more_cited >= 99 * families as is_breakthrough
from ranked
