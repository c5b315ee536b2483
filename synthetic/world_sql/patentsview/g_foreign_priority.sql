-- One row = one US patent x foreign priority.
select
    publication.number as patent_id,
    0 as priority_claim_sequence,
    'national' as priority_claim_kind,
    home.application_number as foreign_application_id,
    home.filing as filing_date,
    home.office as foreign_country_filed
from publication
inner join member as home using (family)
where publication.office = 'US' and publication.is_grant and home.is_first and home.office <> 'US'
order by publication.family
