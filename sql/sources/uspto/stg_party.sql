-- Applicants and inventors in the USPTO's grants and applications.
-- One row = one publication x role x position.
-- The applicants are the assignees; where there are none, the applicants who are no inventors.
-- Depends by publication_number on: uspto.publication, raw.uspto_party.
with parties as (
    select distinct
        party.publication_number,
        party.role,
        party.position,
        party.name,
        party.country,
        party.is_inventor,
        party.party_kind,
        bool_or(party.role = 'assignee') over (partition by party.publication_number) as is_assigned
    from raw.uspto_party as party
    inner join uspto.publication
        on party.publication_number = publication.publication_number and party._file = publication._file
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
