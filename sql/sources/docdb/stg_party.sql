-- Applicants and inventors in DOCDB. One row = one publication x role x position.
-- Depends by publication_number on: docdb.publication, raw.docdb_party.
select
    party.publication_number,
    party.role,
    row_number() over (partition by party.publication_number, party.role order by party.position) as position,
    party.name,
    party.country
from docdb.publication
inner join raw.docdb_party as party
    on publication._file = party._file and publication.record = party.record
where party.name is not null or party.country is not null
