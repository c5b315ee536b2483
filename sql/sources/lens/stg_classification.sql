-- IPC and CPC in Lens exports. One row = one publication x scheme x position.
-- A view: each row comes from one publication.
with symbols as (
    select
        publication_number, 'IPC' as scheme,
        unnest(ipc) as symbol, generate_subscripts(ipc, 1) as position
    from lens.publication
    union all
    select
        publication_number, 'CPC' as scheme,
        unnest(cpc) as symbol, generate_subscripts(cpc, 1) as position
    from lens.publication
)

select publication_number, scheme, trim(symbol) as symbol, position
from symbols
where trim(symbol) <> ''
