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
    g.family,
    least(g.least, r.rank) as rank_method_low,
    greatest(g.most, r.rank) as rank_method_high,
    case when m.shift > 0 then m.choice end as most_moving_choice
from ranged as g
inner join intermediate.int_score_rank as r on g.family = r.family
left join moved as m on g.family = m.family and m.place = 1
