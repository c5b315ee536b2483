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
    select a.*
    from raw.patentsview_applicant as a
    left join assigned as s on a.patent_id = s.patent_id
    where s.patent_id is null and coalesce(a.applicant_type, '') not ilike '%inventor%'
),

-- Disambiguation may add or drop the second of the first names.
self_applied as (
    select distinct a.patent_id, a.raw_applicant_name_last, a.raw_applicant_name_first
    from unassigned as a
    inner join inventor as i
        on
            a.patent_id = i.patent_id
            and lower(a.raw_applicant_name_last) = lower(i.last_name)
            and split_part(lower(a.raw_applicant_name_first), ' ', 1)
            = split_part(lower(i.first_name), ' ', 1)
    where a.raw_applicant_organization is null
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
        a.patent_id,
        'applicant' as role,
        a.applicant_sequence as sequence,
        a.raw_applicant_organization as organization,
        a.raw_applicant_name_last as last_name,
        a.raw_applicant_name_first as first_name,
        null::varchar as assignee_type,
        true as is_address,
        a.rawlocation_id as location
    from unassigned as a
    left join self_applied as s
        on
            a.patent_id = s.patent_id
            and a.raw_applicant_name_last = s.raw_applicant_name_last
            and a.raw_applicant_name_first = s.raw_applicant_name_first
    where a.raw_applicant_organization is not null or s.patent_id is null
),

named as (
    select distinct
        p.publication_number,
        r.role,
        try_cast(r.sequence as bigint) as sequence,
        coalesce(r.organization, nullif(concat_ws(', ', r.last_name, r.first_name), '')) as name,
        l.country,
        -- The office's kinds of assignee, behind a 1 where the interest is partial; 2 and 3 are
        -- companies, but universities too.
        case
            when right(r.assignee_type, 1) in ('4', '5') then 'INDIVIDUAL'
            when right(r.assignee_type, 1) in ('6', '7', '8', '9') then 'GOV NON-PROFIT'
        end as sector
    from party as r
    inner join patentsview.publication as p on r.patent_id = p.patent_id
    left join patentsview.location as l
        on r.location = l.location and r.is_address = l.is_address
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
