-- Applicants and inventors in the USPTO's grants and applications.
-- One row = one publication x role x position.
-- The applicants are the assignees; where there are none, the applicants who are no inventors.
with parties as (
    select distinct
        r.publication_number, r.role, r.position, r.name, r.country, r.is_inventor, r.party_kind,
        bool_or(r.role = 'assignee') over (partition by r.publication_number) as is_assigned
    from raw.uspto_party as r
    inner join uspto.publication as p
        on r.publication_number = p.publication_number and r._file = p._file
)

select
    publication_number,
    case when role = 'inventor' then 'inventor' else 'applicant' end as role,
    position,
    name,
    country,
    -- The office's kinds of assignee; 2 and 3 are companies, but universities too.
    case
        when party_kind in ('4', '5') then 'INDIVIDUAL'
        when party_kind in ('6', '7', '8', '9') then 'GOV NON-PROFIT'
    end as sector
from parties
where role in ('inventor', 'assignee')
    or (role = 'applicant' and not is_inventor and not is_assigned)
