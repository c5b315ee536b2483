-- Priorities in Google Patents. One row = one publication x priority.
-- Numbers are written as those of applications in stg_document.
-- A view: each row comes from one publication.
-- Depends by publication_number on: google_patents.publication.
with claims as (
    select publication_number, unnest(list_distinct(priority_claim)) as claim
    from google_patents.publication
),

split as (
    select
        publication_number,
        split_part(claim.application_number, '-', 1) as office,
        split_part(claim.application_number, '-', 2) as number,
        split_part(claim.application_number, '-', 3) as kind,
        nullif(try_strptime(claim.filing_date::varchar, '%Y%m%d')::date, date '9999-12-31')
            as priority_date
    from claims
)

select
    publication_number,
    case when kind = 'W' then 'PCT' || office || number else number end as priority_number,
    case when kind = 'W' then 'WO' else office end as priority_office,
    priority_date
from split
where number <> ''
