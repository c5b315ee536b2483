-- Publications of Google Patents, as their last record has them. One row = one publication.
-- A view: each row comes from one record.
-- Depends by publication_number on: raw.google_patents_publication by row of google_patents.record,
-- google_patents.record, google_patents.left_out.
select
    raw.* exclude (publication_number),
    record.publication_number,
    substring(record.publication_number, 1, 2) as office,
    split_part(record.publication_number, '-', 3) as kind
from raw.google_patents_publication as raw
inner join google_patents.record on raw._file = record._file and raw._row = record._row
left join google_patents.left_out as out on record._file = out._file and record._row = out._row
-- DuckDB would expect an anti join to leave a fifth of the rows, plan for that, and hold in memory
-- what it had better stream.
where not coalesce(out.is_left_out, false)
