-- Countries of families by inventor, fractional. One row = one family x country.
-- The cascade is that of de Rassenfosse et al. (2013, Research Policy 42:720): the inventors of the
-- priority document, of its earliest direct equivalent, of the earliest other second filing; then
-- the applicants of these; then the office of first filing. The first document that names a country
-- in this order speaks for the family; each of its people with a country has the same share.
with members as (
    select
        f.family_id,
        d.publication_number,
        d.publication_date,
        d.filing_date,
        d.priority_date
    from intermediate.int_family as f
    inner join staging.stg_family as m on f.family_id = m.family_id
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

placed as (
    select
        m.family_id,
        m.publication_number,
        p.role,
        p.country,
        count(*) as parts,
        min(coalesce(m.filing_date, m.publication_date)) as filing_date,
        min(m.publication_date) as publication_date,
        min(
            case
                when c.claims > 1 then 3
                -- Some sources know the date of a priority without its number.
                when c.claims = 1 or m.priority_date < m.filing_date then 2
                else 1
            end
            + case when p.role = 'inventor' then 0 else 3 end
        ) as step
    from members as m
    inner join staging.stg_party as p on m.publication_number = p.publication_number
    left join claimed as c on m.publication_number = c.publication_number
    where p.country is not null
    group by m.family_id, m.publication_number, p.role, p.country
),

ordered as (
    select
        *,
        dense_rank() over (
            partition by family_id order by step, filing_date, publication_date, publication_number
        ) as place
    from placed
)

select
    f.family_id,
    coalesce(o.country, c.country, 'ZZ') as country,
    coalesce(o.step, case when c.country is null then 8 else 7 end)::bigint as step,
    coalesce(o.parts, 1) as parts,
    (sum(coalesce(o.parts, 1)) over (partition by f.family_id))::bigint as total
from intermediate.int_family as f
left join ordered as o on f.family_id = o.family_id and o.place = 1
-- EP and WO are offices, not countries.
left join reference.country as c on f.first_filing_office = c.country
