-- Priorities of publications. One row = one publication x priority.
select distinct publication_number, priority_number, priority_office, priority_date
from sources.stg_priority
where priority_number is not null
