-- Publications of Google Patents, as their last record has them. One row = one publication.
-- A view: each row comes from one record.
-- Depends by publication_number on: google_patents.record, google_patents.left_out.
select record.*
from google_patents.record
left join google_patents.left_out as out on record._file = out._file and record._row = out._row
-- DuckDB would expect an anti join to leave a fifth of the rows, plan for that, and hold in memory
-- what it had better stream.
where not coalesce(out.is_left_out, false)
