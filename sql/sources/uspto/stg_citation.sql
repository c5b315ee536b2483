-- References in the USPTO's grants. One row = one reference.
-- Numbers of any office lose punctuation, US numbers also their padding: RE037580 is RE37580.
with refs as (
    select distinct
        c.publication_number,
        c.cited_office,
        c.cited_kind,
        c.npl,
        c.category,
        case
            when c.cited_office = 'US' then regexp_replace(
                regexp_replace(upper(c.cited_number), '[^A-Z0-9]', '', 'g'), '^([A-Z]*)0+', '\1'
            )
            else regexp_replace(upper(c.cited_number), '[^A-Z0-9]', '', 'g')
        end as number
    from raw.uspto_citation as c
    inner join uspto.publication as p
        on c.publication_number = p.publication_number and c._file = p._file
)

select
    publication_number as citing_publication,
    case
        when npl is null
            then cited_office || '-' || number || coalesce('-' || nullif(cited_kind, ''), '')
    end as cited_publication,
    npl,
    case
        when category = 'cited by examiner' then 'examiner'
        when category = 'cited by applicant' then 'applicant'
        else 'unknown'
    end as origin,
    category
from refs
where npl is not null or (cited_office is not null and number <> '')
