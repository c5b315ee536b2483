-- Which family cites which. One row = one citing family x cited family.
-- A cited publication that is not loaded stands for a family of its own, of whatever kind of its
-- class it is, below 0 and without a date; where its class is not known, it is an invention. A
-- family's references to itself are left out.
-- is_examiner tells whether an examiner cites. It is null where the citing family's documents tell
-- of no reference whose it is; where they do, one of unknown origin is no examiner's.
-- Key: citing_family, cited_family.
with published as (
    select f.family, min(d.publication_date) as publication_date
    from staging.stg_family as f
    inner join staging.stg_document as d on f.publication_number = d.publication_number
    group by f.family
),

cited as (
    select
        citing.family as citing_family,
        target.family as cited_family,
        case
            when target.family is null then
                split_part(c.cited_publication, '-', 1)
                || '-' || split_part(c.cited_publication, '-', 2)
                || ' ' || replace(c.cited_class, 'unknown', 'invention')
        end as not_loaded,
        bool_or(c.origin = 'examiner') as is_examiner,
        bool_or(c.origin <> 'unknown') as is_told
    from staging.stg_citation as c
    inner join staging.stg_family as citing on c.citing_publication = citing.publication_number
    left join staging.stg_family as target on c.cited_publication = target.publication_number
    group by all
),

telling as (
    select distinct citing_family from cited where is_told
),

absent as (
    select not_loaded, -row_number() over (order by not_loaded) as family
    from cited
    where not_loaded is not null
    group by not_loaded
),

paired as (
    select
        c.citing_family,
        coalesce(c.cited_family, a.family)::integer as cited_family,
        c.is_examiner
    from cited as c
    left join absent as a on c.not_loaded = a.not_loaded
)

select
    c.citing_family,
    c.cited_family,
    citing.publication_date as citing_publication_date,
    target.publication_date as cited_publication_date,
    case when t.citing_family is not null then c.is_examiner end as is_examiner
from paired as c
inner join published as citing on c.citing_family = citing.family
left join published as target on c.cited_family = target.family
left join telling as t on c.citing_family = t.citing_family
-- Where nothing is cited, it is other literature.
where c.cited_family <> c.citing_family
