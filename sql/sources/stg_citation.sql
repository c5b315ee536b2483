-- What every source records of a publication's references. One row = one citing x cited.
select
    null::varchar as citing_publication,
    null::varchar as cited_publication,
    null::varchar as npl,
    null::varchar as origin,
    null::varchar as category
where false
