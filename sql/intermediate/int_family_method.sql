-- How far other methods move the families that the release ranks best.
-- One row = one of them; ranks are the best and the worst over the grid and the choices that are
-- tried one at a time, with the release's own.
with moved as (
    select
        family,
        name as choice,
        max(value) as shift,
        row_number() over (partition by family order by max(value) desc, name) as place
    from intermediate.int_specification_part
    where measure = 'shift'
    group by family, name
),

ranged as (
    select
        family,
        min(case when measure = 'rank_least' then value end) as least,
        max(case when measure = 'rank_most' then value end) as most
    from intermediate.int_specification_part
    where measure in ('rank_least', 'rank_most')
    group by family
)

select
    ranged.family,
    least(ranged.least, score_rank.rank) as rank_method_low,
    greatest(ranged.most, score_rank.rank) as rank_method_high,
    case when moved.shift > 0 then moved.choice end as most_moving_choice
from ranged
inner join intermediate.int_score_rank as score_rank on ranged.family = score_rank.family
left join moved on ranged.family = moved.family and moved.place = 1
