-- The documents that the families at hand cite: the first publication of the cited family at home,
-- and its American grant or application. One row = one citing family x reference.
with cited as (
    select
        citation.family,
        citation.slot,
        citation.old_number,
        family.family as cited_family,
        country.first_office as office,
        family.type,
        family.quarter,
        family.day,
        family.us_wait,
        family.offices & 1 = 1 as has_us,
        family.published_serial as serial,
        publication_quarter(family.quarter::int) as published_quarter
    from citation
    left join family on citation.place = family.place
    left join country on family.country = country.position
),

dated as (
    select
        *,
        getvariable('first_year') + published_quarter // 4 as year,
        case
            when cited_family is null
                then make_date((1960 + old_number / 1900000 * 10)::int, 6, 1)
            else day_of(published_quarter, day)
        end as published,
        case when us_wait is not null then day_of(published_quarter + us_wait, day) end
            as us_granted
    from cited
),

told as (
    select
        *,
        is_published(office, type, year) as is_published_at_home,
        case when us_granted is not null then case
            when type = 'design' then 'S1'
            else grant_kind('US', year(us_granted), is_published('US', type, year))
        end end as us_grant_kind
    from dated
)

select
    family,
    slot as position,
    cited_family,
    case
        when cited_family is null then 'US'
        when is_published_at_home then office
        when us_granted is not null then 'US'
    end as office,
    case
        when cited_family is null then old_number::varchar
        when is_published_at_home then
            published_number(
                office, application_kind(office, type::varchar, year), year, serial, cited_family
            )
        else published_number('US', us_grant_kind, year, serial, cited_family)
    end as number,
    case
        when cited_family is null then 'A'
        when is_published_at_home then application_kind(office, type::varchar, year)
        else us_grant_kind
    end as kind,
    case
        when is_published_at_home or cited_family is null then published
        else us_granted
    end as published,
    case
        when cited_family is null then null
        when is_published_at_home
            then publication_id(cited_family, list_position(getvariable('offices'), office), false)
        else publication_id(cited_family, 1, true)
    end as publication_id,
    case
        when cited_family is null then old_number::varchar
        when us_granted is not null
            then published_number('US', us_grant_kind, year, serial, cited_family)
    end as us_number,
    case when cited_family is null then 'A' else us_grant_kind end as us_kind,
    case when cited_family is null then published else us_granted end as us_granted,
    case
        when has_us and is_published('US', type, year)
            then published_number('US', 'A1', year, serial, cited_family)
    end as us_application,
    case when us_granted is not null then publication_id(cited_family, 1, true) end
        as us_publication_id,
    case when u(87, family * 256 + slot) < 0.55 then 'examiner' else 'applicant' end as origin
from told
where
    cited_family is null
    or is_published_at_home
    or us_granted is not null
