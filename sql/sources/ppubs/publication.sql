-- Publications of Patent Public Search with their canonical number. One row = one publication.
-- Of a publication that several files hold, the last file's record is taken.
-- Depends by publication_number on: ppubs.record.
select *
from ppubs.record
qualify row_number() over (partition by publication_number order by _file desc, _row desc) = 1
