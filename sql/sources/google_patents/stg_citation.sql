-- References in Google Patents. One row = one reference.
-- `category` there is who cited, `type` how relevant (X, Y, A). References to applications
-- without a publication are left out.
-- A view: each row comes from one publication.
-- Depends by citing_publication on: google_patents.publication.publication_number.
with refs as (
    select
        publication_number,
        unnest(list_filter(
            citation, lambda c: c.publication_number <> '' or c.npl_text <> ''
        )) as reference
    from google_patents.publication
),

split as (
    select
        publication_number,
        reference,
        string_split(reference.publication_number, '-') as parts
    from refs
),

numbered as (
    select
        publication_number,
        reference,
        publication_number(parts[1], parts[2], parts[3], null) as cited_publication
    from split
)

select
    publication_number as citing_publication,
    cited_publication,
    case when cited_publication is null then nullif(reference.npl_text, '') end as npl,
    case
        when reference.category in ('SEA', 'ISR', 'SUP', 'PRS', 'EXA', 'CH2') then 'examiner'
        when reference.category in ('APP', 'APL') then 'applicant'
        else 'unknown'
    end as origin,
    nullif(reference.type, '') as category
from numbered
