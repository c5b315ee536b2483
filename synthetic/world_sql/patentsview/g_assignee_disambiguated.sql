-- One row = one US patent x assignee. Types: 2 and 3 are companies and universities of the US and
-- of elsewhere, 4 and 5 persons, 6 and 7 governments.
select
    publication.number as patent_id,
    party.position - 1 as assignee_sequence,
    md5(party.applicant::varchar) as assignee_id,
    case when applicant.sector = 'INDIVIDUAL' then split_part(applicant.name, ', ', 2) end
        as disambig_assignee_individual_name_first,
    case when applicant.sector = 'INDIVIDUAL' then split_part(applicant.name, ', ', 1) end
        as disambig_assignee_individual_name_last,
    case when applicant.sector <> 'INDIVIDUAL' then applicant.name end
        as disambig_assignee_organization,
    case applicant.sector
        when 'INDIVIDUAL' then 4
        when 'GOV NON-PROFIT' then 6
        else 2
    end + (applicant.home <> 'US')::int as assignee_type,
    case when applicant.country is not null then location_id(applicant.country, applicant.applicant)
    end as location_id
from publication
inner join party using (family)
inner join applicant using (applicant)
where publication.office = 'US' and publication.is_grant
order by publication.family, party.position
