-- Applicants and inventors in Patent Public Search. One row = one publication x role x position.
-- The applicants are the assignees; where there are none, the applicants who are no inventors
-- (US law made inventors the applicants until 2012): persons are written "Last; First".
-- A view: each row comes from one publication.
-- Depends by publication_number on: ppubs.publication.
with publications as (
    select
        publication_number,
        coalesce(array_length(assigneeName), 0) > 0 as is_assigned,
        -- An entity ends in a semicolon, and so would make a person of R&amp;D Holdings.
        list_transform(
            case when is_assigned then assigneeName else applicantName end,
            lambda n: replace(n, '&amp;', '&')
        ) as names,
        case when is_assigned then assigneeCountry else applicantCountry end as countries,
        replace(inventorsShort, '&amp;', '&') as inventorsShort,
        inventorCountry
    from ppubs.publication
),

applicants as (
    select
        publication_number,
        is_assigned,
        unnest(names) as name,
        generate_subscripts(names, 1) as position,
        -- Names and countries are parallel lists only where they are equally long.
        case when array_length(names) = array_length(countries) then countries end as countries
    from publications
),

inventors as (
    select
        publication_number,
        name as first_name,
        generate_subscripts(countries, 1) as position,
        unnest(countries) as country
    from (
        select
            publication_number,
            nullif(trim(regexp_replace(inventorsShort, '\s*et al\.$', '')), '') as name,
            coalesce(inventorCountry, [null]) as countries
        from publications
        where inventorsShort is not null or inventorCountry is not null
    ) as listed
),

parties as (
    select publication_number, 'applicant' as role, position, name, countries[position] as country
    from applicants
    where is_assigned or name not like '%;%'
    union all
    select
        publication_number,
        'inventor' as role,
        position,
        case when position = 1 then first_name end as name,
        country
    from inventors
)

select
    publication_number,
    role,
    position,
    replace(name, ';', ',') as name,
    case when regexp_full_match(country, '[A-Z]{2}') then country end as country,
    -- Persons are written "Last; First", organisations never.
    case when name like '%;%' then 'INDIVIDUAL' end as sector
from parties
where name is not null or country is not null
