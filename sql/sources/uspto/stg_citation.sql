-- References in the USPTO's grants. One row = one reference.
with refs as (
    select distinct
        c.publication_number,
        publication_number(c.cited_office, c.cited_number, c.cited_kind, c.cited_year)
            as cited_publication,
        c.npl,
        c.category
    from raw.uspto_citation as c
    inner join uspto.publication as p
        on c.publication_number = p.publication_number and c._file = p._file
)

select
    publication_number as citing_publication,
    case when npl is null then cited_publication end as cited_publication,
    npl,
    case
        when category = 'cited by examiner' then 'examiner'
        when category = 'cited by applicant' then 'applicant'
        else 'unknown'
    end as origin,
    category
from refs
where npl is not null or cited_publication is not null
