-- Records of Patent Public Search with their canonical number. One row = one record.
-- A view: each row comes from one row of raw.
-- Depends by publication_number on: raw.ppubs_publication by row.
with dated as (
    select
        *,
        nullif(try_cast(substring(datePublished, 1, 10) as date), date '9999-12-31') as publication_date
    from raw.ppubs_publication
    where regexp_full_match(guid, 'US-[A-Za-z]*0*[1-9][0-9]*-[A-Z][0-9]?')
),

numbered as (
    select
        *,
        publication_number(
            'US', split_part(guid, '-', 2), split_part(guid, '-', 3), year(publication_date)
        ) as publication_number
    from dated
)

select *, split_part(publication_number, '-', 3) as kind
from numbered
