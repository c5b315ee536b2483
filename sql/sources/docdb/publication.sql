-- The state of each publication after all exchanges. One row = one publication.
-- The latest record is taken. A deletion (D) and a publication that was withdrawn (CV) have no data
-- and remove the publication. DV only revokes a withdrawal, and holds no data itself.
-- Where the EPO changes a key, it deletes and creates in one exchange, in any order.
-- Depends by publication_number on: raw.docdb_document.
with latest as (
    select *
    from raw.docdb_document
    where status is distinct from 'DV'
    qualify row_number() over (
        partition by publication_number
        order by
            exchange_date desc nulls last,
            coalesce(status in ('D', 'CV'), false),
            last_exchange_date desc nulls last,
            _file desc,
            _row desc
    ) = 1
)

select *
from latest
where coalesce(status not in ('D', 'CV'), true)
