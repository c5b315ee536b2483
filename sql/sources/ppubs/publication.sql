-- Publications of Patent Public Search with their canonical number. One row = one publication.
-- Of a publication that several files hold, the last file's record is taken.
with records as (
    select
        *,
        -- US-RE028436-E, US-PP03823-P and US-H001492-H are padded; the canonical number is not.
        regexp_replace(split_part(guid, '-', 2), '^([A-Z]*)0+', '\1') as number,
        split_part(guid, '-', 3) as bare_kind,
        nullif(try_cast(datePublished[1:10] as date), date '9999-12-31') as publication_date
    from raw.ppubs_publication
    where regexp_full_match(guid, 'US-[A-Za-z]*0*[1-9][0-9]*-[A-Z][0-9]?')
),

numbered as (
    select
        *,
        -- The search shortens the kinds of designs, reissues and registrations; since 2001 the
        -- office prints S1, E1 and H1.
        case
            when publication_date >= date '2001-01-02' and bare_kind in ('S', 'E', 'H')
                then bare_kind || '1'
            else bare_kind
        end as kind
    from records
)

select 'US-' || number || '-' || kind as publication_number, *
from numbered
qualify row_number() over (partition by number, kind order by _file desc, _row desc) = 1
