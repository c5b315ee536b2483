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
        broad.level,
        broad.family,
        broad.breadth,
        round(100 * avg(broad.breadth) over (
            partition by broad.level, cohort.field
            order by cohort.year range between 1 preceding and 1 following
        ))::bigint as usual
    from broad
    inner join intermediate.int_cohort as cohort on broad.family = cohort.family
)

select
    technology.level,
    technology.technology,
    beside.breadth,
    beside.usual,
    count(*) as families,
    sum(case when score_rank.is_core then 1 else 0 end)::bigint as core_families
from intermediate.int_family_technology as technology
inner join beside on technology.level = beside.level and technology.family = beside.family
inner join intermediate.int_score_rank as score_rank on technology.family = score_rank.family
group by technology.level, technology.technology, beside.breadth, beside.usual
