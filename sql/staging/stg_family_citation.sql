-- Which family cites which. One row = one citing family x cited family.
-- A cited publication that is not loaded stands for a family of its own, of whatever kind it is,
-- and has no date; a family's references to itself are left out.
-- is_examiner tells whether an examiner cites. It is null where the citing family's documents tell
-- of no reference whose it is; where they do, one of unknown origin is no examiner's.
-- Within, families are numbers, in any order: half as dear to group as their texts.
with family as (
    select
        f.family_id,
        min(d.publication_date) as publication_date,
        row_number() over () as family
    from staging.stg_family as f
    inner join staging.stg_document as d on f.publication_number = d.publication_number
    group by f.family_id
),

member as (
    select f.publication_number, n.family
    from staging.stg_family as f
    inner join family as n on f.family_id = n.family_id
),

cited as (
    select
        citing.family as citing_family,
        target.family as cited_family,
        case
            when target.family is null then
                split_part(c.cited_publication, '-', 1)
                || '-' || split_part(c.cited_publication, '-', 2)
        end as not_loaded,
        bool_or(c.origin = 'examiner') as is_examiner,
        bool_or(c.origin <> 'unknown') as is_told
    from staging.stg_citation as c
    inner join member as citing on c.citing_publication = citing.publication_number
    left join member as target on c.cited_publication = target.publication_number
    group by all
),

telling as (
    select distinct citing_family from cited where is_told
)

select
    citing.family_id as citing_family,
    coalesce(target.family_id, c.not_loaded) as cited_family,
    citing.publication_date as citing_publication_date,
    target.publication_date as cited_publication_date,
    case when t.citing_family is not null then c.is_examiner end as is_examiner
from cited as c
inner join family as citing on c.citing_family = citing.family
left join family as target on c.cited_family = target.family
left join telling as t on c.citing_family = t.citing_family
-- Neither of other literature, nor of itself.
where
    coalesce(target.family_id, c.not_loaded) is not null
    and c.cited_family is distinct from c.citing_family
