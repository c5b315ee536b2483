-- IPC and CPC in the USPTO's grants and applications.
-- One row = one publication x scheme x position.
-- Depends by publication_number on: uspto.publication, raw.uspto_classification.
select distinct
    classification.publication_number,
    classification.scheme,
    classification.symbol,
    classification.position,
    classification.is_inventive
from raw.uspto_classification as classification
inner join uspto.publication
    on
        classification.publication_number = publication.publication_number
        and classification._file = publication._file
