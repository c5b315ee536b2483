-- Applicants and inventors in Patent Public Search. One row = one publication x role x position.
-- The applicants are the assignees; where there are none, the applicants who are no inventors
-- (US law made inventors the applicants until 2012): persons are written "Last; First".
with publications as (
    select
        publication_number,
        -- An entity ends in a semicolon, and so would make a person of R&amp;D Holdings.
        list_transform(assigneeName, lambda n: replace(n, '&amp;', '&')) as assigneeName,
        list_transform(applicantName, lambda n: replace(n, '&amp;', '&')) as applicantName,
        replace(inventorsShort, '&amp;', '&') as inventorsShort,
        assigneeCountry,
        applicantCountry,
        inventorCountry
    from ppubs.publication
),

assignees as (
    select
        publication_number,
        unnest(assigneeName) as name,
        generate_subscripts(assigneeName, 1) as position,
        -- Names and countries are parallel lists only where they are equally long.
        case
            when array_length(assigneeName) = array_length(assigneeCountry)
                then unnest(assigneeCountry)
        end as country
    from publications
    where array_length(assigneeName) > 0
),

applicants as (
    select
        publication_number,
        unnest(applicantName) as name,
        generate_subscripts(applicantName, 1) as position,
        case
            when array_length(applicantName) = array_length(applicantCountry)
                then unnest(applicantCountry)
        end as country
    from publications
    where coalesce(array_length(assigneeName), 0) = 0
),

inventors as (
    select
        publication_number,
        case
            when generate_subscripts(countries, 1) = 1 then name
        end as name,
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
    select *, 'applicant' as role from assignees
    union all by name
    select *, 'applicant' as role from applicants where name not like '%;%'
    union all by name
    select *, 'inventor' as role from inventors
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
