-- Applicants and inventors in PatentsView. One row = one publication x role x position.
-- Names are disambiguated; as published, if the grants or the applications lack such names.
-- The applicants are the assignees; where there are none, the applicants who are no inventors.
with inventor as (
    select
        patent_id,
        inventor_sequence as sequence,
        disambig_inventor_name_last as last_name,
        disambig_inventor_name_first as first_name,
        false as is_address,
        location_id as location
    from raw.patentsview_inventor_disambiguated
    union all
    select
        patent_id,
        inventor_sequence as sequence,
        raw_inventor_name_last as last_name,
        raw_inventor_name_first as first_name,
        true as is_address,
        rawlocation_id as location
    from raw.patentsview_inventor_not_disambiguated
    -- Numbers of published applications have eleven digits, those of grants fewer.
    where (length(patent_id) = 11) not in (
        select length(patent_id) = 11 from raw.patentsview_inventor_disambiguated group by all
    )
),

assignee as (
    select
        patent_id,
        assignee_sequence as sequence,
        disambig_assignee_organization as organization,
        disambig_assignee_individual_name_last as last_name,
        disambig_assignee_individual_name_first as first_name,
        assignee_type,
        false as is_address,
        location_id as location
    from raw.patentsview_assignee_disambiguated
    union all
    select
        patent_id,
        assignee_sequence as sequence,
        raw_assignee_organization as organization,
        raw_assignee_individual_name_last as last_name,
        raw_assignee_individual_name_first as first_name,
        assignee_type,
        true as is_address,
        rawlocation_id as location
    from raw.patentsview_assignee_not_disambiguated
    where (length(patent_id) = 11) not in (
        select length(patent_id) = 11 from raw.patentsview_assignee_disambiguated group by all
    )
),

assigned as (
    select distinct patent_id from assignee
),

unassigned as (
    select applicant.*
    from raw.patentsview_applicant as applicant
    left join assigned on applicant.patent_id = assigned.patent_id
    where assigned.patent_id is null and coalesce(applicant.applicant_type, '') not ilike '%inventor%'
),

-- Disambiguation may add or drop the second of the first names.
self_applied as (
    select distinct
        unassigned.patent_id, unassigned.raw_applicant_name_last, unassigned.raw_applicant_name_first
    from unassigned
    inner join inventor
        on
            unassigned.patent_id = inventor.patent_id
            and lower(unassigned.raw_applicant_name_last) = lower(inventor.last_name)
            and split_part(lower(unassigned.raw_applicant_name_first), ' ', 1)
            = split_part(lower(inventor.first_name), ' ', 1)
    where unassigned.raw_applicant_organization is null
),

party as (
    select
        patent_id,
        'inventor' as role,
        sequence,
        null::varchar as organization,
        last_name,
        first_name,
        null::varchar as assignee_type,
        is_address,
        location
    from inventor
    union all
    select
        patent_id,
        'applicant' as role,
        sequence,
        organization,
        last_name,
        first_name,
        assignee_type,
        is_address,
        location
    from assignee
    union all
    select
        unassigned.patent_id,
        'applicant' as role,
        unassigned.applicant_sequence as sequence,
        unassigned.raw_applicant_organization as organization,
        unassigned.raw_applicant_name_last as last_name,
        unassigned.raw_applicant_name_first as first_name,
        null::varchar as assignee_type,
        true as is_address,
        unassigned.rawlocation_id as location
    from unassigned
    left join self_applied
        on
            unassigned.patent_id = self_applied.patent_id
            and unassigned.raw_applicant_name_last = self_applied.raw_applicant_name_last
            and unassigned.raw_applicant_name_first = self_applied.raw_applicant_name_first
    where unassigned.raw_applicant_organization is not null or self_applied.patent_id is null
),

named as (
    select distinct
        publication.publication_number,
        party.role,
        try_cast(party.sequence as bigint) as sequence,
        coalesce(party.organization, nullif(concat_ws(', ', party.last_name, party.first_name), '')) as name,
        location.country,
        -- The office's kinds of assignee, behind a 1 where the interest is partial; 2 and 3 are
        -- companies, but universities too.
        case
            when right(party.assignee_type, 1) in ('4', '5') then 'INDIVIDUAL'
            when right(party.assignee_type, 1) in ('6', '7', '8', '9') then 'GOV NON-PROFIT'
        end as sector
    from party
    inner join patentsview.publication on party.patent_id = publication.patent_id
    left join patentsview.location
        on party.location = location.location and party.is_address = location.is_address
)

select
    publication_number,
    role,
    row_number() over (
        partition by publication_number, role order by sequence, name, country, sector
    ) as position,
    name,
    country,
    sector
from named
