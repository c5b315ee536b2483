-- Which family cites which. One row = one citing family x cited family.
-- A cited publication that is not loaded stands for a family of its own, of whatever kind it is;
-- a family's references to itself are left out.
with cited as (
    select
        citing.family_id as citing_family,
        coalesce(
            target.family_id,
            split_part(c.cited_publication, '-', 1)
            || '-' || split_part(c.cited_publication, '-', 2)
        ) as cited_family
    from staging.stg_citation as c
    inner join staging.stg_family as citing on c.citing_publication = citing.publication_number
    left join staging.stg_family as target on c.cited_publication = target.publication_number
    where c.cited_publication is not null
),

first_published as (
    select f.family_id, min(d.publication_date) as publication_date
    from staging.stg_family as f
    inner join staging.stg_document as d using (publication_number)
    group by f.family_id
)

select distinct
    c.citing_family,
    c.cited_family,
    p.publication_date as citing_publication_date
from cited as c
inner join first_published as p on c.citing_family = p.family_id
where c.citing_family <> c.cited_family
