-- Families and core families of each technology. One row = one IPC subclass.
select
    c.subclass as technology,
    count(*) as families,
    sum(case when r.is_core then 1 else 0 end)::bigint as core_families
from intermediate.int_family_code as c
inner join intermediate.int_score_rank as r on c.family_id = r.family_id
group by c.subclass
