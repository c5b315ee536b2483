-- Applicants and inventors in Lens exports. One row = one publication x role x position.
-- CSV has no countries. Owners of today are not taken for applicants.
-- A view: each row comes from one publication.
with told_apart as (
    select
        *,
        list_transform(inventors, lambda i: i.name) as inventor_names,
        list_filter(applicants, lambda a: not list_contains(inventor_names, a.name)) as others
    from lens.publication
),

listed as (
    select
        publication_number,
        'applicant' as role,
        -- US law made inventors the applicants of PCT applications until 2012, beside the firm.
        case when office = 'WO' and array_length(others) > 0 then others else applicants end
            as people,
        inventor_names
    from told_apart
    union all
    select publication_number, 'inventor' as role, inventors as people, null as inventor_names
    from told_apart
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
