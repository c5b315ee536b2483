-- References in Google Patents. One row = one reference.
-- `category` there tells who cited, `type` how relevant (X, Y, A). References to applications
-- without a publication are left out.
-- A view: each row comes from one publication.
with refs as (
    select publication_number, unnest(citation) as reference
    from google_patents.publication
),

split as (
    select
        publication_number,
        reference,
        split_part(reference.publication_number, '-', 1) as office,
        nullif(
            regexp_replace(
                upper(split_part(reference.publication_number, '-', 2)), '^([A-Z]*)0+', '\1'
            ),
            ''
        ) as number,
        split_part(reference.publication_number, '-', 3) as kind
    from refs
)

select
    publication_number as citing_publication,
    office || '-' || case
        when office = 'US'
            then regexp_replace(number, '^((19|20)[0-9]{2})([0-9]{6})$', '\10\3')
        when office = 'KR' then regexp_replace(number, '^10([0-9]{11})$', '\1')
        else number
    end || coalesce('-' || nullif(kind, ''), '') as cited_publication,
    case when number is null then reference.npl_text end as npl,
    case
        when reference.category in ('SEA', 'ISR', 'SUP', 'PRS', 'EXA', 'CH2') then 'examiner'
        when reference.category in ('APP', 'APL') then 'applicant'
        else 'unknown'
    end as origin,
    nullif(reference.type, '') as category
from split
where number is not null or reference.npl_text <> ''
