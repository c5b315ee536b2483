-- Applications of the families at hand. One row = one family x office.
with members as (
    select
        family.*,
        unnest(range(1, 8)) as office_number,
        country.first_office
    from family
    inner join country on family.country = country.position
    where family.family between getvariable('from_family') and getvariable('to_family')
),

offices as (
    select
        *,
        getvariable('offices')[office_number] as office,
        office = first_office as is_first
    from members
    where (offices >> (office_number - 1)) & 1 = 1
),

filed as (
    select
        offices.* exclude (published_serial),
        offices.quarter::int as from_quarter,
        day_of(offices.quarter::int, offices.day) as priority,
        day_of(filing_quarter(offices.quarter::int, offices.is_first), offices.day) as filing,
        day_of(publication_quarter(offices.quarter::int), offices.day) as published,
        offices.published_serial as serial,
        -- Years number first filings and those from abroad alike: even and odd.
        2 * case
            when offices.is_first then offices.filed_serial
            else offices.family - calendar.first_refiled_that_year
        end + (not offices.is_first)::int as file_number,
        case
            when offices.office = 'US' then offices.us_wait
            when offices.office = 'WO' or offices.type <> 'invention' then null
            when
                u(20 + offices.office_number, offices.family) < getvariable('abroad_grant')
                then 3 + floor(u(4, offices.family * 8 + offices.office_number) * 14)
        end::int as wait
    from offices
    inner join calendar on offices.quarter = calendar.quarter
),

dated as (
    select
        *,
        case
            when
                wait is not null
                and day_of(publication_quarter(from_quarter) + wait, 89) <= getvariable('cut_off')
                then day_of(publication_quarter(from_quarter) + wait, day)
        end as granted,
        is_published(office, type, year(published)) as is_published
    from filed
)

select
    family,
    country,
    industry,
    type,
    is_core,
    is_ai_title,
    is_first,
    first_office,
    office_number,
    office,
    application_id(family, office_number) as application_id,
    priority,
    filing,
    case when is_published then published end as published,
    granted,
    serial,
    filed_number(office, type, year(filing), file_number, family) as application_number,
    case
        when is_published then application_kind(office, type::varchar, year(published))
    end as published_kind,
    case
        when granted is null then null
        when type = 'design' then 'S1'
        else grant_kind(office, year(granted), is_published)
    end as granted_kind,
    greatest(
        1,
        least(
            300,
            round(
                (tail(u(90, family), 13, 3.2) + is_core::int * 5)
                * case when first_office = 'US' then getvariable('claims_factor') else 1 end
            )
        )
    )::int as claims
from dated
where is_published or granted is not null
