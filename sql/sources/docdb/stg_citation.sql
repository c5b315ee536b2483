-- References in DOCDB. One row = one citing x cited publication or other literature x origin.
select distinct
    r.publication_number as citing_publication,
    r.cited_publication,
    case when r.cited_publication is null then r.npl end as npl,
    -- The phase in which it came up: search (SEA, ISR, SUP), pre-search (PRS), examination (EXA,
    -- CH2); named by the applicant (APP) or in its appeal (APL). The rest is others' (opposition,
    -- third parties).
    case
        when r.cited_by in ('examiner', 'applicant') then r.cited_by
        when r.cited_phase in ('SEA', 'ISR', 'SUP', 'PRS', 'EXA', 'CH2') then 'examiner'
        when r.cited_phase in ('APP', 'APL') then 'applicant'
        else 'unknown'
    end as origin,
    r.category
from docdb.publication as p
inner join raw.docdb_citation as r
    on p._file = r._file and p.record = r.record
where r.cited_publication is not null or r.npl is not null
