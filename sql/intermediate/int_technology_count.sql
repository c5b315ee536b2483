-- Families and core families of each technology, whole, and with each family spread over its
-- symbols. One row = one level x IPC symbol.
select
    c.level,
    c.technology,
    count(*) as families,
    sum(case when r.is_core then 1 else 0 end)::bigint as core_families,
    sum(c.share::decimal(38, 15))::double as fractional_families,
    sum((case when r.is_core then c.share else 0 end)::decimal(38, 15))::double
        as fractional_core_families
from intermediate.int_family_technology as c
inner join intermediate.int_score_rank as r on c.family = r.family
group by c.level, c.technology
