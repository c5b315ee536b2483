-- References of publications. One row = one citing publication x cited publication, or one item of
-- other literature. Kinds are often left out or out of date: unless the very publication is loaded,
-- a reference means the one that is loaded under its number.
with ranked as (
    select
        *,
        -- Patents and other literature are told apart: one source may have only the patents.
        min(source_rank) over (partition by citing_publication, npl is null) as best_rank
    from sources.stg_citation
),

loaded as (
    select
        split_part(publication_number, '-', 1) || '-' || split_part(publication_number, '-', 2)
            as bare_number,
        min(publication_number) as publication_number
    from staging.stg_document
    group by bare_number
)

select distinct
    r.citing_publication,
    coalesce(e.publication_number, l.publication_number, r.cited_publication) as cited_publication,
    r.npl,
    r.origin,
    r.category
from ranked as r
left join staging.stg_document as e on r.cited_publication = e.publication_number
left join loaded as l
    on
        split_part(r.cited_publication, '-', 1) || '-' || split_part(r.cited_publication, '-', 2)
        = l.bare_number
where r.source_rank = r.best_rank
