-- One row = one US patent x inventor.
select
    publication.number as patent_id,
    inventor.position - 1 as inventor_sequence,
    'fl:' || lower(inventor.given[1:2]) || '_ln:' || lower(inventor.surname) || '-'
    || inventor.inventor as inventor_id,
    inventor.given as disambig_inventor_name_first,
    inventor.surname as disambig_inventor_name_last,
    case when u(56, inventor.inventor) < 0.2 then 'F' else 'M' end as gender_code,
    case when inventor.country is not null then location_id(inventor.country, inventor.inventor)
    end as location_id
from publication
inner join inventor using (family)
where publication.office = 'US' and publication.is_grant
order by publication.family, inventor.position
