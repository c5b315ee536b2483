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
        nullif(
            regexp_replace(
                regexp_replace(upper(reference.number), '[^A-Z0-9]', '', 'g'),
                '^([A-Z]*)0+', '\1'
            ),
            ''
        ) as number
    from refs
)

select
    publication_number as citing_publication,
    reference.office || '-' || case
        when reference.office = 'US'
            then regexp_replace(number, '^((19|20)[0-9]{2})([0-9]{6})$', '\10\3')
        when reference.office = 'KR' then regexp_replace(number, '^10([0-9]{11})$', '\1')
        else number
    end || coalesce('-' || nullif(reference.kind, ''), '') as cited_publication,
    case when number is null then reference.npl end as npl,
    case
        when reference.phase in ('SEA', 'ISR', 'SUP', 'PRS', 'EXA', 'CH2') then 'examiner'
        when reference.phase in ('APP', 'APL') then 'applicant'
        else 'unknown'
    end as origin
from numbered
where number is not null or reference.npl <> ''
