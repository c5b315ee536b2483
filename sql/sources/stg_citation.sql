-- What every source records of a publication's references. One row = one citing x cited.
-- Depends by citing_publication on: each source.
select
    null::varchar as citing_publication,
    null::varchar as cited_publication,
    null::varchar as npl,
    null::varchar as origin,
    null::varchar as category
where false
