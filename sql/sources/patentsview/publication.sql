-- Grants and published applications in PatentsView. One row = one publication.
-- Withdrawn patents are dropped. Of a publication in several files, the last file's is taken.
with found as (
    select
        _file,
        patent_id,
        true as is_grant,
        wipo_kind,
        nullif(try_cast(patent_date as date), date '9999-12-31') as publication_date,
        null::varchar as application_id,
        null::varchar as filing_date,
        patent_title as title,
        patent_abstract as abstract,
        try_cast(num_claims as bigint) as claims
    from raw.patentsview_patent
    where coalesce(withdrawn, '0') <> '1'
        and regexp_matches(patent_id, '[1-9]')
    union all
    select
        _file,
        pgpub_id as patent_id,
        false as is_grant,
        wipo_kind,
        nullif(try_cast(published_date as date), date '9999-12-31') as publication_date,
        application_id,
        filing_date,
        application_title as title,
        application_abstract as abstract,
        null::bigint as claims
    from raw.patentsview_published_application
    where regexp_matches(pgpub_id, '[1-9]')
),

numbered as (
    select
        *,
        publication_number('US', patent_id, trim(upper(wipo_kind)), year(publication_date))
            as publication_number
    from found
)

select
    patent_id,
    is_grant,
    publication_number,
    split_part(publication_number, '-', 3) as kind,
    publication_date,
    application_id,
    filing_date,
    title,
    abstract,
    claims
from numbered
qualify row_number() over (
    partition by patent_id order by
        _file desc, publication_date desc, title, claims desc, abstract, kind, application_id,
        filing_date
) = 1
