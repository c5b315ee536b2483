-- References in Google Patents. One row = one reference.
-- `category` there tells who cited, `type` how relevant (X, Y, A). References to applications
-- without a publication are left out.
-- A view: each row comes from one publication.
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
        parts[1] as office,
        nullif(regexp_replace(upper(parts[2]), '^([A-Z]*)0+', '\1'), '') as number,
        nullif(parts[3], '') as kind
    from split
)

select
    publication_number as citing_publication,
    office || '-' || case
        when office = 'US' and length(number) = 10
            then regexp_replace(number, '^((19|20)[0-9]{2})([0-9]{6})$', '\10\3')
        when office = 'KR' and length(number) = 13
            then regexp_replace(number, '^10([0-9]{11})$', '\1')
        else number
    end || coalesce('-' || kind, '') as cited_publication,
    case when number is null then nullif(reference.npl_text, '') end as npl,
    case
        when reference.category in ('SEA', 'ISR', 'SUP', 'PRS', 'EXA', 'CH2') then 'examiner'
        when reference.category in ('APP', 'APL') then 'applicant'
        else 'unknown'
    end as origin,
    nullif(reference.type, '') as category
from numbered
