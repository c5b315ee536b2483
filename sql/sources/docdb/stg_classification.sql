-- IPC and CPC in DOCDB. One row = one publication x scheme x position.
-- The symbol that the office puts first leads, wherever the record lists it.
select
    r.publication_number,
    r.scheme,
    r.symbol,
    row_number() over (
        partition by r.publication_number, r.scheme
        order by coalesce(r.is_first, false) desc, r.position
    ) as position,
    r.is_inventive
from docdb.publication as p
inner join raw.docdb_classification as r
    on p._file = r._file and p.record = r.record
