-- Countries of families by inventor, fractional. One row = one family x country.
-- The cascade is that of de Rassenfosse et al. (2013, Research Policy 42:720): the inventors of the
-- priority document, of its earliest direct equivalent, of the earliest other second filing; then
-- the applicants of these; then the office of first filing. The first document that names a country
-- in this order speaks for the family; each of its people with a country has the same share.
with members as (
    select
        family.family,
        document.publication_number,
        document.publication_date,
        document.filing_date,
        document.priority_date
    from intermediate.int_family as family
    inner join staging.stg_family on family.family = stg_family.family
    inner join staging.stg_document as document on stg_family.publication_number = document.publication_number
),

-- DOCDB has a first filing claim itself.
claimed as (
    select members.publication_number, count(*) as claims
    from members
    inner join staging.stg_priority as priority on members.publication_number = priority.publication_number
    where coalesce(priority.priority_date < members.filing_date, true)
    group by members.publication_number
),

-- 1 the priority document, 2 a direct equivalent, 3 another second filing.
ordered as (
    select
        members.family,
        members.publication_number,
        case
            when claimed.claims > 1 then 3
            -- Some sources know the date of a priority without its number.
            when claimed.claims = 1 or members.priority_date < members.filing_date then 2
            else 1
        end as kinship,
        row_number() over (
            partition by members.family
            order by
                coalesce(members.filing_date, members.publication_date),
                members.publication_date,
                members.publication_number
        ) as age_order
    from members
    left join claimed on members.publication_number = claimed.publication_number
),

-- Steps 1 to 6, and within a step the age of the document.
located as (
    select
        ordered.family,
        party.country,
        (ordered.kinship + case when party.role = 'inventor' then 0 else 3 end) * 1000000 + ordered.age_order
            as place
    from ordered
    inner join staging.stg_party as party on ordered.publication_number = party.publication_number
    where party.country is not null
),

first_place as (
    select family, min(place) as place
    from located
    group by family
),

placed as (
    select located.family, located.country, located.place // 1000000 as step, count(*) as parts
    from located
    inner join first_place on located.family = first_place.family and located.place = first_place.place
    group by located.family, located.country, located.place
)

select
    family.family,
    coalesce(placed.country, country.country, 'ZZ') as country,
    coalesce(placed.step, case when country.country is null then 8 else 7 end)::bigint as step,
    coalesce(placed.parts, 1) as parts,
    (sum(coalesce(placed.parts, 1)) over (partition by family.family))::bigint as total
from intermediate.int_family as family
left join placed on family.family = placed.family
-- EP and WO are offices, not countries.
left join reference.country on family.first_filing_office = country.country
