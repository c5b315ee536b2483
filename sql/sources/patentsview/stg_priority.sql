-- Priority claims, provisionals and parent applications in PatentsView. One row = one priority.
-- Dates before the first patent of 1790 are misread and dropped.
with claims as (
    select
        patent_id,
        foreign_application_id as number,
        foreign_country_filed as country,
        try_cast(filing_date as date) as claimed
    from raw.patentsview_foreign_priority
    union all
    select
        patent_id,
        related_doc_number as number,
        published_country as country,
        try_cast(related_doc_published_date as date) as claimed
    from raw.patentsview_us_related
    -- Not the children, nor the publications and grants of the parents.
    where lower(related_doc_type) like '%provisional%'
        or lower(related_doc_kind) in ('parent document', 'parent doc', 'parent-doc')
)

select distinct
    publication.publication_number,
    regexp_replace(upper(claims.number), '[^A-Z0-9]', '', 'g') as priority_number,
    nullif(regexp_extract(upper(trim(claims.country)), '^([A-Z]{2})[X0-9]?$', 1), '')
        as priority_office,
    case
        when claims.claimed between date '1790-01-01' and date '9998-12-31' then claims.claimed
    end as priority_date
from claims
inner join patentsview.publication on claims.patent_id = publication.patent_id
