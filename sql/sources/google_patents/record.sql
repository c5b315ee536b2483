-- Canonical numbers of the records of Google Patents. One row = one record.
-- A number that is not office-number-kind gives none. To write numbers costs more than all that is
-- made of a record, so that they are written once.
-- Depends by publication_number on: raw.google_patents_publication by row.
-- Key: _file, _row.
select
    _file,
    _row,
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
