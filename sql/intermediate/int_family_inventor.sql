-- Countries of families by inventor, fractional. One row = one family x country.
-- The cascade is that of de Rassenfosse et al. (2013, Research Policy 42:720): the inventors of the
-- priority document, of its earliest direct equivalent, of the earliest other second filing; then
-- the applicants of these; then the office of first filing. The first document that names a country
-- in this order speaks for the family; each of its people with a country has the same share.
with members as (
    select
        f.family,
        d.publication_number,
        d.publication_date,
        d.filing_date,
        d.priority_date
    from intermediate.int_family as f
    inner join staging.stg_family as m on f.family = m.family
    inner join staging.stg_document as d on m.publication_number = d.publication_number
),

-- DOCDB has a first filing claim itself.
claimed as (
    select m.publication_number, count(*) as claims
    from members as m
    inner join staging.stg_priority as p on m.publication_number = p.publication_number
    where coalesce(p.priority_date < m.filing_date, true)
    group by m.publication_number
),

-- 1 the priority document, 2 a direct equivalent, 3 another second filing.
ordered as (
    select
        m.family,
        m.publication_number,
        case
            when c.claims > 1 then 3
            -- Some sources know the date of a priority without its number.
            when c.claims = 1 or m.priority_date < m.filing_date then 2
            else 1
        end as kinship,
        row_number() over (
            partition by m.family
            order by
                coalesce(m.filing_date, m.publication_date),
                m.publication_date,
                m.publication_number
        ) as age_order
    from members as m
    left join claimed as c on m.publication_number = c.publication_number
),

-- Steps 1 to 6, and within a step the age of the document.
located as (
    select
        o.family,
        p.country,
        (o.kinship + case when p.role = 'inventor' then 0 else 3 end) * 1000000 + o.age_order
            as place
    from ordered as o
    inner join staging.stg_party as p on o.publication_number = p.publication_number
    where p.country is not null
),

first_place as (
    select family, min(place) as place
    from located
    group by family
),

placed as (
    select l.family, l.country, l.place // 1000000 as step, count(*) as parts
    from located as l
    inner join first_place as f on l.family = f.family and l.place = f.place
    group by l.family, l.country, l.place
)

select
    f.family,
    coalesce(p.country, c.country, 'ZZ') as country,
    coalesce(p.step, case when c.country is null then 8 else 7 end)::bigint as step,
    coalesce(p.parts, 1) as parts,
    (sum(coalesce(p.parts, 1)) over (partition by f.family))::bigint as total
from intermediate.int_family as f
left join placed as p on f.family = p.family
-- EP and WO are offices, not countries.
left join reference.country as c on f.first_filing_office = c.country
