-- One row = one US patent x foreign document that it cites, where the family shows none of the US.
select
    publication.number as patent_id,
    reference.position - 1 as citation_sequence,
    reference.number as citation_application_id,
    date_trunc('month', reference.published)::date as citation_date,
    'cited by ' || reference.origin as citation_category,
    reference.office as citation_country
from publication
inner join reference using (family)
where
    publication.office = 'US'
    and publication.is_grant
    and reference.us_number is null
    and reference.us_application is null
order by publication.family, reference.position
