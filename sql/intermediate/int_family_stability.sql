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
        score_rank.family,
        coalesce(drawn.selection_probability, case when score_rank.is_core then 1 else 0 end)::double
            as selection_probability,
        specified.method_share
    from intermediate.int_score_rank as score_rank
    left join drawn on score_rank.family = drawn.family
    left join specified on score_rank.family = specified.family
)

select
    probabilities.family,
    probabilities.selection_probability,
    probabilities.selection_probability >= topic.stable_selection as is_stable_core,
    probabilities.method_share,
    coalesce(probabilities.method_share >= topic.stable_selection, false) as is_stable_under_method
from probabilities
cross join topic.topic
