-- What every source records of a publication's applicants and inventors.
-- One row = one publication x role x position.
-- Depends by publication_number on: each source.
select
    null::varchar as publication_number,
    null::varchar as role,
    null::bigint as position,
    null::varchar as name,
    null::varchar as country,
    null::varchar as sector
where false
