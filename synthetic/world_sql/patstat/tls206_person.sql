-- One row = one person who occurs: applicants and, from 100,000,000 on, inventors.
select
    applicant::int as person_id,
    name as person_name,
    '' as person_name_orig_lg,
    '' as person_address,
    coalesce(country, '') as person_ctry_code,
    '' as nuts,
    9 as nuts_level,
    applicant::int as doc_std_name_id,
    upper(name) as doc_std_name,
    applicant::int as psn_id,
    upper(name) as psn_name,
    1 as psn_level,
    sector as psn_sector,
    applicant::int as han_id,
    upper(name) as han_name,
    0 as han_harmonized
from applicant
where applicant between getvariable('from_applicant') and getvariable('to_applicant')
union all
select
    100000000 + inventor::int,
    surname || ', ' || given,
    '',
    '',
    coalesce(country, ''),
    '',
    9,
    100000000 + inventor::int,
    upper(surname || ', ' || given),
    100000000 + inventor::int,
    upper(surname || ', ' || given),
    0,
    'INDIVIDUAL',
    100000000 + inventor::int,
    upper(surname || ', ' || given),
    0
from everyone
order by person_id
