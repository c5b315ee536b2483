-- References in the USPTO's grants. One row = one reference.
-- Depends by citing_publication on: uspto.publication.publication_number,
-- raw.uspto_citation.publication_number.
with refs as (
    select distinct
        citation.publication_number,
        publication_number(
            citation.cited_office, citation.cited_number, citation.cited_kind, citation.cited_year
        )
            as cited_publication,
        citation.npl,
        citation.category
    from raw.uspto_citation as citation
    inner join uspto.publication
        on citation.publication_number = publication.publication_number and citation._file = publication._file
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
