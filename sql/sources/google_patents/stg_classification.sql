-- IPC and CPC in Google Patents. One row = one publication x scheme x position.
-- The classes marked as first come first; the others keep their order.
-- A view: each row comes from one publication.
-- Depends by publication_number on: google_patents.publication.
with ordered as (
    select
        publication_number,
        'IPC' as scheme,
        list_concat(
            list_filter(ipc, lambda c: c.first),
            list_filter(ipc, lambda c: c.first is distinct from true)
        ) as codes
    from google_patents.publication
    union all
    select
        publication_number,
        'CPC' as scheme,
        list_concat(
            list_filter(cpc, lambda c: c.first),
            list_filter(cpc, lambda c: c.first is distinct from true)
        ) as codes
    from google_patents.publication
),

symbols as (
    select
        publication_number,
        scheme,
        unnest(codes) as code,
        generate_subscripts(codes, 1) as position
    from ordered
)

select publication_number, scheme, code.code as symbol, position, code.inventive as is_inventive
from symbols
where code.code <> ''
