-- What the families at hand cite. One row = one citing family x reference, position from 1.
-- A reference older than the world has no family; its number is that of an old American patent.
with families as (
    select
        family.family,
        family.quarter::int as quarter,
        family.industry,
        least(
            200,
            round(
                case
                    when family.us_wait is not null
                        then tail(u(80, family.family), getvariable('citations'), 1.75)
                    else tail(u(80, family.family), getvariable('citations') * 0.35, 2.5)
                end
                * case when family.industry = 0 then getvariable('citations_factor') else 1 end
            )
        )::bigint as citations
    from family
    where
        family.family between getvariable('from_family') and getvariable('to_family')
        and family.type = 'invention'
),

slots as (
    select
        *,
        unnest(range(1, citations + 1)) as slot,
        family * 256 + slot as id
    from families
),

-- Half of what is cited is at most seven years older.
aged as (
    select
        family,
        slot,
        id,
        quarter - 1 - floor(4 * tail(u(81, id), 7, 1.8))::int as cited_quarter,
        case
            when u(82, id) < 0.8 then industry
            else floor(u(83, id) * (getvariable('background') + 1))
        end::utinyint as cited_industry,
        u(84, id) < getvariable('core_pull') as cites_core
    from slots
),

pointed as (
    select
        aged.family,
        aged.slot,
        aged.id,
        target.first
        + (rank_of(u(85, aged.id), target.families, 1.8) * 2147483647 + 17) % target.families
            as place
    from aged
    left join target
        on aged.cited_quarter = target.quarter
        and aged.cited_industry = target.industry
        and (aged.cites_core and aged.cited_industry < getvariable('background')) = target.is_core
)

select
    family,
    min(slot)::smallint as slot,
    place,
    case when place is null then 2000000 + floor(u(86, id) * 1900000)::int end as old_number
from pointed
group by family, place, old_number
