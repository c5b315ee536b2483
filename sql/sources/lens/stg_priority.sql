-- Priorities in Lens exports. One row = one publication x priority.
-- A view: each row comes from one publication.
with claims as (
    select publication_number, unnest(list_distinct(filings[2:])) as filing
    from lens.publication
)

select
    publication_number,
    filing.number as priority_number,
    filing.office as priority_office,
    filing.day as priority_date
from claims
where filing.number is not null
