-- Records of Google Patents with their canonical number. One row = one record.
-- A number that is not office-number-kind gives none.
-- A view: each row comes from one row of raw.
-- Depends by publication_number on: raw.google_patents_publication by row.
with numbered as (
    select
        * exclude (publication_number),
        case
            when regexp_full_match(
                publication_number, '[A-Z]{2}-[A-Za-z]*0*[1-9A-Za-z][A-Za-z0-9]*-[A-Z0-9]+'
            )
                then publication_number(
                    substring(publication_number, 1, 2),
                    split_part(publication_number, '-', 2),
                    split_part(publication_number, '-', 3),
                    publication_date // 10000
                )
        end as publication_number
    from raw.google_patents_publication
)

select
    *,
    substring(publication_number, 1, 2) as office,
    split_part(publication_number, '-', 3) as kind
from numbered
