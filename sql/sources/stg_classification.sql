-- What every source records of a publication's classes.
-- One row = one publication x scheme x position.
-- Depends by publication_number on: each source.
select
    null::varchar as publication_number,
    null::varchar as scheme,
    null::varchar as symbol,
    null::bigint as position,
    null::boolean as is_inventive
where false
