-- One row = one granted US patent.
select
    publication.number as patent_id,
    case when publication.type = 'design' then 'design' else 'utility' end as patent_type,
    publication.date as patent_date,
    wording.title as patent_title,
    wording.abstract as patent_abstract,
    publication.kind as wipo_kind,
    case when publication.type = 'design' then 1 else publication.claims end as num_claims,
    0 as withdrawn,
    strftime(publication.date, 'ipg%y%m%d.xml') as filename
from publication
inner join wording using (family)
where publication.office = 'US' and publication.is_grant and wording.language = 'en'
order by publication.family
