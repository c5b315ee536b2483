-- References in PatentsView's grants. One row = one reference.
-- A reference whose number has no digit, or whose country is no code, is left out.
with refs as (
    select patent_id, 'US' as office, citation_patent_id as cited, wipo_kind as kind,
        citation_date as cited_date, citation_category as category
    from raw.patentsview_us_patent_citation
    union all
    select patent_id, 'US' as office, citation_document_number as cited, wipo_kind as kind,
        citation_date as cited_date, citation_category as category
    from raw.patentsview_us_application_citation
    union all
    select
        patent_id,
        nullif(regexp_extract(upper(trim(citation_country)), '^([A-Z]{2})[X0-9]?$', 1), '')
            as office,
        citation_application_id as cited,
        null::varchar as kind,
        citation_date as cited_date,
        citation_category as category
    from raw.patentsview_foreign_citation
),

numbered as (
    select
        patent_id,
        category,
        -- The month of publication is known, and with it the year.
        publication_number(
            office, cited, trim(upper(kind)), try_cast(substring(cited_date, 1, 4) as bigint)
        ) as cited_publication
    from refs
)

select
    publication.publication_number as citing_publication,
    numbered.cited_publication,
    null::varchar as npl,
    case numbered.category
        when 'cited by examiner' then 'examiner'
        when 'cited by applicant' then 'applicant'
        else 'unknown'
    end as origin,
    numbered.category
from numbered
inner join patentsview.publication on numbered.patent_id = publication.patent_id
where numbered.cited_publication is not null
union all
select
    publication.publication_number as citing_publication,
    null::varchar as cited_publication,
    reference.other_reference_text as npl,
    'unknown' as origin,
    null::varchar as category
from raw.patentsview_other_reference as reference
inner join patentsview.publication on reference.patent_id = publication.patent_id
