-- What every source records of a publication's priorities. One row = one publication x priority.
-- Depends by publication_number on: each source.
select
    null::varchar as publication_number,
    null::varchar as priority_number,
    null::varchar as priority_office,
    null::date as priority_date
where false
