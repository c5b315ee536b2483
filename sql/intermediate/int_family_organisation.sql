-- Corporate groups that apply for families. One row = one family x group x country.
-- Affiliates are one: to file with one's own subsidiary is no collaboration. Inventors who apply
-- for themselves are left out. kind is F (firm), U (university), P (institute, agency, hospital) or
-- X (unknown); where members of a group differ, the first of these in the alphabet.
with applicants as (
    select
        family,
        corporate_group,
        country,
        share,
        case
            when organisation_type = 'COMPANY' then 'F'
            when
                organisation_type in ('GOV NON-PROFIT', 'HOSPITAL', 'GOV NON-PROFIT HOSPITAL')
                then 'P'
            when organisation_type like '%UNIVERSITY%' and organisation_type not like '%COMPANY%'
                then 'U'
            else 'X'
        end as kind
    from intermediate.int_family_applicant
    where organisation_type <> 'INDIVIDUAL'
)

select
    family,
    corporate_group,
    country,
    min(min(kind)) over (partition by family, corporate_group) as kind,
    sum(share::decimal(38, 15))::double as share
from applicants
group by family, corporate_group, country
