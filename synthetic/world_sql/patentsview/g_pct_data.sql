-- One row = one US patent that entered by the PCT.
select
    publication.number as patent_id,
    pct.filing as published_or_filed_date,
    publication.filing as pct_371_date,
    null as pct_102_date,
    'WO' as filed_country,
    'PCT' as application_kind,
    pct_number(pct.first_office, pct.application_number) as pct_doc_number,
    'pct_application' as pct_doc_type
from publication
inner join member as pct using (family)
where publication.office = 'US' and publication.is_grant and pct.office = 'WO'
order by publication.family
