-- Grants and published applications of the USPTO. One row = one publication.
-- Of a publication that several files hold, the last file's record is taken.
-- Depends by publication_number on: raw.uspto_document.
select *
from raw.uspto_document
qualify row_number() over (partition by publication_number order by _file desc, _row desc) = 1
