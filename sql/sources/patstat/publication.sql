-- Publications in PATSTAT. One row = one publication, or one application of an extract that has no
-- publications at all (no tls211).
-- Such an application is called XX-<appln_id>-A: XX is WIPO's code for an unknown office. It counts
-- as published on its earliest publication date, else on its filing date; where only the year is
-- known, on 1 January. Its kind is A where it is for an invention (ipr_type PI, or an extract that
-- does not say: then it is taken for one of inventions), U for a utility model, S for a design.
-- Dates before the first patent of 1790 and on 9999-12-31 are unknown.
-- is_document is false for what can be cited but is no document: PATSTAT's stand-ins for unknown
-- applications (appln_id from 900000000), publications of applications that are not there, a second
-- record of a number, and what is called A, B or C but is a utility model or a design.
with numbered as (
    select
        publn.pat_publn_id,
        publn.appln_id,
        upper(trim(publn.publn_auth)) as office,
        upper(trim(publn.publn_kind)) as kind,
        publn.publn_nr as number,
        case
            when try_cast(publn.publn_date as date) between date '1790-01-01' and date '9998-12-31'
                then try_cast(publn.publn_date as date)
        end as publication_date,
        nullif(try_cast(publn.publn_claims as bigint), 0) as claim_count
    from raw.patstat_tls211_pat_publn as publn
    where regexp_matches(publn.publn_nr, '[1-9]')
),

published as (
    select
        numbered.pat_publn_id,
        numbered.appln_id,
        numbered.office,
        numbered.kind,
        publication_number(numbered.office, numbered.number, numbered.kind, year(numbered.publication_date))
            as publication_number,
        numbered.publication_date,
        numbered.claim_count,
        numbered.appln_id < 900000000 and appln.appln_id is not null
        and (
            coalesce(nullif(trim(appln.ipr_type), ''), 'PI') = 'PI'
            or substring(numbered.kind, 1, 1) not in ('A', 'B', 'C')
        ) as is_real
    from numbered
    left join raw.patstat_tls201_appln as appln on numbered.appln_id = appln.appln_id
),

dated as (
    select
        appln_id,
        upper(trim(ipr_type)) as ipr_type,
        try_cast(earliest_publn_date as date) as published,
        try_cast(earliest_publn_year as bigint) as published_year,
        try_cast(appln_filing_date as date) as filed,
        try_cast(appln_filing_year as bigint) as filed_year
    from raw.patstat_tls201_appln
    where not exists (select 1 from raw.patstat_tls211_pat_publn)
),

unpublished as (
    select
        appln_id,
        case ipr_type when 'UM' then 'U' when 'DP' then 'S' else 'A' end as kind,
        coalesce(
            case when published between date '1790-01-01' and date '9998-12-31' then published end,
            case when published_year between 1790 and 9998 then make_date(published_year, 1, 1) end,
            case when filed between date '1790-01-01' and date '9998-12-31' then filed end,
            case when filed_year between 1790 and 9998 then make_date(filed_year, 1, 1) end
        ) as publication_date
    from dated
)

select
    pat_publn_id,
    appln_id,
    publication_number,
    office,
    split_part(publication_number, '-', 3) as kind,
    publication_date,
    claim_count,
    is_real and row_number() over (
        partition by publication_number
        order by is_real desc, publication_date, pat_publn_id, appln_id, claim_count
    ) = 1 as is_document
from published
union all
select
    null::bigint as pat_publn_id,
    appln_id,
    'XX-' || appln_id || '-' || kind as publication_number,
    'XX' as office,
    kind,
    publication_date,
    null::bigint as claim_count,
    appln_id < 900000000 and row_number() over (
        partition by appln_id order by publication_date
    ) = 1 as is_document
from unpublished
