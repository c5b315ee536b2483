-- One row = one US patent x US patent that it cites.
select
    publication.number as patent_id,
    reference.position - 1 as citation_sequence,
    reference.us_number as citation_patent_id,
    date_trunc('month', reference.us_granted)::date as citation_date,
    null as record_name,
    reference.us_kind as wipo_kind,
    'cited by ' || reference.origin as citation_category
from publication
inner join reference using (family)
where publication.office = 'US' and publication.is_grant and reference.us_number is not null
order by publication.family, reference.position
