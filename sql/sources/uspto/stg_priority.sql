-- Priority claims and parents in the USPTO's grants and applications. One row = one priority.
-- Depends by publication_number on: uspto.publication, raw.uspto_priority.
select distinct
    priority.publication_number,
    regexp_replace(upper(priority.priority_number), '[^A-Z0-9]', '', 'g') as priority_number,
    priority.priority_office,
    priority.priority_date
from raw.uspto_priority as priority
inner join uspto.publication
    on priority.publication_number = publication.publication_number and priority._file = publication._file
where priority.priority_number is not null
