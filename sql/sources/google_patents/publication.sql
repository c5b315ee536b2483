-- Publications of Google Patents, as their last record has them. One row = one publication.
-- A view: each row comes from one record.
select *
from google_patents.record as r
where not exists (
    select 1 from google_patents.superseded as s where r._file = s._file and r._row = s._row
)
