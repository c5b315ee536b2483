-- Applicants and inventors in Lens exports. One row = one publication x role x position.
-- CSV has no countries. Owners of today are not taken for applicants.
-- A view: each row comes from one publication.
with listed as (
    select
        publication_number,
        'applicant' as role,
        applicants as people,
        list_transform(inventors, lambda i: i.name) as inventor_names
    from lens.publication
    union all
    select publication_number, 'inventor' as role, inventors as people, null as inventor_names
    from lens.publication
),

parties as (
    select
        publication_number,
        role,
        unnest(list_transform(people, lambda p: struct_pack(
            name := trim(p.name),
            country := p.country,
            sector := case when list_contains(inventor_names, p.name) then 'INDIVIDUAL' end
        ))) as party,
        generate_subscripts(people, 1) as position
    from listed
)

select
    publication_number,
    role,
    position,
    party.name,
    case when regexp_full_match(party.country, '[A-Z]{2}') then party.country end as country,
    party.sector
from parties
where party.name <> ''
