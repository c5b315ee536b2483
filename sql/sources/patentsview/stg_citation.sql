-- References in PatentsView's grants. One row = one reference.
-- A number is written as DOCDB does: without punctuation, padding and the office it repeats; eleven
-- digits for a US application; a Korean one without the 10 that says it is a patent. A reference
-- whose number has no letter or digit, or whose country is no code, is left out.
with refs as (
    select patent_id, 'US' as office, citation_patent_id as cited, wipo_kind as kind,
        citation_category as category
    from raw.patentsview_us_patent_citation
    union all
    select patent_id, 'US' as office, citation_document_number as cited, wipo_kind as kind,
        citation_category as category
    from raw.patentsview_us_application_citation
    union all
    select
        patent_id,
        nullif(regexp_extract(upper(trim(citation_country)), '^([A-Z]{2})[X0-9]?$', 1), '')
            as office,
        citation_application_id as cited,
        null::varchar as kind,
        citation_category as category
    from raw.patentsview_foreign_citation
),

cleaned as (
    select
        patent_id,
        office,
        regexp_replace(upper(cited), '[^A-Z0-9]', '', 'g') as number,
        nullif(trim(upper(kind)), '') as kind,
        category
    from refs
),

unpadded as (
    select
        patent_id,
        office,
        regexp_replace(
            case when starts_with(number, office) then substring(number, 3) else number end,
            '^([A-Z]*)0+',
            '\1'
        ) as number,
        kind,
        category
    from cleaned
),

numbered as (
    select
        patent_id,
        office,
        case office
            when 'US' then regexp_replace(number, '^((?:19|20)[0-9]{2})([0-9]{6})$', '\10\2')
            when 'KR' then regexp_replace(number, '^10([0-9]{11})$', '\1')
            else number
        end as number,
        kind,
        category
    from unpadded
)

select
    p.publication_number as citing_publication,
    n.office || '-' || n.number || coalesce('-' || n.kind, '') as cited_publication,
    null::varchar as npl,
    case n.category
        when 'cited by examiner' then 'examiner'
        when 'cited by applicant' then 'applicant'
        else 'unknown'
    end as origin,
    n.category
from numbered as n
inner join patentsview.publication as p on n.patent_id = p.patent_id
where n.office is not null and n.number <> ''
union all
select
    p.publication_number as citing_publication,
    null::varchar as cited_publication,
    r.other_reference_text as npl,
    'unknown' as origin,
    null::varchar as category
from raw.patentsview_other_reference as r
inner join patentsview.publication as p on r.patent_id = p.patent_id
