-- References in the USPTO's grants. One row = one reference.
-- A number is written as DOCDB does: without punctuation, padding and the office it repeats; eleven
-- digits for a US application; a Korean one without the 10 that says it is a patent.
with refs as (
    select distinct
        c.publication_number,
        c.cited_office as office,
        c.cited_kind,
        c.npl,
        c.category,
        regexp_replace(upper(c.cited_number), '[^A-Z0-9]', '', 'g') as number
    from raw.uspto_citation as c
    inner join uspto.publication as p
        on c.publication_number = p.publication_number and c._file = p._file
),

bare as (
    select
        * exclude (number),
        regexp_replace(
            case when starts_with(number, office) then substring(number, 3) else number end,
            '^([A-Z]*)0+',
            '\1'
        ) as number
    from refs
),

numbered as (
    select
        publication_number,
        office,
        cited_kind,
        npl,
        category,
        case
            when office = 'US'
                then regexp_replace(number, '^((19|20)[0-9]{2})([0-9]{6})$', '\10\3')
            when office = 'KR' then regexp_replace(number, '^10([0-9]{11})$', '\1')
            else number
        end as number
    from bare
)

select
    publication_number as citing_publication,
    case
        when npl is null then office || '-' || number || coalesce('-' || nullif(cited_kind, ''), '')
    end as cited_publication,
    npl,
    case
        when category = 'cited by examiner' then 'examiner'
        when category = 'cited by applicant' then 'applicant'
        else 'unknown'
    end as origin,
    category
from numbered
where npl is not null or (office is not null and number <> '')
