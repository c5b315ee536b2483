-- References of publications. One row = one citing publication x cited publication, or one item of
-- other literature. Kinds are often left out or out of date: unless the very publication is loaded,
-- a reference means the one that is loaded under its number, and references of a publication that
-- differ in kind only are one. The list is that of the best-ranked source that has one, for patents
-- and for other literature; origin and category are of the best-ranked source that tells them.
with told as (
    select
        *,
        split_part(cited_publication, '-', 1) || '-' || split_part(cited_publication, '-', 2)
            as bare_number
    from sources.stg_citation
    where cited_publication is not null or npl is not null
),

loaded as (
    select
        split_part(publication_number, '-', 1) || '-' || split_part(publication_number, '-', 2)
            as bare_number,
        min(publication_number) as publication_number
    from staging.stg_document
    group by bare_number
),

meant as (
    select
        t.citing_publication,
        coalesce(e.publication_number, l.publication_number, t.bare_number) as meant,
        t.npl,
        min(t.source_rank) as source_rank,
        -- Of a publication that is not loaded the longest spelling, which has a kind.
        max(coalesce(e.publication_number, l.publication_number, t.cited_publication))
            as cited_publication,
        min_by(t.origin, t.source_rank * 2 + case t.origin when 'examiner' then 0 else 1 end)
            filter (where t.origin <> 'unknown') as origin,
        -- By rank, then by text, so that the order of rows decides nothing.
        min((1000 + t.source_rank)::varchar || t.category) as ranked_category
    from told as t
    left join staging.stg_document as e on t.cited_publication = e.publication_number
    left join loaded as l on t.bare_number = l.bare_number
    group by t.citing_publication, meant, t.npl
),

ranked as (
    select
        *,
        -- Patents and other literature are told apart: one source may have only the patents.
        min(source_rank) over (partition by citing_publication, npl is null) as best_rank
    from meant
)

select
    citing_publication,
    cited_publication,
    npl,
    coalesce(origin, 'unknown') as origin,
    substring(ranked_category, 5) as category
from ranked
where source_rank = best_rank
