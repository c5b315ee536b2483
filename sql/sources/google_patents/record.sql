-- Records of Google Patents with their canonical number. One row = one record.
-- A number that is not office-number-kind gives none.
-- A view: each row comes from one row of raw.
with split as (
    select
        * exclude (publication_number),
        case
            when regexp_full_match(
                publication_number, '[A-Z]{2}-[A-Za-z]*0*[1-9A-Za-z][A-Za-z0-9]*-[A-Z0-9]+'
            )
                then split_part(publication_number, '-', 1)
        end as office,
        regexp_replace(upper(split_part(publication_number, '-', 2)), '^([A-Z]*)0+', '\1')
            as number,
        split_part(publication_number, '-', 3) as kind
    from raw.google_patents_publication
)

select
    -- DOCDB writes US applications with ten digits, the office with eleven.
    office || '-' || case
        when office = 'US' and length(number) = 10
            then regexp_replace(number, '^((19|20)[0-9]{2})([0-9]{6})$', '\10\3')
        when office = 'KR' and length(number) = 13
            then regexp_replace(number, '^10([0-9]{11})$', '\1')
        else number
    end || '-' || kind as publication_number,
    * exclude (number)
from split
