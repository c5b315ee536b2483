-- Publications of Google Patents, as their last record has them. One row = one publication.
-- A view: each row comes from one record.
select r.*
from google_patents.record as r
left join google_patents.left_out as l on r._file = l._file and r._row = l._row
-- DuckDB would expect an anti join to leave a fifth of the rows, plan for that, and hold in memory
-- what it had better stream.
where not coalesce(l.is_left_out, false)
