-- Applicants and inventors in Google Patents. One row = one publication x role x position.
-- The harmonised names are taken: they have the country, and are in Latin script. Where there are
-- none, the names as printed; the two lists differ in order, and cannot be joined.
-- A view: each row comes from one publication.
-- Depends by publication_number on: google_patents.publication.
with named as (
    select
        publication_number,
        case
            when array_length(assignee_harmonized) > 0 then assignee_harmonized
            else list_transform(
                assignee, lambda n: struct_pack(name := n, country_code := null::varchar)
            )
        end as applicants,
        case
            when array_length(inventor_harmonized) > 0 then inventor_harmonized
            else list_transform(
                inventor, lambda n: struct_pack(name := n, country_code := null::varchar)
            )
        end as inventors
    from google_patents.publication
),

listed as (
    select
        publication_number,
        'applicant' as role,
        applicants as people,
        list_transform(inventors, lambda i: i.name) as inventor_names
    from named
    union all
    select publication_number, 'inventor' as role, inventors as people, null as inventor_names
    from named
),

parties as (
    select
        publication_number,
        role,
        unnest(list_transform(people, lambda p: struct_pack(
            name := trim(p.name),
            country := p.country_code,
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
