-- Families and core families of each technology by their breadth, how many technologies of the
-- level they have, and by the usual breadth: the mean of their field in about their year, in
-- hundredths. One row = one level x IPC symbol x breadth x usual breadth.
with broad as (
    select level, family, count(*) as breadth
    from intermediate.int_family_technology
    group by level, family
),

beside as (
    select
        b.level,
        b.family,
        b.breadth,
        round(100 * avg(b.breadth) over (
            partition by b.level, c.field
            order by c.year range between 1 preceding and 1 following
        ))::bigint as usual
    from broad as b
    inner join intermediate.int_cohort as c on b.family = c.family
)

select
    t.level,
    t.technology,
    b.breadth,
    b.usual,
    count(*) as families,
    sum(case when r.is_core then 1 else 0 end)::bigint as core_families
from intermediate.int_family_technology as t
inner join beside as b on t.level = b.level and t.family = b.family
inner join intermediate.int_score_rank as r on t.family = r.family
group by t.level, t.technology, b.breadth, b.usual
