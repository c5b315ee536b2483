-- Families and core families of each technology, whole, and with each family spread over its
-- symbols. One row = one level x IPC symbol.
select
    technology.level,
    technology.technology,
    count(*) as families,
    sum(case when score_rank.is_core then 1 else 0 end)::bigint as core_families,
    sum(technology.share::decimal(38, 15))::double as fractional_families,
    sum((case when score_rank.is_core then technology.share else 0 end)::decimal(38, 15))::double
        as fractional_core_families
from intermediate.int_family_technology as technology
inner join intermediate.int_score_rank as score_rank on technology.family = score_rank.family
group by technology.level, technology.technology
