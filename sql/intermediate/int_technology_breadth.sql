-- Families and core families of each technology by their breadth: how many technologies of the
-- level they have. One row = one level x IPC symbol x breadth.
with broad as (
    select
        *,
        count(*) over (partition by family, level) as breadth
    from intermediate.int_family_technology
)

select
    b.level,
    b.technology,
    b.breadth,
    count(*) as families,
    sum(case when r.is_core then 1 else 0 end)::bigint as core_families
from broad as b
inner join intermediate.int_score_rank as r on b.family = r.family
group by b.level, b.technology, b.breadth
