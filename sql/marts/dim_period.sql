-- Periods of priority years. One row = one period. Key: period.
-- Never null: first_year, last_year.
select
    period, -- Name of the period
    first_year::bigint as first_year, -- First priority year in it
    last_year::bigint as last_year -- Last priority year in it
from reference.period
