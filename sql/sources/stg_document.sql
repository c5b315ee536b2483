-- What every source records of a publication. One row = one publication.
-- A source gives the columns it has; those it lacks are null. The counts are null where a source
-- does not record the detail at all, zero where it does and there is none.
-- Depends by publication_number on: each source.
select
    null::varchar as publication_number,
    null::varchar as office,
    null::varchar as kind,
    null::varchar as application_number,
    null::varchar as family_id,
    null::date as filing_date,
    null::date as priority_date,
    null::varchar as first_filing_office,
    null::date as publication_date,
    null::varchar as title,
    null::varchar as title_language,
    null::varchar as abstract,
    null::bigint as claim_count,
    null::bigint as inventor_count,
    null::bigint as patent_citation_count,
    null::bigint as npl_citation_count,
    null::bigint as forward_citation_count,
    null::bigint as family_size
where false
