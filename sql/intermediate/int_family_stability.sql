-- How often a family is core when families are drawn again, and under other methods.
-- One row = one family. Where no draw holds it, its probability is whether it is core.
with drawn as (
    select
        family,
        sum(case when measure = 'selected' then value else 0 end)
            / nullif(sum(case when measure = 'drawn' then value else 0 end), 0)
            as selection_probability
    from intermediate.int_stability_part
    where measure in ('drawn', 'selected')
    group by family
),

specified as (
    select
        family,
        sum(case when measure = 'selected' then value else 0 end)
            / nullif(sum(case when measure = 'specifications' then value else 0 end), 0)
            as method_share
    from intermediate.int_specification_part
    where measure in ('specifications', 'selected')
    group by family
),

probabilities as (
    select
        r.family,
        coalesce(d.selection_probability, case when r.is_core then 1 else 0 end)::double
            as selection_probability,
        m.method_share
    from intermediate.int_score_rank as r
    left join drawn as d on r.family = d.family
    left join specified as m on r.family = m.family
)

select
    p.family,
    p.selection_probability,
    p.selection_probability >= t.stable_selection as is_stable_core,
    p.method_share,
    coalesce(p.method_share >= t.stable_selection, false) as is_stable_under_method
from probabilities as p
cross join topic.topic as t
