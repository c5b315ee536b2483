-- Priorities in DOCDB that make a family. One row = one publication x priority.
-- Claims that are not active add nothing to an invention, says the EPO, and form no family.
-- Depends by publication_number on: docdb.publication, raw.docdb_priority.
select distinct
    priority.publication_number,
    -- A PCT application is distinguished from its receiving office's own by kind W; here PCT does.
    case when priority.priority_kind = 'W' then 'PCT' || priority.priority_office else '' end
    || regexp_replace(upper(priority.priority_number), '[^A-Z0-9]', '', 'g') as priority_number,
    case when priority.priority_kind = 'W' then 'WO' else priority.priority_office end as priority_office,
    priority.priority_date
from docdb.publication
inner join raw.docdb_priority as priority
    on publication._file = priority._file and publication.record = priority.record
where priority.priority_number is not null and coalesce(priority.is_active, true)
