-- Records of Google Patents that a later record of the same publication replaces.
-- One row = one record. Of a publication that several files hold, the last file's record is taken.
-- Most dumps have none: to look for these few is far less work than to sort all of the dump.
with repeated as (
    select publication_number
    from google_patents.record
    group by publication_number
    having count(*) > 1
)

select _file, _row
from google_patents.record
where publication_number in (select publication_number from repeated)
qualify row_number() over (partition by publication_number order by _file desc, _row desc) > 1
