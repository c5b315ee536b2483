-- Corporate groups that hold the core families of a technology, the largest first. One row = one
-- level x IPC symbol x group. Co-owners share a family equally.
with held as (
    select
        technology.level,
        technology.technology,
        organisation.corporate_group,
        sum(organisation.share::decimal(38, 15))::double as core_families
    from intermediate.int_family_technology as technology
    inner join intermediate.int_score_rank as ranked on technology.family = ranked.family
    inner join intermediate.int_family_organisation as organisation
        on technology.family = organisation.family
    where ranked.is_core
    group by technology.level, technology.technology, organisation.corporate_group
)

select
    *,
    row_number() over (
        partition by level, technology order by core_families desc, corporate_group
    ) as place
from held
