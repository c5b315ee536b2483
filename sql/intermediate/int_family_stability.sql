-- How often a family is core when families are drawn again. One row = one family.
with selected as (
    select family, sum(value::bigint) as times
    from intermediate.int_stability_part
    where measure = 'selected'
    group by family
),

tried as (
    select count(distinct draw)::double as draws from intermediate.int_stability_part
)

select
    r.family,
    coalesce(s.times, 0) / d.draws as selection_probability,
    coalesce(s.times, 0) / d.draws >= t.stable_selection as is_stable_core
from intermediate.int_score_rank as r
left join selected as s on r.family = s.family
cross join tried as d
cross join topic.topic as t
