-- IPC and CPC in DOCDB. One row = one publication x scheme x position.
-- The symbol that the office puts first leads, wherever the record lists it.
-- Depends by publication_number on: docdb.publication, raw.docdb_classification.
select
    classification.publication_number,
    classification.scheme,
    classification.symbol,
    row_number() over (
        partition by classification.publication_number, classification.scheme
        order by coalesce(classification.is_first, false) desc, classification.position
    ) as position,
    classification.is_inventive
from docdb.publication
inner join raw.docdb_classification as classification
    on publication._file = classification._file and publication.record = classification.record
