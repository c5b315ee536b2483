-- Applicants of the families at hand. One row = one family x applicant, position from 1.
with families as (
    select
        family.family,
        family.industry,
        family.country,
        country.loyal,
        country.university,
        country.institute,
        country.other_industry,
        country.leader,
        country.with_leader,
        case
            when family.industry = getvariable('background') then getvariable('base_rate')
            else country.rate
        end as rate,
        family.industry = getvariable('background') as is_background,
        u(30, family.family) as by_kind,
        u(31, family.family) as by_pool,
        u(32, family.family) as by_rank,
        u(33, family.family) as by_partner,
        u(34, family.family) as by_partner_kind,
        u(35, family.family) as by_partner_pool,
        u(36, family.family) as by_partner_rank
    from family
    inner join country on family.country = country.position
    where family.family between getvariable('from_family') and getvariable('to_family')
),

firsts as (
    select
        *,
        case
            when by_kind < 0.82 then
                case
                    when by_pool < leader and not is_background then -1
                    when u(28, family) < getvariable('small_company') then 25
                    when u(37, family) < loyal then industry
                    else 20
                end
            when by_kind < 0.90 then 21
            when by_kind < 0.95 then 22
            when by_kind < 0.96 then 23
            else 24
        end as kind
    from families
),

partners as (
    select
        family,
        country,
        case
            -- A firm, a university or an institute meets what its country's path asks for.
            when kind in (21, 22) then case
                when by_partner_kind < university + institute or kind = 20 then 20
                else 21
            end
            when by_partner_kind < university then 21
            when by_partner_kind < university + institute then 22
            when by_partner_pool < with_leader then -1
            when u(38, family) < loyal then case
                when u(39, family) < other_industry
                    then (industry + 1 + floor(u(29, family) * 6)) % 7
                else industry
            end
            else 20
        end::int as kind,
        by_partner_rank as by_rank,
        2 as position
    from firsts
    where by_partner < rate and kind <> 24
),

drawn as (
    select
        family,
        country,
        kind,
        by_rank,
        1 as position
    from firsts
    union all
    select
        family,
        country,
        kind,
        by_rank,
        position
    from partners
),

-- Kind -1: one of the country's first four companies.
numbered as (
    select
        drawn.family,
        drawn.position,
        pool.first + case
            when drawn.kind = -1 then floor(drawn.by_rank * 4)::bigint
            else rank_of(drawn.by_rank, pool.size, pool.skew)
        end as applicant
    from drawn
    inner join pool
        on drawn.country = pool.country
        and case when drawn.kind = -1 then 20 else drawn.kind end = pool.kind
),

affiliated as (
    select
        numbered.family,
        3 as position,
        numbered.applicant + getvariable('affiliate_offset') as applicant
    from numbered
    inner join firsts using (family)
    where numbered.position = 1 and (firsts.kind <= 20 or firsts.kind = 25)
        and u(202, numbered.family) < getvariable('affiliates')
)

select
    family,
    applicant,
    min(position)::tinyint as position
from (from numbered union all from affiliated)
group by all
