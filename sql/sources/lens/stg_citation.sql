-- References in Lens exports. One row = one reference.
-- CSV lists other literature only.
-- A view: each row comes from one publication.
with refs as (
    select publication_number, unnest(list_distinct(refs)) as reference
    from lens.publication
),

numbered as (
    select
        publication_number,
        reference,
        publication_number(reference.office, reference.number, reference.kind, null)
            as cited_publication
    from refs
)

select
    publication_number as citing_publication,
    cited_publication,
    case when cited_publication is null then reference.npl end as npl,
    case
        when reference.phase in ('SEA', 'ISR', 'SUP', 'PRS', 'EXA', 'CH2') then 'examiner'
        when reference.phase in ('APP', 'APL') then 'applicant'
        else 'unknown'
    end as origin
from numbered
where cited_publication is not null or reference.npl <> ''
