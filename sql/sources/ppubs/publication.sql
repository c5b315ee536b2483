-- Publications of Patent Public Search with their canonical number. One row = one publication.
-- Of a publication that several files hold, the last file's record is taken.
with dated as (
    select
        *,
        split_part(guid, '-', 3) as bare_kind,
        nullif(try_cast(datePublished[1:10] as date), date '9999-12-31') as publication_date
    from raw.ppubs_publication
    where regexp_full_match(guid, 'US-[A-Za-z]*0*[1-9][0-9]*-[A-Z][0-9]?')
),

records as (
    select
        *,
        -- The search shortens the kinds of designs, reissues and registrations; since 2001 the
        -- office prints S1, E1 and H1.
        case
            when publication_date >= date '2001-01-02' and bare_kind in ('S', 'E', 'H')
                then bare_kind || '1'
            else bare_kind
        end as kind
    from dated
),

numbered as (
    select
        *,
        publication_number('US', split_part(guid, '-', 2), kind, year(publication_date))
            as publication_number
    from records
)

select *
from numbered
qualify row_number() over (partition by publication_number order by _file desc, _row desc) = 1
