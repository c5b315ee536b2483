-- IPC and CPC in the USPTO's grants and applications.
-- One row = one publication x scheme x position.
select distinct c.publication_number, c.scheme, c.symbol, c.position, c.is_inventive
from raw.uspto_classification as c
inner join uspto.publication as p
    on c.publication_number = p.publication_number and c._file = p._file
