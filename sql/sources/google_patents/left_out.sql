-- Records of Google Patents that make no publication. One row = one record.
-- Of a publication that several files hold, the last file's record is taken; a record without a
-- canonical number is left out. Most dumps have few of either: to look for these, and join the rest
-- against them, is far less work than to sort all of the dump.
-- Depends by publication_number on: google_patents.record.
with repeated as (
    select publication_number
    from google_patents.record
    group by publication_number
    having count(*) > 1 or publication_number is null
)

select record._file, record._row, record.publication_number, true as is_left_out
from google_patents.record
inner join repeated on record.publication_number is not distinct from repeated.publication_number
qualify
    record.publication_number is null
    or row_number() over (partition by record.publication_number order by record._file desc, record._row desc)
    > 1
