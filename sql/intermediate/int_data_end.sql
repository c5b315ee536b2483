-- Until when the data reach. One row.
-- A priority year is complete when 18 months have passed since its end: then all is published.
select
    max(publication_date) as data_end,
    year(max(publication_date) + interval 1 day - interval 18 month)::bigint - 1
        as last_complete_year
from staging.stg_document
