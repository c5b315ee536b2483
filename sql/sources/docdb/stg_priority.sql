-- Priorities in DOCDB that make a family. One row = one publication x priority.
-- Claims that are not active add nothing to an invention, says the EPO, and make no family.
select distinct
    r.publication_number,
    -- A PCT application is told from its receiving office's own by kind W; here PCT tells it.
    case when r.priority_kind = 'W' then 'PCT' || r.priority_office else '' end
    || regexp_replace(upper(r.priority_number), '[^A-Z0-9]', '', 'g') as priority_number,
    case when r.priority_kind = 'W' then 'WO' else r.priority_office end as priority_office,
    r.priority_date
from docdb.publication as p
inner join raw.docdb_priority as r
    on p._file = r._file and p.record = r.record
where r.priority_number is not null and coalesce(r.is_active, true)
