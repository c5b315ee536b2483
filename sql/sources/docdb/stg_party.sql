-- Applicants and inventors in DOCDB. One row = one publication x role x position.
select
    r.publication_number,
    r.role,
    row_number() over (partition by r.publication_number, r.role order by r.position) as position,
    r.name,
    r.country
from docdb.publication as p
inner join raw.docdb_party as r
    on p._file = r._file and p.record = r.record
where r.name is not null or r.country is not null
