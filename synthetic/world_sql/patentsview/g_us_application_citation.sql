-- One row = one US patent x US application that it cites, where that was not granted.
select
    publication.number as patent_id,
    reference.position - 1 as citation_sequence,
    -- Eleven digits, as the US writes them.
    reference.us_application[1:4] || lpad(reference.us_application[5:], 7, '0')
        as citation_document_number,
    date_trunc('month', reference.published)::date as citation_date,
    null as record_name,
    'A1' as wipo_kind,
    'cited by ' || reference.origin as citation_category
from publication
inner join reference using (family)
where
    publication.office = 'US'
    and publication.is_grant
    and reference.us_number is null
    and reference.us_application is not null
order by publication.family, reference.position
