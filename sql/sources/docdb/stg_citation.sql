-- References in DOCDB. One row = one citing x cited publication or other literature x origin.
-- Depends by citing_publication on: docdb.publication.publication_number,
-- raw.docdb_citation.publication_number.
select distinct
    citation.publication_number as citing_publication,
    citation.cited_publication,
    case when citation.cited_publication is null then citation.npl end as npl,
    -- The phase in which it came up: search (SEA, ISR, SUP), pre-search (PRS), examination (EXA,
    -- CH2); named by the applicant (APP) or in its appeal (APL). The rest is others' (opposition,
    -- third parties).
    case
        when citation.cited_by in ('examiner', 'applicant') then citation.cited_by
        when citation.cited_phase in ('SEA', 'ISR', 'SUP', 'PRS', 'EXA', 'CH2') then 'examiner'
        when citation.cited_phase in ('APP', 'APL') then 'applicant'
        else 'unknown'
    end as origin,
    citation.category
from docdb.publication
inner join raw.docdb_citation as citation
    on publication._file = citation._file and publication.record = citation.record
where citation.cited_publication is not null or citation.npl is not null
