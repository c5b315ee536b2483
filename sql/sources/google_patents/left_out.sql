-- Records of Google Patents that make no publication. One row = one record.
-- Of a publication that several files hold, the last file's record is taken; a record without a
-- canonical number is left out. Most dumps have few of either: to look for these, and join the rest
-- against them, is far less work than to sort all of the dump.
with repeated as (
    select publication_number
    from google_patents.record
    group by publication_number
    having count(*) > 1 or publication_number is null
)

select r._file, r._row, true as is_left_out
from google_patents.record as r
inner join repeated as d on r.publication_number is not distinct from d.publication_number
qualify
    r.publication_number is null
    or row_number() over (partition by r.publication_number order by r._file desc, r._row desc) > 1
