-- Applicants and inventors in PATSTAT. One row = one publication x role x position.
-- Every publication has the persons of its application, under the name that PATSTAT standardised
-- (PSN), else its HAN name, else as spelt. Until 2012 the US, and PCT for the US, had inventors as
-- applicants: an applicant who is an inventor is no applicant, nor is a person beside an
-- organisation.
with person as (
    select
        person_id,
        coalesce(max(psn_name), max(han_name), max(person_name)) as name,
        nullif(upper(trim(max(person_ctry_code))), '') as country,
        nullif(nullif(upper(trim(max(psn_sector))), ''), 'UNKNOWN') as sector
    from raw.patstat_tls206_person
    group by person_id
),

part as (
    select appln_id, person_id, 'inventor' as role, try_cast(invt_seq_nr as bigint) as sequence
    from raw.patstat_tls207_pers_appln
    where try_cast(invt_seq_nr as bigint) > 0
    union all
    select appln_id, person_id, 'applicant' as role, try_cast(applt_seq_nr as bigint) as sequence
    from raw.patstat_tls207_pers_appln
    where try_cast(applt_seq_nr as bigint) > 0
        and coalesce(try_cast(invt_seq_nr as bigint), 0) = 0
),

named as (
    select
        part.appln_id,
        part.role,
        part.person_id,
        min(part.sequence) as sequence,
        min(person.name) as name,
        min(person.country) as country,
        min(person.sector) as sector
    from part
    left join person on part.person_id = person.person_id
    group by part.appln_id, part.role, part.person_id
),

with_persons as (
    select
        *,
        coalesce(
            sector = 'INDIVIDUAL'
            and bool_or(sector <> 'INDIVIDUAL') over (partition by appln_id, role),
            false
        ) as is_beside_organisation
    from named
),

ordered as (
    select
        *,
        row_number() over (partition by appln_id, role order by sequence, person_id) as position
    from with_persons
    where role = 'inventor' or not is_beside_organisation
)

select
    publication.publication_number,
    ordered.role,
    ordered.position,
    ordered.name,
    ordered.country,
    ordered.sector
from ordered
inner join patstat.publication on ordered.appln_id = publication.appln_id
where publication.is_document
