-- Which family cites which. One row = one citing family x cited family.
-- A cited publication that is not loaded stands for a family of its own, of whatever kind it is,
-- and has no date; a family's references to itself are left out.
-- is_examiner tells whether an examiner cites. It is null where the citing family's documents tell
-- of no reference whose it is; where they do, one of unknown origin is no examiner's.
with cited as (
    select
        citing.family_id as citing_family,
        coalesce(
            target.family_id,
            split_part(c.cited_publication, '-', 1)
            || '-' || split_part(c.cited_publication, '-', 2)
        ) as cited_family,
        bool_or(c.origin = 'examiner') as is_examiner
    from staging.stg_citation as c
    inner join staging.stg_family as citing on c.citing_publication = citing.publication_number
    left join staging.stg_family as target on c.cited_publication = target.publication_number
    where c.cited_publication is not null
    group by all
),

telling as (
    select distinct f.family_id
    from staging.stg_citation as c
    inner join staging.stg_family as f on c.citing_publication = f.publication_number
    where c.origin <> 'unknown'
),

first_published as (
    select f.family_id, min(d.publication_date) as publication_date
    from staging.stg_family as f
    inner join staging.stg_document as d using (publication_number)
    group by f.family_id
)

select
    c.citing_family,
    c.cited_family,
    citing.publication_date as citing_publication_date,
    cited.publication_date as cited_publication_date,
    case when t.family_id is not null then c.is_examiner end as is_examiner
from cited as c
inner join first_published as citing on c.citing_family = citing.family_id
left join first_published as cited on c.cited_family = cited.family_id
left join telling as t on c.citing_family = t.family_id
where c.citing_family <> c.cited_family
