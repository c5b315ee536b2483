-- Priority claims and parents in the USPTO's grants and applications. One row = one priority.
select distinct
    r.publication_number,
    regexp_replace(upper(r.priority_number), '[^A-Z0-9]', '', 'g') as priority_number,
    r.priority_office,
    r.priority_date
from raw.uspto_priority as r
inner join uspto.publication as p
    on r.publication_number = p.publication_number and r._file = p._file
where r.priority_number is not null
